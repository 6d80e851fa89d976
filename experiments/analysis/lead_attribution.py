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
from experiments.analysis.pairs import mean_with_interval
from experiments.engine.store import load
from experiments.events import said
from experiments.figures.drawn import FIRM_COLOURS, LOW_HEIGHT, sized
from experiments.words import PERCENT

RANKED = ("debtrank", *ranking.LOSSES)
MOST_CHARTS = 6
LOSS = "credit_loss"


def lead(found):
    """(sentences, figures) of a sweep. Raises BadInput if no world has run with every subset of the channels."""
    names = list(found.question.levers)
    defaults = sum(attribution.by_subset(found.whole, names, kind) for kind in attribution.DEFAULTS)
    table, silent = attribution.that_happened(attribution.decomposition(found.whole, names, found.outcomes))
    ranks = _ranked(found, names)
    told = [_defaults(found, names, defaults), *_loss(table), *_silent(silent), _rank_in_words(ranks)]
    items = [_channels(table, names)] if len(table) else []
    return told, items + ([_ranks(ranks)] if ranks is not None and len(ranks) else [])


def _defaults(found, names, defaults):
    """How many defaults there are, which part is the channels', and through which of them."""
    parts = attribution.shapley(defaults)
    whole = _never_negative(_over(parts.whole))
    if not parts.whole.any():
        return f"Nobody fails with every channel on, in {whole.runs:,} futures."
    share, low, high = attribution.contagion(found.whole, names)
    sure = f" ({low * PERCENT:.0f} to {high * PERCENT:.0f} %)" if low == low else ""
    each = {name: _over(values) for name, values in zip(names, parts.mechanisms)}
    return (
        f"There are {said(whole.mean)} defaults in a future ({said(whole.low)} to {said(whole.high)}; labs, owners of compute and lenders, "
        f"{whole.runs:,} futures), with every channel off there are {said(parts.direct.mean())}, so contagion's part is "
        f"{share * PERCENT:.0f} %{sure}. {_by_channel(each, said)}"
    )


def _by_channel(each, amount):
    """Channels that add or take away something, the largest first; the others together."""
    ranked = sorted(each.items(), key=lambda item: -abs(item[1].mean))
    clear = [f"{name} {_signed(part, amount)}" for name, part in ranked if part.clear]
    idle = [name for name, part in ranked if not part.clear]
    added = f"By channel (Shapley values): {'; '.join(clear)}." if clear else "No channel's part can be told from zero."
    return f"{added} Not to be told from zero: {', '.join(idle)}." if clear and idle else added


def _signed(part, amount):
    sign = "-" if part.mean < 0 else "+"
    low, high = said(part.low), said(part.high)
    return f"{sign}{amount(abs(part.mean))} ({low} to {high})"


def _loss(table):
    """The same for credit losses."""
    rows = table[table["outcome"] == LOSS].set_index("cause")
    if rows.empty:
        return []
    item, whole = outcome(LOSS), _never_negative(_estimate(rows.loc["all"]))
    each = {name: _estimate(row) for name, row in rows.iterrows() if name not in ("all", attribution.DIRECT)}
    head = f"{item.label}: {item.amount(whole.mean)} ({item.between(whole.low, whole.high)}) on average."
    return [f"{head} {_by_channel(each, item.amount)}"]


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
        [f"With and without the channels, nothing came of {', '.join(outcome(name).label.lower() for name in silent)}."] if silent else []
    )


def _channels(table, names):
    """What each channel adds to each outcome, a chart for each."""
    shown = list(dict.fromkeys(table["outcome"]))[:MOST_CHARTS]
    charts = tuple(_one(outcome(name), table[table["outcome"] == name].set_index("cause"), names) for name in shown)
    reading = (
        "What a channel adds, on average over all orders of switching channels on (Shapley); own causes and channels add up to the whole. "
        f"Bars: 95 % intervals over {int(table['worlds'].max()):,} futures; grey ones cannot be told from none."
    )
    return Multiples("channels", "What each channel of contagion adds", reading, charts)


def _one(item, rows, names):
    whole, own = rows.loc["all"], rows.loc[attribution.DIRECT]
    title = f"{item.label}: {item.amount(whole['mean'])}; own causes {item.amount(own['mean'])}"
    tips = [alt.Tooltip("name:N"), alt.Tooltip("said:N", title="adds"), alt.Tooltip("runs:Q", title="futures")]
    return title, dots([_row(name, _estimate(rows.loc[name]), item) for name in names], item, tips, change=True)


def _row(name, part, item):
    colour = hue(item) if part.clear else "@muted"
    text = {"name": name.replace("_", " "), "said": item.change(part), "runs": part.runs, "colour": colour}
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
        return f"DebtRank beside what came is not shown: add {', '.join(RANKED)} to `series`."
    fits = ranking.agreement(ranks).set_index("measure")["spearman"]
    if fits.isna().all():
        return f"DebtRank beside what came cannot be judged: {len(ranks)} default{'s' * (len(ranks) != 1)} of labs, or all alike."
    told = {"losses": "losses", "other_defaults": "defaults of others"}
    words = " and ".join(f"{fits[name]:.2f} for {text}" for name, text in told.items() if fits[name] == fits[name])
    ends = ranking.correlation_interval(ranks)
    sure = f" (95 % for losses: {ends[0]:.2f} to {ends[1]:.2f})" if ends else ""
    return (
        f"DebtRank, measured at most a year before, ranks {len(ranks)} defaults of labs by what follows in {ranking.WINDOW} quarters with "
        f"a correlation of {words}{sure}; 1 would be perfect, 0 is chance."
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
    reading = f"A dot is one of {len(rows):,} defaults of labs with every channel on. Losses follow it, not always because of it."
    return Figure("debtrank", "DebtRank beforehand beside what followed", reading, sized(chart, LOW_HEIGHT * 3 / 2), colours)
