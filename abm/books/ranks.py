"""Ranks of claims in a clearing, the most senior first [model.md 26.8].

The last two exist only in quarters in which a lab owes money that is not secured.
"""

WAGES, SECURED, TRADE, UNSECURED, CONVERTIBLE = range(5)
ALWAYS_THERE = 3  # ranks that every quarter has
