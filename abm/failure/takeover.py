"""How long it takes until somebody goes on with the business of a firm that is lost."""

from abm.parameters import Group, parameter
from abm.priors import between


class TakeoverParameters(Group, name="takeover"):
    """What happens to the business of a firm that the shock `loss` takes [model.md 14]."""

    owner = parameter(
        2.0,
        unit="quarters",
        low=0,
        high=12,
        source="assumption",
        meaning="time until the compute of a lost owner serves again: contracts, staff and power under new owners",
        prior=between(1, 4),
    )
    vendor = parameter(
        4.0,
        unit="quarters",
        low=0,
        high=12,
        source="assumption",
        meaning="time until a successor delivers the chips of a lost vendor",
        prior=between(2, 6),
    )
    loans = parameter(
        6.0,
        unit="quarters",
        low=1,
        high=40,
        source="assumption",
        meaning="time over which a lost lender calls its loans, and others take its place in new lending",
        prior=between(4, 8),
    )
