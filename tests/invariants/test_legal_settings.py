"""Legal settings run: no exception, no floating-point warning, no broken rule, whatever stands where within its declared bounds."""

import pytest

from tests.fuzz.settings import Drawn, drawn, run

SEED, DRAWS, TOGETHER = 0, 100, 10

SMALLEST = {  # what once broke a run, as small as it could be made, and what comes of it
    "no quarters of a termination claim": ("tutorial", {"contagion.termination_quarters": 0}),
    "a survival of one half": ("industry-2026q3", {"indicator.survival": 0.5}),
    "consumers without a potential": ("archetypes-2023q1", {"customers.consumer_potential_share": 0}),
    "enterprises without a potential": ("archetypes-2023q1", {"customers.consumer_potential_share": 1}),
    "nobody with a potential": ("tutorial", {"customers.enterprises": 0, "customers.consumer_potential_share": 0}),
    "rates that appetite would push below nothing": (
        "industry-2026q3",
        {"lender.spread_slope": 0.2, "lender.capital_ratio": 1, "lender.risk_appetite": 0.98},
    ),
    "a spread below the best rate": ("tutorial", {"lender.spread": -0.02, "lender.best_rate": 0.01}),
}


@pytest.mark.parametrize("case", SMALLEST.values(), ids=SMALLEST.keys())
def test_what_once_broke_a_run_does_not_any_more(case):
    assert run(Drawn(*case, ()), quarters=8) == "ran"


@pytest.mark.parametrize("number", range(2))
def test_a_few_worlds_of_random_legal_settings_run(number):
    said = run(drawn(number, SEED), quarters=6)
    assert said == "ran" or said.startswith("refused"), f"draw {number} of seed {SEED}: {drawn(number, SEED)}\n{said}"


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, DRAWS, TOGETHER))
def test_worlds_of_random_legal_settings_run(first):
    """A tenth of the settings at most may be refused in a sentence, because two of them do not go together."""
    said = {number: run(drawn(number, SEED)) for number in range(first, first + TOGETHER)}
    broken = {number: text for number, text in said.items() if not text.startswith(("ran", "refused"))}
    assert not broken, f"seed {SEED}: " + "\n".join(f"draw {number}: {drawn(number, SEED)}\n{text}" for number, text in broken.items())
    assert sum(text == "ran" for text in said.values()) >= TOGETHER / 2
