"""The page of two runs side by side: two fans on one axis, the fan of the differences, odds and money with intervals, what was set."""

from html import escape

import altair as alt
import numpy as np

from experiments.analysis import comparison_words as words
from experiments.analysis.figures import Figure
from experiments.analysis.page import embedded, figure, page, tiles
from experiments.analysis.tables import table
from experiments.figures.data import place_of
from experiments.figures.drawn import FRAME, HEIGHT, LOW_HEIGHT, MIDTONE, PALE, ROW_HEIGHT, THICK, sized
from experiments.summary import HIGH, LOW, MIDDLE, fan
from experiments.words import CAVEAT, futures, percent

FIRST, SECOND = ("first run", "@blue"), ("second run", "@vermilion")
FANS = "A line is the median future of a run, and its band goes from P10 to P90 of all its futures."
GAPS = "Second run minus first, future by future. The line is the median difference, and the bands hold half and 80 % of all differences."
ODDS = "A dot is the share of futures in which the firm fails in one of the runs. Firms that fail in neither are left out."
LUCK = "A difference in square brackets could be luck, because its 95 % interval includes zero."
MOST_FIRMS = 24
YEARS = ("Year", "First run", "Second run", "Difference")


def comparison_page(found):
    """The whole page as text. found: Comparison"""
    world, inputs = found.before.manifest["world"], found.before.inputs
    charts = [fans(found), gaps(found), *([odds(found)] if found.firms else [])]
    about = f"{escape(world['title'])} · {futures(found.futures)} of {inputs.quarters} quarters, each with its twin · seed {inputs.seed}"
    body = f"""<header>
<p class="kicker">Overreach · {about}</p>
<h1>{escape(words.headline(found))}</h1>
<p class="caveat">{escape(CAVEAT)} {escape(world["caveat"])}</p>
{tiles(_tiles(found))}
</header>
<main>
<section><h2>What was set</h2><p>Everything else is the same in both runs, luck included.</p>{_changed(found)}</section>
<section><h2>What came of it</h2><p>{LUCK}</p>{_said(found)}
<div class="grid">{"".join(figure(item, wide=True) for item in charts)}</div>
{_tables(found)}</section>
</main>
{_footer(found)}"""
    return page("two runs compared", body, "\n".join(embedded(item) for item in charts))


def _tiles(found):
    return [
        (words.SAID[row.name].label, words.change(row, words.FIRM), f"{percent(row.before)} → {percent(row.after)} of futures")
        for row in found.events
    ]


def _changed(found):
    rows = words.changed_rows(found)
    return _table(("What", "First run", "Second run"), rows) if rows else "<p>Nothing that was set differs.</p>"


def _said(found):
    return f'<ul class="said">{"".join(f"<li>{escape(line)}</li>" for line in words.sentences(found))}</ul><br>'


def _tables(found):
    parts = [
        ("Odds", ("Event", "First run", "Second run", "Difference", "Only in second", "Only in first"), words.event_rows(found)),
        ("Amounts, mean of futures", ("Outcome", "Unit", "First run", "Second run", "Difference"), words.amount_rows(found)),
        ("Industry revenue at the end of each year, $bn a year", YEARS, words.year_rows(found)),
        *((f"{title} at the end of each year, $bn", YEARS, words.labs_rows(found, name)) for name, title in words.OF_LABS.items()),
        ("Firms", ("Firm", "First run", "Second run", "Difference", "Only in second", "Only in first"), words.firm_rows(found)),
    ]
    return "".join(f"<br><h3>{title}</h3>{_table(head, rows)}" for title, head, rows in parts if rows)


def _table(head, rows):
    return f'<div class="scroll">{table(head, rows, numbers=(), style="plain")}</div>'


def _footer(found):
    from experiments.analysis.report import command

    stories = "\n".join(f"{line}    # {what}" for what, line in words.turned(found))
    lines = [f"{command(run.manifest)}    # {name}: {run.name}" for (name, _), run in zip((FIRST, SECOND), (found.before, found.after))]
    shown = "\n".join([*lines, f"overreach compare {found.before.name} {found.after.name}", *([stories] if stories else [])])
    return f"<footer><p>{escape(CAVEAT)}</p><pre>{escape(shown)}</pre></footer>"


def fans(found):
    """Industry revenue of both runs, $bn a year."""
    layers = []
    for (_, hue), values in zip((FIRST, SECOND), found.revenue):
        base = alt.Chart(alt.Data(values=_rows(found, fan(values)))).encode(x=_across(found))
        band = base.mark_area(opacity=PALE, color=hue).encode(y=alt.Y("low:Q", title="$bn a year, annual rate"), y2="high:Q")
        layers += [band, base.mark_line(strokeWidth=THICK, color=hue).encode(y="mid:Q", tooltip=_tips())]
    return Figure("fans", "Industry revenue in both runs", FANS, sized(alt.layer(*layers), HEIGHT), (FIRST, SECOND))


def gaps(found):
    """Differences of industry revenue, future by future, $bn a year."""
    before, after = found.revenue
    base = alt.Chart(alt.Data(values=_rows(found, fan(after - before)))).encode(x=_across(found))
    tall = alt.Y("low:Q", title="$bn a year, second minus first")
    layers = [
        base.mark_area(opacity=PALE, color="@purple").encode(y=tall, y2="high:Q"),
        base.mark_area(opacity=MIDTONE, color="@purple").encode(y="quarter_low:Q", y2="quarter_high:Q"),
        base.mark_line(strokeWidth=THICK, color="@purple").encode(y="mid:Q", tooltip=_tips()),
        alt.Chart(alt.Data(values=[{}])).mark_rule(color="@ink").encode(y=alt.datum(0)),
    ]
    return Figure("gaps", "What it changes, future by future", GAPS, sized(alt.layer(*layers), LOW_HEIGHT), (("difference", "@purple"),))


def odds(found):
    """Odds of failing of each firm in both runs."""
    shown = found.firms[:MOST_FIRMS]
    rows = [
        {"firm": row.name, "run": name, "share": share, "said": percent(share), "change": words.change(row, words.FIRM)}
        for row in shown
        for (name, _), share in zip((FIRST, SECOND), (row.before, row.after))
    ]
    names = [row.name for row in shown]
    up = alt.Y("firm:N", sort=names, title=None, axis=alt.Axis(labelLimit=160, grid=True))
    colour = alt.Color("run:N", scale=alt.Scale(domain=[FIRST[0], SECOND[0]], range=[FIRST[1], SECOND[1]]), legend=None)
    across = alt.X("share:Q", axis=alt.Axis(format="%", title="share of futures in which it fails"), scale=alt.Scale(domain=[0, 1]))
    tips = [alt.Tooltip(f"{name}:N") for name in ("firm", "run", "said", "change")]
    dots = alt.Chart(alt.Data(values=rows)).mark_point(filled=True, size=70, opacity=1).encode(x=across, y=up, color=colour, tooltip=tips)
    spans = [{"firm": row.name, "from": row.before, "to": row.after} for row in shown]
    lines = alt.Chart(alt.Data(values=spans)).mark_rule(color="@muted").encode(x="from:Q", x2="to:Q", y=up)
    chart = sized(alt.layer(lines, dots), FRAME + ROW_HEIGHT * len(shown))
    return Figure("odds", "Who fails", ODDS, chart, (FIRST, SECOND))


def _rows(found, quantiles):
    quarters = found.before.summary["quarters"]
    places = (LOW, LOW + 1, MIDDLE, HIGH - 1, HIGH)
    names = ("low", "quarter_low", "mid", "quarter_high", "high")
    return [
        {"x": place_of(quarter), "quarter": quarter, **{name: float(quantiles[place, k]) for name, place in zip(names, places)}}
        for k, quarter in enumerate(quarters)
    ]


def _across(found):
    places = [place_of(quarter) for quarter in found.before.summary["quarters"]]
    years = list(range(int(np.ceil(places[0])), int(places[-1]) + 1)) or [int(places[0])]
    axis = alt.Axis(values=years, format="d", labelOverlap=True, labelSeparation=6, grid=False)
    return alt.X("x:Q", title=None, scale=alt.Scale(domain=[places[0], places[-1]], nice=False), axis=axis)


def _tips():
    return [alt.Tooltip("quarter:N"), *(alt.Tooltip(f"{key}:Q", format=",.0f") for key in ("low", "mid", "high"))]
