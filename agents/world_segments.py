"""Customer segments of a world file in the form that the customers read [model.md 7.4, 7.9, 26.3]."""

from agents.customer_birth import SEGMENT_BOUNDS, CustomersParameters, Segments
from agents.customer_quarter import KINDS
from abm.markets.services import CLASSES

WITHOUT_PROCUREMENT = "consumer"


def segment_rows(world):
    """One plain dictionary per segment, with the keys of `Segments.from_rows`; () if the world leaves them to the model.

    What a table does not say is as in the model's own segment of that procurement ("none": consumers).
    """
    usual = Segments.default()
    return tuple(_row(segment, world.customers, usual) for segment in world.customers)


def _row(segment, segments, usual):
    like = usual.name.index(WITHOUT_PROCUREMENT if segment.procurement == "none" else segment.procurement)
    row = {"name": segment.name, "kind": segment.kind, "service_class": CLASSES[usual.service_class[like]]}
    row |= {key: float(getattr(usual, key)[like]) for key in SEGMENT_BOUNDS}
    row["number_share"] = segment.count / sum(other.count for other in segments if other.kind == segment.kind)
    row |= {"rechoice": segment.switching, "price_sensitivity": segment.price_sensitivity, "stickiness": segment.switching_cost}
    row["opening_deployed"] = segment.deployed_share
    return row if segment.quality_ceiling is None else row | {"quality_ceiling": segment.quality_ceiling}


def segment_parameters(world):
    """What the segments say about parameters, {public name: value}, where it differs from the declared defaults."""
    if not world.customers:
        return {}
    count = {kind: sum(segment.count for segment in world.customers if segment.kind == kind) for kind in KINDS}
    spend = {kind: sum(segment.spend_share for segment in world.customers if segment.kind == kind) for kind in KINDS}
    enterprise, consumer = KINDS
    said = {
        "enterprises": count[enterprise],
        "cohorts": count[consumer],
        "consumer_opening_share": spend[consumer] / (sum(spend.values()) or 1),
    }
    usual = CustomersParameters.declared()
    return {f"customers.{key}": value for key, value in said.items() if value != usual[key].value}
