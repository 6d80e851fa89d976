"""Where the calibrated archetypes miss the band of a stylised fact, and what is wrong: {(number, what is measured): reason}.

The tests hold every other number to its band, and fail when one of these comes right, so that its line is taken out.
"""

_LEAN = "revenue outruns compute: labs' compute doubles in a year in which it trebled, and what is hired makes up for part of it"
_EARLY = "as in public figures, by which training took .70 of compute spend in 2024 (6.5 of 9.3): the band is that of 2025"
_HIRED = "labs sign half of the compute that they really did, so a third of what serves is hired by the quarter, and it trains nothing"
_MODELS = "labs that lose money are those whose compute came early: the others earn money from 2026 on, a year or two too soon"
_CREDIT = "lenders finance half of what new compute costs (cover at their quantile is below what they require), so less is signed"
_OWNERS = "three owners of equal size; other buyers, one row in all, take most chips"
_MILD = "most of what fell below was the lot of a few dozen customers; with thousands a sixth does, where the band expects a fifth"
_REACH = "just below the band: what vendors do not fund, lenders and shareholders fund in part"
_PATH = "value returns to its old level by growth; what was not raised and built meanwhile keeps it below its path (10 quarters)"

_NEWS = "values rest on the mood of the day more than on revenue of the day since they have an anchor; the news takes a quarter of them"
_EVEN = "money that labs raise before they need it takes the place of vendors' money, so a circle lifts the peak little"

MISFITS = {
    ("V4", "training share of compute, end of 2023"): _EARLY,
    ("V4", "training share of compute, end of 2024"): _EARLY,
    ("V4", "training share of compute, end of 2026"): _HIRED,
    ("V6", "withdrawn models that had paid, of labs that lose money"): _MODELS,
    ("V8", "take-or-pay commitments of all labs, end of 2025"): _CREDIT,
    ("V11", "run-rate of 2028, six bold labs, with circular finance over without"): _REACH,
    ("V11", "highest run-rate, six bold labs, with circular finance over without"): _EVEN,
    ("V14", "chip sales to the two largest owners, 2025"): _OWNERS,
    ("V16", "outcomes below P10 a year ahead, forecasts from 2031 on, near saturation"): _MILD,
    ("V18", "fall of vendors' value in the quarter of an open-weight shock, as shipped"): _NEWS,
    ("V18", "fall of vendors' value in the quarter of an open-weight shock, demand intact"): _NEWS,
    ("V18", "quarters until vendors are worth what they were before, demand intact"): _NEWS,
    ("V18", "quarters until half the gap to the same world without the news is closed"): _PATH,
}
