"""A customer as an agent: one column of `Customers` [model.md 7, 8.1, 26.3]."""

from abm.engine.compiled import as_written
from abm.engine.firm import Agent
from abm.engine.population import column
from abm.engine.rules import rule
from agents.customer_adoption import adopts


class Customer(Agent):
    """Who buys AI services: tries, adopts, spends, and chooses a main and a second lab."""

    segment = column("row in the table of segments", unit="1", low=0)
    domain = column("domain in which trials spread by example", unit="1", low=0)
    potential = column("spend at unlimited capability (omega B)", unit="$bn/year", low=0)
    lateness = column("odds against use at the market's midpoint", unit="1", low=0)
    usefulness = column("capability at which value just covers the price, at the median", unit="OOM")
    readiness = column("capability at which value just covers the price, at the own quantile", unit="OOM")
    risk_appetite = column("quantile of value at which adoption is decided", unit="quantile", low=0, high=1)
    patience = column("cumulated hazard at which a trial starts", unit="1", low=0)
    procurement = column("time that legal and procurement take", unit="quarters", low=0)
    main_share = column("part of spend that the main provider gets", unit="1", low=0, high=1)
    stage = column("stage of adoption, 0 unaware to 4 deployed", unit="1", low=0, high=4)
    wait = column("time left in procurement or pilot", unit="quarters")
    started_early = column("1 if the trial began before the capability sufficed", unit="1", low=0, high=1)
    spend = column("wanted spend", unit="$bn/year", low=0)
    paid = column("spend served and paid", unit="$bn/year", low=0)
    main_provider = column("row of the main lab", unit="1", low=0)
    second_provider = column("row of the other lab", unit="1", low=0)
    tenure = column("time with the main lab", unit="quarters", low=0)
    requalification = column("time to take on a new lab when there is no other", unit="quarters", low=0)
    requalifying = column("time left until it has taken on a new lab", unit="quarters", low=0)
    waiting = column("part of wanted spend without a lab", unit="1", low=0, high=1)
    kept = column("part of its use left after labs it paid were gone", unit="1", low=0, high=1)

    @rule
    def would_adopt(self, frontier, integration_cost):
        """Would the customer adopt at this frontier capability [OOM] and integration cost [per $ of spend]?"""
        return as_written(adopts)(frontier, self.readiness, integration_cost)


class EnterpriseCustomer(Customer):
    """A firm that adopts in stages and then buys in proportion to its wage bill."""


class ConsumerCohort(Customer):
    """A crowd of subscribers who act as one."""
