"""What keys say together: alternatives that exclude each other, and months in their order.

These checks look at the raw document, so that they speak up beside problems of single values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.reading.findings import Finding
from simulator.reading.scalars import shown
from simulator.scenario.correlation import twice_findings
from simulator.scenario.shocks import SHOCKS
from simulator.scenario.values import Month

MOST_SHOCKS = 200


def combination_findings(document: Mapping[str, Any]) -> list[Finding]:
    """Keys of a shock that exclude, need or lack each other; shocks and correlations that stand twice."""
    found = []
    seen = set()
    shocks = document.get("shocks")
    if isinstance(shocks, list) and len(shocks) > MOST_SHOCKS:
        found.append(Finding(("shocks",), "are too many", given=str(len(shocks)), allowed=f"at most {MOST_SHOCKS}"))
    for index, shock in _shocks(document):
        kind = shock.get("type")
        if isinstance(kind, str) and kind in SHOCKS:
            given = [key for key, value in shock.items() if value is not None]
            found += [one.under(("shocks", index)) for one in SHOCKS[kind].combination_findings(given)]
            if SHOCKS[kind].once and kind in seen:
                found.append(Finding(("shocks", index, "type"), "can stand only once in a scenario", given=kind))
            seen.add(kind)
    return [*found, *twice_findings(document)]


def timing_findings(document: Mapping[str, Any]) -> list[Finding]:
    """Shocks that end before they start, or start after the scenario is over."""
    first = _month(document.get("start"))
    months = document.get("months")
    last = first + (months - 1) if first and type(months) is int and 1 <= months <= 600 else None
    found = []
    for index, shock in _shocks(document):
        own = shock.get("start")
        start = _month(own) if own is not None else first
        end = _month(shock.get("end"))
        if start and end and end < start:
            allowed = f"{start} or later"
            path = ("shocks", index, "end")
            found.append(Finding(path, "is before the shock's start", given=str(end), allowed=allowed))
        if own is not None and start and last and start > last:
            allowed = f"{last} or earlier"
            path = ("shocks", index, "start")
            found.append(Finding(path, "is after the last month", given=shown(own), allowed=allowed))
    return found


def _shocks(document: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    shocks = document.get("shocks")
    for index, shock in enumerate(shocks if isinstance(shocks, list) else []):
        if isinstance(shock, Mapping):
            yield index, shock


def _month(value: object) -> Month | None:
    try:
        return Month.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
