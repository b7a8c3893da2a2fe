"""What the command line says varies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulator.errors import InputError, Problem
from simulator.reading.scalars import NotFinite, read_scalar
from simulator.scenario import parse_set
from simulator.scenario.sweeping import ENDS, FORMS, Between, Values

_RANGE = re.compile(r"\s*([^:\[\]{}\"']+):([^:\[\]{}\"']+)(?::([^:\[\]{}\"']*))?\s*")


def parse_overs(arguments: Sequence[str]) -> dict[str, Values]:
    """All `--over` options; InputError with every problem in them, also for a path that is given twice."""
    problems: list[Problem] = []
    over: dict[str, Values] = {}
    for argument in arguments:
        try:
            path, values = parse_over(argument)
        except InputError as error:
            problems += error.problems
            continue
        if path in over:
            problems.append(Problem(path, "is given twice: put all its values into one --over", given=argument))
        over[path] = values
    if problems:
        raise InputError(problems)
    return over


def parse_over(argument: str) -> tuple[str, Values]:
    """Path and values of one `--over`: `PATH=LO:HI:N`, `PATH=LO:HI`, `PATH=[a, b]` or `PATH=a,b`.

    >>> parse_over("shocks.0.loss_share=0:1:11")[1].count, parse_over("baseline=[2025, early_2026]")
    (11, ('baseline', (2025, 'early_2026')))
    """
    path, equals, text = argument.partition("=")
    path = path.strip()
    if not equals or not path:
        raise InputError([Problem(path or "--over", "must be PATH=LO:HI:N", given=argument)])
    if (found := _RANGE.fullmatch(text)) is not None:
        return path, _between(path, text, *found.groups())
    if "," in text and not text.strip().startswith(("[", "{")):
        text = f"[{text}]"
    value = parse_set(f"{path}={text}")[1]
    return path, tuple(value) if isinstance(value, list) else (value,)


def _between(path: str, text: str, low: str, high: str, count: str | None) -> Between:
    ends = [_number(low), _number(high)]
    steps = None if count is None else _number(count)
    if None in ends or (count is not None and not isinstance(steps, int)):
        raise InputError([Problem(path, "is not a range", given=text.strip(), allowed=f"{ENDS}, {FORMS}")])
    return Between(ends[0], ends[1], steps)  # type: ignore[arg-type]


def _number(text: str) -> int | float | None:
    try:
        value = read_scalar(text.strip())
    except NotFinite:
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
