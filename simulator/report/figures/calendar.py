"""Months along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from simulator.report.language import Words

MOST_TICKS = 12
ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def ticks(months: Sequence[str], told: Words, most: int = MOST_TICKS) -> tuple[list[int], list[str]]:
    """Places, counted in months from 0, and names of so many months; the year stands below where it is new.

    >>> ticks(["2026-11", "2026-12", "2027-01"], Words("en"))
    ([0, 1, 2], ['Nov\\n2026', 'Dec', 'Jan\\n2027'])
    """
    places = list(range(0, len(months), ceil(len(months) / most)))
    labels, last = [], ""
    for place in places:
        year, month = months[place].split("-")
        name = ENGLISH[int(month) - 1] if told.language == "en" else f"{int(month)}月"
        under = year if told.language == "en" else f"{year}年"
        labels.append(name if year == last else f"{name}\n{under}")
        last = year
    return places, labels
