"""Type for pictures: the shipped font, and what stands in for characters it does not have."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:
    from matplotlib.text import Text

FONT = Path(__file__).parents[1] / "fonts" / "oilsim-sans-sc.ttf"
FAMILY, LATIN = "oilsim Sans SC", "DejaVu Sans"
ORDINARY = {("normal", 400), ("normal", "normal"), ("normal", "regular")}
BOXES = "Last Resort"
"""A font that has a box for every character there is."""
INSTEAD = "?"
"""Shown for a character that no font here has."""
MEASURED_POINTS = 20.0
"""Type in which widths are measured; they grow with it."""
OPENING = ("Ps", "Pi")
"""Kinds of signs that no line ends with: opening brackets and quotes."""
ENDING = ("Pe", "Pf", "Po")
"""Kinds of signs that no line begins with: closing brackets and quotes, commas, stops, percent."""


def families() -> list[str]:
    """Font families in the order in which characters are looked up, the same in both languages so that pictures match.

    Fonts of this machine that earlier names needed come last.
    """
    return [_shipped(), LATIN, *dict.fromkeys(_borrowed)]


_borrowed: list[str] = []


@cache
def _shipped() -> str:
    from matplotlib.font_manager import fontManager

    fontManager.addfont(str(FONT))
    return FAMILY


def readable(text: str) -> str:
    """A text with what can be drawn: a character that the shipped fonts lack is looked for among those of the machine.

    One that none has is shown as a question mark, and told once on standard error.
    """
    return "".join(sign if _has_glyph(sign) else INSTEAD for sign in " ".join(text.split()))


@cache
def _has_glyph(sign: str) -> bool:
    from matplotlib.font_manager import findfont

    if not sign.isprintable():
        return False
    if any(ord(sign) in _characters(path) for path in (str(FONT), findfont(LATIN))):
        return True
    family = _elsewhere(sign)
    if family is None:
        print(f"no font on this machine can show {sign} (U+{ord(sign):04X}): {INSTEAD} instead", file=sys.stderr)
        return False
    _borrowed.append(family)
    return True


@cache
def _characters(path: str) -> frozenset[int]:
    """The characters a font file has; none where it cannot be read or drawn from."""
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(path)
        return frozenset(font.get_charmap()) if font.scalable else frozenset()
    except (OSError, RuntimeError):
        return frozenset()


def _elsewhere(sign: str) -> str | None:
    """A font family of this machine whose upright ordinary cut has a character; None if there is none."""
    from matplotlib.font_manager import fontManager

    cuts = [entry for entry in fontManager.ttflist if (entry.style, entry.weight) in ORDINARY]
    for entry in sorted(cuts, key=lambda entry: entry.name):
        if not entry.name.startswith(BOXES) and ord(sign) in _characters(entry.fname):
            return str(entry.name)
    return None


def fold(text: str, width: float, like: Text) -> str:
    """Break a text into lines no wider than so many pixels, in the type of another text; Chinese at any character.

    Lines that it has already stay apart.
    """
    return "\n".join(part for line in text.split("\n") for part in _folded(line, width, like))


def _folded(text: str, width: float, like: Text) -> list[str]:
    lines, line, taken = [], "", 0.0
    for word in _words(text):
        own = _width(word.rstrip(), like)
        if line and taken + own > width:
            lines.append(line.rstrip())
            line, taken = "", 0.0
        line += word
        taken += _width(word, like)
    return [*lines, line.rstrip()]


def _words(text: str) -> list[str]:
    """What may not be broken: runs of Latin letters with the blank after them, single Chinese characters."""
    words: list[str] = []
    for sign in text:
        glued = words and (
            category(sign) in ENDING
            or sign == " "
            or category(words[-1][-1]) in OPENING
            or (_is_latin(sign) and _is_latin(words[-1][-1]))
        )
        if glued:
            words[-1] += sign
        else:
            words.append(sign)
    return words


def _is_latin(sign: str) -> bool:
    return sign != " " and ord(sign) < 0x2E80


def _width(text: str, like: Text) -> float:
    """Pixels a text takes on a line, in the type of another text."""
    figure = like.get_figure(root=True)
    assert figure is not None
    points = like.get_fontsize()
    return _width_em(text, tuple(like.get_fontfamily())) * float(points) * figure.dpi / 72.0


@cache
def _width_em(text: str, family: tuple[str, ...]) -> float:
    """The same, in sizes of its type."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    type_ = FontProperties(family=list(family), size=MEASURED_POINTS)
    renderer = RendererAgg(1, 1, 72)  # type: ignore[no-untyped-call]
    return renderer.get_text_width_height_descent(text, type_, False)[0] / MEASURED_POINTS  # type: ignore[no-untyped-call]
