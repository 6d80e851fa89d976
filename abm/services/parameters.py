"""What is assumed of the market for AI services: prices, training shares, rationing [model.md 8, 19]."""

from abm.parameters import Group, parameter
from abm.priors import between


class ServicesParameters(Group, name="services"):
    """Prices, revenue density, rationing and outages."""

    mode = parameter("cournot", unit="", choices=("path", "cournot"), source="model.md 8.2-8.3", meaning="how labs set prices")
    training_share = parameter(
        0.5,
        unit="1",
        low=0,
        high=0.9,
        source="text; model.md 19 (tau)",
        meaning="share of compute that labs plan to train on in the end",
        prior=between(0.3, 0.7),
    )
    training_share_start = parameter(
        0.75,
        unit="1",
        low=0,
        high=0.9,
        source="public: .74 and .60 of compute spend in 2024 (OpenAI, Anthropic), .51 and .60 in 2025",
        meaning="planned training share at the start of 2023",
        prior=between(0.65, 0.85, "public: what OpenAI and Anthropic spent on compute, 2024 and 2025"),
    )
    training_share_time = parameter(
        1.5,
        unit="years",
        low=0.25,
        high=50,
        source="as the share at the start",
        meaning="time constant of the fall of the planned training share",
        prior=between(1, 3),
    )
    stall_training_share = parameter(
        0.25,
        unit="1",
        low=0,
        high=0.9,
        source="assumption; model.md 8.7",
        meaning="most that labs plan to train on in a recognised stall",
        prior=between(0.1, 0.4),
    )
    density_start = parameter(
        20.0,
        unit="$bn/GWe-year",
        low=1,
        high=100,
        source="calibrated; model.md 8.3",
        meaning="path: density at first",
        prior=between(16, 25),
    )
    density_growth = parameter(
        0.22, unit="1/year", low=0, high=0.5, source="calibrated; model.md 8.3", meaning="path: growth of density", prior=between(0.1, 0.3)
    )
    density_growth_from = parameter(
        2.0,
        unit="years",
        low=0,
        high=50,
        source="calibrated; model.md 8.3",
        meaning="path: growth starts, after 2023",
        prior=between(1.3, 3),
    )
    density_cap = parameter(
        45.0,
        unit="$bn/GWe-year",
        low=1,
        high=100,
        source="calibrated; model.md 8.3",
        meaning="path: ceiling of density",
        prior=between(35, 80),
    )
    substitution_start = parameter(
        20.0,
        unit="1",
        low=1.5,
        high=60,
        source="calibrated to public gross margins 2024 to 2028, decisions.md",
        meaning="elasticity between labs at first",
        prior=between(10, 30),
    )
    substitution_end = parameter(
        1.5,
        unit="1",
        low=1.5,
        high=20,
        source="calibrated to 2023-26, decisions.md",
        meaning="elasticity between labs in the end",
        prior=between(1.5, 2.25),
    )
    substitution_time = parameter(
        1.8,
        unit="years",
        low=0.25,
        high=50,
        source="calibrated to public gross margins 2024 to 2028, decisions.md",
        meaning="time constant of differentiation",
        prior=between(1.2, 2.7),
    )
    demand_elasticity = parameter(
        1.3,
        unit="1",
        low=1.05,
        high=5,
        source="calibrated to 2023-26, decisions.md",
        meaning="elasticity of industry demand",
        prior=between(1.1, 1.7),
    )
    scarcity_low = parameter(
        0.65, unit="1", low=0.1, high=1, source="assumption; model.md 8.4", meaning="lowest price index in a glut", prior=between(0.5, 0.8)
    )
    scarcity_high = parameter(
        3.0, unit="1", low=1, high=10, source="assumption", meaning="highest price index in a shortage", prior=between(2, 5)
    )
    most_unserved = parameter(
        0.2,
        unit="share",
        low=0,
        high=1,
        source="assumption",
        meaning="part of demand that labs leave unserved before they raise prices at once",
        prior=between(0.1, 0.3),
    )
    reference_rent = parameter(
        13.3,
        unit="$bn/GW-year",
        low=5,
        high=30,
        source="model.md 26.17f",
        meaning="rent of compute at which customers' potential spend is counted",
        prior=between(10, 18),
    )
    scarcity_memory = parameter(
        0.5, unit="1", low=0, high=0.99, source="model.md 8.4", meaning="weight of last quarter's scarcity index", prior=between(0.3, 0.7)
    )
    consumer_density = parameter(0.75, unit="1", low=0.2, high=1, source="text; model.md 7.7", meaning="consumers' density over others'")
    spill = parameter(
        0.6,
        unit="1",
        low=0,
        high=1,
        source="model.md 8.6",
        meaning="share of the customers turned away that tries a rival",
        prior=between(0.4, 0.8),
    )
    outage_memory = parameter(
        0.7, unit="1", low=0, high=0.99, source="model.md 8.6", meaning="weight of last quarter's outages", prior=between(0.5, 0.85)
    )
    outside_pool = parameter(
        0.06,
        unit="GWe",
        low=0,
        high=10,
        source="calibrated to 2023-26, decisions.md",
        meaning="compute for hire elsewhere",
        prior=between(0.04, 0.09),
    )
    outside_growth = parameter(
        0.26,
        unit="1/quarter",
        low=0,
        high=1,
        source="calibrated to 2023-26, decisions.md",
        meaning="growth of the outside pool",
        prior=between(0.18, 0.34),
    )
    outside_cap = parameter(
        3.0,
        unit="GWe",
        low=0,
        high=100,
        source="calibrated to 2023-26, decisions.md",
        meaning="ceiling of the outside pool",
        prior=between(2, 4.5),
    )
    outside_premium = parameter(
        1.3,
        unit="1",
        low=1,
        high=5,
        source="assumption; model.md 8.6",
        meaning="rent of the outside pool over list price",
        prior=between(1.1, 1.6),
    )
    token_price = parameter(
        30.0, unit="$/million tokens", low=0.01, high=1000, source="public: March 2023", meaning="price of a fixed capability in 2023"
    )
