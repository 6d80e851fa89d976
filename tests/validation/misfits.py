"""Where the calibrated archetypes miss the band of a stylised fact, and what is wrong: {(number, what is measured): reason}.

The tests hold every other number to its band, and fail when one of these comes right, so that its line is taken out.
"""

_LEAN = "revenue outruns compute: prices firm and compute is hired elsewhere, so a GW under contract earns too much"
_SPARE = "fleets of 0.3 GW in 2023Q1 are as designed, too large for the customers of that year, and what is spare trains"
_SQUEEZE = "customers are served first, which squeezes training from the end of 2024; in fact half of compute still trained"
_STANDSTILL = f"the frontier gains 0.3 OOM instead of one: {_SQUEEZE}"
_MODELS = "three quarters of sales pay for few models before 2027"
_CREDIT = "lenders finance half of what new compute costs (cover at their quantile is below what they require), so less is signed"
_OWNERS = "three owners of equal size; other buyers, one row in all, take most chips"
_CONE = "the median is too high once growth slows, and labs still swap customers: a sixth falls below, not a tenth"
_MILD = "most of what fell below was the lot of a few dozen customers; with thousands a sixth does, where the band expects a fifth"
_REACH = "just below the band: what vendors do not fund, lenders and shareholders fund in part"
_PATH = "value returns to its old level by growth; what was not raised and built meanwhile keeps it below its path (10 quarters)"

MISFITS = {
    ("V2", "run-rate per GW, end of 2023"): _SPARE,
    ("V2", "run-rate per GW, end of 2025"): _LEAN,
    ("V3", "price of a token of fixed capability falls in 2025 by a factor"): _STANDSTILL,
    ("V3", "revenue density, end of 2025 over end of 2023"): _LEAN,
    ("V4", "training share of compute, end of 2023"): _SPARE,
    ("V4", "training share of compute, end of 2024"): _SQUEEZE,
    ("V4", "training share of compute, end of 2025"): _SQUEEZE,
    ("V4", "training share of compute, end of 2026"): _SQUEEZE,
    ("V6", "superseded models that had paid, of labs that lose money"): _MODELS,
    ("V8", "take-or-pay commitments of all labs, end of 2025"): _CREDIT,
    ("V11", "run-rate of 2028, six bold labs, with circular finance over without"): _REACH,
    ("V14", "chip sales to the two largest owners, 2025"): _OWNERS,
    ("V16", "outcomes below P10 a year ahead, forecasts of 2023 to 2025, the take-off"): _CONE,
    ("V16", "outcomes below P10 a year ahead, forecasts from 2031 on, near saturation"): _MILD,
    ("V18", "quarters until half the gap to the same world without the news is closed"): _PATH,
}
