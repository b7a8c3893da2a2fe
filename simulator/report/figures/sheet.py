"""A picture's page: what it shows above, where it comes from below, the drawing between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.report.figures.lettering import fold
from simulator.report.figures.look import QUIET, Size

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

DOTS_PER_INCH = 150
EDGE_EM, LINE_EM = 1.0, 1.35
"""Free edge of the page, and from line to line, in sizes of ordinary type."""


SURE = 0.96
"""Part of a line that is filled: fitted to whole pixels, small type may come out wider than it was measured."""


@dataclass(frozen=True)
class Said:
    """The words around a drawing: title, what is shown in which unit, and where it comes from."""

    title: str
    lead: str
    caption: str


@dataclass(frozen=True)
class Sheet:
    """A figure with its words in place; `panels` may be drawn on, `finish` comes last."""

    figure: Figure
    size: Size
    body_in: float

    def panels(self, rows: int = 1, columns: int = 1, **how: object) -> list[Axes]:
        """Axes in rows and columns, row by row."""
        return list(self.figure.subplots(rows, columns, squeeze=False, **how).flat)  # type: ignore[call-overload]

    def em(self, inches: float) -> float:
        """Part of a length in inches that a line of ordinary type takes."""
        return self.size.points * LINE_EM / 72.0 / inches

    def finish(self) -> Figure:
        """Let the drawing take the room between the words, once and for all."""
        layout = self.figure.get_layout_engine()
        assert layout is not None
        layout.execute(self.figure)
        self.figure.set_layout_engine(None)
        return self.figure


def sheet(said: Said, size: Size, height_in: float) -> Sheet:
    """A page with its words; `height_in` is that of the drawing alone, where the page does not set it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    line = size.points * LINE_EM / 72.0
    edge = size.points * EDGE_EM / 72.0
    figure = Figure(figsize=(size.width_in, size.height_in or height_in), dpi=DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    title = _words(figure, said.title, 1.35)
    lead = _words(figure, said.lead, 1.0, color=QUIET)
    caption = _words(figure, said.caption, 0.8, color=QUIET)
    above = edge + line * (1.35 * _lines(title) + _lines(lead) + 0.5)
    below = edge + line * (0.8 * _lines(caption) + 0.4)
    height = size.height_in or height_in + above + below
    figure.set_size_inches(size.width_in, height)
    left = edge / size.width_in
    title.set(position=(left, 1.0 - edge / height), va="top")
    lead.set(position=(left, 1.0 - (edge + 1.35 * line * _lines(title)) / height), va="top")
    caption.set(position=(left, edge / height), va="bottom")
    rect = (left, below / height, 1.0 - 2.0 * left, 1.0 - (above + below) / height)
    pad = size.points * 0.3 / 72.0
    figure.set_layout_engine(ConstrainedLayoutEngine(rect=rect, w_pad=pad, h_pad=pad, hspace=0.06, wspace=0.06))
    return Sheet(figure, size, height - above - below)


def _words(figure: Figure, text: str, scale: float, color: str | None = None) -> Text:
    import matplotlib

    points = matplotlib.rcParams["font.size"]
    width = SURE * (figure.get_size_inches()[0] - 2.0 * points * EDGE_EM / 72.0) * figure.dpi
    words = figure.text(0.0, 0.0, text, fontsize=scale * points, linespacing=1.2, in_layout=False)
    if color:
        words.set_color(color)
    words.set_text(fold(text, width, words))
    return words


def _lines(words: Text) -> int:
    return words.get_text().count("\n") + 1 if words.get_text() else 0


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places moved apart until neighbours are `gap` from each other, within limits, in their order.

    >>> spread([1.0, 1.1, 5.0], 1.0, 0.0, 6.0)
    [0.55, 1.55, 5.0]
    """
    heaps: list[list[int]] = []
    for i in sorted(range(len(places)), key=lambda i: places[i]):
        heap = [i]
        while heaps and _top(heaps[-1], places, gap, low, high) + gap > _bottom(heap, places, gap, low, high) + 1e-12:
            heap = heaps.pop() + heap
        heaps.append(heap)
    moved = list(places)
    for heap in heaps:
        for n, i in enumerate(heap):
            moved[i] = round(_bottom(heap, places, gap, low, high) + gap * n, 9)
    return moved


def _bottom(heap: list[int], places: Sequence[float], gap: float, low: float, high: float) -> float:
    """Where the lowest of a heap of labels stands."""
    reach = gap * (len(heap) - 1)
    middle = sum(places[i] for i in heap) / len(heap)
    return max(low, min(middle - reach / 2, high - reach))


def _top(heap: list[int], places: Sequence[float], gap: float, low: float, high: float) -> float:
    return _bottom(heap, places, gap, low, high) + gap * (len(heap) - 1)
