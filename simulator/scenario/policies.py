"""Shocks that governments decide on: sanctions on ships, caps, threats, promises to buy, reserves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simulator.scenario.fields import (
    Buyers,
    Cap,
    Coalition,
    CommodityName,
    EnergyPrice,
    ExistingRate,
    FleetName,
    HalfLife,
    Others,
    PenaltyRate,
    Purchase,
    ResponseName,
    Share,
    Shipped,
    Stored,
    Streams,
    Subsidy,
    Target,
    Volume,
)
from simulator.scenario.shock import Shock
from simulator.scenario.values import Distribution


class FleetSanction(Shock):
    """Tankers that can no longer carry: freight rises for whoever needs them."""

    type: Literal["fleet_sanction"] = Field(description="tankers are taken out of service")
    fleet: FleetName = Field(description="whose tankers: those of the sanctioned trade, or all others")
    fleet_loss_share: Share = Field(description="part of the fleet's capacity that is lost")
    half_life_months: HalfLife | None = Field(
        None,
        description="half of the loss is made good after so many months at full strength, as other ships are found; "
        "left out: the parameter workaround_half_life_months",
    )


class PriceCap(Shock):
    """A ceiling above which ships and insurers of the coalition may not carry the crude."""

    type: Literal["price_cap"] = Field(description="shipping is refused above a price")
    streams: Streams = Field(description="whose crude is capped")
    cap_usd_bbl: Cap = Field(description="the ceiling, on the price at the port of loading")
    coalition_shipping_share: Share = Field(
        description="part of the cargo that coalition ships carry where the cap does not bind"
    )


class SecondaryTariff(Shock):
    """A threat: all goods of a country pay a duty unless it stops buying the crude."""

    once = True

    type: Literal["secondary_tariff"] = Field(description="a duty on all goods of a buyer of the crude")
    coalition: Coalition = Field(description="who imposes it")
    target: Target = Field("china", description="who is threatened")
    streams: Streams = Field(description="the crude that is not to be bought")
    threshold_kbd: Volume = Field(
        Distribution.constant(0.0), description="purchases over all listed streams that go unpunished"
    )
    rate: PenaltyRate = Field(description="added to the duty on the target's goods; 5.0 is 500 %")
    existing_rate: ExistingRate | None = Field(
        None, description="duty on these goods already in force; left out: what the data has"
    )
    enforcement_probability: Share = Field(
        Distribution.constant(1.0), description="how likely the threat is carried out"
    )
    diversion_share: Share | None = Field(
        None, description="part of the lost exports sold elsewhere; left out: the parameter diversion_share"
    )
    others: Others = Field(
        Distribution.constant(0.0),
        description="what other threatened buyers do: free (0) buy on, comply (1) stop, or the part of them that stops",
    )
    response: ResponseName = Field(
        "least_cost", description="what the target does: the cheaper of the two, or always the one named"
    )


class PurchaseCommitment(Shock):
    """A promise to buy at least so much; what the market would not buy by itself needs a subsidy."""

    one_of = ("volume_kbd", "value_usd_bn_year")

    type: Literal["purchase_commitment"] = Field(description="buyers promise a least purchase")
    buyers: Buyers = Field(description="who promises")
    streams: Streams = Field(description="what is to be bought")
    volume_kbd: Volume | None = Field(None, description="least purchase over all listed buyers and streams")
    value_usd_bn_year: Purchase | None = Field(
        None, description="the same as a value, at last month's delivered prices"
    )
    max_subsidy_usd_bbl: Subsidy | None = Field(
        None,
        description="most the promise may cost per barrel; beyond it the promise is missed; left out: 500, the most",
    )


class EnergyCommitment(Shock):
    """A promise to buy another fuel: costed beside the crude market, which it leaves as it is."""

    type: Literal["energy_commitment"] = Field(description="a promise to buy another fuel")
    commodity: CommodityName = Field(description="the fuel")
    volume_mt_year: Shipped = Field(description="what is to be bought")
    price_usd_mmbtu: EnergyPrice = Field(description="its price, delivered")
    alternative_usd_mmbtu: EnergyPrice = Field(description="price of what would be bought instead, delivered")


class StockRelease(Shock):
    """Crude sold out of reserves, announced beforehand."""

    type: Literal["stock_release"] = Field(description="reserves are drawn")
    buyers: Buyers = Field(description="whose reserves")
    rate_kbd: Volume = Field(
        description="flow out of reserves over all listed holders, split by base flow; what nobody needs stays in store"
    )
    total_mb: Stored | None = Field(None, description="it ends when so much is released; left out: with the shock")


class StockFill(Shock):
    """Crude bought for reserves, announced beforehand."""

    type: Literal["stock_fill"] = Field(description="reserves are filled")
    buyers: Buyers = Field(description="whose reserves")
    rate_kbd: Volume = Field(
        description="flow into reserves over all listed holders, split by base flow; no more than is bought"
    )
    total_mb: Stored | None = Field(None, description="it ends when so much is stored; left out: with the shock")
