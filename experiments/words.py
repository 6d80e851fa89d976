"""How a summary is said: the headline, percentages with their intervals, and the caveat, the same on the terminal and on the page."""

import numpy as np

from abm.beliefs.projection import NEVER
from abm.failure.crisis import CREDIT_STOP, CRISIS, PARTS, RULE
from experiments.stories.events import DUST, THOUSAND, count, level, money, said

PERCENT = 100  # unit conversion
NO_BOUND = NEVER  # how a measure says that there is nothing to measure
ENDLESS = {"x": "no bound", "years": "not in sight", "quarters": "not in sight"}  # said of it, by unit
SMALL = 0.005  # a share that would round to nothing
CAVEAT = "These are scenarios, not forecasts, and not investment advice: they say what follows from stated assumptions."
SHORT_IS_NO_FAILURE = (
    "A year that falls short of what is required is not yet a failure, because cash, new equity and owners' money can pay the difference. "
    "A crisis comes only where they no longer do. Many futures therefore fall short, and few see a crisis."
)
NAMES = {  # of events, the same everywhere
    CRISIS: "Crisis",
    "systemic_event": "Systemic event",
    "owners_event": "Owners' event",
    "creditors_event": "Creditors' event",
    CREDIT_STOP: "Credit stop",
}
NATURES = {"purchase": "Purchases", "equity": "New equity", "loan": "Loans drawn"}


def percent(share):
    """A share in words: "12 %", "<1 %", "0 %", "100 %" only if it is."""
    if 0 < share < SMALL:
        return "<1 %"
    if 1 - SMALL < share < 1:
        return ">99 %"
    return f"{share * PERCENT:.0f} %"


def interval(found):
    """A probability with its interval: "12 % (9 to 16 %)"."""
    return f"{percent(found['share'])} ({between(found)})"


def between(found):
    """The Wilson interval in words: "9 to 16 %"."""
    return f"{found['low'] * PERCENT:.0f} to {found['high'] * PERCENT:.0f} %"


def dollars(billions):
    """$bn in words with a sign where it is below nothing: "$34tn", "-$3.0bn", "$450m", "$0"."""
    if not np.isfinite(billions) or abs(billions) < DUST:
        return "$0" if np.isfinite(billions) else "-"
    return signed_money(billions)


def signed(value, in_words):
    """A change in words, with its sign in front: "+3 points" of 3, "-$2.0bn", "0". in_words: says a size."""
    text = in_words(abs(value))
    return text if text in ("0", "$0", "-") else f"{'-' if value < 0 else '+'}{text}"


def times(ratio):
    """A ratio in words: "0.43x"."""
    return f"{said(ratio)}x"


def covered(ratio):
    """A coverage in words: "0.43x"; "nothing due" where there is nothing to cover."""
    return "nothing due" if ratio >= NO_BOUND else times(ratio)


def appetite(item):
    """An implied quantile in words: "P7", or "≤ P2" and "≥ P98" at the ends."""
    end = "≤ " if item["at_most"] else "≥ " if item["at_least"] else ""
    return end + level(item["quantile"])


def futures(number):
    """So many worlds: "500 futures"."""
    return "one future" if number == 1 else f"{number:,} futures"


def most_promised(summary):
    """The lab with the largest commitments at the opening, as its row among firms."""
    promised = [sum(rents) for rents in summary["wall"]["opening"]]
    return summary["firms"][promised.index(max(promised))]


def headline(summary):
    """The one sentence to remember."""
    first, start = most_promised(summary), summary["quarters"][0]
    if summary["worlds"] == 1:
        event = "there is a crisis" if summary["events"][CRISIS]["count"] else "there is no crisis"
        fate = "fails" if first["count"] else "survives"
        return f"In one future from {start}, {event}, and {first['firm']} {fate}."
    event, fails = percent(summary["events"][CRISIS]["share"]), percent(first["share"])
    return f"Of {futures(summary['worlds'])} from {start}, {event} see a crisis. {first['firm']} fails in {fails} of all futures."


def income_sentence(summary):
    """When labs together earn money, in the median over futures of each year, or that they never do."""
    years, middle = summary["years"], len(summary["levels"]) // 2
    income = [row["income"][middle] for row in years]
    where = "In this future" if summary["worlds"] == 1 else "In the median future"
    whole = f"{where}, the operating income of all labs together"
    lost = [number for number, amount in enumerate(income) if amount <= 0]
    if not lost:
        return f"{whole} is positive in every year."
    worst = min(range(len(income)), key=income.__getitem__)
    loss = f"The largest loss is {dollars(-income[worst])} in {years[worst]['year']}."
    if len(lost) == len(income):
        return f"{whole} is negative in every year, and investors and parents pay the difference. {loss}"
    if lost[-1] == len(income) - 1:
        last = max(set(range(len(income))) - set(lost))
        return f"{whole} is negative again from {years[last + 1]['year']} on. {loss}"
    before = " for good" if lost[-1] >= len(lost) else ""
    return f"{whole} turns positive{before} in {years[lost[-1] + 1]['year']}. {loss}"


def held_sentence(summary):
    """What limits revenue in the first whole year and in the last one: demand, compute or the money that compute would have cost."""
    rows = summary["held"]
    chosen = [rows[min(1, len(rows) - 1)], rows[-1]][: 1 if len(rows) < 3 else 2]
    parts = [
        f"In {row['year']}, demand limits {percent(row['held_by_demand'])} of revenue, compute {percent(row['held_by_compute'])} and money "
        f"{percent(row['held_by_money'])}."
        for row in chosen
    ]
    return f"{' '.join(parts)} These shares are means over futures."


def events_shown(summary):
    """The events of a run, the crisis first, then its parts and the credit stop: [(name in words, probability, what counts as one)]."""
    return [(NAMES[name], summary["events"][name], event_rule(name)) for name in (CRISIS, *PARTS, CREDIT_STOP)]


def event_rule(name):
    """What counts as an event of this name."""
    within = f"within {count(RULE.window)} quarters"
    return {
        CRISIS: f"one of three events happens: {', '.join(NAMES[part].lower() for part in PARTS[:-1])} or {NAMES[PARTS[-1]].lower()}",
        "systemic_event": f"labs with {percent(RULE.revenue)} of industry revenue fail {within}",
        "owners_event": f"owners of {percent(RULE.financed)} of debt-financed compute fail {within}",
        "creditors_event": f"{percent(RULE.lost)} of AI loans are lost {within}, or lenders that hold {percent(RULE.held)} of them lose "
        f"{percent(RULE.capital)} of their capital",
        CREDIT_STOP: f"new loans stay below {percent(RULE.slump)} of their mean of the {count(RULE.usual)} quarters before, for "
        f"{count(RULE.in_a_row)} quarters, and spreads are wider than then and than at the opening; this is no part of a crisis",
    }[name]


def shock_texts(shocks):
    """Shocks in words: "loss@2028Q1,firm=OpenAI". shocks: rows {name, at, ...}"""
    rest = ({key: value for key, value in row.items() if key not in ("name", "at")} for row in shocks)
    return " and ".join(
        ",".join([f"{row['name']}@{row['at']}", *(f"{key}={significant(value)}" for key, value in more.items())])
        for row, more in zip(shocks, rest)
    )


def significant(value):
    """A parameter or figure as people write it: no exponent, no more digits than it has."""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= THOUSAND and value == int(value) else f"{value:.6g}"


def with_unit(value, unit):
    """A figure in words: "0.43x", "12 %", "$1.2tn a year", "9.1 GW"; "none" if there is none."""
    if value is None or not np.isfinite(value):
        return "none"
    if unit.startswith("$bn"):
        return signed_money(value) + (" a year" if "year" in unit else "")
    if unit.startswith("share"):
        return percent(value)
    if abs(value) >= NO_BOUND and unit in ENDLESS:
        return ENDLESS[unit]
    if unit == "x":
        return times(value)
    return said(value) if unit in ("index", "0-1", "") else f"{said(value)} {unit}"


def signed_money(billions):
    """As `events.money`, also for what is below nothing: "-$3bn"."""
    return f"-{money(-billions)}" if billions < 0 else money(billions)
