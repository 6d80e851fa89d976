"""What a contract may say in numbers, whichever way it comes in: by hand, in a question, or in a line of `contracts.csv`."""

from abm.errors import BadInput
from abm.parameters import Group, parameter

MEGAWATTS = 1000  # in a GW


class DealTerms(Group, name="deal"):
    """What a deal may say in numbers, and what it says where it is silent."""

    gw = parameter(1.0, unit="GW", low=0.001, high=100, source="a signed deal", meaning="compute let, when all is delivered")
    price = parameter(13.3, unit="$bn/GW-year", low=0.1, high=100, source="model.md 26.17f", meaning="take-or-pay rent")
    years = parameter(5.0, unit="years", low=0.25, high=20, source="model.md 26.17f", meaning="rent is due for so long from each delivery")
    share = parameter(0.0, unit="share", low=0, high=0.9, source="model.md 16.5", meaning="part of all rent paid in advance by a vendor")


NUMBERS = DealTerms.declared()


def check_terms(what, values):
    """Refuse a contract outside what any may say. what: it, as a message calls it; values: {"gw": .., "price": .., "years": ..}."""
    for key, value in values.items():
        item = NUMBERS[key]
        if not item.low <= value <= item.high:
            worked_out = f"comes to {key} = {value:.6g} {item.unit}, with dollars in $bn"
            raise BadInput(f"{what}: {worked_out}; the rule is {item.low:g} to {item.high:g} {item.unit}")
