"""Paths that were followed before: taken again where nothing has changed, and where to look first where little has."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.inputs.calibration import Calibration
from simulator.inputs.measures import Measure
from simulator.inputs.worlds import SECONDARY_TARIFF
from simulator.market.clearing import LOWEST_GUESS_USD_BBL
from simulator.market.dynamics import State
from simulator.paths import Calm, Path, Prices, Reading, follow

Array = NDArray[np.float64]

KEPT = 16
"""Paths that are remembered: those of a few positions of the levers, in both worlds of a threat."""
MOST_APART = 3
"""Measures that one of two paths has and the other has not, at most, where one is to say where the other may lie."""
MOST_ON_A_LINE = 3
"""Positions of one lever through which a curve is laid."""
FARTHEST_WEIGHT = 4.0
"""No position counts more than this many times in a guess: beyond, curves go anywhere."""


@dataclass(frozen=True)
class Trail:
    """A path and what it was followed under.

    marks : what each measure does, as a digest     weighed : whether it was reckoned what oil is worth
    exact : whether it was found as any run finds it
    """

    cal: Calibration
    calm: Calm
    measures: tuple[Measure, ...]
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
        guess = None if exact else _guess(alike, measures, marks)
        path = guess and follow(cal, measures, read, calm, weigh, guess)
        if path is None or not path.converged.all():
            path, exact = follow(cal, measures, read, calm, weigh), True
        self._kept.append(Trail(cal, calm, measures, marks, weigh, exact, path))
        return path


class Beside:
    """Guesses a month's prices from paths that run beside: in each draw in the way that came closest last month.

    The ways: where the nearest path found them, on the line through the two nearest, on the curve through three; and
    each of these moved by as much as last month came out away from it.
    """

    def __init__(self, paths: Sequence[Path], weights: Sequence[Sequence[Array]]) -> None:
        self._paths, self._weights = paths, weights
        self._guessed: list[Array] = []

    def __call__(self, number: int, state: State) -> Prices:
        straight = [self._mean(number, weights) for weights in self._weights]
        ways = list(straight)
        if number:
            ways += [way + (state.fob_usd_bbl - self._mean(number - 1, w)) for way, w in zip(straight, self._weights, strict=True)]
        fob = ways[0]
        if self._guessed:
            ways_before = self._guessed
            missed = np.stack([np.abs(way - state.fob_usd_bbl).max(axis=1) for way in ways_before])
            best = missed.argmin(axis=0)
            if len(ways) > len(ways_before):  # the second month: either kind of the best
                best = best + len(ways_before)
            fob = np.take_along_axis(np.stack(ways), best[None, :, None], axis=0)[0]
        self._guessed = ways
        return np.maximum(fob, LOWEST_GUESS_USD_BBL), self._paths[0].prices[number][1]

    def _mean(self, number: int, weights: Sequence[Array]) -> Array:
        return sum(w[:, None] * path.prices[number][0] for w, path in zip(weights, self._paths))


def _guess(alike: Sequence[Trail], measures: tuple[Measure, ...], marks: tuple[str, ...]) -> Beside | None:
    """Where the paths lie that are nearest to these measures; None where none is near."""
    near = min(alike, key=lambda one: one.apart(marks), default=None)
    if near is None or near.apart(marks) > MOST_APART:
        return None
    line = _line(near, alike, measures, marks)
    ways = []
    for points in range(min(len(line) - 1, MOST_ON_A_LINE), 1, -1):
        weights = _weights(line[0][0], [x for x, _ in line[1 : points + 1]])
        if np.abs(weights).max() <= FARTHEST_WEIGHT:
            ways.append(weights)
    ways.append([np.ones(len(near.path.converged))])
    return Beside([one.path for _, one in line[1 : MOST_ON_A_LINE + 1]] or [near.path], ways)


def _line(near: Trail, alike: Sequence[Trail], measures: tuple[Measure, ...], marks: tuple[str, ...]):
    moved = [i for i, (a, b) in enumerate(zip(marks, near.marks)) if a != b]
    if len(marks) != len(near.marks) or len(moved) != 1:
        return []
    (i,) = moved
    key = _one_number(measures[i], near.measures[i])
    if key is None:
        return []
    x = measures[i].value(key)
    found = []
    for one in alike:
        others = (*one.marks[:i], *one.marks[i + 1 :])
        if others == (*marks[:i], *marks[i + 1 :]) and _one_number(measures[i], one.measures[i]) == key:
            found.append((one.measures[i].value(key), one))
    found.sort(key=lambda one: float(np.abs(one[0] - x).max()))
    return [(x, None), *found]


def _one_number(here: Measure, there: Measure) -> str | None:
    if here.numbers.keys() != there.numbers.keys() or _mark(replace(here, numbers={})) != _mark(replace(there, numbers={})):
        return None
    moved = [key for key, value in here.numbers.items() if not np.array_equal(value, there.numbers[key])]
    return moved[0] if len(moved) == 1 else None


def _weights(x: Array, points: Sequence[Array]) -> list[Array]:
    found = []
    for k, here in enumerate(points):
        weight = np.ones_like(x)
        for j, there in enumerate(points):
            if j != k:
                gap = here - there
                weight = weight * np.where(gap != 0, (x - there) / np.where(gap != 0, gap, 1.0), 0.5)
        found.append(weight)
    return found


def _mark(measure: Measure) -> str:
    """What a measure does to a path, as a digest."""
    # What is threatened moves no barrel: whether China gives in does.
    numbers = {} if measure.kind in (SECONDARY_TARIFF, "embargo") else measure.numbers
    whole = hashlib.sha256()
    for name, value in vars(replace(measure, numbers=numbers)).items():
        parts = value.items() if isinstance(value, dict) else ((name, value),)
        for key, part in parts:
            whole.update(key.encode() + (part.tobytes() if isinstance(part, np.ndarray) else f"={part!r};".encode()))
    return whole.hexdigest()
