"""Legal scenarios, made from the schema: every type of shock, every key, every way to write a number."""

from __future__ import annotations

import random
from typing import Any

from pydantic.fields import FieldInfo

from simulator import datasets
from simulator.scenario.choices import Word, WordedShare
from simulator.scenario.fields import Calendar, Text, kind_of
from simulator.scenario.names import BUYER, CHOKEPOINT, Name, Names
from simulator.scenario.ranges import Range, Whole
from simulator.scenario.shock import known_fields
from simulator.scenario.shocks import SHOCKS

WORDS = datasets.vocabulary()
TEXTS = ("Ships wait at the strait", "a remark: with a colon", "50 % of it, #2", "Iran's oil", "石油", 'says "so"')
PARAMETERS = ("fear", "stock_response", "memory_refresh_share", "stock_response.india")
LEAST_SIZE = 0.05


def scenario(rng: random.Random) -> dict[str, Any]:
    """A scenario that the form allows; the market may still refuse it."""
    start = f"{rng.randint(2025, 2027)}-{rng.randint(1, 12):02d}"
    kinds = rng.sample(sorted(SHOCKS), rng.randint(1, 4))
    made: dict[str, Any] = {
        "schema": 1,
        "name": rng.choice(TEXTS),
        "summary": rng.choice(TEXTS),
        "baseline": rng.choice([2025, "early_2026"]),
        "start": start,
        "months": rng.randint(1, 24),
        "draws": rng.choice([1, 64, 1024]),
        "sampling": rng.choice(["monte_carlo", "sobol", "latin_hypercube"]),
        "note": rng.choice(TEXTS),
        "parameters": _parameters(rng),
        "shocks": [shock(kind, start, rng) for kind in kinds],
    }
    if rng.random() < 0.2:
        over = rng.choice([[0.1, 0.2, 0.3], {"from": 0.1, "to": 0.5, "count": 3}])
        made["sweep"] = {"design": "grid", "over": {"parameters.memory_refresh_share": over}}
    if rng.random() < 0.2:
        made["correlations"] = [{"between": ["parameters.fear", "parameters.stock_response"], "rank": 0.3}]
    return {key: made[key] for key in made if key in ("schema", "baseline", "start", "months") or rng.random() < 0.7}


def shock(kind: str, start: str, rng: random.Random) -> dict[str, Any]:
    """A shock of a type, with some of its keys."""
    model = SHOCKS[kind]
    fields = {key: field for key, field in known_fields(model).items() if key != "type"}
    kept = [key for key, field in fields.items() if field.is_required() or rng.random() < 0.5]
    alone = rng.choice(model.one_of) if model.one_of else None
    kept = [key for key in kept if key not in model.one_of]
    kept += [alone] if alone else []
    if model.some_of and not set(kept) & set(model.some_of):
        kept.append(rng.choice(model.some_of))
    kept = [key for key in kept if model.needs.get(key, key) in kept]
    made = {key: _value(key, fields[key], start, rng) for key in kept}
    return {"type": kind, **made}


def _value(key: str, field: FieldInfo, start: str, rng: random.Random) -> Any:
    kind = kind_of(field)
    if isinstance(kind, Calendar):
        return start
    if isinstance(kind, Text):
        return rng.choice(TEXTS)
    if isinstance(kind, Whole):
        return rng.randint(kind.minimum, min(kind.maximum, 6))
    if isinstance(kind, Names):
        return _names(kind.of, rng)
    if isinstance(kind, Word):
        return rng.choice(kind.known)
    if isinstance(kind, Name):
        return rng.choice(sorted(WORDS.chokepoints))
    if isinstance(kind, WordedShare) and rng.random() < 0.5:
        return rng.choice([kind.none, kind.all])
    assert isinstance(kind, Range), key
    return _number(kind, rng)


def _names(of: Name | Word, rng: random.Random) -> list[str]:
    if isinstance(of, Word):
        known = list(of.known)
    elif of is BUYER:
        known = [*WORDS.buyers, "china"]
    else:
        known = list(WORDS.chokepoints) if of is CHOKEPOINT else ["russia", "iran", "saudi_arabia", "iraq", "gulf"]
    return rng.sample(known, rng.randint(1, min(3, len(known))))


def _number(kind: Range, rng: random.Random) -> Any:
    low = max(kind.minimum, LEAST_SIZE)
    high = max(min(kind.maximum, 40.0), low)
    points = sorted(round(rng.uniform(low, high), rng.choice([1, 2, 3])) for _ in range(3))
    points = [min(max(one, kind.minimum), kind.maximum) for one in points]
    forms = (
        dict(zip(("low", "mid", "high"), points, strict=True)),
        dict(zip(("minimum", "mode", "maximum"), points, strict=True)) | {"distribution": "triangular"},
        {"distribution": "uniform", "minimum": points[0], "maximum": points[2]},
        {"distribution": "discrete", "values": points, "weights": [1, 2, 1]},
        {"distribution": "lognormal", "low": points[0], "high": points[2]},
    )
    return points[1] if rng.random() < 0.6 else rng.choice(forms)


def _parameters(rng: random.Random) -> dict[str, Any]:
    made = {}
    for name in rng.sample(PARAMETERS, rng.randint(0, 2)):
        row = WORDS.parameters[name.partition(".")[0]]
        low, high = float(row["low"]), float(row["high"])
        made[name] = rng.choice([row["mid"], {"low": low, "mid": row["mid"], "high": high}])
    return made
