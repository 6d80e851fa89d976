"""What leads the page of a question about channels: what each adds to defaults and losses (Shapley), and DebtRank beside what came.

The sweep has every subset of the channels, each a lever that is off or on (`attribution`). DebtRank is the last one measured before a
default, up to a year old; it is shown where the sweep kept what it takes (`RANKED`).
"""

import altair as alt
import numpy as np

from experiments.analysis import attribution, ranking
from experiments.analysis.figures import Figure
from experiments.analysis.findings import Estimate
from experiments.analysis.maps import Multiples, dots, hue
from experiments.analysis.outcomes import outcome
from experiments.analysis.paired_effects import mean_with_interval
from experiments.engine.store import load
from experiments.figures.drawn import FIRM_COLOURS, LOW_HEIGHT, sized
from experiments.stories.events import listed, said
from experiments.words import PERCENT, signed

RANKED = ("debtrank", *ranking.LOSSES)
MOST_CHARTS = 6
LOSS = "credit_loss"


def lead(found):
    """(sentences, figures) of a sweep. Raises BadInput if no world has run with every subset of the channels."""
    names = list(found.question.levers)
    defaults = sum(attribution.by_subset(found.whole, names, kind) for kind in attribution.DEFAULTS)
    table, silent = attribution.that_happened(attribution.decomposition(found.whole, names, found.outcomes))
    ranks = _ranked(found, names)
    told = [*_defaults(found, names, defaults), *_loss(table), *_silent(silent), _rank_in_words(ranks)]
    items = [_channels(table, names)] if len(table) else []
    return told, items + ([_ranks(ranks)] if ranks is not None and len(ranks) else [])


def _defaults(found, names, defaults):
    """How many defaults there are, which part is the channels', and through which of them."""
    parts = attribution.shapley(defaults)
    whole = _never_negative(_over(parts.whole))
    if not parts.whole.any():
        return [f"Nobody fails in any of {whole.runs:,} futures, although every channel of contagion is on."]
    share, low, high = attribution.contagion(found.whole, names)
    sure = f" ({low * PERCENT:.0f} to {high * PERCENT:.0f} %)" if low == low else ""
    luck = ", which could be none" if low == low and low <= 0 <= high else ""
    each = {name: _over(values) for name, values in zip(names, parts.mechanisms)}
    return [
        f"Contagion explains {share * PERCENT:.0f} %{sure} of all defaults{luck}.",
        f"On average {said(whole.mean)} ({said(whole.low)} to {said(whole.high)}) firms default in a future: labs, owners of compute and "
        f"lenders, over {whole.runs:,} futures. With every channel of contagion off there are {said(parts.direct.mean())}.",
        *_by_channel(each, said, "defaults"),
    ]


def _by_channel(each, amount, what):
    """Channels that add or take away something, the largest first; the others together."""
    ranked = sorted(each.items(), key=lambda item: -abs(item[1].mean))
    clear = [f"{_named(name)} ({_signed(part, amount)})" for name, part in ranked if part.clear]
    idle = [_named(name) for name, part in ranked if not part.clear]
    if not clear:
        return [f"No single channel changes {what} clearly, because the interval of every channel includes zero."]
    added = f"These channels change {what} clearly (Shapley values, which share the effect of all channels fairly): {listed(clear)}."
    return [added, *([f"The part of these channels could be luck: {listed(idle)}."] if idle else [])]


def _named(name):
    return name.replace("_", " ")


def _signed(part, amount):
    return f"{signed(part.mean, amount)}, between {signed(part.low, amount)} and {signed(part.high, amount)}"


def _loss(table):
    """The same for credit losses."""
    rows = table[table["outcome"] == LOSS].set_index("cause")
    if rows.empty:
        return []
    item, whole = outcome(LOSS), _never_negative(_estimate(rows.loc["all"]))
    each = {name: _estimate(row) for name, row in rows.iterrows() if name not in ("all", attribution.DIRECT)}
    head = f"The credit loss is {item.amount(whole.mean)} ({item.between(whole.low, whole.high)}) on average."
    return [head, *_by_channel(each, item.amount, "the credit loss")]


def _over(values):
    """The mean over futures with its interval."""
    mean, low, high = mean_with_interval(values)
    return Estimate(mean, low, high, len(values))


def _estimate(row):
    return Estimate(row["mean"], row["low"], row["high"], int(row["worlds"]))


def _never_negative(each):
    return each._replace(low=max(0, each.low))


def _silent(silent):
    return (
        [f"These outcomes are zero with and without the channels: {', '.join(outcome(name).label for name in silent)}."] if silent else []
    )


def _channels(table, names):
    """What each channel adds to each outcome, a chart for each."""
    shown = list(dict.fromkeys(table["outcome"]))[:MOST_CHARTS]
    charts = tuple(_one(outcome(name), table[table["outcome"] == name].set_index("cause"), names) for name in shown)
    reading = (
        "A dot is what a channel adds, on average over all orders in which channels can be switched on (its Shapley value). Own causes and "
        f"channels add up to the whole. Bars are 95 % intervals over {int(table['worlds'].max()):,} futures, and grey ones include zero."
    )
    return Multiples("channels", "What each channel of contagion adds", reading, charts)


def _one(item, rows, names):
    whole, own = rows.loc["all"], rows.loc[attribution.DIRECT]
    title = f"{item.label}: {item.amount(whole['mean'])}; own causes {item.amount(own['mean'])}"
    tips = [alt.Tooltip("name:N"), alt.Tooltip("said:N", title="adds"), alt.Tooltip("runs:Q", title="futures")]
    return title, dots([_row(name, _estimate(rows.loc[name]), item) for name in names], item, tips, change=True)


def _row(name, part, item):
    colour = hue(item) if part.clear else "@muted"
    text = {"name": _named(name), "said": item.change(part), "runs": part.runs, "colour": colour}
    return {**text, "mean": part.mean, "low": part.low, "high": part.high}


def _ranked(found, names):
    """Defaults of labs where every channel is on: DebtRank measured last, and what followed; None if the sweep did not keep it."""
    if not set(RANKED) <= set(found.question.series):
        return None
    runs, series = found.whole, load(found.folder, "series")
    on = runs[(runs[names] == attribution.ON).all(axis=1)]
    return ranking.of_series(series[series["point"].isin(on["point"]) & series["measure"].isin([*RANKED, "fails"])])


def _rank_in_words(ranks):
    if ranks is None:
        return f"DebtRank is not compared with what came, because the sweep did not keep it: add {', '.join(RANKED)} to `series`."
    fits = ranking.agreement(ranks).set_index("measure")["spearman"]
    if fits.isna().all():
        few = f"there are only {len(ranks)} default{'s' * (len(ranks) != 1)} of labs, or all are alike"
        return f"DebtRank cannot be compared with what came, because {few}."
    told = {"losses": "losses", "other_defaults": "defaults of others"}
    words = " and ".join(f"{fits[name]:.2f} for {text}" for name, text in told.items() if fits[name] == fits[name])
    ends = ranking.correlation_interval(ranks)
    sure = f" (95 % for losses: {ends[0]:.2f} to {ends[1]:.2f})" if ends else ""
    return (
        f"DebtRank says beforehand how much damage a default will do. Over {len(ranks)} defaults of labs its correlation with what "
        "followed "
        f"within {ranking.WINDOW} quarters is {words}{sure}. A correlation of 1 would be perfect, and 0 is chance."
    )


def _ranks(ranks):
    """DebtRank before a default beside the losses after it."""
    labs = sorted(ranks["lab"].unique())[: len(FIRM_COLOURS)]
    colours = tuple(zip(labs, FIRM_COLOURS))
    rows = ranks[ranks["lab"].isin(labs) & np.isfinite(ranks["debtrank"])].to_dict("records")
    base = alt.Chart(alt.Data(values=rows)).mark_point(filled=True, size=45, opacity=1 / 2)
    chart = base.encode(
        alt.X("debtrank:Q", title="DebtRank before, share of all equity", axis=alt.Axis(tickCount=5, format=".2~r")),
        alt.Y("losses:Q", title=f"losses within {ranking.WINDOW} quarters, $bn", axis=alt.Axis(tickCount=5)),
        alt.Color("lab:N", scale=alt.Scale(domain=labs, range=[shade for _, shade in colours]), legend=None),
        tooltip=["lab:N", alt.Tooltip("debtrank:Q", format=".3f"), alt.Tooltip("losses:Q", format=",.0f"), "other_defaults:Q"],
    )
    reading = (
        f"A dot is one of {len(rows):,} defaults of labs with every channel on. Losses follow a default, but not always because of it."
    )
    return Figure("debtrank", "DebtRank beforehand beside what followed", reading, sized(chart, LOW_HEIGHT * 3 / 2), colours)
