"""What one unquoted word of a scenario file means: read as written, with no surprises.

Only `true`, `false`, `null`, `~` and decimal numbers are anything but text. `NO` is Norway's code,
`on` a word, `2026-03` a month, `12:30` and `1_000` text, and so is `010`, which one YAML edition reads
as eight and another as ten.
"""

from __future__ import annotations

import math
import numbers
import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MOST_DIGITS = 300


class NotFinite(ValueError):
    """A number no computation can use: infinite, not a number, or too large to hold."""


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
        if number in (float("inf"), float("-inf")):
            raise NotFinite(text)
        return number
    return text


def is_number(value: object) -> bool:
    """True for a finite number that is not true or false."""
    return not isinstance(value, bool) and isinstance(value, numbers.Real) and math.isfinite(value)


def shown(value: object) -> str:
    """A value as one would write it in the file, on one line and without control characters.

    >>> shown({"low": 1, "mid": "2"}), shown([True, None])
    ('{low: 1, mid: "2"}', '[true, null]')
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{shown(key)}: {shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    if isinstance(value, str):
        text = printable(value)
        return f'"{text}"' if _needs_quotes(value) else text
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return printable(str(value))


def printable(text: str) -> str:
    """Text with line breaks and control characters escaped, so that a message stays one line."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _needs_quotes(text: str) -> bool:
    try:
        return text != text.strip() or not isinstance(read_scalar(text), str)
    except NotFinite:
        return True
