"""One month's market for a block of draws: calibration, levers and the state of the world put together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.inputs.buying import (
    Expected,
    appeals,
    buyers_plans,
    cost_wedge,
    feared,
    loadable_share,
    of_units,
    opened_weight,
    sourcing,
    units,
)
from simulator.inputs.calibration import Calibration
from simulator.inputs.levers import Levers
from simulator.inputs.selling import floating_stocks, let_out_kbd, sellers_supply
from simulator.inputs.shipping import Cash, bypass_ready, cash_costs, freight_rates
from simulator.market.balance import Market
from simulator.market.choice import Sourcing
from simulator.market.dynamics import State
from simulator.market.requirement import Requirement
from simulator.market.stocks import LEAST_RATE_KBD
from simulator.market.supply import offered

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class MonthMarket:
    """A market ready to clear, and what is needed to read its result.

    wishes : sourcing without habits, one unit per buyer
    unit_buyer : (unit,)   the buyer each unit belongs to
    trading : (draw, stream)   streams that have anything to ship
    requirement_kbd : (draw, buyer)   what buyers would take at base prices
    bypass_ready_share : (draw, outlet)   risk_usd_bbl : (draw, buyer, stream)
    log_freight_rate : (draw, fleet)   fear : (draw,), both as in `State`   let_out_kbd : (draw, stream)
    """

    market: Market
    wishes: Sourcing
    cash: Cash
    unit_buyer: NDArray[np.int64]
    trading: Mask
    requirement_kbd: Array
    bypass_ready_share: Array
    risk_usd_bbl: Array
    log_freight_rate: Array
    fear: Array
    let_out_kbd: Array


def month_market(
    cal: Calibration, acts: Levers, state: State, days: float, expected: Expected | None = None
) -> MonthMarket:
    """Build the month's market from what shocks do (`acts`) and what the last month left (`state`).

    The capacity of a stream is what straits and pipes let out; its availability scales the whole curve. Wedges
    are changes against the base month in USD/bbl: cash (freight, rebates, duty) and risk. Pairs open with new
    capacity or a lifted sanction. Where something surprises, most of the month was ordered for what was `expected`.
    """
    draws = len(cal.memory_pace)
    base = cal.base
    ready = bypass_ready(cal, acts, state)
    rates = freight_rates(cal, acts, state)
    fear = feared(cal, acts, state)
    most = let_out_kbd(cal, acts, ready)
    cash = cash_costs(cal, acts, state, (ready, rates))
    unit_buyer, mass, allowed = units(acts.leaving, draws)
    opened = opened_weight(cal, acts, cash)
    taste = cal.share_in_nest + opened if opened.any() else cal.share_in_nest
    takes_part = (mass > 0.0)[:, :, None] & (allowed > 0.0)
    wanted = np.any(takes_part & (of_units(taste, unit_buyer) > 0.0), axis=1)
    supply = sellers_supply(cal, acts, state, most, expected)
    # What nobody may buy is not shipped: without buyers there is no price at which it would be.
    supply = replace(supply, available_share=supply.available_share * wanted)
    loading = supply.available_share * (supply.steady_kbd + supply.flexible_kbd) > 0
    floating = floating_stocks(cal, state, wanted, loading, days)
    trading = wanted & (loading | (floating.most_drawn_kbd > LEAST_RATE_KBD))
    wedge, cost_per_fob = cost_wedge(cal, acts, cash)
    pull = appeals(cal, state, opened, (unit_buyer, allowed))
    choices, can_buy = sourcing(cal, (wedge, cost_per_fob), pull, (unit_buyer, trading))
    ceiling, requirement = _requirement(cal, acts, state, (unit_buyer, mass * can_buy))
    if expected is None:
        loadable = np.ones_like(mass)
    else:
        loadable = loadable_share(state, offered(supply, expected.fob_usd_bbl)[0], unit_buyer, allowed)
    market = Market(
        sourcing=choices,
        requirement=requirement,
        supply=supply,
        landed_share=np.broadcast_to(1.0 - base.afloat_kbd / base.exports_kbd, trading.shape),
        base_fob_usd_bbl=cal.supply.fob_usd_bbl,
        base_exports_kbd=cal.supply.exports_kbd,
        plans=buyers_plans(
            cal, acts, state, (unit_buyer, mass * can_buy, loadable), requirement, (days, fear, expected)
        ),
        floating=floating,
    )
    return MonthMarket(
        market=market,
        wishes=_wishes(cal, opened, wedge, cost_per_fob),
        cash=cash,
        unit_buyer=unit_buyer,
        trading=trading,
        requirement_kbd=ceiling * cal.utilisation_share,
        bypass_ready_share=ready,
        risk_usd_bbl=acts.risk_usd_bbl,
        log_freight_rate=rates,
        fear=fear,
        let_out_kbd=most,
    )


def _requirement(
    cal: Calibration, acts: Levers, state: State, units: tuple[NDArray[np.int64], Array]
) -> tuple[Array, Requirement]:
    """The most each buyer can take this month, (draw, buyer) kb/d, and the demand of its units by their mass."""
    unit_buyer, mass = units
    factor = acts.requirement_factor + acts.requirement_change_kbd / cal.imports_kbd
    ceiling = cal.ceiling_kbd * np.maximum(factor, 0.0) * np.exp(state.demand_drift)
    requirement = Requirement(
        ceiling_kbd=ceiling.take(unit_buyer, axis=1) * mass,
        utilisation_share=cal.utilisation_share.take(unit_buyer, axis=1),
        spread_usd_bbl=cal.spread_usd_bbl.take(unit_buyer, axis=1),
    )
    return ceiling, requirement


def _wishes(cal: Calibration, opened: Array, wedge: Array, cost_per_fob: Array) -> Sourcing:
    """What buyers would choose without habits."""
    log_taste = cal.log_share_in_nest
    if opened.any():
        with np.errstate(divide="ignore"):
            log_taste = np.log(cal.share_in_nest + opened)
    per_usd = (1.0 / cal.within_usd_bbl)[:, :, None]
    labels = cal.base.labels
    return Sourcing(
        log_taste - wedge * per_usd,
        cal.log_nest_share,
        cost_per_fob * per_usd,
        cal.within_usd_bbl,
        cal.across_usd_bbl,
        labels.nests,
        labels.belongs,
    )
