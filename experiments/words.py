"""How a summary is said: the headline, percentages with their intervals, and the caveat, the same on the terminal and on the page."""

from abm.indicators import systemic_event
from experiments.events import THOUSAND, count, level, said

PERCENT = 100  # unit conversion
SMALL = 0.005  # a share that would round to nothing
CAVEAT = "These are scenarios, not forecasts, and not investment advice: they say what follows from stated assumptions."
KIND_NAMES = {
    "labs": "Labs",
    "clouds": "Owners of compute",
    "vendors": "Chip vendors",
    "investors": "Investors",
    "lenders": "Lenders",
    "customers": "Customers",
    "others": "Rest of the economy",
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


def billions(amount):
    """$bn in words: "$1,510bn", "$24bn", "$0.28bn"."""
    return f"${said(amount)}bn"


def times(ratio):
    """A ratio in words: "0.43x"."""
    return f"{said(ratio)}x"


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
        event = "a systemic event occurs" if summary["systemic"]["count"] else "no systemic event occurs"
        fate = "fails" if first["count"] else "survives"
        return f"In one future from {start}, {event}; {first['firm']} {fate}."
    event, fails = percent(summary["systemic"]["share"]), percent(first["share"])
    return f"In {futures(summary['worlds'])} from {start}, {event} see a systemic event; {first['firm']} fails in {fails}."


def systemic_rule():
    """What counts as a systemic event."""
    window, threshold = systemic_event.__defaults__
    return f"labs with {percent(threshold)} of industry revenue fail within {count(window)} quarters"


def significant(value):
    """A parameter or figure as people write it: no exponent, no more digits than it has."""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= THOUSAND and value == int(value) else f"{value:.6g}"
