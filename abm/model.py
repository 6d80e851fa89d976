"""The industry: many worlds at once, one quarter per step. `Industry.step` is the table of contents of the model."""

import mesa
import numpy as np

from abm.clock import Quarter
from abm.compute import deliveries, old_business, planning
from abm.engine import shown
from abm.engine.living import LIVING
from abm.engine.luck import LAST_WORLD, Luck
from abm.engine.own_rules import kinds_of_rows
from abm.errors import BadInput
from abm.failure import crisis, default, runoff
from abm.failure.contagion import News
from abm.failure.loss import check_firm
from abm.finance import credit, funding, lab_debt, sentiment
from abm.finance.lending import credit_limit
from abm.measures import indicators
from abm.measures.catalogue import catalogue, described
from abm.measures.record import Record
from abm.services import entry, operations, pricing
from abm.settings import Settings
from abm.shocks import Shock, apply_shocks
from abm.start.founding import found
from abm.start.state import open_state
from abm.technology import learning

NEWSWORTHY = ("labs", "clouds", "lenders", "vendors", "investors")  # kinds of firms that fail, in the order of `News`


class Industry(mesa.Model):
    """Labs, clouds, vendors, customers, investors and lenders of `worlds` worlds that share a population and differ in luck.

    world: an Opening with its inhabitants, from `agents.world_files.folder.load_world`; worlds: how many, or world_ids: which;
    rng: the run's seed; parameters: {public name: value, or one value per world}; shocks: see abm.shocks;
    journal: keep who paid whom, for stories; panel: keep every measure of every quarter, without which only the indicators of the
    quarter itself are worked out, and of these not the costly ones; agents: {firm or kind of firm: class} of firms with rules of their
    own, see abm.engine.own_rules. Raises BadInput for a name or value that is not allowed.
    """

    def __init__(self, world, worlds=1, rng=0, *, world_ids=None, parameters=None, shocks=(), journal=False, panel=True,
                 agents=None):  # fmt: skip
        world_ids, rng = _which(worlds, world_ids), whole("rng", rng, 0)
        if not hasattr(world, "inhabitants"):
            raise BadInput(f"world = {world!r} is not allowed; give what overreach.load_world returns for its name")
        wrong = [shock for shock in shocks if not isinstance(shock, Shock)]
        if wrong:
            raise BadInput(f"shocks: {wrong[0]!r} is not allowed; give what overreach.Shock.read returns")
        for shock in shocks:
            check_firm(shock, world.names)
        if journal and not panel:
            raise BadInput("journal = True and panel = False is not allowed; a journal is kept beside the panel")
        super().__init__(rng=rng)
        self.opening, self.inhabitants, self.shocks = world, world.inhabitants, tuple(shocks)
        self.worlds, self.world_ids, self.seed = len(world_ids), world_ids, rng
        LIVING.add(self)
        self.settings = Settings(self.worlds, {**world.parameters, **(parameters or {})}, self.inhabitants.GROUPS)
        for name, group in self.settings.groups.items():
            setattr(self, name, group)
        self.own_agents = kinds_of_rows(agents, world.names, self.inhabitants.KINDS)
        self.luck = Luck(rng, world_ids)
        self.quarter, self.age = world.start, 0
        self._people_seen, self.noise = None, np.zeros((self.worlds, 2))
        found(self)
        open_state(self)
        self.followers = self.inhabitants.FOLLOWERS(self)
        planning.open_terms(self)
        crisis.open_events(self)
        self.record, self.keeps_panel = Record(self, journal), panel

    def step(self):
        """One quarter in every world [model.md 3]. Raises BrokenRule where the books of any world do not balance."""
        self.begin()
        apply_shocks(self)
        learning.nature(self)
        learning.research(self)
        deliveries.deliver(self)
        pricing.post(self)
        served = operations.serve(self, operations.demand(self))
        operations.receive(self, served)
        credit.refinance(self)
        lab_debt.refinance(self)
        runoff.take_over(self)
        owed = operations.dues(self, served)
        funding.fund(self, owed)
        default.settle(self, owed)
        self.promises.judge(self)
        sentiment.depreciate(self)
        credit.count_breaches(self)
        credit.sweep(self)
        funding.pay_dividends(self)
        sentiment.feel(self)
        sentiment.mark(self)
        planning.plan(self)
        learning.learn(self)
        entry.enter(self)
        self.pools.learn(self)
        self.economy.learn(self)
        indicators.measure(self)
        self.close()

    def run(self, quarters):
        """Step so many quarters. Returns the industry itself, so that calls can be chained. Raises BadInput for no number of quarters."""
        for _ in range(whole("quarters", quarters, 0)):
            self.step()
        return self

    def begin(self):
        """Open the quarter's page in the books, with everybody as bold as somebody may have made it since the last one."""
        self.followers.follow(self)
        self.ledger.begin_quarter()
        self.orders_moved()
        self.equity_lost = np.zeros((self.worlds, 1))
        self.news = News.none(self.worlds, *(len(getattr(self, kind).names) for kind in NEWSWORTHY))
        self.losses.begin()

    def __reduce_ex__(self, protocol):
        """Refused: a copy would share its luck with the original. Raises BadInput."""
        raise BadInput(
            "a model is not copied or pickled; build it again from the same world, world_ids, rng, parameters and shocks, "
            "and run it as far: that gives the same bytes"
        )

    def close(self):
        """Check every invariant, record the quarter and turn the page."""
        self.record.check(self)
        if self.keeps_panel:
            self.record.take(self)
        self.quarter, self.age = self.quarter + 1, self.age + 1

    def scheduled_shocks(self):
        """Shocks of the world's own files, then those of the run."""
        return (*self.opening.shocks, *self.shocks)

    def orders_moved(self):
        """Chip slots and made-whole rents move one quarter closer, and other business goes on, except in the first quarter."""
        if self.age > 0:
            old_business.advance(self)
            self.orders.advance()
            self.fleet.advance_notes()
            self.lab_debts.advance()
            self.made_whole.advance()
            self.guaranteed.advance()

    @property
    def now(self):
        """Quarters since 2023Q1."""
        return self.quarter.index

    @property
    def years(self):
        """Years since the start of 2023."""
        return self.quarter.years

    @property
    def equity_answers(self):
        """1 where investors answer an equity call, [worlds, 1]."""
        return np.where(self.sentiment > self.funds.call_level, 1.0, 0.0) * np.where(self.funding_stopped > 0, 0, 1)

    def frontier(self):
        """Released capability of the best living lab, OOM, [worlds, 1]."""
        return np.where(self.labs.alive > 0, self.labs.released, 0).max(axis=1, keepdims=True, initial=0)

    def luck_row(self, purpose, population, spare=0):
        """This quarter's standard normals: one per row of a population, or the whole row of 64 where spare columns are needed."""
        return self.luck.firms(purpose, self.age) if spare else self.luck.firms(purpose, self.age, len(population.names))

    def lives(self):
        """Years over which each owner writes compute off, within the policy cap, [worlds, owners]."""
        return np.minimum(self.clouds.accounting_life, self.policy.accounting_life_cap)

    def credit_limits(self):
        """New loans each lender can make this quarter, $bn, [worlds, lenders]."""
        rows, lenders = self.rows["lenders"], self.lenders
        loans = self.ledger.balances["loans"][:, rows]
        capital = self.ledger.book_equity(rows)
        answered, behind = self.equity_answers > 0, lenders.other_capital
        return credit_limit(self.lending, capital, loans, lenders.cash, lenders.capital_ratio, self.credit_mood(), answered, behind)

    def credit_mood(self):
        """The mood of lenders, [worlds, 1]: never below normal where the funding channel is off."""
        return np.where(self.contagion.funding > 0, self.sentiment, np.maximum(1, self.sentiment))

    def demand_noise(self):
        """This quarter's demand noise, log, [worlds, 2]."""
        self.noise = self.inhabitants.noise(self, self.noise)
        return self.noise

    def stall_known(self):
        """Whether labs know that progress has stopped, or are told to stop training, [worlds, 1]."""
        return self.technology.stall_recognised | (self.training_stopped > 0) | (self.policy.stop_training > 0)

    def opex_relief(self):
        """Cut of opex ratios while a stall is known, [worlds, 1]."""
        return np.where(self.stall_known(), self.plans.stall_cut, 0)

    def fixed_opex(self):
        """Opex that does not depend on revenue, $bn a quarter, [worlds, 1]."""
        p = self.plans
        return np.minimum(p.fixed_opex * (1 + p.fixed_opex_growth) ** self.now, p.fixed_opex_cap)

    def market_growth(self):
        """The market's growth forecast of each lab, ln per year, [worlds, labs]."""
        return learning.market_growth(self)

    def vendor_sales_surprise(self):
        """Growth of vendor sales over four quarters beyond what the market expects of revenue, ln, [worlds, 1]."""
        return learning.vendor_sales_surprise(self)

    def own_coverage(self):
        """Each lab's P10 coverage as it planned this quarter, x, [worlds, labs]."""
        due = self.fleet.rent_due(self.now + self.compute.build_lag + 2).sum(axis=2)
        return indicators.coverage(self.labs.margin_after_opex(0), self.labs.forecast_low, due)

    # Mesa's own views -------------------------------------------------------------------------------------------------

    @property
    def agents(self):
        """All agents; customers become agents when somebody first looks."""
        self._meet_customers()
        return super().agents

    @property
    def agents_by_type(self):
        """Agents by class, as Mesa has it; ours are populations, which say who is in them."""
        self._meet_customers()
        ours = [*(getattr(self, kind) for kind in NEWSWORTHY), *(self._people_seen or ())]
        return {**super().agents_by_type, **{population.kind: population for population in ours if len(population.names)}}

    def _meet_customers(self):
        people = self.__dict__.get("customers")
        if people is not None and self.__dict__.get("_people_seen") is None:
            self._people_seen = ()  # creating agents looks at the model's agents again
            self._people_seen = people.populations(self)

    def panel(self, measures=None):
        """Tidy table of recorded measures: world, quarter, agent, measure, value; units and meanings in `attrs`.

        measures: a name or several, all by default. Raises BadInput for an unknown one.
        """
        return shown.with_units(self.record.kept(self).panel(self, measures), [*catalogue(self).values()])

    @property
    def indicators(self):
        """{indicator: array} of the run so far: [worlds, quarters] of the industry, [worlds, quarters, firms] of firms."""
        return shown.Indicators(self.record.kept(self).indicators())

    def measures(self, pattern=""):
        """Table of every measure that is kept: unit, shape, meaning.

        pattern: part of a name or of a meaning, everything by default
        """
        return shown.measures_table(self, pattern)

    def describe(self, name, kind=None):
        """Unit, shape and meaning of a measure.

        name: its name or label; kind: "labs", of a name that several kinds have. Raises BadInput for an unknown one.
        """
        return described(self, name, kind)

    def __repr__(self):
        return shown.industry_text(self)

    def _repr_html_(self):
        return shown.industry_html(self)

    def __dir__(self):
        return [*shown.PUBLIC, *(name for name in object.__dir__(self) if name.startswith("__"))]

    def quarter_named(self, age):
        """The calendar quarter of a step."""
        return Quarter(self.opening.start.index + age)


def whole(name, value, least):
    """A whole number of at least so much. Raises BadInput."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise BadInput(f"{name} = {value!r} is not allowed; it is a whole number of at least {least}")
    return int(value)


def _which(worlds, world_ids):
    """The numbers of the worlds. Raises BadInput."""
    if world_ids is None:
        return tuple(range(whole("worlds", worlds, 1)))
    found = tuple(whole("world_ids", world, 0) for world in world_ids)
    if not found:
        raise BadInput("world_ids = () is not allowed; at least one world")
    if max(found) > LAST_WORLD:
        raise BadInput(f"world_ids = {max(found)} is not allowed; it is at most {LAST_WORLD}")
    return found


def release(model):
    """Let go of a finished model in Mesa's own counter of agents' ids, if it is there; ours keeps nobody alive."""
    getattr(mesa.Agent, "_ids", {}).pop(model, None)
