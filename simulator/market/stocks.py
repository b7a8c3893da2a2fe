"""Crude in store: it answers to price within bounds, until holders have got used to the price."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.market.logistic import logistic

Array = NDArray[np.float64]

MONTHS_TO_EMPTY = 2.0
"""What is left above the minimum (or free below the maximum) lasts at least this many months."""
LEAST_RATE_KBD = 1e-12
"""Keeps both bounds above 0, so that the curve always passes through nothing at the reference price."""


@dataclass(frozen=True)
class Stocks:
    """What holders would do with their stocks this month; all arrays (draw, holder).

    most_drawn_kbd, most_filled_kbd : bounds of the flow out of and into store, kb/d, above 0
    response : change of the log odds of drawing per relative change of price
    reference_usd_bbl : the price holders think normal
    lean : shift of the log odds, for stocks above (positive) or below where they began
    """

    most_drawn_kbd: Array
    most_filled_kbd: Array
    response: Array
    reference_usd_bbl: Array
    lean: Array

    @cached_property
    def step_per_usd(self) -> Array:
        """Change of the log odds of drawing per USD."""
        return self.response / self.reference_usd_bbl

    @cached_property
    def usual_odds(self) -> Array:
        """Log odds of drawing at the reference price: the same all month."""
        return np.log(self.most_filled_kbd / self.most_drawn_kbd) + self.lean

    @cached_property
    def span_kbd(self) -> Array:
        """From filling most to drawing most."""
        return self.most_drawn_kbd + self.most_filled_kbd


def drawn(stocks: Stocks, price_usd_bbl: Array) -> tuple[Array, Array]:
    """Flow out of store at a price and its slope: (draw, holder), kb/d (negative: filling) and kb/d per USD.

    Nothing at the reference price, more the dearer crude gets, never beyond a bound.

    Notes
    -----
    draw = lo + (hi-lo) G( ln(-lo/hi) + k (P - Pref)/Pref + lean ),  lo = -most filled, hi = most drawn

    >>> one = lambda value: np.array([[value]])
    >>> store = Stocks(one(100.0), one(50.0), one(8.0), one(70.0), one(0.0))
    >>> drawn(store, one(70.0))[0].round(9).item(), drawn(store, one(500.0))[0].round(6).item()
    (0.0, 100.0)
    """
    step = stocks.step_per_usd
    share = logistic(stocks.usual_odds + step * (price_usd_bbl - stocks.reference_usd_bbl))
    out = stocks.span_kbd * share
    return out - stocks.most_filled_kbd, out * (1.0 - share) * step


def most_kbd(rate_kbd: Array, room_mb: Array, days: float) -> Array:
    """Most that can flow one way this month, kb/d: pumps and pipes, or what is left for two months."""
    room_kbd = np.maximum(room_mb, 0.0) * 1e3 / (MONTHS_TO_EMPTY * days)
    return np.maximum(np.minimum(rate_kbd, room_kbd), LEAST_RATE_KBD)
