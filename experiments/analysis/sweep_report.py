"""The report of a sweep: one HTML file that needs no network and leads with the question and its answer, from stored results."""

from html import escape
from pathlib import Path
from shlex import quote

from experiments.analysis import findings as numbers
from experiments.analysis.findings import axis, cells, failures, levels
from experiments.analysis.outcomes import called, outcome, quoted
from experiments.analysis.page import embedded, figure, page, tiles
from experiments.analysis.sweep_answer import answer, counted, gather, in_short
from experiments.analysis.sweep_figures import exchange, first_figures, multiples, over_time, tornado, unknowns
from experiments.analysis.tables import details, table
from experiments.declarations import declarations
from experiments.engine.cases import deal_label
from experiments.engine.question import shipped
from experiments.words import CAVEAT, significant

PAGE = "report.html"
MOST_ADDRESSES = 3


def write_sweep_report(results):
    """Write the page beside the stored results of a sweep and return its path. Raises BadInput if there are none."""
    found = gather(results)
    path = Path(found.folder) / PAGE
    path.write_text(sweep_report(found), encoding="utf-8")
    return path


def sweep_report(found):
    """The whole page as text. All names are escaped; nothing on it is loaded from anywhere."""
    shown = (_lead, _map, _levers, _unknowns, _paths) if len(found.whole) else ()
    sections = [part for make in (_answer, *shown, _asked) if (part := make(found))]
    links = "".join(f'<a href="#{key}">{escape(title)}</a>' for key, title, _, _, _ in sections)
    body = "\n".join([_header(found, links), "<main>", *map(_section, sections), "</main>", _footer(found)])
    specs = "\n".join(embedded(item) for _, _, _, _, items in sections for item in items)
    return page(found.question.question, body, specs)


def _header(found, links):
    question = found.question
    about = f"{escape(question.title or question.name)} · {escape(question.world)} · {escape(counted(found)).removesuffix('.')}"
    return f"""<header>
<p class="kicker">Overreach · {about}</p>
<h1>{escape(question.question)}</h1>
<p class="lead">{escape(in_short(found))}</p>
<p class="caveat">{escape(CAVEAT)}</p>
{tiles(_tiles(found))}
<nav>{links}</nav>
</header>"""


def _tiles(found):
    """An outcome over all runs, each with its interval: the leading one, the welfare beside it, then the others."""
    rows = []
    for name in found.outcomes:
        item, whole = outcome(name), numbers.estimate(found.runs, name)
        if whole.runs:
            what = "of runs" if item.is_event else item.unit or "mean"
            meaning = f"{what}; 95 % interval {item.between(whole.low, whole.high)}, {whole.runs:,} runs"
            rows.append((item.label, item.amount(whole.mean), meaning))
    return rows


def _section(part):
    key, title, text, content, _ = part
    return f'<section id="{key}"><h2>{escape(title)}</h2><p>{escape(text)}</p>{content}</section>'


def _answer(found):
    cards = "".join(
        f'<figure><h3>{escape(head)}</h3><ul class="said">{"".join(f"<li>{escape(text)}</li>" for text in sentences)}</ul></figure>'
        for head, sentences in answer(found)
    )
    text = (
        "All numbers are computed from the stored runs. In brackets is the 95 % interval. A change compares the same futures with one "
        "thing set otherwise."
    )
    return "answer", "The answer", text, f'<div class="grid">{cards}</div>', ()


def _lead(found):
    """The figures of the analysis that the question names."""
    if not found.lead or not found.lead.figures:
        return None
    items = found.lead.figures
    return "lead", "What was asked, in a picture", found.lead.sentences[0], "<br>".join(figure(item) for item in items), items


def _map(found):
    items = first_figures(found.question, found.whole, found.axes, found.effects)
    other = exchange(found.question, found.whole, found.axes)
    shown = "<br>".join(figure(item) for item in items)
    shown += f"<br>{figure(other)}" if other else ""
    text = "Risk stands beside what is gained, because a setting is not bad only because it is bold."
    return "map", "Where it happens", text, shown, (*items, *([other] if other else []))


def _levers(found):
    if not found.effects:
        return None
    names = [name for name in (found.axes.outcome, found.axes.welfare) if name]
    first = first_figures(found.question, found.whole, found.axes, found.effects)
    items = [] if first[0].key == "tornado" else [tornado(found.effects, names)]
    if len(levels(found.question, found.runs)) > 1:
        items += [multiples(found.question, found.whole, name) for name in names]
    tables = details("All changes", len(found.effects), effects_table(found)) + details("All settings", *_cells_table(found))
    text = "Every change compares the same futures with everything else set alike, and it is averaged over the other settings."
    return "levers", "What each lever does", text, "<br>".join(figure(item) for item in items) + tables, items


def effects_table(found):
    """Every change of every outcome, as HTML."""
    rows = [
        (
            each.title,
            f"{each.base} → {each.level}",
            outcome(each.outcome).label,
            outcome(each.outcome).change(each.found),
            f"{each.found.runs:,}",
        )
        for each in found.effects
        if each.found.runs
    ]
    return table(("Lever", "From → to", "Outcome", "Change (95 %)", "Pairs"), rows, ("Pairs", "Change (95 %)"), "plain")


def settings_table(found):
    """Every setting with its outcomes: (axes of its rows, outcomes, [(places, [Estimate of each outcome])])."""
    question = found.question
    known = levels(question, found.runs)
    lying = [axis(question, found.whole, name) for name in known if not question.table.rows or name in question.table.rows]
    names = question.table.outcomes or found.outcomes
    by_outcome = [cells(found.whole, lying, name) for name in names]
    return lying, names, [(place, [each[place] for each in by_outcome]) for place in by_outcome[0]]


def _cells_table(found):
    lying, names, rows = settings_table(found)
    head = (*(each.title for each in lying), "Runs", *(outcome(name).label for name in names))
    shown = [
        (*(each.labels[k] for each, k in zip(lying, place)), f"{estimates[0].runs:,}", *map(_said, map(outcome, names), estimates))
        for place, estimates in rows
    ]
    return len(rows), table(head, shown, head[len(lying) :], "plain")


def _said(item, each):
    return f"{item.amount(each.mean)} ({item.between(each.low, each.high)})" if each.runs else "-"


def _unknowns(found):
    items = unknowns(found.question, found.whole, found.axes.outcome)
    if not items:
        return None
    text = (
        "Nobody knows these inputs, so they are sampled within the ranges that the question states. A wider range makes an input matter "
        "more."
    )
    return "unknowns", "What we do not know", text, "<br>".join(figure(item) for item in items), items


def _paths(found):
    known = list(levels(found.question, found.runs))
    best = next(iter(numbers.strongest(found.effects, found.axes.outcome)), None)
    lever = next((name for name in (found.question.figure.panels, best, *known) if name in known), None)
    items = over_time(found.question, found.runs, found.folder, lever)
    if not items:
        return None
    text = f"By values of the {called(found.question, lever)}, averaged over all other settings." if lever else "All runs."
    return "paths", "How it goes over time", text, "<br>".join(figure(item) for item in items), items


def _asked(found):
    question, manifest = found.question, found.manifest
    meanings = {row.name: f"{row.meaning} [{row.unit}]" for row in declarations()}
    rows = [(name, _values(values), meanings.get(_plain(name), "named settings")) for name, values in question.levers.items()]
    rows += [
        (name, f"{significant(row.low)} to {significant(row.high)}, {row.scale}", meanings.get(_plain(name), ""))
        for name, row in question.uncertainties.items()
    ]
    rows += [(name, significant(value), f"held; {meanings.get(_plain(name), '')}") for name, value in question.settings.items()]
    rows += [
        (str(row.get("label", row.get("name", ""))), ", ".join(f"{k} {v}" for k, v in row.items() if k != "name"), "shock")
        for row in question.shocks
    ]
    rows += [
        (deal_label(row), ", ".join(f"{k} {significant(v)}" for k, v in row.items() if k != "label"), "deal") for row in question.deals
    ]
    parts = [details("What was varied and held", len(rows), table(("Name", "Value", "Meaning"), rows, ()), is_open=True)]
    lost = failures(found.runs)
    if lost:
        shown = [(reason, f"{count:,}", address) for reason, count, address in lost]
        parts.append(
            details(
                "Runs that failed", sum(row[1] for row in lost), table(("Reason", "Runs", "One of them"), shown, ("Runs",)), is_open=True
            )
        )
    parts.append(details("Runs to look at", "by their addresses", _addresses(found)))
    given = {
        "code of the model": manifest["code"],
        **{f"world {name}": print_ for name, print_ in manifest["worlds"].items()},
        **manifest["versions"],
    }
    parts.append(details("Code, worlds and versions", len(given), table(("What", "Version"), list(given.items()))))
    return "asked", "How it was asked", f"{counted(found)} {CAVEAT}", "".join(parts), ()


def _plain(name):
    """The declared name of a setting that may be of one firm: "lab.risk_appetite" of "lab.lab A.risk_appetite"."""
    parts = name.split(".")
    return f"{parts[0]}.{parts[-1]}"


def _values(values):
    return ", ".join(quoted(numbers.label(value)) for value in values)


def _addresses(found):
    """A few runs at either end of the leading outcome."""
    name = found.axes.outcome
    ranked = found.whole.sort_values([name, "point", "seed"], kind="stable")
    ends = [*ranked.head(MOST_ADDRESSES).to_dict("records"), *ranked.tail(MOST_ADDRESSES).to_dict("records")]
    varied = [*levels(found.question, found.runs), *numbers.sampled_names(found.question)]
    shown = [
        (
            row["address"],
            ", ".join(f"{called(found.question, key)} {quoted(numbers.label(row[key]))}" for key in varied),
            str(row["seed"]),
            _one(name, row[name]),
        )
        for row in ends
    ]
    return table(("Name", "Setting", "World", outcome(name).label), shown, ("World",))


def _one(name, value):
    return ("yes" if value else "no") if outcome(name).is_event else outcome(name).amount(value)


def _footer(found):
    name, seeds = found.question.name, found.question.seeds
    asked = f"{name} --worlds {seeds}" if name in shipped() else f"{quote(f'{name}.toml')} --worlds {seeds}   # the file of the question"
    folder, asked = escape(quote(f"results/{name}")), escape(asked)
    first = found.runs["address"].iloc[0]
    return f"""<footer><p>{escape(CAVEAT)}</p>
<p>The same command with the same code gives the same bytes. Any run can be opened again exactly.</p>
<pre>overreach sweep {asked}
overreach report {folder}
overreach open {folder} --run {first}</pre>
<p>Code {escape(found.manifest["code"])}.</p></footer>"""
