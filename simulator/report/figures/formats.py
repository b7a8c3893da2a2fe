"""Pictures as files: PNG, SVG and PDF with the same bytes whenever they are drawn, and SVG for a page of many."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.keeping import write_together
from simulator.report.figures.look import SALT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")
UNDATED = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
COMMENT, METADATA = re.compile(r"<!--.*?-->\s*", re.DOTALL), re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
PATH, NUMBER = re.compile(r'\bd="[^"]*"'), re.compile(r"-?\d+\.\d{3,}")
STYLE = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>\s*", re.DOTALL)
NAMED = re.compile(r'(\bid="|href="#|url\(#)([^")]+)')
JOINS = "stroke-linejoin: round; stroke-linecap: butt"
OWN_DIGITS = 8
BLANKS = re.compile(r">\s+<")
UNUSED = re.compile(r'<g id="[^"]*">')


def as_svg(figure: Figure) -> str:
    """A picture as an element of a page: type as paths, no scripts, nothing from outside, ids like no other's.

    The title of the picture is its label for who cannot see it.
    """
    import matplotlib

    made = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path"}):
        figure.savefig(made, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    whole = made.getvalue()
    text = whole[whole.index("<svg") :]
    for needless in (COMMENT, METADATA, STYLE):
        text = needless.sub("", text)
    text = PATH.sub(_short, UNUSED.sub("<g>", text))
    own = hashlib.sha256(text.encode()).hexdigest()[:OWN_DIGITS]
    names: dict[str, str] = {}
    text = NAMED.sub(lambda found: f"{found[1]}{names.setdefault(found[2], f'f{own}{len(names)}')}", text)
    text = BLANKS.sub(">\n<", text).replace("xlink:href", "href")
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(title_of(figure))}" style="{JOINS}" ', 1)


def _short(found: re.Match[str]) -> str:
    """A path to the hundredth of a point."""
    return NUMBER.sub(lambda number: f"{float(number[0]):.2f}", " ".join(found[0].split()))


def title_of(figure: Figure) -> str:
    """What stands above a picture."""
    return " ".join(figure.texts[0].get_text().split())


def save(figures: Mapping[str, Figure], folder: Path, formats: Sequence[str] = FORMATS, stem: str = "") -> list[Path]:
    """Keep pictures, NAME.FORMAT each behind a common stem; returns their paths.

    Raises
    ------
    InputError : they cannot be written; none of them is then.
    """
    parts = {
        f"{stem}{name}.{form}": partial(_write, figure, form) for name, figure in figures.items() for form in formats
    }
    return write_together(folder, parts)


def _write(figure: Figure, form: str, path: Path) -> None:
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path", "pdf.fonttype": 42}):
        figure.savefig(path, format=form, metadata=UNDATED[form])
