"""Where the calibrated archetypes miss the band of a stylised fact, and what is wrong: {(number, what is measured): reason}.

The tests hold every other number to its band, and fail when one of these comes right, so that its line is taken out.
"""

_MODELS = "labs that lose money are those whose compute came early: the others earn money from 2026 on, a year or two too soon"
_CREDIT = "lenders finance half of what new compute costs (cover at their quantile is below what they require), so less is signed"
_REACH = "just below the band: what vendors do not fund, lenders and shareholders fund in part"
_EVEN = "money that labs raise before they need it takes the place of vendors' money, so a circle lifts the peak little"
_GROWTH = "vendors' profit grows by a quarter to a third every quarter of 2025, which hides the fall before the next quarter ends"
_PATH = "value returns to its old level by growth; what was not raised and built meanwhile keeps it below its path"

MISFITS = {
    ("V6", "withdrawn models that had paid, of labs that lose money"): _MODELS,
    ("V8", "take-or-pay commitments of all labs, end of 2025"): _CREDIT,
    ("V11", "run-rate of 2028, six bold labs, with circular finance over without"): _REACH,
    ("V11", "highest run-rate, six bold labs, with circular finance over without"): _EVEN,
    ("V18", "quarters until vendors are worth what they were before, demand intact"): _GROWTH,
    ("V18", "quarters until half the gap to the same world without the news is closed"): _PATH,
}
