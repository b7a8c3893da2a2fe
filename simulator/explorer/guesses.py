"""Where to look first for a month's prices: where paths found them that were followed at positions nearby."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.market.clearing import LOWEST_GUESS_USD_BBL
from simulator.market.dynamics import State
from simulator.paths import Path, Prices

Array = NDArray[np.float64]

FOB, BOUND = 0, 1
"""The two kinds of `Prices`."""
MOST_ON_A_LINE = 3
"""Positions of one lever through which a curve is laid."""
FARTHEST_WEIGHT = 4.0
"""No position counts more than this many times in a guess: curves that reach farther go anywhere."""


@dataclass(frozen=True)
class Stop:
    """A path that was followed with one lever at a position, (draw,)."""

    position: Array
    path: Path


class Beside:
    """Guesses a month's prices from paths that run beside, in each draw in the way that came closest last month.

    The ways: what the nearest path found, the line through the two nearest, the curve through three; and each of these
    moved by as much as last month came out away from it.
    """

    def __init__(self, paths: Sequence[Path], weights: Sequence[Sequence[Array]]) -> None:
        self._paths, self._weights = paths, weights
        self._last: list[Array] = []

    @classmethod
    def alone(cls, path: Path) -> Beside:
        """From one path."""
        return cls([path], [[np.ones_like(path.residual_share)]])

    @classmethod
    def along(cls, position: Array, stops: Sequence[Stop]) -> Beside:
        """From the paths at other positions of the lever that is moved, the nearest first; one or more."""
        curves = [_weights(position, [one.position for one in stops[:n]]) for n in (3, 2, 1) if n <= len(stops)]
        fit = [one for one in curves if max(float(np.abs(weight).max()) for weight in one) <= FARTHEST_WEIGHT]
        return cls([one.path for one in stops[:MOST_ON_A_LINE]], fit)

    def __call__(self, number: int, state: State) -> Prices:
        here = [self._mean(number, FOB, weights) for weights in self._weights]
        moved = [way + (state.fob_usd_bbl - last) for way, last in zip(here, self._last[: len(here)], strict=False)]
        ways = [*here, *moved]
        fob = ways[0] if not self._last else _closest(ways, self._last, state.fob_usd_bbl)
        self._last = ways
        return np.maximum(fob, LOWEST_GUESS_USD_BBL), self._bounds(number)

    def _bounds(self, number: int) -> Array:
        """Shadow prices along the curve: (draw, limit)."""
        nearest = self._paths[0].prices[number][BOUND]
        if any(path.prices[number][BOUND].shape != nearest.shape for path in self._paths):
            return nearest
        return np.maximum(self._mean(number, BOUND, self._weights[0]), 0.0)

    def _mean(self, number: int, kind: int, weights: Sequence[Array]) -> Array:
        """What the paths found in a month, each with its weight: (draw, stream) or (draw, limit)."""
        total = np.zeros_like(self._paths[0].prices[number][kind])
        for weight, path in zip(weights, self._paths, strict=False):
            total += weight[:, None] * path.prices[number][kind]
        return total


def _closest(ways: Sequence[Array], last: Sequence[Array], found: Array) -> Array:
    """In each draw the way whose guess of last month lay closest to what was found then, (draw, stream)."""
    missed = np.stack([np.abs(way - found).max(axis=1) for way in last])
    best = missed.argmin(axis=0)
    if len(last) < len(ways):
        # In the second month no way has been moved yet: whichever was best, its error will stay.
        best = best + len(last)
    return np.take_along_axis(np.stack(ways), best[None, :, None], axis=0)[0]


def _weights(position: Array, others: Sequence[Array]) -> list[Array]:
    """What each position counts on the curve through all of them, (draw,) each; where two are one they share it.

    >>> [w.tolist() for w in _weights(np.array([3.0]), [np.array([2.0]), np.array([1.0])])]
    [[2.0], [-1.0]]
    """
    found = []
    for k, here in enumerate(others):
        weight = np.ones_like(position)
        for there in (*others[:k], *others[k + 1 :]):
            apart = here - there
            same = apart == 0.0
            weight = weight * np.where(same, 0.5, (position - there) / np.where(same, 1.0, apart))
        found.append(weight)
    return found
