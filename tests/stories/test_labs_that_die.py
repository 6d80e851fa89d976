"""The dead do not rescue the living: two leaders fail in 2028Q1, against unharmed twins and against a closed form [model.md 13.8]."""

from functools import cache

import numpy as np
import pytest

from abm.failure import default
from abm.model import Industry, release
from abm.services.exodus import requalified, revenue_after, without_refuge
from agents.world_files.folder import load_world
from experiments.analysis.attribution import CHANNELS
from experiments.analysis.paired_effects import mean_with_interval

pytestmark = pytest.mark.slow

FUTURES = 96
AT, AFTER = 6, 8  # 2028Q1 in quarters from the opening, and quarters that are watched from then on
LEADERS = ("OpenAI", "Anthropic")
SATURATED = {"customers.market_size": 600.0, "customers.market_size_sd": 0.0}  # the twin hardly grows, so compute is there for all
NO_FRICTION = {"contagion.customers": 0.0}
ALL_OFF = {name: value for settings in CHANNELS.values() for name, value in settings.items()}


class Failing(Industry):
    """An industry in which some labs fail at the end of a quarter, whatever their cash."""

    doomed: tuple = ()

    def step(self):
        resolve = default.resolve_labs
        names = [self.labs.names.index(name) for name in self.doomed] if self.age == AT else []
        if names:
            doomed = np.isin(np.arange(len(self.labs.names)), names) & (self.labs.alive > 0)
            default.resolve_labs = lambda industry, dead: resolve(industry, dead | doomed)
        try:
            super().step()
        finally:
            default.resolve_labs = resolve


@cache
def run(doomed=(), settings=(), futures=tuple(range(FUTURES))):
    """Series of some futures, {measure: [futures, quarters, n]}, and who the customers were when 2028Q1 ended."""
    model = Failing(load_world("industry-2026q3"), world_ids=futures, rng=1, parameters=dict(settings))
    model.doomed = doomed
    model.run(AT + 1)
    people, segments = model.customers, model.customers.segments
    spend = np.stack([np.where(people.segment == k, people.spend, 0).sum(axis=1) for k in range(len(segments))], axis=1)
    model.run(AFTER)
    wanted = ("revenue", "demand", "fails", "in_transit", "spend_lost", "rescue", "spot_ratio", "credit_loss", "taken_in", "gw")
    found = {f"{kind} {name}": model.record.series(kind, name) for kind, name in model.record.measures if name in wanted}
    found["spend"], found["segments"], found["names"] = spend, segments, model.labs.names
    release(model)
    return found


def pair(doomed=LEADERS, settings=None):
    """The futures with and without the failures."""
    key = tuple(sorted((settings or {}).items()))
    return run(tuple(doomed), key), run((), key)


def revenue_left(hit, twin):
    """Mean revenue over the twin's in each quarter after the failure, [quarters]."""
    ours, theirs = (one["labs revenue"][:, AT + 1 :].sum(axis=2).mean(axis=0) for one in (hit, twin))
    return ours / theirs


def closed_form(twin, doomed=LEADERS):
    """The same by the closed form, from what the twin was when the labs died, [quarters]."""
    revenue, dead = twin["labs revenue"], np.isin(twin["names"], doomed)
    then = revenue[:, AT]
    shares = then / then.sum(axis=1, keepdims=True)
    takes = [requalified(low, high, AFTER) for low, high in zip(twin["segments"].requalify_low, twin["segments"].requalify_high)]
    ready = (twin["spend"][..., None] * np.stack(takes)).sum(axis=1) / twin["spend"].sum(axis=1)[:, None]
    growth = (revenue[:, AT + 1 :].sum(axis=2).mean() / then.sum(axis=1).mean()) ** (2 / (AFTER + 1))
    alone = without_refuge(shares, dead, 0.2)
    path = revenue_after(np.where(dead, shares, 0).sum(axis=1), alone, ready, lost=0.25, intake=0.35, growth=growth)
    return path.mean(axis=0), 1 - 0.25 * np.where(dead, shares, 0).sum(axis=1).mean()


def gains(hit, twin, measure, quarters=slice(AT + 1, None)):
    """What a measure adds up to after the failure, more than in the twin: mean, low, high over futures."""
    ours, theirs = (one[measure][:, quarters].sum(axis=(1, 2)) for one in (hit, twin))
    return mean_with_interval(ours - theirs)


def test_before_the_failure_nothing_differs():
    hit, twin = pair()
    assert np.array_equal(hit["labs revenue"][:, : AT + 1], twin["labs revenue"][:, : AT + 1])


def test_a_future_in_which_labs_fail_is_the_same_alone_and_in_a_crowd():
    crowd, alone = run(LEADERS), run(LEADERS, futures=(37,))
    for name in ("labs revenue", "labs taken_in", "industry in_transit", "industry spend_lost", "industry spot_ratio", "clouds gw"):
        assert np.array_equal(alone[name][0], crowd[name][37]), name


def test_two_leaders_leave_a_quarter_of_revenue_as_the_closed_form_says():
    hit, twin = pair()
    left, (expected, _) = revenue_left(hit, twin), closed_form(twin)
    assert left[0] == pytest.approx(expected[0], abs=0.10)
    assert left[0] < 0.4


@pytest.mark.parametrize("doomed", [("OpenAI",), ("Anthropic",), ("xAI",)])
def test_one_lab_less_costs_what_it_had_at_first_and_the_lost_part_in_the_end(doomed):
    hit, twin = pair(doomed)
    left, (expected, in_the_end) = revenue_left(hit, twin), closed_form(twin, doomed)
    assert left[0] == pytest.approx(expected[0], abs=0.10)
    assert left[-1] == pytest.approx(in_the_end, abs=0.05)


def test_where_compute_is_there_two_leaders_less_cost_the_lost_part_in_the_end():
    hit, twin = pair(settings=SATURATED)
    left, (expected, in_the_end) = revenue_left(hit, twin), closed_form(twin)
    assert left == pytest.approx(expected, abs=0.10)
    assert left[-1] == pytest.approx(in_the_end, abs=0.05)


def test_after_eight_quarters_revenue_is_within_five_points_of_what_is_not_lost_and_compute_that_was_never_built_keeps_it_lower():
    """.750 of the twin's where .800 of its customers are left."""
    hit, twin = pair()
    left, (_, in_the_end) = revenue_left(hit, twin), closed_form(twin)
    assert left[-1] < in_the_end
    assert left[-1] == pytest.approx(in_the_end, abs=0.055)
    built = hit["clouds gw"][:, -1].sum() / twin["clouds gw"][:, -1].sum()
    assert built < in_the_end


def test_no_lab_takes_in_more_than_its_share():
    hit, _ = pair()
    room = 0.35 * np.maximum(hit["labs revenue"], 0.01 * hit["labs revenue"].sum(axis=2, keepdims=True))
    assert (hit["labs taken_in"][:, 1:] <= room[:, :-1] * (1 + 1e-9)).all()


def test_what_the_dead_had_is_lost_in_transit_or_rescued():
    hit, twin = pair()
    had = twin["labs demand"][:, AT + 1, :2].sum(axis=1).mean()
    after = {name: hit[f"industry {name}"][:, AT + 1, 0].mean() for name in ("in_transit", "spend_lost", "rescue")}
    assert after["spend_lost"] == pytest.approx(0.25 * had, rel=0.05)
    assert sum(after.values()) == pytest.approx(had, rel=0.05)
    assert after["in_transit"] > after["spend_lost"] > after["rescue"] > 0
    assert hit["industry in_transit"][:, -1].mean() < 0.3 * after["in_transit"]


def test_idle_compute_is_cheap_and_owners_and_lenders_lose():
    hit, twin = pair()
    spot, before = (one["industry spot_ratio"][:, AT + 1].mean() for one in (hit, twin))
    assert spot < 0.5 < before
    for measure in ("clouds fails", "industry credit_loss"):
        mean, low, _ = gains(hit, twin, measure)
        assert 0 < low < mean, measure


def test_friction_makes_contagion_worse():
    on, off = pair(), pair(settings=NO_FRICTION)
    assert revenue_left(*off)[0] > 0.9  # everybody is served the same quarter, on the compute of the dead
    assert (revenue_left(*on)[:4] < revenue_left(*off)[:4]).all()
    more = {}
    for measure in ("clouds fails", "industry credit_loss"):
        with_friction, without = (hit[measure][:, AT + 1 :].sum(axis=(1, 2)) for hit in (on[0], off[0]))
        more[measure] = mean_with_interval(with_friction - without)
    assert more["clouds fails"][1] > 0
    assert more["industry credit_loss"][2] > 0  # a few per cent more, which luck can hide: most of it is lost with the labs' compute
    assert not off[0]["industry spend_lost"].any() and not off[0]["industry in_transit"].any()


def test_with_every_channel_off_no_survivor_is_worse_off_than_its_twin():
    hit, twin = pair(settings=ALL_OFF)
    for lab in range(2, 6):
        ours, theirs = (one["labs revenue"][:, AT + 1 :, lab].sum(axis=1) for one in (hit, twin))
        assert mean_with_interval(ours - theirs)[1] > 0
        ours, theirs = (one["labs fails"][:, AT + 1 :, lab].any(axis=1) for one in (hit, twin))
        assert ours.mean() <= theirs.mean()
