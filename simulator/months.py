"""One month after the other: a State in, a State out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.inputs.calibration import Calibration
from simulator.inputs.levers import Levers
from simulator.inputs.market import MonthMarket
from simulator.market.choice import choose
from simulator.market.clearing import Clearing
from simulator.market.dynamics import (
    CAP_PACE_SHARE,
    RESTARTED_SHARE,
    Loading,
    State,
    ashore,
    cap_reach_share,
    drift,
    get_used_to,
    pace_share,
    refresh_share,
    remember,
)
from simulator.market.plans import Plans, released
from simulator.market.requirement import bought
from simulator.market.stocks import drawn
from simulator.market.supply import offered
from simulator.outcomes.trade import CHINA, Trade, by_buyer

Array = NDArray[np.float64]

LONGEST_VOYAGE_MONTHS = 3
STAYS = 1e-9
"""Mass below which a participation layer counts as empty."""


def first_state(cal: Calibration) -> State:
    """The base month going on for ever: nothing moves until something happens."""
    base = cal.base
    draws = len(cal.memory_pace)
    fob = np.broadcast_to(base.fob_usd_bbl, (draws, len(base.fob_usd_bbl)))
    brent = np.full(draws, base.brent_usd_bbl)
    usual = loading(cal.flow_kbd, brent, fob, np.zeros((1, *base.freight_usd_bbl.shape)), base.freight_usd_bbl)
    nothing, nothing_afloat = np.zeros_like(cal.base_cost_usd_bbl), np.zeros_like(fob)
    return State(
        memory_share=cal.share_in_nest,
        memory_nest_share=cal.nest_share,
        stock_change_mb=nothing,
        released_mb=nothing,
        reference_usd_bbl=cal.base_cost_usd_bbl,
        flow_kbd=cal.flow_kbd,
        demand_drift=nothing,
        floating_change_mb=nothing_afloat,
        floating_reference_usd_bbl=fob,
        supply_drift=nothing_afloat,
        bypass_ready_share=np.zeros((draws, len(base.geography.outlet_exposed_share))),
        log_freight_rate=np.zeros((draws, 2)),
        coalition_share=np.ones_like(fob),
        exports_kbd=cal.supply.exports_kbd,
        stored_mb=nothing_afloat,
        idle_share=nothing_afloat,
        fear=np.zeros(draws),
        bound_usd_bbl=np.zeros((draws, 0)),
        brent_usd_bbl=brent,
        fob_usd_bbl=fob,
        fob_before_usd_bbl=fob,
        fob_pace_share=np.zeros(draws),
        loadings=(usual,) * LONGEST_VOYAGE_MONTHS,
    )


def next_state(
    cal: Calibration, before: tuple[Levers, State, float], built: MonthMarket, cleared: Clearing, trade: Trade
) -> State:
    """What this month leaves to the next."""
    acts, state, days = before
    tempo, buyers = cal.tempo, state.flow_kbd.shape[1]
    price = cal.base_cost_usd_bbl + cleared.cost_change_usd_bbl[:, :buyers]
    floating, plans = built.market.floating, built.market.plans
    assert floating is not None
    assert plans is not None
    afloat, _ = drawn(floating, cleared.fob_usd_bbl)
    exports, _ = offered(built.market.supply, cleared.fob_usd_bbl)
    kept_back = np.maximum(cal.supply.exports_kbd - built.let_out_kbd, 0.0)
    stored, idle = ashore(state.stored_mb, kept_back, cal.store.ashore_mb, days)
    idle = idle * kept_back / cal.base.capacity_kbd
    memory, memory_nest = _habits(cal, state, built, cleared, trade)
    positive_fob = np.maximum(cleared.fob_usd_bbl, 1.0)
    pace = tempo.reference_pace_share[:, None]
    # Cargo afloat is held against the world's price: against its own, holders would wait ever longer as it ran out.
    elsewhere = np.maximum(cal.supply.fob_usd_bbl + (trade.brent_usd_bbl - cal.base.brent_usd_bbl)[:, None], 1.0)
    slow = tempo.adjustment_pace_share[:, None]
    return State(
        memory_share=memory,
        memory_nest_share=memory_nest,
        stock_change_mb=trade.stock_change_mb,
        released_mb=state.released_mb
        + by_buyer(_released_kbd(plans, cleared, built)[:, :, None], built.unit_buyer)[:, :, 0] * days / 1e3,
        reference_usd_bbl=_reference(cal, acts, get_used_to(state.reference_usd_bbl, np.maximum(price, 1.0), pace)),
        flow_kbd=trade.flow_kbd,
        demand_drift=drift(
            state.demand_drift,
            -tempo.extra_demand_elasticity,
            np.log(np.maximum(price, 1.0) / cal.base_cost_usd_bbl),
            slow,
        ),
        floating_change_mb=state.floating_change_mb - afloat * days / 1e3,
        floating_reference_usd_bbl=get_used_to(state.floating_reference_usd_bbl, elsewhere, pace),
        supply_drift=drift(
            state.supply_drift, tempo.extra_supply_elasticity, np.log(positive_fob / cal.supply.fob_usd_bbl), slow
        ),
        bypass_ready_share=built.bypass_ready_share,
        log_freight_rate=built.log_freight_rate,
        coalition_share=_coalition(acts, state, cleared.fob_usd_bbl),
        exports_kbd=exports,
        stored_mb=stored,
        idle_share=np.maximum(idle, (1.0 - RESTARTED_SHARE) * state.idle_share),
        fear=built.fear,
        bound_usd_bbl=np.zeros((len(cleared.converged), 0)) if cleared.bound_usd_bbl is None else cleared.bound_usd_bbl,
        brent_usd_bbl=trade.brent_usd_bbl,
        fob_usd_bbl=cleared.fob_usd_bbl,
        fob_before_usd_bbl=state.fob_usd_bbl,
        fob_pace_share=pace_share(
            cleared.fob_usd_bbl - state.fob_usd_bbl, state.fob_usd_bbl - state.fob_before_usd_bbl
        ),
        loadings=(*state.loadings[1:], trade.loaded),
    )


def _reference(cal: Calibration, acts: Levers, reference_usd_bbl: Array) -> Array:
    """The price holders think normal: when nothing is the matter any more they expect the usual one to come back."""
    if acts.under_way:
        return reference_usd_bbl
    return get_used_to(reference_usd_bbl, cal.base_cost_usd_bbl, cal.tempo.reference_return_share[:, None])


def _coalition(acts: Levers, state: State, fob_usd_bbl: Array) -> Array:
    """Part of its coalition shipping that each stream keeps under a price cap next month."""
    allowed = cap_reach_share(acts.cap_usd_bbl, fob_usd_bbl)
    return state.coalition_share + CAP_PACE_SHARE * (allowed - state.coalition_share)


def loading(
    flow_kbd: Array, brent_usd_bbl: Array, fob_usd_bbl: Array, rebate_usd_bbl: Array, freight_usd_bbl: Array
) -> Loading:
    """What is loaded for China this month, and what it costs there."""
    kbd = flow_kbd[:, CHINA]
    discount = (fob_usd_bbl - brent_usd_bbl[:, None])[:, None, :] + rebate_usd_bbl[:, CHINA]
    freight = np.broadcast_to(freight_usd_bbl, flow_kbd.shape)[:, CHINA]
    return Loading(kbd, brent_usd_bbl, np.broadcast_to(discount, kbd.shape), freight)


def stock_draw_kbd(plans: Plans, cleared: Clearing, built: MonthMarket) -> Array:
    """Flow out of every buyer's stocks, (draw, buyer) kb/d: the answer to price and announced releases.

    Cargo that did not load cannot be stored: no more goes into store than is bought.
    """
    out, _ = drawn(plans.stocks, plans.base_cost_usd_bbl + cleared.cost_change_usd_bbl)
    by_unit = plans.free_share * out + (1.0 - plans.free_share) * plans.ordered_draw_kbd
    by_unit = np.maximum(by_unit + _released_kbd(plans, cleared, built), -cleared.flow_kbd.sum(axis=2))
    return by_buyer(by_unit[:, :, None], built.unit_buyer)[:, :, 0]


def _released_kbd(plans: Plans, cleared: Clearing, built: MonthMarket) -> Array:
    """Flow out of reserves as it came about, (draw, unit) kb/d; below 0 into them."""
    change = cleared.cost_change_usd_bbl
    runs = bought(built.market.requirement, change - plans.passed_on_usd_bbl)
    return released(plans, runs, change)


def _habits(cal: Calibration, state: State, built: MonthMarket, cleared: Clearing, trade: Trade) -> tuple[Array, Array]:
    """Habits are those of the layer that obeys least.

    Where nobody is left in it they are those of the buyer as a whole, and what all have left is not forgotten.
    """
    belongs, buyers = cal.base.labels.belongs, trade.flow_kbd.shape[1]
    flow = cleared.flow_kbd[:, :buyers]
    empty = flow.sum(axis=2, keepdims=True) <= STAYS
    if empty.any():
        flow = np.where(empty, trade.flow_kbd, flow)
    nest_flow = flow @ belongs
    total = flow.sum(axis=2, keepdims=True)
    wished = choose(built.wishes, cleared.fob_usd_bbl - cal.supply.fob_usd_bbl)
    refresh = refresh_share(cal.tempo.memory_refresh_share, cal.memory_pace)[:, None, None]
    share = flow / (np.where(nest_flow > 0, nest_flow, 1.0) @ belongs.T)
    if (unused := nest_flow <= STAYS).any():
        share = np.where(unused @ belongs.T > 0, wished.share_in_nest, share)
    nest_share = np.where(total > STAYS, nest_flow / np.where(total > 0, total, 1.0), wished.nest_share)
    memory = remember(share, wished.share_in_nest, refresh)
    nest_memory = remember(nest_share, wished.nest_share, refresh)
    if not empty.any():
        return memory, nest_memory
    kept = np.where(empty & (flow <= STAYS), state.memory_share, 0.0)
    others = np.maximum(1.0 - (kept @ belongs) @ belongs.T, 0.0)
    moved = np.where(kept > 0, 0.0, memory)
    moved_total = (moved @ belongs) @ belongs.T
    memory = np.where(
        (kept @ belongs) @ belongs.T > 0, kept + others * moved / np.where(moved_total > 0, moved_total, 1.0), memory
    )
    return memory, nest_memory
