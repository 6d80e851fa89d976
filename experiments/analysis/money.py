"""The money graph as one inline SVG: who funds whom in four columns, widths by amount, what goes in circles in red.

Money enters on the left (customers, investors, lenders) and flows to labs, owners of compute and vendors. What flows back,
such as a vendor's stake in a lab, runs below. Positions are computed here, so that the page needs no script for it.
"""

from dataclasses import dataclass, field
from html import escape

from experiments.console import KIND_NAMES
from experiments.words import NATURES, dollars, percent

COLUMN_OF = {"customers": 0, "others": 0, "investors": 0, "lenders": 0, "labs": 1, "clouds": 2, "vendors": 3}
COLUMN_TITLES = ("Money from outside", "Labs", "Owners of compute", "Chip vendors")
WIDTH, LEFT, RIGHT, TOP, TALL, BAR, GAP = 1080, 235, 140, 44, 520, 12, 17  # pixels
LETTER = 6.9  # pixels a letter takes at most, on average
LEAST_BAR, LEAST_WIDTH, LANE_GAP, BEND = 3, 0.7, 7, 0.5  # pixels, pixels, pixels, share of the way
SHOWN_AS = {"Economy": "other tenants and buyers"}
THINNEST_MARK = 0.02  # share of a link that must go in circles to be marked


@dataclass
class Node:
    """A firm as a bar: where it stands, and how much of each side is taken already, in pixels."""

    name: str
    kind: str
    paid: float = 0.0
    received: float = 0.0
    y: float = 0.0
    out: float = 0.0
    into: float = 0.0
    links: list = field(default_factory=list)

    @property
    def column(self):
        """0 to 3, from the left."""
        return COLUMN_OF[self.kind]

    @property
    def amount(self):
        """The larger of what it pays and receives here, $bn."""
        return max(self.paid, self.received)


def money_graph_svg(money):
    """The graph of `summary["money"]` as SVG text, names escaped; "" without links."""
    if not money["links"]:
        return ""
    nodes = _nodes(money)
    scale = _place(nodes)
    paths, bottom = _paths(money["links"], nodes, scale)
    bars = [_bar(node, scale) for node in nodes.values()]
    titles = [f'<text class="column" x="{_x(k)}" y="{TOP / 2:.0f}"{_anchor(k)}>{title}</text>' for k, title in enumerate(COLUMN_TITLES)]
    label = "Who funds whom in the first year; the table of links is below the figure."
    left, right = _margins(nodes.values())
    head = f'<svg class="money" viewBox="{left:.0f} 0 {right - left:.0f} {bottom:.0f}" role="img" aria-label="{label}">'
    return "\n".join([head, *titles, *paths, *bars, "</svg>"])


def _margins(nodes):
    """Left and right end of the drawing, so that the longest name fits on either side."""
    room = {column: max((LETTER * len(_said(node)) for node in nodes if node.column == column), default=0) for column in (0, 3)}
    return min(0, LEFT - GAP - room[0]), max(WIDTH, WIDTH - RIGHT + GAP + room[3])


def _said(node):
    return f"{SHOWN_AS.get(node.name, node.name)} {dollars(node.amount)}"


def _nodes(money):
    nodes = {item["name"]: Node(item["name"], item["kind"]) for item in money["nodes"]}
    for link in money["links"]:
        nodes[link["from"]].paid += link["amount"]
        nodes[link["to"]].received += link["amount"]
    return nodes


def _place(nodes):
    """Stack the bars of each column, largest first within a kind, and return pixels per $bn."""
    columns = [[node for node in nodes.values() if node.column == k] for k in range(len(COLUMN_TITLES))]
    used = [column for column in columns if column]
    scale = min((TALL - GAP * len(column)) / max(sum(node.amount for node in column), LEAST_BAR) for column in used)
    tallest = max(_height(column, scale) for column in used)
    for column in used:
        y = TOP + (tallest - _height(column, scale)) / 2
        for node in sorted(
            column, key=lambda node: (list(KIND_NAMES).index(node.kind) if node.column else _source_order(node), -node.amount)
        ):
            node.y = y
            y += max(LEAST_BAR, node.amount * scale) + GAP
    return scale


def _source_order(node):
    return ("customers", "others", "investors", "lenders").index(node.kind)


def _height(column, scale):
    return sum(max(LEAST_BAR, node.amount * scale) + GAP for node in column) - GAP


def _paths(links, nodes, scale):
    """The links as paths, those that run backwards in lanes below; and where the drawing ends."""
    lane = max(node.y + max(LEAST_BAR, node.amount * scale) for node in nodes.values()) + GAP
    drawn = []
    for link in sorted(links, key=lambda link: (nodes[link["from"]].y, nodes[link["to"]].y)):
        start, end = nodes[link["from"]], nodes[link["to"]]
        width = max(LEAST_WIDTH, link["amount"] * scale)
        y1, y2 = start.y + start.out + width / 2, end.y + end.into + width / 2
        start.out, end.into = start.out + width, end.into + width
        if start.column < end.column:
            path = _forward(_x(start.column) + BAR, y1, _x(end.column), y2)
        else:
            lane += width / 2
            path = _around(_x(start.column) + BAR, y1, _x(end.column), y2, lane, width)
            lane += width / 2 + LANE_GAP
        drawn.append((width, _link(link, path, width)))
    return [text for _, text in sorted(drawn, key=lambda pair: -pair[0])], lane + GAP


def _forward(x1, y1, x2, y2):
    bend = x1 + (x2 - x1) * BEND
    return f"M{x1:.1f},{y1:.1f} C{bend:.1f},{y1:.1f} {bend:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"


def _around(x1, y1, x2, y2, lane, width):
    """Out to the right, down, back below everything, and up into the left side of its end."""
    out = GAP + width + BAR
    right = f"M{x1:.1f},{y1:.1f} C{x1 + 2 * out:.1f},{y1:.1f} {x1 + 2 * out:.1f},{lane:.1f} {x1:.1f},{lane:.1f}"
    return f"{right} L{x2:.1f},{lane:.1f} C{x2 - 2 * out:.1f},{lane:.1f} {x2 - 2 * out:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"


def _link(link, path, width):
    payer, payee = (SHOWN_AS.get(link[end], link[end]) for end in ("from", "to"))
    said = f"{payer} → {payee}: {NATURES[link['nature']].lower()} {dollars(link['amount'])}"
    marks = ""
    if link["circling"] > THINNEST_MARK:
        said += f", of which {percent(link['circling'])} goes in a circle"
        marks = f'<path class="circling" d="{path}" stroke-width="{max(1, width * link["circling"]):.1f}"/>'
    line = f'<path class="{link["nature"]}" d="{path}" stroke-width="{width:.1f}"/>'
    return f"<g><title>{escape(said)}</title>{line}{marks}</g>"


def _bar(node, scale):
    x, height = _x(node.column), max(LEAST_BAR, node.amount * scale)
    sides = {0: (x - GAP / 2, ' text-anchor="end"')}
    at, anchor = sides.get(node.column, (x + BAR + GAP / 2, ""))
    words = f'{escape(SHOWN_AS.get(node.name, node.name))} <tspan class="amount">{dollars(node.amount)}</tspan>'
    bar = f'<rect class="{node.kind}" x="{x}" y="{node.y:.1f}" width="{BAR}" height="{height:.1f}" rx="2"/>'
    return f'{bar}<text x="{at:.1f}" y="{node.y + height / 2:.1f}" dominant-baseline="middle"{anchor}>{words}</text>'


def _x(column):
    """Left edge of a column's bars."""
    return LEFT + (WIDTH - LEFT - RIGHT - BAR) * column // (len(COLUMN_TITLES) - 1)


def _anchor(column):
    return ' text-anchor="end"' if column == 0 else ""
