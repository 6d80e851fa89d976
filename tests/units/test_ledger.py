"""The books: payments, revaluations, and the statements that follow from them."""

import numpy as np
import pytest

from abm.books.flows import ACCOUNTS, FLOWS, PAIRS
from abm.books.ledger import Ledger
from abm.books.statements import balance_sheet, flow_matrix, income_statement
from abm.errors import BrokenRule, UnbalancedEntry
from agents.world_files.folder import load_world
from tests.worlds import cash, industry, let, opening, quarter, wanting

A, B, C = (slice(row, row + 1) for row in range(3))
LABS = slice(0, 2)


@pytest.fixture
def books():
    """Three agents with 10 each and a bank of issue, in two worlds; the second world's agents hold 20."""
    ledger = Ledger(2, ["a", "b", "c", "MonetaryAuthority"])
    ledger.open("cash", slice(0, 3), np.array([[10.0], [20.0]]))
    ledger.open("cash", slice(3, 4), -np.array([[30.0], [60.0]]))
    ledger.opening_cash = np.array([[30.0], [60.0]])
    ledger.begin_quarter()
    return ledger


def paid(first_world, second_world):
    """One payer to one payee, [2, 1, 1]."""
    return np.array([first_world, second_world], dtype=float).reshape(2, 1, 1)


def test_a_payment_moves_cash_and_makes_none_in_any_world(books):
    books.pay("rent", A, B, paid(3, 4))
    assert books.balances["cash"].tolist() == [[7, 13, 10, -30], [16, 24, 20, -60]]
    assert books.balances["cash"].sum(axis=1).tolist() == [0, 0]
    assert books.flows["rent"].tolist() == [[-3, 3, 0, 0], [-4, 4, 0, 0]]


def test_many_pay_many_at_once(books):
    books.pay("rent", LABS, C, np.array([[[1.0], [2.0]], [[3.0], [4.0]]]))
    assert books.balances["cash"][:, :3].tolist() == [[9, 8, 13], [17, 16, 27]]
    assert books.payments("rent")[1, :2, 2].tolist() == [3, 4]


def test_a_payment_is_an_expense_and_an_income_unless_it_touches_an_account(books):
    books.pay("rent", A, B, paid(3, 4))
    assert books.profit["rent"].tolist() == [[-3, 3, 0, 0], [-4, 4, 0, 0]]
    books.pay("loan", C, B, paid(5, 6))
    assert books.profit["loan"].tolist() == [[0] * 4] * 2
    assert books.balances["loans"][:, 2].tolist() == [5, 6]
    assert books.balances["debt"][:, 1].tolist() == [-5, -6]


@pytest.mark.parametrize("amount", [-1.0, -1e-300, float("nan")])
def test_a_negative_amount_or_none_is_refused_by_world_payer_and_amount(books, amount):
    before = {account: balance.copy() for account, balance in books.balances.items()}
    with pytest.raises(UnbalancedEntry, match=f"world 1: a cannot pay {amount} .*rent"):
        books.pay("rent", A, B, paid(3, amount))
    assert all(np.array_equal(before[account], books.balances[account]) for account in ACCOUNTS)


def test_a_revaluation_gains_here_what_it_loses_there(books):
    books.revalue("revaluation", B, "stakes", A, "equity", paid(5, -2))
    assert books.balances["stakes"][:, 1].tolist() == [5, -2]
    assert books.balances["equity"][:, 0].tolist() == [-5, 2]
    assert books.profit["revaluation"].tolist() == [[-5, 5, 0, 0], [2, -2, 0, 0]]
    assert books.net_worth().sum(axis=1).tolist() == [0, 0]


def test_writing_off_a_real_asset_is_its_owners_loss_and_nobodys_gain(books):
    books.open("fleet", B, 8.0)
    books.begin_quarter()
    books.write_off("depreciation", B, "fleet", np.array([[2.0], [3.0]]))
    assert books.balances["fleet"][:, 1].tolist() == [6, 5]
    assert books.profit["depreciation"].tolist() == [[0, -2, 0, 0], [0, -3, 0, 0]]


def test_moving_value_inside_a_book_changes_nobodys_worth(books):
    books.open("wip", B, 8.0)
    before = books.net_worth()
    books.reclassify(B, "wip", "fleet", np.array([[2.0], [3.0]]))
    assert books.balances["wip"][:, 1].tolist() == [6, 5]
    assert np.array_equal(books.net_worth(), before)


def test_untouched_books_keep_every_rule_and_a_tampered_one_is_named(books):
    books.pay("rent", A, B, paid(3, 4))
    books.refuse("2024Q1", books.residuals(), (7, 9))
    books.balances["cash"][1, 0] += 1e-3
    with pytest.raises(BrokenRule, match="world 9") as broken:
        books.refuse("2024Q1", books.residuals(), (7, 9))
    assert "2024Q1" in str(broken.value) and "I1" in str(broken.value)


def test_the_books_of_a_quarter_forget_the_flows_of_the_one_before(books):
    books.pay("rent", A, B, paid(3, 4))
    books.begin_quarter()
    assert not books.flows["rent"].any() and not books.profit["rent"].any() and not books.payments("rent").any()
    assert books.balances["cash"][0, 0] == 7


def test_every_flow_touches_accounts_that_exist_and_every_financial_account_has_a_mirror():
    assert {account for flow in FLOWS.values() for account in (flow.payer, flow.payee) if account} <= ACCOUNTS.keys()
    assert {account for pair in PAIRS for account in pair} == ACCOUNTS.keys() - {"cash", "fleet", "wip"}


# statements ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived():
    """The archetypes after ten quarters, three worlds."""
    return industry(load_world("archetypes-2023q1"), worlds=3, rng=5).run(10)


@pytest.mark.parametrize("by_agent", [False, True])
@pytest.mark.parametrize("world", [0, 2])
def test_rows_and_columns_of_the_balance_sheet_sum_to_zero(lived, world, by_agent):
    sheet = balance_sheet(lived.ledger, lived.opening, world, by_agent)
    tolerance = lived.ledger.tolerance()[world] * len(sheet.columns)
    assert np.abs(sheet.sum(axis=0)).max() <= tolerance
    financial = sheet["sum"].drop(["net worth", ACCOUNTS["fleet"], ACCOUNTS["wip"]])
    for held, owed in PAIRS:
        assert abs(financial[ACCOUNTS[held]] + financial[ACCOUNTS[owed]]) <= tolerance
    assert abs(financial["cash"]) <= tolerance
    real = sheet.loc[[ACCOUNTS["fleet"], ACCOUNTS["wip"]], "sum"].sum()
    assert sheet.loc["net worth", "sum"] == pytest.approx(-real, abs=tolerance)


@pytest.mark.parametrize("by_agent", [False, True])
@pytest.mark.parametrize("world", [0, 2])
def test_rows_and_columns_of_the_flow_matrix_sum_to_zero(lived, world, by_agent):
    matrix = flow_matrix(lived.ledger, lived.opening, world, by_agent)
    tolerance = lived.ledger.tolerance()[world] * len(matrix)
    assert np.abs(matrix["sum"]).max() <= tolerance
    assert np.abs(matrix.sum(axis=0)).max() <= tolerance
    assert matrix.abs().to_numpy().max() > 1  # or the test would show nothing


def test_the_income_statement_explains_every_change_of_net_worth(lived):
    for world in range(3):
        statement = income_statement(lived.ledger, world)
        change = lived.ledger.net_worth()[world] - lived.ledger.start_worth[world]
        assert np.abs(statement.loc["change of net worth"] - change).max() <= lived.ledger.tolerance()[world]


def test_a_small_balance_sheet_can_be_checked_by_hand():
    firms = {"labs": [{"cash": 10.0, "revenue": 20.0}], "clouds": [{"cash": 4.0}], "lenders": [{"cash": 20.0}]}
    model = industry(opening(firms, debt=37.5, people=wanting(None), parameters={"lab.fixed_opex": 0.0}))
    let(model, gw=1.0, rent=12.0, book=50.0, prepaid=4.0)
    quarter(model, spend=20.0)
    sheet = balance_sheet(model.ledger, model.opening, 0)
    assert sheet.loc["compute prepayments, asset of the tenant", "Labs"] == pytest.approx(1)  # 4 less a quarter's rent of 3
    assert sheet.loc["compute prepayments, liability of the owner", "Clouds"] == pytest.approx(-1)
    assert sheet.loc["loans held", "Lenders"] == pytest.approx(37.5 - 1.5625)
    assert sheet.loc["cash", "Labs"] == pytest.approx(10 + 5 - 1.5)
    assert cash(model, "clouds")[0, 0] == pytest.approx(4 - 0.95 - 0.75 - 1.5625)  # power of 1.3 and upkeep of 2.5 a year
