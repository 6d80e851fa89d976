"""A row is an agent: every rule gives one agent what it gives its row of the population, in every world."""

import importlib
import pkgutil

import mesa
import numpy as np
import pytest

import agents
from abm.compute.chips import VendorParameters
from abm.engine.population import Population, declared
from abm.engine.rules import rule
from abm.errors import BadInput
from abm.finance.capital_parameters import InvestorParameters
from abm.finance.lending_parameters import LenderParameters
from agents.lab import Lab
from agents.lab_parameters import LabParameters
from tests.worlds import industry, opening, wanting


class SwitchedOn:
    """What rules read of debts and guarantees, which are off by default."""

    def __init__(self, worlds=1):
        self.share, self.vendor_share, self.equity_cost, self.vendor = (np.full((worlds, 1), each) for each in (0.3, 0.1, 0.25, 0.3))


WORLDS, ROWS, OTHERS = 3, 3, 4  # as many labs as worlds: where they are mixed up, NumPy would not complain
FIRM, WORLD, PAIR, PAIR_LAST, OTHER = "firm", "world", "pair", "pair last", "other"  # shapes: see `given`
QUANTILE, ZERO_ONE = (0.05, 0.95), (0, 1)

ARGUMENTS = {
    "Lab.forecast_base": [WORLD],
    "Lab.margin_after_opex": [(WORLD, (0.0, 0.1))],
    "Lab.means_to_pay": [FIRM, (FIRM, QUANTILE), FIRM, LabParameters, WORLD],
    "Lab.serving_quantile": [FIRM, FIRM],
    "Lab.compute_to_order": [FIRM, FIRM, FIRM, FIRM, FIRM],
    "Lab.prepayment_due": [FIRM, FIRM, FIRM, FIRM, WORLD, WORLD],
    "Lab.cash_wanted": [WORLD, WORLD],
    "Lab.part_borrowed": [(FIRM, (0.1, 0.25)), SwitchedOn],
    "Lab.next_appetite": [FIRM, WORLD, FIRM, FIRM, LabParameters],
    "Cloud.tenant_limit": [PAIR_LAST, PAIR_LAST, PAIR_LAST, PAIR_LAST],
    "ChipVendor.finance_budget": [VendorParameters, FIRM],
    "ChipVendor.part_offered": [VendorParameters],
    "ChipVendor.part_lent": [SwitchedOn],
    "ChipVendor.part_guaranteed": [SwitchedOn],
    "ChipVendor.accepts": [PAIR_LAST, PAIR_LAST, PAIR_LAST],
    "ChipVendor.slot_growth": [(WORLD, (0.1, 0.3)), (WORLD, (-0.2, -0.1)), WORLD, (WORLD, QUANTILE), FIRM],
    "Investor.free_share": [InvestorParameters],
    "Investor.on_offer": [(FIRM, (0.0, 0.01)), InvestorParameters],
    "Investor.extrapolation": [InvestorParameters],
    "Investor.supply": [WORLD, WORLD, FIRM, FIRM, InvestorParameters],
    "Investor.eagerness": [PAIR, PAIR],
    "Lender.most_lent": [LenderParameters],
    "Lender.base_rate": [LenderParameters],
    "Lender.financed": [PAIR, PAIR, WORLD, LenderParameters],
    "Lender.rate_asked": [PAIR, OTHER, WORLD, LenderParameters],
    "Lender.refinanced": [PAIR, LenderParameters],
    "EnterpriseCustomer.would_adopt": [WORLD, WORLD],
    "ConsumerCohort.would_adopt": [WORLD, WORLD],
}


def kinds():
    """{class name: class} of every kind of agent in the package, base classes left out."""
    modules = [importlib.import_module(f"agents.{module.name}") for module in pkgutil.iter_modules(agents.__path__)]
    found = {item for module in modules for item in vars(module).values() if isinstance(item, type) and issubclass(item, mesa.Agent)}
    ours = {item for item in found if item.__module__.startswith("agents.")}
    return {item.__name__: item for item in ours if not ours.intersection(item.__subclasses__())}


def rules(kind):
    """Names of the rules of a kind, inherited ones too."""
    return sorted({name for base in kind.__mro__ for name, item in vars(base).items() if isinstance(item, rule)})


CASES = sorted(f"{name}.{each}" for name, kind in kinds().items() for each in rules(kind))


def crowd(kind, worlds=WORLDS, rows=ROWS, seed=1):
    """A population with different numbers in every cell of every column."""
    random = np.random.default_rng(seed)
    bounds = {name: (max(item.low, 0.1), min(item.high, 3)) for name, item in declared(kind).items()}
    columns = {name: random.uniform(low, max(low, high), (worlds, rows)) for name, (low, high) in bounds.items()}
    if "style" in columns:
        columns["style"] = np.tile([0.0, 1.0, 2.0], (worlds, 1))
    return Population(mesa.Model(rng=1), kind, [f"row {number}" for number in range(rows)], columns, worlds)


def given(case, random, worlds=WORLDS):
    """Arguments of a rule for the population, and how each one is cut for one row."""
    parts = [each if isinstance(each, tuple) else (each, (0.1, 3)) for each in ARGUMENTS[case]]
    shapes = {
        FIRM: (worlds, ROWS),
        WORLD: (worlds, 1),
        PAIR: (worlds, ROWS, OTHERS),
        PAIR_LAST: (worlds, OTHERS, ROWS),
        OTHER: (worlds, 1, OTHERS),
    }
    return [(shape, random.uniform(*bounds, shapes[shape]) if shape in shapes else shape(worlds)) for shape, bounds in parts]


def for_row(shape, argument, row):
    """What a single agent is given: `[worlds]`, `[worlds, 1]`, or its slice of the pairs."""
    cuts = {FIRM: np.s_[:, row], PAIR: np.s_[:, row : row + 1], PAIR_LAST: np.s_[:, :, row : row + 1]}
    return argument[cuts[shape]] if shape in cuts else argument


def own_part(result, row):
    """The agent's part of what the whole population gets: its column, or its slice of the pairs."""
    last = result.ndim == 3 and result.shape[1:] == (OTHERS, ROWS)
    return result[..., row] if last else result[:, row]


def test_every_rule_is_tested_here():
    assert sorted(ARGUMENTS) == CASES
    assert {case.split(".")[0] for case in CASES} == set(kinds())


@pytest.mark.parametrize("case", CASES)
def test_a_rule_gives_one_agent_what_it_gives_its_row(case):
    name, method = case.split(".")
    population = crowd(kinds()[name])
    arguments = given(case, np.random.default_rng(2))
    everybody = getattr(population, method)(*[argument for _, argument in arguments])
    for row, agent in enumerate(population):
        alone = getattr(agent, method)(*[for_row(shape, argument, row) for shape, argument in arguments])
        expected = own_part(np.broadcast_to(everybody, (WORLDS, ROWS)) if everybody.ndim == 2 else everybody, row)
        assert np.array_equal(alone, expected), row
    flat = np.asarray(everybody, dtype=float).reshape(WORLDS, -1)
    assert len(np.unique(flat)) > 1  # or the test would show nothing


@pytest.mark.parametrize("case", CASES)
def test_a_rule_gives_a_world_the_same_alone_or_in_a_crowd(case):
    name, method = case.split(".")
    population = crowd(kinds()[name])
    arguments = given(case, np.random.default_rng(2))
    everybody = getattr(population, method)(*[argument for _, argument in arguments])
    for world in range(WORLDS):
        only = {column: np.ascontiguousarray(values[world : world + 1]) for column, values in population.columns.items()}
        lone = Population(mesa.Model(rng=1), kinds()[name], population.names, only, 1)
        cut = [argument[world : world + 1] if isinstance(argument, np.ndarray) else type(argument)(1) for _, argument in arguments]
        assert np.array_equal(getattr(lone, method)(*cut)[0], everybody[world])


@pytest.mark.parametrize("case", [case for case in CASES if not {PAIR, PAIR_LAST, OTHER} & {*map(str, ARGUMENTS[case])}])
def test_in_one_world_a_rule_hands_an_agent_a_number(case):
    name, method = case.split(".")
    agent = crowd(kinds()[name], worlds=1)[1]
    arguments = [for_row(shape, argument, 1) for shape, argument in given(case, np.random.default_rng(2), worlds=1)]
    assert isinstance(getattr(agent, method)(*arguments), float | bool)


def test_plain_numbers_do_as_arguments_for_one_agent_of_one_world():
    lab = crowd(Lab, worlds=1)[0]
    lab.opex_ratio, lab.revenue, lab.demand, lab.alive = 0.3, 10.0, 20.0, 1.0
    assert lab.margin_after_opex(0) == pytest.approx(0.7)
    assert lab.forecast_base(0.8) == 16


def test_a_column_is_a_number_in_one_world_and_an_array_in_several():
    assert isinstance(crowd(Lab, worlds=1)[0].cash, float)
    assert crowd(Lab)[0].cash.shape == (WORLDS,)
    assert crowd(Lab).cash.shape == (WORLDS, ROWS)


def test_looking_at_a_column_of_an_agent_cannot_change_it():
    labs = crowd(Lab)
    labs[0].cash[:] = -1
    assert (labs.cash > 0).all()


def test_setting_a_column_on_one_agent_changes_its_row_only():
    labs = crowd(Lab)
    before = labs.risk_appetite.copy()
    labs["row 1"].risk_appetite = 0.9
    assert (labs.risk_appetite[:, 1] == 0.9).all()
    assert np.array_equal(labs.risk_appetite[:, [0, 2]], before[:, [0, 2]])
    labs[2].risk_appetite = [0.1, 0.2, 0.3]  # one value per world
    assert labs[2].risk_appetite.tolist() == [0.1, 0.2, 0.3]


def test_a_value_out_of_range_is_refused_by_name():
    lab = crowd(Lab)["row 1"]
    with pytest.raises(BadInput, match=r"row 1: risk_appetite = 1.5 is outside \[0.02, 0.98\]"):
        lab.risk_appetite = 1.5
    with pytest.raises(BadInput, match="row 1: risk_appetite = 'bold' is not a number"):
        lab.risk_appetite = "bold"
    with pytest.raises(BadInput, match="outside"):
        lab.risk_appetite = float("nan")


def test_a_typo_gives_the_nearest_name():
    model = industry(opening({"labs": [{"name": "OpenAI", "revenue": 1.0}, {"name": "Anthropic"}], "clouds": [{}]}, people=wanting()))
    with pytest.raises(BadInput, match="no Lab is called 'OpenIA'; did you mean 'OpenAI'?"):
        model.labs["OpenIA"]
    assert model.labs["Anthropic"] is model.labs[1]


def test_an_unknown_column_is_no_attribute():
    with pytest.raises(AttributeError, match="no column or rule 'csh'"):
        crowd(Lab).csh  # noqa: B018


def test_a_population_without_a_value_for_a_column_is_refused():
    with pytest.raises(BadInput, match="Lab has no value for cash"):
        Population(mesa.Model(rng=1), Lab, ["one"], {}, 1)


def test_a_population_of_nobody_works():
    nobody = crowd(Lab, rows=0)
    assert nobody.margin_after_opex(np.zeros((WORLDS, 1))).shape == (WORLDS, 0)
    assert len(nobody) == 0
