"""Tabs on the picked world: the money graph, a firm looked into, and the story."""

from collections.abc import Callable
from itertools import groupby

import solara

from experiments.figures import data
from experiments.stories.events import money
from experiments.stories.story import chosen_of
from experiments.ui import firm_charts, firm_table, graph, pictures
from experiments.ui.palette import MINSKY
from experiments.ui.parts import Chart, Fold, Table, Words, columns

FEW, MANY = 4, 1000  # sentences a year beside failures
LISTED = 12  # rows of the table of edges


@solara.component
def Waiting(session, glass, seen):
    """Why there is nothing to see yet, and of which world."""
    lab = session.picture
    if glass is None:
        Words("Press ▶ or Step first, because there is nothing to look into before the first quarter.", classes=["hint"])
    elif glass.problem:
        solara.Error(f"World {session.picked.value} could not be looked into: {glass.problem}")
    else:
        Words(f"World {session.picked.value} is run again alone: {seen} of {lab.age} quarters.", classes=["hint"])


def page_of(session):
    """A glimpse of the picked world, the snapshot of the quarter looked at, and its place; the snapshot is None while it is not there."""
    _ = session.pulse.value
    glass, at = session.look(), session.at()
    return glass, None if glass is None else glass.page(at), at


@solara.component
def Money(session):
    """Who pays, owns and owes whom in the picked world."""
    glass, page, at = page_of(session)
    if page is None:
        Waiting(session, glass, glass.age if glass else 0)
        return
    Which(session.picked.value, page.quarter)
    Graph(session, glass, at, session.edges.value)


@solara.component
def Graph(session, glass, at, picture):
    """The picture chosen, of a quarter that is there."""
    page, frame = glass.page(at), glass.frame
    solara.ToggleButtonsSingle(picture, on_value=session.edges.set, values=list(pictures.PICTURES), dense=True, classes=["edges"])
    drawn = solara.use_memo(lambda: pictures.edges(page, frame, picture), [glass.key, at, picture])
    nodes = pictures.nodes(page, frame, drawn)
    option = graph.money_graph(nodes, drawn, pictures.PICTURES[picture], session.shade.value, pictures.everyone(frame))
    sentence = f"{data.money(pictures.PICTURES[picture], drawn).finding} {graph.READING['money_graph']}"
    Chart(option, sentence, 560, "money", on_click=lambda event: open_firm(session, frame, event.get("name")))
    biggest = sorted(drawn, key=lambda edge: -edge["amount"])[:LISTED]
    rows = [(e["payer"], e["payee"], f"{e['amount']:,.1f}", e["what"]) for e in biggest]
    Fold("The largest as a table", lambda: Table(("From", "To", "$bn", "What"), rows, "edges-table"))


def open_firm(session, frame, name):
    """Look into a firm, if it is one."""
    if name and pictures.find(frame, name):
        session.firm.set(name)
        session.show("Firms")


@solara.component
def Which(world, quarter):
    """Of which world and quarter."""
    Words(f"World {world}, {quarter}", "h2", ["which"])


@solara.component
def Firms(session):
    """All firms of all worlds at a glance, or one firm of the picked world."""
    if not session.firm.value:
        Glance(session)
        return
    solara.Button("All firms", icon_name="mdi-arrow-left", on_click=lambda: session.firm.set(""), text=True, classes=["all-firms"])
    glass, page, at = page_of(session)
    if page is None:
        Waiting(session, glass, glass.age if glass else 0)
        return
    Which(session.picked.value, page.quarter)
    frame = glass.frame
    names = [name for kind in pictures.KINDS for name in frame.names[kind]]
    name = session.firm.value if session.firm.value in names else names[0]
    solara.Select("Firm", value=name, values=names, on_value=session.firm.set, classes=["firm"])
    Firm(session, glass, at, glass.age, name).key(f"firm {name}")


@solara.component
def Glance(session):
    """The table of all firms that can fail, of all worlds."""
    _ = session.pulse.value
    lab, at = session.picture, session.at()
    if lab.main is None or not lab.age:
        Words("Press ▶ or Step first, because nothing has happened to any firm before the first quarter.", classes=["hint"])
        return
    FirmsTable(
        rows=firm_table.rows(lab.main, at),
        heads=firm_table.heads(),
        caption=firm_table.caption(lab.quarters[at], lab.inputs.worlds),
        sparks=firm_table.SPARKS,
        event_open=session.firm.set,
    )


@solara.component_vue("firms_table.vue")
def FirmsTable(rows: list, heads: list, caption: str, sparks: str, event_open: Callable[[str], None]):
    """A table that sorts itself; tells the name of the firm that is clicked."""


@solara.component
def Firm(session, glass, at, seen, name):
    """What it is, owns and owes, what it believed and what came. at: place of the quarter; seen: quarters that are there."""
    page = glass.page(at)
    if page is None:
        return
    kind, place = pictures.find(glass.frame, name)
    facts, shade = pictures.state(page, glass.frame, kind, place), session.shade.value
    fate = f"failed in {facts['failed_at']}" if facts["failed_at"] else "in business" if facts["alive"] else "not founded"
    stance = f"; {MINSKY[facts['minsky']]} finance" if facts["minsky"] and facts["alive"] else ""
    Words(f"{name}: {pictures.kind_words(kind)}, {fate}{stance}; worth {money(facts['value'])}.", classes=["headline"])
    with columns(2):
        assets, owed = pictures.balance(page, glass.frame, name)
        Chart(firm_charts.balance(assets, owed, shade), firm_charts.READING["balance"], 320, "balance")
        if kind == "labs":
            lab_charts(glass, at, seen, place, shade)
    if kind == "clouds":
        Words(pictures.earnings_words(page, place), classes=["earnings"])
        Words(pictures.covenant_words(page, place), classes=["covenant"])
    rows = [(key, f"{value:,.4g}") for key, value in pictures.attributes(page, kind, place).items()]
    Fold("Everything the Mesa agent knows", lambda: Table(("Attribute", "Value"), rows, "attributes"))


def lab_charts(glass, at, seen, place, shade):
    """A lab's cone and its plans against what came, its wall of commitments, its models beside the company; no component, or they would
    share one cell of the grid they are drawn in."""
    pages = glass.pages[: max(seen, at + 1)]
    if at >= len(pages):
        return
    quarters, quantiles, happened = pictures.forecast(pages, at, place)
    Chart(firm_charts.cone_chart(pages[at].quarter, quarters, quantiles, happened, shade), firm_charts.READING["cone_chart"], 320, "cone")
    quarters, quantiles, happened = pictures.plans(pages, at, place)
    Chart(firm_charts.plans_chart(quarters, quantiles, happened, shade), firm_charts.READING["plans_chart"], 320, "plans")
    years, amounts = pictures.wall_by_year(pages[at], place)
    sentence = data.commitments(glass.frame.names["labs"][place], years, amounts).sentence
    Chart(firm_charts.wall(years, amounts, [], shade), sentence, 320, "wall")
    models, told, company = pictures.model_incomes(pages, at, place)
    Chart(firm_charts.incomes(models, told, company, shade), firm_charts.READING["incomes"], 320, "incomes")


@solara.component
def Story(session):
    """What happened in the picked world, in words; a click goes to the quarter."""
    glass, page, at = page_of(session)
    if page is None:
        Waiting(session, glass, glass.age if glass else 0)
        return
    Words(f"World {session.picked.value}, as its books tell it", "h2", ["which"])
    Told(session, glass, glass.age, page.quarter)


@solara.component
def Told(session, glass, seen, now):
    """The sentences. seen: quarters that are there; now: the quarter looked at."""
    everything, set_everything = solara.use_state(False)
    solara.Switch(label="Everything, also what mattered little", value=everything, on_value=set_everything, classes=["everything"])
    told = solara.use_memo(lambda: _years(glass.events(), MANY if everything else FEW), [glass.key, seen, everything])
    with solara.Div(classes=["story"]):
        for year, events in told:
            Words(year, "h3", ["year"])
            for place, event in enumerate(events):
                Happening(session, event, str(event.quarter) == now).key(f"{year} {place} {event.text[:40]}")


def _years(events, limit):
    by_year = [(year, list(group)) for year, group in groupby(events, key=lambda event: event.quarter.year)]
    return [(str(year), group if limit == MANY else chosen_of(group, limit)) for year, group in by_year]


@solara.component
def Happening(session, event, here):
    """A sentence and its quarter, both a way to that quarter."""
    place = event.quarter - session.picture.main.opening.start
    because = f" Cause: {event.cause}." if event.cause else ""
    kind = event.kind.replace(" ", "-")
    with solara.Div(classes=["event", f"event-{kind}", "event-here" if here else "event-elsewhere"]):
        solara.Button(str(event.quarter), on_click=lambda: session.cursor.set(place), text=True, small=True, classes=["event-quarter"])
        Words(event.text + because, "span")
