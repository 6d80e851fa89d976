"""Every accounting rule holds to the end, wherever in the declared ranges a run is set: the run completes or names what broke."""

import numpy as np
import pytest

from abm.engine.population import declared
from abm.errors import BrokenRule
from abm.model import Industry, release
from abm.settings import GROUPS
from abm.shocks import SHOCKS, Shock
from agents.inhabitants import GROUPS as OWN
from agents.world_files.folder import load_world
from tests.marks import mostly_slow

QUARTERS = 48
WORLDS = 3
KEEP = {"customers.enterprises", "customers.cohorts", "customers.domains"}  # size, not behaviour
STRUCTURE = [{"cloud.build_lag": 4}, {"cloud.build_lag": 8, "cloud.contract_term": 28}, {"cloud.contract_term": 8}, {}]
RULES = ("required", "vendor_equity", "outside_equity", "waived")
SLOW = pytest.mark.slow
# no forecast or plan is old enough to be scored yet, no model finished, no earnings there to flatter
MAY_BE_UNKNOWN = {
    "forecast_pit", "forecast_crps", "forecast_error", "below_p10", "below_p90", "model_roi", "lab_model_roi",
    "earnings_flattery", "cloud_earnings_flattery", "plans_over_outcome",
}  # fmt: skip
SHIPPED = ("archetypes-2023q1", "industry-2026q3")


def ranges():
    """{public name: Parameter} of every number that is neither a structure nor a choice."""
    every = [item for group in {**GROUPS, **OWN}.values() for item in group.declared().values()]
    return {item.name: item for item in every if not item.structural and not item.choices and item.name not in KEEP}


def drawn(seed, names, random, width):
    """Values within the declared range of each name, one per world: anywhere, or within a part of it around the default."""
    items, values = ranges(), {}
    for name in names:
        item = items[name]
        low, high = (item.value - width * (item.value - item.low), item.value + width * (item.high - item.value))
        values[name] = random.uniform(low, high, WORLDS)
    if "cloud.chip_cost" in values:  # chips are part of the cost of a GW
        values["cloud.chip_cost"] = np.minimum(values["cloud.chip_cost"], np.min(values.get("cloud.capex", items["cloud.capex"].value)))
    if "cloud.capex" in values:
        values["cloud.capex"] = np.maximum(values["cloud.capex"], np.max(values.get("cloud.chip_cost", items["cloud.chip_cost"].value)))
    return values


def run(name, overrides=None, parameters=None, shocks=(), quarters=QUARTERS, seed=1):
    """A run of three worlds; raises BrokenRule where a rule of accounting does not hold."""
    model = Industry(load_world(name, overrides or {}), worlds=WORLDS, rng=seed, parameters=parameters, shocks=shocks).run(quarters)
    found = {key: model.record.series(*key) for key in model.record.measures}
    release(model)
    return found


def never_nonsense(found):
    """No measure is infinite, and only what may be unknown is not a number."""
    assert [key for key, values in found.items() if np.isinf(values).any()] == []
    assert {name for (_, name), values in found.items() if np.isnan(values).any()} <= MAY_BE_UNKNOWN
    assert (found["labs", "cash"] > -1e-6).all()
    assert (found["industry", "utilisation"] <= 1 + 1e-9).all() and (found["industry", "utilisation"] >= -1e-9).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", mostly_slow(range(12), range(2)))
def test_every_rule_holds_anywhere_in_the_declared_ranges(seed):
    random = np.random.default_rng(seed)
    names = sorted(ranges())
    chosen = [name for name in names if random.uniform() < (0.3, 0.6, 1.0)[seed % 3]]
    parameters = {**drawn(seed, chosen, random, (0.5, 1.0)[seed % 2]), "lab.down_payment": RULES[seed % 4]}
    parameters["services.mode"] = ("path", "cournot")[seed % 2]
    never_nonsense(run(SHIPPED[seed % 2], STRUCTURE[seed // 3 % 4], parameters, seed=seed))


@pytest.mark.slow
@pytest.mark.parametrize("rule", mostly_slow(RULES, RULES[3:]))  # the draws above take the first two
@pytest.mark.parametrize("name", mostly_slow(SHIPPED, SHIPPED[:1]))
def test_every_rule_holds_under_each_way_to_fund_a_down_payment(name, rule):
    bold = {"lab.risk_appetite": 0.95, "lab.extrapolation": 1.0}
    never_nonsense(run(name, bold, {"lab.down_payment": rule, "vendor.circular_intensity": 1.0}))


CHANNELS = ("counterparty", "cross_equity", "fire_sale", "funding", "backlog", "customers", "all")


@pytest.mark.slow
@pytest.mark.parametrize("channel", mostly_slow(CHANNELS, ("all",)))
def test_every_rule_holds_with_a_channel_of_contagion_switched_off(channel):
    every = [name.partition(".")[2] for name in ranges() if name.startswith("contagion.") and ranges()[name].unit == "0/1"]
    off = {f"contagion.{each}": [0.0, 1.0, 0.0] for each in (every if channel == "all" else [channel])}
    stall = [Shock.read({"name": "stall", "at": "2027Q4", "duration": 12})]
    found = run("industry-2026q3", {"lab.risk_appetite": 0.9}, off, stall)
    never_nonsense(found)
    assert found["labs", "fails"].sum() > 0  # or nothing was put to the test


LOST = {"archetypes-2023q1": "cloud A", "industry-2026q3": "CoreWeave"}
SIZES = {"stall": {"duration": 20}, "rate_shock": {"size": 0.1}, "demand_shortfall": {"size": 0.7}, "funding_stop": {"duration": 12}}


@pytest.mark.slow
@pytest.mark.parametrize("shock", mostly_slow(sorted(SHOCKS), sorted(SHOCKS)[:1]))
@pytest.mark.parametrize("name", mostly_slow(SHIPPED, SHIPPED[1:]))
def test_every_rule_holds_under_each_shock(name, shock):
    sizes = {"firm": LOST[name]} if shock == "loss" else SIZES.get(shock, {})
    never_nonsense(run(name, shocks=[Shock.read({"name": shock, "at": "2027Q4", **sizes})], quarters=20))


@pytest.mark.slow
def test_every_rule_holds_when_everything_happens_at_once():
    sizes = {**SIZES, "loss": {"firm": LOST["industry-2026q3"]}}
    shocks = [Shock.read({"name": name, "at": "2028Q1", **sizes.get(name, {})}) for name in sorted(SHOCKS)]
    found = run("industry-2026q3", {"lab.risk_appetite": 0.95}, shocks=shocks)
    never_nonsense(found)
    assert found["labs", "fails"].sum() > 0


@SLOW
@pytest.mark.parametrize("structure", STRUCTURE)
def test_every_rule_holds_for_other_lags_and_terms(structure):
    never_nonsense(run("archetypes-2023q1", {**structure, "lab.risk_appetite": 0.8}))


def test_a_rule_that_is_broken_stops_the_run_and_is_named():
    model = Industry(load_world("archetypes-2023q1"), world_ids=(4, 9)).run(2)
    model.ledger.balances["loans"][1, 3] += 1
    with pytest.raises(BrokenRule, match="world 9"):
        model.run(1)


def test_columns_that_are_drawn_stay_within_their_bounds():
    model = Industry(load_world("industry-2026q3"), worlds=WORLDS, rng=2, parameters={"lab.herding": 0.5, "lab.fear": 0.5}).run(20)
    appetite = declared(type(model.labs[0]))["risk_appetite"]
    assert ((model.labs.risk_appetite >= appetite.low) & (model.labs.risk_appetite <= appetite.high)).all()


@pytest.mark.slow
def test_vendors_lose_their_stakes_once_in_the_quarter_of_a_default():
    found = run("industry-2026q3", {"lab.risk_appetite": 0.95}, shocks=[Shock.read({"name": "stall", "at": "2027Q4"})], quarters=24)
    quiet = found["labs", "fails"].sum(axis=2) == 0
    assert (found["industry", "equity_lost"][..., 0][quiet] == 0).all()
    assert found["industry", "equity_lost"].sum() > 0
