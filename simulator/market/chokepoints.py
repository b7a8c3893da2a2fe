"""Straits that close: what an outlet still lets out, and what a detour costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def open_capacity(capacity_kbd: Array, exposed_share: Array, bypass_kbd: Array, closed_share: Array) -> Array:
    """Export capacity left when a strait is closed in part, in kb/d; all arguments broadcast.

    What still crosses, plus the pipelines and ports around the strait: at least the share that never
    crossed it, at most the capacity of old.

    >>> open_capacity(np.array(1000.0), np.array(0.8), np.array(300.0), np.array(0.5)).item()
    700.0
    """
    crossing = (1.0 - closed_share) * exposed_share * capacity_kbd
    around = np.maximum(bypass_kbd, (1.0 - exposed_share) * capacity_kbd)
    return np.minimum(capacity_kbd, crossing + around)


def crossing_share(capacity_kbd: Array, exposed_share: Array, bypass_kbd: Array, closed_share: Array) -> Array:
    """Share of a stream's remaining cargo that still crosses the strait, 0-1: it pays the war-risk premium."""
    left = open_capacity(capacity_kbd, exposed_share, bypass_kbd, closed_share)
    crossing = (1.0 - closed_share) * exposed_share * capacity_kbd
    return np.minimum(1.0, crossing / np.where(left > 0, left, 1.0))
