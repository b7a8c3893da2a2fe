"""Paths that were followed before: taken again where nothing has changed, and where to look first where little has."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.explorer.guesses import Beside, Stop
from simulator.inputs.calibration import Calibration
from simulator.inputs.measures import Measure
from simulator.inputs.worlds import SECONDARY_TARIFF
from simulator.market.dynamics import State
from simulator.paths import Calm, Guess, Path, Prices, Reading, follow, usual_guess

Array = NDArray[np.float64]

KEPT = 64
"""Paths that are remembered, at most: those of a few positions of the levers, in both worlds of a threat."""
MOST_APART = 3
"""Measures that one of two paths has and the other has not, at most, where one is to say where the other may lie."""


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

    @property
    def size(self) -> int:
        """Bytes, near enough."""
        return self.path.columns.values.nbytes + sum(one.nbytes for month in self.path.prices for one in month)

    def apart(self, marks: tuple[str, ...]) -> int:
        """How many measures stand in one of two sets and not in the other."""
        return len(set(self.marks) ^ set(marks))


def nothing() -> None:
    """Do nothing."""


class Trails:
    """The last paths of some draws, as many as fit into `room` bytes; the very last in any case."""

    def __init__(self, room: int) -> None:
        self._room = room
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
        before_month: Callable[[], None] = nothing,
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
        path = None if guess is None else follow(cal, measures, read, calm, weigh, _after(before_month, guess))
        if path is None or not path.converged.all():
            path, exact = follow(cal, measures, read, calm, weigh, _after(before_month, usual_guess)), True
        self._keep(Trail(cal, calm, measures, marks, weigh, exact, path))
        return path

    def _keep(self, trail: Trail) -> None:
        self._kept.append(trail)
        while len(self._kept) > 1 and sum(one.size for one in self._kept) > self._room:
            self._kept.popleft()


def _after(before_month: Callable[[], None], guess: Guess) -> Guess:
    """A guess with something done before it."""

    def guessed(number: int, state: State) -> Prices:
        before_month()
        return guess(number, state)

    return guessed


def _guess(alike: Sequence[Trail], measures: tuple[Measure, ...], marks: tuple[str, ...]) -> Beside | None:
    """Where prices may lie, from the paths nearest to these measures; None where none is near."""
    near = min(alike, key=lambda one: one.apart(marks), default=None)
    if near is None or near.apart(marks) > MOST_APART:
        return None
    moved = [i for i, mark in enumerate(marks) if mark not in near.marks]
    if len(moved) == 1 and (key := _number_moved(measures, marks, near, moved[0])):
        position = measures[moved[0]].value(key)
        stops = [
            Stop(one.measures[moved[0]].value(key), one.path)
            for one in alike
            if _number_moved(measures, marks, one, moved[0]) == key
        ]
        return Beside.along(position, sorted(stops, key=lambda stop: float(np.abs(stop.position - position).max())))
    return Beside.alone(near.path)


def _number_moved(measures: tuple[Measure, ...], marks: tuple[str, ...], trail: Trail, i: int) -> str | None:
    """The number of measure `i` that alone is another here than there; None where more has changed, or nothing."""
    if len(marks) != len(trail.marks):
        return None
    here, there = measures[i].numbers, trail.measures[i].numbers
    moved = [key for key, value in here.items() if key in there and not np.array_equal(value, there[key])]
    if here.keys() != there.keys() or len(moved) != 1:
        return None
    (key,) = moved
    back = _mark(replace(measures[i], numbers={**here, key: there[key]}))
    return key if (*marks[:i], back, *marks[i + 1 :]) == trail.marks else None


def _mark(measure: Measure) -> str:
    """What a measure does to a path, as a digest."""
    # What is threatened moves no barrel: whether China gives in does.
    numbers = {} if measure.kind in (SECONDARY_TARIFF, "embargo") else measure.numbers
    whole = hashlib.sha256()
    for name, value in (*vars(replace(measure, numbers={})).items(), *numbers.items()):
        content = value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode()
        whole.update(f"{name}:{len(content)}:".encode() + content)
    return whole.hexdigest()
