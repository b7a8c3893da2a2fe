"""Names and phrases people read, in one place."""

from __future__ import annotations

import math

GROUP_NAMES = {
    "russia": "Russia",
    "iran": "Iran",
    "venezuela": "Venezuela",
    "gulf": "Gulf",
    "us": "United States",
    "other": "everyone else",
}
COMPONENT_NAMES = {
    "world_price": "world price",
    "discounts": "discounts",
    "freight": "freight",
    "tariffs": "duties",
    "mix": "mix of suppliers",
    "volume": "volume",
}


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


def bar(value: float, largest: float, width: int) -> str:
    """A bar for a magnitude, in eighths of a character.

    >>> bar(5.0, 10.0, 4), bar(0.0, 10.0, 4)
    ('██', '')
    """
    eighths = round(8 * width * abs(value) / largest) if largest > 0 else 0
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]


def country(item: str) -> str:
    """A country id as a name.

    >>> country("saudi_arabia"), country("uae"), country("us")
    ('Saudi Arabia', 'UAE', 'United States')
    """
    special = {"uae": "UAE", "usa": "United States", "us": "United States"}
    return special.get(item) or GROUP_NAMES.get(item) or item.replace("_", " ").title()
