"""How streams add up to countries, groups and the total, and how customs would label them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.axes import GROUPS

Array = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """One way of adding streams up: the items, and which stream belongs to which, (stream, item)."""

    by: str
    items: tuple[str, ...]
    belongs: Array

    def add(self, by_stream: Array) -> Array:
        """Sum the last axis from streams to items."""
        total: Array = by_stream @ self.belongs
        return total


@dataclass(frozen=True)
class Views:
    """All ways of adding up, and the properties of streams that outcomes need.

    three_sellers : (stream,) 1 for Russia, Iran and Venezuela   quality : (stream,) index of the type
    stock_mb : (buyer,) crude in store at the start   sold_to_china : (stream,) whether China can buy it at all
    declared_openly, declared_relabelled : Views from streams to the countries customs name, in customs kb/d per true
        kb/d: cargo under its own flag, and cargo under another
    """

    total: View
    stream: View
    country: View
    group: View
    three_sellers: Array
    stock_mb: Array
    quality: NDArray[np.int64]
    sold_to_china: NDArray[np.bool_]
    declared_openly: View
    declared_relabelled: View

    @property
    def by(self) -> dict[str, View]:
        """Where crude comes from, seen four ways."""
        return {seen.by: seen for seen in (self.total, self.stream, self.group, self.country)}


def view(by: str, labels: tuple[str, ...], items: tuple[str, ...] | None = None) -> View:
    """Add streams up by a label each of them carries.

    >>> view("country", ("iraq", "iraq", "oman")).belongs.tolist()
    [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    """
    items = items or tuple(dict.fromkeys(labels))
    belongs = np.array([[float(label == item) for item in items] for label in labels])
    return View(by, items, belongs)


def group_view(labels: tuple[str, ...]) -> View:
    """Add streams up by supplier group, in the order of the interface."""
    return view("group", labels, GROUPS)
