"""Colours of the page for a light and a dark screen: the Okabe-Ito palette, which colour-blind readers can tell apart.

The Minsky classes differ in lightness as well as in hue, so that they stay apart in grey.
"""

from typing import Literal

Theme = Literal["light", "dark"]
SANS = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"

LIGHT = {
    "paper": "#fcfcfa", "card": "#ffffff", "ink": "#1b1e23", "muted": "#5d6570", "grid": "#dcdfe3", "rule": "#e6e8ea",
    "blue": "#0072b2", "vermilion": "#d55e00", "green": "#009e73", "orange": "#e69f00", "purple": "#b0508c", "sky": "#56b4e9",
    "hedge": "#00694f", "speculative": "#f0c04a", "ponzi": "#d55e00", "unrated": "#8fa3b5", "dead": "#c9ced4", "edge": "#8d99a6",
    "circular": "#b0278a", "behind": "#6b7683",
}  # fmt: skip
DARK = {
    "paper": "#121418", "card": "#191c21", "ink": "#e9ebee", "muted": "#a0a8b3", "grid": "#343a43", "rule": "#2a2f37",
    "blue": "#4aa3df", "vermilion": "#f0803c", "green": "#2bc295", "orange": "#f0b429", "purple": "#dd94bd", "sky": "#8ccdf2",
    "hedge": "#1f8a6b", "speculative": "#f7d774", "ponzi": "#f0803c", "unrated": "#71879c", "dead": "#3c434d", "edge": "#6d7986",
    "circular": "#ff7bd0", "behind": "#b9c1cc",
}  # fmt: skip
RISK = {  # from safe to dangerous, rising steadily in contrast with the card
    "light": ("#f6f3ea", "#f6dcae", "#eeae6c", "#d9713a", "#a83c1c", "#641d10"),
    "dark": ("#22262c", "#4a3630", "#86482f", "#c9652f", "#eda14f", "#fbe6a8"),
}
FIRMS = ("blue", "vermilion", "green", "purple", "orange", "sky", "ink", "muted")
MINSKY = {"hedge": "Hedge", "speculative": "Speculative", "ponzi": "Ponzi"}


def colours(theme: Theme):
    """{name: colour} of a theme."""
    return DARK if theme == "dark" else LIGHT


def firm_colours(theme: Theme, count):
    """So many colours for lines of firms; after eight they begin again."""
    shades = colours(theme)
    return [shades[FIRMS[k % len(FIRMS)]] for k in range(count)]


def ink_on(theme: Theme, share):
    """The colour of a number written on the risk scale at a share from 0 to 1."""
    dark_ground = (share > 0.55) if theme == "light" else (share < 0.62)
    return "#ffffff" if dark_ground else "#1b1e23"
