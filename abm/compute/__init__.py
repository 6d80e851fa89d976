"""The market for compute and chips: prices, orders, contracts, deliveries, renewal."""
