"""The tab with what to take along, what to bring, how to read all this, and where it comes from."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import replace

import solara

from abm.errors import BadInput
from abm.failure.crisis import EVENTS
from experiments.ui import links, takeaway
from experiments.ui.live_ensemble import WORKERS
from experiments.ui.parts import Words
from experiments.ui.worker_pool import Failed, Stopped
from experiments.words import CAVEAT, NAMES, event_rule

MEANING = " ".join(f"{NAMES[name]}: {event_rule(name)}." for name in EVENTS)
HOW = (
    ("What this is", "AI labs must order compute one to two years before they know the revenue that has to pay for it. "
     "A run is many worlds at once. All have the same firms, contracts and rules, and each has its own luck."),
    ("What to try", "Press ▶ and watch revenue against what is required. Then choose the preset “Cautious, and nobody finances his own "
     "customers”, press “Reset with these” and play again. Turn on “Compare” and choose “Bold, with circular finance”: the same futures "
     "under both. Pick the worst world and read its story. Press a shock in the middle of a run. Go back to any quarter with the slider."),
    ("Why circular finance matters", "A lab that must pay the first year of rent itself orders what it can pay for. If a vendor pays that "
     "rent for the lab, the lab can sign more than it could bear, and bold labs do so most. Play “Bold, with circular finance” and "
     "compare it with the dial of circular finance at 0. The sentence above the fan says how often there was a crisis in each. "
     "P10 coverage and Ponzi labs below the fan say why, and the fan shows what it does to revenue."),
    ("What the words mean", "P10 is the value that one world of ten stays below. Required revenue is what would pay "
     "this quarter's take-or-pay rents and "
     "fixed costs. " + MEANING + " Coverage is what is left of revenue, divided by "
     "the rents due. Vendor equity over value of orders is the part of an order that the chip vendor paid for by buying shares of the "
     "buyer. Money in circles is the part of payments among firms that comes back to where it started. A hedge lab can pay all it "
     "owes, a speculative lab only what is due now, and a Ponzi lab not even that."),
)  # fmt: skip


@solara.component
def About(session):
    """Take along, bring, read."""
    lab = session.laboratory
    TakeAlong(session)
    Bring(session)
    for title, text in HOW:
        Words(title, "h2")
        Words(text)
    Words(CAVEAT, classes=["caveat"])
    if lab.main is not None:
        Words(f"World: {lab.main.opening.title}. {lab.main.opening.purpose}")
    Words("overreach parameters lists every number with its source; docs/ has the model, its validation and how to read results.")


@solara.component
def TakeAlong(session):
    """Downloads, and the link."""
    _ = session.pulse.value
    lab = session.laboratory
    if lab.main is None:
        return
    inputs = lab.inputs
    Words("Take it along", "h2")
    with solara.Div(classes=["downloads"]):
        if lab.age:
            solara.FileDownload(lambda: _panel(lab, "parquet"), "panel.parquet", label="Panel, parquet (runs again)")
            solara.FileDownload(lambda: _panel(lab, "csv"), "panel.csv.gz", label="Panel, CSV (gzip, runs again)")
            solara.FileDownload(lambda: takeaway.report(inputs, lab.age, WORKERS), "report.html", label="Offline report (runs again)")
            if lab.other:
                solara.FileDownload(
                    lambda: takeaway.report(replace(inputs, settings=lab.other.inputs.settings), lab.age, WORKERS),
                    "report-compared.html",
                    label="Report of the compared setting (runs again)",
                )
        solara.FileDownload(lambda: takeaway.world_zip(inputs), "world.zip", label="Settings as a world file")
    if not links.can_carry(inputs):
        Words("A link cannot carry a world that you brought yourself. Take the world file instead.", classes=["hint"])
        return
    address = "?" + links.query(inputs, lab.other.inputs.settings if lab.other else None)
    Words("A link with these settings in it:")
    solara.v.Html(tag="a", class_="link", attributes={"href": address}, children=[address])


def _panel(lab, form):
    try:
        return takeaway.panel(lab, form)
    except (Failed, Stopped) as error:
        return f"The panel is not there any more: {error}".encode()


@solara.component
def Bring(session):
    """Upload a world."""
    Words("Bring a world of your own", "h2")

    def read(file):
        try:
            name, size, data = str(file["name"]), int(file["size"]), str(file["data"])
            if max(size, len(data) // 2) > takeaway.LARGEST:
                raise BadInput(f"{name}: has more than {takeaway.LARGEST:,} bytes")
            inputs, _ = takeaway.unpacked(name, base64.b64decode(data, validate=True), session.folder)
        except (BadInput, binascii.Error) as error:
            session.message.set(str(error))
            return
        session.bring(inputs)

    label = "A world.toml, or a zip of a world's folder, up to 4 MB"
    Upload(label=label, largest=takeaway.LARGEST, event_picked=read)


@solara.component_vue("upload.vue")
def Upload(label: str, largest: int, event_picked: Callable[[dict], None]):
    """A file field; what is larger than `largest` bytes is not even sent."""
