"""What is assumed of technology: stalls, breakthroughs, progress, how fast chips age and research is automated [model.md 6, 19]."""

from abm.clock import Quarter
from abm.parameters import Group, parameter
from abm.priors import between


class TechnologyParameters(Group, name="technology"):
    """Numbers of model.md section 6."""

    stall_hazard = parameter(
        0.0314,
        unit="1/quarter",
        low=0,
        high=0.2,
        source="text S1: 22.5 % in two years",
        meaning="chance of a stall in the critical window",
        prior=between(0.0275, 0.0353, "text S1: 20 to 25 % in two years"),
    )
    late_stall_hazard = parameter(
        0.010, unit="1/quarter", low=0, high=0.2, source="assumption", meaning="chance of a later stall", prior=between(0.005, 0.02)
    )
    stall_duration = parameter(
        12.0,
        unit="quarters",
        low=1,
        high=40,
        source="assumption",
        meaning="mean of the exponential law of a stall's length",
        prior=between(8, 18),
    )
    least_stall = parameter(4.0, unit="quarters", low=1, high=20, source="assumption", meaning="shortest stall", prior=between(2, 6))
    recognition_lag = parameter(
        2.0, unit="quarters", low=0, high=12, source="assumption", meaning="quarters until labs see the stall", prior=between(1, 4)
    )
    window_opens = parameter(
        Quarter.parse("2025Q3").index, unit="quarter since 2023Q1", low=0, high=200, source="text S1", meaning="first critical quarter",
        structural=True,
    )  # fmt: skip
    window_length = parameter(
        8, unit="quarters", low=0, high=200, source="text S1", meaning="length of the critical window", structural=True
    )
    breakthrough_rate = parameter(
        0.2303,
        unit="1/year",
        low=0,
        high=2,
        source="text S2: 90 % in ten years",
        meaning="rate at which a breakthrough arrives",
        prior=between(0.1, 0.35),
    )
    breakthrough_opens = parameter(
        Quarter.parse("2026Q1").index, unit="quarter since 2023Q1", low=0, high=200, source="text S2", meaning="earliest breakthrough",
        structural=True,
    )  # fmt: skip
    breakthrough_jump = parameter(
        0.4, unit="OOM", low=0, high=2, source="assumption", meaning="capability gained in a breakthrough", prior=between(0.2, 0.8)
    )
    breakthrough_market = parameter(
        1.5, unit="1", low=1, high=5, source="assumption", meaning="potential market after a breakthrough, ratio", prior=between(1.1, 3)
    )
    algorithmic_progress = parameter(
        0.45,
        unit="OOM/year",
        low=0,
        high=1,
        source="public estimates",
        meaning="gain by better algorithms, g_A",
        prior=between(0.3, 0.6, "public estimates"),
    )
    obsolescence = parameter(
        0.30,
        unit="1/year",
        low=0,
        high=0.6,
        source="public price-performance",
        meaning="progress of hardware, delta",
        prior=between(0.2, 0.45, "public price-performance"),
    )
    chip_life = parameter(
        2 / 0.30,
        unit="years",
        low=1,
        high=1e9,
        source="as hardware progresses, 2 / obsolescence: claims of 2.5 to 6 years of use, rents of old chips that hold",
        meaning="years for which a chip truly earns, as even earnings would: it loses 2 / life of its worth a year",
        prior=between(4, 10),
    )
    belief_speed = parameter(
        0.04,
        unit="share/quarter",
        low=0,
        high=1,
        source="assumption: half the error is left after four years",
        meaning="part of the error about the ageing of chips that owners and lenders learn in a quarter",
        prior=between(0.02, 0.08),
    )
    opening_frontier = parameter(
        0.0,
        unit="OOM",
        low=0,
        high=12,
        source="definition: 0 at the start of 2023; model.md 26.18",
        meaning="capability of the frontier when the world opens",
    )
    initial_compute = parameter(
        0.01,
        unit="GWe-year of 2023",
        low=1e-4,
        high=1,
        source="calibrated",
        meaning="compute at capability 0, C_0",
        prior=between(0.0067, 0.015),
    )
    spill_over = parameter(
        0.30,
        unit="1/quarter",
        low=0,
        high=1,
        source="assumption",
        meaning="part of the gap to the frontier closed by ideas and talent, chi",
        prior=between(0.05, 0.5),
    )
    automated_share = parameter(
        0.6, unit="1", low=0, high=1, source="assumption", meaning="most of research that can be automated, f_max", prior=between(0.4, 0.8)
    )
    automated_speed = parameter(
        5.0,
        unit="1",
        low=1,
        high=1e9,
        source="assumption",
        meaning="speed of automated research, human = 1, sigma_AI",
        prior=between(2.5, 10),
    )
    automation_slope = parameter(3.43, unit="1/OOM", low=0, high=20, source="solved from text S2", meaning="suddenness of automation, b_f")
    automation_midpoint = parameter(
        3.47, unit="OOM", low=-5, high=20, source="solved from text S2", meaning="half-automation frontier, a_f"
    )
    release_period = parameter(
        3, unit="quarters", low=1, high=40, source="assumption", meaning="time between models, n_rel", structural=True
    )
    model_life = parameter(
        6, unit="quarters", low=1, high=24, source="assumption", meaning="time from release to withdrawal of a model",
        structural=True, prior=between(4, 8)
    )  # fmt: skip
    quality_spread = parameter(
        0.45,
        unit="OOM of utility",
        low=0,
        high=2,
        source="calibrated",
        meaning="lasting spread of quality that scale does not explain",
        prior=between(0.25, 0.65),
    )
    quality_memory = parameter(
        0.85,
        unit="1/quarter",
        low=0,
        high=1,
        source="calibrated",
        meaning="part of quality_spread kept a quarter later",
        prior=between(0.75, 0.95),
    )
