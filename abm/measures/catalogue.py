"""Every measure that a run keeps, with its unit, its shape and its meaning: the one list that `industry.measures()` shows.

A measure is an indicator, a column of a kind of firm, a balance of the books, or one of the few that the recorder adds itself.
"""

from typing import NamedTuple

from abm.engine.population import declared
from abm.errors import BadInput, nearest
from abm.measures.readings import INDICATORS
from abm.measures.record import BY_AGENT, FROM_BOOKS

INDUSTRY = "industry"  # the kind of what is measured once for all firms
ONE_EACH = {"labs": "lab", "clouds": "owner", "vendors": "vendor", "investors": "investor", "lenders": "lender"}


class Measure(NamedTuple):
    """A line of the list. kind: "industry", or the kind of firm that has a value each; label: what a figure calls it."""

    name: str
    kind: str
    label: str
    unit: str
    meaning: str

    @property
    def shape(self):
        """Shape of the values of a whole run, in words."""
        return "[worlds, quarters]" if self.kind == INDUSTRY else f"[worlds, quarters, {self.kind}]"


class Described(tuple):
    """The measures that a name means, one for each kind that has it; typed at the prompt it says unit, shape and meaning."""

    def __repr__(self):
        return "\n".join(f"{item.label} ({item.kind}.{item.name}), {item.unit}, {item.shape}: {item.meaning}" for item in self)

    @property
    def unit(self):
        """Unit of the first."""
        return self[0].unit

    @property
    def shape(self):
        """Shape of the first."""
        return self[0].shape

    @property
    def meaning(self):
        """Meaning of the first."""
        return self[0].meaning


_SHORT_FORMS = {"gw": "GW", "ebitda": "EBITDA"}
_BALANCES = {
    "cash": ("Cash", "deposits at the end of the quarter"),
    "value": ("Market value", "value of its own equity, at market"),
    "debt": ("Debt", "loans and notes that it owes"),
    "loans": ("Loans held", "loans and notes that it holds"),
    "stakes": ("Stakes held", "equity of others that it holds, at market"),
}
_SAID = {  # what no column and no indicator says: (kind, name): (label, unit, meaning)
    ("labs", "gw"): ("Compute in service", "GW", "compute that it rents and that is in service"),
    ("labs", "rent_due"): ("Rent due", "$bn/year", "take-or-pay rent that is due now, at annual rate"),
    ("labs", "commitments"): ("Take-or-pay commitments", "$bn", "what it still has to pay under signed contracts"),
    ("labs", "raised"): ("Equity raised", "$bn/quarter", "new equity that investors paid in"),
    ("labs", "signed_equity"): ("Equity for down-payments", "$bn/quarter", "new equity with which vendors or investors fund its orders"),
    ("labs", "unbuilt_gw"): ("Promised and not built", "GW",
                             "compute it signed for that waits for an owner that cannot pay, or that was given up so far"),
    ("labs", "unbuilt_rent"): ("Rent of what was promised and not built", "$bn/year",
                               "rent of compute it signed for that is not built; nobody owes it before it is"),
    ("labs", "unfunded_gw"): ("Orders nobody could build", "GW/quarter",
                              "compute it wanted in the quarter and for which no owner found equity, or no vendor a slot"),
    ("labs", "unfunded_rent"): ("Rent of orders nobody could build", "$bn/year",
                                "yearly rent of what nobody could build of its orders of the quarter"),
    ("labs", "rent_billed"): ("Rent billed", "$bn/quarter", "rent that owners billed it for the quarter"),
    ("labs", "principal_due"): ("Principal due", "$bn/quarter", "loans and notes of its own that fell due in the quarter"),
    ("labs", "just_released"): ("Model released", "0/1", "1 in a quarter in which it released a model"),
    ("clouds", "gw"): ("Compute in service", "GW", "compute that it owns and that is in service, idle compute too"),
    ("clouds", "delivered_gw"): ("Compute delivered", "GW/quarter", "compute that came into service in the quarter"),
    ("clouds", "financed_gw"): ("Compute on credit", "GW", "compute that its debt pays for: debt over the cost of new compute"),
    ("clouds", "service_due"): ("Debt service due", "$bn/quarter", "interest and repayment that were due in the quarter"),
    ("clouds", "running_due"): ("Running costs due", "$bn/quarter", "power, upkeep, sites and other losses that were due in the quarter"),
    ("clouds", "collateral"): ("Collateral", "$bn", "what the market would pay for its compute, in service and under construction"),
    ("clouds", "idle_gw"): ("Idle compute", "GW", "compute in service without a contract"),
    ("clouds", "construction_lost"): ("Construction written off", "$bn/quarter", "work in progress that cancelled orders made worthless"),
    ("clouds", "impaired"): ("Compute written down", "$bn/quarter", "book value above what the market would pay, written off"),
    ("lenders", "capital"): ("Capital", "$bn", "what bears its losses: book equity, and the capital of its other business"),
    (INDUSTRY, "credit_loss"): ("Credit loss", "$bn/quarter", "loans and notes that lenders lost in the quarter"),
    (INDUSTRY, "cancelled"): ("Chips cancelled", "$bn/quarter", "orders of chips that vendors lost in the quarter"),
    (INDUSTRY, "termination"): ("Claims lost on dead labs", "$bn/quarter", "termination claims of owners that estates could not pay"),
    (INDUSTRY, "token_price"): ("Token price", "$/million",
                              "price of a million tokens of the capability of 2023Q1; no number where no lab has compute"),
    (INDUSTRY, "stalled"): ("Progress stalled", "0/1", "1 while progress of capability has stopped"),
    (INDUSTRY, "breakthrough"): ("Breakthrough", "0/1", "1 from the quarter of the breakthrough on"),
    (INDUSTRY, "equity_lost"): ("Vendor stakes lost", "$bn/quarter", "market value of vendors' stakes in labs that failed in the quarter"),
    (INDUSTRY, "defaulted"): ("Revenue of labs that failed", "share", "part of industry revenue whose labs failed in the quarter"),
    (INDUSTRY, "stall_known"): ("Stall known", "0/1", "1 while labs know that progress has stopped, or may not train"),
    (INDUSTRY, "spot_used"): ("Idle compute hired", "share", "part of idle compute that somebody hires on the spot market"),
    **{(kind, "fails"): ("Failure", "0/1", f"1 in a quarter in which the {one} fails") for kind, one in ONE_EACH.items()},
}  # fmt: skip


def catalogue(industry, kept=None):
    """{(kind, name): Measure} of what a run keeps, in the order of recording. kept: the keys, by default those of the run so far."""
    keys = kept if kept is not None else industry.record.measures or keys_at_first()
    classes = {kind: getattr(industry, kind).kind for kind, _ in keys if kind != INDUSTRY}
    return {(kind, name): measure(kind, name, classes) for kind, name in keys}


def known_measures(classes):
    """Every Measure of a run without a journal, without a model. classes: as in `measure`."""
    return [measure(kind, name, classes) for kind, name in keys_at_first()]


def keys_at_first():
    """The keys that can be known before a quarter was run: columns, balances, indicators and what the recorder adds without a journal."""
    columns = [(kind, name) for kind, names in BY_AGENT.items() for name in (*names, *FROM_BOOKS)]
    stories = {"rent_billed", "principal_due", "just_released", "service_due", "running_due", "collateral", "idle_gw",
               "construction_lost", "impaired", "defaulted", "stall_known", "spot_used"}  # fmt: skip
    added = [key for key in _SAID if key[1] not in stories]
    return list(dict.fromkeys([*columns, *((item.scope, name) for name, item in INDICATORS.items()), *added]))


def of_indicator(name):
    """The Measure of an indicator."""
    item = INDICATORS[name]
    return Measure(name, item.scope, item.label, item.unit, item.reading)


def measure(kind, name, classes):
    """The Measure of a kind and name. classes: {kind: its agents' class}, whose columns say what they are."""
    if name in INDICATORS and INDICATORS[name].scope == kind:
        return of_indicator(name)
    if (kind, name) in _SAID:
        return Measure(name, kind, *_SAID[kind, name])
    if name in FROM_BOOKS:
        label, meaning = _BALANCES[name]
        return Measure(name, kind, label, "$bn", meaning)
    item = declared(classes[kind])[name]
    return Measure(name, kind, _in_words(name), item.unit, item.meaning)


def _in_words(name):
    """A column's name as a label: its words, the first with a capital, short forms as they are written."""
    words = [_SHORT_FORMS.get(word, word) for word in name.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def described(industry, name, kind=None):
    """What a user means by a name, or by a label such as "industry_revenue", as Described. Raises BadInput where nothing fits.

    kind: only this one, of a name that several kinds have
    """
    known = catalogue(industry)
    hits = [item for item in known.values() if name == item.name]
    hits = hits or [item for item in known.values() if _plain(name) == _plain(item.label)]
    hits = [item for item in hits if kind in (None, item.kind)]
    if not hits:
        names = {said for item in known.values() if kind in (None, item.kind) for said in (item.name, _plain(item.label).replace(" ", "_"))}
        whose = f" of {kind}" if kind else ""
        raise BadInput(f"no measure{whose} is called {name!r}; {nearest(name, names) or 'industry.measures() lists them'}")
    return Described(hits)


def _plain(text):
    return str(text).lower().replace("_", " ").replace("-", " ").strip()
