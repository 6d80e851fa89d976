"""Where the calibrated archetypes miss the band of a stylised fact, and what is wrong: {(number, what is measured): reason}.

The tests hold every other number to its band, and fail when one of these comes right, so that its line is taken out.
"""

_LEAN = "revenue outruns compute in 2025 and 2026: prices firm and compute is hired elsewhere, so a GW under contract earns too much"
_SQUEEZE = (
    "customers are served first, which squeezes training from the end of 2024 on; labs in fact still trained with half of their compute"
)
_CONE = (
    "labs swap customers more than the spread of the seed, .36 a year, allows for: outcomes fall beyond both ends of their cones too often"
)

MISFITS = {
    (
        "V1",
        "run-rate of all labs, end of 2025",
    ): "just above the band, so that 2026 is within reach: public growth went up in 2026, ours fades",
    ("V2", "run-rate per GW, end of 2023"): "fleets of 0.3 GW in 2023Q1 are as designed, and too large for the revenue of that year",
    ("V2", "run-rate per GW, end of 2025"): _LEAN,
    ("V3", "price of a token of fixed capability falls in 2025 by a factor"): "the frontier gains 0.3 OOM in 2025 instead of one: "
    + _SQUEEZE,
    ("V3", "revenue density, end of 2025 over end of 2023"): _LEAN,
    ("V4", "training share of compute, end of 2023"): "the fleet of 2023 is larger than its customers need, and all that is spare trains",
    ("V4", "training share of compute, end of 2025"): _SQUEEZE,
    ("V4", "training share of compute, end of 2026"): _SQUEEZE,
    (
        "V6",
        "superseded models that had paid, of labs that lose money",
    ): "three quarters on sale do not pay for a model before margins rise in 2027",
    (
        "V12",
        "spot over list price of compute while more than 20 % is idle",
    ): "idle compute is hired by labs that were short before it falls further",
    (
        "V14",
        "chip sales to the two largest owners, 2025",
    ): "there are three owners of equal size, and other buyers take most chips as one row",
    ("V16", "outcomes below P10 a year ahead, all forecasts"): _CONE,
    ("V16", "outcomes below P10 a year ahead, forecasts of 2023 to 2025, the take-off"): _CONE,
}
