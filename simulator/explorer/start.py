"""A scenario as it was loaded, seen through the levers: which of its shocks each moves, and how far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simulator import datasets
from simulator.explorer.levers import BY_NAME, LEVERS, Lever
from simulator.scenario import Distribution, Month, Scenario, to_document


@dataclass(frozen=True)
class Start:
    """Where the levers of a page start."""

    scenario: Scenario

    @cached_property
    def document(self) -> dict[str, Any]:
        """The scenario as plain data; not to be changed."""
        return to_document(self.scenario)

    @cached_property
    def places(self) -> dict[str, int]:
        """Which shock each lever moves, by its place in the list: the first that is its own."""
        found = {}
        for lever in LEVERS:
            owner = BY_NAME[lever.of] if lever.of else lever
            own = (at for at, shock in enumerate(self.scenario.shocks) if _is_own(owner, shock))
            if (place := next(own, None)) is not None:
                found[lever.name] = place
        return found

    @cached_property
    def values(self) -> dict[str, float]:
        """Where each lever stands, in the units of the file; of an uncertain number its mid value."""
        return {lever.name: self._value(lever) for lever in LEVERS}

    @cached_property
    def limits(self) -> dict[str, tuple[float, float]]:
        """How far each goes here: no duty below 0, no closure beyond the last month, never less than was loaded."""
        return {lever.name: self._limits(lever) for lever in LEVERS}

    @cached_property
    def duty(self) -> float:
        """The duty China charges on American crude, as a part of the price; the least of its streams'."""
        ours = datasets.vocabulary().expand_streams(["us"])
        duties = [row for row in datasets.duties(self.scenario.baseline) if row["buyer"] == "china"]
        rates = {row["stream"]: float(row["rate"]) for row in duties}
        return min(rates.get(stream, 0.0) for stream in ours)

    def shock(self, lever: Lever) -> Any:
        """The loaded shock that a lever moves; None where it has none."""
        place = self.places.get(lever.name)
        return None if place is None else self.scenario.shocks[place]

    def number(self, lever: Lever) -> Distribution | None:
        """The loaded number that a lever moves; None where there is none."""
        shock = self.shock(lever)
        found = None if shock is None else getattr(shock, lever.key)
        return found if isinstance(found, Distribution) else None

    def others(self) -> list[dict[str, Any]]:
        """The shocks that no lever moves."""
        taken = set(self.places.values())
        return [one for at, one in enumerate(self.document.get("shocks", [])) if at not in taken]

    def _value(self, lever: Lever) -> float:
        if lever.key == "end" and (shock := self.shock(lever)) is not None:
            first, last = self.scenario.span(shock)
            return float(min(last, self.scenario.last) - first + 1)
        if lever.key == "end":
            return min(lever.rest, float(self.scenario.months))
        number = self.number(lever)
        return lever.rest if number is None else float(number.mid)

    def _limits(self, lever: Lever) -> tuple[float, float]:
        if lever.key == "end":
            return lever.low, float(self.scenario.last - self.first(lever) + 1)
        low = -self.duty if lever.name == "us_duty" else lever.low
        value = self.values[lever.name]
        return min(low, value), max(lever.high, value)

    def first(self, lever: Lever) -> Month:
        """The first month of a lever's shock, the scenario's own where it has none."""
        shock = self.shock(lever)
        return self.scenario.start if shock is None else self.scenario.span(shock)[0]


def _is_own(lever: Lever, shock: Any) -> bool:
    if shock.type != lever.shock["type"] or getattr(shock, lever.key) is None:
        return False
    return all(_meant(key, getattr(shock, key)) == _meant(key, lever.shock[key]) for key in lever.known_by)


def _meant(key: str, names: Any) -> Any:
    """What names stand for: the same crude or buyers may be written in several ways."""
    words = datasets.vocabulary()
    expand = {"streams": words.expand_streams, "buyers": words.expand_buyers}.get(key)
    return expand(names) if expand else names
