"""The money graph as an ECharts option: firms in layers by kind, payments between them."""

from experiments.ui.palette import colours

READING = {"money_graph": "A circle is a firm, larger if worth more; a line is money, wider if it is more; red lines go in a circle."}
LAYERS = {"investors": 0, "lenders": 0, "customers": 4, "others": 4, "labs": 1, "clouds": 2, "vendors": 3}


def money_graph(nodes, edges, what, theme):
    """Nodes in fixed places by kind."""
    shades, placed = colours(theme), {}
    data = []
    for node in nodes:
        layer = LAYERS[node["kind"]]
        placed[layer] = placed.get(layer, 0) + 1
        hue = {"hedge": shades["green"], "speculative": shades["blue"], "ponzi": shades["vermilion"]}.get(node["minsky"], shades["edge"])
        size = 8 + min(60, max(node["value"], 0) ** 0.5)
        data.append({"name": node["name"], "x": 120 * placed[layer], "y": 140 * layer, "symbolSize": size, "itemStyle": {"color": hue}})
    most = max((edge["amount"] for edge in edges), default=1)
    links = [
        {
            "source": edge["payer"],
            "target": edge["payee"],
            "lineStyle": {"width": 1 + 10 * edge["amount"] / most, "color": shades["vermilion"] if edge["circular"] else shades["muted"]},
        }
        for edge in edges
    ]
    series = {
        "type": "graph",
        "layout": "none",
        "data": data,
        "links": links,
        "label": {"show": True, "color": shades["ink"]},
        "roam": True,
    }
    return {"series": [series], "tooltip": {}, "aria": {"enabled": True, "description": what}}
