"""What one person asks: a loaded scenario, and the levers moved since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from simulator.errors import InputError, Problem
from simulator.explorer.levers import BY_NAME, LEVERS, Lever, shaped_by
from simulator.explorer.start import Start
from simulator.inputs.refusals import refuse_impossible
from simulator.reading.scalars import is_number, shown
from simulator.scenario import Scenario
from simulator.scenario.load import from_document

KEY = "scenario"


@dataclass(frozen=True)
class Question:
    """Where the levers started, and the new positions of those that were moved, in the units of the file.

    The same positions make the same scenario, in whatever order they were reached. A lever that was not moved leaves
    its number as loaded, uncertain ones included.
    """

    start: Start
    moves: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario) -> Question:
        """The question that a scenario asks as it is."""
        return cls(Start(scenario))

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with its levers moved, checked as a file is.

        Raises
        ------
        InputError : with every problem.
        """
        asked = from_document(self.document, KEY) if self.moves else self.start.scenario
        refuse_impossible(asked)
        return asked

    @cached_property
    def document(self) -> dict[str, Any]:
        """The same as plain data: loaded shocks in their order, then those of levers that had none."""
        loaded, places = self.start.document, self.start.places
        own = [lever for lever in LEVERS if not lever.of]
        by_place = {places[lever.name]: lever for lever in own if lever.name in places}
        shocks = [
            self._moved_shock(by_place[at], shock) if at in by_place else shock
            for at, shock in enumerate(loaded.get("shocks", []))
        ]
        shocks += [self._moved_shock(lever, {}) for lever in own if lever.name not in places]
        # A summary told what was loaded.
        gone = {"shocks", "summary"} if self.moves else {"shocks"}
        kept = {key: value for key, value in loaded.items() if key not in gone}
        left = [one for one in shocks if one]
        return {**kept, "shocks": left} if left else kept

    def value(self, lever: Lever) -> float:
        """Where a lever stands, in the units of the file; of an uncertain number its mid value."""
        return self.moves.get(lever.name, self.start.values[lever.name])

    def band(self, lever: Lever) -> tuple[float, float] | None:
        """5 and 95 % points of the lever's number, where it is uncertain and was not moved."""
        number = None if lever.name in self.moves else self.start.number(lever)
        return None if number is None or number.is_constant else (number.low, number.high)

    def acts(self, lever: Lever) -> bool:
        """Whether moving it changes anything now: what shapes a shock needs one."""
        return not lever.of or self.value(BY_NAME[lever.of]) != BY_NAME[lever.of].rest

    def moved(self, name: str, value: Any) -> Question:
        """The question with one lever elsewhere.

        Raises
        ------
        InputError : there is no such lever, or it does not go there.
        """
        lever = BY_NAME.get(name)
        if lever is None:
            allowed = ", ".join(BY_NAME)
            raise InputError([Problem("lever", "there is no such lever", given=shown(name), allowed=allowed)])
        low, high = self.start.limits[name]
        if not is_number(value) or not low <= value <= high or (lever.unit == "months" and value % 1):
            allowed = f"{low:g} to {high:g}"
            raise InputError([Problem(name, "is outside its range", given=shown(value), allowed=allowed)])
        return replace(self, moves={**self.moves, name: float(value)})

    def reset(self, name: str | None = None) -> Question:
        """The question with one lever, or all of them, as loaded."""
        return replace(self, moves={other: at for other, at in self.moves.items() if name and other != name})

    def _moved_shock(self, lever: Lever, shock: dict[str, Any]) -> dict[str, Any]:
        """The lever's shock as it is asked for; empty where the lever was moved to rest or never left it."""
        moved = [one for one in (lever, *shaped_by(lever)) if one.name in self.moves]
        if shock and not moved:
            return shock
        if self.value(lever) == lever.rest and (not shock or (lever in moved and not self._counted())):
            return {}
        changed = dict(shock or lever.shock)
        changed.pop("note", None)  # it spoke of the numbers that were there
        for one in (lever, *shaped_by(lever)):
            if one in moved or not shock:
                changed[one.key] = self._entry(one)
        return {key: value for key, value in changed.items() if value is not None}

    def _counted(self) -> bool:
        """Whether the scenario names shocks by their place in the list, so that none may drop out."""
        return bool(self.start.scenario.correlations or self.start.scenario.sweep)

    def _entry(self, lever: Lever) -> Any:
        """A lever's entry in its shock; None for what is as good as left out."""
        value = self.value(lever)
        if lever.key == "end":
            return str(self.start.first(lever) + (int(value) - 1))
        return None if lever.of and value == lever.rest else value
