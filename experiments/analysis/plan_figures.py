"""Fan charts of labs: what each planned for a quarter when its compute was ordered, and the revenue that came."""

import altair as alt

from abm.clock import Quarter
from experiments.analysis.maps import Multiples
from experiments.figures.data import place_of
from experiments.figures.drawn import LOW_HEIGHT, MIDTONE, THICK, sized

COLOURS = (("planned: median, and 80 % of the lab's own futures", "@blue"), ("what came", "@ink"))


def planned(summary):
    """A chart per lab, or None where no lab ever planned anything."""
    found = summary["planned"]
    if not found["labs"]:
        return None
    quarters = found["horizon"]
    reading = (
        f"Each plan is drawn at the quarter it was made for, {quarters} quarters after the compute for it was ordered. The chart "
        f"shows world {found['world']}, the median one by revenue at the end. A lab that knows its cone comes out in the band four times "
        "in five."
    )
    charts = tuple((lab["firm"], fan(summary["quarters"], quarters, lab)) for lab in found["labs"])
    return Multiples("planned", "What labs planned, and what came", reading, charts, COLOURS)


def fan(names, horizon, lab):
    """Band and median of plans with the line of what came, $bn a year.

    names: of quarters; horizon: quarters from a plan to what it is for; lab: {low, mid, high, came}, by quarter, None where nothing
    was planned
    """
    start = Quarter.parse(names[0])
    places = [place_of(str(start + k)) for k in range(len(names) + horizon)]
    made = zip(lab["low"], lab["mid"], lab["high"])
    plans = [
        {"x": places[k + horizon], "quarter": str(start + k + horizon), "low": low, "mid": middle, "high": high}
        for k, (low, middle, high) in enumerate(made)
        if middle is not None
    ]
    came = [{"x": x, "quarter": name, "came": value} for x, name, value in zip(places, names, lab["came"])]
    years = [year for year in range(int(places[0]), int(places[-1]) + 1) if year >= places[0]]
    scale = alt.Scale(domain=[places[0], places[-1]], nice=False)
    across = alt.X("x:Q", title=None, scale=scale, axis=alt.Axis(values=years, format="d", labelOverlap=True, grid=False))
    tips = [alt.Tooltip("quarter:N", title="for"), *(alt.Tooltip(f"{key}:Q", format=",.3~r") for key in ("low", "mid", "high"))]
    base = alt.Chart(alt.Data(values=plans)).encode(x=across)
    band = base.mark_area(opacity=MIDTONE, color="@blue").encode(y=alt.Y("low:Q", title="$bn a year"), y2="high:Q")
    middle = base.mark_line(color="@blue", strokeWidth=THICK).encode(y="mid:Q", tooltip=tips)
    tips = [alt.Tooltip("quarter:N"), alt.Tooltip("came:Q", format=",.3~r")]
    line = alt.Chart(alt.Data(values=came)).mark_line(color="@ink", strokeWidth=THICK).encode(x=across, y="came:Q", tooltip=tips)
    return sized(alt.layer(band, middle, line), LOW_HEIGHT)
