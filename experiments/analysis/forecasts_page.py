"""What `overreach forecasts` says, draws and puts on a page: shares of outcomes by year, a verdict per kind, and the sum of plans."""

from html import escape

import altair as alt

from experiments.analysis.figures import Figure
from experiments.analysis.forecasts import ALL, KINDS, LEVELS, RIGHT, TIMES, horizon
from experiments.analysis.maps import Multiples
from experiments.analysis.page import embedded, figure, page
from experiments.analysis.tables import table
from experiments.figures.drawn import HEIGHT, LOW_HEIGHT, MIDTONE, PALE, THICK, THIN, sized
from experiments.stories.events import listed, said
from experiments.words import CAVEAT, PERCENT, futures, percent

CALM, STALL, BREAKTHROUGH = TIMES
WHO = {
    "labs": "Labs' forecasts of themselves",
    "clouds": "Owners' forecasts of their tenants",
    "market": "Lenders' and vendors' forecasts of labs",
    "investors": "Investors' forecasts of labs' revenue",
    "values": "Investors' forecasts of what labs will be worth",
}
QUANTILES = {measure: f"P{level * PERCENT:.0f}" for measure, level in LEVELS.items()}
HUES = dict(zip(LEVELS, ("@vermilion", "@blue", "@green"), strict=True))
SPANS = {CALM: "all years", STALL: "with a stall", BREAKTHROUGH: "with a breakthrough"}
HEAD = ("made in", "forecasts", *(f"below {quantile}" for quantile in QUANTILES.values()))
SHARES_READING = (
    "Lines are the shares of outcomes that fell below the P10, P50 and P90 of their forecast, by the year in which it was made, with 95 % "
    "intervals over futures. A cone is right if its lines lie in the pale bands. Above the middle band forecasts were too high. Years with "
    "a stall or a breakthrough are left out. A lab that failed came out below all of its forecasts."
)
PLANS_READING = (
    "All labs' own medians for a year, made when its compute was ordered, are added up and divided by the revenue that came. The line is "
    "the median future and the band holds 80 % of futures. Above 1 the labs could not all be right."
)


def ahead(inputs):
    """How far the forecasts look, in words."""
    return f"forecasts {horizon(inputs.opening().parameters)} quarters ahead"


def shown(found, kind):
    """Rows of text of one kind, as HEAD: calm years one by one, all of them, then forecasts whose year held a stall or a breakthrough."""
    mine = found[found["kind"] == kind]
    for time, span in SPANS.items():
        rows = mine[mine["time"] == time]
        for year, part in rows[(rows["year"] == ALL) | (time == CALM)].groupby("year", sort=False):
            if year != ALL:
                yield _row(str(year), part)
        whole = rows[rows["year"] == ALL]
        if len(whole):
            yield _row(span, whole)


def _row(name, part):
    texts = (f"{row.value * PERCENT:.0f} % ({row.low * PERCENT:.0f} to {row.high * PERCENT:.0f})" for row in part.itertuples())
    return (name, f"{part['count'].iloc[0]:,}", *texts)


def verdict(found, kind):
    """One sentence about a kind: were its cones right, over all calm years, and when were they farthest off?"""
    calm = found[(found["kind"] == kind) & (found["time"] == CALM)]
    values = {year: dict(zip(part["measure"], part["value"])) for year, part in calm.groupby("year", sort=False)}
    if not values:
        return f"{WHO[kind]} cannot be judged, because none came due in a calm year."
    whole = values.pop(ALL)
    low, *others = (f"below the {QUANTILES[measure]} ({_band(measure)}" for measure in LEVELS)
    first, *more = map(percent, whole.values())
    shares_said = f"{first} of outcomes fell {low} would be right), {' and '.join(f'{s} {o})' for s, o in zip(more, others, strict=True))}"
    right = sum(_may_be_right(part) for year, part in calm.groupby("year", sort=False) if year != ALL)
    worst = max(values, key=lambda year: _miss(values[year]))
    worst_said = listed(map(percent, values[worst].values()))
    far = f", and they are farthest off in {worst} with {worst_said}" if _miss(values[worst]) else ""
    told = f"In {right} of {len(values)} years of issue all three intervals reach what would be right{far}."
    return f"{WHO[kind]} were {_judged(whole)}. {shares_said}. {told}"


def _band(measure):
    low, high = RIGHT[measure]
    return f"{low * PERCENT:.0f} to {high * PERCENT:.0f} %"


def _may_be_right(part):
    """Whether the intervals of a year reach the bands of right shares. part: rows of `shares`"""
    return all(row.low <= RIGHT[row.measure][1] and row.high >= RIGHT[row.measure][0] for row in part.itertuples())


def _miss(values):
    """How far shares lie outside the bands, all together; 0 where they are right. values: {measure: share}"""
    return sum(max(0, RIGHT[measure][0] - share, share - RIGHT[measure][1]) for measure, share in values.items())


def _judged(values):
    """What is wrong with a cone, in words: first its middle, then its width."""
    low, middle, high = (values[measure] for measure in LEVELS)
    if not RIGHT["below_p50"][0] <= middle <= RIGHT["below_p50"][1]:
        return "too high" if middle > 1 / 2 else "too low"
    (least, most), (enough, too_much) = RIGHT["below_p10"], RIGHT["below_p90"]
    below = "too wide below" if low < least else "too narrow below" if low > most else ""
    above = "too narrow above" if high < enough else "too wide above" if high > too_much else ""
    return " and ".join(filter(None, (below, above))) or "right"


def plans_verdict(found):
    """One sentence about the sum of all labs' plans. found: as `forecasts.plans` gives it"""
    if not len(found):
        return "No plan came due, because the run ends before the quarter that the first plans are for."
    most, low, high = found.loc[found["value"].idxmax()], said(found["value"].min()), said(found["value"].max())
    span = low if low == high else f"{low} to {high}"
    return (
        f"In the median future, all labs' plans together were {span} times the revenue that came, depending on the year. That was "
        f"highest for {most['year']} ({said(most['low'])} to {said(most['high'])} times in 80 % of futures)."
    )


def figures(found, planned):
    """The pictures: shares by kind, and the sum of plans. found, planned: tables of `forecasts`"""
    colours = tuple((f"below {QUANTILES[measure]}; {_band(measure)} would be right", hue) for measure, hue in HUES.items())
    charts = tuple((WHO[kind], _shares(found[(found["kind"] == kind) & (found["time"] == CALM)])) for kind in KINDS)
    drawn = [Multiples("shares", "Outcomes below the forecasts' quantiles", SHARES_READING, charts, colours)]
    return [*drawn, Figure("plans", "Sum of all labs' plans over revenue", PLANS_READING, _plans(planned))] if len(planned) else drawn


def _shares(part):
    rows = part[part["year"] != ALL].to_dict("records")
    bands = [{"measure": measure, "low": low, "high": high} for measure, (low, high) in RIGHT.items()]
    colour = alt.Color("measure:N", scale=alt.Scale(domain=list(HUES), range=list(HUES.values())), legend=None)
    scale, axis = alt.Scale(domain=[0, 1], nice=False), alt.Axis(format="%", tickCount=5)
    right = alt.Chart(alt.Data(values=bands)).mark_rect(opacity=PALE).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q", color=colour)
    shares = (alt.Tooltip(f"{name}:Q", format=".1%") for name in ("value", "low", "high"))
    tips = [alt.Tooltip("measure:N"), alt.Tooltip("year:Q", format="d"), *shares, alt.Tooltip("count:Q")]
    base = alt.Chart(alt.Data(values=rows)).encode(x=_year(rows), color=colour, tooltip=tips)
    lines = base.mark_line(strokeWidth=THICK, point=True).encode(y=alt.Y("value:Q", title="share of outcomes", scale=scale, axis=axis))
    spans = base.mark_rule(strokeWidth=THIN, opacity=1 / 2).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q")
    return sized(alt.layer(right, spans, lines), HEIGHT)


def _plans(planned):
    rows = planned.to_dict("records")
    base = alt.Chart(alt.Data(values=rows)).encode(x=_year(rows))
    tips = [alt.Tooltip("year:Q", format="d"), *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("value", "low", "high"))]
    band = base.mark_area(opacity=MIDTONE, color="@blue").encode(y=alt.Y("low:Q", title="plans over outcome, x"), y2="high:Q")
    line = base.mark_line(color="@blue", strokeWidth=THICK, point={"color": "@blue"}).encode(y="value:Q", tooltip=tips)
    one = alt.Chart(alt.Data(values=[{}])).mark_rule(strokeDash=[6, 4], color="@vermilion").encode(y=alt.datum(1))
    return sized(alt.layer(band, line, one), LOW_HEIGHT)


def _year(rows):
    years = sorted({row["year"] for row in rows})
    return alt.X("year:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(values=years, format="d", labelOverlap=True, grid=False))


def forecasts_page(inputs, found, planned, charts, command):
    """The whole page as text. charts: as `figures` draws them; command: that makes it again"""
    world = inputs.opening()
    about = f"{escape(world.title)} · {futures(inputs.worlds)} of {inputs.quarters} quarters · seed {inputs.seed} · {ahead(inputs)}"
    first, *rest = charts
    plans = "".join(f"<section><h2>The sum of plans</h2><p>{escape(plans_verdict(planned))}</p>{figure(item)}</section>" for item in rest)
    lines = "".join(
        f"<h3>{escape(WHO[kind])}</h3><p>{escape(verdict(found, kind))}</p>"
        f'<div class="scroll">{table(HEAD, shown(found, kind), HEAD[1:])}</div>'
        for kind in KINDS
    )
    body = f"""<header>
<p class="kicker">Overreach · {about}</p>
<h1>{escape(verdict(found, "labs"))}</h1>
<p class="caveat">{escape(CAVEAT)} {escape(world.caveat)}</p>
</header>
<main>
<section><h2>Forecasts against what came</h2>{figure(first, wide=True)}</section>
{plans}
<section><h2>Line by line</h2>{lines}</section>
</main>
<footer><pre>{escape(command)}</pre></footer>"""
    return page("Forecasts against what came", body, "\n".join(embedded(chart) for chart in charts))
