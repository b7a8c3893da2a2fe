"""What one unquoted word of a scenario file means: read as written, with no surprises.

Only `true`, `false`, `null`, `~` and decimal numbers are anything but text. `NO` is Norway's code,
`on` a word, `2026-03` a month, `12:30` and `1_000` text, and so is `010`, which one YAML edition reads
as eight and another as ten.
"""

from __future__ import annotations

import math
import numbers
import re

from simulator.errors import printable

Scalar = str | int | float | bool | None

_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_ANY_DIGIT = re.compile("[1-9]")
_MOST_DIGITS = 300
LARGEST = 10**_MOST_DIGITS
"""Whole numbers from here on are no numbers of a scenario."""


class NotFinite(ValueError):
    """A number no computation can use: infinite, not a number, or too large or too small to hold."""


def read_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar.

    >>> [read_scalar(word) for word in ("NO", "1e6", ".5", "2025", "2026-03", "1_000", "~", "true")]
    ['NO', 1000000.0, 0.5, 2025, '2026-03', '1_000', None, True]
    """
    if text in _WORDS:
        return _WORDS[text]
    if _ENDLESS.fullmatch(text):
        raise NotFinite(text)
    if _WHOLE.fullmatch(text):
        if len(text) > _MOST_DIGITS:
            raise NotFinite(text)
        return int(text)
    if _DECIMAL.fullmatch(text):
        number = float(text)
        lost = number == 0.0 and bool(_ANY_DIGIT.search(re.split("[eE]", text)[0]))
        if lost or number in (float("inf"), float("-inf")):
            raise NotFinite(text)
        return number
    return text


def is_number(value: object) -> bool:
    """True for a finite number that is not true or false."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    return abs(int(value)) < LARGEST if isinstance(value, numbers.Integral) else math.isfinite(value)


def is_whole(value: object) -> bool:
    """True for a whole number that is not true or false."""
    return isinstance(value, numbers.Integral) and is_number(value)


def shown(value: object, levels: int = 20) -> str:
    """A value as one would write it in the file, on one line and without control characters; `levels` of it at most.

    >>> shown({"low": 1, "mid": "2"}), shown([True, None])
    ('{low: 1, mid: "2"}', '[true, null]')
    """
    if isinstance(value, dict | list | tuple) and not levels:
        return "..."
    if isinstance(value, dict):
        entries = (f"{shown(key, levels - 1)}: {shown(item, levels - 1)}" for key, item in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(shown(item, levels - 1) for item in value) + "]"
    if isinstance(value, str):
        text = printable(value)
        return f'"{text}"' if _needs_quotes(value) else text
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and not -LARGEST < value < LARGEST:
        return f"a number of more than {_MOST_DIGITS} digits"
    return printable(str(value))


def _needs_quotes(text: str) -> bool:
    try:
        return text != text.strip() or not isinstance(read_scalar(text), str)
    except NotFinite:
        return True
