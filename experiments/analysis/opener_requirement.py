"""What leads the page of a question about deals: revenue that is required against the fan of what comes, and the first impossible year.

A year is impossible on a path if the median required revenue at its end exceeds that quantile of industry revenue.
"""

from typing import NamedTuple

import altair as alt
import numpy as np

from abm.clock import Quarter
from experiments.analysis.findings import label, levels
from experiments.analysis.maps import Multiples
from experiments.analysis.outcomes import called, quoted
from experiments.analysis.trajectories import quoted as sql_name
from experiments.engine.store import query
from experiments.figures.data import place_of
from experiments.figures.drawn import FIRM_COLOURS, HEIGHT, MIDTONE, PALE, THICK, sized
from experiments.words import futures, percent

REVENUE, REQUIRED = "revenue_total", "required_revenue"
LEVELS = {"p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9}
PATHS = {"p50": "the median path", "p90": "the lucky path (P90)"}
MOST_PANELS, MOST_LINES = 3, 4


class Shown(NamedTuple):
    """What was varied: {lever: its values}, the levers whose values are lines and panels (or None), and {lever: what a page calls it}."""

    known: dict
    lines: str | None
    panels: str | None
    titles: dict


def lead(found):
    """(sentences, figures) of a sweep: a line for each value of the lever with most of them, a panel for each of the next one."""
    known = levels(found.question, found.whole)
    names = sorted(known, key=lambda name: -len(known[name]))[:2]
    lines, panels = (*names, None, None)[:2]
    start = _begin(found.question)
    table = paths(found.folder, [name for name in (lines, panels) if name])
    shown = Shown(known, lines, panels, {name: called(found.question, name) for name in known})
    return sentences(table, shown, start), figures(table, shown)


def _begin(question):
    """The year of the first delivery of the question's deals, from which years are judged; 0 without deals."""
    starts = [Quarter.parse(str(row["start"])).year for row in question.deals if "start" in row]
    return min(starts, default=0)


def paths(folder, names):
    """A row per setting and quarter: the levers named, quarter, quantiles of revenue, median required revenue ($bn a year), runs."""
    by = "".join(f"{sql_name(name)}, " for name in names)
    fan = ", ".join(f"quantile_cont(value, {level}) filter (measure = '{REVENUE}') as {name}" for name, level in LEVELS.items())
    return query(
        folder,
        f"""select {by}quarter::varchar as quarter, {fan},
        quantile_cont(value, 0.5) filter (measure = '{REQUIRED}') as required, count(*) filter (measure = '{REQUIRED}') as runs
        from series join points using (point)
        where measure in ('{REVENUE}', '{REQUIRED}') and kind = 'industry' group by all order by all""",
    )


def first_impossible(rows, path, since):
    """The first year from `since` on whose end requires more than a path brings; None if there is none. rows: of one setting."""
    ends = rows.groupby([Quarter.parse(name).year for name in rows["quarter"]]).tail(1)
    late = ends[[Quarter.parse(name).year >= since for name in ends["quarter"]]]
    bad = late.loc[late["required"] > late[path], "quarter"]
    return Quarter.parse(bad.iloc[0]).year if len(bad) else None


def sentences(table, shown, since):
    """The first impossible year of every setting, those of one year together."""
    last = Quarter.parse(table["quarter"].max()).year
    rule = "A year is impossible if its end requires more revenue than comes."
    first, *rest = [_along(part, shown, since, last, name) for name, part in _parts(table, shown, shown.panels)]
    runs = sorted({int(count) for count in (table["runs"].min(), table["runs"].max())})
    judged = f"The median of required revenue is set against a quantile of revenue, each over {' to '.join(f'{n:,}' for n in runs)} runs."
    counts = [f"Years count from {since}, the year of the first delivery."] if since else []
    return [f"{rule} {first}", *rest, judged, *counts, *_distance(table, shown)]


def _parts(table, shown, name):
    """[(a value of a lever in words, its rows)]; of all rows without a lever. What has no runs yet is left out."""
    if name is None:
        return [("", table)]
    found = [(quoted(label(value)), table[table[name] == value]) for value in shown.known[name]]
    return [(words, rows) for words, rows in found if not rows.empty]


def _along(part, shown, since, last, name):
    """First impossible years of a panel, path by path, in words."""
    texts = []
    for path, words in PATHS.items():
        by_year: dict = {}
        for line, rows in _parts(part, shown, shown.lines):
            by_year.setdefault(first_impossible(rows, path, since), []).append(line)
        texts.append(f"On {words} {_years(by_year, shown, last)}.")
    where = f"Suppose that the {shown.titles[shown.panels]} is {name}. " if name else ""
    return where + " ".join(texts)


def _years(by_year, shown, last):
    """The first impossible year of each value, the values that most share named last."""
    ordered = sorted(by_year.items(), key=lambda item: (len(item[1]), item[0] or last + 1))
    never = f"no year to {last} is impossible"
    if len(ordered) == 1:
        said = f"the first impossible year is {ordered[0][0]}" if ordered[0][0] else never
        return f"{said}{f', whatever the {shown.titles[shown.lines]}' if shown.lines else ''}"
    years = [f"{year} if the {shown.titles[shown.lines]} is {_either(names)}" for year, names in ordered[:-1] if year]
    free = [f"{never} if the {shown.titles[shown.lines]} is {_either(names)}" for year, names in ordered[:-1] if not year]
    rest = ordered[-1][0]
    years += [f"{rest} otherwise"] if rest and years else []
    first = [f"the first impossible year is {', and '.join(years)}"] if years else []
    others = [] if years and rest else [f"otherwise {f'the first impossible year is {rest}' if rest else never}"]
    return "; ".join([*free, *first, *others])


def _either(names):
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _distance(table, shown):
    """How far required revenue stands from the median of revenue at the end, at the ends of the lever."""
    if shown.lines is None:
        return []
    texts, title = [], shown.titles[shown.lines]
    for name, part in _parts(table, shown, shown.panels):
        shares = {line: (rows["required"] / rows["p50"]).iloc[-1] for line, rows in _parts(part, shown, shown.lines)}
        low, high = min(shares, key=shares.get), max(shares, key=shares.get)
        where = f", where the {shown.titles[shown.panels]} is {name}" if name else ""
        texts.append(
            f"At the end, required revenue is {percent(shares[low])} of median revenue if the {title} is {low}, and "
            f"{percent(shares[high])} "
            f"if it is {high}{where}."
        )
    return texts


def figures(table, what):
    """The fan of revenue at the first value of the lever, with required revenue at several, a panel for each of the other lever."""
    lines, title = what.lines, what.titles.get(what.lines, "")
    values = what.known[lines] if lines else [None]
    places = np.unique(np.linspace(0, len(values) - 1, min(MOST_LINES, len(values))).round().astype(int))
    shown = [(label(values[k]) if lines else "required", values[k]) for k in places]
    colours = tuple((f"{title}: {name}" if lines else name, hue) for (name, _), hue in zip(shown, FIRM_COLOURS[1:]))
    parts = _parts(table, what, what.panels)
    parts = [parts[k] for k in np.unique(np.linspace(0, len(parts) - 1, min(MOST_PANELS, len(parts))).round().astype(int))]
    top = max(float(part[["p90", "required"]].to_numpy().max()) for _, part in parts)
    charts = tuple((f"{what.titles[what.panels]} {name}" if name else "", _fan(part, lines, shown, top)) for name, part in parts)
    of = f" where the {title} is {quoted(label(values[0]))}" if lines else ""
    reading = (
        f"Blue is industry revenue{of}: the median, the middle half and the middle 80 % of {futures(int(table['runs'].max()))}. Dashed "
        "lines "
        "are the median of required revenue. Where such a line runs above the band, even a lucky industry does not earn what its contracts "
        "and fixed costs need."
    )
    return [Multiples("requirement", "Required revenue against the fan of revenue", reading, charts, (("revenue", "@blue"), *colours))]


def _fan(part, lines, shown, top):
    scaled = part.assign(x=[place_of(name) for name in part["quarter"]])
    own = scaled if lines is None else scaled[scaled[lines] == shown[0][1]]
    x = alt.X("x:Q", title=None, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(format="d", grid=False, tickMinStep=1, tickCount=6))
    scale = alt.Scale(domain=[0, top])
    tips = [alt.Tooltip("quarter:N"), *(alt.Tooltip(f"{name}:Q", format=",.0f") for name in LEVELS), alt.Tooltip("runs:Q")]
    base = alt.Chart(alt.Data(values=own[["x", "quarter", *LEVELS, "runs"]].to_dict("records"))).encode(x)
    title = "$bn a year, annual rate"
    outer = base.mark_area(opacity=PALE, color="@blue").encode(
        y=alt.Y("p10:Q", title=title, scale=scale, axis=alt.Axis(tickCount=5)), y2="p90:Q"
    )
    inner = base.mark_area(opacity=MIDTONE, color="@blue").encode(y="p25:Q", y2="p75:Q")
    middle = base.mark_line(color="@blue", strokeWidth=THICK).encode(y="p50:Q", tooltip=tips)
    dashed = [
        _line(scaled if lines is None else scaled[scaled[lines] == value], name, hue, x)
        for (name, value), hue in zip(shown, FIRM_COLOURS[1:])
    ]
    return sized(alt.layer(outer, inner, middle, *dashed), HEIGHT)


def _line(rows, name, hue, x):
    tips = [alt.Tooltip("name:N"), alt.Tooltip("quarter:N"), alt.Tooltip("required:Q", format=",.0f", title="$bn a year")]
    base = alt.Chart(alt.Data(values=rows.assign(name=name)[["x", "quarter", "required", "name"]].to_dict("records")))
    return base.mark_line(color=hue, strokeWidth=THICK, strokeDash=[6, 4]).encode(x, y="required:Q", tooltip=tips)
