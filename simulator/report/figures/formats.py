"""Pictures as files: PNG, SVG and PDF with the same bytes whenever they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import InputError, Problem, nearest
from simulator.keeping import Write, write_together
from simulator.report.figures.look import SIZES, Size, written
from simulator.report.language import Words, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")
UNDATED = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}


@dataclass(frozen=True)
class Wanted:
    """How pictures are wanted: as files of these formats, none if there are none; for which page; in which words."""

    formats: tuple[str, ...]
    size: Size
    told: Words


def wanted(named: str, size: str, language: str) -> Wanted:
    """What a user names as formats, `png,pdf`, a size and a language, for pictures that can be drawn here.

    Raises
    ------
    InputError : a format that is none, or matplotlib is not installed; both are told.

    >>> wanted("svg, png", "slide", "en").formats
    ('svg', 'png')
    """
    names = tuple(dict.fromkeys(name.strip() for name in named.split(",")))
    allowed = ", ".join(FORMATS)
    problems = [
        Problem("--as", "there is no such format", given=name, allowed=allowed, meant=nearest(name, FORMATS))
        for name in names
        if name not in FORMATS
    ]
    if not drawable():
        problems.append(Problem("--as", "pictures need matplotlib: pip install 'oilsim[report]'"))
    if problems:
        raise InputError(problems)
    return Wanted(names, SIZES[size], words(language))


def drawable() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def save(figures: Mapping[str, Figure], folder: Path, formats: Sequence[str] = FORMATS, stem: str = "") -> list[Path]:
    """Keep pictures, NAME.FORMAT each behind a common stem; returns their paths.

    Raises
    ------
    InputError : they cannot be written; none of them is then.
    """
    return write_together(folder, parts(figures, formats, stem))


def parts(figures: Mapping[str, Figure], formats: Sequence[str], stem: str = "") -> dict[str, Write]:
    """How to write each picture, by the name of its file."""
    drawn = ((name, figure, form) for name, figure in figures.items() for form in formats)
    return {f"{stem}{name}.{form}": partial(write, figure, form) for name, figure, form in drawn}


def write(figure: Figure, form: str, path: Path) -> None:
    """Write one picture as png, svg or pdf, without dates."""
    with written():
        figure.savefig(path, format=form, metadata=UNDATED[form])
