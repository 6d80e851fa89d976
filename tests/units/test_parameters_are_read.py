"""Nothing is declared in vain: every parameter of the model is read while some run goes on."""

import pytest

from abm.model import Industry, release
from abm.parameters import Group
from abm.settings import GROUPS
from abm.shock_kinds import FIRMS_OF
from abm.shocks import SHOCKS, Shock
from agents.inhabitants import GROUPS as OWN
from agents.world_files.folder import load_world
from tests.marks import mostly_slow

# each run reads the parameters of its own modes
RUNS = (
    ("archetypes-2023q1", 48, {"services.mode": "path", "lab.down_payment": "required", "customers.market_size": 600.0}, ()),
    ("archetypes-2023q1", 48, {"lab.down_payment": "vendor_equity", "sentiment.disclosure": 1.0, "lab.coverage_rule": 1.0}, ()),
    ("tutorial", 44, {}, ()),
    ("industry-2026q3", 16, {"pool.finite": 1.0}, ()),
    ("industry-2026q3", 4, {"incumbent.displaced": 1.0, "incumbent.defends": 1.0, "cloud.exposed": 0.3}, ()),
    ("industry-2026q3", 5, {"economy.weighs": 1.0, "promise.binds": 1.0, "listing.offered": 1.0}, ()),
    ("industry-2026q3", 10, {"lifeboat.exposed": 1.0}, ({"name": "funding_stop", "at": "2026Q4", "duration": 8},)),
    (
        "industry-2026q3",
        10,
        {"debt.share": 0.3, "debt.vendor_share": 0.1, "sale.open": 1.0, "guarantee.vendor": 0.3},
        ({"name": "funding_stop", "at": "2027Q1", "duration": 8}, {"name": "loss", "at": "2027Q3", "firm": "OpenAI"}),
    ),
    ("archetypes-2023q1", 2, {}, ({"name": "rate_shock", "at": "2023Q2"},)),
    ("archetypes-2023q1", 3, {}, tuple({"name": "loss", "at": "2023Q2", "firm": firm} for firm in ("cloud A", "chip vendor", "bank"))),
    ("tutorial", 1, {"lender.borrowings": 60.0}, ()),  # more than its loans and its cash: a bank whose capital is gone
)


@pytest.fixture
def read(monkeypatch):
    """Public names of all parameters that anybody reads from now on."""
    names, plain = set(), Group.__getattribute__

    def noticing(group, key):
        names.add(f"{type(group).name}.{key}")
        return plain(group, key)

    monkeypatch.setattr(Group, "__getattribute__", noticing)
    return names


@pytest.mark.slow
def test_every_parameter_is_read_by_a_run(read):
    for world, quarters, settings, shocks in RUNS:
        due = tuple(Shock.read(shock) for shock in shocks)
        industry = Industry(load_world(world, settings), worlds=24, rng=1, shocks=due).run(quarters)
        industry.record.outcomes(industry)
        release(industry)
    declared = {item.name for group in {**GROUPS, **OWN}.values() for item in group.declared().values()}
    assert sorted(declared - read) == []


TWO_FIRMS = {  # of the archetypes, by the kind that a shock strikes; None: any kind
    None: ("follower", "cloud A"), "labs": ("follower", "enterprise cautious"), "clouds": ("cloud A", "cloud B"),
    "investors": ("momentum", "public market"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", mostly_slow(SHOCKS, ("stall", "loss")))
def test_every_size_of_a_shock_makes_a_difference(name):
    for key, item in SHOCKS[name].declared().items():
        outcomes = []
        for value in (item.low, item.high) if not item.text else TWO_FIRMS[FIRMS_OF.get(name)]:
            shock = Shock.read({"name": name, "at": "2025Q1", key: value})
            model = Industry(load_world("archetypes-2023q1"), worlds=2, rng=1, shocks=(shock,)).run(20)
            outcomes.append((model.labs.revenue.tolist(), model.labs.cash.tolist(), model.clouds.rate.tolist()))
            release(model)
        assert outcomes[0] != outcomes[1], f"{name}.{key}"
