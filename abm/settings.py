"""All parameters of a model, gathered from the rooms that declare them, by public name."""

from abm.beliefs.parameters import ConeParameters
from abm.compute.chips import VendorParameters
from abm.compute.delays import SupplyParameters
from abm.compute.old_business import IncumbentParameters
from abm.compute.outside import OutsideParameters
from abm.compute.prices import FleetParameters
from abm.errors import BadInput, nearest
from abm.failure.contagion import ContagionParameters
from abm.failure.guarantees import GuaranteeParameters
from abm.failure.lifeboat import LifeboatParameters
from abm.failure.sale import SaleParameters
from abm.failure.takeover import TakeoverParameters
from abm.finance.capital_parameters import InvestorParameters
from abm.finance.lab_debt_parameters import DebtParameters
from abm.finance.lending_parameters import LenderParameters
from abm.finance.listings import ListingParameters
from abm.finance.pools import PoolParameters
from abm.finance.promises import PromiseParameters
from abm.finance.sentiment import SentimentParameters
from abm.measures.indicator import IndicatorParameters
from abm.services.economy import EconomyParameters
from abm.services.entry import EntryParameters
from abm.services.parameters import ServicesParameters
from abm.shocks import PolicyParameters, refuse_extended
from abm.technology.parameters import TechnologyParameters

GROUPS = {
    "cone": ConeParameters,
    "technology_parameters": TechnologyParameters,
    "services": ServicesParameters,
    "compute": FleetParameters,
    "chips": VendorParameters,
    "supply": SupplyParameters,
    "funds": InvestorParameters,
    "pools_parameters": PoolParameters,
    "listing_parameters": ListingParameters,
    "promise_parameters": PromiseParameters,
    "lending": LenderParameters,
    "debt": DebtParameters,
    "mood": SentimentParameters,
    "contagion": ContagionParameters,
    "takeover": TakeoverParameters,
    "lifeboat": LifeboatParameters,
    "sale": SaleParameters,
    "guarantee": GuaranteeParameters,
    "outside": OutsideParameters,
    "incumbents": IncumbentParameters,
    "economy_parameters": EconomyParameters,
    "entry": EntryParameters,
    "policy": PolicyParameters,
    "indicator_parameters": IndicatorParameters,
}


class Settings:
    """The parameter groups of one model; `groups` maps the attribute under which the model keeps each to its values."""

    def __init__(self, worlds, values, own, where="parameters"):
        """values: {public name: value}; own: {attribute: Group} of the inhabitants; where: named in complaints.

        Raises BadInput for an unknown name or a value that is not allowed.
        """
        classes = {**GROUPS, **own}
        prefixes = {group.name for group in classes.values()}
        by_prefix = {prefix: {} for prefix in prefixes}
        for name, value in values.items():
            prefix, _, short = name.partition(".")
            refuse_extended(name, f"{where}: {name!r}")
            if prefix not in prefixes or short not in _declared(classes, prefix):
                raise BadInput(f"{where}: unknown parameter {name!r}; {nearest(name, public_names(classes))}")
            by_prefix[prefix][short] = value
        self.groups = {key: group(worlds, by_prefix[group.name], where) for key, group in classes.items()}
        self.given = tuple(values)

    def __repr__(self):
        declared = sum(len(group.declared()) for group in self.groups.values())
        return f"<Settings: {declared} numbers, {len(self.given)} of them given by the world or the user: {', '.join(self.given)}>"


def _declared(classes, prefix):
    return next(group.declared() for group in classes.values() if group.name == prefix)


def public_names(classes):
    """All public names of groups."""
    return [item.name for group in classes.values() for item in group.declared().values()]
