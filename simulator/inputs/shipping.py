"""Getting crude from port to port this month: ways round straits, freight, premia, rebates, duties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.inputs.baseline import CHINA, OUTLETS, PASSAGES
from simulator.inputs.calibration import Calibration
from simulator.inputs.levers import Levers
from simulator.market.chokepoints import crossing_share
from simulator.market.dynamics import State
from simulator.market.fleets import LOG_RATE_LIMITS, carried_by_shadow, next_log_rate, scarcity, tonne_miles

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cash:
    """What a barrel costs on its way in one month, (draw, buyer, stream).

    freight_usd_bbl includes detours and war-risk premia; discount_usd_bbl is added, below 0 a seller's rebate;
    duty_rate and duty_usd_bbl are totals, the baseline's included.
    """

    freight_usd_bbl: Array
    discount_usd_bbl: Array
    duty_rate: Array
    duty_usd_bbl: Array


def bypass_ready(cal: Calibration, acts: Levers, state: State) -> Array:
    """How far the ways round each strait are in use, 0-1: (draw, outlet). They take months to fill."""
    closed = acts.outlet_closed_share.max(axis=2) > 0
    step = np.where(closed, 1.0, -1.0) / cal.tempo.bypass_ramp_months[:, None]
    return np.clip(state.bypass_ready_share + step, 0.0, 1.0)


def usable_bypass(cal: Calibration, acts: Levers, outlet: int, ready: Array) -> Array:
    """Usable bypass, (draw, stream): what the scenario says, else today's way round and part of the spare one."""
    geography, capacity = cal.base.geography, cal.base.capacity_kbd
    used = (1.0 - geography.outlet_exposed_share[outlet]) * capacity
    spare = np.maximum(geography.outlet_bypass_kbd[outlet] - used, 0.0)
    said = acts.outlet_bypass_kbd[:, outlet]
    scale = cal.bypass_scale if OUTLETS[outlet] == "hormuz" else np.ones_like(cal.bypass_scale)
    return np.where(np.isfinite(said), said, used + (scale * ready[:, outlet])[:, None] * spare)


def crossing(cal: Calibration, acts: Levers, outlet: int, ready: Array) -> Array:
    """Share of a stream's cargo that crosses an outlet this month: (draw, stream)."""
    exposed = cal.base.geography.outlet_exposed_share[outlet]
    closed = acts.outlet_closed_share[:, outlet]
    return crossing_share(cal.base.capacity_kbd, exposed, usable_bypass(cal, acts, outlet, ready), closed)


def hormuz_crossing(cal: Calibration, acts: Levers, ready: Array) -> Array:
    """Share of each stream's cargo that crosses the Strait of Hormuz this month: (draw, stream)."""
    return crossing(cal, acts, OUTLETS.index("hormuz"), ready)


def malacca_crossing(cal: Calibration, acts: Levers) -> Array:
    """Share of each stream's cargo for China that passes Malacca this month: (draw, segment, stream)."""
    passage = PASSAGES.index("malacca")
    open_ = 1.0 - acts.passage_closed_share[:, passage]
    return cal.base.geography.passage_share[passage, CHINA] * open_[:, None, :]


def shadow_share(cal: Calibration, acts: Levers, state: State) -> Array:
    """Share of each stream's cargo in the shadow fleet this month: (draw, stream)."""
    return carried_by_shadow(cal.base.shadow_fleet_share, acts.coalition_share * (1.0 - state.coalition_share))


def freight_rates(cal: Calibration, acts: Levers, state: State) -> Array:
    """Log of this month's freight rates against the base month, with all ships in service: (draw, fleet)."""
    shadow = shadow_share(cal, acts, state)
    work = tonne_miles(state.flow_kbd, cal.base.voyage, shadow)
    return next_log_rate(state.log_freight_rate, work / cal.usual_tonne_miles, cal.tempo.freight_elasticity)


def cash_costs(cal: Calibration, acts: Levers, state: State, ways: tuple[Array, Array]) -> Cash:
    """What a barrel costs on its way this month.

    Parameters
    ----------
    ways : how far ways round straits are in use (draw, outlet), log of freight rates (draw, fleet)
    """
    ready, rates = ways
    base, geography = cal.base, cal.base.geography
    short_of_ships = scarcity(acts.fleet_left_share, cal.tempo.freight_elasticity)
    dearer = np.expm1(np.minimum(rates + short_of_ships, LOG_RATE_LIMITS[1]))
    shadow = shadow_share(cal, acts, state)
    change = (1.0 - shadow) * dearer[:, :1] + shadow * dearer[:, 1:]
    freight = base.freight_usd_bbl * (1.0 + change[:, None, :] * (base.voyage > 0)) + acts.freight_usd_bbl
    for outlet in range(len(OUTLETS)):
        if (premium := acts.outlet_premium_usd_bbl[:, outlet]).any():
            freight = freight + (premium * crossing(cal, acts, outlet, ready))[:, None, :]
    for passage, share in enumerate(geography.passage_share):
        closed, premium = acts.passage_closed_share[:, passage], acts.passage_premium_usd_bbl[:, passage]
        if closed.any() or premium.any():
            detour = cal.detour_scale[:, None] * geography.detour_usd_bbl[passage]
            freight = freight + (closed * detour + (1.0 - closed) * premium)[:, None, :] * share
    rate, specific = base.duty_rate + acts.duty_rate, base.duty_usd_bbl + acts.duty_usd_bbl
    # A cut given as a range can reach below the duty in force in its tail: then nothing is left of it.
    left = rate * (base.fob_usd_bbl + base.freight_usd_bbl) + specific > 0.0
    return Cash(freight, acts.discount_usd_bbl, np.where(left, rate, 0.0), np.where(left, specific, 0.0))
