"""What can happen at a date: every shock with its values, in the order in which lists and buttons show them [model.md 14].

What a shock does stands in `abm.shocks` and, where it lasts or strikes single firms, in `abm.disruptions`.
"""

from abm.parameters import Group, parameter
from abm.priors import between

LARGEST = "largest"  # in place of a firm: whoever is the largest at that date, world by world


class Stall(Group, name="stall"):
    """Progress stops."""

    duration = parameter(12.0, unit="quarters", low=1, high=60, source="model.md 14", meaning="length of the stall")


class Breakthrough(Group, name="breakthrough"):
    """A breakthrough arrives, and capability and demand leap ahead."""


class OpenWeight(Group, name="open_weight"):
    """A cheap open-weight model: margins and sentiment fall, and customers may use it on compute of the clouds."""

    sentiment = parameter(
        0.19, unit="index", low=0, high=1, meaning="fall of sentiment",
        source="calibrated to the largest vendor, which lost 17 % of its value in January 2025 (V18)",
    )  # fmt: skip
    density = parameter(
        0.75, unit="share", low=0.1, high=1, source="model.md 14", meaning="part of the revenue for each unit of compute that is left"
    )
    price_ratio = parameter(
        1 / 40, unit="share", low=0.005, high=1, source="text S3; model.md 14", meaning="price of the model over that of the labs"
    )
    service = parameter(
        0.5, unit="share", low=0, high=2, source="assumption",
        meaning="what its users pay beside compute (hosting, integration, trust), over the labs' price", prior=between(0.25, 1)
    )  # fmt: skip
    gap = parameter(
        1.0, unit="OOM", low=0, high=4, source="model.md 8.8, middle of its range", meaning="how far the model is behind the frontier"
    )
    offered = parameter(
        1.0, unit="0/1", low=0, high=1, source="switch", meaning="1 if customers can use the model; 0 if there is only the news"
    )


class FundingStop(Group, name="funding_stop"):
    """Nobody buys new equity."""

    duration = parameter(4.0, unit="quarters", low=1, high=40, source="assumption", meaning="length of the stop")


class RateShock(Group, name="rate_shock"):
    """Loan rates jump."""

    size = parameter(0.03, unit="1/year", low=-0.05, high=0.2, source="assumption", meaning="rise of the loan rate")


class DemandShortfall(Group, name="demand_shortfall"):
    """Customers want less than they would have."""

    size = parameter(0.3, unit="share", low=0, high=0.95, source="assumption", meaning="part of potential demand that is missing")


class StopTraining(Group, name="stop_training"):
    """All labs stop training."""


class Loss(Group, name="loss"):
    """A named firm fails: a lab, an owner of compute, a chip vendor, a lender or an investor."""

    firm = parameter("", unit="", source="names of the world", meaning="the firm that fails, such as firm=OpenAI", text=True)


class Downgrade(Group, name="downgrade"):
    """Raters downgrade an owner of compute: its lenders ask for more and finance less, for good."""

    size = parameter(
        0.02, unit="1/year", low=0, high=0.2, meaning="rise of the rate that its lenders ask for new loans and notes",
        source="assumption: of the order of the gap between spreads of BBB and of B bonds", prior=between(0.01, 0.04),
    )  # fmt: skip
    withheld = parameter(
        0.2, unit="share", low=0, high=1, source="assumption", meaning="part of the usual loan that its lenders no longer give",
        prior=between(0.1, 0.4),
    )  # fmt: skip
    firm = parameter(
        LARGEST, unit="", source="names of the world", meaning="the owner of compute; largest: whoever owes most then", text=True
    )


class UsefulLife(Group, name="useful_life"):
    """A ruling on useful life: compute may be written off over so many years at most, what stands included."""

    years = parameter(
        4.0, unit="years", low=1, high=12, source="assumption: books of owners say five to six", meaning="longest life from then on",
        prior=between(3, 5),
    )  # fmt: skip


class IndexExclusion(Group, name="index_exclusion"):
    """A stock index excludes the sector: money that follows it sells listed labs and chip vendors, and buys them no more."""

    size = parameter(
        0.2, unit="share", low=0, high=0.9, source="assumption: funds that follow an index hold about a fifth of US shares",
        meaning="part of the shares, and of the public market's money, that follows the index", prior=between(0.1, 0.3),
    )  # fmt: skip
    impact = parameter(
        1.0, unit="ln per share", low=0, high=5, source="assumption: single shares fall by about as much as is sold [GabaixKoijen2021]",
        meaning="fall of the log of the price for each part of the shares that must be sold", prior=between(0.3, 2),
    )  # fmt: skip


class SiteDelay(Group, name="site_delay"):
    """Sites are late: part of all compute under construction comes later, with its contracts, its chips and its bills."""

    duration = parameter(
        2.0, unit="quarters", low=0, high=12, meaning="length of the delay", prior=between(1, 4),
        source="assumption: a third of the time to build, as in worlds/industry-2026q3",
    )  # fmt: skip
    size = parameter(
        0.5, unit="share", low=0, high=1, source="assumption", meaning="part of what is under construction that is late",
        prior=between(0.25, 0.9),
    )  # fmt: skip


class ChipCut(Group, name="chip_cut"):
    """Less is produced: for a while vendors deliver a part of their chips, and what is ordered waits until they can again."""

    size = parameter(
        0.3, unit="share", low=0, high=1, source="assumption", meaning="part of the chips due that does not come", prior=between(0.15, 0.6)
    )
    duration = parameter(4.0, unit="quarters", low=0, high=12, source="assumption", meaning="length of the cut", prior=between(2, 8))


class Outage(Group, name="outage"):
    """A lab's service goes down: who asks meanwhile is turned away, to rivals with room or nowhere, and customers remember."""

    size = parameter(
        0.33, unit="share", low=0, high=1, source="assumption: a month of a quarter", meaning="part of each quarter for which it is down",
        prior=between(0.1, 1),
    )  # fmt: skip
    duration = parameter(1.0, unit="quarters", low=0, high=12, source="assumption", meaning="length of the outage", prior=between(1, 2))
    firm = parameter(LARGEST, unit="", source="names of the world", meaning="the lab; largest: by revenue then", text=True)


class LoneBreakthrough(Group, name="lone_breakthrough"):
    """One lab leaps ahead alone: its next model is better, and rivals catch up as ideas spread."""

    size = parameter(
        0.4, unit="OOM", low=0, high=2, source="assumption: the leap of a breakthrough, technology.breakthrough_jump",
        meaning="capability that it gains", prior=between(0.2, 0.8),
    )  # fmt: skip
    firm = parameter(LARGEST, unit="", source="names of the world", meaning="the lab; largest: by revenue then", text=True)


class PoolCloses(Group, name="pool_closes"):
    """An investor's pool closes: it buys nothing new and is given nothing, and keeps what it holds."""

    duration = parameter(12.0, unit="quarters", low=0, high=60, source="assumption", meaning="length of the closure", prior=between(4, 20))
    firm = parameter(LARGEST, unit="", source="names of the world", meaning="the investor; largest: by cash then", text=True)


SHOCKS = {
    g.name: g
    for g in (
        *(Stall, Breakthrough, LoneBreakthrough, OpenWeight, Outage, DemandShortfall, StopTraining),
        *(FundingStop, PoolCloses, IndexExclusion, RateShock, Downgrade, UsefulLife, SiteDelay, ChipCut, Loss),
    )
}
FIRMS_OF = {"downgrade": "clouds", "outage": "labs", "lone_breakthrough": "labs", "pool_closes": "investors"}  # kinds that they strike
