"""The shocks a scenario can hold, one class each: its keys, their meaning and their limits.

A field is the only place where a key is described. Adding a shock means adding a class here and its name
to `SHOCKS`.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from simulator.scenario.fields import (
    Buyers,
    Chokepoint,
    DemandChange,
    Dollars,
    DutyRate,
    Exceptions,
    HalfLife,
    Months,
    MonthText,
    Note,
    Share,
    Streams,
    Volume,
    VolumeChange,
    kind_of,
)
from simulator.scenario.findings import Finding
from simulator.scenario.kinds import refuse
from simulator.scenario.ranges import Range

LATER_SHOCKS = (
    "fleet_sanction",
    "price_cap",
    "secondary_tariff",
    "purchase_commitment",
    "energy_commitment",
    "stock_release",
    "stock_fill",
)
LATER_KEYS = ("perceived_loss_kbd", "perceived_months")


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
    """What every shock has: when it starts and ends, and how it builds up and fades."""

    one_of: ClassVar[tuple[str, ...]] = ()
    some_of: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[dict[str, str]] = {}

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


class SupplyOutage(Shock):
    """Exports that are lost: an outage, a strike, a war, a sanction on output."""

    one_of = ("loss_share", "loss_kbd")

    type: Literal["supply_outage"] = Field(description="exports are lost")
    streams: Streams = Field(description="what is lost")
    loss_share: Share | None = Field(None, description="part lost of what each stream would export at any price")
    loss_kbd: Volume | None = Field(None, description="volume lost over all listed streams, split by base flow")


class Capacity(Shock):
    """Export capacity that is added, or taken away for good."""

    type: Literal["capacity"] = Field(description="export capacity changes")
    streams: Streams = Field(description="whose capacity changes")
    change_kbd: VolumeChange = Field(
        description="new capacity (above 0) or lost (below 0) over all listed streams, split by base flow"
    )


class ChokepointClosure(Shock):
    """A strait or canal that is closed in part, or that has become dangerous."""

    some_of = ("closed_share", "war_risk_usd_bbl")
    needs: ClassVar[dict[str, str]] = {"bypass_kbd": "closed_share"}

    type: Literal["chokepoint"] = Field(description="a passage is closed or dangerous")
    chokepoint: Chokepoint = Field(description="the passage")
    closed_share: Share | None = Field(None, description="part of normal traffic that stops")
    bypass_kbd: Volume | None = Field(
        None, description="volume that can go round by pipe in all; left out: what the data has"
    )
    war_risk_usd_bbl: Dollars | None = Field(None, description="added to the freight of cargo that crosses, in cash")
    except_streams: Exceptions = Field((), description="streams that are let through at no extra cost")


class Sanction(Shock):
    """Buyers who are told not to buy: some stop, the rest see a risk."""

    some_of = ("leave_share", "risk_usd_bbl")

    type: Literal["sanction"] = Field(description="buyers leave, or see a risk")
    streams: Streams = Field(description="what is sanctioned")
    buyers: Buyers = Field(description="who is told not to buy")
    leave_share: Share | None = Field(None, description="part of these buyers' units that stop buying")
    risk_usd_bbl: Dollars | None = Field(
        None, description="perceived cost added for those that stay; steers choices, never in a bill"
    )
    half_life_months: HalfLife | None = Field(
        None,
        description="half the effect is gone after so many months at full strength, as workarounds form; "
        "left out: the parameter workaround_half_life_months",
    )


class Embargo(Shock):
    """Buyers who stop altogether."""

    type: Literal["embargo"] = Field(description="every one of these buyers leaves")
    streams: Streams = Field(description="what is no longer bought")
    buyers: Buyers = Field(description="who no longer buys")


class Tariff(Shock):
    """An import duty on top of the one in force."""

    one_of = ("rate", "usd_bbl")

    type: Literal["tariff"] = Field(description="an import duty changes")
    streams: Streams = Field(description="whose crude pays it")
    buyers: Buyers = Field(description="whose imports pay it")
    rate: DutyRate | None = Field(
        None, description="added to the duty in force, as a fraction of the price; -0.2 lifts a duty of 20 %"
    )
    usd_bbl: Dollars | None = Field(None, description="added to the duty in force, per barrel")


class Discount(Shock):
    """The seller's price to some buyers, or to all, changes."""

    type: Literal["discount"] = Field(description="the seller changes his price")
    streams: Streams = Field(description="whose price changes")
    buyers: Buyers | None = Field(None, description="to whom; left out: the seller's whole offer shifts")
    change_usd_bbl: Dollars = Field(description="added to the price, in cash; below 0 is a deeper discount")


class Freight(Shock):
    """Freight that gets dearer or cheaper on some routes."""

    type: Literal["freight"] = Field(description="freight changes")
    streams: Streams = Field(description="whose cargo")
    buyers: Buyers = Field(description="on the way to whom")
    change_usd_bbl: Dollars = Field(description="added to the freight")


class Demand(Shock):
    """Buyers who need more or less crude at any price."""

    one_of = ("change_share", "change_kbd")

    type: Literal["demand"] = Field(description="the need for crude changes")
    buyers: Buyers = Field(description="whose need")
    change_share: DemandChange | None = Field(None, description="change as a part of the base need")
    change_kbd: VolumeChange | None = Field(None, description="change over all listed buyers, split by base flow")


AnyShock = Annotated[
    SupplyOutage | Capacity | ChokepointClosure | Sanction | Embargo | Tariff | Discount | Freight | Demand,
    Field(discriminator="type"),
]

SHOCKS: dict[str, type[Shock]] = {
    "supply_outage": SupplyOutage,
    "capacity": Capacity,
    "chokepoint": ChokepointClosure,
    "sanction": Sanction,
    "embargo": Embargo,
    "tariff": Tariff,
    "discount": Discount,
    "freight": Freight,
    "demand": Demand,
}


def known_fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model as the file spells them; what all shocks share stands last."""
    fields = model.model_fields
    shared = Shock.model_fields if issubclass(model, Shock) else {}
    order = [name for name in fields if name not in shared] + [name for name in fields if name in shared]
    return {fields[name].alias or name: fields[name] for name in order}


def known_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of a model as the file spells them."""
    return tuple(known_fields(model))
