"""What is assumed of lenders: rates, limits, covenants, notes and what a loan is worth to them [model.md 11, 19]."""

from abm.parameters import Group, parameter
from abm.priors import between


class LenderParameters(Group, name="lender"):
    """Credit to owners of compute [model.md 11.7, 11.9, 26.5]."""

    rate = parameter(
        0.08,
        unit="1/year",
        low=0.02,
        high=0.2,
        source="model.md 19",
        meaning="rate to a borrower with just the cover that is required",
        prior=between(0.06, 0.12, "public: 6.7 to 14 % for owners that are not the strongest"),
    )
    best_rate = parameter(
        0.048,
        unit="1/year",
        low=0.01,
        high=0.15,
        source="public: 4.2 to 5.75 % for the strongest owners (shared figures on borrowing, 2025-26)",
        meaning="rate to a borrower with ample cover",
        prior=between(0.042, 0.0575, "public: what the strongest owners pay"),
    )
    rate_slope = parameter(
        1.2,
        unit="1",
        low=0,
        high=3,
        source="assumption: spreads over interest cover in published synthetic ratings fall about so",
        meaning="elasticity of the premium over the best rate to required over actual cover",
        prior=between(1, 1.6),
    )
    fear_premium = parameter(
        0.05,
        unit="1/year",
        low=0,
        high=0.3,
        source="model.md 11.7",
        meaning="rate per unit of sentiment below 1",
        prior=between(0.03, 0.075),
    )
    leverage_premium = parameter(
        0.005,
        unit="1/year",
        low=0,
        high=0.2,
        source="assumption",
        meaning="rate per turn of debt over EBITDA above the norm",
        prior=between(0.0025, 0.01),
    )
    leverage_norm = parameter(
        3.0, unit="x", low=0, high=10, source="model.md 11.7", meaning="debt over EBITDA without a premium", prior=between(2, 4.5)
    )
    rate_cap = parameter(
        0.15,
        unit="1/year",
        low=0.05,
        high=1,
        source="public: GPU loans at 7 to 15 %",
        meaning="highest rate at which anybody still borrows",
    )
    loan_to_value = parameter(
        0.75,
        unit="share",
        low=0,
        high=0.95,
        source="model.md 19",
        meaning="most that a lender of appetite 0.5 lends on a block, share of its cost",
        prior=between(0.6, 0.85),
    )
    funding_spread = parameter(
        0.02,
        unit="1/year",
        low=0,
        high=0.1,
        source="model.md 26.5",
        meaning="lenders borrow this far below the loan rate",
        prior=between(0.013, 0.03),
    )
    credit_speed = parameter(
        0.25,
        unit="share/quarter",
        low=0,
        high=1,
        source="model.md 11.9",
        meaning="new loans a quarter over capital",
        prior=between(0.15, 0.4),
    )
    credit_base = parameter(
        15.0,
        unit="$bn",
        low=0,
        high=500,
        source="model.md 11.9, half for each of two lenders",
        meaning="added to each lender's capital",
        prior=between(10, 22),
    )
    sentiment_cap = parameter(
        1.3,
        unit="index",
        low=1,
        high=2,
        source="model.md 11.9",
        meaning="sentiment above which credit grows no more",
        prior=between(1.1, 1.5),
    )
    coverage = parameter(
        1.2,
        unit="x",
        low=0.5,
        high=3,
        source="model.md 4",
        meaning="debt service cover at the lender's quantile below which it finances less and asks for more",
        prior=between(1, 1.5),
    )
    tightening = parameter(
        0.5,
        unit="share per unit",
        low=0,
        high=1,
        source="assumption",
        meaning="part of the usual loan that a unit of lost sentiment costs",
        prior=between(0.25, 0.75),
    )
    refinancing_cover = parameter(
        1.0,
        unit="x",
        low=0.5,
        high=2,
        source="assumption",
        meaning="cover below which maturing notes are only partly renewed",
        prior=between(0.8, 1.2),
    )
    refinanced_ahead = parameter(
        4,
        unit="quarters",
        low=0,
        high=12,
        structural=True,
        source="assumption",
        meaning="time before maturity to refinance in",
        prior=between(2, 6),
    )
    window_shut = parameter(
        0.4,
        unit="index",
        low=0,
        high=1,
        source="assumption; model.md 26.1 for equity",
        meaning="sentiment at which nobody buys notes",
        prior=between(0.3, 0.5),
    )
    window_open = parameter(
        0.8,
        unit="index",
        low=0,
        high=2,
        source="assumption",
        meaning="sentiment from which notes are bought freely",
        prior=between(0.7, 0.9),
    )
    window_sd = parameter(
        0.2,
        unit="log sd",
        low=0,
        high=1,
        source="assumption",
        meaning="common luck of the market for notes in a quarter",
        prior=between(0.1, 0.3),
    )
    covenant_cover = parameter(
        1.0,
        unit="x",
        low=0,
        high=2,
        source="assumption",
        meaning="cash flow over interest and repayment a loan asks for",
        prior=between(0.9, 1.2),
    )
    covenant_value = parameter(
        1.0,
        unit="x",
        low=0.3,
        high=5,
        source="assumption",
        meaning="loan over value of the chips of its vintage, at most",
        prior=between(0.8, 1.2),
    )
    covenant_excess = parameter(
        0.1,
        unit="share",
        low=0,
        high=1,
        source="assumption",
        meaning="part of loans above that value that is tolerated",
        prior=between(0.05, 0.2),
    )
    waiver = parameter(
        0.01,
        unit="1/year",
        low=0,
        high=0.1,
        source="assumption",
        meaning="what a waived breach adds to the rate of loans",
        prior=between(0.005, 0.02),
    )
    grace = parameter(
        2,
        unit="quarters",
        low=0,
        high=12,
        structural=True,
        source="assumption",
        meaning="quarters for which unpaid debt service is extended against good collateral",
        prior=between(1, 4),
    )
    borrower_limit = parameter(
        1.0,
        unit="share",
        low=0.05,
        high=1,
        source="policy switch",
        meaning="share of a lender's book that new loans to one owner may bring it to; 1 is off",
    )
    tenant_limit = parameter(
        1.0,
        unit="share",
        low=0.05,
        high=1,
        source="policy switch",
        meaning="share of a lender's book that new loans may make hang on one lab, by who rents the compute; 1 is off",
    )
    ban = parameter(
        4, unit="quarters", low=0, high=20, structural=True, source="model.md 26.5", meaning="quarters without credit after a lender failed"
    )
    floating = parameter(
        0.25,
        unit="share",
        low=0,
        high=1,
        source="assumption: banks' and private credit's part of the loans in worlds/industry-2026q3/debt.csv",
        meaning="part of old loans, and of what lenders owe, that follows the base rate",
        prior=between(0.15, 0.4),
    )
    value_slope = parameter(
        0.5,
        unit="1",
        low=0,
        high=2,
        source="model.md 4",
        meaning="relative gain of the largest loan as appetite goes from 0 to 1",
        prior=between(0.3, 0.7),
    )
    spread_slope = parameter(
        0.03,
        unit="1/year",
        low=0,
        high=0.2,
        source="model.md 4",
        meaning="fall of the rate at required cover as appetite goes from 0 to 1",
        prior=between(0.02, 0.045),
    )
    dividend = parameter(
        0.3, unit="share/quarter", low=0, high=1, source="model.md B", meaning="cash above the reserve paid out", prior=between(0.2, 0.45)
    )
    reserve = parameter(
        10.0,
        unit="$bn",
        low=0,
        high=500,
        source="model.md B, half for each of two lenders",
        meaning="cash a lender keeps in any case",
        prior=between(6, 16),
    )
    reserve_per_loan = parameter(
        0.15, unit="share", low=0, high=1, source="model.md B", meaning="cash kept per loan", prior=between(0.1, 0.22)
    )
    recovery = parameter(
        0.9, unit="share", low=0.3, high=1, source="model.md 19", meaning="value of collateral to the lender", prior=between(0.5, 0.9)
    )
