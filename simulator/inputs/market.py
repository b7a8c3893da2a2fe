"""One month's market for a block of draws: calibration and levers put together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.axes import BUYERS
from simulator.inputs.baseline import OUTLETS
from simulator.inputs.calibration import Calibration
from simulator.inputs.levers import Leaving, Levers
from simulator.market.choice import Sourcing
from simulator.market.chokepoints import crossing_share, open_capacity
from simulator.market.clearing import Market
from simulator.market.participation import appeal, layers
from simulator.market.requirement import Requirement
from simulator.market.supply import Supply, curve

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cash:
    """What a barrel costs on its way in one month, (draw, buyer, stream).

    freight_usd_bbl includes detours and war-risk premia; discount_usd_bbl is a seller's rebate to that buyer;
    duty_rate and duty_usd_bbl are totals, the baseline's included.
    """

    freight_usd_bbl: Array
    discount_usd_bbl: Array
    duty_rate: Array
    duty_usd_bbl: Array


@dataclass(frozen=True)
class MonthMarket:
    """A market ready to clear, and what is needed to read its result.

    unit_buyer : (unit,)   the buyer each unit belongs to
    trading : (draw, stream)   streams that have anything to ship
    requirement_kbd : (draw, buyer)   what buyers would take at base prices
    """

    market: Market
    cash: Cash
    unit_buyer: NDArray[np.int64]
    trading: Mask
    requirement_kbd: Array


def month_market(cal: Calibration, acts: Levers) -> MonthMarket:
    """Build the month's market.

    The capacity of a stream is what straits and pipes let out; its availability scales the whole curve. Wedges
    are changes against the base month in USD/bbl: cash (freight, rebates, duty) and risk. Pairs open with new
    capacity or a lifted sanction.
    """
    draws = len(cal.memory_pace)
    base = cal.base
    cash = _cash(cal, acts)
    unit_buyer, mass, allowed = _units(acts.leaving, draws)
    taste = cal.share_in_nest + _opened(cal, acts)
    wanted = np.any(mass[:, :, None] * allowed * taste.take(unit_buyer, axis=1) > 0.0, axis=1)
    supply = _supply(cal, acts)
    # What nobody may buy is not shipped: without buyers there is no price at which it would be.
    supply = replace(supply, available_share=supply.available_share * wanted)
    trading = supply.available_share * (supply.steady_kbd + supply.flexible_kbd) > 0
    sourcing, can_buy = _sourcing(cal, acts, cash, (unit_buyer, allowed, trading))
    factor = acts.requirement_factor + acts.requirement_change_kbd / cal.flow_kbd.sum(axis=2)
    ceiling = cal.ceiling_kbd * np.maximum(factor, 0.0)
    market = Market(
        sourcing=sourcing,
        requirement=Requirement(
            ceiling_kbd=ceiling.take(unit_buyer, axis=1) * mass * can_buy,
            utilisation_share=cal.utilisation_share.take(unit_buyer, axis=1),
            spread_usd_bbl=cal.spread_usd_bbl.take(unit_buyer, axis=1),
        ),
        supply=supply,
        landed_share=np.broadcast_to(1.0 - base.afloat_kbd / base.exports_kbd, trading.shape),
        base_fob_usd_bbl=cal.supply.fob_usd_bbl,
        base_exports_kbd=cal.supply.exports_kbd,
    )
    return MonthMarket(market, cash, unit_buyer, trading, ceiling * cal.utilisation_share)


def _supply(cal: Calibration, acts: Levers) -> Supply:
    # New capacity brings its own oil: wells or a pipe that would stand idle without it.
    new = np.maximum(acts.capacity_change_kbd, 0.0)
    built = cal.base.capacity_kbd + new
    capacity = built + np.minimum(acts.capacity_change_kbd, 0.0)
    for outlet, exposed in enumerate(cal.base.geography.outlet_exposed_share):
        closed = acts.outlet_closed_share[:, outlet]
        if closed.any():
            capacity = capacity - (built - open_capacity(built, exposed, _bypass(cal, acts, outlet), closed))
    shape = cal.supply.exports_kbd.shape
    return curve(
        replace(cal.supply, exports_kbd=cal.supply.exports_kbd + new),
        np.broadcast_to(np.maximum(capacity, 0.0), shape),
        np.broadcast_to(acts.available_share, shape),
        np.broadcast_to(acts.offer_shift_usd_bbl, shape),
    )


def _bypass(cal: Calibration, acts: Levers, outlet: int) -> Array:
    """Usable bypass, (draw, stream): what the scenario says, else today's way round and part of the spare one."""
    geography, capacity = cal.base.geography, cal.base.capacity_kbd
    used = (1.0 - geography.outlet_exposed_share[outlet]) * capacity
    spare = np.maximum(geography.outlet_bypass_kbd[outlet] - used, 0.0)
    said = acts.outlet_bypass_kbd[:, outlet]
    return np.where(np.isfinite(said), said, used + cal.bypass_scale[:, None] * spare)


def _crossing(cal: Calibration, acts: Levers, outlet: int) -> Array:
    """Share of a stream's cargo that crosses an outlet this month: (draw, stream)."""
    exposed = cal.base.geography.outlet_exposed_share[outlet]
    closed = acts.outlet_closed_share[:, outlet]
    return crossing_share(cal.base.capacity_kbd, exposed, _bypass(cal, acts, outlet), closed)


def hormuz_crossing(cal: Calibration, acts: Levers) -> Array:
    """Share of each stream's cargo that crosses the Strait of Hormuz this month: (draw, stream)."""
    return _crossing(cal, acts, OUTLETS.index("hormuz"))


def _cash(cal: Calibration, acts: Levers) -> Cash:
    base, geography = cal.base, cal.base.geography
    freight = base.freight_usd_bbl + acts.freight_usd_bbl
    for outlet in range(len(OUTLETS)):
        if (premium := acts.outlet_premium_usd_bbl[:, outlet]).any():
            freight = freight + (premium * _crossing(cal, acts, outlet))[:, None, :]
    for passage, share in enumerate(geography.passage_share):
        closed, premium = acts.passage_closed_share[:, passage], acts.passage_premium_usd_bbl[:, passage]
        if closed.any() or premium.any():
            detour = cal.detour_scale[:, None] * geography.detour_usd_bbl[passage]
            freight = freight + (closed * detour + (1.0 - closed) * premium)[:, None, :] * share
    return Cash(
        freight_usd_bbl=freight,
        discount_usd_bbl=acts.discount_usd_bbl,
        # A cut given as a range can reach below the duty in force in its tail.
        duty_rate=np.maximum(base.duty_rate + acts.duty_rate, 0.0),
        duty_usd_bbl=np.maximum(base.duty_usd_bbl + acts.duty_usd_bbl, 0.0),
    )


def _units(leaving: list[Leaving], draws: int) -> tuple[NDArray[np.int64], Array, Array]:
    """Split the buyers that some units leave into layers.

    Returns
    -------
    unit_buyer (unit,); mass (draw, unit); allowed (draw, unit, stream), 1 where the unit may buy. The first
    units are the buyers themselves, with the layer that obeys least; further layers follow.
    """
    unit_buyer = list(range(len(BUYERS)))
    mass = [np.ones(draws) for _ in BUYERS]
    allowed: list[Array | None] = [None for _ in BUYERS]
    for buyer in range(len(BUYERS)):
        named = [one for one in leaving if one.buyers[buyer]]
        if not named:
            continue
        masks, shares = _distinct(named, draws)
        layer_mass, obeys = layers(shares)
        for layer in range(layer_mass.shape[1]):
            barred = np.any(obeys[:, layer, :, None] & masks, axis=1).astype(float)
            if layer == layer_mass.shape[1] - 1:
                mass[buyer], allowed[buyer] = layer_mass[:, layer], 1.0 - barred
            else:
                unit_buyer.append(buyer)
                mass.append(layer_mass[:, layer])
                allowed.append(1.0 - barred)
    streams = next((a.shape[1] for a in allowed if a is not None), 1)
    full = np.ones((draws, streams))
    return (
        np.array(unit_buyer),
        np.stack(mass, axis=1),
        np.stack([full if a is None else a for a in allowed], axis=1),
    )


def _distinct(named: list[Leaving], draws: int) -> tuple[Mask, Array]:
    """Streams grouped by which measures name them: masks (group, stream) and leave shares (draw, group).

    Measures on the same stream combine: what each leaves over multiplies.
    """
    touched = np.stack([one.streams for one in named])
    patterns = np.unique(touched[:, touched.any(axis=0)], axis=1).T
    masks = np.stack([(touched == pattern[:, None]).all(axis=0) for pattern in patterns])
    stay = [np.broadcast_to(1.0 - one.leave_share, draws) for one in named]
    shares = [1.0 - np.prod([s for s, hit in zip(stay, pattern, strict=True) if hit], axis=0) for pattern in patterns]
    return masks, np.stack(shares, axis=1)


def _sourcing(
    cal: Calibration, acts: Levers, cash: Cash, units: tuple[NDArray[np.int64], Array, Mask]
) -> tuple[Sourcing, Mask]:
    unit_buyer, allowed, trading = units
    within = cal.within_usd_bbl.take(unit_buyer, axis=1) / cal.memory_pace[:, None]
    across = cal.across_usd_bbl.take(unit_buyer, axis=1) / cal.memory_pace[:, None]
    pull, nest_pull = _appeals(cal, acts, unit_buyer, allowed)
    # A stream that ships nothing is what an ever dearer stream becomes: habits go on missing it.
    pull = np.where(trading[:, None, :], pull, -np.inf)
    can_buy: Mask = np.any(np.isfinite(pull), axis=2)
    # A unit with nothing left to buy keeps a choice on paper and has no requirement.
    pull = np.where(can_buy[:, :, None], pull, 0.0)
    nest_pull = np.where(can_buy[:, :, None], nest_pull, 0.0)
    wedge, cost_per_fob = _wedge(cal, acts, cash)
    if wedge.any():
        pull -= wedge.take(unit_buyer, axis=1) / within[:, :, None]
    pull_per_usd = cost_per_fob.take(unit_buyer, axis=1) / within[:, :, None]
    labels = cal.base.labels
    return Sourcing(pull, nest_pull, pull_per_usd, within, across, labels.nests, labels.belongs), can_buy


def _appeals(cal: Calibration, acts: Levers, unit_buyer: NDArray[np.int64], allowed: Array) -> tuple[Array, Array]:
    """Log of the pull of streams and types at base prices: (draw, unit, stream) and (draw, unit, quality)."""
    log_pull, log_nest_pull = (
        cal.log_share_in_nest.take(unit_buyer, axis=1),
        cal.log_nest_share.take(unit_buyer, axis=1),
    )
    opened = _opened(cal, acts)
    restricted = np.any(allowed < 1.0, axis=(0, 2)) | np.any(opened > 0.0, axis=(0, 2))[unit_buyer]
    for unit in np.flatnonzero(restricted):
        buyer = unit_buyer[unit]
        share = cal.share_in_nest[:, buyer] + (opened[:, buyer] if opened.any() else 0.0)
        pull, nest_pull = appeal(
            share, cal.nest_share[:, buyer], allowed[:, unit], 1.0 - cal.memory_pace, cal.base.labels.nests
        )
        with np.errstate(divide="ignore"):
            log_pull[:, unit], log_nest_pull[:, unit] = np.log(pull), np.log(nest_pull)
    return log_pull, log_nest_pull


def _opened(cal: Calibration, acts: Levers) -> Array:
    """Weight of pairs without base flow that open this month, as a share inside the type: (draw, buyer, stream).

    New barrels are offered to everyone who could take them: the pair opens by the new part of the stream's
    capacity, with the stream's part of the world's trade in its type, times a declared factor. A pair barred by
    sanctions that are lifted comes back with its old share, or with that same weight where none is known.
    """
    base = cal.base
    new = np.maximum(acts.capacity_change_kbd, 0.0)
    if not new.any() and not acts.opened_share.any():
        return np.zeros((1, *base.flow_kbd.shape))
    exports = base.exports_kbd + new
    world_share = np.empty_like(exports)
    for nest in base.labels.nests:
        world_share[:, nest] = exports[:, nest] / exports[:, nest].sum(axis=1, keepdims=True)
    usual = cal.unused_pair_factor[:, None, None] * world_share[:, None, :]
    weight = (new / (base.capacity_kbd + new))[:, None, :] * base.pairs.unused * usual
    if acts.opened_share.any():
        known = base.pairs.reference_share > 0
        back = np.where(known, _in_nest(cal, base.pairs.reference_share), usual)
        weight = weight + acts.opened_share * base.pairs.barred * back
    return weight


def _in_nest(cal: Calibration, share: Array) -> Array:
    """A share of all imports as a share inside the quality type: (draw, buyer, stream)."""
    inside = np.zeros_like(cal.share_in_nest)
    for k, nest in enumerate(cal.base.labels.nests):
        nest_share = cal.nest_share[:, :, k, None]
        inside[:, :, nest] = np.where(nest_share > 0, share[:, nest] / np.where(nest_share > 0, nest_share, 1), 0)
    return np.minimum(inside, 1.0)


def _wedge(cal: Calibration, acts: Levers, cash: Cash) -> tuple[Array, Array]:
    """Change of the choice cost at base FOB prices, and USD of cost per USD of FOB: (draw, buyer, stream).

    The duty's guidance moves with the duty. Relief of risk for a barred pair is what opens it, not a bonus.
    """
    base = cal.base
    before = base.fob_usd_bbl + base.freight_usd_bbl
    now = base.fob_usd_bbl + cash.freight_usd_bbl + cash.discount_usd_bbl
    duty_before = base.duty_rate * before + base.duty_usd_bbl
    # A pair without base flow was never weighed under its duty: it opens with the duty on top.
    weighed = np.where(base.flow_kbd > 0, duty_before, 0.0)
    duty_at_base = cash.duty_rate * before + cash.duty_usd_bbl
    guided = np.where(duty_before > 0, duty_at_base / np.where(duty_before > 0, duty_before, 1.0) - 1.0, 0.0)
    risk = np.where(base.pairs.barred, np.maximum(acts.risk_usd_bbl, 0.0), acts.risk_usd_bbl)
    duty = cash.duty_rate * now + cash.duty_usd_bbl - weighed
    wedge = now - before + duty + risk
    if guided.any():
        wedge = wedge + cal.duty_guidance_usd_bbl * guided
    return wedge, 1.0 + cash.duty_rate
