"""Ranges of inputs that hold most of the draws of interest: boxes found by PRIM, judged on draws it never saw."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, ks_2samp

from simulator.errors import InputError, Problem

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

LIBRARY = "prim"
MOST_BOXES = 3
CHANCE = 0.05
"""An input or a range is looked at where chance alone would do as well less often than this."""
BOX_BY_CHANCE = 0.01
"""A box counts where chance alone would do as well less often than this, on the draws that judge it."""
FEWEST_TO_SEARCH = 20
Limits = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Range:
    """One input's range in a box; infinite where it is open.

    p : how likely the box would do as well among draws that the other ranges leave, if this one said nothing
    """

    name: str
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Box:
    """Ranges that hold together, on draws not used to find them.

    density : share of the draws in the box that are of interest   coverage : share of those of interest that are in
    it   mass : share of all draws that are in it   base : share of interest among all draws   draws, cases : in the box
    p : how likely as many cases are among as many draws by chance   density_sought : density on the draws that found it
    """

    ranges: tuple[Range, ...]
    density: float
    coverage: float
    mass: float
    base: float
    draws: int
    cases: int
    p: float
    density_sought: float


def need_library() -> None:
    """Refuse, with what to install, where the search for boxes is not installed."""
    if find_spec(LIBRARY) is None:
        raise InputError([Problem("above or below", "boxes need the library prim: pip install 'oilsim[discovery]'")])


def boxes(inputs: Mapping[str, Array], cases: Mask) -> tuple[Box, ...]:
    """Boxes in the inputs that hold more cases than chance, best first; every second draw finds, the others judge.

    Parameters
    ----------
    inputs : what was drawn, name -> (draw,)   cases : whether a draw is of interest, (draw,)

    Notes
    -----
    Patient rule induction: Friedman & Fisher (1999), Bump hunting in high-dimensional data, Statistics and Computing 9;
    for scenarios Bryant & Lempert (2010), Thinking inside the box, Technological Forecasting and Social Change 77,
    whose quasi-p-values are `Range.p`. A box found among sixty inputs always looks good on the draws it was found on.
    """
    sought = np.arange(len(cases)) % 2 == 0
    left = np.ones(len(cases), dtype=bool)
    found: list[Box] = []
    while len(found) < MOST_BOXES and cases[sought & left].sum() >= FEWEST_TO_SEARCH:
        limits = _search(inputs, cases, sought & left)
        inside = _inside(inputs, limits, left)
        if not limits or not (inside & ~sought).any():
            break
        box = _judged(inputs, cases, limits, left, ~sought)
        if box.p >= BOX_BY_CHANCE:
            break
        found.append(box)
        left &= ~inside
    return tuple(found)


def _search(inputs: Mapping[str, Array], cases: Mask, among: Mask) -> Limits:
    """Of all boxes on the way of the peeling, idle ranges taken off, the best harmonic mean of density and coverage.

    Only inputs that by themselves are spread differently in the cases take part: with sixty, peeling mostly follows
    chance.
    """
    import pandas
    from prim import Prim

    telling = {name: values[among] for name, values in inputs.items() if _differs(values, cases, among)}
    if not telling:
        return {}
    box = Prim(pandas.DataFrame(telling), cases[among]).find_box()
    ends = {name: (float(values.min()), float(values.max())) for name, values in telling.items()}
    tried = []
    for step in range(len(box.peeling_trajectory)):
        box.select(step)
        found = {str(name): (float(low), float(high)) for name, low, high, _ in box.limits.itertuples()}
        tried.append(_without_idle(inputs, cases, {n: _opened(found[n], ends[n]) for n in found}, among))
    return max(tried, key=lambda limits: _merit(inputs, cases, limits, among))


def _differs(values: Array, cases: Mask, among: Mask) -> bool:
    """Whether an input is spread differently in the cases (Kolmogorov-Smirnov)."""
    return bool(ks_2samp(values[among & cases], values[among & ~cases]).pvalue < CHANCE)


def _opened(found: tuple[float, float], ends: tuple[float, float]) -> tuple[float, float]:
    """A range, open where it reaches the end of what was drawn."""
    return found[0] if found[0] > ends[0] else -math.inf, found[1] if found[1] < ends[1] else math.inf


def _merit(inputs: Mapping[str, Array], cases: Mask, limits: Limits, among: Mask) -> float:
    """Harmonic mean of density and coverage: 2 hits / (draws in the box + cases)."""
    inside = _inside(inputs, limits, among)
    return 2 * float(cases[inside].sum()) / float(inside.sum() + cases[among].sum())


def _without_idle(inputs: Mapping[str, Array], cases: Mask, limits: Limits, among: Mask) -> Limits:
    """Take off the range that says least until all say more than chance."""
    while limits:
        idle = {name: _quasi_p(inputs, cases, limits, name, among) for name in limits}
        worst = max(idle, key=lambda name: idle[name])
        if idle[worst] < CHANCE:
            break
        limits = {name: ends for name, ends in limits.items() if name != worst}
    return limits


def _judged(inputs: Mapping[str, Array], cases: Mask, limits: Limits, left: Mask, judging: Mask) -> Box:
    """A box and its ranges on the draws kept for judging."""
    among = left & judging
    inside, before = _inside(inputs, limits, among), _inside(inputs, limits, left & ~judging)
    draws, hits = int(inside.sum()), int(cases[inside].sum())
    base = float(cases[judging].mean())
    ranges = [Range(name, *ends, _quasi_p(inputs, cases, limits, name, among)) for name, ends in limits.items()]
    return Box(
        ranges=tuple(sorted(ranges, key=lambda one: one.p)),
        density=hits / draws,
        coverage=hits / max(int(cases[judging].sum()), 1),
        mass=draws / int(judging.sum()),
        base=base,
        draws=draws,
        cases=hits,
        p=_by_chance(hits, draws, base),
        density_sought=float(cases[before].mean()),
    )


def _quasi_p(inputs: Mapping[str, Array], cases: Mask, limits: Limits, name: str, among: Mask) -> float:
    """How likely as many cases are in the box if one of its ranges said nothing."""
    inside = _inside(inputs, limits, among)
    wider = _inside(inputs, {other: ends for other, ends in limits.items() if other != name}, among)
    return _by_chance(int(cases[inside].sum()), int(inside.sum()), float(cases[wider].mean()) if wider.any() else 0.0)


def _by_chance(hits: int, draws: int, share: float) -> float:
    """Probability of so many hits or more among so many draws."""
    return float(binom.sf(hits - 1, draws, share))


def _inside(inputs: Mapping[str, Array], limits: Limits, among: Mask) -> Mask:
    inside = among.copy()
    for name, (low, high) in limits.items():
        inside &= (inputs[name] >= low) & (inputs[name] <= high)
    return inside
