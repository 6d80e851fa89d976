"""The deal desk: what added take-or-pay deals do to the revenue that is required, and the first year that cannot be met.

Pure functions on the fan as it stands; a fresh Reset with the deals runs them for real, chips, prices and all.
"""

from typing import NamedTuple

import numpy as np

from abm.clock import QUARTERS_PER_YEAR, Quarter
from agents.world_files.deals import AddedDeal

LEVELS = {"P10": 0.1, "median": 0.5, "P90": 0.9}


class Verdict(NamedTuple):
    """What deals mean from the year of the first delivery (`since`) on.

    years; required revenue with them and without, $bn a year at each year's end; first: {level: year or None}.
    """

    years: list
    required: np.ndarray
    before: np.ndarray
    revenue: dict
    first: dict
    first_before: dict
    since: int


def read(rows):
    """Deals as rows, read and checked but for the names of firms. Raises BadInput."""
    return tuple(AddedDeal.read(row, "deal") for row in rows)


def added_rent(deals, quarters):
    """Rent the deals add at each of these quarters (numbers since 2023Q1), $bn a year, {tenant: [quarters]}.

    The same GW comes in every quarter from the first delivery to the last; each runs for the deal's years. A vendor's share
    is paid in advance with the vendor's money, so the tenant's customers have to bring only the rest.
    """
    found = {}
    quarters = np.asarray(quarters)
    for deal in deals:
        parts = deal.full - deal.start + 1
        term = round(deal.years * QUARTERS_PER_YEAR)
        due = sum(((quarters >= deal.start.index + k) & (quarters < deal.start.index + k + term)) * 1.0 for k in range(parts))
        rent = deal.gw / parts * deal.price * (1 - deal.share) * due
        found[deal.tenant] = found.get(deal.tenant, 0) + rent
    return found


def required_with(required, deals, margins, start):
    """Required revenue with the deals, $bn a year, [worlds, quarters]. margins: {tenant: part of revenue left after other costs}."""
    quarters = start.index + np.arange(required.shape[1])
    more = sum(rent / margins[tenant] for tenant, rent in added_rent(deals, quarters).items())
    return required + more


def verdict(revenue, required, deals, margins, start):
    """Which year-end the median requirement first exceeds which quantile of revenue. revenue, required: $bn a year, [worlds, quarters]."""
    more = np.median(required_with(required, deals, margins, start), axis=0)
    plain = np.median(required, axis=0)
    ends, years = _year_ends(start, revenue.shape[1])
    since = min((deal.start.year for deal in deals), default=years[0])
    late = np.array(years) >= since
    quantiles = {name: np.quantile(revenue, level, axis=0)[ends] for name, level in LEVELS.items()}
    return Verdict(
        years,
        more[ends],
        plain[ends],
        quantiles,
        {name: _first(years, late & (more[ends] > values)) for name, values in quantiles.items()},
        {name: _first(years, late & (plain[ends] > values)) for name, values in quantiles.items()},
        since,
    )


def _year_ends(start, quarters):
    """Places of the last quarter of every year so far, and the years."""
    all_years = [Quarter(start.index + k).year for k in range(quarters)]
    years = sorted(set(all_years))
    return [max(k for k, year in enumerate(all_years) if year == each) for each in years], years


def _first(years, cannot):
    return next((year for year, bad in zip(years, cannot, strict=True) if bad), None)


def words(found):
    """The verdict as sentences."""
    lines = []
    for name in ("median", "P10", "P90"):
        year, before = found.first[name], found.first_before[name]
        path = {"median": "the median path", "P10": "the tenth percentile", "P90": "the ninetieth percentile"}[name]
        cannot = "every year so far can be met" if year is None else f"{year} is the first year that cannot be met"
        without = ", with or without the deals" if year == before else f"; without the deals {_year(before)}"
        lines.append(f"From {found.since} on, on {path} of revenue {cannot}{without}.")
    return lines


def _year(year):
    return "none so far" if year is None else f"it is {year}"
