"""The FOB prices at which every stream finds its buyers: damped Newton on excess supply, draws in parallel."""

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

TOLERANCE = 1e-8
"""Largest excess supply of a cleared stream, as a share of its base exports."""

MAX_ITERATIONS, MOST_WHEN_LOST = 80, 240
"""Steps of the first search and, more patient, of those for draws that were lost in it."""
STEP_CAP_USD_BBL = 60.0
LOWEST_GUESS_USD_BBL = 1.0
OVERSHOOT = 0.5
"""A step is shortened when the potential's slope behind it is more than this share of the slope before it."""

WORTH_RETIRING_SHARE = 0.85
"""Draws that are done are taken out of the search when no more than this part is left: taking them out copies all."""

SOFTER: tuple[tuple[float, ...], ...] = ((), (), (4.0,), (16.0, 4.0), (64.0, 32.0, 16.0, 8.0, 4.0, 2.0, 1.4))
"""Ways to seek lost draws again, from base prices: in markets with dispersions larger by these factors first, the last
of them as it is. The first way is that of all draws, in the others streams step each alone (`_Search.capped`)."""

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
class Clearing:
    """The cleared month.

    fob_usd_bbl : (draw, stream)   flow_kbd : (draw, unit, stream)   cost_change_usd_bbl : (draw, unit)
    residual_share : (draw,)   largest excess supply over base exports
    converged : (draw,)        residual_share <= TOLERANCE, and every bound on purchases kept
    iterations : (draw,)
    bound_usd_bbl : (draw, limit)   shadow prices of bounds on purchases; None without any
    bound_missed_share : (draw,)   how far purchases are from the worst bound that is not kept; None without bounds
    """

    fob_usd_bbl: Array
    flow_kbd: Array
    cost_change_usd_bbl: Array
    residual_share: Array
    converged: NDArray[np.bool_]
    iterations: NDArray[np.int64]
    bound_usd_bbl: Array | None = None
    bound_missed_share: Array | None = None


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


def first_guess(last_usd_bbl: Array, before_usd_bbl: Array, pace_share: Array) -> Array:
    """Where to start looking for this month's prices: they go on the way they went, at their pace (draw,)."""
    ahead = last_usd_bbl + pace_share[:, None] * (last_usd_bbl - before_usd_bbl)
    return np.maximum(ahead, LOWEST_GUESS_USD_BBL)


def clear(market: Market, start_fob_usd_bbl: Array) -> Clearing:
    """Find the prices at which offers meet purchases in every stream and draw.

    Parameters
    ----------
    start_fob_usd_bbl : (draw, stream), where to begin; last month's prices are a good place.

    Returns
    -------
    A draw that reaches `TOLERANCE` in none of its searches is marked, never passed off as an answer.

    Notes
    -----
    Newton with a cap on each step; a step that overshoots is shortened (`_Search.step`). The ad
    valorem duty stands in the Jacobian, so tariff and price agree at the same tolerance as the market.
    Draws that got lost on the way start again from base prices, and those that still are by way of markets whose
    buyers look less closely (`SOFTER`): there prices move little, and each is close to the next.
    """
    found = _search(market, start_fob_usd_bbl)
    for number, softer in enumerate(SOFTER):
        if found.converged.all():
            break
        lost = np.flatnonzero(~found.converged)
        part = _by_way_of(rows(market, lost), softer, each_alone=number > 0)
        closer = part.residual_share <= found.residual_share[lost]
        found = merged(found, lost[closer], rows(part, closer))
    return found


def _by_way_of(market: Market, softer: tuple[float, ...], each_alone: bool) -> Clearing:
    start = market.base_fob_usd_bbl
    for factor in softer:
        near = _search(softened(market, factor), start, each_alone)
        start = np.where(near.converged[:, None], near.fob_usd_bbl, start)
    return _search(market, start, each_alone)


def softened(market: Market, factor: float) -> Market:
    """The same market with dispersions larger and stocks slower by a factor: less hangs on a dollar, and on taste."""
    of, plans, floating = market.sourcing, market.plans, market.floating
    return replace(
        market,
        plans=plans and replace(plans, stocks=_slower(plans.stocks, factor)),
        floating=floating and _slower(floating, factor),
        sourcing=replace(
            of,
            log_appeal=of.log_appeal / factor,
            nest_log_appeal=of.nest_log_appeal / factor,
            pull_per_usd=of.pull_per_usd / factor,
            within_usd_bbl=of.within_usd_bbl * factor,
            across_usd_bbl=of.across_usd_bbl * factor,
        ),
    )


def _slower(stocks: Stocks, factor: float) -> Stocks:
    return replace(stocks, response=stocks.response / factor)


def merged(found: Clearing, of: Rows, part: Clearing) -> Clearing:
    """The same with some of its draws replaced."""
    together = {}
    for name in ("fob_usd_bbl", "flow_kbd", "cost_change_usd_bbl", "residual_share", "converged", "iterations"):
        whole = getattr(found, name).copy()
        whole[of] = getattr(part, name)
        together[name] = whole
    return replace(found, **together)


def _search(market: Market, start_fob_usd_bbl: Array, each_alone: bool = False) -> Clearing:
    search = _Search(market, start_fob_usd_bbl, each_alone)
    for iteration in range(search.most):
        at = balance(search.market, search.trial)
        search.settle(at, iteration)
        if not search.open.any():
            break
        if search.open.mean() <= WORTH_RETIRING_SHARE:
            at = search.retire(at)
        search.step(newton_step(search.market, at), at.excess_kbd)
    return search.found


class _Search:
    """Where the draws in work stand, and what the settled ones found.

    draws : (row,), the draw in each row   open : (row,), whether it is still looking; rows of the others run idle
    """

    def __init__(self, market: Market, start_fob_usd_bbl: Array, each_alone: bool) -> None:
        draws = len(start_fob_usd_bbl)
        shape = market.sourcing.log_appeal.shape
        self.market = market
        self.each_alone, self.most = each_alone, MOST_WHEN_LOST if each_alone else MAX_ITERATIONS
        self.draws = np.arange(draws)
        self.open = np.ones(draws, dtype=np.bool_)
        self.trial = start_fob_usd_bbl.copy()
        self.origin = self.trial.copy()
        self.direction = np.zeros_like(self.trial)
        self.slope = np.zeros(draws)
        self.length = np.ones(draws)
        self.found = Clearing(
            fob_usd_bbl=self.trial.copy(),
            flow_kbd=np.zeros(shape),
            cost_change_usd_bbl=np.zeros(shape[:2]),
            residual_share=np.full(draws, np.inf),
            converged=np.zeros(draws, dtype=np.bool_),
            iterations=np.zeros(draws, dtype=np.int64),
        )

    def settle(self, at: Balance, iteration: int) -> None:
        """Write down the draws that are done."""
        miss = (np.abs(at.excess_kbd) / self.market.base_exports_kbd).max(axis=1)
        done = self.open & ((miss <= TOLERANCE) | (iteration == self.most - 1))
        self.open &= ~done
        if not done.any():
            return
        of = EVERY_DRAW if done.all() else np.flatnonzero(done)
        to = self.draws[of]
        self.found.fob_usd_bbl[to] = self.trial[of]
        self.found.flow_kbd[to] = flows_kbd(self.market.sourcing, at, of)
        self.found.cost_change_usd_bbl[to] = at.choice.cost_change_usd_bbl[of]
        self.found.residual_share[to] = miss[of]
        self.found.converged[to] = miss[of] <= TOLERANCE
        self.found.iterations[to] = iteration

    def retire(self, at: Balance) -> Balance:
        """Go on with the open draws alone: their part of the balance."""
        keep = np.flatnonzero(self.open)
        self.market = rows(self.market, keep)
        for name in ("draws", "open", "trial", "origin", "direction", "slope", "length"):
            setattr(self, name, getattr(self, name)[keep])
        return rows(at, keep)

    def capped(self, newton: Array) -> Array:
        """The step, no longer than it may be: shorter as a whole, or one stream that is far off by itself."""
        if self.each_alone:
            return np.clip(newton, -STEP_CAP_USD_BBL, STEP_CAP_USD_BBL)
        largest = np.abs(newton).max(axis=1, keepdims=True)
        return newton * np.minimum(1.0, STEP_CAP_USD_BBL / np.maximum(largest, STEP_CAP_USD_BBL))

    def step(self, newton: Array, excess_kbd: Array) -> None:
        """Go on from here, or back towards the last point where the step went too far.

        Along a step the market's convex potential falls as long as excess supply times the step is negative; a
        step after which it rises steeply has overshot and is shortened to where the slope should be 0.
        """
        slope = (excess_kbd * self.direction).sum(axis=1)
        fine = slope <= OVERSHOOT * np.abs(self.slope)
        capped = self.capped(newton)
        shorter = np.abs(self.slope) / np.maximum(np.abs(self.slope) + np.abs(slope), 1e-300)
        self.length = np.where(fine, 1.0, self.length * np.clip(shorter, 0.1, 0.7))
        self.origin = np.where(fine[:, None], self.trial, self.origin)
        self.direction = np.where(fine[:, None], capped, self.direction)
        self.slope = np.where(fine, (excess_kbd * self.direction).sum(axis=1), self.slope)
        self.trial = self.origin + self.length[:, None] * self.direction


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
