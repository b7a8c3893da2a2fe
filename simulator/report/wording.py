"""How numbers are written, in either language."""

from __future__ import annotations

import math


def number(value: float, digits: int) -> str:
    """A number with thousands separators; a dash where there is none.

    >>> number(11755.04, 0), number(float("nan"), 1), number(-0.001, 1)
    ('11,755', '-', '0.0')
    """
    if math.isnan(value):
        return "-"
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text


def signed(value: float, digits: int) -> str:
    """A change with its sign.

    >>> signed(12.34, 1), signed(-3.0, 0), signed(0.04, 1)
    ('+12.3', '-3', '0.0')
    """
    text = number(value, digits)
    return text if text.startswith("-") or float(text.replace(",", "")) == 0 else f"+{text}"


def significant(value: float, digits: int) -> str:
    """So many digits that count, with thousands separators and without an exponent.

    >>> significant(2175.0, 3), significant(0.00664, 3), significant(0.1, 2)
    ('2,180', '0.00664', '0.1')
    """
    return f"{float(f'{value:.{digits}g}'):,.12g}"


def bar(value: float, largest: float, width: int) -> str:
    """A bar for a magnitude, in eighths of a character.

    >>> bar(5.0, 10.0, 4), bar(0.0, 10.0, 4)
    ('██', '')
    """
    eighths = round(8 * width * abs(value) / largest) if largest > 0 else 0
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]
