"""Promises to investors: a falling burn that ends in a year. Missed, they cost mood, terms of rounds, and control."""

import numpy as np
import pytest

from abm.finance.promises import promised
from abm.finance.sentiment import lab_values
from abm.model import Industry, release
from agents.world_files.folder import load_world
from experiments.analysis.paired_effects import paired

NAMED = "industry-2026q3"
OPENAI, ANTHROPIC = 0, 1


def lived(quarters, futures=2, overrides=None, **parameters):
    """A run of the named world, in which two labs state promises."""
    settings = {f"promise.{name}": value for name, value in parameters.items()}
    return Industry(load_world(NAMED, overrides or {}), worlds=futures, rng=5, parameters=settings).run(quarters)


def test_a_promise_falls_in_a_straight_line_to_the_middle_of_its_year():
    """33 % at the opening in the middle of 2026, nothing two years on in the middle of 2028, and half of it in between."""
    model = lived(0, overrides={"lab.Anthropic.break_even": 2028, "lab.Anthropic.promised_burn": 0.33})
    at = [promised(model.labs, 3.5, years)[0, ANTHROPIC] for years in (3.5, 4.5, 5.5, 9.0)]
    assert at == pytest.approx([0.33, 0.165, 0, 0])
    release(model)


def a_year_of(model, burn):
    """A year in which the first lab burns this part of its revenue and nobody else burns anything."""
    for _ in range(4):
        obligations = model.labs.revenue / 4
        obligations[:, OPENAI] *= 1 + burn
        model.labs.put(obligations=obligations)
        model.promises.judge(model)


def test_who_burns_more_than_it_promised_is_behind_by_the_difference_and_catches_up():
    """OpenAI promises .57 in the middle of 2026 and 0 in that of 2030. It is judged at 2026.25, half a year before its first year ends."""
    model = lived(0, binds=1.0, memory=0.5, mood=0.5, terms=1.0, control=2.0)
    value = lab_values(model)
    a_year_of(model, 0.97)
    assert model.promises.missed[:, OPENAI] == pytest.approx(0.4) and model.promises.missed[:, ANTHROPIC:].max() == 0
    assert model.promises.fault[:, OPENAI] == pytest.approx(0.2)  # half of it is remembered after one quarter
    p, part = model.promise_parameters, model.labs.revenue[0, OPENAI] / model.labs.revenue[0].sum()
    assert model.promises.news == pytest.approx(0.5 * 0.2 * part)
    assert lab_values(model)[:, OPENAI] == pytest.approx(np.exp(-0.2) * value[:, OPENAI])
    assert model.promises.free_hand(p)[:, OPENAI] == pytest.approx(np.exp(-0.4))
    a_year_of(model, 0.0)
    assert (model.promises.missed == 0).all() and (model.promises.news < 0).all()
    for _ in range(12):
        a_year_of(model, 0.0)
    assert lab_values(model) == pytest.approx(value)
    release(model)


@pytest.mark.slow
def test_nobody_judges_before_a_year_has_passed_nor_who_promised_nothing():
    model = lived(3, binds=1.0, overrides={"lab.OpenAI.promised_burn": 0.0, "lab.OpenAI.break_even": 2026})
    assert (model.promises.fault == 0).all()
    silent = lived(8, binds=1.0, overrides={"lab.break_even": 0, "lab.promised_burn": 0})
    plain = lived(8)
    assert (silent.labs.cash == plain.labs.cash).all() and (silent.sentiment == plain.sentiment).all()
    for each in (model, silent, plain):
        release(each)


@pytest.mark.slow
def test_who_owns_a_lab_that_is_behind_lets_it_order_less():
    broken = {"lab.OpenAI.promised_burn": 0.0, "lab.OpenAI.break_even": 2025}
    model, free = lived(8, 16, broken, binds=1.0, control=5.0, mood=0.0, terms=0.0), lived(8, 16, broken)
    wanted = [each.record.series("labs", "wanted_gw")[:, 3:5, OPENAI].sum(axis=1) for each in (model, free)]
    behind = model.promises.fault[:, OPENAI] > 0
    assert behind.any() and (wanted[0] <= wanted[1] + 1e-9).all() and (wanted[0] < wanted[1]).any()
    release(model), release(free)


@pytest.mark.slow
def test_promises_that_bind_hard_cost_creditors_money_and_build_less():
    """At the far ends of the priors, in 128 paired futures of ten years."""
    found = []
    for binds in (0.0, 1.0):
        model = lived(40, 128, binds=binds, mood=1.0, terms=2.0, control=3.0)
        built = model.record.series("clouds", "delivered_gw").sum(axis=(1, 2))
        found.append((model.record.outcomes(model)["credit_loss"].to_numpy(), built))
        release(model)
    (loss, built), (loss_bound, built_bound) = found
    assert paired(loss_bound - loss).low > 0
    assert paired(built_bound - built).high < 0
