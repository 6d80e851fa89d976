"""How the runs of a sweep went over time, from its stored series: fans of a measure, and who still stands, by values of a lever."""

from experiments.analysis.findings import label, levels
from experiments.engine.store import query

FAN = (0.1, 0.5, 0.9)
MOST = 4  # values of a lever, measures and kinds of firm that are shown


def stored_series(results):
    """{measure: kind} of the stored series; of one that several kinds of firm have, that of labs. Empty if none were asked for."""
    from experiments.engine.store import SERIES, found_in

    if not found_in(results).parts(SERIES):
        return {}
    found = query(results, "select distinct measure::varchar as measure, kind::varchar as kind from series order by kind = 'labs', kind")
    return dict(zip(found["measure"], found["kind"]))


def shown_values(question, runs, lever):
    """Values of a lever to tell apart, as (label, condition of SQL); all runs at once without a lever."""
    if lever is None:
        return [("", "true")]
    known = levels(question, runs)[lever]
    kept = known if len(known) <= MOST else [known[k] for k in sorted({0, len(known) // 3, 2 * len(known) // 3, len(known) - 1})]
    return [(label(value), f"{quoted(lever)} = {_literal(value)}") for value in kept]


def quoted(name):
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _literal(value):
    return repr(value) if isinstance(value, float) else "'" + value.replace("'", "''") + "'"


def fans(results, measure, kind, values):
    """{label: rows (quarter, low, mid, high, runs)} of a measure; of firms it is their mean in a run. values: of `shown_values`."""
    low, mid, high = FAN
    one = f"""select point, seed, quarter, avg(value) as value from series
        where measure = {_literal(measure)} and kind = {_literal(kind)} and isfinite(value) group by all"""
    return {
        name: query(
            results,
            f"""select quarter, quantile_cont(value, {low}) as low, quantile_cont(value, {mid}) as mid,
            quantile_cont(value, {high}) as high, count(*) as runs
            from ({one}) join points using (point) where {where} group by quarter order by quarter""",
        ).to_dict("records")
        for name, where in values
    }


def lives(results, kind, values):
    """{label: rows (agent, quarter, failed, runs)}: how many runs have seen a firm fail by each quarter."""
    found = {}
    for name, where in values:
        found[name] = query(
            results,
            f"""with here as (select series.* from series join points using (point)
                where measure = 'fails' and kind = {_literal(kind)} and {where}),
            first as (select agent, point, seed, min(quarter) as quarter from here where value > 0 group by all),
            gone as (select agent, quarter, count(*) as fallen from first group by all),
            all_quarters as (select agent, quarter, count(*) as runs from here group by all)
            select agent::varchar as agent, quarter::varchar as quarter, runs,
                sum(coalesce(fallen, 0)) over (partition by agent order by quarter::varchar) as failed
            from all_quarters left join gone using (agent, quarter) order by agent::varchar, quarter::varchar""",
        ).to_dict("records")
    return found
