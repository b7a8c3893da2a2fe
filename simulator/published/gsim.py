"""Partial equilibrium of tariffs in world trade, to first order: what Francois & Hall's GSIM computes.

It is not a second model. The case becomes a `Market` of ours with one quality type and no habits; the answer is the
first Newton step of the clearing, from the month before the tariffs change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.market.balance import Market, balance, flows_kbd, newton_step
from simulator.market.choice import Sourcing
from simulator.market.requirement import Requirement, spread_usd_bbl
from simulator.market.supply import SupplyBase, curve

Array = NDArray[np.float64]

USE_SHARE = 0.5
"""Base purchases over the ceiling, base exports over capacity. Any value does: it bends curves, not their slopes."""
STEP = 1e-5
"""Size of the shock the slopes are read from, as a change of the log of a pull: far above rounding, far below
curvature, which the two signs take out to second order."""
LEAST_ELASTICITY = 1e-9
"""Stands for an elasticity of zero."""
NEVER_USD = -1e6
"""A shut-in price no price gets near."""


@dataclass(frozen=True)
class Case:
    """Trade at world prices, and the tariffs on it before and after.

    flows, tariff_before, tariff_after : (exporter, importer), value; 1 plus the rate
    demand_elasticity, substitution : (importer,), at or below 0; above 0
    supply_elasticity : (exporter,), 0 and more
    """

    name: str
    exporters: tuple[str, ...]
    importers: tuple[str, ...]
    flows: Array
    tariff_before: Array
    tariff_after: Array
    demand_elasticity: Array
    supply_elasticity: Array
    substitution: Array


@dataclass(frozen=True)
class Response:
    """Relative changes, to first order; NaN where nothing is traded.

    world_price : (exporter,)   delivered_price, flow : (exporter, importer), tariff included; quantity
    composite_price : (importer,), what the importer pays for its basket
    """

    world_price: Array
    delivered_price: Array
    flow: Array
    composite_price: Array


def respond(case: Case) -> Response:
    """What a change of tariffs does to world prices and trade.

    Notes
    -----
    With z the relative change of delivered prices, t of tariff factors and theta an importer's spending shares,

        dq_rv = eps_v sum_s theta_sv z_sv - sigma_v (z_rv - sum_s theta_sv z_sv),   z_rv = p_r + t_rv
        eta_r X_r p_r = sum_v M_rv dq_rv

    (Francois & Hall 2003, "Global simulation analysis of industry-level trade policy"). Logit is the same to first
    order when requirements are counted in what they cost at base: one unit of value takes 1/T units at world prices.
    """
    sells, buys = case.flows.sum(axis=1) > 0, case.flows.sum(axis=0) > 0
    market, size = _market(case, sells, buys)
    base = np.ones((2, int(sells.sum())))
    step = newton_step(market, balance(market, base))
    price = (step[0] - step[1]) / (2.0 * size)
    moved = balance(market, base + size * np.stack([price, -price]))
    ups, downs = flows_kbd(market.sourcing, moved)
    index_up, index_down = moved.choice.cost_change_usd_bbl
    traded = case.flows[np.ix_(sells, buys)].T
    change = np.divide(ups - downs, 2.0 * size * traded, out=np.full_like(traded, np.nan), where=traded > 0)
    world = _spread(price, sells)
    duty = case.tariff_after / case.tariff_before - 1.0
    return Response(
        world_price=world,
        delivered_price=np.where(case.flows > 0, world[:, None] + duty, np.nan),
        flow=_spread(_spread(change, buys).T, sells),
        composite_price=_spread((index_up - index_down) / (2.0 * size), buys),
    )


def _market(case: Case, sells: NDArray[np.bool_], buys: NDArray[np.bool_]) -> tuple[Market, float]:
    """The case as a market of two draws, with the tariff change scaled to plus and minus `size`; and that size."""
    here = np.ix_(sells, buys)
    flow, before = case.flows[here].T, case.tariff_before[here].T
    need = flow * before
    total = need.sum(axis=1)
    substitution = case.substitution[buys]
    duty = case.tariff_after[here].T / before - 1.0
    size = STEP / max(float((np.abs(duty) * substitution[:, None]).max()), 1.0)
    with np.errstate(divide="ignore"):
        taste = np.log(need / total[:, None])
    dispersion = np.broadcast_to(1.0 / substitution, (2, len(total)))
    signs = np.array([size, -size])[:, None, None]
    sourcing = Sourcing(
        log_appeal=taste - signs * duty * substitution[:, None],
        nest_log_appeal=np.zeros((2, len(total), 1)),
        pull_per_usd=np.broadcast_to(substitution[:, None], (2, *flow.shape)),
        within_usd_bbl=dispersion,
        across_usd_bbl=dispersion,
        nests=(slice(0, flow.shape[1]),),
        belongs=np.ones((flow.shape[1], 1)),
        barrels_per_need=np.broadcast_to(1.0 / before, (2, *flow.shape)),
    )
    return _with_curves(case, (sells, buys), sourcing, (total, flow.sum(axis=0))), size


def _with_curves(
    case: Case, traded: tuple[NDArray[np.bool_], NDArray[np.bool_]], sourcing: Sourcing, base: tuple[Array, Array]
) -> Market:
    """The requirement of every importer and the supply of every exporter, through the base at a price of 1."""
    need, exports = base
    demand = np.maximum(-case.demand_elasticity[traded[1]], LEAST_ELASTICITY)
    used = np.full_like(need, USE_SHARE)
    draws = np.ones((2, 1))
    one = np.ones_like(exports)
    supply = SupplyBase(
        exports_kbd=draws * exports,
        fob_usd_bbl=draws * one,
        elasticity=draws * np.maximum(case.supply_elasticity[traded[0]], LEAST_ELASTICITY),
        steady_share=draws * 0.0,
        shut_in_usd_bbl=draws * NEVER_USD,
        shut_in_spread_usd_bbl=draws,
    )
    return Market(
        sourcing=sourcing,
        requirement=Requirement(
            draws * need / USE_SHARE, draws * used, draws * spread_usd_bbl(used, np.ones_like(need), demand)
        ),
        supply=curve(supply, draws * exports / USE_SHARE, draws * one, draws * 0.0 * one),
        landed_share=draws * one,
        base_fob_usd_bbl=draws * one,
        base_exports_kbd=draws * exports,
    )


def _spread(values: Array, known: NDArray[np.bool_]) -> Array:
    """Values of those who trade at their places among all, NaN for the others; along the first axis."""
    whole = np.full((len(known), *values.shape[1:]), np.nan)
    whole[known] = values
    return whole
