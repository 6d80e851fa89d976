"""What counts as nothing. A decision asks whether an amount is there; a rounding residue is no amount [model.md 26.12]."""

NO_MONEY = 1e-6  # $bn, or $bn a year: $1,000
NO_POWER = 1e-9  # GW: a watt
NO_TIME = 1e-6  # quarters: some seconds; what is written as so many quarters may miss them by a rounding
