"""Figures of a report as one picture, in the light colours of the page."""

import re
from functools import cache
from importlib.resources import files
from io import BytesIO

from abm.errors import BadInput
from experiments.analysis.page import ASSETS, charts

KINDS = (".html", ".png", ".svg")
WIDTH, ACROSS, GAP = 860, 3, 18  # pixels; charts beside each other; pixels between them
LARGEST = 150_000  # bytes
APART = {"resolve": {"scale": {"color": "independent"}}}  # every chart keeps its own colours
COLOURS, SCALE = 128, 1.5  # of the picture's palette; picture's pixels per pixel


def write_png(path, items):
    """Draw figures below each other; the file stays small, by fewer pixels if need be. items: as `page.figure` takes them."""
    for scale in (SCALE, 1, 1 / 2):
        content = png(items, scale)
        if len(content) <= LARGEST:
            break
    path.write_bytes(content)


def write(path, items):
    """Draw figures below each other in the form that the path's ending says, one of KINDS. Raises BadInput if the place is not there."""
    import vl_convert

    try:
        if path.suffix == ".png":
            return write_png(path, items)
        drawn = (
            vl_convert.vegalite_to_svg(_spec(items)) if path.suffix == ".svg" else vl_convert.vegalite_to_html(_spec(items), bundle=True)
        )
        return path.write_text(drawn, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror}") from None


def png(items, scale=SCALE):
    """The bytes of the picture."""
    import vl_convert
    from PIL import Image

    drawn = vl_convert.vegalite_to_png(_spec(items), scale=scale)
    small = BytesIO()
    Image.open(BytesIO(drawn)).convert("RGB").quantize(COLOURS).save(small, "png", optimize=True)
    return small.getvalue()


def _spec(items):
    """All figures as one Vega-Lite specification."""
    return painted({"vconcat": [_figure(item) for item in items], "spacing": 2 * GAP, "config": _look(), "padding": GAP, **APART})


def _figure(item):
    """One figure as a Vega-Lite specification: its title, then its charts."""
    shown = list(charts(item))
    across = min(ACROSS, len(shown))
    parts = [_chart(name, chart, (WIDTH - GAP * (across - 1)) / across) for name, chart in shown]
    lines = [part.strip() for part in re.split(r"(?<=\.) ", item.reading)]
    title = {"text": item.title, "subtitle": lines, "anchor": "start", "offset": GAP / 2}
    drawn = {"concat": parts, "columns": across, "spacing": GAP, **APART}
    return {"title": title, "vconcat": [_key(item.colours), drawn], "spacing": GAP} if item.colours else {"title": title, **drawn}


def _key(colours):
    """What the colours mean, in rows of a few names."""
    rows = [{"name": name, "colour": hue, "column": k % ACROSS, "row": k // ACROSS} for k, (name, hue) in enumerate(colours)]
    scale = {"domain": [0, ACROSS], "nice": False}
    place = {
        "x": {"field": "column", "type": "quantitative", "axis": None, "scale": scale},
        "y": {"field": "row", "type": "ordinal", "axis": None},
    }
    shade = {"color": {"field": "colour", "type": "nominal", "scale": None}}
    words = {
        "mark": {"type": "text", "align": "left", "dx": GAP / 2, "limit": WIDTH / ACROSS - GAP},
        "encoding": {"text": {"field": "name"}},
    }
    layer = [{"mark": {"type": "point", "filled": True, "size": 60, "opacity": 1}, "encoding": shade}, words]
    return {"data": {"values": rows}, "width": WIDTH - GAP, "height": {"step": GAP}, "encoding": place, "layer": layer}


def _chart(name, chart, width):
    spec = {key: value for key, value in chart.to_dict().items() if key not in ("config", "$schema")}
    title = {"title": {"text": name, "anchor": "start", "fontSize": 12}} if name else {}
    return {**spec, **title, "width": width, "autosize": {"type": "fit-x", "contains": "padding"}}


@cache
def _palette():
    """{name: colour} of the page on a light screen."""
    style = files(ASSETS).joinpath("report.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--(\w+): (#\w+)", style.partition("}")[0]))


def painted(value):
    """The same specification with "@name" as the page paints it."""
    if isinstance(value, dict):
        return {key: painted(part) for key, part in value.items()}
    if isinstance(value, list):
        return [painted(part) for part in value]
    return _palette().get(value[1:], value) if isinstance(value, str) and value.startswith("@") else value


def _look():
    words = {"labelColor": "@muted", "titleColor": "@muted", "titleFontWeight": 400}
    return {
        "background": "#ffffff",
        "axis": {**words, "gridColor": "@rule", "domainColor": "@grid", "tickColor": "@grid", "labelFontSize": 11, "titleFontSize": 11},
        "text": {"color": "@ink"},
        "title": {"color": "@ink", "subtitleColor": "@muted", "fontSize": 15},
        "view": {"stroke": "transparent"},
    }
