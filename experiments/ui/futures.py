"""The first tab: the fan of revenue against what is required, the lamps, and who fails."""

import numpy as np
import solara

from abm.failure.crisis import CRISIS, PARTS
from abm.measures.readings import INDICATORS
from experiments.ui import charts
from experiments.ui.parts import Chart, Words, columns
from experiments.words import NAMES, percent

LAMPS = {  # indicator: the level beyond which it means trouble, or None
    "p10_coverage": 1.0,
    "order_circularity": None,
    "sentiment": 0.45,
    "ponzi_share": None,
    "commitment_ratio": None,
    "depreciation_gap": None,
}
COMPARED = "compared"
THOUSAND = 1000  # unit conversion


@solara.component
def Futures(session):
    """What happens to all worlds."""
    _ = session.pulse.value
    lab = session.picture
    if lab.main is None:
        return
    Headline(session)
    with solara.Div(classes=["wide"]):
        Fan(session)
    Picker(session)
    with columns(3):
        for name, level in LAMPS.items():
            Lamp(session, name, level)
    Survival(session)


def _about(session):
    """What all charts show beside their numbers."""
    return {
        "picked": session.picked.value,
        "marks": session.picture.marks,
        "now": session.cursor.value,
        "theme": session.shade.value,
    }


@solara.component
def Fan(session):
    """Revenue against what is required; painted more often than the rest."""
    _ = session.beat.value
    lab = session.picture
    main, other = lab.main, lab.other
    revenue, required = main.values("revenue_total"), main.values("required_revenue")
    beside = (other.values("revenue_total"), other.values("required_revenue"), COMPARED) if other else None
    option = charts.fan(lab.horizon, lab.inputs.quarters, revenue, required, other=beside, **_about(session))
    sentence = charts.fan_sentence(lab.horizon, revenue, required, session.cursor.value)
    Chart(option, sentence, 420, "fan", on_click=lambda event: _picked_by(session, event))


@solara.component
def Survival(session):
    """Who has failed by when."""
    _ = session.pulse.value
    lab = session.picture
    failed, then = lab.main.failed(), lab.other.failed() if lab.other else None
    about = {key: value for key, value in _about(session).items() if key != "picked"}
    option = charts.survival(lab.horizon, lab.inputs.quarters, failed, other=(then, COMPARED) if then else None, **about)
    Chart(option, charts.survival_sentence(lab.horizon, failed, session.cursor.value), 380, "survival")


@solara.component
def Lamp(session, name, level):
    """One indicator over all worlds."""
    _ = session.pulse.value
    lab, item = session.picture, INDICATORS[name]
    other = (lab.other.values(name), COMPARED) if lab.other else None
    option = charts.lamp(
        lab.horizon, lab.inputs.quarters, lab.main.values(name), item.unit, item.label, other=other, reference=level, **_about(session)
    )
    sentence = charts.lamp_sentence(name, lab.horizon, lab.main.values(name), session.cursor.value, level)
    Chart(option, sentence, 210, f"lamp-{name}")


@solara.component
def Headline(session):
    """The state of all worlds in one sentence."""
    _ = session.pulse.value
    lab = session.picture
    if lab.age:
        Words(sentence(lab), classes=["headline"])
    else:
        Words("Press ▶ to let the worlds move, a quarter at a time.", classes=["hint"])


def sentence(lab):
    """How many worlds lost a firm or a lab so far, and whether the median industry earns what it owes."""
    texts = [_of(lab.main)]
    if lab.other:
        texts.append(f"Compared setting: {_of(lab.other)}")
    return " ".join(texts)


def _of(side):
    labs = [failed[:, -1] for name, failed in side.failed().items() if name in side.opening.names["labs"]]
    share, events = np.any(labs, axis=0).mean(), side.events()
    parts = ", ".join(f"{NAMES[name].lower()} {percent(events[name].mean())}" for name in PARTS)
    short = (side.values("revenue_total")[:, -1] < side.values("required_revenue")[:, -1]).mean()
    return (
        f"There has been a crisis in {percent(events[CRISIS].mean())} of worlds ({parts}), and a lab has failed in {percent(share)}. "
        f"In {percent(short)} of worlds revenue falls short of what commitments require now."
    )


@solara.component
def Picker(session):
    """Which world is drawn through the fan."""
    lab, row = session.picture, session.picked.value
    with solara.Row(classes=["picker"], gap="8px", style={"flex-wrap": "wrap"}):
        for how, label in (("worst", "Worst world"), ("median", "Median world"), ("best", "Best world"), ("none", "None")):
            solara.Button(label, on_click=lambda how=how: session.pick(how), outlined=True, small=True, classes=[f"pick-{how}"])
        solara.InputInt(
            "World", value=-1 if row is None else row, on_value=lambda value: _by_number(session, value), continuous_update=False
        )
        text = f"World {row} of {lab.inputs.worlds} is drawn through the fan." if row is not None else "No world is picked."
        Words(text, "span", ["picked-world"])


def _by_number(session, value):
    if value is not None and 0 <= value < session.picture.inputs.worlds:
        session.pick(int(value))


def _picked_by(session, event):
    """A click on the fan picks the world whose revenue is nearest to the point."""
    lab, place, value = session.picture, event.get("dataIndex"), event.get("value")
    if not lab.age or place is None or not isinstance(value, list | tuple | int | float):
        return
    place = min(int(place), lab.age - 1)
    session.pick(nearest(lab.main, place, value))


def nearest(side, place, value):
    """Row of the world whose revenue in a quarter is nearest to a point of the fan, in $bn or, on a tall fan, $tn a year."""
    number = float(value[-1] if isinstance(value, list | tuple) else value)
    revenue = side.values("revenue_total")[:, place]
    middle = np.log(np.median(revenue))
    meant = min((number, THOUSAND * number), key=lambda each: abs(np.log(max(each, 1 / THOUSAND)) - middle))
    return int(np.argmin(np.abs(revenue - meant)))
