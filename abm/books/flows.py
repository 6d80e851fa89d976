"""The chart of accounts: every flow of money and every change of value the economy knows, declared once.

A cash flow names the account it touches in each book: a real account (an asset or a liability), or None, which means the
flow is an expense of the payer or income of the payee. The order is the order of the transaction-flow matrix [model.md 12.3].
"""

from typing import NamedTuple

ACCOUNTS = {
    "cash": "cash",
    "prepaid": "compute prepayments, asset of the tenant",
    "prepaid_owed": "compute prepayments, liability of the owner",
    "receivable": "arrears receivable",
    "payable": "arrears payable",
    "loans": "loans held",
    "debt": "loans owed",
    "bonds": "lender borrowings held",
    "borrowings": "lender borrowings owed",
    "stakes": "equity held, at market",
    "equity": "equity issued, at market",
    "fleet": "fleet, at book",
    "wip": "work in progress",
}
PAIRS = (
    ("prepaid", "prepaid_owed"),
    ("receivable", "payable"),
    ("loans", "debt"),
    ("bonds", "borrowings"),
    ("stakes", "equity"),
)
REAL_ASSETS = ("fleet", "wip")
PURCHASE, EQUITY, LOAN, SERVICE, TRANSFER = "purchase", "equity", "loan", "debt service", "transfer"


class Flow(NamedTuple):
    """A kind of payment: its label, what it is in the graph of money, and the accounts it touches."""

    label: str
    graph: str
    payer: str | None = None
    payee: str | None = None


FLOWS = {
    "services": Flow("AI services", PURCHASE),
    "open_weights": Flow("Compute rent of open-weight users", PURCHASE),
    "budget": Flow("Customers' income", TRANSFER),
    "rent": Flow("Compute rent, contract", PURCHASE),
    "spot": Flow("Compute rent, spot", PURCHASE),
    "sublet": Flow("Compute rent, spot, of labs that sublet", PURCHASE),
    "outside_pool": Flow("Rent to the outside pool", PURCHASE),
    "outside_rent": Flow("Compute rent of outside tenants", PURCHASE),
    "prepayment": Flow("Prepayment paid", PURCHASE, "prepaid", "prepaid_owed"),
    "chips": Flow("Chips", PURCHASE, "wip", None),
    "other_chips": Flow("Chips, other buyers", PURCHASE),
    "cost_of_goods": Flow("Cost of goods and vendor opex", PURCHASE),
    "construction": Flow("Construction", PURCHASE, "wip", None),
    "opex": Flow("Wages and other opex", PURCHASE),
    "running_costs": Flow("Power, upkeep and sites", PURCHASE),
    "interest": Flow("Interest", SERVICE),
    "principal": Flow("Loans repaid", SERVICE, "debt", "loans"),
    "loan": Flow("Loans drawn", LOAN, "loans", "debt"),
    "taken_over": Flow("Loans drawn to repay a lender that is lost", LOAN, "loans", "debt"),
    "lab_loan": Flow("Loans to labs", LOAN, "loans", "debt"),
    "lab_interest": Flow("Interest on loans to labs", SERVICE),
    "lab_principal": Flow("Loans to labs repaid", SERVICE, "debt", "loans"),
    "borrowing_interest": Flow("Interest on lender borrowings", SERVICE),
    "borrowing": Flow("Lender borrowings drawn", LOAN, "bonds", "borrowings"),
    "borrowing_repaid": Flow("Lender borrowings repaid", SERVICE, "borrowings", "bonds"),
    "guarantee": Flow("Guarantees of rent called", TRANSFER),
    "sale": Flow("Sale of failed labs", TRANSFER),
    "other_cash_flow": Flow("Clouds' other business", TRANSFER),
    "other_loss": Flow("Clouds' other business, losses", TRANSFER),
    "saving": Flow("Saving into funds", TRANSFER),
    "redemption": Flow("Redemptions from funds", TRANSFER),
    "dividend": Flow("Dividends", TRANSFER),
    "lab_equity": Flow("Equity issued, labs", EQUITY, "stakes", "equity"),
    "vendor_equity": Flow("Equity issued, labs to vendors", EQUITY, "stakes", "equity"),
    "rescue": Flow("Equity issued, labs to those who rescue them", EQUITY, "stakes", "equity"),
    "cloud_equity": Flow("Equity issued, clouds", EQUITY, "stakes", "equity"),
    "shares_sold_on": Flow("Shares of labs sold on", TRANSFER, "stakes", "stakes"),
    "capital_call": Flow("Lender capital calls", EQUITY, "stakes", "equity"),
    "default_cost": Flow("Default costs", TRANSFER),
    "termination": Flow("Rents claimed from the estate of a lab", TRANSFER),
    "recapitalisation": Flow("Recapitalisation and make-whole", TRANSFER),
}

EVENTS = {
    "consumption": "prepayment consumed",
    "forfeit": "prepayment forfeited or released",
    "arrears": "rent due and unpaid",
    "arrears_lost": "arrears written off",
    "rollover": "unpaid debt service capitalised",
    "write_down": "loans written down",
    "swap": "debt of labs turned into shares",
    "swapped_in": "shares taken for debt of labs",
    "borrowing_loss": "lender borrowings written down",
    "revaluation": "equity marked",
    "depreciation": "depreciation",
    "impairment": "impairment",
    "cancellation": "construction cancelled",
    "retirement": "fleet retired",
}
