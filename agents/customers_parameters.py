"""What is assumed of customers: how many, the market they make up, how they adopt and choose [model.md 7, 8, 19]."""

from abm.parameters import Group, parameter
from abm.priors import between


class CustomersParameters(Group, name="customers"):
    """The market, its diffusion, and how customers adopt and choose."""

    enterprises = parameter(
        3000, unit="customers", low=0, high=10_000_000, structural=True, source="convergence, docs/validation.md", meaning="enterprises"
    )
    cohorts = parameter(
        2500,
        unit="customers",
        low=0,
        high=10_000_000,
        structural=True,
        source="convergence, docs/validation.md",
        meaning="consumer cohorts",
    )
    domains = parameter(6, unit="1", low=1, high=100, source="assumption", meaning="domains of enterprises", structural=True)
    market_size = parameter(
        1800.0,
        unit="$bn/year",
        low=300,
        high=6000,
        source="assumption, dominant; decisions.md",
        meaning="median potential market",
        prior=between(700, 3000),
    )
    market_size_sd = parameter(
        0.8,
        unit="log",
        low=0,
        high=2,
        source="assumption; model.md 19",
        meaning="spread of market_size over worlds",
        prior=between(0.5, 1.1),
    )
    diffusion_speed = parameter(
        1.5, unit="1/year", low=0.5, high=4, source="calibrated; model.md 7.2 (theta)", meaning="speed of diffusion", prior=between(0.5, 4)
    )
    adoption_pace = parameter(
        1.0,
        unit="1",
        low=0.1,
        high=5,
        source="assumption",
        meaning="pace of adoption (so of demand) from the opening on, over that before",
        prior=between(0.5, 2),
    )
    diffusion_speed_sd = parameter(
        0.2, unit="log", low=0, high=1, source="model.md 7.2", meaning="spread of diffusion speed", prior=between(0.1, 0.3)
    )
    capability_power = parameter(
        0.72,
        unit="1",
        low=0.2,
        high=1.2,
        source="calibrated to 2023-26, decisions.md",
        meaning="potential tenfolds per OOM",
        prior=between(0.4, 0.8),
    )
    capability_power_sd = parameter(
        0.1, unit="1", low=0, high=0.12, source="model.md 7.1", meaning="relative spread of capability_power", prior=between(0.05, 0.12)
    )
    fastest_growth = parameter(
        10.0, unit="1/year", low=1.5, high=20, source="text; model.md 7.2 (g_max)", meaning="fastest growth of spend", prior=between(3, 10)
    )
    fastest_decline = parameter(
        0.5, unit="log/year", low=0.05, high=5, source="model.md 7.2", meaning="fastest fall of spend", prior=between(0.3, 0.75)
    )
    noise_sd = parameter(
        0.05, unit="log", low=0, high=0.5, source="assumption; model.md 19", meaning="sd of demand noise", prior=between(0.03, 0.08)
    )
    noise_memory = parameter(
        0.6, unit="1", low=0, high=0.99, source="assumption; model.md 19", meaning="persistence of demand noise", prior=between(0.4, 0.8)
    )
    consumer_noise = parameter(2.0, unit="1", low=0, high=5, source="text; model.md 7.7", meaning="consumers' noise over enterprises'")
    opening_spend = parameter(
        0.28, unit="$bn/year", low=0.01, high=1000, source="calibrated; model.md 19 (X0)", meaning="opening spend", prior=between(0.2, 0.5)
    )
    opening_growth = parameter(
        4.0, unit="1/year", low=1.01, high=10, source="model.md 7.1", meaning="growth of spend at the opening", prior=between(2.7, 6)
    )
    consumer_opening_share = parameter(
        0.7, unit="1", low=0, high=1, source="model.md 7.9", meaning="consumers' part of opening spend", prior=between(0.55, 0.85)
    )
    consumer_potential_share = parameter(
        0.35, unit="1", low=0, high=1, source="model.md 7.9", meaning="consumers' part of the potential", prior=between(0.25, 0.5)
    )
    size_sd = parameter(
        0.5,
        unit="log",
        low=0,
        high=3,
        source="assumption: each stands for many; model.md 7.9",
        meaning="spread of other enterprises' size",
        prior=between(0.3, 0.75),
    )
    large_accounts = parameter(
        100, unit="customers", low=0, high=1000, structural=True, source="assumption; model.md 7.9", meaning="largest enterprises, by rank"
    )
    large_share = parameter(
        0.2, unit="share", low=0, high=0.9, source="assumption; decisions.md",
        meaning="part of enterprises' potential in large accounts",
        prior=between(0.08, 0.5, "Census of firms, and the largest accounts of a lab"),
    )  # fmt: skip
    large_fall = parameter(
        1.0,
        unit="1",
        low=0,
        high=2,
        source="Census firm sizes .94, a lab's accounts 1.2; decisions.md",
        meaning="fall of large accounts' size by rank",
        prior=between(0.94, 1.2, "Census of firms, and the largest accounts of a lab"),
    )
    midpoint_sd = parameter(
        0.8, unit="OOM", low=0, high=3, source="model.md 7.1", meaning="spread of capability needed", prior=between(0.5, 1.2)
    )
    usefulness = parameter(
        0.5,
        unit="OOM",
        low=-5,
        high=10,
        source="calibrated to 2023-26, decisions.md",
        meaning="capability that pays a customer",
        prior=between(0.2, 0.8),
    )
    usefulness_sd = parameter(
        0.8,
        unit="OOM",
        low=0,
        high=3,
        source="assumption; model.md 26.3",
        meaning="spread of usefulness over customers",
        prior=between(0.5, 1.2),
    )
    value_sd = parameter(
        0.6, unit="log", low=0, high=3, source="model.md 7.4", meaning="doubt about the value of a trial", prior=between(0.4, 0.9)
    )
    appetite_low = parameter(
        0.1, unit="quantile", low=0.02, high=0.98, source="model.md 26.3", meaning="lowest appetite of a customer", prior=between(0.05, 0.2)
    )
    appetite_high = parameter(
        0.9,
        unit="quantile",
        low=0.02,
        high=0.98,
        source="model.md 26.3",
        meaning="highest appetite of a customer",
        prior=between(0.8, 0.95),
    )
    bass_innovation = parameter(
        0.03, unit="1/year", low=0, high=1, source="model.md 26.3", meaning="hazard of a trial unprompted", prior=between(0.02, 0.045)
    )
    bass_imitation = parameter(
        0.38, unit="1/year", low=0, high=3, source="model.md 26.3", meaning="hazard of a trial by example", prior=between(0.3, 0.5)
    )
    early_cost = parameter(
        0.25, unit="1", low=0, high=5, source="model.md 26.3", meaning="integration cost, started early", prior=between(0.15, 0.4)
    )
    late_cost = parameter(
        0.5, unit="1", low=0, high=5, source="model.md 26.3", meaning="integration cost, started late", prior=between(0.3, 0.75)
    )
    early_quarters = parameter(
        2.0, unit="quarters", low=0, high=40, source="model.md 7.4", meaning="integration, started early", prior=between(1, 3)
    )
    late_quarters = parameter(8.0, unit="quarters", low=0, high=40, source="text; model.md 7.4", meaning="integration, started late")
    first_spend = parameter(
        0.02, unit="1", low=0.0001, high=1, source="model.md 26.3", meaning="first spend over potential", prior=between(0.013, 0.03)
    )
    served_multiple = parameter(
        1.6, unit="1", low=1, high=10, source="model.md 7.3", meaning="most spend wanted over spend served", prior=between(1.3, 2.2)
    )
    served_floor = parameter(
        0.2, unit="$bn/year", low=0, high=10, source="model.md 7.3", meaning="spend wanted though none was served", prior=between(0.13, 0.3)
    )
    least_main_share = parameter(
        0.5, unit="1", low=0, high=1, source="model.md 26.3", meaning="main provider's part at no appetite", prior=between(0.35, 0.65)
    )
    capability_weight = parameter(
        1.0, unit="1/OOM", low=0, high=5, source="model.md 8.1 (beta)", meaning="weight of capability in choice", prior=between(0.6, 1.5)
    )
    least_share = parameter(
        0.01,
        unit="1",
        low=0.0001,
        high=0.2,
        source="assumption",
        meaning="share of spend whose appeal a lab without customers has",
        prior=between(0.005, 0.02),
    )
    outage_weight = parameter(
        2.0, unit="1", low=0, high=10, source="model.md 8.1 (zeta)", meaning="weight of outages in choice", prior=between(1.3, 3)
    )
    loyalty_quarters = parameter(
        4.0, unit="quarters", low=0.25, high=40, source="model.md 8.1", meaning="time in which loyalty builds", prior=between(2.5, 6)
    )
    turned_away_leaves = parameter(
        0.25, unit="1", low=0, high=1, source="model.md 26.3", meaning="part of those turned away that leave", prior=between(0.15, 0.4)
    )
    single_homed = parameter(
        0.2, unit="1", low=0, high=1, source="public: about four in five pay a second lab", meaning="customers that pay one lab only"
    )
    lost_with_lab = parameter(
        0.25,
        unit="1",
        low=0,
        high=0.9,
        source="assumption",
        meaning="part of a dead lab's spend that nobody wins back",
        prior=between(0.1, 0.4),
    )
