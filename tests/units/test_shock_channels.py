"""What a shock adds by channel, on tables of runs made by hand; and the design that is run."""

import json

import pandas as pd
import pytest

from abm.errors import BadInput
from experiments.analysis import shock_channels
from experiments.analysis.attribution import CHANNELS
from experiments.engine.question import Question
from experiments.engine.sweep import size

LOSS = {"name": "loss", "at": "2027Q1", "firm": "Lab"}
OFF = {"a": {"contagion.funding": 0.0}, "b": {"contagion.fire_sale": 0.0}}
ADDED = {"all on": 7.0, "a off": 3.0, "b off": 5.0, "a alone": 4.0, "b alone": 2.0, "all off": 1.0}


def runs():
    """Two channels that help each other: alone they add 3 and 1 to the 1 that comes anyway, together 6. One world has twice as much."""
    rows = [
        {"channels": name, "shock": shock, "seed": seed, "failed": 10.0 + (seed + 1) * amount * (shock == "with"), "silent": 3.0}
        for name, amount in ADDED.items()
        for shock in ("with", "without")
        for seed in (0, 1)
    ]
    return pd.DataFrame(rows)


def test_a_channel_counts_as_the_last_one_in_and_as_the_first():
    table = shock_channels.travels(runs(), ["a", "b"], ["failed"]).set_index("channel")
    assert table["last in"].tolist() == pytest.approx([1.5 * 7, 1.5 * 4, 1.5 * 2, 1.5 * 1])
    assert table.loc[["a", "b"], "first in"].tolist() == pytest.approx([1.5 * 3, 1.5 * 1])
    assert (table["last in, low"] < table["last in"]).all() and (table["last in"] < table["last in, high"]).all()


def test_outcomes_that_the_shock_never_moves_are_named():
    assert shock_channels.silent(shock_channels.travels(runs(), ["a", "b"], ["failed", "silent"])) == ["silent"]


def test_every_channel_is_off_alone_and_on_alone_with_and_without_the_shock():
    asked = shock_channels.question("tutorial", CHANNELS, [LOSS], seeds=3, quarters=8)
    assert size(Question.read(asked)) == 2 * (2 * len(CHANNELS) + 2)
    assert shock_channels.designs(OFF)["a alone"] == OFF["b"] and shock_channels.designs(OFF)["a off"] == OFF["a"]
    assert shock_channels.designs({"a": OFF["a"]}) == {"all on": {}, "a off": OFF["a"], "all off": OFF["a"]}


def test_without_a_shock_nothing_can_travel():
    with pytest.raises(BadInput, match="need a --shock"):
        shock_channels.question("tutorial", CHANNELS, [])


@pytest.mark.slow
def test_a_lost_lab_is_followed_through_the_channels_of_the_tutorial(tmp_path):
    from experiments.analysis import answers

    work = answers.Work(tmp_path / "out", 1, 4, 10)
    said = answers.travels("tutorial", {"spot": {"contagion.fire_sale": 0.0}}, (LOSS,), work)
    assert said.startswith("tutorial: what loss@2027Q1,firm=Lab adds, compared with the same 4 futures of 10 quarters without it")
    lines = {tuple(line.split()[:2]): line.split() for line in said.splitlines()}
    assert float(lines["labs_defaulted", "spot"][2]) == 0 and float(lines["labs_defaulted", "all"][3]) == 1
    found = json.loads(answers.travels("tutorial", {"spot": {"contagion.fire_sale": 0.0}}, (LOSS,), work, as_json=True))
    assert found["shocks"] == [LOSS] and {"outcome", "channel", "last in", "first in"} <= set(found["channels"][0])
    with pytest.raises(BadInput, match="outside the run"):
        answers.travels("tutorial", OFF, ({**LOSS, "at": "2035Q1"},), work)
