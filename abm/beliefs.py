"""What planners believe of the labs' revenue: `believed` is the one way from a lab to a cone of its revenue [model.md 5].

Who decides, who scores and who draws ask here, so a forecast that is scored is the forecast that was acted on.
"""

from abm.cone import cone


def believed(industry, base, weight, horizon, *, labs=slice(None), planners=False):
    """Cone of revenue so many years ahead, in the eyes of somebody who gives this weight to past growth.

    base: $bn a year; labs: which labs the columns of `base` are; planners: True if `weight` has the planners on an axis behind the
    labs, and `base` has room for it
    """
    own = industry.labs.growth[:, labs]
    return cone(base, own[..., None] if planners else own, weight, horizon, industry.cone)


def own_view(industry, base, horizon):
    """Every lab's cone of its own revenue so many years ahead, [worlds, labs]; base: $bn a year."""
    return believed(industry, base, industry.labs.extrapolation, horizon)
