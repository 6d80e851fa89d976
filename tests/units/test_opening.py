"""What a run starts from: instruments close, dollars stay, assumptions are listed, values can be set by hand."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from abm.clock import QUARTER
from abm.errors import BadInput
from agents.appetite import MAPPED, follows
from agents.world_files.folder import load_world, with_overrides
from agents.world_files.shipped import shipped_names

WORLDS = Path(__file__).resolve().parents[2] / "worlds"
HEAD = 'title = "T"\nstart = "2026Q1"\nkind = "named"\npurpose = "test"\nsource = "assumption"\n[structure]\nentrants = 1\n'
FIRMS = """
[[labs]]
name = "One"
cash = 6
revenue = 10
valuation = 100
[[labs]]
name = "One.5 B"
cash = 2
revenue = 5
{lab}
[[clouds]]
name = "Cloud"
cash = 5
{cloud}
[[clouds]]
name = "Other"
cash = 5
[[vendors]]
name = "Vendor"
cash = 10
sales = 28
[[investors]]
name = "Fund"
style = "momentum"
cash = 30
[[investors]]
name = "Market"
style = "public"
cash = 10
[[lenders]]
name = "Bank"
cash = 20
[[lenders]]
name = "bond market"
cash = 20
"""
CONTRACT = "tenant,owner,gw,usd_bn,years,first_delivery,full_delivery,prepaid,confidence,source,note\n"
EQUITY = "holder,issuer,usd_bn,share,date,confidence,source,note\n"
DEBT = "lender,borrower,usd_bn,rate,quarters_left,confidence,source,note\n"


def opened(tmp_path, lab="", cloud="", contracts="", equity="", debt="", top=""):
    (tmp_path / "world.toml").write_text(HEAD + top + FIRMS.format(lab=lab, cloud=cloud))
    (tmp_path / "contracts.csv").write_text(CONTRACT + contracts)
    (tmp_path / "equity.csv").write_text(EQUITY + equity)
    (tmp_path / "debt.csv").write_text(DEBT + debt)
    return load_world(tmp_path)


def figures(opening, firm, confidence="assumption"):
    return {figure.key: figure.value for figure in opening.figures if figure.firm == firm and figure.confidence == confidence}


def dollars(tranches):
    return sum(part.rent * part.term * QUARTER for part in tranches)


# ---- what is shipped


@pytest.mark.parametrize("name", shipped_names())
def test_holders_own_each_issuer_to_the_last_share(name):
    opening = load_world(name)
    for kind, table in opening.shares.items():
        assert table.shape == (len(opening.all_names), len(opening.names[kind]))
        assert np.all(table >= 0)
        assert np.abs(table.sum(axis=0) - 1).max() < 1e-9
        assert np.all(np.diagonal(table[opening.rows(kind)]) == 0)


@pytest.mark.parametrize("name", shipped_names())
def test_every_mix_is_whole_and_every_number_is_there(name):
    opening = load_world(name)
    for mix in (opening.weights, opening.vendor_mix, opening.lender_mix):
        assert np.abs(mix.sum(axis=1) - 1).max() < 1e-9
    for kind, columns in opening.columns.items():
        for key, values in columns.items():
            assert values.shape == (len(opening.names[kind]),), key
            assert np.isfinite(values).all(), key


@pytest.mark.parametrize("name", shipped_names())
def test_every_cell_has_a_figure_with_a_source(name):
    opening = load_world(name)
    listed = {(figure.firm, figure.key) for figure in opening.figures}
    silent = {"alive", *(follows(key) for keys in MAPPED.values() for key in keys)}  # not numbers of the firms
    for kind, columns in opening.columns.items():
        firms = [firm for firm in opening.names[kind] if not firm.startswith("entrant")]
        assert {(firm, key) for firm in firms for key in columns.keys() - silent} <= listed
    assert all(figure.source for figure in opening.figures)


@pytest.mark.parametrize("name", shipped_names())
def test_an_owner_has_in_service_what_it_lets_and_what_is_idle(name):
    opening = load_world(name)
    clouds, running = opening.columns["clouds"], np.zeros(len(opening.names["clouds"]))
    for part in opening.tranches:
        running[part.owner] += part.gw * (part.delivery < opening.start)
    assert np.allclose(running + clouds["outside_gw"], clouds["fleet_gw"])


def test_the_commitments_of_the_two_largest_labs_are_the_public_ones():
    opening = load_world("industry-2026q3")
    unpaid = dict.fromkeys(opening.names["labs"], 0.0)
    for part in opening.tranches:
        if part.tenant >= 0:
            left = part.delivery + part.term - max(part.delivery, opening.start)
            unpaid[opening.names["labs"][part.tenant]] += part.rent * left * QUARTER
    assert unpaid["OpenAI"] == pytest.approx(750, rel=0.02)
    assert unpaid["Anthropic"] == pytest.approx(518, rel=0.02)


def test_archetypes_open_as_appendix_b_says():
    opening = load_world("archetypes-2023q1")
    chosen = tomllib.loads((WORLDS / "archetypes-2023q1" / "world.toml").read_text(encoding="utf-8"))  # calibrated, so not repeated here
    growth, spend = chosen["opening"]["pipeline_growth"], chosen["parameters"]["customers.opening_spend"]["value"]
    running = [part for part in opening.tranches if part.delivery < opening.start]
    coming = [part for part in opening.tranches if part.delivery > opening.start]
    given = chosen["opening"]
    assert sum(part.gw for part in running) == pytest.approx(given["fleet_gw"])
    assert sum(part.gw for part in coming) == pytest.approx(given["pipeline_slots"] * sum(growth**s for s in range(1, 6)))
    assert [part.rent / part.gw for part in opening.tranches] == pytest.approx([13.517] * len(opening.tranches), abs=0.01)
    assert {part.delivery - opening.start for part in opening.tranches} == {-2, 1, 2, 3, 4, 5}
    assert sum(part.gw for part in running if part.tenant == 1) == pytest.approx(given["fleet_gw"] * 0.8)
    assert opening.columns["clouds"]["book"].sum() == pytest.approx(50 * given["fleet_gw"])
    assert opening.columns["labs"]["revenue"].sum() == pytest.approx(spend)
    half = opening.shares["labs"][opening.rows("investors"), 0].sum()
    assert half == pytest.approx(0.5)
    assert opening.shares["labs"][opening.all_names.index("Economy"), 0] == pytest.approx(0.5)


def test_a_shorter_lag_means_a_shorter_opening_pipeline():
    opening = load_world("archetypes-2023q1", {"cloud.build_lag": 4})
    assert max(part.delivery - opening.start for part in opening.tranches) == 3
    assert opening.parameters["cloud.build_lag"] == 4


# ---- contracts


def test_gw_arrive_evenly_and_dollars_are_kept(tmp_path):
    opening = opened(tmp_path, contracts="One,Cloud,2,133,5,2026Q2,2027Q1,8,reported,paper,\n")
    assert [str(part.delivery) for part in opening.tranches] == ["2026Q2", "2026Q3", "2026Q4", "2027Q1"]
    assert {part.gw for part in opening.tranches} == {0.5}
    assert {part.prepaid for part in opening.tranches} == {2}
    assert dollars(opening.tranches) == pytest.approx(133, abs=1e-9)


def test_missing_gw_and_years_are_assumed_and_listed(tmp_path):
    opening = opened(tmp_path, contracts="One,Cloud,,133,,2026Q2,,,reported,paper,\n")
    (part,) = opening.tranches
    assert part.gw == pytest.approx(133 / (5 * 13.3))
    assert part.term == 20
    assumed = figures(opening, "One")
    assert assumed["gw with Cloud from 2026Q2"] == pytest.approx(2)
    assert assumed["years with Cloud from 2026Q2"] == 5
    assert figures(opening, "One", "reported")["usd_bn with Cloud from 2026Q2"] == 133


def test_what_has_expired_is_dropped_and_what_runs_keeps_its_term(tmp_path):
    opening = opened(tmp_path, contracts="One,Cloud,3,39.9,1,2024Q4,2025Q2,,reported,paper,\n")
    assert [str(part.delivery) for part in opening.tranches] == ["2025Q2"]
    assert opening.tranches[0].term == 4
    assert opening.tranches[0].rent == pytest.approx(13.3)


def test_many_terms_become_four_and_no_contract_changes_its_dollars(tmp_path):
    years = (1, 2, 3, 4, 5, 6, 7)
    lines = "".join(f"One,Cloud,1,{10 * y},{y},2026Q{1 + y % 4},,,reported,paper,\n" for y in years)
    opening = opened(tmp_path, contracts=lines)
    assert len({part.term for part in opening.tranches} | {20}) == 4
    for part, y in zip(opening.tranches, years, strict=True):
        assert dollars([part]) == pytest.approx(10 * y, abs=1e-9)
    assert any(key.startswith("contracts of") for key in figures(opening, "world"))


def test_rounding_never_ends_a_contract_that_runs(tmp_path):
    running = "One,Cloud,1,60,6,2020Q3,,,reported,paper,\n"
    lines = "".join(f"One,Cloud,1,{100 * y},{y},2026Q2,,,reported,paper,\n" for y in (1, 2, 3, 4, 7))
    opening = opened(tmp_path, contracts=running + lines)
    (old,) = [part for part in opening.tranches if part.delivery < opening.start]
    assert old.delivery + old.term > opening.start
    assert dollars([old]) == pytest.approx(60, abs=1e-9)


def test_others_than_labs_add_to_the_owner_s_columns(tmp_path):
    running = "outside,Cloud,1,66.5,5,2025Q1,,,reported,paper,\n"
    coming = "outside,Cloud,1,66.5,5,2026Q3,,,reported,paper,\n"
    opening = opened(tmp_path, cloud="outside_gw = 2\noutside_rent = 26.6", contracts=running + coming)
    clouds = opening.columns["clouds"]
    assert clouds["outside_gw"][0] == 3
    assert clouds["outside_rent"][0] == pytest.approx(39.9)
    assert clouds["pipeline_gw"][0] == 1
    (part,) = opening.tranches
    assert part.tenant == -2


def test_compute_beyond_all_contracts_is_idle_around_the_mean_age(tmp_path):
    opening = opened(tmp_path, cloud="fleet_gw = 3\nfleet_age = 1", contracts="One,Cloud,1,66.5,5,2025Q1,,,reported,paper,\n")
    idle = [part for part in opening.tranches if part.tenant == -1]
    assert sum(part.gw for part in idle) == pytest.approx(2)
    assert sum((opening.start - part.delivery) * part.gw for part in idle) * QUARTER / 2 == pytest.approx(1)


def test_contracts_win_over_a_smaller_fleet(tmp_path):
    opening = opened(tmp_path, cloud="fleet_gw = 0.5", contracts="One,Cloud,1,66.5,5,2025Q1,,,reported,paper,\n")
    assert opening.columns["clouds"]["fleet_gw"][0] == 1
    assert figures(opening, "Cloud")["fleet_gw"] == 1


def test_a_wholly_held_lab_without_contracts_rents_its_parent_s_fleet_at_list_rent(tmp_path):
    opening = opened(tmp_path, lab='parent = "Cloud"', cloud="fleet_gw = 3\noutside_gw = 1\nfleet_age = 0.5\npipeline_gw = 0.6")
    mine = [part for part in opening.tranches if part.tenant == 1]
    assert sum(part.gw for part in mine if part.delivery < opening.start) == pytest.approx(2)
    assert sum(part.gw for part in mine if part.delivery >= opening.start) == pytest.approx(0.6)
    assert [part.rent / part.gw for part in mine] == pytest.approx([13.517] * len(mine), abs=0.01)
    assert opening.parent.tolist() == [-1, 0, -1]
    assert opening.weights[1].tolist() == [1, 0]
    assert opening.shares["labs"][opening.all_names.index("Cloud"), 1] == 1


# ---- stakes and loans


def test_the_rest_of_an_unlisted_lab_is_held_by_founders_and_by_investors_pro_rata_to_cash(tmp_path):
    opening = opened(tmp_path, equity="Vendor,One,20,,2026,reported,paper,\n")
    held = dict(zip(opening.all_names, opening.shares["labs"][:, 0], strict=True))
    assert held["Vendor"] == pytest.approx(0.2)
    assert held["Economy"] == pytest.approx(0.4)
    assert held["Fund"] == pytest.approx(0.3)
    assert held["Market"] == pytest.approx(0.1)
    assert figures(opening, "One")["share of Economy, residual"] == pytest.approx(0.4)


def test_the_rest_of_clouds_and_of_listed_labs_is_held_by_the_public(tmp_path):
    opening = opened(tmp_path, lab="listed = true", equity="Fund,Cloud,,0.25,2026,reported,paper,\n")
    market = opening.all_names.index("Market")
    assert opening.shares["clouds"][market].tolist() == [0.75, 1]
    assert opening.shares["vendors"][market].tolist() == [1]
    assert opening.shares["labs"][market, 1] == 1


def test_spare_rows_belong_to_the_investors_who_will_found_them(tmp_path):
    opening = opened(tmp_path)
    assert opening.shares["labs"][opening.rows("investors"), 2].tolist() == [0.75, 0.25]
    assert opening.columns["labs"]["alive"].tolist() == [1, 1, 0]
    assert opening.columns["labs"]["cash"][2] == 0
    assert opening.columns["labs"]["risk_appetite"][2] == 0.5


def test_a_wholly_held_lab_has_no_other_holder(tmp_path):
    with pytest.raises(BadInput, match="belongs wholly to its parent 'Cloud'"):
        opened(tmp_path, lab='parent = "Cloud"', equity="Fund,One.5 B,,0.1,2026,reported,paper,\n")


def test_debt_without_a_lender_is_the_bond_market_s_and_repayments_add(tmp_path):
    opening = opened(
        tmp_path, debt=",Cloud,30,0.05,40,reported,paper,\nbond market,Cloud,10,,20,reported,paper,\nBank,Cloud,5,,,reported,paper,\n"
    )
    assert opening.debt.tolist() == [[5, 0], [40, 0]]
    assert opening.debt_life[1, 0] == pytest.approx(40 / (30 / 40 + 10 / 20))
    assert opening.debt_life[0, 0] == pytest.approx(20 - 4)
    assert opening.lender_mix[0].tolist() == pytest.approx([5 / 45, 40 / 45])
    assert opening.columns["lenders"]["borrowings"].tolist() == [4, 32]
    assert figures(opening, "Cloud")["loan of bond market"] == 30


def test_slots_are_sales_at_the_chip_cost_of_a_gw(tmp_path):
    vendors = opened(tmp_path).columns["vendors"]
    assert vendors["slots_gw"].tolist() == [0.2]
    assert vendors["sales"].tolist() == [7]


def test_a_firm_of_which_no_file_says_how_it_decides_takes_the_median_of_its_kind(tmp_path):
    opening = opened(tmp_path, lab="risk_appetite = 0.7")
    assert opening.columns["labs"]["risk_appetite"].tolist() == [0.5, 0.7, 0.5]
    assert opening.columns["labs"]["extrapolation"].tolist() == opening.columns["labs"]["optimism"].tolist() == [0, 0, 0]
    assert opening.columns["clouds"]["risk_appetite"].tolist() == [0.6, 0.6]
    assert opening.columns["investors"]["risk_appetite"].tolist() == [0.8, 0.5]
    assert opening.columns["lenders"]["risk_appetite"].tolist() == [0.3, 0.6]


# ---- values set by hand


def test_a_value_is_set_for_all_labs_or_for_one(tmp_path):
    opening = opened(tmp_path)
    changed = with_overrides(opening, {"lab.One.5 B.cash": 3, "lab.cash": 4, "lab.risk_appetite": 0.9, "cone.width": 1.2})
    assert changed.columns["labs"]["cash"].tolist() == [4, 3, 0]
    assert changed.columns["labs"]["risk_appetite"].tolist() == [0.9, 0.9, 0.9]
    assert changed.parameters["cone.width"] == 1.2
    assert opening.columns["labs"]["cash"].tolist() == [6, 2, 0]
    assert figures(changed, "One")["cash"] == 4


def test_what_follows_from_appetite_follows_and_beliefs_do_not(tmp_path):
    opening = opened(tmp_path)
    changed = with_overrides(opening, {"cloud.risk_appetite": 0.2, "lab.risk_appetite": 0.9})
    assert changed.columns["clouds"]["loan_to_value"] == pytest.approx([0.58, 0.58])
    given = with_overrides(opening, {"cloud.loan_to_value": 0.7, "cloud.risk_appetite": 0.2})
    assert given.columns["clouds"]["loan_to_value"] == pytest.approx([0.7, 0.7])
    assert changed.columns["labs"]["extrapolation"].tolist() == [0, 0, 0]


def test_a_flow_is_set_in_the_unit_of_the_file(tmp_path):
    assert with_overrides(opened(tmp_path), {"vendor.Vendor.sales": 40}).columns["vendors"]["sales"].tolist() == [10]


def test_the_shares_of_demand_stay_whole(tmp_path):
    changed = with_overrides(opened(tmp_path), {"lab.One.share": 0.25})
    assert changed.columns["labs"]["share"].tolist() == pytest.approx([0.25, 0.75, 0])
    with pytest.raises(BadInput, match="the rule is 1"):
        with_overrides(opened(tmp_path), {"lab.share": 0.9})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("lab.Onne.cash", 1, "no lab is called 'Onne'; did you mean 'One'?"),
        ("lab.One.chas", 1, "a lab has no 'chas'; did you mean 'cash'?"),
        ("lab.risk_apetite", 0.5, "did you mean 'lab.risk_appetite'?"),
        ("lab.cash", -1, "cash = -1 is outside [0, 100000] $bn"),
        ("lab.cash", float("nan"), "cash = nan is outside [0, 100000] $bn"),
        ("lab.cash", float("inf"), "cash = inf is outside [0, 100000] $bn"),
        ("lab.One.risk_appetite", 2, "risk_appetite = 2 is outside [0.02, 0.98] quantile"),
        ("cloud.cash", "much", "cash = 'much' is not a number"),
    ],
)
def test_a_value_that_cannot_be_set_is_refused_in_one_sentence(tmp_path, name, value, said):
    with pytest.raises(BadInput) as caught:
        with_overrides(opened(tmp_path), {name: value})
    assert said in str(caught.value)


def test_parameters_are_checked_when_they_are_known(tmp_path):
    opening, known = opened(tmp_path), ("cloud.build_lag", "cone.width")
    assert with_overrides(opening, {"cloud.build_lag": 5}, known).parameters["cloud.build_lag"] == 5
    with pytest.raises(BadInput, match="did you mean 'cone.width'"):
        with_overrides(opening, {"cone.widht": 1}, known)
