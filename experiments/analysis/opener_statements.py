"""What leads the page of a question about two income statements: the models of a lab one by one, and the company that trains the next.

A model has paid if what it earned while it was on sale, less the compute that served it, exceeds what it had cost to train. The company
of the same time pays for the model in training, for opex and for everything reserved [model.md 6.8, 16.8].
"""

import altair as alt
import numpy as np
import pandas as pd

from abm.clock import QUARTERS_PER_YEAR, Quarter
from abm.errors import BadInput
from abm.limits import company_profit
from experiments.analysis.findings import base_of, levels
from experiments.analysis.maps import Multiples
from experiments.analysis.outcomes import called, quoted
from experiments.analysis.paired_effects import paired
from experiments.engine.store import load
from experiments.figures.drawn import FIRM_COLOURS, HEIGHT, MIDTONE, THICK, THIN, sized
from experiments.stories.events import said
from experiments.words import PERCENT, futures, percent

RUN = ["seed", "agent"]
MEASURES = ("operating_income", "model_cost", "model_profit", "alive")
LEAST = 0.01  # $bn: what a model earned, below which a logarithm says nothing
EXAMPLE = {"year": [2023, 2024, 2025], "training": [0.1, 1.0, 10.0], "revenue": [0.0, 0.2, 2.0]}  # $bn [model.md 16.8]
EXAMPLE_NAME = "the example of 0.1, 1 and 10 ($bn, no cost of serving)"


def lead(found):
    """(sentences, figures) of a sweep, where every lever has its base value. Raises BadInput if no model was ever withdrawn."""
    held = {name: base_of(found.question, found.whole, name) for name in levels(found.question, found.whole)}
    runs = found.whole[np.all([found.whole[name] == value for name, value in held.items()], axis=0)] if held else found.whole
    series = load(found.folder, "series")
    kept = series[series["point"].isin(runs["point"]) & (series["kind"] == "labs") & series["measure"].isin(MEASURES)]
    wide = kept.pivot(index=["point", *RUN, "quarter"], columns="measure", values="value").sort_index().reset_index()
    models, years = of_models(wide), of_companies(wide)
    if models.empty:
        raise BadInput("no model was withdrawn in these quarters; run more of them")
    held_at = (f"the {called(found.question, name)} is {quoted(str(value))}" for name, value in held.items())
    where = f", where {' and '.join(held_at)}" if held else ""
    return sentences(models, years, where), figures(models, years, runs)


def of_models(wide):
    """Every withdrawn model: seed, agent, quarter, cost, profit ($bn), paid. wide: a row a lab and quarter, with its measures."""
    before = wide.groupby(["point", *RUN], observed=True)[["model_cost", "model_profit"]].shift(1)
    newer = (wide["model_cost"] != before["model_cost"]) | (wide["model_profit"] != before["model_profit"])
    rows = wide[newer & before["model_cost"].notna() & (wide["model_cost"] > 0)]
    named = rows[[*RUN, "quarter"]].assign(cost=rows["model_cost"], profit=rows["model_profit"])
    return named.assign(paid=named["profit"] > named["cost"]).astype({"agent": str, "quarter": str}).reset_index(drop=True)


def of_companies(wide):
    """Every whole year of a lab that lived through it: seed, agent, year, income ($bn), last_paid: did its last model pay."""
    wide = wide.assign(year=[Quarter.parse(name).year for name in wide["quarter"].astype(str)])
    groups = wide.groupby([*RUN, "year"], observed=True)
    years = groups.agg(
        income=("operating_income", "sum"),
        quarters=("quarter", "size"),
        alive=("alive", "min"),
        cost=("model_cost", "last"),
        profit=("model_profit", "last"),
    )
    whole = years[(years["quarters"] == QUARTERS_PER_YEAR) & (years["alive"] > 0)].reset_index()
    return whole.assign(has_model=whole["cost"] > 0, last_paid=whole["profit"] > whole["cost"]).astype({"agent": str})


def sentences(models, years, where):
    """How often models pay, how often companies lose money, and how often both at once, with 95 % intervals over futures."""
    told = years[years["has_model"]]
    both = told["last_paid"] & (told["income"] < 0)
    count = models["seed"].nunique()
    at_once = (
        f"In {_share(both, told['seed'])} of {len(told):,} years of a lab both are true at once: the last model that was withdrawn has "
        "paid "
        "for its training, and the company loses money in the year."
    )
    return [
        f"{_share(models['paid'], models['seed'])} of models earn back their training while on sale, although companies lose money in "
        f"{_share(years['income'] < 0, years['seed'])} of their years.",
        f"This counts {len(models):,} models and {len(years):,} years of labs in {futures(count)}{where}.",
        at_once,
        f"The median model earns ${said((models['profit'] / models['cost']).median())} for every dollar that its training cost.",
        "The company also pays for the training of the next and larger model, for operating costs, and for compute that is reserved and "
        "idle.",
    ]


def _share(holds, seeds):
    """A share with the interval of its means over futures."""
    means = holds.astype(float).groupby(seeds.to_numpy()).mean().to_numpy()
    if len(means) < 2:
        return f"{percent(holds.mean())} (one future, so no interval)"
    found = paired(means)
    low, high = (min(1, max(0, end + holds.mean() - found.mean)) for end in (found.low, found.high))
    return f"{percent(holds.mean())} ({low * PERCENT:.0f} to {high * PERCENT:.0f} %)"


def figures(models, years, runs):
    """Models of all futures on a ladder, and the companies of the median future beside them: [Multiples]."""
    ranked = runs.sort_values("welfare", kind="stable") if "welfare" in runs else runs
    seed = int(ranked["seed"].iloc[len(ranked) // 2])
    firms = sorted(models["agent"].value_counts().index[: len(FIRM_COLOURS) - 2])
    colours = (*zip(firms, FIRM_COLOURS), (EXAMPLE_NAME, "@ink"))
    earned, shown = models["profit"] > LEAST, models["agent"].isin(firms)
    drawn = models[earned & shown]
    middle = ", which is the middle one by worth to users" if "welfare" in runs else ""
    reading = (
        "On the left a dot is a model, and a model above the line earned back its training. The chart leaves out "
        f"{(~earned).sum():,} of {len(models):,} models that earned next to nothing or lost money even before training, and "
        f"{(earned & ~shown).sum():,} of other labs. On the right are the same labs as companies, in world {seed}{middle}. Below zero the "
        "year was a loss."
    )
    here = years[(years["seed"] == seed) & years["agent"].isin(firms)]
    charts = (("model by model, $bn", _ladder(drawn, colours)), ("company by year, $bn", _companies(here, colours)))
    return [Multiples("statements", "Two income statements of the same labs", reading, charts, colours)]


def _hue(colours):
    names, hues = zip(*colours)
    return alt.Color("agent:N", scale=alt.Scale(domain=list(names), range=list(hues)), legend=None)


def _example():
    """(models, companies) of the example: its models' sales of the year after beside their cost, and the company's result by year."""
    table = pd.DataFrame(EXAMPLE).assign(agent=EXAMPLE_NAME)
    models = table.assign(cost=table["training"], profit=table["revenue"].shift(-1)).dropna()
    return models, table.assign(income=company_profit(table["training"].to_numpy(), table["revenue"].to_numpy()))


def _tens(low, high):
    """Powers of ten from low to high."""
    return [float(f"1e{power}") for power in range(int(np.ceil(np.log10(low))), int(np.floor(np.log10(high))) + 1)]


def _ladder(models, colours):
    example, _ = _example()
    both = [*models[["cost", "profit"]].to_numpy().ravel(), *example[["cost", "profit"]].to_numpy().ravel()]
    span = [float(min(both)), float(max(both))]
    scale, ticks = alt.Scale(type="log", domain=span, nice=False), alt.Axis(values=_tens(*span), format="~g")
    x = alt.X("cost:Q", title="cost of training, $bn", scale=scale, axis=ticks)
    y = alt.Y("profit:Q", title="earned while on sale, $bn", scale=scale, axis=ticks)
    tips = [alt.Tooltip("agent:N"), alt.Tooltip("cost:Q", format=".3~g"), alt.Tooltip("profit:Q", format=".3~g")]
    even = alt.Chart(alt.Data(values=[{"cost": end, "profit": end} for end in span])).mark_line(color="@muted", strokeWidth=THIN)
    rows = models[["agent", "quarter", "cost", "profit"]].to_dict("records")
    dots = alt.Chart(alt.Data(values=rows)).mark_point(filled=True, size=20, opacity=1 / 2)
    marks = alt.Chart(alt.Data(values=example[["agent", "cost", "profit"]].to_dict("records"))).mark_point(shape="diamond", size=90)
    shade = _hue(colours)
    return sized(alt.layer(even.encode(x, y), *(part.encode(x, y, shade, tooltip=tips) for part in (dots, marks))), HEIGHT)


def _companies(years, colours):
    _, example = _example()
    x = alt.X("year:Q", title=None, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(format="d", tickMinStep=1, tickCount=6))
    both = [*years["income"], *example["income"]]
    reach = max(map(abs, both), default=1)
    places = [sign * size for size in _tens(1, max(1, reach)) for sign in (-1, 1) if min(both) <= sign * size <= max(both)]
    scale, ticks = alt.Scale(type="symlog", constant=1), alt.Axis(values=sorted([0, *places]), format=",.0f")
    y = alt.Y("income:Q", title="operating income, $bn a year", scale=scale, axis=ticks)
    tips = [alt.Tooltip("agent:N"), alt.Tooltip("year:Q"), alt.Tooltip("income:Q", format=",.3~r", title="$bn")]
    zero = alt.Chart(alt.Data(values=[{}])).mark_rule(color="@muted", strokeWidth=THIN).encode(y=alt.datum(0))
    rows, shade = years[["agent", "year", "income"]].to_dict("records"), _hue(colours)
    lines = alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=THICK, opacity=1 - MIDTONE).encode(x, y, shade, tooltip=tips)
    marks = alt.Chart(alt.Data(values=example[["agent", "year", "income"]].to_dict("records"))).mark_point(shape="diamond", size=90)
    return sized(alt.layer(zero, lines, marks.encode(x, y, shade, tooltip=tips)), HEIGHT)
