"""The scenario as the program holds it: checked, frozen, and able to say where each value came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, Field, PrivateAttr

from simulator.errors import InputError, Place, Problem
from simulator.reading.findings import Finding, dotted
from simulator.scenario import timing
from simulator.scenario.checks import timing_findings
from simulator.scenario.correlation import Correlation
from simulator.scenario.fields import Baseline, MonthText, Note, Parameters, SamplingName, Text
from simulator.scenario.ranges import Range, Whole
from simulator.scenario.shock import Shock, Strict, known_keys
from simulator.scenario.shocks import AnyShock
from simulator.scenario.sweeping import Sweeping, SweepKey
from simulator.scenario.values import Distribution, Month


@dataclass(frozen=True)
class Origins:
    """Where every value of the merged scenario was written; None: set from outside the files."""

    places: Mapping[str, Place | None] = field(default_factory=dict)
    root: Place | None = None
    files: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        # Two scenarios that say the same are equal, wherever they were written.
        return isinstance(other, Origins)

    def __hash__(self) -> int:
        return 0


class Scenario(Strict):
    """One question to the model: a baseline, a stretch of months, and what happens in it.

    Build it with `load_scenario`, which checks names and combinations as well.
    """

    schema_version: Annotated[int, Whole("", 1, 1)] = Field(alias="schema", description="edition of the file format")
    name: Annotated[str, Text(100)] = Field("scenario", description="title; left out: the file's name")
    extends: Annotated[str, Text(500)] | None = Field(
        None, description="a parent scenario in the same folder tree, whose keys this one takes over"
    )
    summary: Annotated[str, Text(1000)] | None = Field(None, description="one sentence for readers")
    baseline: Baseline = Field(description="the market everything is compared with")
    start: MonthText = Field(description="first simulated month")
    months: Annotated[int, Whole("months", 1, 600)] = Field(description="number of simulated months")
    draws: Annotated[int, Whole("draws", 1, 10_000_000)] | None = Field(
        None, description="sets of uncertain parameters; 1: every parameter at its mid value"
    )
    sampling: SamplingName | None = Field(
        None,
        description="where random numbers come from; sobol and latin_hypercube fill the space evenly, so that means "
        "and bands settle with fewer draws, sobol best at powers of two; left out: monte_carlo",
    )
    parameters: Parameters = Field(
        default_factory=dict, description="parameters to override, in baseline and scenario alike"
    )
    shocks: tuple[AnyShock, ...] = Field((), description="what happens, in any order")
    sweep: Annotated[Sweeping, SweepKey()] | None = Field(
        None, description="what `oilsim sweep` varies; `oilsim run` ignores it"
    )
    correlations: tuple[Correlation, ...] = Field(
        (),
        description="uncertain numbers that move together, each pair as {between: [path, path], rank: r}; those of a "
        "parent hold too, but for pairs given anew",
    )
    note: Note | None = Field(None, description="a remark for readers; the model ignores it")

    _origins: Origins = PrivateAttr(default_factory=Origins)

    @property
    def last(self) -> Month:
        """The last simulated month."""
        return self.start + (self.months - 1)

    @property
    def calendar(self) -> tuple[Month, ...]:
        """Every simulated month, in order."""
        return tuple(self.start + k for k in range(self.months))

    @property
    def month_labels(self) -> tuple[str, ...]:
        """The same as YYYY-MM."""
        return tuple(str(month) for month in self.calendar)

    def span(self, shock: Shock) -> tuple[Month, Month]:
        """First and last month of `shock`, the scenario's own where it names none."""
        return shock.start or self.start, shock.end or self.last

    def strength(self, shock: Shock) -> tuple[float, ...]:
        """Strength of `shock` in each simulated month, 0 to 1."""
        start, end = self.span(shock)
        return timing.strength(self.calendar, start, end, shock.ramp_months, shock.recovery_months)

    def months_since_full(self, shock: Shock) -> tuple[int, ...]:
        """Months since `shock` first stood at full strength: the clock of its half-life."""
        return timing.months_since_full(self.calendar, self.span(shock)[0], shock.ramp_months)

    @property
    def files(self) -> tuple[str, ...]:
        """The files this scenario was put together from, its own first."""
        return self._origins.files

    def uncertain(self) -> dict[str, tuple[Distribution, Range]]:
        """Every number of the shocks that is uncertain, with its legal range, by dotted path."""
        return {
            f"shocks.{index}.{key}": (value, shock.limits(key))
            for index, shock in enumerate(self.shocks)
            for key, value in shock
            if isinstance(value, Distribution) and not value.is_constant
        }

    def place(self, path: str) -> Place | None:
        """Where the value at a dotted path was written; None for defaults and values set from outside."""
        return self._origins.places.get(path)

    def origin(self, path: str) -> str:
        """Where a value came from: `file:line`, `--set` or `default`."""
        if path not in self._origins.places:
            return "default"
        place = self._origins.places[path]
        return f"{place.file}:{place.line}" if place else "--set"

    def problem(
        self,
        path: str,
        what: str,
        *,
        given: object | None = None,
        allowed: str | None = None,
        meant: str | None = None,
    ) -> Problem:
        """A problem at a dotted path, found after loading; placed at the nearest value written down."""
        parts = path.split(".")
        places = self._origins.places
        written = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        nearest = next((places[one] for one in written if one in places), self._origins.root)
        return Problem(path, what, nearest, given, allowed, meant)

    def with_horizon(self, months: int) -> Scenario:
        """The same scenario over another number of months; an InputError where a shock falls outside."""
        changed = type(self).model_validate({**as_given(self), "months": months})
        changed._origins = self._origins
        found = timing_findings(to_document(changed))
        if found:
            raise InputError([changed._placed(one) for one in found])
        return changed

    def _placed(self, found: Finding) -> Problem:
        return self.problem(dotted(found.path), found.what, given=found.given, allowed=found.allowed)


def to_document(scenario: Scenario) -> dict[str, Any]:
    """The merged scenario as plain data: the same content always gives the same document.

    It loads back into the same scenario. Keys stand in the schema's order, what was left out stays out,
    lists of names, which are sets, are sorted; `extends` is gone, for its work is done.
    """
    document = _document(scenario)
    document.pop("extends", None)
    return document


def as_given(model: BaseModel) -> dict[str, Any]:
    """The fields of a model by the file's spelling, values untouched."""
    names = {field.alias or name: name for name, field in type(model).model_fields.items()}
    return {key: getattr(model, names[key]) for key in known_keys(type(model))}


def _document(model: BaseModel) -> dict[str, Any]:
    return {key: _plain(value) for key, value in as_given(model).items() if value is not None and value != ()}


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return _document(value)
    if isinstance(value, Distribution | Sweeping):
        return value.plain()
    if isinstance(value, Month):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in sorted(value.items())}
    if isinstance(value, tuple):
        if all(isinstance(item, str) for item in value):
            return sorted(set(value))
        return [_plain(item) for item in value]
    return value
