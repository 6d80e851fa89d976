"""AI labs: buy compute one to two years before they know the revenue that must pay for it.

A lab looks at the cone of its revenue, decides how much compute it wants to serve, how much it can still pay for at its own
quantile, and orders the smaller of the two [model.md 10]. Everything here is written once, for one lab and for all.
"""

import numpy as np
from scipy.special import ndtri

from abm.beliefs.leap import belief
from abm.clock import QUARTER
from abm.engine.firm import Firm
from abm.engine.population import column
from abm.engine.rules import rule
from abm.priors import between


class Lab(Firm):
    """A developer of frontier models that rents its compute under take-or-pay contracts."""

    kind = "lab"
    extrapolation = column(
        "weight of past growth that goes on for ever in its forecast; 1: it extrapolates and does not reason",
        unit="weight", low=0, high=1, default=0, source="assumption", prior=between(0, 0.3)
    )  # fmt: skip
    optimism = column(
        "growth that it adds to its reasoned forecast", unit="1/year", low=-1, high=2, default=0, source="assumption", prior=between(0, 0.1)
    )
    breakthrough_odds, breakthrough_within = belief()
    opex_ratio = column(
        "wages and other opex over revenue", unit="share", low=0, high=0.9, default=0.30, source="model.md 19", prior=between(0.2, 0.4)
    )
    character = column("risk appetite it returns to", unit="quantile", low=0, high=1, default=0.5)
    alive = column("1 while in business", unit="0/1", default=1)
    listed = column("1 after its IPO", unit="0/1", default=0)
    revenue = column("served revenue at annual rate", unit="$bn/year", low=0, default=0)
    previous_revenue = column("revenue of the quarter before", unit="$bn/year", default=0)
    demand = column("revenue customers wanted to bring", unit="$bn/year", low=0, default=0)
    growth = column("growth of its revenue as it extrapolates it", unit="ln/year", default=np.log(4))
    share = column("share of demand", unit="share", default=0)
    capability = column("capability in training", unit="OOM", default=0)
    released = column("capability of the released model", unit="OOM", default=0)
    enterprise_fit = column("fixed appeal of the lab to enterprises", unit="utility", default=0, source="assumption", low=-12, high=12)
    consumer_fit = column("fixed appeal of the lab to consumers", unit="utility", default=0, source="assumption", low=-12, high=12)
    quality = column("passing appeal", unit="utility", default=0)
    outage = column("part of its demand that it turned away, moving average", unit="share", default=0)
    price = column("price relative to the market", unit="x", default=1)
    revenue_density = column("revenue per frontier-equivalent GW-year", unit="$bn/GWe-year", default=0)
    training_share = column(
        "leaning: its odds of training over serving, beside the usual share",
        unit="share",
        low=0,
        high=0.95,
        default=0.5,
        source="model.md 19",
    )
    inference_gw = column("compute used to serve", unit="GWe", default=0)
    training_gw = column("compute used to train", unit="GWe", default=0)
    sublet_gw = column("own compute hired by others on the spot market", unit="GWe", default=0)
    premium = column("part of its anchor that the market pays, where a public valuation is lower; fades to 1", unit="x", default=1)
    hope = column("market value beyond its anchor that a public valuation says, fading", unit="$bn", default=0)
    last_round = column("value after its last round", unit="$bn", default=0)
    turned_away = column("demand nobody served", unit="$bn/year", default=0)
    taken_in = column("spend of dead labs' customers that it took in this quarter", unit="$bn/year", low=0, default=0)
    opex = column("opex of the quarter", unit="$bn", default=0)
    obligations = column("payments due this quarter", unit="$bn", default=0)
    unmet_prepayment = column("down-payments it could not fund", unit="$bn", default=0)
    ordered_gw = column("compute it signed for this quarter", unit="GW", default=0)
    wanted_gw = column("compute it wanted to sign for this quarter", unit="GW", default=0)
    forecast = column("revenue forecast at its own quantile, at the planning horizon", unit="$bn/year", default=0)
    forecast_low = column("10th percentile of its forecast", unit="$bn/year", default=0)
    forecast_mid = column("median of its forecast", unit="$bn/year", default=0)
    forecast_high = column("90th percentile of its forecast", unit="$bn/year", default=0)
    parent_row = column("cloud that owns it, -1 for none", unit="row", default=-1)
    open_weight = column("1 if its models are open", unit="0/1", low=0, high=1, default=0)
    alarm = column("appetite that rivals' releases added and that has not faded yet", unit="quantile", default=0)
    scar = column("appetite that its own squeezes took and that has not come back yet", unit="quantile", default=0)
    stirred = column("what alarm and scars add to its appetite in the quarter", unit="quantile", default=0)
    rescued = column("what landlords and vendors paid in the quarter so that it could pay its bills", unit="$bn/quarter", default=0)
    bought = column("revenue of failed labs that it bought in the quarter, less its own that was sold", unit="$bn/year", default=0)
    swapped = column("its debt that creditors took shares for so far", unit="$bn", default=0)
    debt_lost = column("its debt that creditors lost when it failed", unit="$bn", default=0)
    died = column("quarter of its default, counted from 2023Q1; -1 while it lives", unit="quarter", default=-1)
    break_even = column(
        "year in which it promises investors to burn nothing any more, 0: it promises nothing", unit="year", low=0, high=2100, default=0,
        source="text: 2028 and 2030 (Anthropic, OpenAI)",
    )  # fmt: skip
    promised_burn = column(
        "burn over revenue that it promises for the opening, falling to 0 by then", unit="share", low=0, high=10, default=0,
        source="text: .33 and .57 of revenue in 2026 (Anthropic, OpenAI)",
    )  # fmt: skip

    @rule
    def forecast_base(self, demand_floor):
        """Revenue a forecast starts from: a rationed lab knows it had demand, $bn a year [model.md 5.4]."""
        return np.maximum(self.revenue + self.bought, demand_floor * self.demand) * self.alive

    @rule
    def margin_after_opex(self, cut):
        """Part of revenue that is left to pay for compute. cut: relief in a recognised stall, [worlds, 1]."""
        return 1 - np.maximum(0, self.opex_ratio - cut)

    @rule
    def means_to_pay(self, revenue, quantile, funding, lab, funding_sd):
        """What a lab could pay in a year at a quantile of revenue and of funding alike, $bn [model.md 10.2].

        revenue: the cone's quantile, $bn a year; quantile of funding capacity; funding: its median, $bn; all [worlds, labs]
        """
        return self.margin_after_opex(0) * revenue + lab.cash_in_plan * self.cash + funding * np.exp(funding_sd * ndtri(quantile))

    @rule
    def serving_quantile(self, rent, density):
        """Quantile of demand to serve: the newsvendor's critical fractile, or the own appetite if bolder [Arrow1951]."""
        return np.clip(np.maximum(self.risk_appetite, 1 - rent / np.where(density > 0, density, np.inf)), 0.02, 0.98)

    @rule
    def compute_to_order(self, to_serve, effective, payable, committed_rent, rent):
        """Compute to order for delivery after the build lag, GW [model.md 10.1 to 10.4].

        to_serve, effective: compute wanted and already contracted beyond the lag, GWe; payable, committed_rent: what it can
        pay at its own quantile and what it already owes, $bn a year; rent: $bn per GW-year; all [worlds, labs]
        """
        room = (payable - committed_rent) / rent
        return np.maximum(0, np.minimum(to_serve - effective, room)) * self.alive

    @rule
    def prepayment_due(self, order, rent, committed_rent, backing, covered, years):
        """Down-payment an order needs: rent of the commitments beyond what revenue and an owner's means cover, $bn [model.md 9.7].

        order: GW; rent: $bn per GW-year; committed_rent, backing: $bn a year; all [worlds, labs]
        """
        exposed = committed_rent + rent * order - covered * (self.revenue + backing)
        return np.clip(exposed, 0, rent * order) * years

    @rule
    def cash_wanted(self, base, slope):
        """Cash that covers the target runway at the present burn, $bn [model.md 10.7]. base, slope: quarters."""
        burn = np.maximum(0, self.obligations - self.revenue * QUARTER)
        return (base - slope * self.risk_appetite) * burn

    @rule
    def part_borrowed(self, rate, debt):
        """Part of what it raises that it would rather borrow: all of its usual part at half the cost of shares, none at all of it."""
        return debt.share * np.clip(2 * (1 - rate / debt.equity_cost), 0, 1) * self.alive

    @rule
    def next_appetite(self, rivals, sentiment, lost_share, afraid, lab):
        """Appetite after a quarter of imitation, pressure, mood, fear, alarm and scars [model.md 4.2]; unchanged when all gains are 0.

        rivals: mean appetite of the others, [worlds, labs]; afraid: 0 to 1, [worlds, labs]
        """
        step = (
            lab.reversion * (self.character - self.risk_appetite)
            + lab.herding * (rivals - self.risk_appetite)
            + lab.pressure * lost_share
            + lab.mood * (sentiment - 1)
            - lab.fear * afraid
            + self.stirred
        )
        return np.clip(self.risk_appetite + step, 0.02, 0.98)
