"""One look for all pictures: sizes, colours, type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from simulator.report.colours import GROUP_COLOURS as GROUP_COLOURS
from simulator.report.colours import INK as INK
from simulator.report.colours import LESS as LESS
from simulator.report.colours import MORE as MORE
from simulator.report.colours import QUIET as QUIET
from simulator.report.figures.lettering import families

STYLE = "simulator.report.figures.oilsim"
"""The style sheet, as matplotlib finds it; notebooks use it too."""
SALT = "oilsim"
"""Ids in SVG are the same at each drawing."""


@dataclass(frozen=True)
class Size:
    """What a picture is drawn for.

    width_in : inches     height_in : inches, where the page gives it; else each picture takes what it needs
    points : of ordinary type
    """

    name: str
    width_in: float
    height_in: float | None
    points: float

    @property
    def wide(self) -> bool:
        """Whether panels stand side by side."""
        return self.height_in is not None


REPORT = Size("report", 7.0, None, 8.5)
SLIDE = Size("slide", 13.333, 7.5, 15.0)
SIZES = {size.name: size for size in (REPORT, SLIDE)}

FAINT = "#BFBFBF"
GROUP_HATCHES = {"iran": "////", "venezuela": "||||", "us": "\\\\\\\\"}
"""Marks for print without colour, on those whose greys are close to their neighbours'."""


@contextmanager
def drawn(size: Size) -> Iterator[None]:
    """Settings in force while a picture is made or written: the style sheet, type of this size, the shipped font."""
    import matplotlib
    from matplotlib import style

    points = size.points
    settings = {
        "font.family": families(),
        "font.size": points,
        "axes.titlesize": points * 1.1,
        "axes.titleweight": "normal",
        "axes.titlepad": points * 0.7,
        "axes.labelsize": points,
        "legend.fontsize": points * 0.95,
        "lines.markersize": points * 0.62,
        "xtick.labelsize": points * 0.95,
        "ytick.labelsize": points * 0.95,
        "text.color": INK,
        "text.parse_math": False,
        "axes.edgecolor": FAINT,
        "axes.labelcolor": QUIET,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "lines.linewidth": points * 0.2,
        "hatch.linewidth": points * 0.06,
        "figure.constrained_layout.use": False,
    }
    with style.context(STYLE), matplotlib.rc_context(settings), written():  # type: ignore[arg-type]
        yield


@contextmanager
def written() -> Iterator[None]:
    """Settings in force while a picture is written to a file: type as outlines in SVG and as letters in PDF, the same
    ids each time, and the minus of the other numbers."""
    import matplotlib

    settings = {
        "svg.hashsalt": SALT,
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "axes.unicode_minus": False,
    }
    with matplotlib.rc_context(settings):  # type: ignore[arg-type]
        yield


TICK = "{x:,g}"
"""Numbers along an axis, with the separators that all other numbers have."""
BAND_EM, LINE_EM = 0.6, 0.1
"""Width of a band that is a bar, and of one that is a line, in sizes of ordinary type."""


def ink_on(colour: str) -> str:
    """Black or white type, whichever is read better on a colour."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 else INK
