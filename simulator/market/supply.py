"""What sellers ship: a curve through the base month that saturates at capacity and shuts in at low prices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from simulator.market.logistic import logistic

Array = NDArray[np.float64]

FULLEST_USE_SHARE = 0.995
"""Highest use of capacity the curve is built for: above it the price response has no width left."""


@dataclass(frozen=True)
class Supply:
    """The supply curve of every stream, (draw, stream).

    steady_kbd flows at any price well above `shut_in_usd_bbl`; flexible_kbd follows the price around
    `middle_usd_bbl` within `spread_usd_bbl`; both stop around `shut_in_usd_bbl`. available_share scales all of it:
    an outage takes away barrels at every price. offer_shift_usd_bbl moves the seller's whole offer: negative, it
    sells the same for less. Of the flexible part a share free_share, 0-1, still answers to price; of the rest
    planned_share, 0-1, is in the loading programme.
    """

    steady_kbd: Array
    shut_in_usd_bbl: Array
    shut_in_spread_usd_bbl: Array
    flexible_kbd: Array
    middle_usd_bbl: Array
    spread_usd_bbl: Array
    available_share: Array
    offer_shift_usd_bbl: Array
    planned_share: Array
    free_share: Array

    @cached_property
    def sure_kbd(self) -> Array:
        """What does not follow the price unless it nears the shut-in price: the same all month."""
        return self.steady_kbd + self.flexible_kbd * (1.0 - self.free_share) * self.planned_share


@dataclass(frozen=True)
class SupplyBase:
    """The base point of the curve, (draw, stream) or broadcastable.

    exports_kbd at fob_usd_bbl with the given elasticity (dlnS/dlnp); steady_share of them holds until the
    price nears shut_in_usd_bbl.
    """

    exports_kbd: Array
    fob_usd_bbl: Array
    elasticity: Array
    steady_share: Array
    shut_in_usd_bbl: Array
    shut_in_spread_usd_bbl: Array


def curve(base: SupplyBase, capacity_kbd: Array, available_share: Array, offer_shift_usd_bbl: Array) -> Supply:
    """Lay the supply curve through the base point below the month's capacity.

    Lost transport (`capacity_kbd` below base exports) takes away the room above: what can still be shipped is
    shipped at any ordinary price.

    Notes
    -----
    With l the steady share, G0 = G((p0-psi)/hs) and F = S0/G0, at most a little below K:

        S(p) = N G((p-psi)/hs) { l F + (K - l F) G((p-mid)/h) },
        u = (1-l) F / (K - l F),  h = (1-u)(1-l) p0/eta,  mid = p0 - h logit(u)

    so S(p0) = N S0, the elasticity there is eta and what shutting in adds, and S < N K everywhere.
    """
    at_base = logistic((base.fob_usd_bbl - base.shut_in_usd_bbl) / base.shut_in_spread_usd_bbl)
    steady_share = base.steady_share
    full = np.minimum(base.exports_kbd / at_base, FULLEST_USE_SHARE * capacity_kbd)
    steady = steady_share * full
    flexible = capacity_kbd - steady
    use = np.where(flexible > 0, (1.0 - steady_share) * full / np.where(flexible > 0, flexible, 1.0), 0.5)
    spread = (1.0 - use) * (1.0 - steady_share) * base.fob_usd_bbl / base.elasticity
    return Supply(
        steady_kbd=steady,
        shut_in_usd_bbl=base.shut_in_usd_bbl,
        shut_in_spread_usd_bbl=base.shut_in_spread_usd_bbl,
        flexible_kbd=flexible,
        middle_usd_bbl=base.fob_usd_bbl - spread * logit(use),
        spread_usd_bbl=spread,
        available_share=available_share,
        offer_shift_usd_bbl=offer_shift_usd_bbl,
        planned_share=np.zeros_like(full),
        free_share=np.ones_like(full),
    )


def programmed(supply: Supply, expected_ask_usd_bbl: Array, free_share: Array) -> Supply:
    """The curve in a month whose loading programmes were fixed at expected prices, but for a part, 0-1.

    Parameters
    ----------
    expected_ask_usd_bbl : (draw, stream), FOB price less what had been known to shift the seller's offer

    A programme can still be dropped: below the shut-in price nothing is loaded.

    Notes
    -----
    In S(p) the flexible part is free G(p) + (1 - free) G(p_expected) in use, G as in `curve`.
    """
    planned = logistic((expected_ask_usd_bbl - supply.middle_usd_bbl) / supply.spread_usd_bbl)
    return replace(supply, planned_share=planned, free_share=np.broadcast_to(free_share, planned.shape))


def offered(supply: Supply, fob_usd_bbl: Array) -> tuple[Array, Array]:
    """Exports offered at a FOB price and their slope: (draw, stream) kb/d and kb/d per USD."""
    ask = fob_usd_bbl - supply.offer_shift_usd_bbl
    holds = logistic((ask - supply.shut_in_usd_bbl) / supply.shut_in_spread_usd_bbl)
    follows = logistic((ask - supply.middle_usd_bbl) / supply.spread_usd_bbl)
    running = supply.available_share * holds
    free = supply.free_share * supply.flexible_kbd * follows
    kbd = running * (supply.sure_kbd + free)
    slope = kbd * (1.0 - holds) / supply.shut_in_spread_usd_bbl
    return kbd, slope + running * free * (1.0 - follows) / supply.spread_usd_bbl
