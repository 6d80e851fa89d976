"""A comparison of two runs in words, the same on the terminal and on its page."""

from experiments.analysis.comparison import LABS, MONEY, NOTHING
from experiments.analysis.outcomes import MONEY as MONEY_UNIT
from experiments.analysis.outcomes import SAID, Outcome, outcome
from experiments.stories.events import listed
from experiments.words import PERCENT, dollars, futures, percent, signed

FIRM = Outcome("firm", "fails", "event")  # odds of a firm are said like those of an event
OF_LABS = {"commitments": "Rent that all labs have promised to pay", "cash": "Cash of all labs"}
STOCK = Outcome("stock", "Stock", "$bn")
AHEAD = 1  # calendar years after the first that differs
YEARLY = Outcome("revenue_total", "Industry revenue", "$bn a year")
LUCK = "which could be luck"
NEXT_TO_NOTHING = "next to nothing"
MOST_CHANGES = 3  # that a headline names
MOST_FUTURES = 6  # named as examples


def headline(found):
    """The sentence to remember: what was changed, and what that does to the odds of a crisis."""
    crisis = found.events[0]
    what = f"In {futures(found.futures)} on the same seeds, {cause(found)}"
    if not crisis.higher and not crisis.lower:
        return f"{what} makes no difference to whether there is a crisis. Its odds are {percent(crisis.before)} in both runs."
    doubt = "" if crisis.is_sure else f", {LUCK}"
    odds = f"changes the odds of a crisis from {percent(crisis.before)} to {percent(crisis.after)}"
    return f"{what} {odds}. That is a change of {points(crisis)}{doubt}."


def cause(found):
    """What was changed, as the subject of a sentence: "setting cloud.accounting_life to 4 instead of 6"."""
    said = [change_words(item) for item in found.changed]
    if not said:
        return "running the same settings again"
    more = len(said) - MOST_CHANGES
    return listed(said if more <= 0 else [*said[:MOST_CHANGES], f"{more} more settings"])


def change_words(item):
    """One change as a subject: "setting cloud.accounting_life to 4 instead of 6"."""
    if item.before == NOTHING:
        return _happening(item.what, item.after)
    if item.after == NOTHING:
        return f"leaving out {_happening(item.what, item.before)}"
    return f"setting {item.what} to {item.after} instead of {item.before}"


def _happening(what, text):
    """A shock or a deal as a subject: "the loss of OpenAI in 2028Q1", "a stall in 2027Q1 (duration=8)", "the deal OpenAI,Oracle,gw=2"."""
    if what != "shock":
        return f"the {what} {text}"
    head, *values = text.split(",")
    name, _, at = head.partition("@")
    if name == "loss":
        return f"the loss of {values[0].partition('=')[2]} in {at}"
    word = name.replace("_", " ")
    article = "an" if word[0] in "aeiou" else "a"
    return f"{article} {word} in {at}" + (f" ({', '.join(values)})" if values else "")


def points(row):
    """A change of odds with its interval: "+8 points (95 % interval +4 to +12)"."""
    change = row.change
    return f"{change.mean * PERCENT:+.0f} points (95 % interval {change.low * PERCENT:+.0f} to {change.high * PERCENT:+.0f})"


def sentences(found):
    """What follows, a sentence each: futures that turn, money, firms."""
    lines = []
    if found.came or found.avoided:
        lines.append(
            f"A crisis comes in {futures(len(found.came))} that had none, and it stays away in {_how_many(found.avoided)} that had one."
        )
    money = [_money(row) for row in found.amounts if row.name in MONEY]
    lines += [line for line in (*money, _promised(found)) if line]
    moved = [row for row in found.firms if row.is_sure]
    if moved:
        shown = listed(f"{row.name} (from {percent(row.before)} to {percent(row.after)})" for row in moved[:MOST_FUTURES])
        lines.append(f"The odds of failing change by more than luck for {shown}.")
    elif found.kinds:
        lines.append("No firm's odds of failing change by more than luck.")
    return lines


def _money(row):
    item, change = outcome(row.name), row.change
    if row.is_nothing:
        return ""
    low, high = sorted((change.low, change.high))
    doubt = "" if row.is_sure else f", {LUCK}"
    said = f"changes by {signed(change.mean, dollars)} (95 % interval {signed(low, dollars)} to {signed(high, dollars)})"
    return f"{item.label} {said} from a mean of {dollars(row.before)}{doubt}."


def _promised(found):
    """What labs have promised and hold a year after the first year that differs: whether the change brought money, or promises."""
    years = found.years_of_labs()
    if set(years) != set(LABS):
        return ""
    pairs = list(zip(*(years[name] for name in LABS)))
    differ = [place for place, ((_, promised), (_, held)) in enumerate(pairs) if not (promised.is_nothing and held.is_nothing)]
    if not differ:
        return ""
    (year, promised), (_, held) = pairs[min(differ[0] + AHEAD, len(pairs) - 1)]
    return f"At the end of {year} labs have promised rent of {_instead(promised)}, and they hold cash of {_instead(held)}."


def _instead(row):
    """An amount in the second run beside that of the first."""
    if dollars(row.after) == dollars(row.before):
        return f"{dollars(row.after)} in both runs"
    return f"{dollars(row.after)} instead of {dollars(row.before)}"


def labs_rows(found, name):
    """Rows (year, first run, second run, difference) of what all labs have promised or hold, $bn; none where runs did not keep it.

    name: of LABS
    """
    rows = found.years_of_labs().get(name, ())
    return [(str(year), f"{row.before:,.0f}", f"{row.after:,.0f}", change(row, STOCK)) for year, row in rows]


def _how_many(those):
    return "none" if not those else futures(len(those))


def changed_rows(found):
    """Rows (what, first run, second run) of what was set differently."""
    return [tuple(item) for item in found.changed]


def event_rows(found):
    """Rows (event, first run, second run, difference, comes in, stays away in)."""
    return [
        (SAID[row.name].label, percent(row.before), percent(row.after), change(row, FIRM), str(row.higher), str(row.lower))
        for row in found.events
    ]


def amount_rows(found):
    """Rows (outcome, unit, first run, second run, difference) of outcomes that differ anywhere."""
    rows = []
    for row in found.amounts:
        item = outcome(row.name)
        if not row.is_nothing and change(row, item) != NEXT_TO_NOTHING:
            unit = "" if item.unit == MONEY_UNIT else item.unit  # which stands with each amount
            rows.append((item.label, unit, _bare(item, row.before), _bare(item, row.after), change(row, item)))
    return rows


def year_rows(found):
    """Rows (year, first run, second run, difference) of industry revenue, $bn a year."""
    return [(str(year), f"{row.before:,.0f}", f"{row.after:,.0f}", change(row, YEARLY)) for year, row in found.years()]


def firm_rows(found):
    """Rows (firm, first run, second run, difference, fails only in the second, only in the first)."""
    return [(row.name, percent(row.before), percent(row.after), change(row, FIRM), str(row.higher), str(row.lower)) for row in found.firms]


def change(row, item):
    """A difference with its interval, in brackets where luck alone could make it."""
    if row.is_nothing:
        return "none"
    said = item.change(row.change)
    if not any(digit in said for digit in "123456789"):
        return NEXT_TO_NOTHING
    return said if row.is_sure else f"[{said}]"


def _bare(item, value):
    return item.amount(value)


def as_plain(found, page):
    """All of it as JSON; what is not there is null."""
    import json

    def row(item):
        values = {**item._asdict(), **item.change._asdict()}
        values.pop("change")
        return {name: None if value != value else value for name, value in values.items()}

    return json.dumps(
        {
            "first": found.before.address,
            "second": found.after.address,
            "futures": found.futures,
            "says": [headline(found), *sentences(found)],
            "changed": [item._asdict() for item in found.changed],
            "events": [row(item) for item in found.events],
            "amounts": [row(item) for item in found.amounts],
            "revenue_by_year": [row(item) for _, item in found.years()],
            "labs_by_year": {name: [row(item) for _, item in rows] for name, rows in found.years_of_labs().items()},
            "firms": [{**row(item), "kind": found.kinds[item.name]} for item in found.firms],
            "crisis_only_in_second": list(found.came),
            "crisis_only_in_first": list(found.avoided),
            "page": str(page),
        },
        indent=1,
        ensure_ascii=False,
        allow_nan=False,
    )


def turned(found, called=lambda run: run.name):
    """Commands that tell of futures that turned: [(what, command)]. called: what a command takes for a run."""
    lines = []
    for what, which, run in (
        ("a crisis only in the second run", found.came, found.after),
        ("a crisis only in the first run", found.avoided, found.before),
    ):
        if which:
            lines.append((f"{what}: future {which[0]}", f"overreach story {called(run)} --world {which[0]}"))
    return lines
