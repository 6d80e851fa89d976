"""The market for AI services: prices, who is served, who moves, who enters."""
