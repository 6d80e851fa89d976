"""What is kept of a run: quarterly measures by agent, events for stories, and the invariants asserted on the way."""

import numpy as np
import pandas as pd

from abm.books.lab_debts import TRANCHE_OF
from abm.books.loans import held
from abm.books.register import EXTRA_OUT, IDLE
from abm.books.vintages import over_vintages
from abm.clock import QUARTER
from abm.engine.sums import by_row
from abm.errors import BadInput, nearest
from abm.failure.crisis import financed, lenders_capital
from abm.measures.deferred import Later, Series
from abm.measures.outcomes import event_outcomes, further_outcomes
from abm.measures.readings import INDICATORS
from abm.measures.welfare import over_a_run
from abm.services.prices import token_price
from abm.services.shares import ratio, total

BY_AGENT = {
    "labs": ("revenue", "demand", "risk_appetite", "growth", "capability", "released", "price", "outage", "opex", "obligations",
             "ordered_gw", "wanted_gw", "forecast", "forecast_low", "forecast_mid", "forecast_high", "inference_gw", "training_gw",
             "sublet_gw", "taken_in", "alive", "listed", "rescued"),
    "clouds": ("contract_price", "rate", "revenue", "ebitda", "interest", "debt_service", "breach", "reorganised",
               "rescue_paid"),
    "vendors": ("sales", "other_sales", "utilisation", "profit", "rescue_paid"),
    "investors": (),
    "lenders": ("failed", "banned", "credit_loss"),
}  # fmt: skip
UNITS = {  # of rules that are not about money
    "I6 shares sum to one": "shares",
    "I10 contracts are GW in place": "GW",
    "I10 GW in service are GW delivered": "GW",
    "I11 bookings within slots": "GW",
    "labs' compute serves, trains or is let": "GWe",
    "I12 weights sum to one": "shares",
}
FROM_BOOKS = {"cash": ("cash", 1), "value": ("equity", -1), "debt": ("debt", -1), "loans": ("loans", 1), "stakes": ("stakes", 1)}


class Record:
    """Panels of a run, kept as arrays: measures {(kind, measure): Series of [worlds, n]}."""

    def __init__(self, industry, journal=False):
        self.measures = {}
        self.quarters = []
        self.journals = [] if journal else None
        if journal:
            industry.ledger.journal = []

    def take(self, industry):
        """Record the quarter that ends."""
        self.quarters.append(industry.quarter)
        for kind, names in BY_AGENT.items():
            population = getattr(industry, kind)
            for name in names:
                self._keep(kind, name, population.columns[name])
            for name, (account, sign) in FROM_BOOKS.items():
                self._keep(kind, name, sign * industry.ledger.balances[account][:, industry.rows[kind]])
        self._keep_compute(industry)
        for name in industry.measured:
            self._keep(INDICATORS[name].scope, name, industry.measured.waiting(name))
        for name in ("labs", "clouds", "lenders", "vendors", "investors"):
            self._keep(name, "fails", getattr(industry.news, name))
        for name in ("raised", "signed_equity"):
            self._keep("labs", name, getattr(industry, name))
        for name in ("credit_loss", "cancelled", "termination"):
            self._keep("industry", name, getattr(industry.news, name))
        for name, amount in industry.unbuilt.seen(industry.labs.alive).items():
            for unit, by_lab in zip(("gw", "rent"), amount.by_lab(), strict=True):
                self._keep("labs", f"{name}_{unit}", by_lab)
        self._keep("clouds", "financed_gw", financed(industry))
        self._keep("lenders", "capital", lenders_capital(industry))
        self._keep("industry", "token_price", fixed_token_price(industry))
        self._keep("industry", "stalled", industry.technology.stalled)
        self._keep("industry", "breakthrough", industry.technology.breakthrough)
        self._keep("industry", "equity_lost", industry.equity_lost)
        if self.journals is not None:
            self._keep_for_stories(industry)
            self.journals.append(industry.ledger.journal)
            industry.ledger.journal = []

    def _keep_compute(self, industry):
        fleet, now = industry.fleet, industry.now
        service = fleet.in_service(now)
        self._keep("labs", "gw", service[:, :EXTRA_OUT].sum(axis=2))
        self._keep("labs", "rent_due", fleet.rent_due(now).sum(axis=2))
        self._keep("labs", "commitments", fleet.remaining_rent(now).sum(axis=2))
        self._keep("clouds", "gw", service.sum(axis=1))
        self._keep("clouds", "delivered_gw", industry.delivered_gw)

    def _keep_for_stories(self, industry):
        """What a story needs beside the panel; kept only together with a journal. $bn a quarter, $bn, GW or 0/1."""
        owed, fleet, rows, now = industry.owed, industry.fleet, industry.rows["clouds"], industry.now
        collateral = fleet.economic_value(now) + industry.compute.wip_recovery * fleet.total("wip")
        service_due = sum(owed.amount(flow).sum(axis=2) for flow in ("interest", "principal"))
        self._keep("labs", "rent_billed", owed.amount("rent").sum(axis=2))
        principal = (by_row(owed.amount(claim)) for claim in TRANCHE_OF if claim in owed.claims)
        self._keep("labs", "principal_due", sum(principal, start=np.zeros_like(industry.labs.cash)))
        self._keep("labs", "just_released", industry.just_released)
        self._keep("clouds", "service_due", service_due)
        self._keep("clouds", "running_due", sum(owed.amount(flow).sum(axis=2) for flow in ("running_costs", "other_loss")))
        self._keep("clouds", "collateral", collateral)
        self._keep("clouds", "idle_gw", fleet.in_service(now)[:, IDLE])
        for name, event in (("construction_lost", "cancellation"), ("impaired", "impairment")):
            self._keep("clouds", name, -industry.ledger.profit[event][:, rows])
        self._keep("industry", "defaulted", industry.news.defaulted)
        self._keep("industry", "stall_known", industry.stall_known())
        hired, idle = industry.served.spot_gw.sum(axis=1, keepdims=True), industry.idle_gw
        self._keep("industry", "spot_used", np.where(idle > 0, hired / np.where(idle > 0, idle, 1), 0))

    def kept(self, industry):
        """This record. Raises BadInput where the model keeps none."""
        if not industry.keeps_panel:
            raise BadInput("this model was made with panel = False and keeps no measures; panel = True keeps them")
        return self

    def _keep(self, kind, name, value):
        kept = self.measures.setdefault((kind, name), Series(name))
        kept.append(value if isinstance(value, Later) else np.array(value, dtype=float))

    def series(self, kind, name):
        """One measure over the run, [worlds, quarters, agents]."""
        return np.stack(self.measures[kind, name], axis=1)

    def indicators(self):
        """{indicator: [worlds, quarters] for the industry, [worlds, quarters, firms] for firms}."""
        found = {name: self.series(item.scope, name) for name, item in INDICATORS.items()}
        return {name: values[..., 0] if INDICATORS[name].scope == "industry" else values for name, values in found.items()}

    def panel(self, industry, measures=None):
        """Tidy table: world, quarter, agent, measure, value. measures: names to keep, all by default. Raises BadInput."""
        measures = [measures] if isinstance(measures, str) else measures
        known = {name for _, name in self.measures}
        for name in set(measures or ()) - known:
            raise BadInput(f"panel: no measure is called {name!r}; {nearest(name, known) or 'industry.measures() lists all'}")
        quarters = [str(q) for q in self.quarters]
        parts = []
        for kind, name in self.measures:
            if measures is None or name in measures:
                names = ["industry"] if kind == "industry" else list(getattr(industry, kind).names)
                parts.append(_tidy(self.series(kind, name), industry.world_ids, quarters, names, name))
        return pd.concat(parts, ignore_index=True)

    def outcomes(self, industry):
        """One row a world: what happened in the end [model.md 26.20]."""
        died = self.kept(industry).series("labs", "fails") > 0
        revenue = self.series("labs", "revenue")
        last = {name: self.measures["industry", name].last()[:, 0] for name, item in INDICATORS.items() if item.scope == "industry"}
        return pd.DataFrame(
            {
                "world": industry.world_ids,
                **event_outcomes(self, industry),
                "labs_defaulted": died.any(axis=1).sum(axis=1),
                "clouds_defaulted": (self.series("clouds", "fails") > 0).any(axis=1).sum(axis=1),
                "lenders_failed": (self.series("lenders", "fails") > 0).any(axis=1).sum(axis=1),
                "served_revenue": revenue.sum(axis=(1, 2)) / 4,
                "credit_loss": self.series("industry", "credit_loss").sum(axis=(1, 2)),
                "vendor_equity_lost": self.series("industry", "equity_lost").sum(axis=(1, 2)),
                "peak_circularity": self.series("industry", "circularity").max(axis=(1, 2)),
                "least_p10_coverage": self.series("industry", "p10_coverage").min(axis=(1, 2)),
                **over_a_run(self),
                **further_outcomes(self, industry),
                **last,
            }
        )

    def check(self, industry):
        """Assert the invariants of the quarter in every world, or stop with world, quarter and rule [model.md 12.6]."""
        residuals = {**industry.ledger.residuals(), **subsidiary_residuals(industry)}
        industry.ledger.refuse(industry.quarter, residuals, industry.world_ids, UNITS)


def fixed_token_price(industry):
    """Price of a token of the capability of 2023Q1, $ per million, [worlds, 1] [model.md 8.5]; nothing where no lab has compute."""
    compute = industry.labs.inference_gw + industry.labs.training_gw
    density = ratio(total(industry.labs.revenue_density * compute), total(compute)) / industry.services.density_start
    return token_price(industry.services, density, industry.frontier())


def subsidiary_residuals(industry):
    """What the subsidiary ledgers must show against the books, by rule, $bn, GW or shares, [worlds] each."""
    ledger, rows, fleet, cap = industry.ledger, industry.rows, industry.fleet, industry.cap
    book = ledger.balances
    issuers = [cap.residual(rows[kind]) for kind in ("labs", "clouds", "vendors", "lenders")]
    poorest = np.concatenate([book["cash"][:, rows[k]] for k in ("labs", "clouds", "vendors", "investors", "lenders")], axis=1)
    customers = book["cash"][:, rows["customers"]]
    beyond = np.maximum(0, industry.orders.booked - industry.orders.slots)
    pairs = {
        "I7 prepayments": book["prepaid"][:, rows["labs"]] - fleet.pairs.table(fleet.total("prepaid")).sum(axis=2),
        "I8 loans held": book["loans"][:, rows["lenders"]] - held(industry),
        "I8 loans owed": book["debt"][:, rows["clouds"]] + fleet.loans().sum(axis=1),
        "I8 loans to labs": book["debt"][:, rows["labs"]] + industry.lab_debts.owed(),
        "I8 loans of vendors": book["loans"][:, rows["vendors"]] - industry.lab_debts.to("vendors"),
        "I8 notes of investors": book["loans"][:, rows["investors"]] - industry.lab_debts.to("investors"),
        "I4 fleet book": book["fleet"][:, rows["clouds"]] - fleet.total("book"),
        "I4 work in progress": book["wip"][:, rows["clouds"]] - fleet.total("wip"),
        "I9 no negative cash": np.minimum(0, poorest),
        "I10 contracts are GW in place": _contracted_gap(fleet),
        "I10 GW in service are GW delivered": fleet.in_service(industry.now).sum(axis=1) - fleet.delivered,
        "I11 bookings within slots": beyond.sum(axis=2),
        "labs' compute serves, trains or is let": _unused_compute(industry),
        "customers hold no cash": customers,
        "labs' revenue is what customers paid them": _flow_gap(industry, "labs", "revenue", "services"),
        "owners' outside rent is what they were paid": _flow_gap(industry, "clouds", "outside_rent", "outside_rent"),
    }
    found = {name: np.abs(gap).max(axis=1, initial=0) for name, gap in pairs.items()}
    return {
        **found,
        "I6 shares sum to one": np.max(issuers, axis=0),
        "I12 choices are all demand": choices_residual(industry),
        "I12 weights sum to one": weights_residual(industry),
        "customers' accounts agree": customers_residual(industry),
    }


def _flow_gap(industry, kind, column, flow):
    """What a column says firms earned, at annual rate, less what the books say they received this quarter, $bn, [worlds, n]."""
    return getattr(industry, kind).columns[column] * QUARTER - industry.ledger.flows[flow][:, industry.rows[kind]]


def choices_residual(industry):
    """What customers would spend with labs and open weights less what they want to spend, at reference prices, $bn a year, [worlds]."""
    if industry.customers is None:
        return np.zeros(industry.worlds)
    return np.abs(industry.potential.sum(axis=(1, 2)) - industry.wanted[:, 0])


def weights_residual(industry):
    """How far from 1 the weights of labs over clouds, owners over vendors and lenders, and investors over saving sum, [worlds].

    A row of zeros is a firm that chooses among nobody.
    """
    investors = industry.investors.saving_weight[:, None]
    tables = (industry.weights, industry.vendor_mix, np.swapaxes(industry.lender_mix, 1, 2), investors)
    sums = [table.sum(axis=2) for table in tables]
    return np.max([np.where(s == 0, 0, np.abs(s - 1)).max(axis=1, initial=0) for s in sums], axis=0)


def _unused_compute(industry):
    """Compute that labs have in service less what they serve and train with or others hire of it, GWe, [worlds, labs]."""
    labs = industry.labs
    return industry.fleet.effective(industry.now)[:, :EXTRA_OUT].sum(axis=2) - labs.inference_gw - labs.training_gw - labs.sublet_gw


def _contracted_gap(fleet):
    """GW under contract less GW held, by tenant and owner, [worlds, pairs]."""
    let = sum(over_vintages(amounts[..., there]) for amounts, there, _ in fleet.running("let", fleet.first))
    return let - fleet.total("gw")[:, : fleet.pairs.count]


def customers_residual(industry):
    """What customers paid one by one less what their control accounts show, $bn, [worlds]."""
    if industry.customers is None:
        return np.zeros(industry.worlds)
    one_by_one = industry.customers.paid.sum(axis=1) / 4
    paid = sum(industry.ledger.flows[flow][:, industry.rows["customers"]].sum(axis=1) for flow in ("services", "open_weights"))
    return np.abs(one_by_one + paid)


def _tidy(values, worlds, quarters, names, measure):
    index = pd.MultiIndex.from_product([worlds, quarters, names], names=["world", "quarter", "agent"])
    return pd.DataFrame({"value": values.reshape(-1)}, index=index).reset_index().assign(measure=measure)
