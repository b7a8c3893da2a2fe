"""Every key a scenario can hold, with its unit, range and meaning, taken from the schema itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from simulator.errors import InputError, Problem
from simulator.scenario.correlation import Correlation
from simulator.scenario.fields import kind_of
from simulator.scenario.forms import SPLIT_NORMAL, written_forms
from simulator.scenario.names import Vocabulary, closest, parameter_range
from simulator.scenario.ranges import Range
from simulator.scenario.schema import Scenario
from simulator.scenario.shock import known_fields
from simulator.scenario.shocks import SHOCKS
from simulator.scenario.values import Distribution


@dataclass(frozen=True)
class Key:
    """One key: `pattern` is its dotted path, with the type of shock in place of its number."""

    pattern: str
    kind: str
    unit: str
    allowed: str
    meaning: str
    required: bool = False
    default: object = None


def keys(vocabulary: Vocabulary | None = None) -> dict[str, Key]:
    """Every key by its pattern; with a vocabulary the named parameters too.

    >>> keys()["shocks.tariff.rate"].allowed
    '-1 to 10 share of the price'
    """
    found = [_key(name, field) for name, field in known_fields(Scenario).items()]
    for name, shock in SHOCKS.items():
        words = (shock.__doc__ or "").strip()
        found.append(Key(f"shocks.{name}", "shock", "", "", words))
        found += [_key(f"shocks.{name}.{key}", field) for key, field in known_fields(shock).items()]
    found += [_key(f"correlations.{key}", field) for key, field in known_fields(Correlation).items()]
    found.append(_distribution())
    if vocabulary is not None:
        found += [_parameter(name, row, vocabulary) for name, row in vocabulary.parameters.items()]
    return {key.pattern: key for key in found}


def explain(word: str, vocabulary: Vocabulary | None = None) -> tuple[Key, ...]:
    """The keys a word means: a path, the last part of one, or a type of shock with all its keys.

    Raises InputError, with the nearest spelling, where there is none.

    >>> [key.pattern for key in explain("shocks.0.rate")]
    ['shocks.tariff.rate', 'shocks.secondary_tariff.rate']
    """
    known = keys(vocabulary)
    bare = ".".join(part for part in word.split(".") if not part.isdecimal()).removeprefix("shocks.")
    if bare in SHOCKS:
        return tuple(key for name, key in known.items() if f"{name}.".startswith(f"shocks.{bare}."))
    found = tuple(key for name, key in known.items() if name == bare or name.endswith(f".{bare}"))
    if found:
        return found
    words = {*known, *(name.rpartition(".")[2] for name in known)}
    raise InputError([Problem(word, "there is no such key", meant=closest(bare, words))])


def limits(shock: str, key: str) -> Range:
    """Unit and legal range of a number of a type of shock; draws are cut there.

    >>> limits("supply_outage", "loss_share").maximum
    1
    """
    return SHOCKS[shock].limits(key)


def _key(pattern: str, field: FieldInfo) -> Key:
    kind = kind_of(field)
    required = field.is_required()
    default = None if required or field.default_factory else field.default
    default = default.plain() if isinstance(default, Distribution) else default
    meaning = field.description or ""
    if kind is not None:
        return Key(pattern, kind.kind, kind.unit, kind.allowed, meaning, required, default)
    if pattern == "correlations":
        return Key(pattern, "list of {between, rank}", "", "", meaning, required, default)
    if pattern == "shocks":
        return Key(pattern, "list of shocks", "", ", ".join(SHOCKS), meaning, required, default)
    return Key(pattern, "word", "", pattern.split(".")[1], meaning, required, default)


def _distribution() -> Key:
    """Not a key of its own, but of every number that may be uncertain."""
    meaning = (
        "how an uncertain number is spread, wherever {low, mid, high} may stand: the ends and the mode of a triangular "
        "or pert (beta) distribution, the 5 and 95 % points of a lognormal one, the ends of a uniform one, the values "
        "of a discrete one with weights that need not sum to 1; left out: a split normal by its 5, 50 and 95 % points, "
        "in logs for prices, volumes and elasticities above 0"
    )
    return Key("NUMBER.distribution", "word", "", written_forms(), meaning, False, SPLIT_NORMAL)


def _parameter(name: str, row: Any, vocabulary: Vocabulary) -> Key:
    limits = parameter_range(name, vocabulary)
    default = {quantile: row.get(quantile) for quantile in ("low", "mid", "high")}
    meaning = str(row.get("meaning") or "")
    return Key(f"parameters.{name}", limits.kind, limits.unit, limits.allowed, meaning, False, default)
