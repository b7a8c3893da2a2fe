"""The shocks a scenario can hold, one class each: its keys, their meaning and their limits.

A field is the only place where a key is described. Adding a shock means adding a class here, or among the
policies, and its name to `SHOCKS`.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from simulator.scenario.fields import (
    Buyers,
    Chokepoint,
    DemandChange,
    Dollars,
    DutyRate,
    Exceptions,
    FearedMonths,
    HalfLife,
    Share,
    Streams,
    Volume,
    VolumeChange,
)
from simulator.scenario.policies import (
    EnergyCommitment,
    FleetSanction,
    PriceCap,
    PurchaseCommitment,
    SecondaryTariff,
    StockFill,
    StockRelease,
)
from simulator.scenario.shock import Shock


class SupplyOutage(Shock):
    """Exports that are lost: an outage, a strike, a war, a sanction on output."""

    one_of = ("loss_share", "loss_kbd")

    type: Literal["supply_outage"] = Field(description="exports are lost")
    streams: Streams = Field(description="what is lost")
    loss_share: Share | None = Field(None, description="part lost of what each stream would export at any price")
    loss_kbd: Volume | None = Field(None, description="volume lost over all listed streams, split by base flow")
    perceived_loss_kbd: Volume | None = Field(
        None, description="loss the market fears, whatever is lost in fact; left out: the loss itself"
    )
    perceived_months: FearedMonths | None = Field(
        None, description="months, from the first, in which that loss is feared; left out: the first alone"
    )


class Capacity(Shock):
    """Export capacity that is added, or taken away for good."""

    type: Literal["capacity"] = Field(description="export capacity changes")
    streams: Streams = Field(description="whose capacity changes")
    change_kbd: VolumeChange = Field(
        description="new capacity (above 0) or lost (below 0) over all listed streams, split by base flow"
    )


class ChokepointClosure(Shock):
    """A strait or canal that is closed in part, or that has become dangerous."""

    some_of = ("closed_share", "war_risk_usd_bbl", "perceived_loss_kbd")
    needs: ClassVar[dict[str, str]] = {"bypass_kbd": "closed_share"}

    type: Literal["chokepoint"] = Field(description="a passage is closed or dangerous")
    chokepoint: Chokepoint = Field(description="the passage")
    closed_share: Share | None = Field(None, description="part of normal traffic that stops")
    bypass_kbd: Volume | None = Field(
        None, description="volume that can go round by pipe in all; left out: what the data has"
    )
    war_risk_usd_bbl: Dollars | None = Field(None, description="added to the freight of cargo that crosses, in cash")
    except_streams: Exceptions = Field((), description="streams that are let through at no extra cost")
    perceived_loss_kbd: Volume | None = Field(
        None, description="loss the market fears, whatever is lost in fact; left out: the loss itself"
    )
    perceived_months: FearedMonths | None = Field(
        None, description="months, from the first, in which that loss is feared; left out: the first alone"
    )


class Sanction(Shock):
    """Buyers who are told not to buy: some stop, the rest see a risk.

    What they will do is given (`leave_share`, `risk_usd_bbl`), or left to how such buyers behaved before
    (`exposed_share`), or part of it so and part of it so.
    """

    some_of = ("leave_share", "exposed_share", "risk_usd_bbl")

    type: Literal["sanction"] = Field(description="buyers leave, or see a risk")
    streams: Streams = Field(description="what is sanctioned")
    buyers: Buyers = Field(description="who is told not to buy")
    leave_share: Share | None = Field(None, description="part of these buyers' units that stop buying")
    exposed_share: Share | None = Field(
        None,
        description="part of these buyers' units that the measure reaches; where leave_share is left out the parameter "
        "compliance_share says how many of those stop, and where risk_usd_bbl is, sanction_risk_usd_bbl times this "
        "share what the rest fear",
    )
    risk_usd_bbl: Dollars | None = Field(
        None, description="perceived cost added for those that stay; steers choices, never in a bill"
    )
    half_life_months: HalfLife | None = Field(
        None,
        description="half the effect is gone after so many months at full strength, as workarounds form; with it, "
        "relief (a risk below 0) comes in the same way instead of at once. Left out: the parameter "
        "workaround_half_life_months, and return_half_life_months for those whose leaving is left to experience",
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
    SupplyOutage
    | Capacity
    | ChokepointClosure
    | Sanction
    | FleetSanction
    | Embargo
    | PriceCap
    | Tariff
    | SecondaryTariff
    | PurchaseCommitment
    | EnergyCommitment
    | Discount
    | Freight
    | Demand
    | StockRelease
    | StockFill,
    Field(discriminator="type"),
]

SHOCKS: dict[str, type[Shock]] = {
    "supply_outage": SupplyOutage,
    "capacity": Capacity,
    "chokepoint": ChokepointClosure,
    "sanction": Sanction,
    "fleet_sanction": FleetSanction,
    "embargo": Embargo,
    "price_cap": PriceCap,
    "tariff": Tariff,
    "secondary_tariff": SecondaryTariff,
    "purchase_commitment": PurchaseCommitment,
    "energy_commitment": EnergyCommitment,
    "discount": Discount,
    "freight": Freight,
    "demand": Demand,
    "stock_release": StockRelease,
    "stock_fill": StockFill,
}
