"""Customers one by one: birth, adoption, choice, money."""

import numpy as np
import pytest
from scipy.special import gammaincinv

from abm.engine.luck import Luck
from abm.errors import BadInput
from abm.services.parameters import ServicesParameters
from abm.services.refuge import Refuge
from abm.services.serving import Offers, Supply, ration
from agents import customer_market
from agents.customer_adoption import DEPLOYED, PILOT, PROCUREMENT, TRIAL, UNAWARE
from agents.customer_birth import Segments, two_waits
from agents.customer_market import KINDS
from agents.customers import Customers, weights_of
from agents.customers_parameters import CustomersParameters
from benchmarks.customer_quarter import LABS, circumstances, draws, refuge

SPEC = {  # the numbers of model.md 7 and 19, whatever the shipped worlds are calibrated to
    "market_size": 1500.0,
    "diffusion_speed": 1.5,
    "capability_power": 0.60,
    "fastest_growth": 10.0,
    "opening_spend": 0.28,
    "opening_growth": 4.0,
    "consumer_opening_share": 0.7,
    "consumer_potential_share": 0.35,
    "size_sd": 1.2,
    "usefulness": 1.0,
    "appetite_low": 0.1,
    "appetite_high": 0.9,
    "early_cost": 0.25,
    "late_cost": 0.5,
    "first_spend": 0.02,
    "noise_sd": 0.05,
    "noise_memory": 0.6,
    "consumer_noise": 2.0,
    "served_multiple": 1.6,
    "served_floor": 0.2,
    "large_accounts": 0,  # all alike but for their draws; the largest have a test of their own
    "capability_weight": 1.0,
}
COLUMNS = ("stage", "spend", "paid", "main_provider", "second_provider", "tenure", "wait")


def born(worlds=(0,), enterprises=150, cohorts=12, rng=7, shares=None, **values):
    n = len(worlds)
    p = CustomersParameters(n, SPEC | {"enterprises": enterprises, "cohorts": cohorts} | values)
    luck = Luck(rng, worlds)
    market = customer_market.market(p, luck.firms("memo", 0), np.ones((n, 1)))
    shares = np.full((n, 4, LABS), 1 / LABS) if shares is None else shares
    return Customers.born(p, None, market, luck, (np.zeros((n, 1)), shares)), luck


def offers(alive, worlds=1, **values):
    blank = {name: np.zeros((worlds, LABS)) for name in ("capability", "outage")}
    blank |= {"quality": np.zeros((worlds, len(KINDS), LABS)), "price": np.ones((worlds, LABS))}
    return Offers(**blank | values, alive=np.broadcast_to(alive, (worlds, LABS)))


ALL = np.ones(LABS, dtype=bool)
NONE_TURNED_AWAY = np.zeros((1, LABS, 3))


def test_sizes_add_up_to_the_market_and_its_parts():
    customers, _ = born(worlds=(0, 1, 2))
    parts = customers.by_kind(customers.potential)
    assert np.allclose(parts, customers.market.size * [[0.65, 0.35]], rtol=1e-12)


def test_opening_spend_adds_up_with_seven_tenths_from_consumers():
    customers, _ = born(worlds=(0, 1, 2))
    assert np.allclose(customers.by_kind(customers.spend), [[0.084, 0.196]], rtol=1e-12)
    assert np.all((customers.spend > 0) == (customers.stage == DEPLOYED))


def test_a_world_without_consumers_leaves_the_whole_market_to_enterprises():
    customers, _ = born(cohorts=0)
    assert customers.potential.sum() == pytest.approx(customers.market.size.item())
    assert customers.spend.sum() == pytest.approx(0.28)


def test_individual_potentials_add_up_to_the_market_potential():
    customers, _ = born(worlds=(0, 1, 2))
    potential = customers.individual_potential(np.full((3, 1), 2.0), boost=1.5)
    assert np.allclose(potential.sum(axis=1, keepdims=True), customers.market.potential(2.0, 1.5), rtol=1e-12)


def test_main_providers_have_the_opening_shares_of_their_segment_to_within_a_customer():
    shares = np.tile([0.8, 0.1, 0.05, 0.05, 0.0, 0.0], (1, 4, 1))
    customers, _ = born(enterprises=5000, cohorts=0, shares=shares)
    by_lab = np.bincount(customers.main_provider[0], weights=customers.spend[0], minlength=LABS) / 0.28
    assert by_lab == pytest.approx(shares[0, 0], abs=0.03)
    assert not np.any((customers.second_provider == customers.main_provider) & (customers.stage == DEPLOYED))


def test_the_first_customers_are_the_same_however_many_follow():
    few, _ = born(enterprises=40, cohorts=0)
    many, _ = born(enterprises=400, cohorts=60)
    own = ("segment", "domain", "lateness", "usefulness", "readiness", "risk_appetite", "patience", "procurement", "main_share", "stage")
    for name in own:
        assert np.array_equal(getattr(few, name), getattr(many, name)[:, :40]), name
    size = few.potential / many.potential[:, :40]
    assert np.allclose(size, size[0, 0], rtol=1e-12)


def test_the_largest_have_their_part_by_rank_however_many_follow():
    few, many = (born(enterprises=n, cohorts=n // 4, large_accounts=100, large_share=0.2)[0] for n in (2000, 20_000))
    for customers in (few, many):
        largest = customers.potential[0, :100] / customers.by_kind(customers.potential)[0, 0]
        assert largest.sum() == pytest.approx(0.2)
        assert largest[0] / largest[[1, 9, 99]] == pytest.approx([2, 10, 100])
    assert few.potential[0, :100] == pytest.approx(many.potential[0, :100])


def test_where_few_enterprises_stand_for_all_only_a_twentieth_is_large():
    customers, _ = born(enterprises=40, cohorts=10, large_accounts=100, large_share=0.2, size_sd=0)
    part = customers.potential[0] / customers.by_kind(customers.potential)[0, 0]
    by_rank = 0.2 / np.arange(1, 101) / (1 / np.arange(1, 101)).sum()
    assert part[:2] == pytest.approx(by_rank[:2])
    assert part[2:40] == pytest.approx((1 - by_rank[:2].sum()) / 38)


def test_draws_have_the_laws_they_should():
    customers, _ = born(enterprises=100_000, cohorts=0)
    assert np.quantile(np.log(customers.potential), [0.1587, 0.8413]) @ [-0.5, 0.5] == pytest.approx(1.2, abs=0.01)
    assert [customers.risk_appetite.min(), customers.risk_appetite.max()] == pytest.approx([0.1, 0.9], abs=1e-3)
    assert np.mean(customers.patience) == pytest.approx(1, abs=0.01)
    regulated = customers.procurement[customers.segment == 2]
    assert [regulated.mean(), regulated.var()] == pytest.approx([5, 12.5], rel=0.05)
    assert np.bincount(customers.segment[0]) / 100_000 == pytest.approx([0.3, 0.5, 0.2], abs=0.01)


def test_demand_noise_has_the_stated_spread_and_twice_that_for_consumers():
    p, noise, random = CustomersParameters(1, SPEC), np.zeros((1, 2)), np.random.default_rng(1)
    path = []
    for _ in range(20_000):
        noise = customer_market.next_noise(p, noise, random.standard_normal((1, 64)), np.ones((1, 1)))
        path.append(noise[0])
    assert np.std(path, axis=0) == pytest.approx([0.05, 0.1], rel=0.05)
    assert np.corrcoef(np.array(path)[:-1, 0], np.array(path)[1:, 0])[0, 1] == pytest.approx(0.6, abs=0.03)


def one_enterprise(**state):
    """One enterprise that has not deployed, of the segment `enterprise`, with the state given."""
    customers, _ = born(enterprises=1, cohorts=0)
    start = {"segment": 1, "stage": UNAWARE, "patience": 0.0, "readiness": 1.0, "procurement": 1.5, "spend": 0.0} | state
    start = {"usefulness": start["readiness"]} | start  # of middling appetite
    columns = {name: values.copy() for name, values in customers.columns.items()}
    for name, value in start.items():
        columns[name][:] = value
    return Customers(customers.parameters, customers.segments, customers.market, columns, LABS)


def stages(customers, frontier, quarters):
    path = []
    for _ in range(quarters):
        customers.advance_stages(np.array([[frontier]]))
        path.append(customers.stage.item())
    return path


def test_who_starts_early_waits_for_the_capability_and_integrates_in_two_quarters():
    customers = one_enterprise()
    assert stages(customers, 0.5, 2) == [TRIAL, TRIAL]
    assert stages(customers, 1.3, 5) == [PROCUREMENT, PROCUREMENT, PILOT, PILOT, DEPLOYED]
    assert customers.started_early.item() == 1


def test_who_starts_when_the_capability_is_there_needs_eight_quarters():
    customers = one_enterprise()
    path = stages(customers, 2.0, 12)
    assert path[:4] == [TRIAL, PROCUREMENT, PROCUREMENT, PILOT]
    assert path.index(DEPLOYED) - path.index(PILOT) == 8


def test_who_starts_late_asks_for_more_value():
    customers = one_enterprise(readiness=1.0)
    frontier = 1 + np.log(1.25)
    assert stages(customers, frontier + 1e-9, 3) == [TRIAL] * 3
    assert stages(customers, 1 + np.log(1.5) + 1e-9, 1) == [PROCUREMENT]


def test_a_patient_customer_tries_only_after_enough_word_of_mouth():
    customers = one_enterprise(patience=0.02)
    assert stages(customers, 0.0, 3) == [UNAWARE, UNAWARE, TRIAL]


def test_the_first_spend_is_a_fiftieth_of_potential_and_grows_afterwards():
    customers = one_enterprise(stage=PILOT, wait=1.0)
    frontier, quiet = np.array([[2.0]]), np.zeros((1, 2))
    customers.advance_stages(frontier)
    potential = customers.market.potential(frontier).item()
    assert customers.desired_spend(frontier, np.array([[1e3]]), quiet).item() == pytest.approx(0.02 * potential)
    customers.advance_stages(frontier)
    assert customers.desired_spend(frontier, np.array([[1e3]]), quiet).item() == pytest.approx(0.02 * potential * 10**0.25)


def test_wanted_spend_never_runs_away_from_what_was_served():
    customers, _ = born()
    customers.desired_spend(np.array([[5.0]]), np.array([[0.01]]), np.zeros((1, 2)))
    assert customers.spend.sum() == pytest.approx(1.6 * 0.01 + 0.2)


def chosen(customers, luck, offered, quarter=0, turned_away=NONE_TURNED_AWAY, room=None):
    before = customers.main_provider.copy()
    customers.choose(offered, turned_away, draws(luck, quarter, customers.n), room or refuge(1))
    return before, (customers.main_provider != before) & (customers.stage == DEPLOYED)


WITHOUT_FRICTION = Refuge(np.full((1, LABS), np.inf), np.zeros((1, 1), dtype=bool))


@pytest.mark.slow
def test_without_friction_customers_of_a_lab_that_is_gone_choose_at_once_and_never_it():
    customers, luck = born(enterprises=2000)
    alive = ALL.copy()
    alive[2] = False
    before, moved = chosen(customers, luck, offers(alive), room=WITHOUT_FRICTION)
    deployed = customers.stage == DEPLOYED
    assert np.all(moved[deployed & (before == 2)])
    assert not np.any(deployed & (customers.main_provider == 2))
    assert not np.any(deployed & (customers.second_provider == 2) & (customers.main_share < 1))
    assert np.mean(moved[deployed & (before != 2)]) < 0.2
    assert customers.demand().sum() == pytest.approx(0.28, rel=1e-12)


def test_with_one_lab_left_all_money_goes_to_it():
    customers, luck = born()
    alive = ALL & (np.arange(LABS) == 3)
    chosen(customers, luck, offers(alive), room=WITHOUT_FRICTION)
    demand = customers.demand()
    assert demand[0, 3].sum() == pytest.approx(0.28, rel=1e-12)
    assert demand.sum() == pytest.approx(0.28, rel=1e-12)


def test_with_no_lab_left_nobody_moves_and_nothing_breaks():
    customers, luck = born()
    _, moved = chosen(customers, luck, offers(~ALL))
    assert not moved.any()


def test_long_tenure_keeps_enterprises():
    loyal, luck = born(enterprises=50_000, cohorts=0)
    fresh, _ = born(enterprises=50_000, cohorts=0)
    loyal.tenure[:] = 40
    fresh_moved, loyal_moved = (chosen(one, luck, offers(ALL))[1] for one in (fresh, loyal))
    enterprise = (fresh.segment == 1) & (fresh.stage == DEPLOYED)
    assert np.mean(fresh_moved[enterprise]) == pytest.approx(0.1 * 5 / 6, abs=0.01)
    assert np.mean(loyal_moved[enterprise]) == pytest.approx(0.1 * 5 / (5 + np.exp(0.8)), abs=0.01)


def test_procurement_takes_two_exponential_waits():
    uniform = np.concatenate([np.linspace(0.001, 0.999, 999), 1 - 10.0 ** -np.arange(4, 15)])[None]
    np.testing.assert_allclose(two_waits(uniform), gammaincinv(2, uniform), rtol=1e-12)


def test_a_quarter_of_the_turned_away_chooses_anew():
    customers, luck = born(enterprises=500_000, cohorts=0)  # 4,000 of them with that lab: a standard error of .007
    turned_away = np.zeros((1, LABS, 3))
    turned_away[:, 1, 0] = 1  # the lab turned all its enterprise customers away
    before, moved = chosen(customers, luck, offers(ALL), turned_away=turned_away)
    enterprise = (customers.segment == 1) & (customers.stage == DEPLOYED)
    assert np.mean(moved[enterprise & (before == 1)]) == pytest.approx((1 - 0.9 * 0.75) * 5 / 6, abs=0.02)
    assert np.mean(moved[enterprise & (before == 0)]) == pytest.approx(0.1 * 5 / 6, abs=0.02)


def test_consumers_do_not_notice_capability_beyond_their_ceiling():
    p, segments = CustomersParameters(1, SPEC), Segments.default()
    capability = np.full((1, LABS), 4.0)
    capability[0, 1] = 6.0
    weights = weights_of(p, segments, offers(ALL, capability=capability))
    assert np.ptp(weights[0, 3]) == 0
    assert weights[0, 1, 1] / weights[0, 1, 0] == pytest.approx(np.e**2)


def quarter_of(customers, luck, quarter, services=None):
    """A whole quarter with real rationing. Returns demand and Rationing."""
    frontier, noise, offered, turned_away = circumstances(16, quarter)
    rows = list(luck.world_ids)
    pick = Offers(*(values[rows] for values in vars(offered).values()))
    customers.advance_stages(frontier[rows])
    customers.desired_spend(frontier[rows], np.full((len(rows), 1), 0.5), noise[rows])
    customers.choose(pick, turned_away[rows], draws(luck, quarter, customers.n), refuge(len(rows)))
    demand = customers.demand()
    one = np.ones((len(rows), 1))
    effective = np.full((len(rows), LABS), 0.005)
    supply = Supply(
        np.full((len(rows), LABS), 20.0), effective, pick.alive, 0.002 * one, 0.001 * one, ~pick.alive, *np.full((2, len(rows), LABS), 0.25)
    )
    result = ration(demand, supply, services or ServicesParameters(len(rows)))
    customers.settle(result.paid_share)
    return demand, result


def test_what_customers_pay_adds_up_to_what_labs_earn():
    customers, luck = born(worlds=tuple(range(5)))
    rationed = 0
    for quarter in range(10):
        demand, result = quarter_of(customers, luck, quarter)
        asked = customers.spend.sum(axis=1) - customers.in_transit()[:, 0]
        assert np.allclose(demand.sum(axis=(1, 2)), asked, rtol=1e-12)
        assert np.allclose(customers.by_kind(customers.paid).sum(axis=1), result.served.sum(axis=1), rtol=1e-12)
        consumer = customers.by_kind(customers.paid)[:, 1]
        assert np.allclose(consumer, result.by_class[:, :, 2].sum(axis=1), rtol=1e-12)
        assert np.all(customers.paid <= customers.spend * (1 + 1e-12))
        rationed += (result.turned_away.sum(axis=(1, 2)) > 0).sum()
    assert rationed > 10  # or the test would show nothing


def test_a_world_has_the_same_customers_alone_and_in_a_crowd_bit_for_bit():
    crowd, crowd_luck = born(worlds=tuple(range(16)))
    alone, alone_luck = born(worlds=(11,))
    for quarter in range(12):
        _, together = quarter_of(crowd, crowd_luck, quarter)
        _, single = quarter_of(alone, alone_luck, quarter)
        assert np.array_equal(single.served[0], together.served[11])
        for name in COLUMNS:
            assert np.array_equal(getattr(alone, name)[0], getattr(crowd, name)[11]), (quarter, name)


def test_columns_are_changed_in_place_so_that_agents_see_them():
    customers, luck = born(worlds=tuple(range(3)))
    held = dict(customers.columns)
    quarter_of(customers, luck, 0)
    assert all(getattr(customers, name) is values for name, values in held.items())


def test_customers_are_mesa_agents_that_see_their_columns():
    import mesa

    customers, luck = born(enterprises=5, cohorts=2)
    enterprises, cohorts = customers.populations(mesa.Model(rng=1))
    quarter_of(customers, luck, 0)
    assert enterprises[3].spend == customers.spend[0, 3]
    assert cohorts["cohort 2"].main_provider == customers.main_provider[0, 6]
    assert enterprises[0].would_adopt(100.0, 0.25)
    assert not enterprises[0].would_adopt(-100.0, 0.25)


def test_a_segment_with_a_misspelt_key_is_refused_by_name():
    with pytest.raises(BadInput, match=r"segment 'x'.*unknown key 'rechoise'.*did you mean 'rechoice'"):
        Segments.from_rows([{"name": "x", "rechoise": 0.1}])


def test_a_segment_with_a_value_out_of_range_is_refused():
    row = {"name": "x", "kind": "consumer", "service_class": "consumer", "number_share": 1, "rechoice": 2, "price_sensitivity": 1}
    row |= {"stickiness": 0.1, "procurement_quarters": 0, "opening_deployed": 1, "quality_ceiling": 3, "integrates": 0}
    with pytest.raises(BadInput, match=r"segment 'x': rechoice = 2 is not a number in \[0, 1\]"):
        Segments.from_rows([row])


@pytest.mark.parametrize("kind", [["consumer"], {"consumer": 1}, 1, None])
def test_a_segment_whose_kind_is_no_word_is_refused_in_a_sentence(kind):
    """A list cannot be looked up in a table: the fuzz of world files found that."""
    with pytest.raises(BadInput, match="segment 'x'"):
        Segments.from_rows([{"name": "x", "kind": kind}])
