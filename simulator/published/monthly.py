"""Outcomes of a scenario month by month and draw by draw, where bands of single figures are not enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.blocks import in_order, prepare
from simulator.outcomes.horizon import Key
from simulator.scenario import Scenario, load_scenario

Array = NDArray[np.float64]

BRENT: Key = ("brent_usd_bbl", "total", "total")


@dataclass(frozen=True)
class Monthly:
    """months : labels as 2026-03   days : of each   values, base : (draw, month) and (month,) by key.

    A draw that did not clear is NaN in all months, so that draws of several runs stay side by side.
    """

    months: tuple[str, ...]
    days: tuple[int, ...]
    values: Mapping[Key, Array]
    base: Mapping[Key, Array]

    def mean(self, key: Key, first: str, last: str) -> Array:
        """Mean over some months by calendar days, (draw,)."""
        span = slice(self.months.index(first), self.months.index(last) + 1)
        weight = np.array(self.days[span], dtype=float)
        mean: Array = self.values[key][:, span] @ weight / weight.sum()
        return mean

    def change(self, key: Key) -> Array:
        """Change against the same month without any shock, (draw, month)."""
        change: Array = self.values[key] - self.base[key]
        return change


def monthly(scenario: Scenario, keys: Sequence[Key], draws: int, seed: int) -> Monthly:
    """Run a scenario and keep some of its outcomes in every month and draw."""
    kept: dict[Key, list[Array]] = {key: [] for key in keys}
    sums = {key: np.zeros((2, scenario.months)) for key in keys}
    for block in in_order(prepare(scenario), draws, seed):
        for key in keys:
            column = block.after.keys.index(key)
            values = block.after.values[:, :-1, column].copy()
            values[~block.converged] = np.nan
            kept[key].append(values)
            sums[key] += block.before[:, :-1, column]
    return Monthly(
        scenario.month_labels,
        tuple(month.days for month in scenario.calendar),
        {key: np.concatenate(parts) for key, parts in kept.items()},
        {key: total / np.maximum(count, 1.0) for key, (total, count) in sums.items()},
    )


def folder() -> Path:
    """Where the scenarios behind published figures are."""
    return datasets.folder() / "published"


def scenario(name: str, settings: Mapping[str, object] | None = None) -> Scenario:
    """A scenario behind a published figure, with values put over it."""
    return load_scenario(folder() / f"{name}.yaml", set=settings or {})


def band(values: Array) -> tuple[float, float, float]:
    """5, 50 and 95 % points over draws; what is NaN is left out."""
    low, middle, high = np.nanquantile(values, [0.05, 0.5, 0.95])
    return float(low), float(middle), float(high)
