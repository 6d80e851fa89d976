"""The four markets: services, compute, chips, capital. Each has pure functions on arrays and one short trade step."""
