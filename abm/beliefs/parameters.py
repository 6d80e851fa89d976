"""What is assumed of the cone: how wide it is, how momentum fades, what an industry grows by once it is mature [model.md 5, 19]."""

import numpy as np

from abm.parameters import Group, parameter
from abm.priors import between


class ConeParameters(Group, name="cone"):
    """How wide the future is, how wide it is believed to be, and how growth is extrapolated [model.md 5, 19]."""

    width = parameter(
        1.0,
        unit="1",
        low=0.25,
        high=2,
        source="assumption",
        meaning="true width of the cone; 1 is that of the source text (W)",
        prior=between(0.5, 1.5),
    )
    believed_width = parameter(
        0.0,
        unit="1",
        low=0,
        high=2,
        source="switch: as wide as the true cone unless set",
        meaning="width of the cone that planners believe in; 0 means the true width (W_b)",
    )
    annual_spread = parameter(
        0.3575, unit="1/sqrt(year)", low=0.05, high=1, source="text S0: P10 = 20, P90 = 50", meaning="spread one year ahead, sigma_1"
    )
    growth_spread = parameter(
        0.0, unit="1/year", low=0, high=1, source="assumption", meaning="spread of the growth rate, sigma_g", prior=between(0, 0.1)
    )
    momentum_share = parameter(
        0.45,
        unit="1",
        low=0,
        high=1,
        source="calibrated to text S0",
        meaning="part of momentum in a reasoned forecast of a year, kappa_b",
        prior=between(0.3, 0.6),
    )
    lead_share = parameter(
        0.10,
        unit="1",
        low=0,
        high=1,
        source="assumption",
        meaning="part of momentum in what a lab grows beyond its market, because rivals plan too",
        prior=between(0.05, 0.2),
    )
    fading = parameter(
        0.5,
        unit="1/year",
        low=0,
        high=2,
        source="assumption",
        meaning="rate at which momentum fades in a reasoned forecast",
        prior=between(0.25, 1),
    )
    young = parameter(2.0, unit="$bn/year", low=0.01, high=9, source="public run-rates", meaning="revenue up to which an industry is young")
    young_growth = parameter(
        np.log(4),
        unit="1/year",
        low=0,
        high=3,
        source="public run-rates, 2023 to 2025",
        meaning="growth that forecasts return to while the industry is young",
    )
    proven = parameter(
        30.0,
        unit="$bn/year",
        low=10,
        high=900,
        source="public run-rates, end of 2025",
        meaning="revenue of the industry at the time of the source text",
    )
    lasting_growth = parameter(
        np.log(1.5),
        unit="1/year",
        low=0,
        high=1.5,
        source="text S0",
        meaning="growth that forecasts return to at the revenue cone.proven, g_LR",
    )
    mature = parameter(
        2000.0,
        unit="$bn/year",
        low=1000,
        high=50000,
        source="assumption: about the median market",
        meaning="revenue from which the industry grows with the economy",
        prior=between(1000, 4000),
    )
    mature_growth = parameter(
        0.05,
        unit="1/year",
        low=0,
        high=0.2,
        source="assumption",
        meaning="growth that forecasts return to once the industry is mature",
        prior=between(0.03, 0.08),
    )
    stalled_growth = parameter(
        0.40, unit="1/year", low=0, high=1.5, source="assumption", meaning="growth in a stall, at most, g_st", prior=between(0.2, 0.6)
    )
    stall_belief = parameter(
        0.031, unit="1/quarter", low=0, high=0.2, source="text S1: 20-25 % in two years", meaning="believed chance of a stall, p"
    )
    breakthrough_gain = parameter(
        1.25,
        unit="x",
        low=1,
        high=10,
        source="assumption",
        meaning="demand a breakthrough brings in the end, beyond what momentum tells",
        prior=between(1, 5),
    )
    breakthrough_speed = parameter(
        0.6,
        unit="1/year",
        low=0.1,
        high=4,
        source="assumption",
        meaning="speed at which planners believe that demand takes up a breakthrough",
        prior=between(0.3, 1.2),
    )
    mature_momentum = parameter(
        0.2,
        unit="1",
        low=0,
        high=1,
        source="assumption",
        meaning="part of momentum in a forecast of a year once an industry is mature",
        prior=between(0.1, 0.4),
    )
    error_memory = parameter(
        0.65,
        unit="per quarter",
        low=0,
        high=1,
        source="assumption",
        meaning="weight of the old estimate when planners learn from their errors how wide the cone is; 1: never",
        prior=between(0.5, 0.8),
    )
    hype = parameter(
        0.0, unit="1/year", low=0, high=0.5, source="switch, off; text S4",
        meaning="usual size of hype, growth that all planners believe beyond reason, as its standard deviation"
    )  # fmt: skip
    hype_memory = parameter(
        0.85, unit="per quarter", low=0, high=0.98, source="assumption: half of a wave of talk is gone in a year",
        meaning="part of hype that lasts another quarter", prior=between(0.7, 0.93),
    )  # fmt: skip
    growth_memory = parameter(
        0.75,
        unit="1/quarter",
        low=0,
        high=1,
        source="assumption",
        meaning="weight of the old estimate when growth is extrapolated",
        prior=between(0.6, 0.9),
    )
    growth_floor = parameter(
        -2.0, unit="1/year", low=-5, high=0, source="assumption", meaning="least realised growth that is believed", prior=between(-3, -1)
    )
    growth_ceiling = parameter(
        np.log(20),
        unit="1/year",
        low=0,
        high=5,
        source="assumption",
        meaning="greatest realised growth that is believed",
        prior=between(2.3, 3.7),
    )
