"""The frame of a page: one HTML file with its styles, its scripts and its charts inside, which needs no network."""

import json
import math
from functools import cache
from hashlib import sha256
from html import escape
from importlib.metadata import version
from importlib.resources import files

from platformdirs import user_cache_path

from experiments.analysis.figures import Figure

ASSETS = "experiments.analysis"
FORM = 2  # of what is kept; another number where `_bundle` makes another text of the same library


def page(title, body, specs):
    """The whole page as text. body: HTML; specs: the charts, as `embedded` gives them."""
    style, script = (files(ASSETS).joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
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
<script>{_library()}</script>
<script>{script}</script>
</body>
</html>
"""


@cache
def _library():
    """What draws the charts: worked out once for each version of the library, and then read from the user's cache."""
    from experiments.engine.store import write_whole

    kept = user_cache_path("overreach") / f"charts-{version('vl-convert-python')}-{FORM}.js"
    try:
        digest, _, text = kept.read_bytes().partition(b"\n")
    except OSError:  # not there yet
        digest, text = b"", b""
    if digest == _digest(text):
        return text.decode()
    text = _bundle().encode()
    try:
        write_whole(kept, _digest(text) + b"\n" + text)
    except OSError:  # where nothing can be written it is worked out again next time
        return text.decode()
    return text.decode()


def _digest(content):
    """What stands in the first line of what is kept, so that a file cut short or overwritten is made again."""
    return sha256(content).hexdigest().encode()


def _bundle():
    """The same from the library itself, which takes some seconds."""
    from vl_convert import javascript_bundle

    return javascript_bundle(None).replace("</script", "<\\/script")


def embedded(item):
    """The descriptions of a figure's charts as data that no name in them can break out of."""
    return "\n".join(_embedded(f"spec-{key}", chart) for key, (_, chart) in _keyed(item).items())


def _embedded(key, chart):
    text = json.dumps(_readable(chart.to_dict(validate=False)), separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{key}">{text}</script>'


def _readable(value):
    """The same with null for what is no number: a browser reads no NaN."""
    if isinstance(value, dict):
        return {key: _readable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def charts(item):
    """(name, chart) of a figure of one chart or of several."""
    return (("", item.chart),) if isinstance(item, Figure) else item.charts


def _keyed(item):
    """{key: (name, chart)}."""
    one = isinstance(item, Figure)
    return {item.key if one else f"{item.key}-{place}": named for place, named in enumerate(charts(item))}


def figure(item, wide=False):
    """A figure with its title, how to read it, what its colours mean, and room for its charts."""
    place = ' class="wide"' if wide else ""
    shown = [(name, f'<div class="chart" data-chart="{key}"></div>') for key, (name, _) in _keyed(item).items()]
    inside = "".join(f"<div><h4>{escape(name)}</h4>{holder}</div>" if name else holder for name, holder in shown)
    holders = f'<div class="grid{" three" if len(shown) > 2 else ""}">{inside}</div>' if len(shown) > 1 else inside
    head = f"<h3>{escape(item.title)}</h3><figcaption>{escape(item.reading)}</figcaption>{key_of(item.colours)}"
    return f"<figure{place}>{head}{holders}</figure>"


def key_of(colours):
    """What colours mean, as a list that wraps on a narrow screen. colours: (name, "@colour")."""
    items = "".join(f'<li><i style="background:var(--{hue[1:]})"></i>{escape(name)}</li>' for name, hue in colours)
    return f'<ul class="key">{items}</ul>' if items else ""


def tiles(rows):
    """Key numbers: (what it is, the value, what it means)."""
    return f'<div class="tiles">{"".join(_tile(*row) for row in rows)}</div>'


def _tile(what, value, meaning):
    return f'<div class="tile"><span class="what">{escape(what)}</span><b>{escape(value)}</b><span>{escape(meaning)}</span></div>'
