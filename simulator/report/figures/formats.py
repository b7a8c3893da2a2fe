"""Pictures as files: PNG, SVG and PDF with the same bytes whenever they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.keeping import write_together
from simulator.report.figures.look import SALT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")
UNDATED = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}


def save(figures: Mapping[str, Figure], folder: Path, formats: Sequence[str] = FORMATS, stem: str = "") -> list[Path]:
    """Keep pictures, NAME.FORMAT each behind a common stem; returns their paths.

    Raises
    ------
    InputError : they cannot be written; none of them is then.
    """
    parts = {
        f"{stem}{name}.{form}": partial(write, figure, form) for name, figure in figures.items() for form in formats
    }
    return write_together(folder, parts)


def write(figure: Figure, form: str, path: Path) -> None:
    """Write one picture as png, svg or pdf, without dates."""
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path", "pdf.fonttype": 42}):
        figure.savefig(path, format=form, metadata=UNDATED[form])
