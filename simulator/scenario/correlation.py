"""Two uncertain numbers that move together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from simulator.reading.findings import Finding
from simulator.reading.scalars import is_number, shown
from simulator.scenario.kinds import Kind, refuse
from simulator.scenario.shock import Strict


@dataclass(frozen=True)
class Pair(Kind):
    """Two different paths; their order means nothing."""

    kind = "list of two paths"
    unit = ""
    allowed = "two uncertain numbers, as [shocks.0.loss_share, parameters.fear]"

    def read(self, value: object) -> tuple[str, ...]:
        """The paths, sorted."""
        if not isinstance(value, list | tuple) or len(value) != 2:
            what = "must be a list of two paths"
            raise refuse(Finding((), what, given=shown(value), allowed=self.allowed))
        wrong = [(at, one) for at, one in enumerate(value) if not isinstance(one, str) or not one]
        if wrong:
            raise refuse(*(Finding((at,), "must be a path", given=shown(one)) for at, one in wrong))
        if value[0] == value[1]:
            raise refuse(Finding((), "names one number twice", given=shown(value)))
        return tuple(sorted(value))


@dataclass(frozen=True)
class Rank(Kind):
    """A rank correlation."""

    kind = "number"
    unit = ""
    allowed = "above -1 and below 1"

    def read(self, value: object) -> float:
        """The correlation."""
        if not is_number(value):
            raise refuse(Finding((), "must be a number", given=shown(value), allowed=self.allowed))
        if not -1 < value < 1:  # type: ignore[operator]
            percent = 1 < abs(value) < 100  # type: ignore[arg-type]
            meant = f"{value / 100:g}" if percent else None  # type: ignore[operator]
            raise refuse(Finding((), "is outside its range", given=shown(value), allowed=self.allowed, meant=meant))
        return float(value)  # type: ignore[arg-type]


class Correlation(Strict):
    """Two uncertain numbers whose draws rise and fall together, or against each other."""

    between: Annotated[tuple[str, ...], Pair()] = Field(
        description="the two numbers by their dotted paths, shocks counted from 0 in the merged scenario; parameters "
        "that were fitted to history only where this scenario overrides them"
    )
    rank: Annotated[float, Rank()] = Field(description="rank correlation (Spearman) of their draws")


def pair(entry: Any) -> frozenset[str] | None:
    """The two paths of an entry of the raw document, None where it holds none."""
    between = entry.get("between") if isinstance(entry, Mapping) else None
    if not isinstance(between, list | tuple) or len(between) != 2 or not all(isinstance(one, str) for one in between):
        return None
    return frozenset(between)


def twice_findings(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Pairs that stand twice in a list of correlations."""
    entries = document.get("correlations")
    seen = set()
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        found = pair(entry)
        if found in seen:
            yield Finding(("correlations", index, "between"), "is given twice", given=shown(entry["between"]))
        seen |= {found} - {None}
