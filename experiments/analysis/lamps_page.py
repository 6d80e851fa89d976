"""The page of `overreach lamps`: what each lamp is worth, with intervals, and whether the odds of all lamps together can be believed."""

from html import escape

import altair as alt

from experiments.analysis.figures import Figure
from experiments.analysis.lamp_readings import INDUSTRY
from experiments.analysis.lamps import COIN, FEW_EVENTS, MISLEADS, WORKS
from experiments.analysis.lamps_words import HEAD, READING, combined_said, event_name, first, headline, shown, verdicts
from experiments.analysis.page import embedded, figure, page
from experiments.analysis.tables import table as html_table
from experiments.figures.drawn import HEIGHT, ROW_HEIGHT, THICK, sized
from experiments.words import CAVEAT, NAMES, futures

WORTH_READING = (
    "A dot is how often the lamp stands higher before the event than in another future at the same date, and its bar is the 95 % interval. "
    "At the dashed line a lamp is a coin."
)
RELIABILITY_READING = (
    "Each dot is a fifth of the quarters asked: how likely the combined lamp said the event was, and how often it came. On the dashed line "
    "its odds are right. These futures were not used to fit it."
)


def lamps_page(inputs, whose, lead, tables, together, command):
    """The whole page as text. tables: {event: table}; together: {event: Combined or None}; command: that makes it again"""
    world, leading = inputs.opening(), first(tables)
    span = f"{lead.soonest} to {lead.latest} quarters ahead"
    about = f"{escape(world.title)} · {futures(inputs.worlds)} of {inputs.quarters} quarters · seed {inputs.seed} · {span}"
    parts = {event: charts(event, table, together[event]) for event, table in tables.items()}
    sections = "".join(_section(whose, event, tables[event], together[event], parts[event]) for event in tables)
    body = f"""<header>
<p class="kicker">Overreach · {about}</p>
<h1>{escape(headline(tables[leading], whose, leading))}</h1>
<p class="caveat">{escape(CAVEAT)} {escape(world.caveat)} A lamp that works here works in worlds made by the same rules.</p>
</header>
<main>
<section><p>{escape(READING)}</p></section>
{sections}
</main>
<footer><pre>{escape(command)}</pre></footer>"""
    return page("Warning lamps", body, "\n".join(embedded(chart) for drawn in parts.values() for chart in drawn))


def _section(whose, event, table, found, drawn):
    name = NAMES[event] if whose == INDUSTRY else event_name(event, whose).capitalize()
    said = f"<h2>{escape(name)}</h2><p>{escape(headline(table, whose, event))}</p>"
    if not drawn:
        return f"<section>{said}</section>"
    worse = "".join(f"<p>{escape(sentence)}</p>" for sentence in [*verdicts(table), combined_said(found)])
    lines = f'<div class="scroll">{html_table(HEAD, shown(table), HEAD[1:-1])}</div>'
    shown_charts = "".join(figure(each) for each in drawn)
    return f"<section>{said}{shown_charts}{worse}<details><summary>All lamps</summary>{lines}</details></section>"


def charts(event, table, found):
    """The figures of one event; none where too few futures see it."""
    if int(table["events"].iloc[0]) < FEW_EVENTS:
        return []
    colours = ((WORKS, "@green"), ("no better than a coin", "@muted"), (MISLEADS, "@vermilion"))
    worth = Figure(f"worth-{event}", "What each lamp is worth", WORTH_READING, _worth(table, dict(colours)), colours)
    return [worth, *([] if found is None else [Figure(f"odds-{event}", "Odds said and what came", RELIABILITY_READING, _odds(found))])]


def _worth(table, colours):
    rows = table[["label", "same_date", "low", "high", "verdict"]].dropna().to_dict("records")
    colour = alt.Color("verdict:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())), legend=None)
    order = [row["label"] for row in rows]
    tips = ["label:N", *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("same_date", "low", "high"))]
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=320))
    base = alt.Chart(alt.Data(values=rows)).encode(y=y, color=colour, tooltip=tips)
    scale = alt.Scale(domain=[0, 1], nice=False)
    bars = base.mark_rule(strokeWidth=THICK).encode(x=alt.X("low:Q", title="AUC at the same date", scale=scale), x2="high:Q")
    dots = base.mark_point(filled=True, size=70).encode(x=alt.X("same_date:Q", scale=scale))
    coin = alt.Chart(alt.Data(values=[{}])).mark_rule(strokeDash=[6, 4], color="@ink").encode(x=alt.datum(COIN))
    return sized(alt.layer(coin, bars, dots), ROW_HEIGHT * max(1, len(rows)))


def _odds(found):
    rows = found.reliability.to_dict("records")
    most = max([row[name] for row in rows for name in ("said", "came")] + [0.05])
    scale, axis = alt.Scale(domain=[0, most], nice=False), alt.Axis(format="%")
    right = alt.Chart(alt.Data(values=[{"said": 0, "came": 0}, {"said": most, "came": most}]))
    line = right.mark_line(strokeDash=[6, 4], color="@ink").encode(x=alt.X("said:Q", scale=scale), y=alt.Y("came:Q", scale=scale))
    tips = [alt.Tooltip("said:Q", format=".1%"), alt.Tooltip("came:Q", format=".1%"), "quarters:Q"]
    x = alt.X("said:Q", title="odds said", scale=scale, axis=axis)
    y = alt.Y("came:Q", title="share that came", scale=scale, axis=axis)
    dots = alt.Chart(alt.Data(values=rows)).mark_point(filled=True, size=90, color="@blue").encode(x=x, y=y, tooltip=tips)
    return sized(alt.layer(line, dots), HEIGHT)
