"""Cargo that arrives: loaded one voyage ago, at the prices of its loading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.market.dynamics import Loading

Array = NDArray[np.float64]

TRACE_KBD = 1e-100
"""Of less than this a mean price cannot be told."""


@dataclass(frozen=True)
class Landing:
    """China's arrivals of one month in cells (draw, segment, stream).

    The cost of a cell is a mean over its loading months: world price (Brent), discount (FOB less Brent, rebates
    included), freight with premia. Duty is that of the month of arrival.
    """

    kbd: Array
    world_price_usd_bbl: Array
    discount_usd_bbl: Array
    freight_usd_bbl: Array
    duty_rate: Array
    duty_usd_bbl: Array

    @property
    def delivered_usd_bbl(self) -> Array:
        """Cost, insurance and freight, before duty."""
        return self.world_price_usd_bbl + self.discount_usd_bbl + self.freight_usd_bbl


def landing(loadings: Sequence[Loading], voyage_months: Array, duty_rate: Array, duty_usd_bbl: Array) -> Landing:
    """What arrives this month.

    A voyage of 1.6 months brings 40 % of a month's loadings one month later and 60 % two months later.

    Parameters
    ----------
    loadings : the last months' loadings, this month's last; as many as the longest voyage and one more.
    voyage_months : (stream,)
    """
    now = loadings[-1]
    kbd = np.zeros_like(now.kbd)
    parts = [np.zeros_like(now.kbd) for _ in range(3)]
    for lag, loaded in enumerate(reversed(loadings)):
        weight = np.maximum(1.0 - np.abs(voyage_months - lag), 0.0)
        if weight.any():
            here = weight * loaded.kbd
            kbd += here
            for total, value in zip(parts, _costs(loaded), strict=True):
                total += here * value
    empty = kbd <= TRACE_KBD
    share = 1.0 / np.where(empty, 1.0, kbd)
    for total, value in zip(parts, _costs(now), strict=True):
        total *= share
        np.copyto(total, value, where=empty)
    world, discount, freight = parts
    shape = kbd.shape
    return Landing(
        kbd, world, discount, freight, np.broadcast_to(duty_rate, shape), np.broadcast_to(duty_usd_bbl, shape)
    )


def _costs(loaded: Loading) -> tuple[Array, Array, Array]:
    return loaded.brent_usd_bbl[:, None, None], loaded.discount_usd_bbl, loaded.freight_usd_bbl
