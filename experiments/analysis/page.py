"""The frame of a page: one HTML file with its styles, its scripts and its charts inside, which needs no network."""

import json
from html import escape
from importlib.resources import files

from experiments.analysis.figures import Figure

ASSETS = "experiments.analysis"


def page(title, body, specs):
    """The whole page as text. body: HTML; specs: the charts, as `embedded` gives them."""
    from vl_convert import javascript_bundle

    style, script = (files(ASSETS).joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    library = javascript_bundle(None).replace("</script", "<\\/script")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Overreach: {escape(title)}</title>
<style>{style}</style>
</head>
<body>
{body}
{specs}
<script>{library}</script>
<script>{script}</script>
</body>
</html>
"""


def embedded(item):
    """The descriptions of a figure's charts as data that no name in them can break out of."""
    return "\n".join(_embedded(f"spec-{key}", chart.to_dict()) for key, chart in _charts(item).items())


def _embedded(key, spec):
    text = json.dumps(spec, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{key}">{text}</script>'


def _charts(item):
    """{key: chart} of a figure of one chart or of several."""
    if isinstance(item, Figure):
        return {item.key: item.chart}
    return {f"{item.key}-{place}": chart for place, (_, chart) in enumerate(item.charts)}


def figure(item, wide=False):
    """A figure with its title, how to read it, what its colours mean, and room for its charts."""
    place = ' class="wide"' if wide else ""
    holders = [f'<div class="chart" data-chart="{key}"></div>' for key in _charts(item)]
    if not isinstance(item, Figure):
        named = zip((name for name, _ in item.charts), holders)
        inside = "".join(f"<div>{f'<h4>{escape(name)}</h4>' if name else ''}{holder}</div>" for name, holder in named)
        holders = [f'<div class="grid{" three" if len(item.charts) > 2 else ""}">{inside}</div>' if len(holders) > 1 else inside]
    head = f"<h3>{escape(item.title)}</h3><figcaption>{escape(item.reading)}</figcaption>{key_of(item.colours)}"
    return f"<figure{place}>{head}{''.join(holders)}</figure>"


def key_of(colours):
    """What colours mean, as a list that wraps on a narrow screen. colours: (name, "@colour")."""
    items = "".join(f'<li><i style="background:var(--{hue[1:]})"></i>{escape(name)}</li>' for name, hue in colours)
    return f'<ul class="key">{items}</ul>' if items else ""


def tiles(rows):
    """Key numbers: (what it is, the value, what it means)."""
    return f'<div class="tiles">{"".join(_tile(*row) for row in rows)}</div>'


def _tile(what, value, meaning):
    return f'<div class="tile"><span class="what">{escape(what)}</span><b>{escape(value)}</b><span>{escape(meaning)}</span></div>'
