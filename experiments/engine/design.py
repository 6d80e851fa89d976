"""From a question to its design points: every combination of levers, times a sample of the uncertainties."""

import itertools
from typing import NamedTuple

import numpy as np

from abm.clock import Quarter
from abm.errors import BadInput, nearest
from abm.parameters import Group, parameter
from experiments.doubt import draws_as_settings
from experiments.engine.cases import case_of, is_whole, probe, resolved
from experiments.engine.forms import DRAW, LABEL


class DesignParameters(Group, name="design"):
    """What a design may ask for."""

    most_points = parameter(
        1_000_000, unit="count", low=1, high=10_000_000, structural=True, source="what a plan can hold", meaning="most design points"
    )


class Point(NamedTuple):
    """A design point: its place, what its columns show, everything it sets, and what its case has in common with others."""

    number: int
    combination: int
    sample: int
    shown: dict
    settings: dict
    structure: str
    quarters: int
    fingerprint: str  # of its world's files


def design(question):
    """All points of a question, checked: no run will fail for a name or a value. Raises BadInput."""
    return list(_points(question))


def first_point(question):
    """The first point alone, checked."""
    return next(iter(_points(question)))


def size(question):
    """How many design points a question has, without making them. Raises BadInput when there are too many."""
    combinations = 1
    for values in question.levers.values():
        combinations *= len(values)
    count = combinations * _samples(question)
    if count > DesignParameters().most_points:
        raise BadInput(f"the design has {count:,} points; at most {DesignParameters().most_points:,} are allowed")
    return count


def check_names(question, example):
    """Outcomes and series that the model does not know are refused. example: the settings of a point."""
    known = probe(case_of(example))
    for key, names, allowed in (("outcomes", question.outcomes, known.outcomes), ("series", question.series, known.measures)):
        for name in names:
            if name not in allowed:
                raise BadInput(f"{question.name}: {key}: unknown name {name!r}; {nearest(name, allowed)}".removesuffix("; "))
    for name in question.levers:
        if name in known.outcomes or name in ("address", "point", "combination", "sample", "seed", "failure", "group", "settings", DRAW):
            raise BadInput(f"{question.name}: levers: {name!r} is also the name of a column of the results; choose another")
    return known


def _points(question):
    size(question)
    _check_ends(question)
    samples = sample(question)
    for combination, choice in enumerate(_combinations(question)):
        draws = _draws(question, choice)
        for number, sampled in enumerate(samples):
            shown = {**{name: value for name, (value, _) in choice.items()}, **sampled}
            own = {name: value for name, value in sampled.items() if name not in (LABEL, DRAW)}
            settings, case = _checked(question, {**_inside(choice), **own, **(draws[number] if draws else {})})
            place = combination * len(samples) + number, combination, number
            yield Point(*place, shown, settings, case.structure, case.quarters, case.opening.fingerprint)


def _inside(choice):
    """The settings behind a combination of levers."""
    return {key: item for _, inside in choice.values() for key, item in inside.items()}


def _draws(question, choice):
    """What each draw of a question in doubt sets at a combination of levers: all that is uncertain and not set already."""
    if not question.doubt:
        return []
    settings, case = _checked(question, _inside(choice))
    return draws_as_settings(case.opening, settings, question.rng, question.doubt)


def _checked(question, chosen, where=""):
    """Settings of a point and their case. Raises BadInput naming the question."""
    try:
        settings = resolved(question, chosen)
        return settings, case_of(settings)
    except BadInput as error:
        said = str(error)
        for name in chosen:  # the value stands in the question, not in the world's file
            said = said[said.find(f"{name} = ") :] if f": {name} = " in said else said
        raise BadInput(f"{question.name}: {where}{said}") from None


def _combinations(question):
    """Every combination of levers, the last one fastest: {lever: (value shown, settings behind it)}."""
    choices = []
    for name, values in question.levers.items():
        named = values if isinstance(values, dict) else {value: {name: value} for value in values}
        choices.append([(name, (shown, inside)) for shown, inside in named.items()])
    return [dict(combination) for combination in itertools.product(*choices)]


def _samples(question):
    """How many samples the uncertainties have."""
    axes, ask = len(question.uncertainties), question.design
    if ask.method == "list":
        return len(ask.points)
    if question.doubt:
        return question.doubt
    if not axes:
        return 1
    return {"grid": ask.points**axes, "lhs": ask.points, "sobol": ask.points * (axes + 2), "morris": ask.points * (axes + 1)}[ask.method]


def sample(question):
    """The sampled settings, in the sampler's order: [{name: value}]; one empty sample without uncertainties."""
    if question.design.method == "list":
        return [dict(point) for point in question.design.points]
    if question.doubt:
        return [{DRAW: float(number)} for number in range(question.doubt)]
    if not question.uncertainties:
        return [{}]
    unit = unit_sample(question.design, len(question.uncertainties))
    items = list(question.uncertainties.items())
    return [{name: _scaled(name, item, u) for (name, item), u in zip(items, row)} for row in unit]


def unit_sample(ask, axes):
    """Points of the unit cube, [samples, axes], the same for the same design."""
    if ask.method == "grid":
        line = np.linspace(0, 1, ask.points) if ask.points > 1 else np.array([1 / 2])
        return np.array(list(itertools.product(*[line] * axes)))
    if ask.method == "lhs":
        from scipy.stats import qmc

        return qmc.LatinHypercube(axes, rng=np.random.default_rng(ask.seed)).random(ask.points)
    problem = {"num_vars": axes, "names": [str(axis) for axis in range(axes)], "bounds": [[0, 1]] * axes}
    if ask.method == "morris":
        from SALib.sample import morris

        return morris.sample(problem, ask.points, num_levels=ask.levels, seed=ask.seed)
    from SALib.sample import sobol

    return sobol.sample(problem, ask.points, calc_second_order=False, seed=ask.seed)


def _scaled(name, uncertainty, u):
    """A point of [0, 1] on the scale of an uncertainty; whole numbers and quarters are equally likely."""
    low, high = uncertainty.bounds
    if uncertainty.dates or is_whole(name):
        number = min(high, np.floor(low + u * (high - low + 1)))
        return str(Quarter(int(number))) if uncertainty.dates else float(number)
    if u in (0, 1):
        return float(high if u else low)  # as written: rounding must not carry an end out of its bounds
    inside = np.exp(np.log(low) + u * (np.log(high) - np.log(low))) if uncertainty.scale == "log" else low + u * (high - low)
    return float(np.clip(inside, low, high))


def _check_ends(question):
    """Both ends of every range, at the first combination of levers, so that a range never leaves its bounds by luck of the sample.

    The other ranges stand at their lower ends meanwhile, so that what is refused is always a number that the user wrote.
    """
    first = {key: value for _, inside in _combinations(question)[0].values() for key, value in inside.items()}
    written = {name: _scaled(name, item, 0) for name, item in question.uncertainties.items()}
    if question.uncertainties:
        _checked(question, first, "levers: ")
    for name, item in question.uncertainties.items():
        for u in (0, 1):
            _checked(question, {**first, **written, name: _scaled(name, item, u)}, "uncertainties: ")
