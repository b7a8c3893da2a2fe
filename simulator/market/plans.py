"""What buyers order, given what they run: stocks answer to price, most cargoes are nominated before a surprise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.market.stocks import Stocks, drawn

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Plans:
    """What stands between runs and purchases, (draw, unit).

    stocks : what the unit would do with its crude in store
    base_cost_usd_bbl : its cost index P in the base month
    passed_on_usd_bbl : what product prices have taken over of a dearer crude
    nominated_kbd, free_share : purchases fixed before the month began, and the part still open, 0-1
    ordered_draw_kbd : flow out of store that the orders counted on
    released_kbd : announced flow out of reserves, whatever the price (negative: into them)
    """

    stocks: Stocks
    base_cost_usd_bbl: Array
    passed_on_usd_bbl: Array
    nominated_kbd: Array
    free_share: Array
    ordered_draw_kbd: Array
    released_kbd: Array


def ordered(plans: Plans, runs: tuple[Array, Array], cost_change_usd_bbl: Array) -> tuple[Array, Array]:
    """Purchases and their slope: (draw, unit) kb/d and kb/d per USD of the cost index.

    Parameters
    ----------
    runs : what the unit runs and its slope, at the part of the cost that products do not pay for.

    Notes
    -----
    purchases = free { runs - draw(P) } + (1 - free) nominated - released
    """
    out, out_slope = drawn(plans.stocks, plans.base_cost_usd_bbl + cost_change_usd_bbl)
    kbd = plans.free_share * (runs[0] - out) + (1.0 - plans.free_share) * plans.nominated_kbd
    return np.maximum(kbd - plans.released_kbd, 0.0), plans.free_share * (runs[1] - out_slope)
