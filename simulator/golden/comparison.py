"""Two versions of a golden table held against each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simulator.golden.figures import FIGURES, Figures, Key
from simulator.golden.tolerances import Tolerances


@dataclass(frozen=True)
class Moved:
    """A figure that is no longer within its tolerance; NaN stands for no value."""

    run: str
    key: Key
    figure: str
    before: float
    now: float
    tolerance: float

    @property
    def metric(self) -> str:
        """What moved."""
        return self.key[0]

    @property
    def difference(self) -> float:
        """Now less before, in the metric's unit."""
        return self.now - self.before

    @property
    def tolerances(self) -> float:
        """The size of the move in units of the tolerance; infinite where a value came or went."""
        return math.inf if math.isnan(self.difference) else abs(self.difference) / self.tolerance


@dataclass(frozen=True)
class Compared:
    """What a run's figures came to: what moved, rows that are gone, rows that were not there."""

    figures: int
    moved: tuple[Moved, ...]
    missing: tuple[Key, ...]
    extra: tuple[Key, ...]

    @property
    def drifted(self) -> bool:
        """Whether anything is not as it was."""
        return bool(self.moved or self.missing or self.extra)


def compare(run: str, before: Mapping[Key, Figures], now: Mapping[Key, Figures], tolerances: Tolerances) -> Compared:
    """Hold the figures of a run against those kept."""
    both = [key for key in before if key in now]
    moved = [
        Moved(run, key, name, old, new, tolerances[key[0]].size)
        for key in both
        for name, old, new in zip(FIGURES, before[key], now[key], strict=True)
        if not _alike(old, new, tolerances[key[0]].size)
    ]
    missing = tuple(key for key in before if key not in now)
    return Compared(len(both) * len(FIGURES), tuple(moved), missing, tuple(key for key in now if key not in before))


def _alike(old: float, new: float, tolerance: float) -> bool:
    if math.isnan(old) or math.isnan(new):
        return math.isnan(old) and math.isnan(new)
    return old == new or abs(new - old) <= tolerance


def by_metric(moved: Iterable[Moved]) -> dict[str, list[Moved]]:
    """Moves by metric, largest first in units of the tolerance; the metric with the largest move leads."""
    groups: dict[str, list[Moved]] = {}
    for one in sorted(moved, key=lambda one: -one.tolerances):
        groups.setdefault(one.metric, []).append(one)
    return groups
