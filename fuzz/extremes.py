"""Scenarios nobody would write: every shock and key, alone and together, often at the very end of what is legal.

Drawn from the schema itself, so that a new shock or key is under stress from the day it exists.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from simulator import datasets
from simulator.inputs.refusals import BUYER_PARAMETERS
from simulator.scenario.choices import Word
from simulator.scenario.fields import kind_of
from simulator.scenario.kinds import Kind
from simulator.scenario.names import BASELINE, BUYER, CHOKEPOINT, Names, parameter_range
from simulator.scenario.ranges import Range
from simulator.scenario.shock import Shock, known_fields
from simulator.scenario.shocks import SHOCKS

Draw = np.random.Generator

FIRST_YEAR, YEARS = 2025, 3
MOST_SHOCKS, MOST_PARAMETERS, MOST_NAMES = 6, 8, 6
FEWEST_MONTHS, MOST_MONTHS = 2, 6
AT_AN_END, UNCERTAIN, EVERYBODY = 0.25, 0.2, 0.2
"""How often a number stands at an end of its range, is a distribution, and how often a list names all there is."""
NEARLY = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.995, 0.999, 0.9999)
LARGEST = {"kb/d": 20_000.0, "USD/bbl": 150.0, "mb": 1_500.0}
"""Numbers that are not at an end of their range are mostly below these: above, most scenarios would be refused."""
USUALLY_GIVEN = 0.6


def scenario(seed: int, number: int) -> dict[str, Any]:
    """Scenario `number` of a campaign, as the mapping its file would hold; nearly always legal in form."""
    draw = np.random.default_rng([seed, number])
    months = int(draw.integers(FEWEST_MONTHS, MOST_MONTHS + 1))
    start = FIRST_YEAR * 12 + int(draw.integers(0, YEARS * 12))
    kinds = draw.choice(sorted(SHOCKS), size=int(draw.integers(1, MOST_SHOCKS + 1)))
    shocks = [_shock(draw, SHOCKS[kind], start, months) for kind in _once(list(kinds))]
    return {
        "schema": 1,
        "name": f"stress {seed}-{number}",
        "baseline": str(draw.choice(sorted(BASELINE.known(datasets.vocabulary())))),
        "start": _month(start),
        "months": months,
        "parameters": _parameters(draw),
        "shocks": shocks,
    }


def _once(kinds: list[str]) -> list[str]:
    """Shocks that may stand only once in a scenario, once."""
    return [kind for n, kind in enumerate(kinds) if not SHOCKS[kind].once or kind not in kinds[:n]]


def _month(count: int) -> str:
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def _shock(draw: Draw, kind: type[Shock], start: int, months: int) -> dict[str, Any]:
    """One shock with a legal combination of keys."""
    fields = known_fields(kind)
    own = [key for key in fields if key not in Shock.model_fields and key != "type"]
    chosen = {key for key in own if fields[key].is_required() or draw.random() < USUALLY_GIVEN}
    if kind.one_of:
        chosen = chosen - set(kind.one_of) | {str(draw.choice(kind.one_of))}
    if kind.some_of and not chosen & set(kind.some_of):
        chosen.add(str(draw.choice(kind.some_of)))
    chosen -= {key for key, other in kind.needs.items() if other not in chosen}
    found: dict[str, Any] = {"type": fields["type"].annotation.__args__[0]}  # type: ignore[union-attr]
    found |= {key: _value(draw, kind_of(fields[key])) for key in own if key in chosen}
    return found | _timing(draw, start, months)


def _timing(draw: Draw, start: int, months: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    first = start
    if draw.random() < 0.5:
        first = start + int(draw.integers(-3, months))
        found["start"] = _month(first)
    if draw.random() < 0.3:
        found["end"] = _month(max(first, start) + int(draw.integers(0, months)))
    for key in ("ramp_months", "recovery_months"):
        if draw.random() < 0.3:
            found[key] = int(draw.integers(0, 5))
    return found


def _value(draw: Draw, kind: Kind) -> Any:
    if isinstance(kind, Range):
        return number(draw, kind)
    if isinstance(kind, Names):
        known = sorted(_known(kind.of))
        if draw.random() < EVERYBODY:
            return known
        return [str(one) for one in draw.choice(known, size=int(draw.integers(1, MOST_NAMES + 1)))]
    return str(draw.choice(sorted(_known(kind))))


def _known(kind: Any) -> list[str]:
    if isinstance(kind, Word):
        return list(kind.known)
    words = datasets.vocabulary()
    if kind is BUYER or kind is CHOKEPOINT:
        return list(kind.known(words))
    # Groups stand for many streams at once and come up as often as all streams together.
    return [*words.groups] * 8 + [*words.streams]


def number(draw: Draw, kind: Range) -> float | dict[str, float]:
    """A number of a legal range, often at an end of it, or a distribution that may fill it."""
    if draw.random() < UNCERTAIN:
        low, mid, high = sorted(_one(draw, kind) for _ in range(3))
        return low if low == high else {"low": low, "mid": mid, "high": high}
    return _one(draw, kind)


def _one(draw: Draw, kind: Range) -> float:
    if draw.random() < AT_AN_END:
        return float(draw.choice([kind.minimum, kind.maximum]))
    inside = _ways(kind)
    way = inside[int(draw.integers(len(inside)))]
    return float(f"{min(max(way(draw), kind.minimum), kind.maximum):.6g}")


def _ways(kind: Range) -> list[Callable[[Draw], float]]:
    """Ways to draw from inside a range: evenly; by powers of ten, either sign; nearly nothing or nearly all."""
    largest = min(LARGEST.get(kind.unit, math.inf), kind.maximum)
    least = max(kind.minimum, -largest)
    ways: list[Callable[[Draw], float]] = [lambda draw: draw.uniform(least, largest)]
    if largest > 2.0:
        sign = (-1.0, 1.0) if kind.minimum < 0 else (1.0,)
        ways += 2 * [lambda draw: draw.choice(sign) * 10.0 ** draw.uniform(-2.0, math.log10(largest))]
    if kind.minimum == 0 and kind.maximum == 1:
        ways.append(lambda draw: draw.choice(NEARLY))
    return ways


def _parameters(draw: Draw) -> dict[str, Any]:
    """Some parameters set anywhere in their legal range, for all buyers or one."""
    words = datasets.vocabulary()
    wanted = int(draw.integers(0, MOST_PARAMETERS + 1))
    names = [str(one) for one in draw.choice(sorted(words.parameters), size=wanted, replace=False)]
    names += [f"{draw.choice(BUYER_PARAMETERS)}.{draw.choice(sorted(words.buyers))}" for _ in range(wanted // 3)]
    return {name: number(draw, parameter_range(name, words)) for name in names}
