"""What the answer of a question rests on: its steps checked, and the first of them asked again over all that is uncertain."""

from abm.errors import nearest

FUTURES = 6  # of every drawn setting, the same ones in all: fewer would leave the average to the luck of two or three
DOUBT = "doubt"  # the folder of the second sweep, inside that of the first


def check_answer(question):
    """Raises ValueError where a step names what the question does not vary or ask for."""
    for step in question.answer:
        _refuse("answer: lever", step.lever, question.levers)
        for name in step.where:
            _refuse("answer: where", name, question.levers)
        if step.outcome:
            _refuse("answer: outcome", step.outcome, question.outcomes)
        named = [("from", step.lever, step.base), ("to", step.lever, step.to), *(("where", *row) for row in step.where.items())]
        for place, lever, value in named:
            if value is not None and value not in question.levers[lever]:
                raise ValueError(f"answer: {place}: {value!r} is not a value of {lever}; {nearest(value, question.levers[lever])}")


def _refuse(place, name, allowed):
    if name not in allowed:
        raise ValueError(f"{place}: unknown name {name!r}; {nearest(name, allowed)}".removesuffix("; "))


def ends(question, step):
    """The two values of a step's lever: those that it names, else the baseline's or the first, and the last."""
    values = list(question.levers[step.lever])
    base = step.base if step.base is not None else question.baseline.get(step.lever, values[0])
    return base, step.to if step.to is not None else values[-1]


def over_doubt(question):
    """The question of the first step alone, every uncertain number drawn, or None where no step asks for draws.

    The other levers stand where the step says, else at the baseline, else at their middle value. The draws are those of
    `doubt` in a question, so each has both ends of the step on the same luck.
    """
    step = question.answer[0] if question.answer else None
    if step is None or not step.draws:
        return None
    asked = question.plain()
    kept = {key: asked[key] for key in ("question", "world", "quarters", "rng", "shocks", "deals") if key in asked}
    settings = dict(question.settings)
    for name, values in question.levers.items():
        if name != step.lever:
            settings |= inside(values, name, step.where.get(name, question.baseline.get(name, list(values)[len(values) // 2])))
    lever = {f"{place}": inside(question.levers[step.lever], step.lever, value) for place, value in enumerate(ends(question, step))}
    return type(question).read(
        {
            **kept,
            "name": f"{question.name} in doubt",
            "outcomes": [step.outcome or question.figure.outcome or question.outcomes[0]],
            "seeds": FUTURES,
            "doubt": step.draws,
            "settings": settings,
            "levers": {"step": lever},
            "baseline": {"step": "0"},
        }
    )


def inside(values, name, value):
    """The settings behind a value of a lever."""
    return dict(values[value]) if isinstance(values, dict) else {name: value}
