"""What all labs have in common: how they plan, pay and keep cash, and what moves their appetite [model.md 4.2, 10, 19, 26.2]."""

from abm.parameters import Group, parameter
from abm.priors import between


class LabParameters(Group, name="lab"):
    """What all labs have in common [model.md 10, 19, 26.2]."""

    fixed_opex = parameter(
        0.03,
        unit="$bn/quarter",
        low=0,
        high=1,
        source="model.md 19",
        meaning="opex that does not depend on revenue, in 2023Q1",
        prior=between(0.02, 0.045),
    )
    fixed_opex_growth = parameter(
        0.10, unit="per quarter", low=0, high=0.5, source="model.md 19", meaning="growth of fixed opex", prior=between(0.065, 0.15)
    )
    fixed_opex_cap = parameter(
        0.6, unit="$bn/quarter", low=0, high=10, source="model.md 19", meaning="largest fixed opex", prior=between(0.4, 0.9)
    )
    stall_cut = parameter(
        0.10,
        unit="share",
        low=0,
        high=0.4,
        source="model.md 6.6",
        meaning="cut of the opex ratio in a recognised stall",
        prior=between(0.05, 0.15),
    )
    cash_in_plan = parameter(
        0.5,
        unit="share",
        low=0,
        high=1,
        source="model.md 10.2",
        meaning="part of cash that counts as means to pay",
        prior=between(0.3, 0.75),
    )
    cash_in_prepayment = parameter(
        0.5,
        unit="share",
        low=0,
        high=1,
        source="model.md 10.5",
        meaning="part of cash a lab puts into down-payments",
        prior=between(0.3, 0.75),
    )
    funded_quarters = parameter(
        1.6,
        unit="quarters",
        low=0,
        high=12,
        source="calibrated to 2023-26, decisions.md",
        meaning="rounds that count as means to pay",
        prior=between(1, 2.4),
    )
    runway_base = parameter(
        8.0,
        unit="quarters",
        low=0,
        high=16,
        source="model.md 4",
        meaning="target runway of a lab without risk appetite",
        prior=between(6, 12),
    )
    runway_slope = parameter(
        4.0, unit="quarters", low=0, high=16, source="model.md 4", meaning="runway given up for full risk appetite", prior=between(2.5, 6)
    )
    chest_quarters = parameter(
        2,
        unit="quarters",
        low=0,
        high=16,
        structural=True,
        source="assumption",
        meaning="quarters of promised rent that a lab likes to have in cash while its shares are dear",
        prior=between(1, 6),
    )
    prepaid_years = parameter(
        1.0,
        unit="years",
        low=0,
        high=1.5,
        source="model.md 19",
        meaning="rent of an order that is due in advance",
        prior=between(0.75, 1.25),
    )
    covered = parameter(
        1.0,
        unit="x revenue",
        low=0,
        high=5,
        source="model.md 19",
        meaning="commitments over revenue that need no down-payment",
        prior=between(1, 2),
    )
    shy_level = parameter(
        0.35, unit="index", low=0, high=1, source="model.md 10.6", meaning="sentiment below which nobody orders", prior=between(0.2, 0.5)
    )
    demand_floor = parameter(
        0.8,
        unit="share",
        low=0,
        high=1,
        source="model.md 5.4",
        meaning="demand that counts as revenue in a forecast",
        prior=between(0.6, 0.95),
    )
    down_payment = parameter(
        "vendor_equity",
        unit="choice",
        choices=("required", "vendor_equity", "outside_equity", "waived"),
        source="model.md 26.14",
        meaning="who funds that part of the down-payment which vendor.circular_intensity sets",
    )
    coverage_rule = parameter(0.0, unit="x", low=0, high=3, source="policy switch", meaning="P10 coverage a lab must keep when it signs")
    distress_runway = parameter(
        1.0,
        unit="quarters",
        low=0,
        high=8,
        source="assumption; model.md 10.8",
        meaning="quarters of burn that cash must cover, or a lab sublets; 0: nobody ever does",
        prior=between(0.5, 2),
    )
    intake = parameter(
        0.35, unit="share/quarter", low=0, high=10, source="assumption",
        meaning="most customers of dead labs a lab takes in, over its revenue", prior=between(0.25, 0.5)
    )  # fmt: skip
    # appetite dynamics, all off in the core [model.md 4.2]
    reversion = parameter(
        0.0, unit="per quarter", low=0, high=1, source="switch, off; model.md 4.2", meaning="return of appetite to character"
    )
    herding = parameter(
        0.0, unit="per quarter", low=-1, high=1, source="switch, off; model.md 4.2", meaning="imitation of rivals' appetite"
    )
    pressure = parameter(0.0, unit="per quarter", low=0, high=1, source="switch, off; model.md 4.2", meaning="appetite per share lost")
    mood = parameter(
        0.0, unit="per quarter", low=0, high=1, source="switch, off; model.md 4.2", meaning="appetite per unit of sentiment above 1"
    )
    fear = parameter(0.0, unit="per quarter", low=0, high=1, source="switch, off; model.md 4.2", meaning="appetite lost to fear")
    code_red = parameter(
        0.0, unit="quantile/OOM", low=0, high=2, source="switch, off; text S0",
        meaning="appetite per OOM by which a rival's release leaps ahead",
    )  # fmt: skip
    code_red_memory = parameter(
        0.75, unit="per quarter", low=0, high=1, source="assumption: a campaign lasts a year", prior=between(0.5, 0.85),
        meaning="part of that alarm which lasts another quarter",
    )  # fmt: skip
    caution = parameter(
        0.0, unit="quantile/quarter", low=0, high=1, source="switch, off; model.md 4.2",
        meaning="appetite that a quarter without any of the runway it wants takes from a lab",
    )  # fmt: skip
    caution_memory = parameter(
        0.95, unit="per quarter", low=0, high=1, prior=between(0.85, 0.98),
        source="assumption: managers who lived through distress borrow less for years (Malmendier, Tate and Yan 2011)",
        meaning="part of that caution which lasts another quarter",
    )  # fmt: skip
    hope_learning = parameter(
        0.0, unit="per quarter", low=0, high=0.3, source="switch, off; model.md 5.7",
        meaning="part of a forecast's error of a year ago that a lab adds to its optimism",
    )  # fmt: skip
    memo_noise = parameter(
        0.0, unit="probability", low=0, high=0.05, source="switch, off; model.md 4.2", meaning="chance a quarter of a hasty order"
    )
    memo_sd = parameter(
        0.5, unit="log sd", low=0, high=1, source="model.md 4.2", meaning="size of a hasty order's error", prior=between(0.3, 0.75)
    )
