"""The engine's answers to the first five worked examples: a cone, a margin, a stack of deals, a shortfall, a ladder of models."""

import numpy as np

from abm.clock import QUARTERS_PER_YEAR
from experiments.analysis.paired_effects import paired_share
from tests.validation import example_forms as forms
from tests.validation.example_runs import ARCHETYPES, NAMED, OF_HISTORY, Lived, one_lab
from tests.validation.example_words import OFTEN, Answer, against, interval, mean, number, odds, percent, spread, than

TUTORIAL, OPENAI, ANTHROPIC = "tutorial", "OpenAI", "Anthropic"
TO_2032, OF_THREE_FIRMS, END_OF_2027 = 26, 24, 7  # quarters, and where one stands in the tutorial
STACKS = (0.01, 1.0, 5.0, 10.0, 20.0)  # GW
RENT, WANTED = 20.0, 100.0  # $bn a year, of a lab alone whose compute makes a margin of 80 %
AT_80_PERCENT = {"services.mode": "path", "services.density_start": WANTED, "services.density_cap": WANTED}
NOBODY_TRAINS = {"services.training_share": 0.0, "services.training_share_start": 0.0}
ALONE = {
    "labs train and chips age, as shipped": {},
    "nobody trains": NOBODY_TRAINS,
    "nobody trains, chips do not age": {**NOBODY_TRAINS, "technology.chip_life": 1e9},
}
PLENTY = 2000.0  # $bn, more than any of the bets loses
LESS = {"name": "demand_shortfall", "at": "2027Q1", "size": 0.2}
NO_MONEY = {"name": "funding_stop", "at": "2027Q1", "duration": 24}


def cone_of_a_lab(shared):
    """1: what planners believe, and what comes."""
    believed = {
        "planner as shipped": forms.believed(0.0),
        "the same, who believes in no stall": forms.believed(0.0, stall_belief=0.0),
        "planner for whom last year's growth goes on": forms.believed(1.0),
    }
    rows = [(who, *(number(seen.quantile(level).item()) for level in (0.1, 0.5, 0.9))) for who, seen in believed.items()]
    came = [(f"`{NAMED}`", *(mean(shared.named.all(name)[:, -1]) for name in ("below_p10", "below_p90")))]
    low, alike = (seen.quantile(0.1).item() for seen in list(believed.values())[:2])
    how = f"A lab with revenue of 9 that grew tenfold, one year ahead, $bn a year. Below: {shared.of_named} to 2035, forecasts of all labs."
    why = f"""Without a stall the cone is the text's, because its width and its middle were taken from it. A planner as shipped gives
        some weight to a stall of progress, which makes P10 {than(low, alike, "lower", "no lower")}. Who only extrapolates has the
        text's far edge as a median. In a cone that is right, 0.10 and 0.90 of what comes lie below its edges."""
    tables = (("who", "P10", "P50", "P90"), rows), (("a year later", "share below P10", "share below P90"), came)
    return Answer(how, tables, why)


def margin(shared):
    """2: one lab alone, and the rents of the named world."""
    alone = [(f"one lab alone, {way}", *map(number, carried(values))) for way, values in ALONE.items()]
    revenue, rent = shared.named.all("revenue", "labs"), shared.named.all("rent_due", "labs")
    rows, of_named = [], {}
    for year in (2027, 2030, 2035):
        at = shared.named.end_of(year)
        of_named[year] = RENT * revenue[:, at] / rent[:, at]
        rows.append((f"all labs of `{NAMED}`", year, spread(of_named[year])))
    how = f"""Revenue, $bn a year, that rent of {RENT:g} a year carries. One lab alone: a tiny world without luck, whose compute makes
        the text's margin where all of it serves, and customers who want {WANTED:g}. Below: {shared.of_named}, revenue over rent times
        {RENT:g}."""
    why = f"""The text leaves out training and age. A lab that also trains serves with a part of its compute, and with each quarter
        its chips fall behind newer ones. Without the two the engine gives the text's number. In the named world {RENT:g} carries
        {than(np.median(of_named[2030]), WANTED, "less", "more")}: rent is due on compute that trains or waits, too, and what a unit
        earns comes out of competition and scarcity, so that nobody is given a margin of 80 %."""
    return Answer(how, ((("where", "at first", "a year later"), alone), (("where", "end of", "carried"), rows)), why)


def carried(values):
    """Revenue of a lab alone in the first quarter and a year later, $bn a year. values: parameters."""
    found = one_lab([WANTED] * 2, rent=RENT, years=2, money=100.0, parameters=AT_80_PERCENT | values)["revenue"]
    return found[0], found[QUARTERS_PER_YEAR]


def paid_for_one_deal():
    """What a lab alone pays in each year of one deal whose first year a vendor has paid, $bn."""
    deal = forms.DEAL
    rent = one_lab([0.0] * deal.life, rent=deal.yearly, years=deal.life, money=100.0, prepaid=deal.vendor_equity)["rent"]
    return rent.reshape(-1, QUARTERS_PER_YEAR).sum(axis=1)


def deals(shared):
    """3: who pays for one deal, and how often a stack ruins its tenant."""
    given = {(gw, short): stack(shared, gw, short) for gw in STACKS for short in (False, True)}
    poor, most = stack(shared, STACKS[-1], True, rich=False), STACKS[-1]
    rows = [
        (f"{gw:g}", "can pay", spread(rent_of(given[gw, False])), *(odds(given[gw, short].failed("Lab")) for short in (False, True)))
        for gw in STACKS
    ]
    rows.append((f"{most:g}", "as shipped", spread(rent_of(poor)), "", odds(poor.failed("Lab"))))
    failed = {key: lived.failed("Lab") for key, lived in given.items()}
    extra, calm = paired_share(failed[most, True], failed[STACKS[0], True]), failed[most, False].mean()
    by_year = ", ".join(f"{each:g}" for each in paid_for_one_deal().round(9))
    how = f"""One deal alone: the lab itself pays {by_year} $bn in its five years. The stack: `{TUTORIAL}`, where a lab has revenue of
        10 that grows, {shared.futures} futures of six years. Each GW costs 10 $bn a year for five years, is signed beside what there
        is, and comes in 2027Q3. No new money comes to funds. Failures: with demand as it comes, and with four fifths of it missing
        from 2027 on."""
    why = f"""One deal is the text's, and in a stack rents add up as in the text. But 200 a year is
        {than(calm, 0.5, "no certain ruin", "ruin here as well")}: as demand comes in this world, the largest stack ruins the lab in
        {percent(calm)} of the futures. Where demand fails, it adds {interval(*(100 * each for each in extra[:3]), digits=0)} points
        to the odds of ruin. An owner who cannot pay for the building builds late or not at all:
        {mean(poor.labs("unbuilt_gw")[:, -1, 0])} GW stay unbuilt, for which the lab owes nothing."""
    heads = ("GW more", "owner", "lab's rent at the end of 2027, $bn a year", "lab fails", "lab fails, demand missing")
    return Answer(how, ((heads, rows),), why)


def stack(shared, gw, short, rich=True):
    """The tutorial with so much signed. short: four fifths of demand missing; rich: an owner with money enough."""
    deal = {"tenant": "Lab", "owner": "Cloud", "gw": gw, "start": "2027Q3", "price": forms.DEAL.yearly, "years": 5.0, "confirm": True}
    shocks = [{"name": "demand_shortfall", "at": "2027Q1", "size": 0.8}] if short else []
    money = {"investor.saving": 0.0, **({"cloud.cash": 2000.0} if rich else {})}
    return Lived(TUTORIAL, shared.futures, OF_THREE_FIRMS, overrides=money, shocks=shocks, deals=[deal])


def rent_of(lived):
    """Rent of the tutorial's lab at the end of 2027, $bn a year, [worlds]."""
    return lived.labs("rent_due", "Lab")[:, END_OF_2027]


def shortfall(shared):
    """4: one lab alone with its buffer, and the named world with a fifth less demand."""
    alone = []
    for growth in (0.0, 0.1, 0.25):
        needed, lives = buffer(growth)
        words = ("lives" if each else "fails" for each in lives)
        alone.append((f"{100 * growth:g} % a year", number(needed), *words))
    seen = {
        "as it comes": Lived(NAMED, shared.futures, TO_2032), "a fifth of demand missing": shared.told(TO_2032, LESS),
        "no new equity": shared.told(TO_2032, NO_MONEY), "a fifth missing, no new equity": shared.told(TO_2032, LESS, NO_MONEY),
    }  # fmt: skip
    rows = [(what, mean(each.failed()), odds(each.failed(OPENAI)), odds(each.failed(ANTHROPIC))) for what, each in seen.items()]
    calm, less, no_money, both = (each.failed(OPENAI) for each in seen.values())
    how = f"""One lab alone: no luck, no new money and no way out of its contracts. Below: {shared.of_named} to the end of 2032; what
        is missing is missing from 2027 on."""
    why = f"""Alone a lab needs exactly the text's buffer: with a dollar less it fails. In the named world there are other buffers:
        new equity, orders that stop, contracts that end. With a fifth of demand missing {OPENAI} fails
        {against(paired_share(less, calm), *OFTEN)} when demand comes as it does; where nobody buys new equity
        {against(paired_share(no_money, calm), *OFTEN)} where somebody does; and with both {against(paired_share(both, less), *OFTEN)}
        with the missing demand alone. The last is the text's case, in which cash is the only buffer, and labs differ in what they
        hold and have promised."""
    tables = (
        (("revenue of a lab alone grows", "buffer needed, $bn", "with 1 less it", "with 1 more it"), alone),
        ((f"`{NAMED}`", "labs that fail", OPENAI, ANTHROPIC), rows),
    )
    return Answer(how, tables, why)


def buffer(growth):
    """The cash that a lab alone needs, $bn, and whether it lives with one less and with one more."""
    bet = {"spend": forms.earned(growth), "rent": float(forms.BOUGHT), "years": forms.YEARS, "gw": 200.0}
    needed = PLENTY - one_lab(money=PLENTY, **bet)["cash"].min()
    return needed, [one_lab(money=needed + more, **bet)["alive"].all() for more in (-1, 1)]


def ladder(shared):
    """5: two income statements in the history of the archetypes."""
    stopped = Lived(ARCHETYPES, shared.futures, OF_HISTORY, shocks=[{"name": "stop_training", "at": "2026Q1"}])
    rows, both = [], {}
    for year in (2024, 2025, 2026, 2027, 2028):
        income, returns = shared.history.income(year), shared.history.all("model_roi")[:, shared.history.end_of(year)]
        both[year] = (returns > 0) & (income < 0)
        rows.append((year, spread(100 * returns, " %"), spread(income), odds(both[year]), spread(stopped.income(year))))
    gained = against(
        stopped.income(2026) - shared.history.income(2026), "less than who goes on", "about as much as who goes on", "more than who goes on"
    )
    how = f"{shared.of_history}. All labs together; models: all that were withdrawn so far; income: operating income of the year, $bn."
    heads = ("year", "return on models, over their cost", "income", "models pay and labs lose", "income if training stops in 2026Q1")
    why = f"""The text's return is 100 % each time and leaves out what it costs to serve. The engine counts it, and a model earns only
        until it is overtaken, so returns vary. In 2025 the models pay while the labs lose in {percent(both[2025].mean())} of the
        futures, which is the text's pair of statements. Who stops training earns {gained} in the same year, but not at once all that
        the last model would bring: rent for what was ordered before is still due."""
    return Answer(how, ((heads, rows),), why)
