"""Bounds on what somebody buys, and the price of keeping them: the shadow price of a promise or of a ban."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.market.balance import Market, rows
from simulator.market.clearing import Clearing, clear, merged

Array = NDArray[np.float64]

AT_LEAST, AT_MOST = 1.0, -1.0
KEPT_TO = 1e-6
"""A bound is kept when purchases miss it by no more than this part of it."""
SLACK_KBD = 0.01
"""Added to bound and purchases when they are compared: below ten barrels a day they need not agree to a part of it."""
ROUNDS, SWEEPS = 80, 24
HALVED_EVERY, LONGER = 4, 2.0
"""Secants may creep: every so often the middle is tried. Steps that go on beyond all that is known grow."""
WIDEST_STEP = 6.0
"""Longest first step of a shadow price, in dispersions: purchases change by e to this power at most."""
DEAREST_PROMISE_USD_BBL = 500.0
"""A promise without a ceiling is given up here: what is still missing is not to be had at any price."""


@dataclass(frozen=True)
class Limit:
    """One bound on the purchases of some units from some streams.

    pairs : (unit, stream), 1 where a purchase counts
    kbd : (draw,)   the bound
    sense : AT_LEAST or AT_MOST
    most_usd_bbl : (draw,)   highest shadow price anybody pays; infinite without a ceiling
    """

    pairs: Array
    kbd: Array
    sense: float
    most_usd_bbl: Array


def clear_within(
    market: Market, limits: tuple[Limit, ...], start_fob_usd_bbl: Array, start_price_usd_bbl: Array
) -> Clearing:
    """Clear the market so that every bound is kept, or costs the most it may.

    Parameters
    ----------
    start_price_usd_bbl : (draw, limit), shadow prices to begin with; last month's are a good guess.

    Returns
    -------
    the cleared market with the shadow price of each bound in USD per barrel, 0 where it does not bind.
    A draw in which a bound is neither kept nor at its ceiling has not converged.

    Notes
    -----
    A bound adds a wedge to the choice cost of its pairs: -nu for a promise to buy at least, +lambda for a ban. Volume
    is monotone in the wedge and close to exponential, so the wedge is found by secants on its logarithm, kept
    between points that are known to be too low and too high. Several bounds are met in turn.
    """
    ceilings = np.stack([limit.most_usd_bbl for limit in limits], axis=1)
    price = np.minimum(start_price_usd_bbl, ceilings)
    found = clear(_with_wedges(market, limits, price), start_fob_usd_bbl)
    for _ in range(SWEEPS):
        for number, limit in enumerate(limits):
            found, price = _meet(market, limits, (number, limit), price, found)
        missed = np.max([_missed_share(limit, found, price[:, n]) for n, limit in enumerate(limits)], axis=0)
        if not missed.any():
            break
    converged = found.converged & (missed == 0.0)
    return replace(found, bound_usd_bbl=price, converged=converged, bound_missed_share=missed)


def bought_kbd(limit: Limit, cleared: Clearing) -> Array:
    """Purchases that count towards a bound: (draw,) kb/d."""
    total: Array = (cleared.flow_kbd * limit.pairs).sum(axis=(1, 2))
    return total


def _meet(
    market: Market, limits: tuple[Limit, ...], one: tuple[int, Limit], price: Array, found: Clearing
) -> tuple[Clearing, Array]:
    number, limit = one
    scale = market.sourcing.within_usd_bbl.min(axis=1)
    between = _Bracket(limit.most_usd_bbl, WIDEST_STEP * scale)
    slope, gap = -1.0 / scale, _gap(limit, found)
    for turn in range(ROUNDS):
        here = price[:, number]
        between.narrow(here, gap)
        kept = _kept(limit, gap, here)
        moved = np.where(kept, here, between.next(here, gap / -slope, halve=turn % HALVED_EVERY == HALVED_EVERY - 1))
        change = moved - here
        if not change.any():
            break
        price = price.copy()
        price[:, number] = moved
        found = _again(_with_wedges(market, limits, price), found, change != 0.0)
        last_gap, gap = gap, _gap(limit, found)
        steeper = (gap - last_gap) / np.where(change != 0.0, change, 1.0)
        slope = np.where((change != 0.0) & (steeper < 0.0), steeper, slope)
    return found, price


class _Bracket:
    """Between which shadow prices the right one lies, (draw,), and how far the next step may go."""

    def __init__(self, most_usd_bbl: Array, reach_usd_bbl: Array) -> None:
        self.most, self.reach = most_usd_bbl, reach_usd_bbl
        self.low, self.high = np.zeros_like(reach_usd_bbl), np.full_like(reach_usd_bbl, np.inf)

    def narrow(self, here: Array, gap: Array) -> None:
        """Learn from the gap at a price: above 0 the price is too low."""
        self.low = np.where(gap > 0, np.maximum(self.low, here), self.low)
        self.high = np.where(gap < 0, np.minimum(self.high, here), self.high)

    def next(self, here: Array, step: Array, halve: bool) -> Array:
        """Where to look next: a step on if that stays between, else halfway, or on and on in ever longer steps."""
        wanted = np.clip(here + np.clip(step, -self.reach, self.reach), 0.0, self.most)
        at_an_end = (wanted <= 0.0) & (self.low <= 0.0) | (wanted >= self.most) & (self.high >= self.most)
        inside = (wanted > self.low) & (wanted < self.high) | at_an_end
        closed = np.isfinite(self.high)
        halfway = np.where(closed, 0.5 * (self.low + np.where(closed, self.high, 0.0)), self.low + self.reach)
        self.reach = np.where(np.abs(step) > self.reach, LONGER * self.reach, self.reach)
        return np.where(inside & ~(closed & halve), wanted, np.minimum(halfway, self.most))


def _again(market: Market, found: Clearing, moved: NDArray[np.bool_]) -> Clearing:
    """Clear once more the draws whose shadow price has moved."""
    if moved.all():
        return clear(market, found.fob_usd_bbl)
    of = np.flatnonzero(moved)
    return merged(found, of, clear(rows(market, of), found.fob_usd_bbl[of]))


def _gap(limit: Limit, cleared: Clearing) -> Array:
    """How far purchases are on the wrong side of the bound, as a logarithm: above 0 the shadow price must rise."""
    return limit.sense * np.log((limit.kbd + SLACK_KBD) / (bought_kbd(limit, cleared) + SLACK_KBD))


def _missed_share(limit: Limit, cleared: Clearing, price: Array) -> Array:
    """How far purchases are from a bound that is not kept, as a part of it: (draw,), 0 where it is."""
    missing_kbd = np.abs(limit.kbd - bought_kbd(limit, cleared))
    kept = _kept(limit, _gap(limit, cleared), price)
    return np.where(kept, 0.0, missing_kbd / np.maximum(limit.kbd, SLACK_KBD))


def _kept(limit: Limit, gap: Array, price: Array) -> NDArray[np.bool_]:
    met = np.abs(gap) <= KEPT_TO
    idle = (price <= 0.0) & (gap <= KEPT_TO)
    spent = (price >= limit.most_usd_bbl) & (gap > 0.0)
    return met | idle | spent


def _with_wedges(market: Market, limits: tuple[Limit, ...], price: Array) -> Market:
    pull = market.sourcing.log_appeal
    for number, limit in enumerate(limits):
        wedge = limit.sense * price[:, number, None, None] * limit.pairs
        pull = pull + wedge / market.sourcing.within_usd_bbl[:, :, None]
    return replace(market, sourcing=replace(market.sourcing, log_appeal=pull))
