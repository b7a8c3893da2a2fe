"""A picture as an element of a page: small, with nothing from outside, and with names like no other's."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from simulator.report.figures.look import written

if TYPE_CHECKING:
    from matplotlib.figure import Figure

JOINS = "stroke-linejoin: round; stroke-linecap: butt"
OWN_DIGITS, SHARED_DIGITS = 8, 12
LETTER_SCALE = 10
"""Letters come in 6,400 steps to their size; as many fewer are left."""
NEEDLESS = (
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"<metadata>.*?</metadata>", re.DOTALL),
    re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL),
)
LETTER = re.compile(r'<path id="([^"]*)" d="([^"]*)" transform="scale\(0\.015625\)"/>')
PATH, NUMBER = re.compile(r'\bd="([^"]*)"'), re.compile(r"-?\d+\.\d{3,}")
PLACE = re.compile(r"translate\([^)]*\)")
STEP = re.compile(r"([MLQCZz])([^MLQCZz]*)")
NAMED = re.compile(r'(\bid="|href="#|url\(#)([^")]+)')
GROUP, BLANKS = re.compile(r'<g id="[^"]*"(/?)>'), re.compile(r">\s+<")
EMPTY = re.compile(r"<g/>\s*|<g>\s*</g>\s*|<defs>\s*</defs>\s*")


def as_svg(figure: Figure, letters: set[str] | None = None) -> str:
    """A picture as an element of a page: type as paths, no scripts, nothing from outside, ids like no other's.

    The title of the picture is its label for who cannot see it.

    Parameters
    ----------
    letters : those that earlier pictures of the same page have drawn, added to here: a page of many, in Chinese above
        all, becomes smaller where each is drawn once. None: the picture stands by itself
    """
    text = _whole(figure)
    text = text[text.index("<svg") :]
    for needless in NEEDLESS:
        text = needless.sub("", text)
    names: dict[str, str] = {}
    text = LETTER.sub(lambda found: _letter(found, letters, names), text)
    text = PATH.sub(lambda found: f'd="{_hundredths(" ".join(found[1].split()))}"', text)
    text = PLACE.sub(lambda found: _hundredths(found[0]), GROUP.sub(r"<g\1>", text))
    text = EMPTY.sub("", BLANKS.sub(">\n<", text)).replace("xlink:href", "href")
    # What matplotlib calls the parts of a picture may differ between two drawings of it.
    own = hashlib.sha256(NAMED.sub(r"\1", text).encode()).hexdigest()[:OWN_DIGITS]
    text = NAMED.sub(lambda found: f"{found[1]}{names.setdefault(found[2], f'f{own}{len(names)}')}", text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(title_of(figure))}" style="{JOINS}" ', 1)


def title_of(figure: Figure) -> str:
    """What stands above a picture."""
    return " ".join(figure.texts[0].get_text().split())


def _whole(figure: Figure) -> str:
    """The picture as matplotlib writes it, without a date."""
    made = io.StringIO()
    with written():
        figure.savefig(made, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return made.getvalue()


def _hundredths(text: str) -> str:
    return NUMBER.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), text)


def _letter(found: re.Match[str], letters: set[str] | None, names: dict[str, str]) -> str:
    """The outline of a letter in coarser steps, each counted from the one before.

    Where pictures share letters, its name is that of its outline, and it is drawn where it is new.
    """
    outline = "".join(_steps(found[2]))
    drawn = f'<path id="{found[1]}" d="{outline}" transform="scale({LETTER_SCALE / 64:g})"/>'
    if letters is None:
        return drawn
    name = names[found[1]] = f"l{hashlib.sha256(outline.encode()).hexdigest()[:SHARED_DIGITS]}"
    if name in letters:
        return ""
    letters.add(name)
    return drawn


def _steps(path: str) -> Iterator[str]:
    """The steps of an outline, relative to where each begins.

    >>> "".join(_steps("M 100 200 L 150 200 Q 150 250 100 250 z"))
    'm10 20l5 0q0 5 -5 5z'
    """
    at = begin = (0, 0)
    for step, numbers in STEP.findall(path):
        values = [round(float(number) / LETTER_SCALE) for number in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        yield step.lower() + " ".join(f"{x - at[0]} {y - at[1]}" for x, y in points)
        begin = points[-1] if step == "M" else begin
        at = points[-1] if points else begin
