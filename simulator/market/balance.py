"""What buyers and sellers want at given FOB prices, and how far prices would have to move: one month's market."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.market.choice import Choice, Sourcing, choose
from simulator.market.plans import Plans, ordered
from simulator.market.requirement import Requirement, bought
from simulator.market.stocks import Stocks, drawn
from simulator.market.supply import Supply, offered

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

EVERY_DRAW = slice(None)
IDLE_SLOPE = 1e-9
"""Supply slope added to every stream, in kb/d per USD and kb/d of base exports: keeps a stream that trades
nothing from making the system singular, and is far below the tolerance."""


@dataclass(frozen=True)
class Market:
    """One month's market for a block of draws, ready to clear.

    landed_share : (draw, stream)   share of exports that reaches buyers; the rest is afloat
    base_fob_usd_bbl, base_exports_kbd : (draw, stream)
    plans : what buyers do with stocks and nominations; None: they buy what they run
    floating : what sellers do with cargo afloat, (draw, stream); None: there is none
    """

    sourcing: Sourcing
    requirement: Requirement
    supply: Supply
    landed_share: Array
    base_fob_usd_bbl: Array
    base_exports_kbd: Array
    plans: Plans | None = None
    floating: Stocks | None = None


@dataclass(frozen=True)
class Balance:
    """Demand and supply at given prices, with what their slopes are made of."""

    choice: Choice
    bought_kbd: Array
    bought_slope: Array
    offered_slope: Array
    excess_kbd: Array


def balance(market: Market, fob_usd_bbl: Array) -> Balance:
    """Excess supply of every stream at given FOB prices, (draw, stream) kb/d: the gradient of the market's
    convex potential."""
    choice = choose(market.sourcing, fob_usd_bbl - market.base_fob_usd_bbl)
    kbd, slope = purchases(market, choice.cost_change_usd_bbl)
    landed, landed_slope = landings(market, fob_usd_bbl)
    excess = landed
    by_nest = kbd[:, :, None] * choice.nest_share
    share = market.sourcing.in_barrels(choice.share_in_nest)
    for k, nest in enumerate(market.sourcing.nests):
        excess[:, nest] -= np.matmul(by_nest[:, None, :, k], share[:, :, nest])[:, 0, :]
    return Balance(choice, kbd, slope, landed_slope, excess)


def flows_kbd(sourcing: Sourcing, at: Balance, of: Rows | slice = EVERY_DRAW) -> Array:
    """Who buys what at given prices: (draw, unit, stream), for some of the draws."""
    by_nest = at.bought_kbd[of, :, None] * at.choice.nest_share[of]
    flows: Array = (by_nest @ sourcing.belongs.T) * sourcing.in_barrels(at.choice.share_in_nest)[of]
    return flows


def purchases(market: Market, cost_change_usd_bbl: Array) -> tuple[Array, Array]:
    """What units buy at a change of their cost index, and its slope: (draw, unit)."""
    if market.plans is None:
        return bought(market.requirement, cost_change_usd_bbl)
    runs = bought(market.requirement, cost_change_usd_bbl - market.plans.passed_on_usd_bbl)
    return ordered(market.plans, runs, cost_change_usd_bbl)


def landings(market: Market, fob_usd_bbl: Array) -> tuple[Array, Array]:
    """What reaches buyers at FOB prices, and its slope: exports that do not stay afloat, and cargo that was."""
    exports, slope = offered(market.supply, fob_usd_bbl)
    kbd, slope = market.landed_share * exports, market.landed_share * slope
    if market.floating is None:
        return kbd, slope
    out, out_slope = drawn(market.floating, fob_usd_bbl)
    return kbd + out, slope + out_slope


def newton_step(market: Market, at: Balance) -> Array:
    """The change of FOB prices that would balance a linear market: (draw, stream) USD/bbl.

    Buyers see a stream's price only through the mean price of its type, so the system is solved in what types add
    to a unit's cost, one number per unit and type, instead of in prices.

    Notes
    -----
    Slopes of excess supply: J = D - E B R', symmetric positive definite without ad valorem duty, with

        E_iu = s_i|k of unit u,   R_iu = E_iu pull_per_usd_iu,   D diagonal: supply slope plus own-price slopes
        B_u,kl = [k=l] e s_k + b s_k s_l,   e = q (1 - m/M),   b = q m/M + m dq/dP     (q purchases, per unit u)

    (E in barrels where a barrel of need takes more or less than one of the stream.)
    With x_k = s_k R' dp and W_k = s_k R' D^-1 E, each within type k, the step solves

        x_k - W_k (e x_k + b s_k sum_l x_l) = -s_k R' D^-1 excess,   dp = D^-1 {E (e x_k + b s_k sum_l x_l) - excess}
    """
    sourcing, nest_share = market.sourcing, at.choice.nest_share
    draws, units, types = nest_share.shape
    flatter = sourcing.within_usd_bbl / sourcing.across_usd_bbl
    inside = at.bought_kbd * (1.0 - flatter)
    across = at.bought_kbd * flatter + sourcing.within_usd_bbl * at.bought_slope
    by_nest = nest_share.transpose(0, 2, 1).copy()
    kbd = at.bought_kbd[:, None, :] * by_nest
    shared = across[:, None, :] * by_nest
    share = sourcing.in_barrels(at.choice.share_in_nest)
    priced = at.choice.share_in_nest * sourcing.pull_per_usd
    own = sourcing.in_barrels(priced)
    width = at.offered_slope + IDLE_SLOPE * market.base_exports_kbd
    for k, nest in enumerate(sourcing.nests):
        width[:, nest] += np.matmul(kbd[:, k, None, :], own[:, :, nest])[:, 0]
    per_width = 1.0 / width
    priced *= per_width[:, None, :]
    system = np.empty((draws, types, units, types, units))
    answer = np.empty((draws, types, units))
    for k, nest in enumerate(sourcing.nests):
        answer[:, k] = np.matmul(priced[:, :, nest], at.excess_kbd[:, nest, None])[:, :, 0]
        spread = np.matmul(priced[:, :, nest], share[:, :, nest].transpose(0, 2, 1))
        spread *= -by_nest[:, k, :, None]
        system[:, k] = (spread * shared[:, k, None, :])[:, :, None, :]
        system[:, k, :, k] += spread * inside[:, None, :]
    answer *= by_nest
    size = types * units
    system.reshape(draws, -1)[:, :: size + 1] += 1.0
    added = np.linalg.solve(system.reshape(draws, size, size), answer.reshape(draws, size, 1))
    added = added.reshape(draws, types, units)
    means = inside[:, None, :] * added + shared * added.sum(axis=1, keepdims=True)
    step = -at.excess_kbd
    for k, nest in enumerate(sourcing.nests):
        step[:, nest] -= np.matmul(means[:, k, None, :], share[:, :, nest])[:, 0]
    step *= per_width
    return step


T = TypeVar("T")


def rows(value: T, keep: Mask | Rows) -> T:
    """The same arrays for some of their draws, through nested dataclasses; what has no draw axis stays."""
    if isinstance(value, np.ndarray):
        return value[keep]  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: rows(getattr(value, f.name), keep) for f in fields(value) if f.name not in SHARED}
        return replace(value, **parts)
    return value


SHARED = ("nests", "belongs")
