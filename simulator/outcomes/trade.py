"""One month of world trade as it turned out, by buyer and stream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.axes import BUYERS, CHINA_SEGMENTS
from simulator.market.dynamics import Loading
from simulator.outcomes.landing import Landing

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

CHINA = slice(0, len(CHINA_SEGMENTS))


@dataclass(frozen=True)
class Trade:
    """A month's prices and flows.

    brent_usd_bbl : (draw,)   fob_usd_bbl : (draw, stream)
    flow_kbd : (draw, buyer, stream)
    freight_usd_bbl, discount_usd_bbl, duty_rate, duty_usd_bbl : (draw, buyer, stream) or broadcastable
    trading : (draw, stream), streams with anything to ship; elsewhere a price is only carried along
    requirement_kbd : (draw, buyer), what buyers would take at base prices
    hormuz_share : (draw, stream), malacca_share : (draw, segment, stream), part of the cargo that passes
    stock_draw_kbd, stock_change_mb : (draw, buyer), out of store this month; against the start, at its end
    landing, loaded : China's arrivals of the month, cargo loaded earlier; and its loadings
    """

    brent_usd_bbl: Array
    fob_usd_bbl: Array
    flow_kbd: Array
    freight_usd_bbl: Array
    discount_usd_bbl: Array
    duty_rate: Array
    duty_usd_bbl: Array
    trading: Mask
    requirement_kbd: Array
    hormuz_share: Array
    malacca_share: Array
    stock_draw_kbd: Array
    stock_change_mb: Array
    landing: Landing
    loaded: Loading

    @property
    def delivered_usd_bbl(self) -> Array:
        """FOB, freight and premia, less rebates, before duty: (draw, buyer, stream)."""
        delivered: Array = self.fob_usd_bbl[:, None, :] + self.freight_usd_bbl + self.discount_usd_bbl
        return delivered

    @property
    def delivered_in_china_usd_bbl(self) -> Array:
        """The same for China: (draw, segment, stream) or broadcastable."""
        added = self.freight_usd_bbl, self.discount_usd_bbl
        part = [np.broadcast_to(value, self.flow_kbd.shape)[:, CHINA] for value in added]
        delivered: Array = self.fob_usd_bbl[:, None, :] + part[0] + part[1]
        return delivered

    @property
    def china_kbd(self) -> Array:
        """What is loaded for China: (draw, segment, stream)."""
        return self.flow_kbd[:, CHINA]


def china_delivered(trade: Trade, sold_to_china: Mask) -> Array:
    """Delivered price in China, (draw, stream): mean over segments by volume, or plain where none buys."""
    delivered = np.broadcast_to(trade.delivered_in_china_usd_bbl, trade.china_kbd.shape)
    volume = trade.china_kbd
    bought = volume.sum(axis=1)
    weighted = (volume * delivered).sum(axis=1) / np.where(bought > 0, bought, 1.0)
    mean = np.where(bought > 0, weighted, delivered.mean(axis=1))
    return np.where(trade.trading & sold_to_china, mean, np.nan)


def brent(base_brent_usd_bbl: float, fob_change_usd_bbl: Array, trading: Mask, export_weight: Array) -> Array:
    """Brent: base plus the export-weighted change of its streams' FOB prices, (draw,).

    Streams that ship nothing have no price and leave the average.

    >>> change, trading = np.array([[2.0, 4.0]]), np.array([[True, True]])
    >>> brent(70.0, change, trading, np.array([1.0, 1.0])).tolist()
    [73.0]
    """
    weight = export_weight * trading
    total = weight.sum(axis=1)
    # Without any of its streams Brent is read off every stream that still trades.
    weight = np.where(total[:, None] > 0, weight, trading)
    return base_brent_usd_bbl + (weight * fob_change_usd_bbl).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300)


def by_buyer(flow_kbd: Array, unit_buyer: NDArray[np.int64]) -> Array:
    """Flows of participation layers added up by buyer: (draw, buyer, stream)."""
    total = flow_kbd[:, : len(BUYERS)].copy()
    for unit in range(len(BUYERS), len(unit_buyer)):
        total[:, unit_buyer[unit]] += flow_kbd[:, unit]
    return total
