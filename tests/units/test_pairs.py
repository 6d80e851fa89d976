"""Paired differences, shares and Shapley values, against cases that can be checked by hand or in print."""

import numpy as np
import pandas as pd
import pytest

from abm.errors import BadInput
from experiments.analysis import attribution
from experiments.analysis.conditions import Condition
from experiments.analysis.paired_effects import compare, differences, paired, paired_share, shares


def test_the_interval_of_paired_shares_is_that_of_newcombe_1998():
    after = np.repeat([1, 1, 0, 0], [36, 12, 2, 0]).astype(bool)
    before = np.repeat([1, 0, 1, 0], [36, 12, 2, 0]).astype(bool)
    found = paired_share(after, before)
    assert found.mean == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0569, abs=1e-4), pytest.approx(0.3404, abs=1e-4))


def test_shares_that_never_differ_still_have_an_interval():
    found = paired_share(np.zeros(20, dtype=bool), np.zeros(20, dtype=bool))
    assert found.mean == 0 and found.low < 0 < found.high


def test_pairs_of_one_sample_have_the_t_interval():
    found = paired([1.0, 2.0, 3.0])
    assert found.mean == 2
    assert found.high - found.mean == pytest.approx(4.302653 * 1 / np.sqrt(3), rel=1e-5)


def test_many_seeds_do_not_hide_that_there_are_few_samples():
    by_sample = np.repeat([[0.0], [1.0], [2.0]], 100, axis=1)
    found = paired(by_sample)
    assert found.pairs == 300
    assert found.high - found.mean == pytest.approx(4.302653 * 1 / np.sqrt(3), rel=1e-5)


def test_a_difference_of_shares_is_never_said_to_be_more_than_all():
    """Two samples leave one degree of freedom, and an interval of twelve times the error."""
    rows = [(sample, seed, lever, float(lever > 0 and sample == 0)) for sample in (0, 1) for seed in (0, 1) for lever in (0.0, 1.0)]
    runs = pd.DataFrame(rows, columns=["sample", "seed", "lever", "systemic_event"])
    found = differences(runs, {"lever": 0.0}, ["systemic_event"], ["lever"]).iloc[0]
    assert (found["mean"], found["low"], found["high"]) == (0.5, -1, 1)


def test_pairing_takes_luck_out():
    luck = np.random.default_rng(2).normal(size=50) * 10
    runs = pd.DataFrame([{"c": c, "sample": 0, "seed": k, "x": luck[k] + c + 0.1 * (k % 2)} for c in (0.0, 1.0) for k in range(50)])
    row = differences(runs, {"c": 0.0}, ["x"], ["c"]).iloc[0]
    assert (row.c, row["mean"], row.pairs, row.share_higher) == (1.0, pytest.approx(1.0), 50, 1.0)
    assert row.high - row.low < 1e-9


def test_a_lever_that_the_baseline_leaves_out_keeps_its_value():
    runs = pd.DataFrame([{"c": c, "d": d, "sample": 0, "seed": k, "x": c * d + k} for c in (0, 1) for d in (1, 5) for k in range(3)])
    found = differences(runs, {"c": 0}, ["x"], ["c", "d"]).set_index("d")
    assert found["mean"].to_dict() == {1: 1.0, 5: 5.0}


def test_a_failed_run_takes_its_pair_out_and_nothing_else():
    runs = pd.DataFrame([{"c": c, "sample": 0, "seed": k, "x": 1.0 * c} for c in (0, 1) for k in range(4)])
    runs.loc[(runs.c == 1) & (runs.seed == 2), "x"] = np.nan
    assert differences(runs, {"c": 0}, ["x"], ["c"]).pairs.tolist() == [3]
    with pytest.raises(BadInput, match="is not a lever"):
        differences(runs, {"e": 0}, ["x"], ["c"])


def test_shares_come_with_their_wilson_interval_and_number_of_runs():
    runs = pd.DataFrame({"c": [0] * 10 + [1] * 10, "x": [0.0] * 10 + [1.0] * 5 + [0.0] * 5})
    found = shares(runs, Condition.read("x > 0.5"), ["c"]).set_index("c")
    assert found["count"].tolist() == [0, 5] and found.trials.tolist() == [10, 10]
    assert found.high[0] == pytest.approx(0.2775, abs=1e-4)
    assert (found.low[1], found.high[1]) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))


def test_shapley_values_share_what_only_two_together_do():
    on = attribution.subsets(3)
    together = (10 * on[:, 0] * on[:, 1] + 4 * on[:, 2] + 1).astype(float)
    parts = attribution.shapley(together)
    assert parts.direct == 1 and parts.whole == 15
    assert parts.mechanisms.tolist() == [5, 5, 4]


def test_parts_and_own_causes_add_up_in_every_world():
    values = np.random.default_rng(5).normal(size=(64, 7))
    parts = attribution.shapley(values)
    assert parts.direct + parts.mechanisms.sum(axis=0) == pytest.approx(parts.whole)


def stored(names, value):
    """Runs of every subset on two seeds."""
    rows = []
    for bits in attribution.subsets(len(names)):
        switches = {name: "on" if bit else "off" for name, bit in zip(names, bits)}
        rows += [{**switches, "seed": seed, "failed": value(*bits, seed), "labs_defaulted": 2.0 * value(*bits, seed)} for seed in (0, 1)]
    return pd.DataFrame(rows).sample(frac=1, random_state=0)


def test_outcomes_and_firms_are_decomposed_by_cause():
    runs = stored(["a", "b"], lambda a, b, seed: max(seed, a * b))
    table = attribution.decomposition(runs, ["a", "b"], ["labs_defaulted"]).set_index("cause")
    assert table["mean"].to_dict() == {"own causes": 1.0, "a": 0.5, "b": 0.5, "all": 2.0}
    firms = attribution.by_firm(runs.assign(kind="labs", agent="OpenAI"), ["a", "b"])
    assert firms[["firm", "probability", "own causes", "a", "b"]].values.tolist() == [["OpenAI", 1.0, 0.5, 0.25, 0.25]]


def test_contagion_is_what_vanishes_with_all_mechanisms_off_and_its_interval_is_that_of_a_ratio():
    """Defaults 2 and 2 with, 0 and 2 without: half; residuals +-1, mean 2, so 1.96 * sqrt(2) / sqrt(2) / 2 to each side."""
    runs = stored(["a", "b"], lambda a, b, seed: max(seed, a * b))
    share, low, high = attribution.contagion(runs, ["a", "b"], kinds=("labs_defaulted",))
    assert share == 0.5
    assert high - share == pytest.approx(1.96 / 2, rel=1e-3)
    assert share - low == pytest.approx(high - share)


def test_a_missing_subset_is_refused():
    runs = stored(["a", "b"], lambda a, b, seed: 0)
    with pytest.raises(BadInput, match="finish the sweep"):
        attribution.by_subset(runs[(runs.a == "on") | (runs.b == "on")], ["a", "b"], "failed")


def test_all_six_channels_of_the_model_are_asked_about():
    from experiments.engine.design import size
    from experiments.engine.question import Question

    assert list(attribution.CHANNELS) == ["counterparty", "cross_equity", "fire_sale", "funding", "backlog", "customers"]
    assert size(Question.read(attribution.question("tutorial"))) == 64
    assert attribution.read_mechanisms(["circular:vendor.circular_intensity=0"]) == {"circular": {"vendor.circular_intensity": 0.0}}
    with pytest.raises(BadInput, match="name:setting=value"):
        attribution.read_mechanisms(["circular"])


def test_of_a_pair_of_gloves_the_one_that_is_rare_is_worth_most():
    """Shapley's own example: one left glove and two right ones; only a pair is worth something."""
    on = attribution.subsets(3)
    pair = (on[:, 0] * np.maximum(on[:, 1], on[:, 2])).astype(float)
    assert attribution.shapley(pair).mechanisms.tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_outcomes_of_which_nothing_came_are_named_and_not_listed():
    runs = stored(["a", "b"], lambda a, b, seed: a * b).assign(credit_loss=0.0)
    shown, silent = attribution.that_happened(attribution.decomposition(runs, ["a", "b"], ["labs_defaulted", "credit_loss"]))
    assert set(shown.outcome) == {"labs_defaulted"} and silent == ["credit_loss"]


def test_two_tables_of_outcomes_are_compared_world_by_world():
    before = pd.DataFrame({"world": range(4), "crisis": [0.0, 0, 0, 1], "welfare": [1.0, 2, 3, np.nan]})
    after = pd.DataFrame({"world": range(4), "crisis": [1.0, 1, 0, 1], "welfare": [2.0, 3, 4, 9]})
    found = compare(after, before, ["crisis", "welfare"]).set_index("outcome")
    assert found.loc["crisis", ["before", "after", "mean", "pairs"]].tolist() == [0.25, 0.75, 0.5, 4]
    assert found.loc["crisis", "low"] < 0.5 < found.loc["crisis", "high"] <= 1
    assert found.loc["welfare", ["before", "after", "mean", "low", "high", "pairs"]].tolist() == [2, 3, 1, 1, 1, 3]  # of both
    assert compare(after, before, ["welfare"]).attrs["units"] == {"welfare": "$bn"}


@pytest.mark.parametrize("other", [pd.DataFrame({"world": [1], "crisis": [0.0]}), pd.DataFrame({"crisis": [0.0]})], ids=["others", "none"])
def test_tables_of_other_worlds_are_not_compared(other):
    with pytest.raises(BadInput, match="do not hold the same worlds"):
        compare(pd.DataFrame({"world": [0], "crisis": [1.0]}), other, ["crisis"])


def test_tables_of_other_luck_are_not_compared():
    tables = [pd.DataFrame({"world": [0], "crisis": [1.0]}) for _ in range(2)]
    for seed, table in enumerate(tables):
        table.attrs["seed"] = seed
    with pytest.raises(BadInput, match="other luck, seeds 0 and 1"):
        compare(*tables, ["crisis"])
