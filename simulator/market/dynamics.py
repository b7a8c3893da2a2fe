"""What one month leaves to the next: habits, stocks, prices people are used to, slow adjustment, cargo at sea."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CAP_MARGIN_USD_BBL = 3.0
CAP_PACE_SHARE = 0.5
"""Part of the way coalition shipping goes in a month to what the cap allows."""
MOST_DRIFT = float(np.log(10.0))
"""However elastic the long run and however far the price: nobody comes to need or ship more than ten times as much, or
less than a tenth. Guessed; only streams whose exports are a small part of what their country pumps come near it."""
MOST_OVERSHOOT_SHARE = 0.5
"""Part of a disturbance of habits that may come back with the other sign the month after."""
STANDSTILL_USD_BBL = 1e-4
"""Changes of prices below this tell nothing about the next."""
EMPTIED_SHARE = 0.5
RESTARTED_SHARE = 0.5
"""Parts of oil ashore and of idle wells that come back in a month."""


@dataclass(frozen=True)
class Loading:
    """What left for China in one month and what it cost there: (draw, segment, stream), world price (draw,)."""

    kbd: Array
    brent_usd_bbl: Array
    discount_usd_bbl: Array
    freight_usd_bbl: Array


@dataclass(frozen=True)
class State:
    """Everything the next month needs to know. One is enough to go on from.

    memory_share : (draw, buyer, stream)   memory_nest_share : (draw, buyer, quality), conditional shares
    flow_kbd : (draw, buyer, stream)   last month's purchases
    stock_change_mb, released_mb, reference_usd_bbl, demand_drift : (draw, buyer)
        crude in store against the start; announced releases so far, fills below 0; the price holders think normal;
        log of what demand has shifted by
    floating_change_mb, floating_reference_usd_bbl, supply_drift : (draw, stream)
        the same for sellers' cargo afloat; log of what supply has shifted by
    bypass_ready_share : (draw, outlet)   how far the ways round a closed strait have been brought into use
    log_freight_rate : (draw, fleet)   coalition_share : (draw, stream), cargo in coalition ships against the base
    exports_kbd : (draw, stream), last month's
    stored_mb, idle_share : (draw, stream)   producers' oil ashore for want of a way out; capacity shut for want of room
    fear : (draw,)   log of what fear adds to the price holders think normal
    bound_usd_bbl : (draw, limit)   last month's shadow prices of bounds on purchases, to begin the search with
    brent_usd_bbl : (draw,)   last month's
    fob_usd_bbl, fob_before_usd_bbl : (draw, stream), of the last two months
    fob_pace_share : (draw,), 0-1, how much of their last change prices are likely to add, see `pace_share`
    loadings : the last months' loadings for China, oldest first
    """

    memory_share: Array
    memory_nest_share: Array
    stock_change_mb: Array
    released_mb: Array
    reference_usd_bbl: Array
    flow_kbd: Array
    demand_drift: Array
    floating_change_mb: Array
    floating_reference_usd_bbl: Array
    supply_drift: Array
    bypass_ready_share: Array
    log_freight_rate: Array
    coalition_share: Array
    exports_kbd: Array
    stored_mb: Array
    idle_share: Array
    fear: Array
    bound_usd_bbl: Array
    brent_usd_bbl: Array
    fob_usd_bbl: Array
    fob_before_usd_bbl: Array
    fob_pace_share: Array
    loadings: tuple[Loading, ...]


def remember(actual_share: Array, wished_share: Array, refresh_share: Array) -> Array:
    """Next month's habits: what was bought, refreshed by what would be bought without habits.

    Without the refresh a stream once lost would be forgotten for ever.

    >>> remember(np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array(0.1)).round(9).tolist()
    [0.95, 0.05]
    """
    return (1.0 - refresh_share) * actual_share + refresh_share * wished_share


def refresh_share(wanted_share: Array, memory_pace: Array) -> Array:
    """Part of habits that wishes renew in a month, held to what the market can bear.

    Where a stream's supply hardly moves, a habit weaker by d lowers its price by m (1-w)/w d, and the wish rises by
    (1-w)/w d: refreshed by more than w/(1-w), habits and prices would overshoot each other for ever.

    Notes
    -----
    min( zeta, 1/2 w/(1-w) ), so that an overshoot halves each month at worst

    >>> refresh_share(np.array([0.1, 0.2]), np.array([0.5, 0.1])).round(4).tolist()
    [0.1, 0.0556]
    """
    return np.minimum(wanted_share, MOST_OVERSHOOT_SHARE * memory_pace / (1.0 - memory_pace))


def get_used_to(reference_usd_bbl: Array, price_usd_bbl: Array, pace_share: Array) -> Array:
    """The reference price moves part of the way, in logs, to the price of the month."""
    return np.exp((1.0 - pace_share) * np.log(reference_usd_bbl) + pace_share * np.log(price_usd_bbl))


def drift(so_far: Array, extra_elasticity: Array, log_price_ratio: Array, pace_share: Array) -> Array:
    """Slow adjustment of a curve, as the log of its shift: closes part of the gap to the long run.

    Notes
    -----
    x' = x + kappa { (long-run less short-run elasticity) ln(p/p0) - x }, the long run at most a factor of ten away
    """
    wanted = np.clip(extra_elasticity * log_price_ratio, -MOST_DRIFT, MOST_DRIFT)
    return so_far + pace_share * (wanted - so_far)


def cap_reach_share(cap_usd_bbl: Array, last_fob_usd_bbl: Array) -> Array:
    """Share of coalition shipping that a price cap leaves a stream, 0-1, by last month's price.

    All of it where the price is 3 USD or more below the cap, none where it is above.

    Notes
    -----
    x = clip((cap - p)/3, 0, 1);  x^2 (3 - 2x)

    >>> cap_reach_share(np.array([60.0, 60.0, 60.0]), np.array([56.0, 58.5, 61.0])).tolist()
    [1.0, 0.5, 0.0]
    """
    x = np.clip((cap_usd_bbl - last_fob_usd_bbl) / CAP_MARGIN_USD_BBL, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


def pace_share(change_usd_bbl: Array, change_before_usd_bbl: Array) -> Array:
    """Part of last month's change of prices that this month's is likely to be, (draw,) 0-1.

    What the last change kept of the one before: prices that settle go on settling, prices that jumped or turned do not
    go on.

    >>> pace_share(np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([[2.0, 4.0], [0.0, 0.0]])).tolist()
    [0.5, 0.0]
    """
    alike = (change_usd_bbl * change_before_usd_bbl).sum(axis=1)
    size = (change_before_usd_bbl**2).sum(axis=1)
    return np.clip(alike / np.maximum(size, STANDSTILL_USD_BBL**2), 0.0, 1.0)


def ashore(stored_mb: Array, kept_back_kbd: Array, room_mb: Array, days: float) -> tuple[Array, Array]:
    """Oil kept ashore when a strait is shut, and the part of it that finds no room: (draw, stream) mb and 0-1.

    What is kept back fills storage; once that is full production is shut in. Storage empties when the strait is
    open again.
    """
    into = kept_back_kbd * days / 1e3
    emptied = np.where(kept_back_kbd > 0, 0.0, EMPTIED_SHARE * stored_mb)
    stored = stored_mb + into - emptied
    over = np.maximum(stored - room_mb, 0.0)
    return np.minimum(stored, room_mb), np.minimum(over / np.where(into > 0, into, 1.0), 1.0)
