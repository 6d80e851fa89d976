"""The engine's answers to the last five worked examples: growth, break-even, cash, geniuses whose revenue is late, and a cheap rival."""

import numpy as np

from abm.beliefs.projection import cash_out
from abm.clock import QUARTERS_PER_YEAR
from experiments.analysis.paired_effects import paired, paired_share
from tests.validation.example_bets import ANTHROPIC, OPENAI
from tests.validation.example_runs import NAMED, TO_2035, Lived
from tests.validation.example_words import OFTEN, Answer, against, change, interval, mean, odds, percent, spread, than

TO_2029, LEAST = 14, 0.05  # quarters; $bn a year that a lab must earn to be watched
NO_MONEY = {"name": "funding_stop", "at": "2026Q4", "duration": 40}
FLAT_BURN, YEARS_AHEAD = 0.57, 20  # of revenue, as the text has it
ARRIVES, TWO_YEARS_LATER = {"name": "breakthrough", "at": "2027Q3"}, 12  # that quarter stands so far after the opening
PACES = (1.0, 0.7, 0.5, 0.33)  # of adoption, over the usual one
BELIEVED = (1.25, 5.0)  # demand that planners expect of the geniuses: as shipped, and what they build for
RIVAL = {"name": "open_weight", "at": "2027Q1"}
RIVAL_STANDS = 2  # quarters after the opening


def tenfold(shared):
    """6: growth of the archetypes."""
    seen, labs = shared.history, shared.history.labs("revenue")
    ends = [seen.end_of(year) for year in range(2023, 2029)]
    revenue, by_lab = seen.all("revenue", "labs")[:, ends], labs[:, ends]
    watched = by_lab[:, :-1] >= LEAST
    grown = watched & (by_lab[:, 1:] >= 10 * by_lab[:, :-1])
    factors = revenue[:, 1:] / revenue[:, :-1]
    rows = [(2023, spread(revenue[:, 0]), "", "")]
    for k in range(factors.shape[1]):
        rows.append((2024 + k, spread(revenue[:, k + 1]), spread(factors[:, k]), f"{grown[:, k].sum()} of {watched[:, k].sum()}"))
    middle = np.median(factors, axis=0)
    twice = (grown[:, 1:] & grown[:, :-1]).sum()
    how = f"{shared.of_history}; labs: with {LEAST:g} $bn a year or more a year before."
    why = f"""The text is one firm that came from nothing and won share. The engine's archetypes open with some, and a whole
        market grows {than(middle[0], 10, "less than", "at least")} tenfold in a year; of {watched.sum()} years of labs {grown.sum()}
        are tenfold, and {twice or "none"} of them two years running. Later growth is
        {than(middle[-1], middle[0], "slower", "no slower")}, since no market is without end, so a straight line to a hundred and on
        is the extrapolator's forecast of the first example and not what comes."""
    return Answer(how, ((("end of", "revenue of all labs, $bn a year", "over a year before, x", "labs that grew tenfold"), rows),), why)


def break_even(shared):
    """7: years of income and burn in the named world."""
    seen, rows, in_time, burns = shared.named, [], {}, {}
    for lab, date in ((OPENAI, 2030), (ANTHROPIC, 2028)):
        income, revenue, burnt = (each[lab] for each in _money(seen))
        earns = {year: seen.in_year(income, year) > 0 for year in range(2027, 2036)}
        for year in (2027, 2028, 2030, 2035):
            burn = seen.in_year(burnt, year) / np.maximum(LEAST, seen.in_year(revenue, year))
            burns.setdefault(lab, np.median(burn))  # of the first year
            rows.append((lab, year, spread(seen.in_year(income, year)), odds(earns[year]), spread(100 * burn, " %")))
        in_time[lab] = np.any([earns[year] for year in range(2027, date + 1)], axis=0).mean()
    cash_burnt = _money(seen)[2][OPENAI][:, : seen.end_of(2029) + 1].sum(axis=1)
    how = f"""{shared.of_named}. Operating income of the year, $bn. Burn: cash lost in the year before new equity, over revenue; below
        0 a lab gains cash. Payments ahead of delivery count as burn at once, and in income when the compute is used."""
    likely = {lab: than(share, 0.5, "less likely than not", "likelier than not") for lab, share in in_time.items()}
    why = f"""A year with income above 0 comes by 2028 for {ANTHROPIC} in {percent(in_time[ANTHROPIC])} of the futures, and by 2030
        for {OPENAI} in {percent(in_time[OPENAI])}: the first is {likely[ANTHROPIC]}, the second {likely[OPENAI]}. But the text's
        dates are plans, each of a firm for itself. In 2027 {OPENAI} burns {percent(burns[OPENAI])} of revenue and {ANTHROPIC}
        {percent(burns[ANTHROPIC])}, in the text 57 % and 9 %: by what burn exceeds an operating loss, compute that comes later is
        paid ahead. In the engine labs that earn order more compute, and rivals do as well, so a year of income need not be the last
        year of losses. {OPENAI} burns {spread(cash_burnt)} $bn from the opening to the end of 2029, where the text counts 115 from
        2025 on."""
    return Answer(how, ((("lab", "year", "income", "above 0", "burn"), rows),), why)


def _money(seen):
    """Operating income, revenue and cash burnt in each quarter by lab, $bn, {lab: [worlds, quarters]}."""
    labs = (OPENAI, ANTHROPIC)
    revenue = {lab: seen.labs("revenue", lab) / QUARTERS_PER_YEAR for lab in labs}
    burnt = {lab: seen.labs("lab_burn_ratio", lab) * revenue[lab] for lab in labs}
    return {lab: seen.labs("operating_income", lab) for lab in labs}, revenue, burnt


def cash(shared):
    """8: when money is gone if nobody gives more."""
    seen, stopped, rows, promised = shared.named, shared.told(TO_2035, NO_MONEY), [], {}
    for lab in (OPENAI, ANTHROPIC):
        money, revenue = (seen.labs(name, lab)[:, 0] for name in ("cash", "revenue"))
        promised[lab] = seen.labs("commitments", lab)[:, 0] / revenue
        failed, least = stopped.failed(lab), stopped.labs("cash", lab)[:, : stopped.end_of(2028) + 1].min(axis=1)
        when = (stopped.labs("fails", lab) > 0).argmax(axis=1)[failed]
        quarter = str(seen.start + int(np.median(when))) if failed.any() else "never"
        told = spread(money), spread(promised[lab]), flat_burn(seen.start, money, revenue), spread(least)
        rows.append((lab, *told, odds(seen.failed(lab)), odds(failed), quarter))
    often = against(paired_share(stopped.failed(OPENAI), stopped.failed(ANTHROPIC)), *OFTEN)
    half = than(stopped.failed(OPENAI).mean(), 0.5, "lives in most futures", "fails in most futures")
    how = f"""{shared.of_named} to 2035; nobody buys new equity from 2026Q4 on. Promised: years of revenue owed under signed contracts
        after the first quarter."""
    why = f"""The warning is older than large rounds that the world's opening holds, so even a flat burn of the text's size ends
        later. Without new money {OPENAI} {half}, and fails {often} {ANTHROPIC}. Who lives orders less and lets revenue grow into the
        rent that is due, which a burn at a flat share of revenue leaves out; the rent of who fails grows as compute is delivered.
        After a quarter {OPENAI} has promised {than(*(np.median(promised[lab]) for lab in (OPENAI, ANTHROPIC)), "fewer", "more")}
        years of revenue than {ANTHROPIC}."""
    heads = ("lab", "cash after a quarter, $bn", "promised, years", f"cash gone at a burn of {percent(FLAT_BURN)}", "least cash to 2028",
             "fails, as it comes", "fails, no new equity", "when, median")  # fmt: skip
    return Answer(how, ((heads, rows),), why)


def flat_burn(start, money, revenue):
    """The quarter in which cash is gone at the text's share of present revenue, median. money: $bn; revenue: $bn a year; [worlds]"""
    due = np.repeat(FLAT_BURN * revenue[:, None, None] / QUARTERS_PER_YEAR, YEARS_AHEAD * QUARTERS_PER_YEAR, axis=2)
    return str(start + int(np.median(cash_out(money[:, None], np.zeros_like(due), due))))


def geniuses(shared):
    """9: a breakthrough whose revenue comes late, and labs that build for it."""
    seen = {pace: arrival(shared, pace) for pace in PACES}
    paths = {pace: np.median(usual.all("revenue_total"), axis=0)[TWO_YEARS_LATER:] for pace, (_, usual, _) in seen.items()}
    rows, more = [], {}
    for pace, (never, usual, bold) in seen.items():
        more[pace] = bold.failed() - never.failed()
        crises = paired_share(bold.crisis, never.crisis)
        fails = (mean(each.failed()) for each in (never, usual, bold))
        rows.append((f"{pace:g}", late_by(paths[pace], paths[1.0][0]), *fails, change(more[pace]), interval(*crises[:3], sign="+")))
    never, usual, _ = seen[PACES[-1]]
    little, much = (against(each, *OFTEN) for each in (usual.failed() - never.failed(), more[PACES[-1]]))
    slow = against(more[PACES[-1]] - more[1.0], "fewer failures than", "about as many failures as", "more failures than")
    how = f"""`{NAMED}`, {shared.late_futures} futures to 2035, in which the geniuses arrive in 2027Q3 or never, and customers adopt
        from the opening on at a pace over the usual one. Late: years until median revenue of all labs is what it is at the usual pace
        two years after they arrived. Labs that fail: mean per future, where planners expect demand to grow by a quarter (x 1.25, as
        shipped) or fivefold (x 5)."""
    why = f"""The text's lab buys for all of the revenue that will come, alone and at one date. In the engine labs buy for what they
        believe. At the slowest pace, labs that expect a little more fail {little} without the geniuses, and labs that build for five
        times the demand {much} without them; building for it at that pace adds {slow} at the usual one. Ruin is a matter of odds and
        not certain, because orders take years, are spread over owners and end when forecasts fall, and because revenue does come."""
    heads = ("pace", "late by, years", "labs fail, no arrival", "x 1.25", "x 5", "x 5 less no arrival", "P(crisis), x 5 less no arrival")
    return Answer(how, ((heads, rows),), why)


def arrival(shared, pace):
    """The named world at a pace of adoption, without an arrival and with one for which planners expect a little and much."""
    given = {"customers.adoption_pace": pace, "technology.breakthrough_rate": 0.0}
    cases = (({}, []), *(({"cone.breakthrough_gain": gain}, [ARRIVES]) for gain in BELIEVED))
    return [Lived(NAMED, shared.late_futures, TO_2035, parameters=given | own, shocks=shocks) for own, shocks in cases]


def late_by(path, wanted):
    """Years until a path of revenue reaches what was wanted at its beginning, as words. path: $bn a year, [quarters]"""
    reached = np.flatnonzero(path >= wanted)
    return f"{reached[0] / QUARTERS_PER_YEAR:g}" if len(reached) else f"over {(len(path) - 1) / QUARTERS_PER_YEAR:g}"


def rival(shared):
    """10: an open-weight model at a fortieth of the price."""
    twin, at, rows, kept, funds = Lived(NAMED, shared.futures, TO_2029), RIVAL_STANDS, [], {}, {}
    for service in (0.5, 0.0):
        lived = shared.told(TO_2029, RIVAL | {"service": service})
        vendor, sold, rents = (
            lived.all(*what) / twin.all(*what) for what in (("value", "vendors"), ("revenue", "labs"), ("revenue", "clouds"))
        )
        kept[service], funds[service] = (vendor[:, at], sold[:, at + 8], rents[:, at + 8]), _equity(lived) - _equity(twin)
        moved = (vendor[:, at], sold[:, at + 4], sold[:, at + 8], rents[:, at + 8])
        rows.append((f"{service:g}", *(spread(100 * ratio - 100, " %") for ratio in moved), change(funds[service]),
                     change(lived.failed() - twin.failed())))  # fmt: skip
    fell, sold, rents = (np.median(each) for each in kept[0.5])
    milder = against(paired(kept[0.5][1] - kept[0.0][1]), "more", "about as much", "less")
    words = (f"{each} equity in the year" for each in ("less", "about as much", "more"))
    money = against(funds[0.5], *(f"{each} {link}" for each, link in zip(words, ("than", "as", "than"), strict=True)))
    how = f"""{shared.of_named}; the model appears in 2027Q1, one order of magnitude of compute behind, each future against itself
        without it. Service: what its users pay beside compute, over the labs' price (hosting, integration, trust); 0.5 as shipped.
        Values, revenue and owners' revenue over those without it; new equity of labs in the year, $bn."""
    why = f"""The price of a model is a small part of what its use costs. Where users pay for service as well, labs lose {milder} than
        where they pay for compute alone, and owners of compute are hit
        {than(1 - rents, 1 - sold, "less than labs", "as much as labs")}, since a free model needs chips, too. The closed form has one
        choice among three; here customers are bound to their labs, choose again in time, and move prices. In 2025 the vendor fell by
        17 % in a day and funding went on. Here its value falls by {percent(1 - fell)} in the quarter, which mixes the news with lower
        prices of services, and labs raise {money} without the rival."""
    heads = ("service", "chip vendors' value in the quarter", "labs' revenue after a year", "after two years",
             "owners' revenue after two years", "new equity", "labs that fail, to 2029")  # fmt: skip
    return Answer(how, ((heads, rows),), why)


def _equity(lived):
    """New equity of all labs in the year of the rival, $bn, [worlds]."""
    both = lived.all("raised", "labs") + lived.all("signed_equity", "labs")
    return both[:, RIVAL_STANDS : RIVAL_STANDS + QUARTERS_PER_YEAR].sum(axis=1)
