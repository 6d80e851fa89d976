"""What is assumed of labs that borrow [model.md 11.11]."""

from abm.parameters import Group, parameter
from abm.priors import between


class DebtParameters(Group, name="debt"):
    """Debt of labs: how much, from whom, at what price, and what creditors do with a lab that cannot pay [model.md 11.11]."""

    share = parameter(
        0.0,
        unit="share",
        low=0,
        high=1,
        source="switch, off; public: xAI borrowed 5 of 10 that it raised in June 2025, OpenAI a credit line of 4 beside equity of 6.6 in "
        "October 2024; others none that is known",
        meaning="part of what a lab raises that it would rather borrow while debt is cheap",
    )
    convertible_share = parameter(
        0.3, unit="share", low=0, high=1, source="assumption; a convertible facility of 42 of 77 in a prospectus of 2026",
        meaning="part of what a lab borrows that it sells to investors as convertible notes", prior=between(0.1, 0.55)
    )  # fmt: skip
    vendor_share = parameter(
        0.0,
        unit="share",
        low=0,
        high=1,
        source="switch, off; telecom vendors had lent about a fifth of their sales to customers in 2000",
        meaning="part of its sales for a lab that a vendor of appetite 0.5 lends to it",
    )
    equity_cost = parameter(
        0.25, unit="1/year", low=0.05, high=0.6, source="assumption: hurdle rates of venture investors are 20 to 30 %",
        meaning="what a lab thinks that its shares cost: it borrows in full at half of that, and nothing at that", prior=between(0.2, 0.3)
    )  # fmt: skip
    beside = parameter(
        1.0, unit="weight", low=0, high=1,
        source="assumption: loans to young firms are sized by their last round of equity, usually at a quarter to a third of it",
        meaning="1: what labs borrow of lenders and by notes shrinks with the part of their last round that nobody took; 0: it does not",
        prior=between(0.5, 1),
    )  # fmt: skip
    lender_part = parameter(
        0.2, unit="share", low=0, high=1, source="assumption",
        meaning="part of a lender's room for new loans that it gives to labs at most", prior=between(0.1, 0.4)
    )  # fmt: skip
    collateral = parameter(
        0.25, unit="years", low=0, high=3, source="assumption: receivables of a quarter",
        meaning="revenue against which lenders give secured loans", prior=between(0.15, 0.5)
    )  # fmt: skip
    unsecured_premium = parameter(
        0.03, unit="1/year", low=0, high=0.2, source="assumption: spread of high-yield over secured bonds",
        meaning="what lenders and vendors ask for a loan without security", prior=between(0.02, 0.05)
    )  # fmt: skip
    coupon = parameter(
        0.03, unit="1/year", low=0, high=0.15, source="assumption: convertibles of listed owners of compute bore 0 to 3 %",
        meaning="coupon of a convertible note", prior=between(0.01, 0.05)
    )  # fmt: skip
    tenor = parameter(
        12, unit="quarters", low=1, high=40, source="assumption",
        meaning="time until loans of vendors and convertible notes fall due", prior=between(8, 20)
    )  # fmt: skip
    swap = parameter(
        1.0, unit="0/1", low=0, high=1, source="switch; acts on labs with debt only",
        meaning="1: creditors take shares for their claims on a lab that cannot pay, where that is worth more to them"
    )  # fmt: skip
    mark_believed = parameter(
        0.5, unit="share", low=0, high=1, source="assumption: recoveries of swapped debt in distressed exchanges are about half",
        meaning="part of a lab's last mark that creditors believe once it cannot pay", prior=between(0.3, 0.7)
    )  # fmt: skip
