"""The first tab: the fan of revenue against what is required, the lamps, and who fails."""

import numpy as np
import solara

from abm.measures.readings import INDICATORS
from experiments.ui import charts, stored
from experiments.ui.against import Against
from experiments.ui.controls import Shocks
from experiments.ui.dials import BOLD
from experiments.ui.parts import Chart, Words, columns

LAMPS = {  # indicator: the level beyond which it means trouble, or None
    "p10_coverage": 1.0,
    "order_circularity": None,
    "sentiment": 0.45,
    "ponzi_share": None,
    "commitment_ratio": None,
    "depreciation_gap": None,
}
COMPARED = "compared"
FAN_HEIGHT = 370  # pixels
DOUBT_READING = (
    "The wide band holds 80 % of the futures in which each future also draws what nobody knows from its declared prior. It is a stored "
    "result and does not follow the dials."
)
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
    Ending(session)
    Against(session)
    Shocks(session)
    Picker(session)
    if not lab.age:
        return
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
    kept = stored.for_run(lab.inputs)
    behind = stored.band(kept, "luck", lab.inputs.quarters) if kept else None
    doubt = stored.band(kept, "doubt", lab.inputs.quarters) if kept and session.doubt.value else None
    option = charts.fan(lab.horizon, lab.inputs.quarters, revenue, required, other=beside, stored=behind, doubt=doubt, **_about(session))
    sentence = charts.fan_sentence(lab.horizon, revenue, required, session.cursor.value)
    Chart(option, sentence, FAN_HEIGHT, "fan", on_click=lambda event: _picked_by(session, event))
    if kept:
        Provenance(session, kept, lab.age)


@solara.component
def Provenance(session, kept, age):
    """Which lines are stored, by what they were made, and the switch for doubt."""
    with solara.Div(classes=["provenance"]):
        what = "The dotted lines are the stored result." if age else "What you see is the stored result, until the run begins."
        Words(f"{what} {stored.provenance(kept)}", "span", ["stored-note"])
        solara.Switch(label="Show doubt about what we assume", value=session.doubt.value, on_value=session.doubt.set, classes=["doubt"])
    if session.doubt.value:
        Words(DOUBT_READING, classes=["reading", "doubt-reading"])


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
    """The answer in one sentence, of the quarter that the fan shows; from the stored baseline before the first quarter."""
    _ = session.beat.value
    lab = session.picture
    with solara.Div(classes=["answer"]):
        first, second = opening_words(lab) if not lab.age else running_words(lab, session.at())
        Words(first, classes=["headline"])
        Words(second, classes=["beside"])


def opening_words(lab):
    """Two sentences before the first quarter: the stored answer, or what to press."""
    kept, last = stored.for_run(lab.inputs), lab.inputs.quarters - 1
    if kept is None:
        return "Press ▶ to let the worlds move, a quarter at a time.", "No stored result begins here."
    return stored.opening_words(kept, last, lab.main.opening)


def running_words(lab, place):
    """Two sentences of a run at a place of its quarters: who fails, and the compared setting or whether revenue is enough."""
    found, beside = (side and stored.tally_of(side, lab.quarters, place) for side in (lab.main, lab.other))
    said = stored.answer(found, stored.principal(lab.main.opening))
    if beside:
        return said, f"Compared setting: {stored.answer(beside, stored.principal(lab.other.opening))}"
    return said, stored.shortfall(found)


@solara.component
def Ending(session):
    """At the horizon: that it is over, and what to try next."""
    _ = session.beat.value
    lab = session.picture
    if lab.running or not lab.age or lab.problem:
        return
    with solara.Div(classes=["ending"]):
        Words(f"The run is over: {lab.quarters[-1]} was its last quarter. What next?", "span")
        for label, name, act in (
            ("See how the worst future fell", "ending-worst", lambda: _worst(session)),
            ("Bolder labs, beside this", "ending-bolder", lambda: _bolder(session)),
            ("Run it again", "ending-again", session.reset),
        ):
            solara.Button(label, on_click=act, outlined=True, small=True, classes=[name])


def _worst(session):
    session.pick("worst")
    session.show("Story")


def _bolder(session):
    """The same seeds with bold labs, and the setting that ran as the compared one."""
    held = dict(session.laboratory.inputs.settings)
    session.change(compare=held, settings={**held, "lab.risk_appetite": BOLD})
    session.reset()


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
