"""Names a scenario may use, and the nearest known one where it uses another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from simulator.errors import nearest
from simulator.reading.findings import Finding
from simulator.reading.scalars import shown
from simulator.scenario.choices import Word
from simulator.scenario.kinds import Kind, refuse
from simulator.scenario.ranges import Range

CHINA = "china"
MOST_NAMES = 200


class Vocabulary(Protocol):
    """The names a scenario may use, and the parameters it may override."""

    @property
    def streams(self) -> Iterable[str]: ...
    @property
    def countries(self) -> Iterable[str]: ...
    @property
    def groups(self) -> Iterable[str]: ...
    @property
    def buyers(self) -> Iterable[str]: ...
    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]: ...
    @property
    def baselines(self) -> Iterable[str]: ...
    @property
    def chokepoints(self) -> Iterable[str]: ...
    def expand_streams(self, names: Iterable[str]) -> tuple[str, ...]: ...
    def expand_buyers(self, names: Iterable[str]) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Name(Kind):
    """One name out of those the data knows: a stream, buyer, chokepoint or baseline."""

    what: str
    known: Callable[[Vocabulary], frozenset[str]]
    words: str
    unit = ""

    @property
    def kind(self) -> str:
        """What the name must be, in words."""
        return self.words

    @property
    def allowed(self) -> str:
        """The same: the full list comes with the data."""
        return self.words

    def read(self, value: object, info: ValidationInfo) -> str:
        """The name, checked where the vocabulary is at hand."""
        if self.what == "baseline" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise refuse(Finding((), f"must be the name of a {self.what}", given=shown(value)))
        if info.context is None:
            return value
        known = self.known(info.context)
        if value in known:
            return value
        other = _other_kind(value, self.what, info.context)
        meant = None if other else closest(value, known)
        allowed = self.words if len(known) > 20 and (meant or other) else ", ".join(sorted(known))
        what = other or f"there is no such {self.what}"
        raise refuse(Finding((), what, given=shown(value), allowed=allowed, meant=meant))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class Names(Kind):
    """A list of names; each entry is checked on its own. `least` is 1 where the list may not be empty."""

    of: Name | Word
    least: int = 1
    unit = ""

    @property
    def kind(self) -> str:
        """What the list holds, in words."""
        return f"list of {self.of.words}"

    @property
    def allowed(self) -> str:
        """The same: the full list comes with the data."""
        return self.of.words

    def shape(self, value: object) -> object:
        """The list, before its entries are looked at."""
        if not isinstance(value, list | tuple):
            meant = f"[{shown(value)}]" if isinstance(value, str) and value else None
            raise refuse(Finding((), "must be a list", given=shown(value), meant=meant))
        if len(value) < self.least:
            raise refuse(Finding((), "is an empty list: nothing would change", given="[]"))
        if len(value) > MOST_NAMES:
            given = f"{len(value)} names"
            raise refuse(Finding((), "is too long a list", given=given, allowed=f"at most {MOST_NAMES}"))
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        names = core_schema.tuple_variable_schema(self.of.__get_pydantic_core_schema__(source, handler))
        return core_schema.no_info_before_validator_function(self.shape, names)


def parameter_range(name: str, vocabulary: Vocabulary | None) -> Range:
    """The legal range of the parameter `name` or `name.buyer`."""
    if vocabulary is None:
        return Range("", -1e300, 1e300)
    rows = vocabulary.parameters
    base, _, buyer = name.partition(".")
    row = rows.get(name) or (rows.get(base) if buyer in vocabulary.buyers else None)
    if row is None:
        if buyer and base in rows:
            known: Iterable[str] = [f"{base}.{one}" for one in vocabulary.buyers]
            what = "there is no such buyer"
        else:
            known, what = rows, "there is no such parameter"
        raise refuse(Finding((), what, given=shown(name), meant=closest(name, known), at_key=True))
    log = str(row.get("scale", "")).startswith("log")
    return Range(str(row.get("unit") or ""), float(row["minimum"]), float(row["maximum"]), log)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known name nearest in spelling, or the only one that holds the word.

    >>> closest("Japan", ["india", "japan_korea_taiwan"])
    'japan_korea_taiwan'
    """
    names = sorted(known)
    holding = [name for name in names if len(word) > 2 and word.lower() in name]
    return nearest(word, names) or (holding[0] if len(holding) == 1 else None)


def _other_kind(value: str, wanted: str, vocabulary: Vocabulary) -> str | None:
    for kind in (STREAM, BUYER, CHOKEPOINT):
        if kind.what != wanted and value in kind.known(vocabulary):
            return f"is a {kind.what}, not a {wanted}"
    return None


STREAM = Name(
    "stream",
    lambda known: frozenset((*known.streams, *known.countries, *known.groups)),
    "stream ids, countries or groups",
)
BUYER = Name("buyer", lambda known: frozenset((*known.buyers, CHINA)), "buyer ids or china")
CHOKEPOINT = Name("chokepoint", lambda known: frozenset(known.chokepoints), "chokepoint names")
BASELINE = Name("baseline", lambda known: frozenset(known.baselines), "baseline names")
