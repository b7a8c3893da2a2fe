"""Paths that were followed before: taken again where nothing has changed, and where to look first where little has."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.inputs.calibration import Calibration
from simulator.inputs.measures import Measure
from simulator.inputs.worlds import SECONDARY_TARIFF
from simulator.market.dynamics import State
from simulator.paths import Calm, Path, Prices, Reading, follow

Array = NDArray[np.float64]

KEPT = 8
"""Paths that are remembered: those of a few positions of the levers, in both worlds of a threat."""
MOST_APART = 3
"""Measures that one of two paths has and the other has not, at most, where one is to say where the other may lie."""


@dataclass(frozen=True)
class Trail:
    """A path and what it was followed under.

    marks : what each measure does, as a digest     weighed : whether it was reckoned what oil is worth
    """

    cal: Calibration
    calm: Calm
    marks: tuple[str, ...]
    weighed: bool
    exact: bool
    path: Path

    def apart(self, marks: tuple[str, ...]) -> int:
        """How many measures stand in one of two sets and not in the other."""
        return len(set(self.marks) ^ set(marks))


class Trails:
    """The last paths of some draws."""

    def __init__(self) -> None:
        self._kept: deque[Trail] = deque(maxlen=KEPT)

    def follow(
        self,
        cal: Calibration,
        measures: tuple[Measure, ...],
        *,
        read: Reading,
        calm: Calm,
        weigh: bool = False,
        exact: bool = False,
    ) -> Path:
        """Clear month after month, from where the nearest of the last paths went; `exact`: as if there were none.

        A path with a draw that does not clear is followed once more from scratch: what is lost there is lost in
        any run.
        """
        marks = tuple(_mark(one) for one in measures)
        alike = [one for one in reversed(self._kept) if one.cal is cal and one.calm.days == calm.days]
        for one in alike:
            if one.calm is calm and one.marks == marks and one.weighed >= weigh and one.exact >= exact:
                return one.path
        near = min(alike, key=lambda one: one.apart(marks), default=None)
        path = None
        if not exact and near is not None and near.apart(marks) <= MOST_APART:
            path = follow(cal, measures, read, calm, weigh, _Beside(near.path))
        if path is None or not path.converged.all():
            path, exact = follow(cal, measures, read, calm, weigh), True
        self._kept.append(Trail(cal, calm, marks, weigh, exact, path))
        return path


class _Beside:
    """Guesses prices where another path found them, moved by as much as the last month came out away from it."""

    def __init__(self, near: Path) -> None:
        self._near = near

    def __call__(self, number: int, state: State) -> Prices:
        fob, bound = self._near.prices[number]
        if number == 0:
            return fob, bound
        last, _ = self._near.prices[number - 1]
        fob = np.maximum(fob + (state.fob_usd_bbl - last), 1.0)
        return fob, bound


def _mark(measure: Measure) -> str:
    """What a measure does to a path, as a digest."""
    # What is threatened moves no barrel: whether China gives in does.
    numbers = {} if measure.kind in (SECONDARY_TARIFF, "embargo") else measure.numbers
    whole = hashlib.sha256()
    for name, value in vars(replace(measure, numbers=numbers)).items():
        parts = value.items() if isinstance(value, dict) else ((name, value),)
        for key, part in parts:
            whole.update(
                f"{key}={part!r};".encode() if not isinstance(part, np.ndarray) else key.encode() + part.tobytes()
            )
    return whole.hexdigest()
