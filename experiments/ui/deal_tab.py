"""The tab of the deal desk: deals are written, the required line moves at once; Reset runs them."""

import solara

from abm.errors import BadInput
from agents.world_files.magnitudes import CONFIRM
from experiments.ui import charts, deal_desk
from experiments.ui.parts import Chart, Words
from experiments.words import percent

NOBODY = "nobody"
FIRST = {"gw": 2.0, "price": 13.3, "years": 5.0, "share": 0.0, "confirm": False}
MEANT = "The size is meant, however large"


@solara.component
def Deals(session):
    """Build deals and see which year they make impossible."""
    _ = session.pulse.value
    lab, shade = session.picture, session.shade.value
    draft, set_draft = solara.use_state(dict(FIRST))
    if lab.main is None:
        return
    Words("Add deals of your own to those signed in public. The line of required revenue moves at once. Reset runs the deals.")
    Draft(session, draft, set_draft)
    rows = session.inputs.value.deals
    for place, row in enumerate(rows):
        with solara.Row(classes=["deal"], gap="8px"):
            Words(said(row), "span")
            solara.Button("Remove", on_click=lambda place=place: remove(session, place), text=True, small=True, classes=["deal-remove"])
    if not lab.age:
        Words("Press ▶ first, because deals are compared with the fan of revenue.", classes=["hint"])
        return
    main = lab.main
    revenue, required = main.values("revenue_total"), main.values("required_revenue")
    running = {repr(row) for row in lab.inputs.deals}
    added = deal_desk.read([row for row in rows if repr(row) not in running])
    margins = margins_of(main.opening)
    found = deal_desk.verdict(revenue, required, added, margins, main.opening.start)
    for line in deal_desk.words(found):
        Words(line, classes=["verdict"])
    more = deal_desk.required_with(required, added, margins, main.opening.start)
    beside = (revenue, more, "with the deals") if added else None
    option = charts.fan(lab.horizon, lab.inputs.quarters, revenue, required, None, lab.marks, session.cursor.value, shade, other=beside)
    Chart(option, "One line is required revenue as it runs, and the other adds the deals. " + charts.READING["fan"], 420, "desk")


@solara.component
def Draft(session, draft, set_draft):
    """The form of a deal."""
    opening = session.picture.main.opening
    labs = [name for name, alive in zip(opening.names["labs"], opening.columns["labs"]["alive"], strict=True) if alive]
    starts = session.picture.horizon
    now = {"tenant": labs[0], "owner": opening.names["clouds"][0], "start": starts[min(4, len(starts) - 1)], "vendor": NOBODY, **draft}

    def put(key):
        return lambda value: set_draft({**draft, key: value})

    with solara.Div(classes=["desk-form"]):
        solara.Select("Lab", value=now["tenant"], values=labs, on_value=put("tenant"), classes=["deal-tenant"])
        solara.Select("Owner of compute", value=now["owner"], values=list(opening.names["clouds"]), on_value=put("owner"))
        solara.InputFloat("Compute [GW]", value=now["gw"], on_value=put("gw"), classes=["deal-gw"])
        solara.InputFloat("Price [$bn per GW-year]", value=now["price"], on_value=put("price"))
        solara.InputFloat("Length [years]", value=now["years"], on_value=put("years"))
        solara.Select("First delivery", value=now["start"], values=starts, on_value=put("start"), classes=["deal-start"])
        solara.Select(
            "Vendor who pays a part in advance", value=now["vendor"], values=[NOBODY, *opening.names["vendors"]], on_value=put("vendor")
        )
        solara.InputFloat("Vendor's part of all rent [share]", value=now["share"], on_value=put("share"))
        solara.Switch(label=MEANT, value=now["confirm"], on_value=put("confirm"), classes=["deal-confirm"])
        solara.Button("Add the deal", on_click=lambda: add(session, now), color="primary", classes=["deal-add"])


def row_of(form):
    """A deal as a row; a vendor only where he pays, and `confirm` only where it is ticked."""
    row = {key: form[key] for key in ("tenant", "owner", "gw", "start", "price", "years")}
    row |= {"confirm": True} if form.get("confirm") else {}
    paid = form["vendor"] != NOBODY and form["share"] > 0
    return {**row, "vendor": form["vendor"], "share": form["share"]} if paid else row


def add(session, form):
    """Put a deal on the desk, or say why not."""
    try:
        deals = (*session.inputs.peek().deals, row_of(form))
        deal_desk.read(deals)
        session.changed_inputs(deals=deals).opening()
    except (BadInput, TypeError) as error:
        session.message.set(str(error).replace(CONFIRM, f"if that is meant, tick {MEANT!r}"))
        return
    session.message.set("")
    session.change(deals=deals)


def remove(session, place):
    """Take a deal off the desk."""
    deals = session.inputs.peek().deals
    session.change(deals=deals[:place] + deals[place + 1 :])


def said(row):
    """A deal in words."""
    paid = f", {percent(row['share'])} of the rent paid in advance by {row['vendor']}" if row.get("vendor") else ""
    what = f"{row['tenant']} rents {row['gw']:g} GW of {row['owner']} from {row['start']}"
    return f"{what} at ${row.get('price', FIRST['price']):g}bn per GW-year for {row.get('years', FIRST['years']):g} years{paid}"


def margins_of(opening):
    """{lab: part of revenue that is left after other costs}."""
    ratios = opening.columns["labs"]["opex_ratio"]
    return {name: 1 - float(ratio) for name, ratio in zip(opening.names["labs"], ratios, strict=True)}
