"""The industry that a user's script or notebook works with: the model of `abm`, and its figures.

`fan`, `survival`, `money` and `commitments` give a figure's data and sentence (a `Drawing`); `industry.plot` draws the same with Altair.
"""

import numpy as np

from abm.clock import QUARTERS_PER_YEAR
from abm.errors import BadInput, nearest
from abm.measures.catalogue import INDUSTRY
from abm.model import Industry as Model
from experiments.analysis.outcomes import described
from experiments.console import KIND_NAMES
from experiments.figures import data
from experiments.summary import FUNDED, YEARLY, money_graph
from experiments.summary import survival as standing

FAILING = ("labs", "clouds", "lenders")  # kinds whose survival is drawn
AHEAD = 60  # quarters that commitments are looked at ahead


class Industry(Model):
    """Labs, clouds, vendors, customers, investors and lenders of many worlds at once, which share who exists and differ in luck.

    world: the opening, from `load_world`; worlds: how many; world_ids: in place of worlds, which of them, so that one can be run alone;
    rng: the seed of all luck; parameters: {public name: value, or one value per world}; shocks: a list of `Shock`; journal: keep who
    paid whom, for stories; panel: keep every measure of every quarter

    `industry.labs` (also `clouds`, `vendors`, `investors`, `lenders`) is a table of firms: `industry.labs.cash` is [worlds, labs] in $bn,
    `industry.labs["OpenAI"].cash` is [worlds], or a number when there is one world. A column that is set acts from the next quarter.
    Money is in $bn, flows and rates are annual unless their unit says otherwise, compute is in GW.

    Raises BadInput for a name or value that is not allowed. Stops with BrokenRule where the books of any world do not balance.
    """

    @property
    def plot(self):
        """The figures, each of which returns an Altair chart: fan, survival, money, commitments."""
        return Plots(self)

    def outcomes(self):
        """What happened so far, a pandas frame with a row for each world; labels and units of the columns stand in `attrs`."""
        return described(self.record.kept(self).outcomes(self), self.seed)

    def books(self, world=0, firm="", by_firm=False):
        """Balance sheet and flows of the last quarter: by sector, of every firm (`by_firm`), or of one. See `experiments.books.Books`.

        world: its place among the worlds of this industry. Raises BadInput.
        """
        from experiments.books import of_industry  # which knows runs, which know the industry

        return of_industry(self, world, by_firm, firm)

    def story(self):
        """What happened, in words: of an industry of one world that keeps a journal. Raises BadInput."""
        from experiments.stories.story import narrate, tell

        return narrate(tell(self))

    def __dir__(self):
        return [*super().__dir__(), "books", "outcomes", "plot", "story"]


class Plots:
    """Figures of an industry as Altair charts, ready for a notebook; `chart.save("fan.html")` writes one."""

    def __init__(self, industry):
        self.industry = industry

    def __repr__(self):
        return '<figures: .fan("industry_revenue"), .survival(), .money(), .commitments("OpenAI"); each returns an Altair chart>'

    def fan(self, measure, firm=None):
        """A measure over worlds, quarter by quarter; as `experiments.industry.fan`."""
        return fan(self.industry, measure, firm).chart()

    def survival(self, kind="labs"):
        """Who is still standing; as `experiments.industry.survival`."""
        return survival(self.industry, kind).chart()

    def money(self):
        """Who paid whom in the last year; as `experiments.industry.money`."""
        return money(self.industry).chart()

    def commitments(self, lab=None):
        """What is still to be paid under signed contracts; as `experiments.industry.commitments`."""
        return commitments(self.industry, lab).chart()


def fan(industry, measure, firm=None):
    """A measure over worlds as a Drawing, industry revenue beside what is required of it.

    measure: its name, or its label such as "industry_revenue"; firm: whose, of a measure that every firm has
    Raises BadInput for an unknown measure or firm, and before the first quarter.
    """
    found = industry.describe(measure)
    kinds = [item for item in found if item.kind == INDUSTRY or (firm is not None and firm in getattr(industry, item.kind).names)]
    if firm is not None:
        kinds = [item for item in kinds if item.kind != INDUSTRY]
    if not kinds:
        raise BadInput(_whose(industry, found, measure, firm))
    item, quarters = kinds[0], industry.record.quarters
    _must_have_run(industry, "fan")
    values = industry.record.kept(industry).series(item.kind, item.name)
    row = 0 if item.kind == INDUSTRY else getattr(industry, item.kind).names.index(firm)
    needed = None
    if (item.kind, item.name) == (INDUSTRY, "revenue_total"):
        needed = data.quantiles(industry.record.series(INDUSTRY, "required_revenue")[..., 0])[data.MIDDLE]
    first = min(QUARTERS_PER_YEAR, industry.age) - 1 if item.name in YEARLY else 0
    return data.fan(item, [str(each) for each in quarters], data.quantiles(values[..., row]), needed, firm or "", first)


def _whose(industry, found, measure, firm):
    firms = [name for item in found if item.kind != INDUSTRY for name in getattr(industry, item.kind).names]
    if firm is None:
        return f"plot.fan: {measure!r} is measured firm by firm; name one, such as plot.fan({measure!r}, {firms[0]!r})"
    if not firms:
        return f"plot.fan: {measure!r} is measured for the whole industry; leave out the firm {firm!r}"
    return f"plot.fan: no firm that has {measure!r} is called {firm!r}; {nearest(firm, firms)}".removesuffix("; ")


def survival(industry, kind="labs"):
    """Share of worlds in which each firm has not failed so far, quarter by quarter, 0 to 1, as a Drawing.

    kind: "labs", "clouds", "lenders", or "all" of them. Raises BadInput for any other, and before the first quarter.
    """
    if kind not in (*FAILING, "all"):
        raise BadInput(f"plot.survival: kind = {kind!r} is not allowed; {nearest(kind, (*FAILING, 'all'))}")
    _must_have_run(industry, "survival")
    curves = {}
    for each in FAILING if kind == "all" else (kind,):
        fails = industry.record.kept(industry).series(each, "fails")
        there = _lived(industry, each, fails)
        curves |= {name: curve for name, curve, lived in zip(getattr(industry, each).names, standing(fails).T, there) if lived}
    who = "Firms" if kind == "all" else KIND_NAMES[kind]
    return data.survival([str(each) for each in industry.record.quarters], curves, who)


def _lived(industry, kind, fails):
    """Whether each firm was in business, or failed, in every world: most never see an entrant."""
    if kind != "labs":
        return np.ones(fails.shape[2], dtype=bool)
    return ((industry.record.series(kind, "alive") > 0) | (fails > 0)).any(axis=1).all(axis=0)


def money(industry):
    """Who paid whom in the last four quarters, $bn, mean over worlds, as a Drawing; what goes in circles is marked.

    Raises BadInput before the first quarter.
    """
    _must_have_run(industry, "money")
    industry.record.kept(industry)
    opening = industry.opening
    payments = np.stack([np.mean(sum(past[nature] for past in industry.past_payments), axis=0) for nature in range(3)])
    graph = money_graph(payments, opening.all_names, _rows(opening))
    first, last = industry.record.quarters[-min(4, industry.age)], industry.record.quarters[-1]
    when = str(last) if first == last else f"{first} to {last}"
    return data.money(f"Who paid whom, {when}, mean over worlds", data.edges_of(graph, when), graph["circling"], _agents(opening))


def _rows(opening):
    """{kind: its rows among all agents}, customers and the rest of the economy too."""
    last = len(opening.all_names)
    return {kind: opening.rows(kind) for kind in FUNDED} | {"customers": slice(last - 4, last - 2), "others": slice(last - 2, last)}


def _agents(opening):
    return [(name, kind) for kind, rows in _rows(opening).items() for name in opening.all_names[rows]]


def commitments(industry, lab=None):
    """Take-or-pay rents still to come under the contracts signed so far, $bn by calendar year, mean over worlds, as a Drawing.

    lab: the name of one, all by default. Raises BadInput for an unknown lab.
    """
    names = list(industry.labs.names)
    if lab is not None and lab not in names:
        raise BadInput(f"plot.commitments: no lab is called {lab!r}; {nearest(lab, names)}".removesuffix("; "))
    rows = slice(0, len(names)) if lab is None else [names.index(lab)]
    ahead = industry.fleet.rent_schedule(industry.now - 1, AHEAD)[:, rows].sum(axis=1).mean(axis=0)  # of the quarter that is next, and on
    years, amounts = data.by_calendar_year(ahead, industry.quarter)
    kept = max((k + 1 for k, amount in enumerate(amounts) if amount > 0), default=0)
    return data.commitments(lab or "", years[:kept], amounts[:kept])


def _must_have_run(industry, name):
    if not industry.age:
        raise BadInput(f"plot.{name}: no quarter was run yet; industry.run(40) runs forty")
