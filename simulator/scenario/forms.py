"""How an uncertain number may be written, and what is wrong with one that is written otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from simulator.errors import nearest
from simulator.reading.findings import Finding, Path
from simulator.reading.scalars import is_number, shown

QUANTILES = ("low", "mid", "high")
DISTRIBUTION = "distribution"
SPLIT_NORMAL = "split_normal"
FORMS = {
    SPLIT_NORMAL: QUANTILES,
    "triangular": ("minimum", "mode", "maximum"),
    "pert": ("minimum", "mode", "maximum"),
    "lognormal": ("low", "high"),
    "uniform": ("minimum", "maximum"),
    "discrete": ("values", "weights"),
}
"""The keys of every distribution beside its name; those of the split normal may stand without it."""
OPTIONAL = ("weights",)
KEYS = tuple(dict.fromkeys((DISTRIBUTION, *(key for keys in FORMS.values() for key in keys))))
"""Every key an uncertain number can have."""

Check = Callable[[Path, object], list[Finding]]
"""What is wrong with one number at a path."""


def written_forms() -> str:
    """Every distribution with its keys, as the help shows them.

    >>> written_forms().split("; ")[2]
    'pert {minimum, mode, maximum}'
    """
    return "; ".join(f"{name} {{{', '.join(keys)}}}" for name, keys in FORMS.items())


def form_findings(given: Mapping[Any, object], check: Check) -> list[Finding]:
    """What is wrong with the mapping of an uncertain number; `check` looks at each number in it."""
    name = given.get(DISTRIBUTION)
    if name is None:
        if any(key in given for key in KEYS if key not in QUANTILES):
            return _nameless(given)
        name = SPLIT_NORMAL
    if not isinstance(name, str) or name not in FORMS:
        meant = nearest(name, FORMS) if isinstance(name, str) else None
        what = "there is no such distribution"
        return [Finding((DISTRIBUTION,), what, given=shown(name), allowed=", ".join(FORMS), meant=meant)]
    found = [*_keys(given, name), *_numbers(given, FORMS[name], check)]
    return found or [*_order(given, name)]


def _nameless(given: Mapping[Any, object]) -> list[Finding]:
    """Keys of some distribution, and not a word of which."""
    known = [key for key in given if key in KEYS]
    fitting = [name for name, keys in FORMS.items() if all(key in keys for key in known if key != DISTRIBUTION)]
    missing = Finding((DISTRIBUTION,), "is required", allowed=", ".join(fitting or FORMS), missing=True)
    return [missing, *_strangers(given, KEYS, "is not a key here")]


def _keys(given: Mapping[Any, object], name: str) -> Iterator[Finding]:
    keys = FORMS[name]
    what = f"is not a key of {name}" if DISTRIBUTION in given else "is not a key here"
    yield from _strangers(given, keys, what)
    for key in keys:
        if given.get(key) is None and key not in OPTIONAL and not (key in given and name == SPLIT_NORMAL):
            yield Finding((key,), "is required", missing=True)


def _strangers(given: Mapping[Any, object], keys: tuple[str, ...], what: str) -> Iterator[Finding]:
    for key in given:
        if key not in (*keys, DISTRIBUTION):
            meant = nearest(str(key), (*keys, DISTRIBUTION))
            yield Finding((str(key),), what, allowed=", ".join(keys), meant=meant, at_key=True)


def _numbers(given: Mapping[Any, object], keys: tuple[str, ...], check: Check) -> Iterator[Finding]:
    for key in keys:
        if key == "values":
            yield from _list(given, key, check)
        elif key == "weights":
            yield from _list(given, key, _weight)
        elif key in given and (given[key] is not None or keys == QUANTILES):
            yield from check((key,), given[key])


def _list(given: Mapping[Any, object], key: str, check: Check) -> Iterator[Finding]:
    listed = given.get(key)
    if listed is None:
        return
    if not isinstance(listed, list | tuple):
        yield Finding((key,), "must be a list", given=shown(listed))
        return
    if not listed:
        yield Finding((key,), "is an empty list: nothing could be drawn", given="[]")
    for position, value in enumerate(listed):
        yield from check((key, position), value)


def _weight(path: Path, value: object) -> list[Finding]:
    if is_number(value) and value >= 0:  # type: ignore[operator]
        return []
    return [Finding(path, "must be a number, 0 or more", given=shown(value))]


def _order(given: Mapping[Any, Any], name: str) -> Iterator[Finding]:
    """Numbers that are sound one by one and not together."""
    if name == "discrete":
        yield from _weights(given)
        return
    keys = FORMS[name]
    numbers = [given[key] for key in keys]
    if any(one > other for one, other in pairwise(numbers)):
        yield Finding((), f"{', '.join(keys[:-1])} and {keys[-1]} must rise", given=shown(dict(given)))
    elif name == "lognormal" and numbers[0] <= 0:
        yield Finding(("low",), "must be above 0: a lognormal has no others", given=shown(numbers[0]))


def _weights(given: Mapping[Any, Any]) -> Iterator[Finding]:
    values, weights = given["values"], given.get("weights")
    if weights is None:
        return
    if len(weights) != len(values):
        allowed = f"{len(values)}, one for each of the values"
        yield Finding(("weights",), "has the wrong length", given=str(len(weights)), allowed=allowed)
    elif not sum(weights) > 0:
        yield Finding(("weights",), "are all 0: nothing could be drawn", given=shown(weights))
