"""What counts as nothing. A decision asks whether an amount is there; what a rounding leaves behind is no amount."""

NO_MONEY = 1e-6  # $bn, or $bn a year: $1,000
A_DOLLAR = 1e-9  # $bn: what cash may miss a bill by, as the books allow
NO_POWER = 1e-9  # GW: a watt
NO_TIME = 1e-6  # quarters: some seconds, by which a whole number of quarters may be missed
NO_PART = 1e-9  # share of a whole
