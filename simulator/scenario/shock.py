"""What every shock has in common: its months, and which of its keys go together."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from simulator.reading.findings import Finding
from simulator.scenario.fields import Months, MonthText, Note, kind_of
from simulator.scenario.kinds import refuse
from simulator.scenario.ranges import Range


class Strict(BaseModel):
    """Frozen, no unknown keys; a key set to null is as if left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = known_keys(cls)
        return {key: value for key, value in data.items() if value is not None or key not in known}


class Shock(Strict):
    """What every shock has: when it starts and ends, and how it builds up and fades.

    Of `one_of` a shock gives exactly one key, of `some_of` at least one; `needs` names the key without which
    another has no effect; `once` marks a shock that can stand only once in a scenario.
    """

    one_of: ClassVar[tuple[str, ...]] = ()
    some_of: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[dict[str, str]] = {}
    once: ClassVar[bool] = False

    start: MonthText | None = Field(None, description="first month; left out: the scenario's first month")
    end: MonthText | None = Field(None, description="last month at strength, inclusive; left out: the scenario's last")
    ramp_months: Months = Field(
        0, description="months of build-up in equal steps before full strength; 0: full at once"
    )
    recovery_months: Months = Field(0, description="months of partial strength after the end, falling in equal steps")
    note: Note | None = Field(None, description="a remark for readers; the model ignores it")

    @classmethod
    def combination_findings(cls, given: Container[str]) -> list[Finding]:
        """What is wrong with the keys taken together, whatever their values."""
        found = []
        present = [key for key in cls.one_of if key in given]
        choice = " or ".join(cls.one_of or cls.some_of)
        found += [Finding((key,), f"cannot stand beside {present[0]}", at_key=True) for key in present[1:]]
        if (cls.one_of and not present) or (cls.some_of and not any(key in given for key in cls.some_of)):
            found.append(Finding((), f"needs {choice}", missing=True))
        for key, other in cls.needs.items():
            if key in given and other not in given:
                found.append(Finding((key,), f"has no effect without {other}", at_key=True))
        return found

    @classmethod
    def limits(cls, key: str) -> Range:
        """Unit and legal range of a number of this shock; draws are cut there."""
        kind = kind_of(cls.model_fields[key])
        assert isinstance(kind, Range)
        return kind

    @model_validator(mode="after")
    def _combination(self) -> Self:
        given = [key for key in type(self).model_fields if getattr(self, key) is not None]
        if found := self.combination_findings(given):
            raise refuse(*found)
        return self


def known_fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model as the file spells them; what all shocks share stands last."""
    fields = model.model_fields
    shared = Shock.model_fields if issubclass(model, Shock) else {}
    order = [name for name in fields if name not in shared] + [name for name in fields if name in shared]
    return {fields[name].alias or name: fields[name] for name in order}


def known_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of a model as the file spells them."""
    return tuple(known_fields(model))
