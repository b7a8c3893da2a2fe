"""What one person asks: a loaded scenario, and the levers moved since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from simulator import datasets
from simulator.errors import InputError, Problem
from simulator.explorer.levers import BY_NAME, LEVERS, Lever, shaped_by
from simulator.inputs.refusals import refuse_impossible
from simulator.reading.scalars import is_number, shown
from simulator.scenario import Distribution, Month, Scenario, to_document
from simulator.scenario.load import from_document

KEY = "scenario"


@dataclass(frozen=True)
class Question:
    """A scenario as it was loaded, and the new positions of levers, in the units of the file.

    The same positions make the same scenario, in whatever order they were reached. A lever that was not moved leaves
    its number as loaded, uncertain ones included.
    """

    loaded: Scenario
    moves: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with its levers moved, checked as a file is.

        Raises
        ------
        InputError : with every problem.
        """
        asked = from_document(self.document, KEY) if self.moves else self.loaded
        refuse_impossible(asked)
        return asked

    @cached_property
    def document(self) -> dict[str, Any]:
        """The same as plain data: loaded shocks in their order, then those of levers that had none."""
        document = to_document(self.loaded)
        shocks = document.get("shocks", [])
        places = {place: lever for lever in LEVERS if not lever.of and (place := self._place(lever)) is not None}
        kept = [self._moved_shock(places[at], one) if at in places else one for at, one in enumerate(shocks)]
        new = [self._moved_shock(lever, {}) for lever in LEVERS if not lever.of and lever not in places.values()]
        document.pop("shocks", None)
        if self.moves:
            document.pop("summary", None)  # it told what was loaded
        left = [one for one in (*kept, *new) if one]
        return {**document, "shocks": left} if left else document

    def value(self, lever: Lever) -> float:
        """Where a lever stands, in the units of the file; of an uncertain number its mid value."""
        return self.moves.get(lever.name, self.loaded_value(lever))

    def loaded_value(self, lever: Lever) -> float:
        """Where it stood when the scenario was loaded."""
        shock = self._loaded_shock(lever)
        if shock is None:
            return min(lever.rest, self.limits(lever)[1])
        if lever.key == "end":
            first, last = self.loaded.span(shock)
            return float(min(last, self.loaded.last) - first + 1)
        found = getattr(shock, lever.key)
        return float(found.mid) if isinstance(found, Distribution) else lever.rest

    def band(self, lever: Lever) -> tuple[float, float] | None:
        """5 and 95 % points of the lever's number, where it is uncertain and was not moved."""
        shock = self._loaded_shock(lever)
        found = None if shock is None or lever.name in self.moves else getattr(shock, lever.key)
        if not isinstance(found, Distribution) or found.is_constant:
            return None
        return found.low, found.high

    def months(self, lever: Lever) -> tuple[Month, Month] | None:
        """First and last month at strength of a loaded shock of this lever; None where it has none."""
        shock = self._loaded_shock(lever)
        return None if shock is None else self.loaded.span(shock)

    def limits(self, lever: Lever) -> tuple[float, float]:
        """How far a lever goes here: no duty below 0, no closure beyond the last month, never less than was loaded."""
        low, high = lever.low, lever.high
        shock = self._loaded_shock(lever)
        if lever.key == "end":
            first = self.loaded.start if shock is None else self.loaded.span(shock)[0]
            return low, float(self.loaded.last - first + 1)
        if lever.name == "us_duty":
            low = -duty_in_force(self.loaded.baseline)
        found = None if shock is None else getattr(shock, lever.key)
        given = found.mid if isinstance(found, Distribution) else lever.rest
        return min(low, given), max(high, given)

    def moved(self, name: str, value: object) -> Question:
        """The question with one lever elsewhere.

        Raises
        ------
        InputError : there is no such lever, or it does not go there.
        """
        lever = BY_NAME.get(name)
        if lever is None:
            raise InputError(
                [Problem("lever", "there is no such lever", given=shown(name), allowed=", ".join(BY_NAME))]
            )
        low, high = self.limits(lever)
        whole = lever.unit != "months" or (is_number(value) and float(value) == int(float(value)))  # type: ignore[arg-type]
        if not is_number(value) or not low <= float(value) <= high or not whole:  # type: ignore[arg-type]
            raise InputError(
                [Problem(name, "is outside its range", given=shown(value), allowed=f"{low:g} to {high:g}")]
            )
        return replace(self, moves={**self.moves, name: float(value)})  # type: ignore[arg-type]

    def reset(self, name: str | None = None) -> Question:
        """The question with one lever, or all of them, as loaded."""
        return replace(self, moves={other: at for other, at in self.moves.items() if name and other != name})

    def others(self) -> Iterator[dict[str, Any]]:
        """The shocks of the loaded scenario that no lever moves."""
        taken = {self._place(lever) for lever in LEVERS}
        return (one for at, one in enumerate(to_document(self.loaded).get("shocks", [])) if at not in taken)

    def acts(self, lever: Lever) -> bool:
        """Whether moving it changes anything now: what shapes a shock needs one."""
        return not lever.of or self.value(BY_NAME[lever.of]) != BY_NAME[lever.of].rest

    def _moved_shock(self, lever: Lever, shock: dict[str, Any]) -> dict[str, Any]:
        """The lever's shock as it is asked for; empty where the lever was moved to rest or never left it."""
        moved = [one for one in (lever, *shaped_by(lever)) if one.name in self.moves]
        if shock and not moved:
            return shock
        if self.value(lever) == lever.rest and (not shock or (lever in moved and not self._counted())):
            return {}
        changed = dict(shock or {**lever.shock, lever.key: lever.rest})
        changed.pop("note", None)  # it spoke of the numbers that were there
        for one in (lever, *shaped_by(lever)):
            if one in moved or not shock:
                changed |= self._number(one, changed)
        return {key: value for key, value in changed.items() if value is not None}

    def _counted(self) -> bool:
        """Whether the scenario names shocks by their place in the list, so that none may drop out."""
        return bool(self.loaded.correlations or self.loaded.sweep)

    def _number(self, lever: Lever, shock: Mapping[str, Any]) -> dict[str, Any]:
        """A lever's entry in its shock; None takes out what is as good as left out."""
        value = self.value(lever)
        if lever.key == "end":
            first = Month.parse(shock["start"]) if "start" in shock else self.loaded.start
            return {"end": str(first + (int(value) - 1))}
        return {lever.key: None if lever.of and value == lever.rest else value}

    def _loaded_shock(self, lever: Lever) -> Any:
        place = self._place(lever)
        return None if place is None else self.loaded.shocks[place]

    def _place(self, lever: Lever) -> int | None:
        """Which of the loaded shocks a lever moves: the first that is its own."""
        owner = BY_NAME[lever.of] if lever.of else lever
        return next((at for at, shock in enumerate(self.loaded.shocks) if _is_own(owner, shock)), None)


def duty_in_force(baseline: str) -> float:
    """The duty China charges on American crude in a baseline, as a part of the price; the least of its streams'."""
    ours = datasets.vocabulary().expand_streams(["us"])
    rates = {row["stream"]: float(row["rate"]) for row in datasets.duties(baseline) if row["buyer"] == "china"}
    return min(rates.get(stream, 0.0) for stream in ours)


def _is_own(lever: Lever, shock: Any) -> bool:
    if shock.type != lever.shock["type"] or getattr(shock, lever.key) is None:
        return False
    return all(_meant(key, getattr(shock, key)) == _meant(key, lever.shock[key]) for key in lever.known_by)


def _meant(key: str, names: Any) -> Any:
    """What names stand for: the same crude or buyers may be written in several ways."""
    words = datasets.vocabulary()
    expand = {"streams": words.expand_streams, "buyers": words.expand_buyers}.get(key)
    return expand(names) if expand else names
