"""The tables and the story of a report as HTML, every name and text escaped."""

import re
from collections import Counter
from html import escape

from experiments.declarations import declarations
from experiments.doubt import doubts_of
from experiments.inputs import Inputs
from experiments.summary import HIGH, LOW, MIDDLE
from experiments.words import percent, significant

FALLS = ("default", "lender fails", "lender fails again", "reorganised", "reorganised again", "taken along")
ADDRESS = re.compile(r"https?://[^\s<>\"')\],;]+[^\s<>\"')\],;.]")


def year_table(summary):
    """Revenue at the end of each year beside what is required, and what labs earned in the year, $bn a year."""
    rows = "".join(
        f"<tr><td>{row['year']}</td>"
        + "".join(f'<td class="n">{row["revenue"][place]:,.0f}</td>' for place in (LOW, MIDDLE, HIGH))
        + f'<td class="n">{row["required"][MIDDLE]:,.0f}</td><td class="n">{percent(row["short"])}</td>'
        + f'<td class="n">{row["income"][MIDDLE]:,.0f}</td></tr>'
        for row in summary["years"]
    )
    head = "".join(f'<th class="n">{name}</th>' for name in ("P10", "P50", "P90", "required", "short", "labs' income"))
    return f'<div class="scroll"><table><tr><th>Year</th>{head}</tr>{rows}</table></div>'


def story_list(story):
    """Events by year; a year in which something falls is open."""
    years = dict.fromkeys(event["quarter"][:-2] for event in story)
    return "".join(_year(year, [event for event in story if event["quarter"].startswith(year)]) for year in years)


def _year(year, events):
    falls = sum(event["kind"] in FALLS for event in events)
    told = f"{falls} {'fall' if falls == 1 else 'falls'}" if falls else "quiet"
    lines = "".join(_event(event) for event in events)
    return f'<details{" open" if falls else ""}><summary>{year} <span>· {told}</span></summary><ol class="story">{lines}</ol></details>'


def _event(event):
    kind = "fall" if event["kind"] in FALLS else "follows" if event["follows"] else ""
    cause = f' <span class="cause">Cause: {escape(event["cause"])}.</span>' if event["cause"] and not event["follows"] else ""
    return f'<li class="{kind}"><time>{event["quarter"][-2:]}</time><p>{escape(event["text"])}{cause}</p></li>'


def input_tables(manifest, opening):
    """What the run set, the figures of the opening and all parameters, with their sources."""
    chosen = manifest["inputs"]["settings"]
    shocks = manifest["inputs"]["shocks"]
    parts = []
    if chosen or shocks:
        rows = [(name, significant(value), "set by the user") for name, value in chosen.items()]
        rows += [(shock["name"], shock["at"], "shock") for shock in shocks]
        parts.append(details("Set for this run", len(rows), table(("Name", "Value", "How"), rows), is_open=True))
    if manifest["inputs"].get("doubt"):
        parts.append(_drawn(Inputs.of(manifest["inputs"]), opening))
    parts.append(_figures(opening))
    parts.append(_parameters(opening))
    return "".join(parts)


def _drawn(inputs, opening):
    """The priors that every world of a run in doubt draws from."""
    doubts = doubts_of(inputs, opening)
    rows = [(doubt.name, doubt.prior.law, doubt.prior.bounds, doubt.prior.source) for doubt in doubts]
    return details("What every world draws", len(rows), table(("Name", "Law", "Bounds", "Source"), rows))


def _figures(opening):
    rows = [
        (figure.firm, figure.key.replace("_", " "), significant(figure.value), figure.unit, figure.confidence, figure.source)
        for figure in opening.figures
    ]
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(figure.confidence for figure in opening.figures).most_common())
    head = ("Firm", "Figure", "Value", "Unit", "Confidence", "Source")
    return details("Figures of the opening", kinds or "none", table(head, rows))


def _parameters(opening):
    rows = [
        (row.name, row.meaning + (" (set here)" if row.changed else ""), significant(row.value), row.unit, row.allowed, row.source)
        for row in declarations(given=opening.parameters)
    ]
    return details("Parameters", len(rows), table(("Name", "Meaning", "Value", "Unit", "Allowed", "Source"), rows))


def details(title, count, content, is_open=False):
    """Something to unfold. count: how much of it, or a few words; content: HTML."""
    opened = " open" if is_open else ""
    return f'<details{opened}><summary>{title} <span>· {count}</span></summary><div class="scroll">{content}</div></details>'


def table(head, rows, numbers=("Value",), style="sources"):
    """Rows as a table, all escaped. numbers: titles of columns of numbers."""
    titles = "".join(f"<th{_side(title, numbers)}>{escape(title)}</th>" for title in head)
    lines = "".join("<tr>" + "".join(_cell(title, text, numbers) for title, text in zip(head, row)) + "</tr>" for row in rows)
    return f'<table class="{style}"><tr>{titles}</tr>{lines}</table>'


def _cell(title, text, numbers):
    if title == "Name":
        return f"<td><code>{escape(text)}</code></td>"
    return f"<td{_side(title, numbers)}>{_linked(text) if title == 'Source' else escape(str(text))}</td>"


def _side(title, numbers):
    return ' class="n"' if title in numbers else ""


def _linked(text):
    """A text with the addresses in it as links, which nothing follows unless somebody clicks."""
    escaped = escape(text, quote=False)
    return ADDRESS.sub(lambda match: f'<a rel="noreferrer" href="{match[0]}">{match[0]}</a>', escaped)
