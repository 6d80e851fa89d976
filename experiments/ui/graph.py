"""The money graph as an ECharts option: firms in layers by kind and in fixed places, money between them.

A firm stands where it stands whatever is drawn, so that nothing jumps between quarters and pictures: its place follows from the
order of all agents of the world alone.
"""

import numpy as np

from experiments.console import KIND_NAMES
from experiments.figures.data import LAYERS, MONEY_READING, TITLES, places
from experiments.stories.events import money
from experiments.ui.chart_parts import NORMAL, SMALL, base, nothing, on_narrow, safe, tip
from experiments.ui.palette import MINSKY, colours

READING = {"money_graph": f"{MONEY_READING} The area of a circle is what the firm is worth; click one to look into it."}
DEEP = len(LAYERS) - 1  # layers are numbered from 0
MARGIN, GUTTER = 0.5, 0.1  # room beside the outer layers in layers, and for titles as a part of a layer's length
SMALLEST, LARGEST = 9, 46  # pixels across
HAIR, WIDEST = 0.8, 12  # pixels
BENT, PALE, STRONG = 0.16, 0.38, 0.85  # curvature, opacities
SHORT = 22  # letters of a name at most


def money_graph(nodes, edges, what, theme, everyone=None):
    """Firms in layers by kind, edges between them.

    nodes: {name, kind, value ($bn), minsky, alive, failed_at}; edges: {payer, payee, amount ($bn), circular, what};
    what: the picture in words; everyone: [(name, kind)] of the whole world, for places that last, else the nodes' own order
    """
    if not edges:
        return nothing(f"{what}: nothing to draw in this quarter", theme)
    shades = colours(theme)
    agents = everyone or [(node["name"], node["kind"]) for node in nodes]
    at = places(agents)
    most = max((node["value"] for node in nodes if node["kind"] not in LAYERS[-1]), default=0) or 1
    data = [_node(node, at[node["name"]], most, shades) for node in nodes]
    titles = _titles(agents, shades)
    series = {
        "type": "graph",
        "coordinateSystem": "cartesian2d",
        "layout": "none",
        "categories": _classes(shades),
        "data": [*data, *titles],
        "links": _links(edges, shades),
        "edgeSymbol": ["none", "arrow"],
        "edgeSymbolSize": 6,
        "emphasis": {"focus": "adjacency", "lineStyle": {"opacity": 1}},
    }
    option = base(theme) | {"series": [series], "legend": _legend(shades), "aria": {"enabled": True, "description": safe(what)}}
    option["grid"] = {"left": 4, "right": 4, "top": 44, "bottom": 8}
    option |= {"xAxis": _plane(-GUTTER, 1), "yAxis": _plane(-MARGIN, DEEP + MARGIN, inverse=True)}
    turned = [{**point, "value": point["value"][::-1]} for point in [*data, *titles]]
    axes = {"xAxis": _plane(-MARGIN, DEEP + MARGIN), "yAxis": _plane(-GUTTER, 1, inverse=True)}
    return on_narrow(option, series=[{"data": turned}], legend={"itemGap": 6}, **axes)


def _plane(low, high, **more):
    """An axis nobody sees."""
    return {"type": "value", "min": low, "max": high, "show": False, **more}


def _classes(shades):
    return [
        *({"name": words, "itemStyle": {"color": shades[key]}} for key, words in MINSKY.items()),
        {"name": "No class", "itemStyle": {"color": shades["unrated"]}},
        {"name": "Failed", "itemStyle": {"color": shades["dead"]}},
    ]


def _legend(shades):
    names = [*MINSKY.values(), "No class", "Failed"]
    words = {"color": shades["muted"], "fontSize": SMALL}
    return {"data": names, "top": 0, "left": 0, "itemWidth": 12, "itemHeight": 12, "textStyle": words, "selectedMode": False}


def _node(node, place, most, shades):
    """A firm: its area by value, its colour by Minsky class, grey and ringed once it is gone."""
    gone, value = bool(node["failed_at"]), node["value"] if node["kind"] not in LAYERS[-1] else 0
    category = "Failed" if gone else MINSKY.get(node["minsky"], "No class")
    lines = [KIND_NAMES.get(node["kind"], node["kind"]), f"worth {money(value)}" if value else ""]
    lines += [f"{MINSKY[node['minsky']]} finance" if node["minsky"] in MINSKY and not gone else ""]
    lines += [f"failed in {node['failed_at']}" if node["failed_at"] else ""]
    ring = {"borderColor": shades["muted"], "borderType": "dashed", "borderWidth": 2} if gone else {"borderColor": shades["card"]}
    return {
        "name": node["name"],
        "value": place,
        "symbolSize": round(SMALLEST + (LARGEST - SMALLEST) * np.sqrt(max(value, 0) / most), 1),
        "category": [*MINSKY.values(), "No class", "Failed"].index(category),
        "itemStyle": ring,
        "label": _label(node, shades),
        "tooltip": {"formatter": tip(node["name"], *lines)},
    }


def _label(node, shades):
    name = node["name"] if len(node["name"]) <= SHORT else node["name"][: SHORT - 1] + "…"
    text = safe(name) + (f"\nfailed {node['failed_at']}" if node["failed_at"] else "")
    return {
        "show": True, "position": "bottom", "distance": 3, "formatter": text, "color": shades["ink"], "fontSize": SMALL,
        "width": 72, "overflow": "break", "lineHeight": NORMAL, "textBorderColor": shades["card"], "textBorderWidth": 2,
    }  # fmt: skip


def _titles(agents, shades):
    """What each layer is, at its beginning, as points that nobody can see or touch."""
    there = [depth for depth, layer in enumerate(LAYERS) if any(kind in layer for _, kind in agents)]
    words = {
        "show": True,
        "position": "inside",
        "color": shades["muted"],
        "fontSize": SMALL,
        "width": 72,
        "overflow": "break",
        "lineHeight": NORMAL,
    }
    quiet = {
        "symbolSize": 0.1,
        "itemStyle": {"color": "transparent", "borderWidth": 0},
        "tooltip": {"show": False},
        "emphasis": {"disabled": True},
    }
    return [
        {"name": f" {TITLES[k]}", "value": [round(-GUTTER / 2, 4), k], **quiet, "label": {**words, "formatter": TITLES[k]}} for k in there
    ]


def _links(edges, shades):
    most = max(edge["amount"] for edge in edges) or 1
    ranked = sorted(edges, key=lambda edge: (edge["circular"], edge["amount"]))  # what goes in circles is drawn last, on top
    return [
        {
            "source": edge["payer"],
            "target": edge["payee"],
            "value": round(float(edge["amount"]), 3),
            "lineStyle": {
                "width": round(HAIR + (WIDEST - HAIR) * edge["amount"] / most, 2),
                "color": shades["circular"] if edge["circular"] else shades["edge"],
                "opacity": STRONG if edge["circular"] else PALE,
                "curveness": BENT,
            },
            "tooltip": {"formatter": tip(f"{edge['payer']} → {edge['payee']}", money(edge["amount"]), edge["what"])},
        }
        for edge in ranked
    ]
