"""Charts of one firm as ECharts options."""

from experiments.ui.palette import colours

READING = {
    "balance": "What the firm owns above the line and owes below, $bn.",
    "cone_chart": "What the lab believed its revenue would be, $bn a year, and what came.",
    "wall": "Take-or-pay rents still to come by year, $bn.",
    "incomes": "Each model's profit and cost, and the company's result by quarter, $bn.",
}


def _bars(names, values, theme):
    ink = {"color": colours(theme)["ink"]}
    return {
        "xAxis": {"type": "category", "data": names, "axisLabel": ink},
        "yAxis": {"type": "value", "axisLabel": ink},
        "series": [{"type": "bar", "data": values}],
    }


def balance(assets, liabilities, theme):
    """Bars of what is owned and owed. assets, liabilities: {name: $bn}."""
    return _bars([*assets, *liabilities], [*assets.values(), *(-value for value in liabilities.values())], theme)


def cone_chart(made_at, quarters, quantiles, happened, theme):
    """A forecast and what came of it."""
    option = _bars(quarters, [], theme)
    option["series"] = [{"type": "line", "name": f"P{level * 100:.0f}", "data": values} for level, values in quantiles.items()]
    option["series"].append({"type": "line", "name": "happened", "data": happened})
    return option


def wall(quarters_due, amounts, labels, theme):
    """Commitments by year."""
    return _bars(quarters_due, amounts, theme)


def incomes(models, quarters, company, theme):
    """The company's result by quarter."""
    return _bars(quarters, company, theme)
