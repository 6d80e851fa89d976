"""The page of `overreach losses`: a matrix of who fails with whom, and what each loss does to revenue and to creditors, with intervals."""

from html import escape

import altair as alt

from experiments.analysis.figures import Figure
from experiments.analysis.losses import AFTER, FAILING
from experiments.analysis.maps import Multiples
from experiments.analysis.page import embedded, figure, page
from experiments.analysis.tables import table
from experiments.console import KIND_NAMES
from experiments.figures.drawn import FRAME, ROW_HEIGHT, THICK, sized
from experiments.stories.events import count
from experiments.words import CAVEAT, PERCENT, futures, percent

SHOWN = 0.02  # change of odds from which a cell says it in points
FULL = 0.5  # change of odds from which the colour is as strong as it gets
PALE_WORDS = 0.45  # opacity of what could be luck
HEADINGS = 130  # pixels above the matrix, for names on end
MATRIX_READING = (
    "Rows are the firms that are lost, and columns are the firms that may fail with them. A cell says by how many points the odds of "
    "failing are higher (red) or lower (blue) than in the same futures without the loss. Pale figures could be luck, and among so many "
    "others a few are luck too. Columns in which nothing ever changes are left out."
)
REVENUE_READING = (
    "Revenue of all labs is compared with the same futures without the loss. A dot is the mean, and the bar is its 95 % interval over "
    "pairs of futures."
)
LOST_READING = "Credit losses are loans written down from the loss until the end of the run, in $bn, and are compared in the same way."


def losses_page(asked, found):
    """The whole page as text. found: [Loss]"""
    inputs = asked.inputs
    world, title = inputs.opening(), f"Every firm lost in turn in {asked.at}"
    charts = [matrix(found), effects(found)]
    about = f"{escape(world.title)} · {futures(inputs.worlds)} of {inputs.quarters} quarters, each with its twin · seed {inputs.seed}"
    body = f"""<header>
<p class="kicker">Overreach · {about}</p>
<h1>{escape(headline(asked, found))}</h1>
<p class="caveat">{escape(CAVEAT)} {escape(world.caveat)}</p>
</header>
<main>
<section><h2>Who fails with whom</h2><p>From {asked.at} to the end of the run.</p>{figure(charts[0])}</section>
<section><h2>What it costs</h2><p>What survivors win from the dead is counted in: it is the industry's.</p>{figure(charts[1])}</section>
<section><h2>Line by line</h2><p>Differences to the twin with 95 % intervals.</p>{_lines(found)}</section>
</main>
<footer><pre>{escape(command(asked))}</pre></footer>"""
    return page(title, body, "\n".join(embedded(chart) for chart in charts))


def headline(asked, found):
    """The one sentence: which loss takes along more than any other."""
    worst = max(found, key=lambda loss: sum(fall.change.mean for fall in loss.taken_along()))
    along = worst.taken_along()
    if not along:
        return f"No loss in {asked.at} makes another firm fail by more than luck."
    first = f"{along[0].firm.name} fails in {percent(along[0].odds)} of futures with the loss and in {percent(along[0].twin)} without it"
    more = (
        f" {_capital(count(len(along) - 1))} other firm{'s' if len(along) > 2 else ''} also fail{'' if len(along) > 2 else 's'} more often."
        if len(along) > 1
        else ""
    )
    return f"Of all losses in {asked.at}, the loss of {worst.firm.name} takes along the most. {first}.{more}"


def _capital(text):
    return f"{text[:1].upper()}{text[1:]}"


def command(asked):
    """The command that makes this page again."""
    inputs = asked.inputs
    return f"overreach losses {inputs.world} --at {asked.at} --worlds {inputs.worlds} --seed {inputs.seed} --quarters {inputs.quarters}"


def matrix(found):
    """Change of the odds of failing, lost firms by firms that may fail."""
    moved = list(dict.fromkeys(fall.firm for loss in found for fall in loss.falls if abs(fall.change.mean) >= SHOWN))
    moved.sort(key=lambda firm: (FAILING.index(firm.kind), firm.row))
    columns, rows = [firm.name for firm in moved], [loss.firm.name for loss in found]
    cells = [_cell(loss, fall) for loss in found for fall in loss.falls if fall.firm in moved]
    scale = alt.Scale(domain=[-FULL, 0, FULL], clamp=True, range=["@blue", "@card", "@vermilion"], interpolate="rgb")
    across = alt.X("fails:N", sort=columns, title="fails with it", axis=alt.Axis(orient="top", labelAngle=-90, labelLimit=160, grid=False))
    up = alt.Y("lost:N", sort=rows, title="lost", axis=alt.Axis(labelLimit=200, grid=False))
    tips = [alt.Tooltip(f"{name}:N") for name in ("lost", "fails", "points", "interval", "odds", "twin")]
    base = alt.Chart(alt.Data(values=cells)).encode(x=across, y=up, tooltip=tips)
    squares = base.mark_rect(stroke="@rule").encode(color=alt.Color("change:Q", scale=scale, legend=None))
    words = base.mark_text(fontSize=11).encode(
        text="said:N", color=alt.value("@ink"), opacity=alt.condition("datum.sure", alt.value(1), alt.value(PALE_WORDS))
    )
    chart = alt.layer(squares, words) if cells else alt.layer(base.mark_text())
    height = HEADINGS + ROW_HEIGHT * len(rows)
    colours = (("fails more often with the loss", "@vermilion"), ("less often", "@blue"))
    return Figure("matrix", "Change of the odds of failing, points", MATRIX_READING, sized(chart, height), colours)


def _cell(loss, fall):
    change = fall.change
    points = f"{change.mean * PERCENT:+.0f}"
    return {
        "lost": loss.firm.name, "fails": fall.firm.name, "change": change.mean, "points": f"{points} points",
        "said": points if abs(change.mean) >= SHOWN else "", "sure": bool(change.low > 0 or change.high < 0),
        "interval": f"{change.low * PERCENT:.0f} to {change.high * PERCENT:.0f}", "odds": percent(fall.odds), "twin": percent(fall.twin),
    }  # fmt: skip


def effects(found):
    """Revenue after some quarters, and credit losses, loss by loss, with intervals."""
    charts = [
        (f"revenue after {after} quarter{'s' if after > 1 else ''}", _dots(found, lambda loss, k=k: loss.revenue[k], "change", "%"))
        for k, after in enumerate(AFTER)
    ]
    charts.append(("credit losses", _dots(found, lambda loss: loss.lost, "$bn", ",.3~r")))
    return Multiples("effects", "Revenue and credit losses", f"{REVENUE_READING} {LOST_READING}", tuple(charts))


def _dots(found, measure, title, form):
    """A dot and an interval a row."""
    rows = [{"lost": loss.firm.name, **dict(zip(("mean", "low", "high"), measure(loss)))} for loss in found]
    names = [row["lost"] for row in rows]
    rows = [{key: value if value == value else None for key, value in row.items()} for row in rows]
    up = alt.Y("lost:N", sort=names, title=None, axis=alt.Axis(labelLimit=150, grid=True))
    base = alt.Chart(alt.Data(values=rows)).encode(y=up)
    axis = alt.Axis(format=form, tickCount=5, title=title)
    tips = [alt.Tooltip("lost:N"), *(alt.Tooltip(f"{name}:Q", format=".1%" if form == "%" else form) for name in ("mean", "low", "high"))]
    zero = alt.Chart(alt.Data(values=[{}])).mark_rule(color="@grid").encode(x=alt.datum(0))
    bars = base.mark_rule(strokeWidth=THICK, opacity=1 / 2, color="@blue").encode(x=alt.X("low:Q", axis=axis), x2="high:Q")
    dots = base.mark_point(filled=True, size=60, opacity=1, color="@blue").encode(x="mean:Q", tooltip=tips)
    return sized(alt.layer(bars, dots, zero), FRAME + ROW_HEIGHT * len(rows))


def _lines(found):
    names = (
        "Lost",
        "Kind",
        *(f"Revenue {after} quarter{'s' * (after > 1)} on" for after in AFTER),
        "Credit losses, $bn",
        "Fails more often",
        "Fails less often",
    )
    rows = [line(loss) for loss in found]
    return f'<div class="scroll">{table(names, rows, numbers=())}</div>'


def line(loss):
    """A loss as a row of text: name, kind, revenue after 1 and 8 quarters, credit losses, who fails with it, who is spared."""
    along, saved = (", ".join(fall_in_words(fall) for fall in falls) or "-" for falls in (loss.taken_along(), loss.saved()))
    return (
        loss.firm.name,
        KIND_NAMES[loss.firm.kind].lower(),
        *map(change_in_words, loss.revenue),
        amount_in_words(loss.lost),
        along,
        saved,
    )


def change_in_words(change):
    """A relative difference with its interval: "-12 % (-15 to -9)"."""
    return f"{change.mean * PERCENT:+.1f} % ({change.low * PERCENT:+.1f} to {change.high * PERCENT:+.1f})"


def amount_in_words(change):
    """A difference in $bn with its interval."""
    return f"{change.mean:+,.1f} ({change.low:+,.1f} to {change.high:+,.1f})"


def fall_in_words(fall):
    """Who fails, how often and against what: "Oracle 45 % against 3 % (+42 points, 31 to 52)"."""
    change = fall.change
    points = f"{change.mean * PERCENT:+.0f} points, {change.low * PERCENT:+.0f} to {change.high * PERCENT:+.0f}"
    return f"{fall.firm.name} {fall.odds * PERCENT:.0f} % against {fall.twin * PERCENT:.0f} % ({points})"
