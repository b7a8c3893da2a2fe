"""The axes of every array, in the order they always stand.

draw     one full set of uncertain parameters
month    calendar months of the scenario, in order
unit     buyers split into participation layers; the first ten are the buyers themselves
buyer    who imports (`BUYERS`)
stream   one grade on one route from one country, sorted by quality type
quality  `QUALITIES`

A docstring that says `(draw, buyer, stream)` means exactly these, in this order.
"""

from __future__ import annotations

CHINA_SEGMENTS = ("cn_state", "cn_private", "cn_teapot")
BUYERS = (
    *CHINA_SEGMENTS,
    "india",
    "japan_korea_taiwan",
    "other_asia",
    "europe",
    "turkey",
    "united_states",
    "rest_of_world",
)
IMPORTERS = ("china", *(buyer for buyer in BUYERS if buyer not in CHINA_SEGMENTS))
"""Buyers as results tell them: China in one."""
GROUPS = ("russia", "iran", "venezuela", "gulf", "us", "other")
QUALITIES = ("light_sweet", "medium_sour", "heavy_sour")
DRAW_BLOCK = 256
