"""What leads the page of a question about forecasts: every lab and quarter beside the identity of profit [model.md 5.9]."""

import altair as alt
import numpy as np

from abm.errors import BadInput
from experiments.analysis import accuracy
from experiments.analysis.maps import Multiples
from experiments.engine.store import load
from experiments.figures.drawn import HEIGHT, MIDTONE, THICK, sized
from experiments.stories.events import said
from experiments.words import PERCENT, percent

MOST_POINTS = 1500  # of a scatter
SHOWN = (0.01, 0.99)  # quantiles of profit between which points are drawn
LINES = (("a lab in a quarter", "@blue"), ("median of those", "@ink"), ("what the identity says", "@vermilion"))


def lead(found):
    """(sentences, figures) of a sweep; found: its questions and runs. Raises BadInput if no lab lived to see what it had forecast."""
    matched = accuracy.matched(load(found.folder, "series"))
    return sentences(matched), figures(matched)


def sentences(found):
    """How far profit is forecast accuracy, with 95 % intervals over futures."""
    judged, ends = accuracy.verdict(found), accuracy.intervals(found)
    explained, right = (f"{percent(getattr(judged, name))} ({_parts(ends[name])})" for name in ("explained", "right"))
    slope = f"{said(judged.slope)} ({' to '.join(map(said, ends['slope']))})"
    whole = "Largely" if judged.explained > 1 / 2 and judged.right > 1 / 2 else "Only in part"
    break_even = (found.table["k"] / (1 - found.table["o"])).median()
    return [
        f"{whole}: how accurate a lab's forecast was {found.lag} quarters before explains {explained} of the variance of its profit.",
        f"It also tells profit from loss in {right} of {judged.quarters:,} cases, where a case is one lab in one quarter.",
        f"A dollar of demand beyond the forecast adds ${slope} of profit, and the accounting identity of the model says "
        f"${said(judged.expected_slope)}.",
        f"The median case breaks even if demand is {said(break_even)} times its forecast.",
        f"{percent(judged.beyond)} of cases are left out, because demand was more than {accuracy.reach():g} times the forecast and their "
        "compute was bought later.",
    ]


def _parts(ends):
    return f"{ends[0] * PERCENT:.0f} to {ends[1] * PERCENT:.0f} %"


def figures(found):
    """A scatter against how far the forecast was off, and one of profit against what the identity says: [Multiples]."""
    table = accuracy.within_reach(found)
    table = table.assign(earned=table["profit"] + table["k"], agent=table["agent"].astype(str), quarter=table["quarter"].astype(str))
    spans = {name: tuple(map(float, table[name].quantile(SHOWN))) for name in ("earned", "profit")}
    inside = table[table["earned"].between(*spans["earned"]) & table["profit"].between(*spans["profit"])]
    inside = inside[inside["identity"].between(*spans["profit"])]
    chosen = np.sort(np.random.default_rng(0).permutation(len(inside))[:MOST_POINTS])
    rows = inside.iloc[chosen][["agent", "quarter", "x", "earned", "profit", "identity"]].to_dict("records")
    reading = (
        f"A dot is a lab in a quarter, and {len(rows):,} of {len(found.table):,} are drawn. Every amount is divided by the forecast of "
        f"{found.lag} quarters before. The identity is profit = (1 - o) min(x, {found.stretch:g}) - k, with demand x, operating costs o "
        "and "
        f"rent k; the left chart takes the median of o. {percent(1 - len(inside) / len(found.table))} of the dots lie beyond the picture."
    )
    charts = (
        ("profit before rent, by demand", _by_demand(rows, found, spans["earned"])),
        ("profit, by what the identity says", _by_identity(rows, spans["profit"])),
    )
    return [Multiples("accuracy", "Profit and the accuracy of forecasts", reading, charts, LINES)]


def _dots(rows, across, name, title, span):
    tips = [alt.Tooltip("agent:N", title="lab"), alt.Tooltip("quarter:N")]
    tips += [alt.Tooltip(f"{each}:Q", format=".2f") for each in ("x", "earned", "profit", "identity")]
    tall = alt.Y(f"{name}:Q", title=title, scale=alt.Scale(domain=list(span), nice=False))
    return (
        alt.Chart(alt.Data(values=rows)).mark_point(filled=True, size=14, opacity=MIDTONE, color="@blue").encode(across, tall, tooltip=tips)
    )


def _by_demand(rows, found, span):
    across = alt.X("x:Q", title="demand over forecast, x", scale=alt.Scale(domain=[0, accuracy.reach()]), axis=alt.Axis(tickCount=5))
    left, bins = 1 - float(found.table["o"].median()), accuracy.binned(found)
    ends = (0, min(found.stretch, span[1] / left), accuracy.reach())
    says = alt.Chart(
        alt.Data(values=[{"x": x, "earned": left * min(x, found.stretch)} for x in ends if left * min(x, found.stretch) <= span[1]])
    )
    kept = bins[bins["middle"].between(*span)].rename(columns={"middle": "earned"})[["x", "earned"]]
    happened = alt.Chart(alt.Data(values=kept.to_dict("records"))).mark_line(color="@ink", strokeWidth=THICK)
    lines = (happened, says.mark_line(color="@vermilion", strokeWidth=THICK, strokeDash=[6, 4]))
    dots = _dots(rows, across, "earned", "profit before rent over forecast", span)
    return sized(alt.layer(dots, *(line.encode(across, alt.Y("earned:Q")) for line in lines)), HEIGHT)


def _by_identity(rows, span):
    across = alt.X("identity:Q", title="what the identity says", scale=alt.Scale(domain=list(span), nice=False), axis=alt.Axis(tickCount=5))
    ends = alt.Chart(alt.Data(values=[{"identity": end, "profit": end} for end in span]))
    diagonal = ends.mark_line(color="@vermilion", strokeWidth=THICK, strokeDash=[6, 4]).encode(across, alt.Y("profit:Q"))
    return sized(alt.layer(_dots(rows, across, "profit", "profit over forecast", span), diagonal), HEIGHT)


def answer(results, figure=None):
    """How far profit is forecast accuracy in the stored series of a sweep, as text; figure: a path to draw it to, by its ending."""
    from experiments.analysis.picture import KINDS, write

    if figure is not None and figure.suffix not in KINDS:
        raise BadInput(f"--figure {figure}: ends in {figure.suffix!r}; allowed: {', '.join(KINDS)}")
    found = accuracy.matched(load(results, "series"))
    said = accuracy.in_words(found)
    if figure is not None:
        write(figure, figures(found))
    return said
