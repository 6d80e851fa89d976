"""How luck and doubt are said: sentences and rows of text, the same on the terminal and on the page, and the bands in each other."""

import altair as alt

from experiments.analysis.figures import Figure, points
from experiments.analysis.outcomes import outcome, short
from experiments.figures.drawn import HEIGHT, PALE, THICK, sized, years
from experiments.summary import HIGH, LOW, MIDDLE
from experiments.words import PERCENT, percent

COLUMNS = ("Outcome", "luck alone", "luck and doubt", "part that is doubt")
CARRYING = ("Outcome", "number in doubt", "its name", "PAWN", "floor", "more than chance")
TOO_FEW = "too few draws to tell"
BANDS = (("80 % of worlds by luck alone", "@blue"), ("80 % of worlds by luck and doubt", "@orange"))
BAND_READING = (
    "The blue band holds 80 % of the worlds where only luck differs, and the orange band 80 % of those that also draw what is uncertain; "
    "the lines are the medians. Doubt widens the cone where orange reaches beyond blue, and moves it where the medians part."
)


def design_sentence(found):
    """How the parts were found."""
    design = found["design"]
    return (
        f"Every world draws {found['drawn']} uncertain numbers of its own, with the luck it has without doubt. Parts of variance come "
        f"from a nested design of {design['draws']:,} draws by {design['lucks']} lucks: what differs between the lucks of a draw is luck, "
        "and the rest is doubt."
    )


def held_sentence(found):
    """What could not be drawn."""
    named = ", ".join(short(name) for name in found["structural"])
    return f"Structural numbers shape what all worlds of a batch share, so they keep their value: {named}."


def rows(found):
    """An outcome each, as COLUMNS has it."""
    return [
        (each["label"], _said(each["name"], each["luck"]), _said(each["name"], each["both"]), _part(each)) for each in found["outcomes"]
    ]


def _said(name, band):
    """An event: how often, with its interval; a number: its median, P10 and P90."""
    item = outcome(name)
    if item.is_event:
        return f"{percent(band['share'])} ({item.between(band['low'], band['high'])})"
    return f"{item.amount(band['middle'])} ({item.between(band['low'], band['high'])})"


def _part(each):
    if each["split"] is None:
        return TOO_FEW
    share, low, high = (each["split"][key] for key in ("doubt", "low", "high"))
    return f"{percent(share)} ({low * PERCENT:.0f} to {high * PERCENT:.0f} %)"


def carriers(found):
    """The numbers that carry most of an outcome, as CARRYING has it: only outcomes of which some stand out of chance."""
    return [
        (each["label"], short(row["name"]), row["name"], f"{row['pawn']:.2f}", f"{row['floor']:.2f}", "yes" if row["matters"] else "no")
        for each in found["outcomes"]
        if each["clear"]
        for row in each["carriers"]
    ]


def unclear_sentence(found):
    """The outcomes of which no number stands out, or "" if there are none."""
    unclear = [each["label"].lower() for each in found["outcomes"] if not each["clear"]]
    if not unclear:
        return ""
    told = (
        f"{found['design']['draws']:,} draws are too few to tell which numbers carry the doubt about these outcomes: {'; '.join(unclear)}."
    )
    return f"{told} For them no number stands out of chance. More worlds would tell."


def bands(summary):
    """The fan of industry revenue by luck alone inside that by luck and doubt, as a Figure."""
    both, luck = summary["fans"]["revenue_total"], summary["doubt"]["fan"]
    rows_ = [
        {"x": x, "quarter": name, "low": luck[LOW][k], "mid": luck[MIDDLE][k], "high": luck[HIGH][k]}
        | {"wide_low": both[LOW][k], "wide_mid": both[MIDDLE][k], "wide_high": both[HIGH][k]}
        for k, (x, name) in enumerate(points(summary))
    ]
    base = alt.Chart(alt.Data(values=rows_)).encode(x=years([row["x"] for row in rows_]))
    tips = [alt.Tooltip("quarter:N"), *(alt.Tooltip(f"{key}:Q", format=",.0f", title=title) for key, title in TITLES.items())]
    outer = base.mark_area(opacity=PALE, color="@orange").encode(y=alt.Y("wide_low:Q", title="$bn a year, annual rate"), y2="wide_high:Q")
    inner = base.mark_area(opacity=PALE, color="@blue").encode(y="low:Q", y2="high:Q")
    lines = [
        base.mark_line(strokeWidth=THICK, color=colour).encode(y=f"{key}:Q") for key, colour in (("wide_mid", "@orange"), ("mid", "@blue"))
    ]
    lines[-1] = lines[-1].encode(tooltip=tips)
    chart = sized(alt.layer(outer, inner, *lines), HEIGHT)
    return Figure("doubt", "Industry revenue by luck, and by luck and doubt", BAND_READING, chart, BANDS)


TITLES = {
    "low": "P10, luck",
    "mid": "P50, luck",
    "high": "P90, luck",
    "wide_low": "P10, with doubt",
    "wide_mid": "P50, with doubt",
    "wide_high": "P90, with doubt",
}
