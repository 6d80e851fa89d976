"""What is believed of uncertain numbers: which have a prior, which law it takes, and what a draw of all of them opens."""

import numpy as np
import pytest

from abm.errors import BadInput
from abm.model import Industry, release
from abm.parameters import KNOWN, UNCERTAIN, parameter
from abm.priors import JUDGEMENT, Prior, between, read_prior, shifted
from abm.settings import GROUPS
from agents.inhabitants import GROUPS as OWN
from agents.world_files.columns import ONE, settable
from agents.world_files.folder import load_world
from experiments.declarations import column_status, declarations, priors
from experiments.doubt import in_doubt, values_of

ITEMS = [item for group in {**GROUPS, **OWN}.values() for item in group.declared().values()]
COLUMNS = {f"{ONE[kind]}.{key}": item for kind in ONE for key, item in settable(kind).items()}
FACTS = ("text S", "text;", "public", "solved from text S", "definition", "Census")  # how the source of what is known begins
WIDTH = parameter(1.0, unit="1", low=0, high=10, source="assumption", meaning="a number", prior=between(0.5, 1.5))


def test_every_assumption_has_a_prior():
    assert [(item.name, item.source) for item in ITEMS if item.status == KNOWN and not item.source.startswith(FACTS)] == []
    assumed = {name: item for name, item in COLUMNS.items() if item.default is not None and "assumption" in item.source}
    assert [name for name, item in assumed.items() if column_status(item) == KNOWN] == []


def test_words_about_a_prior_became_one():
    assert [row.name for row in declarations() if "prior" in row.source] == []


@pytest.mark.parametrize("item", [item for item in ITEMS if item.prior], ids=lambda item: item.name)
def test_a_value_lies_in_its_prior_and_the_prior_in_the_bounds(item):
    item.prior.checked(item, "declared")
    assert item.prior.low <= item.value <= item.prior.high


@pytest.mark.parametrize("name", [name for name, item in COLUMNS.items() if item.prior])
def test_the_same_of_numbers_of_firms(name):
    item = COLUMNS[name]
    item.prior.checked(item, "declared")
    assert item.prior.is_shift or item.prior.low <= item.default <= item.prior.high


def test_a_wide_positive_range_is_drawn_by_orders_of_magnitude_and_a_narrow_one_around_the_value():
    assert between(1, 3).around(2).law == "log-uniform"
    assert between(1, 2.9).around(2).law == between(-1, 5).around(0).law == "triangular"
    assert between(1, 2).around(2).law == "uniform"
    assert between(1, 4).around(2, whole=True).values == (1, 2, 3, 4)


def test_every_law_keeps_its_bounds_and_its_middle():
    levels = np.array([0, 0.5, 1])
    assert between(1, 100).around(2).quantile(levels) == pytest.approx([1, 10, 100])
    for law in ("uniform", "triangular", "pert", "normal"):
        assert between(2, 6, law=law).around(4).quantile(levels) == pytest.approx([2, 4, 6])
    assert Prior(1, 3, values=(1, 3), weights=(1, 3)).around(1).quantile([0.2, 0.3, 1]).tolist() == [1, 3, 3]
    assert shifted(0.2).around(0).quantile(levels) == pytest.approx([-0.2, 0, 0.2])


@pytest.mark.parametrize(
    "row, says",
    [
        ({"low": 1, "high": 2, "source": "x", "law": "unifrom"}, "law = 'unifrom' is not allowed; did you mean 'uniform'"),
        ({"low": 1, "source": "x"}, "'high' is missing"),
        ({"low": 1, "high": 2}, "'source' is missing"),
        ({"low": 2, "high": 1, "source": "x"}, "low = 2 and high = 1 are not allowed"),
        ({"low": -2, "high": 1, "source": "x"}, "low = -2 is outside [0, 10]"),
        ({"low": 0, "high": 1, "source": "x", "law": "log-uniform"}, "needs a positive one"),
        ({"low": 0, "high": True, "source": "x"}, "high = True is not a finite number"),
        ({"law": "discrete", "values": [1, 2], "weights": [1], "source": "x"}, "weights = [1.0] is not allowed"),
        ({"low": 1, "high": 2, "centre": 3, "law": "pert", "source": "x"}, "centre = 3 is outside [1, 2]"),
        ({"low": 1, "high": 2, "mode": 3, "source": "x"}, "unknown key 'mode'"),
        (0.5, "is not a table"),
    ],
)
def test_a_prior_that_is_none_is_refused_in_one_sentence(row, says):
    with pytest.raises(BadInput, match="^mine.toml: ") as error:
        read_prior(row, WIDTH, 1.0, "mine.toml")
    assert says in str(error.value)


def test_two_hundred_draws_of_all_priors_open_the_tutorial():
    opening = load_world("tutorial")
    doubts = in_doubt(opening)
    opened, drawn = values_of(opening, doubts, seed=3, world_ids=range(200))
    assert len(drawn) > 150 and all(np.ptp(values) > 0 for values in drawn.values())
    model = Industry(opened, worlds=200, rng=3, parameters=drawn)
    assert model.worlds == 200
    release(model)


def test_the_list_names_law_bounds_kind_and_source_of_every_prior():
    rows = {row.name: row for row in priors()}
    assert {name for name, row in rows.items() if row.drawn == "yes"} == {row.name for row in declarations() if row.status == UNCERTAIN}
    assert rows["services.most_unserved"][3:6] == ("log-uniform", "0.1 to 0.3", JUDGEMENT)
    assert rows["lender.best_rate"].kind == "source" and rows["cloud.build_lag"].drawn.startswith("no")
