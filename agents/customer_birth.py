"""Who the customers are when a world opens: parameters, segments, and the draws that make each one different [model.md 7.9, 26.3]."""

from dataclasses import dataclass, fields

import numpy as np

from abm.engine.compiled import compiled
from abm.errors import BadInput, nearest
from abm.services.serving import CLASSES
from agents.customer_adoption import DEPLOYED, UNAWARE
from agents.customer_choice import second_providers
from agents.customer_market import KINDS
from agents.customer_sizes import by_kind, large_parts, potentials, scaled_to

DRAWS = ("segment", "domain", "size", "midpoint", "usefulness", "appetite", "trial", "procurement", "deployed", "second", "homes",
         "requalification")  # fmt: skip

STEPS = 5  # of Newton's method: to the last few digits
_NEXT_TO_NOTHING = np.finfo(float).tiny

SEGMENT_BOUNDS = {
    "number_share": (0, 1),
    "rechoice": (0, 1),
    "price_sensitivity": (0, 10),
    "stickiness": (0, 10),
    "procurement_quarters": (0, 40),
    "opening_deployed": (0, 1),
    "quality_ceiling": (-10, 1000),
    "integrates": (0, 1),
    "requalify_low": (0, 40),
    "requalify_high": (0, 40),
}
USUAL = {
    "enterprise": {"requalify_low": 1, "requalify_high": 3},
    "consumer": {"requalify_low": 0, "requalify_high": 2},
}  # where a row says nothing

# number shares, opening deployment, consumers' price sensitivity and quality ceiling, and requalification: assumptions;
# the rest: model.md 7.4, 8.1
_HEADER = ("name", "kind", "service_class", *SEGMENT_BOUNDS)
_DEFAULT = (
    ("start-up", "enterprise", "developer", 0.3, 0.20, 1.5, 0.2, 1, 0.5, 1000, 1, 0, 1),
    ("enterprise", "enterprise", "enterprise", 0.5, 0.10, 0.3, 0.8, 3, 0.3, 1000, 1, 1, 3),
    ("regulated", "enterprise", "enterprise", 0.2, 0.10, 0.3, 0.8, 5, 0.1, 1000, 1, 2, 6),
    ("consumer", "consumer", "consumer", 1.0, 0.17, 0.8, 0.2, 0, 1.0, 3.5, 0, 0, 2),
)


@dataclass(frozen=True)
class Segments:
    """Kinds of customers as columns [segments]; customers of a segment differ in their draws only.

    rechoice: probability per quarter of choosing anew (nu); price_sensitivity: alpha; stickiness: s; procurement_quarters: mean;
    opening_deployed: part already deployed when the world opens; quality_ceiling: capability beyond which more is not noticed, OOM;
    integrates: 1 if deployment needs an integration, else 0; requalify_low, requalify_high: bounds of the time to take on a new lab when
    the only one is gone, whole quarters, all equally likely
    """

    name: tuple
    kind: np.ndarray
    service_class: np.ndarray
    number_share: np.ndarray
    rechoice: np.ndarray
    price_sensitivity: np.ndarray
    stickiness: np.ndarray
    procurement_quarters: np.ndarray
    opening_deployed: np.ndarray
    quality_ceiling: np.ndarray
    integrates: np.ndarray
    requalify_low: np.ndarray
    requalify_high: np.ndarray

    def __len__(self):
        return len(self.name)

    @classmethod
    def default(cls):
        """Start-ups, enterprises, regulated enterprises and consumers."""
        return cls.from_rows([dict(zip(_HEADER, row)) for row in _DEFAULT])

    @classmethod
    def from_rows(cls, rows, where="segments"):
        """Read segments from the rows of a world file. Raises BadInput naming segment, key, value and rule."""
        columns = {field.name: [] for field in fields(cls)}
        for row in rows:
            name = f"{where}: segment {row.get('name')!r}"
            kind = row.get("kind")
            row = {**(USUAL.get(kind, {}) if isinstance(kind, str) else {}), **row}  # what is no text may be no key
            for key in sorted(row.keys() - set(_HEADER)):
                raise BadInput(f"{name} has an unknown key {key!r}; {nearest(key, _HEADER)}")
            for key in sorted(set(_HEADER) - row.keys()):
                raise BadInput(f"{name} has no {key!r}")
            columns["name"].append(row["name"])
            columns["kind"].append(_index(name, "kind", row["kind"], KINDS))
            columns["service_class"].append(_index(name, "service_class", row["service_class"], CLASSES))
            for key, bounds in SEGMENT_BOUNDS.items():
                columns[key].append(_within(name, key, row[key], bounds))
            if row["requalify_high"] < row["requalify_low"]:
                raise BadInput(f"{name}: requalify_high = {row['requalify_high']!r} is below requalify_low = {row['requalify_low']!r}")
        return cls(**{key: tuple(values) if key == "name" else np.array(values) for key, values in columns.items()})


def _index(name, key, value, allowed):
    if value not in allowed:
        raise BadInput(f"{name}: {key} = {value!r} is not allowed; {nearest(value, allowed)}")
    return allowed.index(value)


def _within(name, key, value, bounds):
    low, high = bounds
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise BadInput(f"{name}: {key} = {value!r} is not a number in [{low:g}, {high:g}]")
    return float(value)


def drawn(parameters, segments, market, luck):
    """What makes customers different, {column: [worlds, n]}: enterprises first, then cohorts; and the draws that `opened` needs.

    Every draw is one uniform per customer, by inverse cdf, so the first n customers do not depend on how many follow, but for the
    scale of `potential`, which sums to the market.
    """
    from scipy.special import ndtri  # here, because it is slow to import

    n = parameters.enterprises + parameters.cohorts
    uniform = {what: luck.customers("birth", number, n) for number, what in enumerate(DRAWS)}
    segment = _segment(parameters, segments, uniform["segment"])
    appetite = parameters.appetite_low + (parameters.appetite_high - parameters.appetite_low) * uniform["appetite"]
    usefulness = parameters.usefulness + parameters.usefulness_sd * ndtri(uniform["usefulness"])
    consumer = np.arange(n) >= parameters.enterprises
    mean_procurement = segments.procurement_quarters[segment]
    low, high = segments.requalify_low[segment], segments.requalify_high[segment]
    columns = {
        "segment": segment,
        "domain": np.where(consumer, parameters.domains, (uniform["domain"] * parameters.domains).astype(np.int64)),
        "potential": potentials(
            parameters, market, np.exp(np.where(consumer, 0, parameters.size_sd) * ndtri(uniform["size"])), large_parts(parameters)
        ),
        "lateness": np.exp(parameters.midpoint_sd * ndtri(uniform["midpoint"]) / market.capability_scale),
        "usefulness": usefulness,
        "readiness": readiness(parameters, usefulness, appetite),
        "risk_appetite": appetite,
        "patience": -np.log1p(-uniform["trial"]),
        "procurement": two_waits(uniform["procurement"]) * mean_procurement / 2,
        "main_share": np.where(uniform["homes"] < parameters.single_homed, 1.0, main_share(parameters, appetite)),
        "requalification": np.minimum(high, np.floor(low + uniform["requalification"] * (high - low + 1))),
    }
    return columns, (uniform["deployed"], uniform["second"])


def two_waits(uniform):
    """Time of two waits in a row, each exponential with mean 1, by inverse cdf, [worlds, n]."""
    waits = np.empty_like(uniform)
    _wait_twice(uniform.reshape(-1), waits.reshape(-1))
    return waits


@compiled
def _wait_twice(uniform, waits):
    """Solves x - ln(1 + x) = -ln(1 - u) by Newton's method, from above, so that every step comes nearer."""
    for place in range(len(uniform)):
        hazard = -np.log1p(-uniform[place])
        time = hazard + np.sqrt(2 * hazard)
        for _ in range(STEPS):
            time -= (time - np.log1p(time) - hazard) * (1 + time) / time
        waits[place] = time


def readiness(parameters, usefulness, appetite):
    """Capability at which value just covers the price at a customer's own quantile, OOM, [worlds, n] [model.md 7.4, 26.3]."""
    from scipy.special import ndtri

    return usefulness - parameters.value_sd * ndtri(appetite)


def main_share(parameters, appetite):
    """Part of its spend that a customer with two labs gives the main one, [worlds, n]: who dares more relies on one [model.md 4]."""
    return parameters.least_main_share + (1 - parameters.least_main_share) * appetite


def _segment(parameters, segments, uniform):
    segment = np.empty(uniform.shape, dtype=np.int64)
    split = parameters.enterprises
    for kind, part in enumerate((slice(None, split), slice(split, None))):
        rows = np.flatnonzero(segments.kind == kind)
        ends = np.cumsum(segments.number_share[rows])
        if uniform[:, part].size and not (ends.size and ends[-1] > 0):
            raise BadInput(f"no segment has customers of kind {KINDS[kind]!r}")
        segment[:, part] = rows[np.searchsorted(ends, uniform[:, part] * ends[-1], side="right")] if ends.size else 0
    return segment


def opened(parameters, segments, columns, potential, shares, uniforms):
    """Opening stage, spend and providers, {column: [worlds, n]} [model.md 7.9].

    potential: TAM_c at the opening, $bn a year, [worlds, n]; shares: labs' opening shares of each segment's spend,
    [worlds, segments, labs]; uniforms: two arrays [worlds, n]. Spends of a kind are in proportion to potential among the deployed.
    """
    segment, share = columns["segment"], parameters.consumer_opening_share
    deployed = uniforms[0] < segments.opening_deployed[segment]
    spend = by_kind(potential * deployed, (1 - share, share), parameters.enterprises)
    main = opening_main(spend, segment, shares)
    second = np.empty_like(main)
    second_providers(segment, main, np.ascontiguousarray(shares), uniforms[1], second)
    return {
        "stage": np.where(deployed, DEPLOYED, UNAWARE).astype(np.int8),
        "spend": scaled_to(spend, parameters.opening_spend),
        "main_provider": main,
        "second_provider": second,
    }


def opening_main(spend, segment, shares):
    """Main providers such that each lab's part of a segment's spend is its opening share, to within one customer.

    The segment's spend is laid on a line cut at the labs' shares; a customer belongs where its middle falls.
    """
    cuts, main = np.cumsum(shares, axis=2), np.empty(segment.shape, dtype=np.int64)
    cuts /= cuts[:, :, -1:]
    _cut_lines(spend, segment, cuts, main)
    return main


@compiled
def _cut_lines(spend, segment, cuts, main):
    for w in range(len(spend)):
        whole, line = np.zeros(cuts.shape[1]), np.zeros(cuts.shape[1])
        for c in range(spend.shape[1]):
            whole[segment[w, c]] += spend[w, c]
        for c in range(spend.shape[1]):
            s = segment[w, c]
            line[s] += spend[w, c]
            middle = (line[s] - spend[w, c] / 2) / max(whole[s], _NEXT_TO_NOTHING)
            lab = 0
            for edge in range(cuts.shape[2] - 1):
                lab += middle >= cuts[w, s, edge]
            main[w, c] = lab
