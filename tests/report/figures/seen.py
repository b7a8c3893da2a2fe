"""What can be read off a picture: every text that is drawn, where, and the values of its marks."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from simulator.report.figures.look import written

TOUCHING_PIXELS = 2.0
"""Boxes of type hold free room above and below: so much may overlap."""


def texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text that drawing the picture puts down, with its box in pixels."""
    found: dict[tuple[str, tuple[float, ...]], None] = {}
    draw = Text.draw

    def noted(self: Text, renderer: Any, *args: Any, **extra: Any) -> Any:
        if self.get_visible() and self.get_text().strip():
            found[self.get_text(), tuple(Text.get_window_extent(self, renderer).extents)] = None
        return draw(self, renderer, *args, **extra)

    with pytest.MonkeyPatch.context() as patch, written():
        patch.setattr(Text, "draw", noted)
        figure.draw_without_rendering()
    return [(text, Bbox.from_extents(*box)) for text, box in found]


def faults(figure: Figure) -> list[str]:
    """Texts outside the page, and pairs of texts upon each other."""
    drawn = texts(figure)
    page = figure.bbox
    outside = [
        f"outside: {text!r}"
        for text, box in drawn
        if box.x0 < -0.5 or box.y0 < -0.5 or box.x1 > page.width + 0.5 or box.y1 > page.height + 0.5
    ]
    return outside + [
        f"on each other: {one!r}, {two!r}"
        for (one, box), (two, other) in combinations(drawn, 2)
        if min(box.x1, other.x1) - max(box.x0, other.x0) > TOUCHING_PIXELS
        and min(box.y1, other.y1) - max(box.y0, other.y0) > TOUCHING_PIXELS
    ]


def said(figure: Figure) -> str:
    """All texts of a picture, one a line."""
    return "\n".join(" ".join(text.split()) for text, _ in texts(figure))
