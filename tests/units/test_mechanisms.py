"""The page of mechanisms names what exists, and what each does is stored."""

import re
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
import pytest

from experiments.engine.cases import case_of
from experiments.inputs import ROOT
from experiments.mechanisms import page, store
from experiments.mechanisms.arms import lived, settings_of
from experiments.mechanisms.catalogue import PLANNED, STATUS, mechanisms, settings
from experiments.mechanisms.effects import OUTCOMES, measured, switched
from experiments.mechanisms.ends import USUAL

WORLD, ROWS, CONTRACTS, FUTURES = "industry-2026q3", 93, 6, 128
needs_checkout = pytest.mark.skipif(not (ROOT / "tests").exists(), reason="tests lie beside a checkout only")


def test_every_mechanism_of_the_source_texts_has_a_row():
    of_texts, of_finance = ([f"{kind}{number:02d}" for number in range(1, rows + 1)] for kind, rows in (("SM", ROWS), ("F", CONTRACTS)))
    assert list(mechanisms()) == of_texts + of_finance
    assert {item.status for item in mechanisms().values()} == set(STATUS)
    for name, item in mechanisms().items():
        assert re.fullmatch(r"text S\d|model.md \d+\.\d+", item.source), name
        assert (item.status == PLANNED) == (not item.where), name
        assert (item.status == "part") == bool(item.lacks), name


@pytest.mark.parametrize("name", [name for name, item in mechanisms().items() if item.status != PLANNED])
def test_a_mechanism_that_acts_names_functions_and_settings_that_exist(name):
    item = mechanisms()[name]
    assert item.does and all(resolve_name(path) for path in item.where)
    for side in (item.with_it, item.without):
        assert case_of(settings_of(WORLD, 20, settings(side)))


@needs_checkout
def test_a_mechanism_that_acts_names_a_test_that_exists():
    for name, item in mechanisms().items():
        if item.status != PLANNED:
            path, _, test = item.test.partition("::")
            assert re.search(rf"^def {test}\(", (ROOT / path).read_text(encoding="utf-8"), re.M), name


def test_every_mechanism_with_a_switch_was_measured_with_an_interval():
    stored = store.read(store.EFFECTS)
    assert stored["found"].keys() == {WORLD, *switched()} and stored["setting"]["futures"] >= FUTURES
    for name in switched():
        for outcome in OUTCOMES:
            mean, low, high = stored["found"][name][outcome]
            assert low <= mean <= high, (name, outcome)


@needs_checkout
def test_the_pages_committed_are_those_written():
    for path, text in page.pages().items():
        assert Path(path).read_text(encoding="utf-8") == text, f"{path.name}: python -m experiments.mechanisms pages"


@pytest.mark.slow
def test_arms_are_run_on_the_same_futures_as_alone():
    world, quarters = "tutorial", 3
    points = {USUAL: settings_of(world, quarters, {}), "lag": settings_of(world, quarters, {"cloud.build_lag": 4.0})}
    points["bold"] = settings_of(world, quarters, {"lab.risk_appetite": 0.9})
    together, failed = lived(points, 4, 0)
    alone, _ = lived({"bold": points["bold"]}, 4, 0)
    assert not failed
    assert all(np.array_equal(together["bold"][name], alone["bold"][name], equal_nan=True) for name in alone["bold"])


@pytest.mark.slow
def test_a_small_measurement_has_each_effect_with_its_interval():
    found_effects = measured(WORLD, 18, 4, 0, ["SM31", "SM57"])
    assert all(low <= mean <= high for each in found_effects.values() for mean, low, high in each.values())
    assert found_effects.keys() == {"SM31", "SM57"}
