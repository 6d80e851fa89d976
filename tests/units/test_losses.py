"""What a loss did, read off pairs of futures made by hand; who hangs on a firm, on books made by hand."""

import json

import numpy as np
import pytest

from experiments.analysis.exposures import Firm, exposures_to, firm_of, promised_not_built
from experiments.analysis.losses import Seen, effect
from tests.worlds import industry, let, opening, wanting

LAB, OWNER, BANK = Firm("Lab", "labs", 0), Firm("Owner", "clouds", 0), Firm("Bank", "lenders", 0)


def pairs(worlds=40):
    """Futures in half of which the owner fails where the lab is lost, and in none otherwise; revenue falls by a fifth, then a tenth."""
    odd = np.arange(worlds) % 2 > 0
    without = Seen(np.zeros((worlds, 3), dtype=bool), np.tile([10.0, 20.0], (worlds, 1)), np.full(worlds, 1.0))
    failed = np.stack([np.ones(worlds, dtype=bool), odd, np.zeros(worlds, dtype=bool)], axis=1)
    return Seen(failed, np.tile([8.0, 18.0], (worlds, 1)), 1.0 + 4 * odd), without


def test_the_effect_of_a_loss_is_the_difference_to_the_twin():
    found = effect(LAB, [LAB, OWNER, BANK], *pairs())
    assert [change.mean for change in found.revenue] == pytest.approx([-0.2, -0.1])
    assert found.lost.mean == 2 and found.lost.low < 2 < found.lost.high
    assert [(fall.firm.name, fall.odds, fall.twin) for fall in found.falls] == [("Owner", 0.5, 0.0), ("Bank", 0.0, 0.0)]
    assert [fall.firm.name for fall in found.taken_along()] == ["Owner"] and not found.saved()


def test_who_fails_only_without_the_loss_is_saved():
    seen, twin = pairs()
    found = effect(BANK, [LAB, OWNER, BANK], twin, seen)
    assert [fall.firm.name for fall in found.saved()] == ["Lab", "Owner"] and not found.taken_along()


def lent():
    """A lab that rents 4 GW for 40 a year, prepaid with 5, from an owner that owes 100 to a bank with capital of 30 beside its books."""
    firms = {"labs": [{"name": "Lab", "cash": 50.0}], "clouds": [{"name": "Owner", "cash": 10.0}], "vendors": [{"name": "Vendor"}],
             "lenders": [{"name": "Bank", "cash": 20.0, "other_capital": 30.0}], "investors": [{"name": "Fund", "cash": 8.0}]}  # fmt: skip
    model = industry(opening(firms, people=wanting(), debt=100.0))
    let(model, gw=4.0, rent=40.0, book=160.0, prepaid=5.0)
    return model


def lines(model, name):
    """{(claim without its bracket, firm): ($bn, share)}."""
    table = exposures_to(model, firm_of(model.opening.names, name))
    return {(row.claim.partition(" (")[0], row.firm): (row.usd_bn, row.share) for row in table.itertuples()}


def test_what_hangs_on_an_owner():
    """The bank has 20 in cash and lent 100, and 30 stand behind it: two thirds of its equity hang on the owner."""
    found = lines(lent(), "Owner")
    assert found["loans and notes", "Bank"] == pytest.approx((100, 100 / 150))
    assert found["yearly rent of compute that the lab rents there", "Lab"][0] == pytest.approx(40)
    assert found["rent that the lab has prepaid to the owner", "Lab"] == pytest.approx((5, 5 / 55))


def test_what_hangs_on_a_lab():
    """The owner's equity: 10 in cash and 160 in the books less 100 owed and 5 prepaid; all its loans serve the one tenant."""
    model = lent()
    found = lines(model, "Lab")
    assert found["yearly rent of compute in service for the lab", "Owner"] == pytest.approx((40, 40 / 65))
    assert found["of that, the claim if the tenant fails", "Owner"][0] == pytest.approx(40)
    assert found["rent that the lab has prepaid", "Owner"][0] == pytest.approx(5)
    assert found["loans on compute that the lab rents, by its part of the rent", "Bank"][0] == pytest.approx(100)
    term = model.compute.contract_term - 2  # a quarter is over, one is the present
    assert found["take-or-pay rent still to come", "Owner"][0] == pytest.approx(40 / 4 * term)


def test_what_hangs_on_a_lender_and_on_nobody():
    model = lent()
    assert lines(model, "Bank")["loans and notes owed to the lender", "Owner"] == pytest.approx((100, 100 / 65))
    assert not [key for key in lines(model, "Fund") if not key[0].startswith("part of its equity")]
    assert promised_not_built(model, firm_of(model.opening.names, "Lab")) == dict.fromkeys(
        ("unbuilt_gw", "unbuilt_rent", "unfunded_gw", "unfunded_rent"), 0
    )


def test_the_lines_of_a_firm_add_up_to_what_the_network_counts():
    """Claims, loans, prepayments and stakes are those of `abm.failure.systemic`, in the world of named firms."""
    from abm.failure.systemic import exposures
    from abm.model import Industry
    from agents.world_files.folder import load_world

    model = Industry(load_world("industry-2026q3"), worlds=1)
    network = exposures(model)
    counted_of = {"OpenAI": ("of that, the claim", "stake"), "Oracle": ("loans and notes", "rent that the lab has prepaid", "stake")}
    for name, claims in counted_of.items():
        firm = firm_of(model.opening.names, name)
        table = exposures_to(model, firm)
        counted = table[table["claim"].str.startswith(claims) & (table["firm"] != "Economy")]["usd_bn"].sum()
        column = network.exposures[0, :, network.rows[firm.kind].start + firm.row]
        assert counted == pytest.approx(column.sum(), abs=0.1)


def test_exposures_can_be_read_by_a_program(capsys):
    from experiments.analysis import firm_answers as answers
    from experiments.inputs import Inputs

    found = json.loads(answers.exposures(Inputs("tutorial", 3, 5), "Cloud", "2027Q1", as_json=True))
    assert found["firm"] == "Cloud" and found["at"] == "2027Q1" and 0 <= found["future"] < 3
    assert {"claim", "firm", "kind", "usd_bn", "gw", "own_equity", "share"} == set(found["exposures"][0])


@pytest.mark.slow
def test_losses_of_the_tutorial_are_the_same_bytes_whatever_the_workers(tmp_path):
    from experiments.analysis import firm_answers as answers
    from experiments.analysis.futures import BATCH
    from experiments.inputs import Inputs

    inputs = Inputs("tutorial", BATCH + 2, 12)
    said = [answers.losses(inputs, "2026Q4", tmp_path / f"{workers}.html", workers, as_json=True) for workers in (1, 2)]
    assert said[0] == said[1] and (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()
    found = {loss["lost"]: loss for loss in json.loads(said[0])["losses"]}
    assert set(found) == {"Lab", "Cloud", "Vendor", "Bank", "Fund"}
    assert found["Lab"]["revenue_after_1"]["mean"] == -1  # the only lab
    assert "Bank" in (tmp_path / "1.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_losses_are_told_in_a_table_with_their_twins(tmp_path):
    from experiments.analysis import firm_answers as answers
    from experiments.inputs import Inputs

    said = answers.losses(Inputs("tutorial", 8, 12), "2026Q4", tmp_path / "page.html", 1)
    assert "8 futures, each against its twin" in said and "-100.0 % (-100.0 to -100.0)" in said
    assert f"Page: {tmp_path / 'page.html'}" in said


def test_each_firm_of_the_named_world_can_be_lost():
    from agents.world_files.folder import load_world
    from experiments.analysis.losses import named

    opened = load_world("industry-2026q3")
    assert len({firm.name for firm in named(opened)}) == sum(len(names) for names in opened.names.values()) - opened.entrants


def test_a_page_that_cannot_be_written_is_named_before_any_work(tmp_path):
    from abm.errors import BadInput
    from experiments.analysis import firm_answers as answers
    from experiments.inputs import Inputs

    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(BadInput, match="--out .*: nothing can be written there"):
        answers.losses(Inputs("tutorial", 8, 12), "2026Q4", tmp_path / "file" / "page.html", 1)
