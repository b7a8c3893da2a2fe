"""The `sweep:` block of a scenario file and its like on the command line: what varies, and over which values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.errors import nearest
from simulator.reading.findings import Finding
from simulator.reading.scalars import is_number, shown
from simulator.scenario.kinds import Kind, refuse

GRID, LIST, LHS, SOBOL = "grid", "list", "lhs", "sobol"
DESIGNS = (GRID, LIST, LHS, SOBOL)
SPREAD = (LHS, SOBOL)
"""Designs that fill the space between two ends instead of going through values."""
MOST_POINTS = 1_000_000
FORMS = "LO:HI:N, or a list of values"
ENDS = "LO:HI"
DIGITS = 12
"""Significant digits of the values of a range: 0.3, not 0.30000000000000004."""


@dataclass(frozen=True)
class Between:
    """Numbers from one end to the other: `count` of them at even steps, or any, where there is no count."""

    low: float
    high: float
    count: int | None = None

    @property
    def values(self) -> tuple[float | int, ...]:
        """The steps; whole numbers where both ends and every step are whole."""
        assert self.count is not None
        reach, last = self.high - self.low, self.count - 1
        steps = [float(f"{self.low + reach * k / last:.{DIGITS}g}") for k in range(self.count)]
        whole = isinstance(self.low, int) and isinstance(self.high, int) and all(v.is_integer() for v in steps)
        return tuple(int(v) for v in steps) if whole else tuple(steps)


Values = Between | tuple[object, ...]


@dataclass(frozen=True)
class Sweeping:
    """What varies in a sweep: values by dotted path, and how they are put together into points."""

    over: tuple[tuple[str, Values], ...]
    design: str = GRID
    points: int | None = None

    def plain(self) -> dict[str, Any]:
        """The form a scenario file uses."""
        over = {path: _plain(values) for path, values in self.over}
        points = {} if self.points is None else {"points": self.points}
        return {"design": self.design, **points, "over": over}


def sweeping(over: Mapping[str, object], design: str = GRID, points: int | None = None) -> Sweeping:
    """Values by path as a sweep, from Python: lists, arrays, `Between`, or (low, high) for designs that spread.

    Raises the refusal of a field, with every finding.
    """
    read = {path: _as_values(values, design) for path, values in over.items()}
    asked = Sweeping(tuple(read.items()), design, points)
    if found := list(findings(asked)):
        raise refuse(*found)
    return asked


def findings(asked: Sweeping) -> Iterator[Finding]:
    """Everything that is wrong with a sweep before its scenario is looked at."""
    if asked.design not in DESIGNS:
        meant = nearest(str(asked.design), DESIGNS)
        yield Finding(
            ("design",), "there is no such design", given=shown(asked.design), allowed=", ".join(DESIGNS), meant=meant
        )
        return
    if not asked.over:
        yield Finding(("over",), "names nothing to vary", allowed=f"PATH: {FORMS}")
    spread = asked.design in SPREAD
    for path, values in asked.over:
        yield from (one.under(("over", path)) for one in _about_values(values, spread))
    if spread and (asked.points is None or not 2 <= asked.points <= MOST_POINTS):
        given = None if asked.points is None else str(asked.points)
        yield Finding(("points",), f"a design of {asked.design} needs points", given, f"2 to {MOST_POINTS:,}")
    if not spread and asked.points is not None:
        yield Finding(("points",), f"has no meaning in a {asked.design}", str(asked.points))
    lengths = [n for _, values in asked.over if (n := _length(values)) is not None]
    if asked.design == LIST and len(set(lengths)) > 1:
        yield Finding(("over",), "a list takes one value of each path a point: they must be as many", f"{lengths}")
    count = max(lengths, default=0) if asked.design == LIST else math.prod(lengths)
    if not spread and count > MOST_POINTS:
        yield Finding(("over",), "makes too many points", f"{count:,}", f"at most {MOST_POINTS:,}")


def _about_values(values: Values, spread: bool) -> Iterator[Finding]:
    if isinstance(values, Between):
        if spread and values.count is not None:
            yield Finding((), "takes two ends and no steps in this design", shown(list(vars(values).values())), ENDS)
        elif not spread and (values.count is None or values.count < 2):
            given = "none" if values.count is None else str(values.count)
            yield Finding((), "needs a number of steps", given, "2 and more")
        if values.low == values.high:
            yield Finding((), "is an empty range: both ends are the same", f"{values.low:g}")
    elif spread:
        yield Finding((), "must be two ends in this design", shown(list(values)), ENDS)
    elif not values:
        yield Finding((), "is an empty range: there is no value in it", "[]", FORMS)
    elif (twice := _twice(values)) is not None:
        yield Finding((), "holds a value twice", twice)


def _twice(values: tuple[object, ...]) -> str | None:
    """The first value that stands in the list before, as one would write it; equal numbers are the same value."""
    seen: set[object] = set()
    for one in values:
        same = one if is_number(one) else shown(one)
        if same in seen:
            return shown(one)
        seen.add(same)
    return None


def _length(values: Values) -> int | None:
    return values.count if isinstance(values, Between) else len(values)


def _as_values(values: object, design: str) -> Values:
    if isinstance(values, Between):
        return values
    listed = values.tolist() if hasattr(values, "tolist") else values  # numpy's arrays, without importing numpy
    entries = tuple(listed) if isinstance(listed, Sequence) and not isinstance(listed, str) else (listed,)
    entries = tuple(v.item() if hasattr(v, "item") else v for v in entries)
    if design in SPREAD and len(entries) == 2 and all(is_number(v) for v in entries):
        return Between(*entries)
    return entries


def _plain(values: Values) -> object:
    if not isinstance(values, Between):
        return list(values)
    ends = {"from": values.low, "to": values.high}
    return ends if values.count is None else {**ends, "count": values.count}


class SweepKey(Kind):
    """The `sweep:` block: design, points and over."""

    kind = "mapping with over, and design or points if need be"
    unit = ""
    allowed = "over: {PATH: [VALUE, ...] or {from: LO, to: HI, count: N}}"
    keys = ("design", "points", "over")

    def read(self, value: object) -> Sweeping:
        """The block as a sweep; raises every finding otherwise."""
        if isinstance(value, Sweeping):
            return value
        if not isinstance(value, Mapping):
            raise refuse(Finding((), "must hold over, and design or points if need be", given=shown(value)))
        found = [
            Finding((str(k),), "is not a key of sweep", None, ", ".join(self.keys), nearest(str(k), self.keys), True)
            for k in value
            if k not in self.keys
        ]
        over: dict[str, Values] = {}
        given = value.get("over")
        if not isinstance(given, Mapping):
            found.append(Finding(("over",), "must hold paths and values", None if given is None else shown(given)))
        for path, values in given.items() if isinstance(given, Mapping) else ():
            try:
                over[str(path)] = _written(values)
            except _Refused as refused:
                found += [one.under(("over", str(path))) for one in refused.findings]
        points = value.get("points")
        if points is not None and (isinstance(points, bool) or not isinstance(points, int)):
            found.append(Finding(("points",), "must be a whole number", shown(points)))
            points = None
        asked = Sweeping(tuple(over.items()), str(value.get("design", GRID)), points)
        broken = bool(found)
        found += [one for one in findings(asked) if not (broken and one.path == ("over",))]
        if found:
            raise refuse(*found)
        return asked


class _Refused(Exception):
    def __init__(self, *findings: Finding) -> None:
        super().__init__()
        self.findings = findings


def _written(values: object) -> Values:
    """Values as a file gives them: a list, or {from, to} with or without count."""
    if isinstance(values, list):
        return tuple(values)
    keys = ("from", "to", "count")
    if not isinstance(values, Mapping):
        raise _Refused(Finding((), "must be a list of values, or {from, to, count}", shown(values)))
    found = [
        Finding((str(k),), "is not a key here", None, ", ".join(keys), nearest(str(k), keys), True)
        for k in values
        if k not in keys
    ]
    found += [Finding((k,), "is required", missing=True) for k in keys[:2] if k not in values]
    found += [Finding((k,), "must be a number", shown(values[k])) for k in keys[:2] if k in values and _odd(values[k])]
    count = values.get("count")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int)):
        found.append(Finding(("count",), "must be a whole number", shown(count)))
    if found:
        raise _Refused(*found)
    return Between(values["from"], values["to"], count)


def _odd(value: object) -> bool:
    return not is_number(value)
