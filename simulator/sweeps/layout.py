"""The points of a sweep: every value checked, numbers apart from what changes the market's make-up."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import InputError, Problem
from simulator.inputs.refusals import refuse_impossible
from simulator.reading.scalars import is_number, shown
from simulator.scenario import Distribution, Scenario, parse_set
from simulator.scenario.load import with_values
from simulator.scenario.merge import Unsettable, steps
from simulator.scenario.sweeping import LHS, LIST, SPREAD, Between, Sweeping, Values

Array = NDArray[np.float64]

FIXED = ("schema", "name", "extends", "summary", "note", "start", "months", "draws", "sampling", "sweep")
"""Top-level keys that cannot vary: they say nothing about the market, or change the axes of the answer."""
MOST_CORNERS_OF = 6
"""Levers of which every combination of lowest and highest value is checked; of more, one at a time."""


@dataclass(frozen=True)
class Layout:
    """The points of a sweep, in order.

    paths : of the levers     values : (point, lever) as given     shape : points along each lever, None off a grid
    groups : scenarios that differ in more than numbers     group : (point,), which of them
    numbers : paths of the levers that are plain numbers     held : (point, number), their values
    """

    scenario: Scenario
    paths: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]
    shape: tuple[int, ...] | None
    groups: tuple[Scenario, ...]
    group: NDArray[np.int64]
    numbers: tuple[str, ...]
    held: Array

    @property
    def count(self) -> int:
        """Number of points."""
        return len(self.values)


def lay_out(scenario: Scenario, asked: Sweeping, seed: int) -> Layout:
    """Check what varies and put the points in order: the first lever slowest.

    Raises
    ------
    InputError : paths that do not exist, values out of range, combinations the market cannot have; all at once.
    """
    paths = tuple(path for path, _ in asked.over)
    _refuse_fixed(paths)
    listed = [_listed(values) for _, values in asked.over]
    paired = asked.design == LIST
    scenario = _with_firsts(scenario, paths, listed, paired)
    seen = _each_value(scenario, paths, listed, paired)
    _refuse_alike(paths, listed, paired)
    number = tuple(path for path in paths if all(n is not None for n in seen[path].values()))
    _refuse_words(asked, paths, number)
    values = tuple(_points(asked, listed, seed))
    words = [k for k, path in enumerate(paths) if path not in number]
    combinations = list(dict.fromkeys(repr([point[k] for k in words]) for point in values))
    first = {key: point for point in reversed(values) for key in [repr([point[k] for k in words])]}
    groups = tuple(_group(scenario, paths, first[key]) if words else scenario for key in combinations)
    place = {key: index for index, key in enumerate(combinations)}
    group = np.array([place[repr([point[k] for k in words])] for point in values])
    columns = [paths.index(path) for path in number]
    if asked.design in SPREAD:
        held = np.array([[float(point[k]) for k in columns] for point in values])
    else:
        held = np.array([[seen[paths[k]][repr(point[k])] for k in columns] for point in values], dtype=float)
    held = held.reshape(len(values), len(number))
    _refuse_impossible(groups, number, held, group, each=paired)
    shape = None if asked.design in (*SPREAD, LIST) else tuple(len(one) for one in listed)
    return Layout(scenario, paths, values, shape, groups, group, number, held)


def unknown_paths(scenario: Scenario, over: Mapping[str, object]) -> list[Problem]:
    """What is wrong with the paths themselves, whatever is wrong with their values."""
    problems: dict[Problem, None] = dict.fromkeys(_fixed(over))
    for path in over:
        try:
            with_values(scenario, {path: None})
        except InputError as error:
            # Nothing at all may stand at a path that is required, so only unknown keys count.
            problems.update({one: None for one in error.problems if one.allowed or one.meant})
    return list(problems)


def number_at(scenario: Scenario, path: str) -> float | None:
    """The plain number at a path, of a shock or a parameter; None where there is anything else."""
    head, _, rest = path.partition(".")
    value: object = None
    if head == "parameters":
        value = scenario.parameters.get(rest)
    elif head == "shocks":
        index, _, key = rest.partition(".")
        value = getattr(scenario.shocks[int(index)], key, None) if key else None
    return value.mid if isinstance(value, Distribution) and value.is_constant else None


def _listed(values: Values) -> tuple[Any, ...]:
    """The values of a lever; of a range without steps its ends."""
    if isinstance(values, Between):
        return values.values if values.count else (values.low, values.high)
    return values


def _fixed(paths: Iterable[str]) -> list[Problem]:
    what = "cannot vary in a sweep: run it as a scenario of its own"
    return [Problem(path, what) for path in paths if path.partition(".")[0] in FIXED]


def _refuse_fixed(paths: tuple[str, ...]) -> None:
    problems = _fixed(paths)
    twice = [
        Problem(path, f"lies within {other}, which varies as well")
        for path in paths
        for other in paths
        if path != other and _steps(path)[: len(_steps(other))] == _steps(other)
    ]
    if problems or twice:
        raise InputError([*problems, *twice])


def _steps(path: str) -> tuple[str, ...]:
    """The words of a path, or what is no path as one; a buyer's own parameter is not part of the one for all."""
    try:
        return steps(path)
    except Unsettable:
        return (path,)


def _with_firsts(scenario: Scenario, paths: tuple[str, ...], listed: list[tuple[Any, ...]], paired: bool) -> Scenario:
    """The scenario with the first value of every lever that takes it; what takes none is reported later."""
    firsts = {path: values[0] for path, values in zip(paths, listed, strict=True)}
    for changes in [firsts] if paired else [{path: value} for path, value in firsts.items()]:
        try:
            scenario = with_values(scenario, changes)
        except InputError:
            continue
    return scenario


def _refuse_alike(paths: tuple[str, ...], listed: list[tuple[Any, ...]], paired: bool) -> None:
    """Values of a lever that would stand under one label, as 2025 and "2025": a grid could not tell them apart."""
    if paired:
        return
    problems = []
    for path, values in zip(paths, listed, strict=True):
        labels = label_column(values)
        if alike := [one for one, often in Counter(labels).items() if often > 1]:
            problems.append(Problem(path, "holds a value twice", given=str(alike[0])))
    if problems:
        raise InputError(problems)


def label_column(values: Sequence[Any]) -> list[float | str]:
    """Values of a lever as tables show them: numbers where all are, else words as one would write them."""
    numbers = all(is_number(v) for v in values)
    if numbers and all(isinstance(v, int) for v in values):
        return list(values)
    return [float(v) if numbers else v if isinstance(v, str) else shown(v) for v in values]


def from_label(path: str, label: str | float) -> object:
    """The value of a lever from its label: lists and ranges stand there as one would write them.

    >>> from_label("shocks.0.streams", "[iran, uae]"), from_label("shocks.0.end", "2026-05")
    (['iran', 'uae'], '2026-05')
    """
    return parse_set(f"{path}={label}")[1] if isinstance(label, str) else label


def _each_value(
    scenario: Scenario, paths: tuple[str, ...], listed: list[tuple[Any, ...]], paired: bool
) -> dict[str, dict[str, float | None]]:
    """Check the values of every lever, and the number that each is: by path and value as written.

    paired : the levers' values belong together one by one, and are checked together
    """
    problems: dict[Problem, None] = {}
    seen: dict[str, dict[str, float | None]] = {path: {} for path in paths}
    alone = ({path: value} for path, values in zip(paths, listed, strict=True) for value in values)
    together = (dict(zip(paths, values, strict=True)) for values in zip(*listed, strict=paired))
    for changes in together if paired else alone:
        try:
            changed = with_values(scenario, changes)
        except InputError as error:
            problems.update(dict.fromkeys(error.problems))
        else:
            for path, value in changes.items():
                seen[path][repr(value)] = number_at(changed, path)
    if problems:
        raise InputError(list(problems))
    return seen


def _refuse_words(asked: Sweeping, paths: tuple[str, ...], number: tuple[str, ...]) -> None:
    if asked.design in SPREAD and (words := [path for path in paths if path not in number]):
        what = f"is not a plain number: a design of {asked.design} cannot spread over it"
        raise InputError([Problem(path, what) for path in words])


def _points(asked: Sweeping, listed: list[tuple[Any, ...]], seed: int) -> Iterator[tuple[Any, ...]]:
    if asked.design == LIST:
        return zip(*listed, strict=True)
    if asked.design not in SPREAD:
        return product(*listed)
    assert asked.points is not None
    from scipy.stats import qmc  # slow to import, and seldom wanted

    make = qmc.LatinHypercube if asked.design == LHS else qmc.Sobol
    with warnings.catch_warnings():
        # Any number of points is asked for knowingly; only powers of two are balanced.
        warnings.filterwarnings("ignore", "The balance properties of Sobol")
        unit = make(len(listed), rng=np.random.default_rng(seed)).random(asked.points)
    low, high = (np.array([one[end] for one in listed], dtype=float) for end in (0, 1))
    return (tuple(point) for point in (low + unit * (high - low)).tolist())


def _group(scenario: Scenario, paths: tuple[str, ...], point: tuple[Any, ...]) -> Scenario:
    return with_values(scenario, dict(zip(paths, point, strict=True)))


def _refuse_impossible(
    groups: tuple[Scenario, ...], number: tuple[str, ...], held: Array, group: NDArray[np.int64], each: bool
) -> None:
    """Refuse what the market cannot have: it shows at the lowest or highest values of the levers, or nowhere.

    each : look at every point instead, where levers do not go through all combinations
    """
    problems: dict[Problem, None] = {}
    for index, scenario in enumerate(groups):
        here = held[group == index]
        low, high = here.min(axis=0, initial=np.inf), here.max(axis=0, initial=-np.inf)
        for corner in dict.fromkeys(map(tuple, here.tolist())) if each else _corners(low, high):
            try:
                refuse_impossible(with_values(scenario, dict(zip(number, corner, strict=True))))
            except InputError as error:
                problems.update(dict.fromkeys(error.problems))
    if problems:
        raise InputError(list(problems))


def _corners(low: Array, high: Array) -> Iterator[tuple[float, ...]]:
    if len(low) <= MOST_CORNERS_OF:
        yield from dict.fromkeys(product(*zip(low.tolist(), high.tolist(), strict=True)))
        return
    for ends in (low, high):
        yield tuple(ends.tolist())
        for k in range(len(low)):
            other = ends.copy()
            other[k] = high[k] if ends is low else low[k]
            yield tuple(other.tolist())
