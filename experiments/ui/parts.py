"""Small pieces every tab uses: a chart with its reading aid, a heading, a table."""

import json
from collections.abc import Callable
from html import escape

import solara
import traitlets
from solara.components.echarts import EchartsWidget

TITLES = {
    "fan": "Revenue of AI labs against what commitments require",
    "difference": "What the change does to the revenue of AI labs",
    "survival": "Share of futures in which each firm still stands",
    "desk": "Required revenue with a deal added",
    "atlas": "Results of a shipped question",
    "money": "Who pays, owns and owes whom",
    "balance": "What the firm owns and owes",
    "cone": "What the lab expected of its revenue, and what came",
    "plans": "Plans of the lab beside what came",
    "wall": "Commitments of the lab by year",
    "incomes": "Income of the lab, model by model and as a company",
}


class Figure(EchartsWidget):
    """Solara's own ECharts widget, quicker: the chart travels as text, so that nobody walks through it, and is drawn when it is seen."""

    template_file = (__file__, "figure.vue")
    drawn = traitlets.Unicode("{}").tag(sync=True)  # the option as JSON
    title = traitlets.Unicode("").tag(sync=True)  # of a picture taken along
    file = traitlets.Unicode("chart").tag(sync=True)  # its name


@solara.component_vue("dark.vue")
def Dark(event_seen: Callable[[bool], None]):
    """Tells whether the page is dark, also where it follows the system: Solara's own trait does not know then."""


@solara.component_vue("aids.vue")
def Aids():
    """Names and roles for those who do not see the page, where the toolkit gives none."""


@solara.component_vue("begin.vue")
def Begin():
    """Presses ▶ once, when the page is there; not for whoever asks for less motion."""


@solara.component_vue("copy.vue")
def CopyLink(query: str):
    """A button that puts the address with these settings on the clipboard. query: of the address, without its question mark."""


def Chart(option, reading="", height=320, name="", on_click=None):
    """A chart and, under it, a sentence that says how to read it. name: a class for tests and styles."""
    title = TITLES.get(name) or option.get("title", {}).get("text") or name
    return Drawn(json.dumps(option), reading, height, name, on_click, title)


@solara.component
def Drawn(text, reading, height, name, on_click, title):
    """A chart as JSON: a string is compared at once, where the page would walk through a dictionary at every drawing."""
    with solara.Div(classes=["figure", f"figure-{name}"]):
        Figure.element(
            drawn=text,
            title=title,
            file=name or "chart",
            on_click=on_click,
            attributes={"style": f"height: {height}px; width: 100%", "role": "img", "aria-label": reading},
            responsive=True,
        )
        if reading:
            solara.v.Html(tag="p", class_="reading", children=[reading])


@solara.component
def Words(text, tag="p", classes=()):
    """Plain text in a tag; never read as HTML."""
    solara.v.Html(tag=tag, class_=" ".join(classes), children=[str(text)])


@solara.component
def Table(head, rows, name=""):
    """A table of words and numbers, escaped."""
    cells = "".join(f"<th>{escape(str(cell))}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    solara.HTML(
        tag="div", classes=["scroll", name], unsafe_innerHTML=f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
    )


def columns(sizes_wide=2):
    """A grid that becomes one column on a narrow screen."""
    return solara.Div(classes=["grid", f"grid-{sizes_wide}"])


@solara.component
def Fold(title, draw, opened=False, name=""):
    """A heading that unfolds; what is folded is not made at all, so that the page stays light. draw: called without arguments; name: a
    class for tests and styles."""
    is_open, set_open = solara.use_state(opened)
    with solara.Div(classes=["fold", "fold-open" if is_open else "fold-closed", name]):
        sign = "mdi-chevron-up" if is_open else "mdi-chevron-down"
        about = {"aria-expanded": str(is_open).lower()}
        solara.Button(title, icon_name=sign, on_click=lambda: set_open(not is_open), text=True, classes=["fold-head"], attributes=about)
        if is_open:
            draw()
