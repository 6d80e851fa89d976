"""The report of a run: one HTML file that needs no network, from a manifest, a summary and the opening it started from."""

import shlex
from dataclasses import replace
from html import escape

from experiments.analysis import doubt_words as doubt
from experiments.analysis.figures import figures
from experiments.analysis.money import money_graph_svg
from experiments.analysis.page import embedded, figure, key_of, page, tiles
from experiments.analysis.plan_figures import planned
from experiments.analysis.tables import input_tables, story_list, table, year_table
from experiments.figures import data
from experiments.inputs import ADDRESS_LENGTH, Inputs
from experiments.stories.events import listed
from experiments.summary import HIGH, LOW, MIDDLE
from experiments.words import (
    CAVEAT,
    NATURES,
    SHORT_IS_NO_FAILURE,
    between,
    covered,
    dollars,
    events_shown,
    futures,
    headline,
    held_sentence,
    income_sentence,
    percent,
)

SECTIONS = (
    ("cone", "How wide is the cone"),
    ("doubt", "Luck and doubt"),
    ("failures", "Who fails"),
    ("promised", "What was promised"),
    ("money", "Who funds whom"),
    ("worst", "The worst world"),
    ("inputs", "What went in"),
)


def write_report(path, manifest, summary, opening):
    """Write the page to a path."""
    path.write_text(report(manifest, summary, opening), encoding="utf-8")


def report(manifest, summary, opening):
    """The whole page as text. All names are escaped; nothing on it is loaded from anywhere."""
    inside = [doubt.bands(summary)] if "doubt" in summary else []
    charts = {item.key: item for item in (*figures(summary).values(), planned(summary), *inside) if item}
    body = "\n".join(
        [
            _header(manifest, summary),
            "<main>",
            _cone(summary, charts, "luck and in what is uncertain" if manifest["inputs"].get("doubt") else "luck alone"),
            *([_doubt(summary["doubt"], charts)] if inside else []),
            _failing(summary, charts),
            _promised(charts),
            _money(summary, charts),
            _worst(summary),
            _inputs(manifest, opening),
            "</main>",
            _footer(manifest),
        ]
    )
    specs = "\n".join(embedded(item) for item in charts.values())
    return page(manifest["world"]["title"], body, specs)


def _header(manifest, summary):
    world, inputs = manifest["world"], manifest["inputs"]
    about = f"{escape(world['title'])} · {futures(inputs['worlds'])} of {inputs['quarters']} quarters · seed {inputs['seed']}"
    links = "".join(f'<a href="#{key}">{title}</a>' for key, title in SECTIONS if key != "doubt" or key in summary)
    return f"""<header>
<p class="kicker">Overreach · {about}</p>
<h1>{escape(headline(summary))}</h1>
<p class="caveat">{escape(CAVEAT)} {escape(world["caveat"])}</p>
{tiles(_tiles(summary))}
<nav>{links}</nav>
</header>"""


def _tiles(summary):
    """Key numbers: what they are, the value, and what it means."""
    years, found = summary["years"], summary["pressure"]
    middle = years[len(years) // 2]
    cover, circle, through = found["p10_coverage"], found["circularity"], found["look_through"]
    worth, frontier, serving = (summary["welfare"][name][MIDDLE] for name in ("welfare", "frontier", "mean_serving_gw"))
    return [
        *((name, percent(event["share"]), f"95 % interval {between(event)}; {rule}") for name, event, rule in events_shown(summary)),
        (
            f"Revenue {middle['year']}",
            dollars(middle["revenue"][MIDDLE]),
            f"a year in the median world ({dollars(middle['revenue'][LOW])} to {dollars(middle['revenue'][HIGH])}); "
            f"required: {dollars(middle['required'][MIDDLE])}",
        ),
        (
            "P10 coverage",
            _now_and(cover, covered),
            f"at the opening, then the worst of each world (half of them by {summary['quarters'][cover['when']]}); below 1x, revenue "
            "alone does not pay",
        ),
        ("Money in circles", _now_and(circle, percent), "share of payments among firms in the first year, then the peak of each world"),
        (
            "Look-through revenue",
            _now_and(through, percent),
            "share of vendor sales that final customers pay for, in the first year, then the lowest",
        ),
        (
            "Worth to users",
            dollars(worth),
            f"what users would have paid over all years, in the median world. On average {serving:.3g} GWe served them, and the frontier "
            f"ends {frontier:.1f} OOM (powers of ten of effective training compute) above 2023",
        ),
    ]


def _now_and(found, said):
    return f"{said(found['now'][MIDDLE])} → {said(found['worst'][MIDDLE])}"


def _section(key, text, content):
    return f'<section id="{key}"><h2>{dict(SECTIONS)[key]}</h2><p>{escape(text)}</p>{content}</section>'


def _figure(charts, key, wide=False):
    return figure(charts[key], wide)


def _cone(summary, charts, differ):
    reading = (
        "In $bn at annual rate. Short is the share of worlds that earn less than required. Labs' income is that of the year in the "
        "median world."
    )
    table = f"<figure><h3>End of each year</h3><figcaption>{reading}</figcaption>{year_table(summary)}</figure>"
    money = f"{SHORT_IS_NO_FAILURE} {income_sentence(summary)} {held_sentence(summary)}"
    text = f"All worlds have the same firms, contracts and rules. They differ in {differ}. {money}"
    return _section(
        "cone", text, f'<div class="grid">{_figure(charts, "revenue", wide=True)}{table}{_figure(charts, "p10_coverage")}</div>'
    )


def _doubt(found, charts):
    parts = [table(doubt.COLUMNS, doubt.rows(found), doubt.COLUMNS[1:])]
    if carriers := doubt.carriers(found):
        text = "Numbers that carry most, by how far an outcome's distribution moves when the number is held in a tenth of its prior (PAWN)."
        parts.append(f"<p>{text}</p>{table(doubt.CARRYING, carriers, doubt.CARRYING[3:5])}")
    notes = "".join(f"<p>{escape(text)}</p>" for text in (doubt.unclear_sentence(found), doubt.held_sentence(found)) if text)
    shown = f'<figure class="wide"><div class="scroll">{"".join(parts)}</div>{notes}</figure>'
    return _section("doubt", doubt.design_sentence(found), f'<div class="grid">{_figure(charts, "doubt", wide=True)}{shown}</div>')


def _failing(summary, charts):
    safe = [row["firm"] for row in summary["firms"] if row["trials"] and not row["count"]]
    text = "A firm fails if it cannot pay what is due and nobody puts up the money."
    if safe:
        text += f" These fail in no world: {listed(safe)}."
    return _section("failures", text, f'<div class="grid">{_figure(charts, "failures")}{_figure(charts, "survival")}</div>')


def _promised(charts):
    text = "Take-or-pay contracts are due whether the compute is used or not, one to two years after somebody had to guess the revenue."
    names = ["implied"] if "implied" in charts else []
    figures_shown = "".join(_figure(charts, name) for name in (*names, "minsky"))
    only = ' class="grid"' if names else ""
    wide = "".join(f'<div class="grid">{_figure(charts, name, wide=True)}</div><br>' for name in ("wall", "planned") if name in charts)
    return _section("promised", text, f"{wide}<div{only}>{figures_shown}</div>")


def _money(summary, charts):
    money = summary["money"]
    key = key_of([*zip(NATURES.values(), ("@sky", "@green", "@orange")), ("Goes in a circle", "@vermilion")])
    drawing = data.money("The money graph", data.edges_of(money, "first year"), money["circling"])
    reading = (
        f"{drawing.finding} Widths are $bn in the first year, as means over worlds. Red is the part that comes back to where it started. "
        f"Links that are too thin to see add up to {dollars(money['left_out'])}."
    )
    graph = (
        f'<figure class="wide"><h3>{drawing.title}</h3><figcaption>{escape(reading)}</figcaption>{key}'
        f'<div class="scroll" tabindex="0">{money_graph_svg(money)}</div>{_link_table(money)}</figure>'
    )
    text = (
        "Follow a dollar from the left: it goes from customers, investors and lenders to labs, owners of compute and vendors of chips, "
        "and back."
    )
    return _section("money", text, f'<div class="grid">{graph}{_figure(charts, "circularity")}{_figure(charts, "look_through")}</div>')


def _link_table(money):
    rows = "".join(
        f"<tr><td>{escape(link['from'])}</td><td>{escape(link['to'])}</td><td>{NATURES[link['nature']]}</td>"
        f'<td class="n">{dollars(link["amount"])}</td><td class="n">{percent(link["circling"])}</td></tr>'
        for link in money["links"]
    )
    head = '<tr><th>From</th><th>To</th><th>What</th><th class="n">First year</th><th class="n">In a circle</th></tr>'
    return f'<details><summary>The links as a table</summary><div class="scroll"><table>{head}{rows}</table></div></details>'


def _worst(summary):
    text = (
        f"World {summary['worst_world']} is the one in which most went wrong, and its books tell what happened. Years in which a firm "
        "fails are unfolded."
    )
    return _section("worst", text, story_list(summary["story"]))


def _inputs(manifest, opening):
    world = manifest["world"]
    text = f"{world['purpose']} Every number below carries its source; an assumption says that it is one."
    return _section("inputs", text, input_tables(manifest, opening))


def _footer(manifest):
    versions = ", ".join(f"{name} {number}" for name, number in manifest["versions"].items())
    return f"""<footer><p>{escape(CAVEAT)}</p>
<p>The same command with the same code gives the same bytes. Any world can be run again alone.</p>
<pre>{escape(command(manifest))}
overreach story {manifest["address"][:ADDRESS_LENGTH]} --world 0</pre>
<p>Run {manifest["address"]}. {escape(versions)}.</p></footer>"""


def command(manifest):
    """The command line that makes this run again."""
    inputs = manifest["inputs"]
    parts = ["overreach", "run", *replace(Inputs.of(inputs), world=manifest["world"]["name"]).options()]
    parts += ["--doubt"] if inputs.get("doubt") else []
    parts += ["--priors=FILE"] if inputs.get("priors") else []
    return shlex.join(parts)
