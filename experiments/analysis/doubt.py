"""What luck does to a run and what doubt does beside it: bands inside bands, parts of variance, and the numbers that carry most.

Three runs on the same seeds are read together: luck alone, every world with its own draw of what is uncertain, and every world with
the draw of the world after it. So each draw is played with two lucks: a nested design of N draws by two lucks. By the law of total
variance, what differs between the two lucks of a draw is luck (with what luck and doubt do only together), and the rest is doubt.
"""

import numpy as np

from agents.inhabitants import parameters
from experiments.analysis.outcomes import outcome
from experiments.analysis.sensitivity import SLICES, Sampled, pawn_medians
from experiments.doubt import TOGETHER, doubts_of, levels, places
from experiments.summary import HIGH, LEVELS, LOW, MIDDLE, Z_95, probability, rounded

HEADLINES = ("crisis", "labs_defaulted", "served_revenue", "welfare")  # outcomes that are split
FAN = "revenue_total"  # the measure whose bands are drawn inside each other
CARRIERS = 5  # numbers that are named
FEWEST = 20  # draws with which a split of variance is worth a number
RAREST = 10  # runs in which something other than the usual happens, below which a split says nothing
RESAMPLES = 500  # of draws, for intervals
IDLE = 100  # inputs that do nothing, for the floor of PAWN
DOUBTED = 0.05  # chance that any of all numbers in doubt is named though none does anything


def luck_and_doubt(inputs, opening, own, sure, crossed):
    """All that a summary says of doubt, as plain values.

    inputs, opening, own: of the run in doubt, own its table of outcomes; sure, crossed: the runs beside it, see `experiments.runs`
    """
    doubts = [doubt.name for doubt in doubts_of(inputs, opening)]
    tables = {"luck": sure.outcomes(), "own": own, "next": crossed.outcomes()}
    unit = _levels(inputs, doubts)
    held = [name for name, item in parameters().items() if item.structural and item.prior is not None]
    found = {
        "drawn": len(doubts),
        "structural": held,
        "together": [list(pair) for pair in TOGETHER if {*pair[:2]} <= {*doubts}],
        "design": {"draws": inputs.worlds - 1, "lucks": 2},
        "luck_run": sure.name,
        "fan": sure.summary["fans"][FAN],
        "outcomes": [_of_outcome(name, tables, doubts, unit) for name in HEADLINES],
    }
    return rounded(found)


def _levels(inputs, doubts):
    """Where in its prior the draw of each number lies in every world of the run and of the crossed one, [2 worlds, numbers]."""
    every = levels(inputs.seed, range(inputs.worlds + 1))[:, [places()[name] for name in doubts]]
    return np.concatenate([every[:-1], every[1:]])


def _of_outcome(name, tables, doubts, unit):
    values = {key: table[name].to_numpy(dtype=float) for key, table in tables.items()}
    both = np.concatenate([values["own"], values["next"]])
    clear, carriers = carrying(doubts, unit, both)
    return {
        "name": name,
        "label": outcome(name).label,
        "luck": _band(name, values["luck"]),
        "both": _band(name, values["own"]),
        "split": split(values["own"], values["next"]),
        "clear": clear,
        "carriers": carriers,
    }


def _band(name, values):
    """How often an event comes, or P10, P50 and P90 of a number."""
    if outcome(name).is_event:
        return probability(values > 0)
    found = np.quantile(values, LEVELS)
    return {"low": float(found[LOW]), "middle": float(found[MIDDLE]), "high": float(found[HIGH])}


def split(own, following, seed=0):
    """Part of the variance that is doubt, {doubt, low, high}, or None where too little varies or too few draws tell.

    own: outcome of world w with draw w; following: of world w with draw w + 1; both [worlds]. The two lucks of draw w are own[w] and
    following[w - 1]. The interval comes from resampling draws.
    """
    pairs = np.stack([own[1:], following[:-1]], axis=1)
    _, counts = np.unique(pairs, return_counts=True)
    if len(pairs) < FEWEST or pairs.size - counts.max() < RAREST:
        return None
    rng = np.random.default_rng(seed)
    again = [_doubt(pairs[rng.integers(len(pairs), size=len(pairs))]) for _ in range(RESAMPLES)]
    half, share = Z_95 * float(np.std(again, ddof=1)), _doubt(pairs)
    return {key: float(np.clip(value, 0, 1)) for key, value in (("doubt", share), ("low", share - half), ("high", share + half))}


def _doubt(pairs):
    """1 less the variance within draws over that of all. pairs: [draws, lucks]; 0 where nothing varies."""
    whole = pairs.var(ddof=1)
    return float(1 - pairs.var(axis=1, ddof=1).mean() / whole) if whole > 0 else 0.0


def carrying(doubts, unit, values, seed=0):
    """Whether any number is clearly more than chance, and the CARRIERS with the largest PAWN index: [{name, pawn, floor, matters}].

    PAWN [PianosiWagener2018] on the very draws, each with its two lucks. Its floor comes from inputs that do nothing and are drawn the
    same way, a value for each draw: as high as the largest of so many of them would hardly ever reach (one chance in twenty), since
    the largest of many indices is large by chance alone. unit, values: first all own draws, then those of the worlds after each.
    """
    if len(values) < 2 * 2 * SLICES or np.ptp(values) == 0:
        return False, []
    from scipy.special import ndtri

    idle = np.random.default_rng(seed).random((len(values) // 2 + 1, IDLE))
    own, dummies = pawn_medians(Sampled(tuple(doubts), unit, values[:, None]), np.concatenate([idle[:-1], idle[1:]]))
    floor = float(dummies.mean() + ndtri(1 - DOUBTED / len(doubts)) * dummies.std(ddof=1))
    largest = np.argsort(-own, kind="stable")[:CARRIERS]
    rows = [{"name": doubts[k], "pawn": float(own[k]), "floor": floor, "matters": bool(own[k] > floor)} for k in largest]
    return any(row["matters"] for row in rows), rows
