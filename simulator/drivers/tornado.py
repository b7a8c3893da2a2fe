"""One number at a time: each at the ends of its range, the others in the middle of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.axes import DRAW_BLOCK
from simulator.blocks import Plan
from simulator.drivers.factors import Factor, values_at
from simulator.drivers.outcomes import Asked, Progress, outcome_of

Array = NDArray[np.float64]

LOW, MID, HIGH = 0.05, 0.5, 0.95


@dataclass(frozen=True)
class Bar:
    """What one factor does to an outcome by itself.

    p05, p50, p95 : the factor's own points   low, mid, high : the outcome there; NaN where it did not clear or does
    not exist   swing : largest less smallest of the three
    """

    factor: Factor
    p05: float
    p50: float
    p95: float
    low: float
    mid: float
    high: float
    swing: float


def tornado(plan: Plan, numbers: Sequence[Factor], what: Asked, progress: Progress | None = None) -> tuple[Bar, ...]:
    """Every factor at its 5 and 95 % point, the others at their mid values; widest swing first.

    Parameters
    ----------
    plan : with independent parameters, as `factors.apart` makes it
    """
    if not numbers:
        return ()
    places = _places(numbers)
    outcome = outcome_of(plan, places, what, progress)
    outcome[~np.isfinite(outcome)] = np.nan
    values = _values(plan, places)
    mid = float(outcome[0])
    bars = []
    for i, factor in enumerate(numbers):
        low, high = (float(outcome[row]) for row in (2 * i + 1, 2 * i + 2))
        p50, p05, p95 = (float(values[factor.name][row]) for row in (0, 2 * i + 1, 2 * i + 2))
        bars.append(Bar(factor, p05, p50, p95, low, mid, high, max(low, mid, high) - min(low, mid, high)))
    return tuple(sorted(bars, key=lambda bar: -np.nan_to_num(bar.swing, nan=np.inf)))


def _places(numbers: Sequence[Factor]) -> dict[str, Array]:
    """Row 0 has all in the middle; rows 2 i + 1 and 2 i + 2 have factor i low and high: name -> (row,)."""
    places = {factor.name: np.full(2 * len(numbers) + 1, MID) for factor in numbers}
    for i, factor in enumerate(numbers):
        places[factor.name][2 * i + 1 : 2 * i + 3] = LOW, HIGH
    return places


def _values(plan: Plan, places: dict[str, Array]) -> dict[str, Array]:
    rows = len(next(iter(places.values())))
    blocks = [slice(first, first + DRAW_BLOCK) for first in range(0, rows, DRAW_BLOCK)]
    parts = [values_at(plan, {name: column[block] for name, column in places.items()}) for block in blocks]
    return {name: np.concatenate([part[name] for part in parts]) for name in places}
