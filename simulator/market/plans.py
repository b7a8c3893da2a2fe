"""What buyers order, given what they run: stocks answer to price, most cargoes are nominated before a surprise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.market.logistic import logistic
from simulator.market.stocks import Stocks, drawn

Array = NDArray[np.float64]

DEAREST_USD_BBL, GIVING_WAY_USD_BBL = 500.0, 10.0
"""What crude may cost above the base month before orders give way, and how gradually they do: nobody fills reserves,
or takes what he has nominated, at any price. Without it a market short of barrels would have no price at all."""
SURE_USD_BBL = DEAREST_USD_BBL - 37.5 * GIVING_WAY_USD_BBL
"""Up to here orders stand to the last digit."""
LEAST_TRICKLE_KBD = 1e-12
TRICKLE_SHARE, FADING = 1e-3, 37.5
"""`Plans.trickle_kbd` as a share of usual purchases, and the multiple of it above which it makes no difference."""


@dataclass(frozen=True)
class Plans:
    """What stands between runs and purchases, (draw, unit).

    stocks : what the unit would do with its crude in store
    base_cost_usd_bbl : its cost index P in the base month
    passed_on_usd_bbl : what product prices have taken over of a dearer crude
    nominated_kbd, free_share : purchases fixed before the month began, and the part still open, 0-1
    ordered_draw_kbd : flow out of store that the orders counted on
    released_kbd : announced flow out of reserves, whatever the price (negative: into them)
    trickle_kbd : below a few dozen times this purchases fade out instead of ending at once; 0 for a unit of no size
    """

    stocks: Stocks
    base_cost_usd_bbl: Array
    passed_on_usd_bbl: Array
    nominated_kbd: Array
    free_share: Array
    ordered_draw_kbd: Array
    released_kbd: Array
    trickle_kbd: Array


def ordered(plans: Plans, runs: tuple[Array, Array], cost_change_usd_bbl: Array) -> tuple[Array, Array]:
    """Purchases and their slope: (draw, unit) kb/d and kb/d per USD of the cost index.

    Parameters
    ----------
    runs : what the unit runs and its slope, at the part of the cost that products do not pay for.

    Notes
    -----
    need = free { runs - draw(P) } + (1 - free) nominated - released,   purchases = g(P) h ln(1 + exp(need/h))

    h is `trickle_kbd`: purchases are what is needed, and nothing where that is far below 0.
    g(P) = G( (dearest - dP) / width ), 1 at any ordinary price
    """
    need, slope = _needed(plans, runs, cost_change_usd_bbl)
    kbd, slope = _at_least_none(need, slope, plans.trickle_kbd)
    stand = _standing_share(cost_change_usd_bbl)
    if stand is None:
        return kbd, slope
    return stand * kbd, stand * (slope - kbd * (1.0 - stand) / GIVING_WAY_USD_BBL)


def released(plans: Plans, runs: tuple[Array, Array], cost_change_usd_bbl: Array) -> Array:
    """What leaves reserves in the end, (draw, unit) kb/d: no more than is needed, and no fill at any price.

    What buyers would draw beside it and do not need stays in store too.
    """
    need, slope = _needed(plans, runs, cost_change_usd_bbl)
    kbd, _ = _at_least_none(need, slope, plans.trickle_kbd)
    stand = _standing_share(cost_change_usd_bbl)
    announced = plans.released_kbd
    if stand is not None:
        announced = np.where(announced < 0.0, stand * announced, announced)
    return announced - (kbd - need)


def _needed(plans: Plans, runs: tuple[Array, Array], cost_change_usd_bbl: Array) -> tuple[Array, Array]:
    out, out_slope = drawn(plans.stocks, plans.base_cost_usd_bbl + cost_change_usd_bbl)
    kbd = plans.free_share * (runs[0] - out) + (1.0 - plans.free_share) * plans.nominated_kbd
    return kbd - plans.released_kbd, plans.free_share * (runs[1] - out_slope)


def _at_least_none(need_kbd: Array, slope: Array, trickle_kbd: Array) -> tuple[Array, Array]:
    """What is bought of a need that may lie below 0, and its slope: no corner that a search could be caught in."""
    if (need_kbd >= FADING * trickle_kbd).all():
        return need_kbd, slope
    times = need_kbd / np.maximum(trickle_kbd, LEAST_TRICKLE_KBD)
    left = np.log1p(np.exp(-np.abs(times))) * trickle_kbd
    return np.maximum(need_kbd, 0.0) + left, slope * logistic(times)


def _standing_share(cost_change_usd_bbl: Array) -> Array | None:
    """Part of orders that stand at a change of the cost index, 0-1; None where all of all do: the usual case."""
    if cost_change_usd_bbl.max() <= SURE_USD_BBL:
        return None
    return logistic((DEAREST_USD_BBL - cost_change_usd_bbl) / GIVING_WAY_USD_BBL)
