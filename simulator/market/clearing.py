"""The FOB prices at which every stream finds its buyers: damped Newton on excess supply, draws in parallel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.market.balance import EVERY_DRAW, Balance, Market, balance, flows_kbd, newton_step, rows
from simulator.market.stocks import Stocks

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
FEWEST_RETIRED = 16
"""Nor is it worth it for fewer draws than this."""

SOFTER: tuple[tuple[float, ...], ...] = ((), (), (4.0,), (16.0, 4.0), (64.0, 32.0, 16.0, 8.0, 4.0, 2.0, 1.4))
"""Ways to seek lost draws again, from base prices: in markets with dispersions larger by these factors first, the last
of them as it is. The first way is that of all draws, in the others streams step each alone (`_Search.capped`)."""


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
        if search.worth_retiring:
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

    @property
    def worth_retiring(self) -> bool:
        """Whether so many rows run idle that it pays to go on without them."""
        idle = len(self.open) - int(np.count_nonzero(self.open))
        return idle >= FEWEST_RETIRED and idle >= (1.0 - WORTH_RETIRING_SHARE) * len(self.open)

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
