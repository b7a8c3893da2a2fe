"""Every outcome of one month, as labelled columns of draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.axes import BUYERS, CHINA_SEGMENTS
from simulator.outcomes.decomposition import COMPONENTS, Bill, shapley
from simulator.outcomes.landing import Landing
from simulator.outcomes.trade import CHINA, Trade
from simulator.outcomes.views import Views
from simulator.units import usd_bn

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """One metric seen one way: values (draw, item); NaN where a draw has no such value."""

    metric: str
    by: str
    items: tuple[str, ...]
    values: Array


def month_outcomes(trade: Trade, before: Trade, views: Views, drawn: Drawn, days: int) -> list[Outcome]:
    """All outcomes of a month of `days` days; `before` is the same month without any shock."""
    return [
        *_prices(trade, before, views, drawn),
        *_imports(trade, before, views, drawn, days),
        *_bill_change(trade, before, days),
        *_discount_value(trade, views, days),
        *_sellers(trade, views, days),
        *_buyers(trade, views),
        *_security(trade, views),
    ]


@dataclass(frozen=True)
class Drawn:
    """Uncertain numbers that only outcomes need, (draw,)."""

    gdp_elasticity: Array
    relabelled_share: Array


def _total(metric: str, values: Array) -> Outcome:
    return Outcome(metric, "total", ("total",), values[:, None])


def _prices(trade: Trade, before: Trade, views: Views, drawn: Drawn) -> list[Outcome]:
    delivered = _china_delivered(trade, views)
    streams = views.stream.items
    gdp = 100.0 * np.expm1(drawn.gdp_elasticity * np.log(trade.brent_usd_bbl / before.brent_usd_bbl))
    return [
        _total("brent_usd_bbl", trade.brent_usd_bbl),
        Outcome("fob_usd_bbl", "stream", streams, np.where(trade.trading, trade.fob_usd_bbl, np.nan)),
        Outcome("delivered_usd_bbl", "stream", streams, delivered),
        Outcome("discount_usd_bbl", "stream", streams, delivered - trade.brent_usd_bbl[:, None]),
        _total("gdp_effect_pct", gdp),
    ]


def _china_delivered(trade: Trade, views: Views) -> Array:
    """Delivered price in China, (draw, stream): mean over segments by volume, or plain where none buys."""
    delivered = np.broadcast_to(trade.delivered_usd_bbl[:, CHINA], trade.china_kbd.shape)
    volume = trade.china_kbd
    bought = volume.sum(axis=1)
    weighted = (volume * delivered).sum(axis=1) / np.where(bought > 0, bought, 1.0)
    mean = np.where(bought > 0, weighted, delivered.mean(axis=1))
    return np.where(trade.trading & views.sold_to_china, mean, np.nan)


def _imports(trade: Trade, before: Trade, views: Views, drawn: Drawn, days: int) -> list[Outcome]:
    arrived = trade.landing
    kbd, delivered = arrived.kbd, arrived.delivered_usd_bbl
    duty = arrived.duty_rate * delivered + arrived.duty_usd_bbl
    bill = usd_bn(kbd, delivered + duty, days)
    total = kbd.sum(axis=(1, 2))
    found = []
    for seen in views.origins:
        found += _cost_and_volume(seen.by, seen.items, seen.add(kbd.sum(axis=1)), seen.add(bill.sum(axis=1)), days)
        if seen.by in ("group", "country"):
            change = seen.add(kbd.sum(axis=1) - before.landing.kbd.sum(axis=1))
            found.append(Outcome("replacement_kbd", seen.by, seen.items, change))
        if seen.by != "total":
            found.append(_share(seen.by, seen.items, seen.add(kbd.sum(axis=1)), total))
    found += _cost_and_volume("segment", CHINA_SEGMENTS, kbd.sum(axis=2), bill.sum(axis=2), days)
    found.append(_share("segment", CHINA_SEGMENTS, kbd.sum(axis=2), total))
    found.append(_declared(kbd.sum(axis=1), views, drawn))
    found.append(_total("tariff_revenue_usd_bn", usd_bn(kbd, duty, days).sum(axis=(1, 2))))
    return found


def _cost_and_volume(by: str, items: tuple[str, ...], kbd: Array, bill: Array, days: int) -> list[Outcome]:
    landed = np.divide(bill, usd_bn(kbd, 1.0, days), out=np.full_like(bill, np.nan), where=kbd > 0)
    return [
        Outcome("import_bill_usd_bn", by, items, bill),
        Outcome("imports_kbd", by, items, kbd),
        Outcome("landed_cost_usd_bbl", by, items, landed),
    ]


def _part(kbd: Array, total: Array) -> Array:
    """A share, NaN where there is nothing to share."""
    return np.divide(kbd, total, out=np.full_like(kbd, np.nan), where=total > 0)


def _share(by: str, items: tuple[str, ...], kbd: Array, total: Array) -> Outcome:
    return Outcome("share", by, items, _part(kbd, total[:, None]))


def _declared(by_stream: Array, views: Views, drawn: Drawn) -> Outcome:
    """Shares by the country customs would name: barrels by weight, relabelled cargo under its label."""
    hidden = drawn.relabelled_share[:, None]
    relabelled = by_stream * (views.declared_relabelled.belongs.sum(axis=1) > 0)
    kbd = views.declared_openly.add(by_stream - hidden * relabelled) + hidden * views.declared_relabelled.add(
        relabelled
    )
    return Outcome("share_declared", "country", views.declared_openly.items, _part(kbd, kbd.sum(axis=1, keepdims=True)))


def _bill_change(trade: Trade, before: Trade, days: int) -> list[Outcome]:
    if trade is before:
        change = np.zeros((len(trade.brent_usd_bbl), len(COMPONENTS)))
    else:
        change = shapley(_as_bill(before, before), _as_bill(trade, before))
    return [Outcome("bill_change_usd_bn", "component", COMPONENTS, usd_bn(change, 1.0, days))]


def _as_bill(trade: Trade, before: Trade) -> Bill:
    arrived = trade.landing
    volume = arrived.kbd.sum(axis=(1, 2))
    draws = len(volume)
    # A stream that ships nothing has no price: where none of it arrives it keeps its old distance from Brent.
    unpriced = ~trade.trading[:, None, :] & (arrived.kbd <= 0.0)
    discount = np.where(unpriced, before.landing.discount_usd_bbl, arrived.discount_usd_bbl)
    return Bill(
        world_price_usd_bbl=arrived.world_price_usd_bbl.reshape(draws, -1),
        discount_usd_bbl=discount.reshape(draws, -1),
        freight_usd_bbl=arrived.freight_usd_bbl.reshape(draws, -1),
        duty_rate=arrived.duty_rate.reshape(draws, -1),
        duty_usd_bbl=arrived.duty_usd_bbl.reshape(draws, -1),
        # Without any imports the mix is that of old: all of the change is volume.
        mix_share=np.where(volume[:, None, None] > 0, _mix(arrived), _mix(before.landing)).reshape(draws, -1),
        volume_kbd=volume,
    )


def _mix(arrived: Landing) -> Array:
    total = arrived.kbd.sum(axis=(1, 2), keepdims=True)
    return arrived.kbd / np.where(total > 0, total, 1.0)


def _discount_value(trade: Trade, views: Views, days: int) -> list[Outcome]:
    saved = saved_usd_bn(trade.landing, views.three_sellers, views.quality, days)
    return [
        Outcome("discount_value_usd_bn", seen.by, seen.items, seen.add(saved)) for seen in (views.total, views.group)
    ]


def saved_usd_bn(arrived: Landing, three_sellers: Array, quality: NDArray[np.int64], days: int) -> Array:
    """What Russian, Iranian and Venezuelan crude saves China against its other crude of the same type.

    Parameters
    ----------
    three_sellers : (stream,) 1 where the stream is theirs   quality : (stream,) index of the type

    Returns
    -------
    (draw, stream) bn USD, 0 for other sellers and where China buys nothing else of the type.
    """
    kbd = arrived.kbd.sum(axis=1)
    cost = (arrived.kbd * arrived.delivered_usd_bbl).sum(axis=1)
    own = cost / np.where(kbd > 0, kbd, 1.0)
    ordinary = 1.0 - three_sellers
    basket = np.zeros_like(kbd)
    for kind in np.unique(quality):
        same = quality == kind
        volume = (kbd * ordinary)[:, same].sum(axis=1)
        basket[:, same] = ((cost * ordinary)[:, same].sum(axis=1) / np.where(volume > 0, volume, 1.0))[:, None]
    return usd_bn(kbd * three_sellers * (basket > 0), basket - own, days)


def _sellers(trade: Trade, views: Views, days: int) -> list[Outcome]:
    price = trade.fob_usd_bbl[:, None, :] + trade.discount_usd_bbl
    revenue = usd_bn(trade.flow_kbd, price, days).sum(axis=1)
    return [
        Outcome("seller_revenue_usd_bn", seen.by, seen.items, seen.add(revenue))
        for seen in (views.group, views.country)
    ]


def _buyers(trade: Trade, views: Views) -> list[Outcome]:
    bought = trade.flow_kbd.sum(axis=2)
    unmet = np.maximum(trade.requirement_kbd - bought - trade.stock_draw_kbd, 0.0)
    stock = views.stock_mb + trade.stock_change_mb
    needed = np.where(trade.requirement_kbd > 0, trade.requirement_kbd, np.nan)
    items = (*BUYERS, "china")
    return [
        Outcome("unmet_kbd", "buyer", items, _with_china(unmet)),
        Outcome("stock_draw_kbd", "buyer", items, _with_china(trade.stock_draw_kbd)),
        Outcome("stock_mb", "buyer", items, _with_china(trade.stock_change_mb)),
        Outcome("days_of_cover", "buyer", items, 1e3 * _with_china(stock) / _with_china(needed)),
    ]


def _with_china(by_buyer: Array) -> Array:
    """Values of buyers with the sum of China's segments behind them."""
    return np.concatenate([by_buyer, by_buyer[:, CHINA].sum(axis=1, keepdims=True)], axis=1)


def flow_outcomes(trade: Trade, views: Views, pairs: NDArray[np.bool_]) -> list[Outcome]:
    """Loadings of every buyer by group, and by stream for the pairs given as a mask (buyer, stream)."""
    china = trade.china_kbd.sum(axis=1, keepdims=True)
    by_group = views.group.add(np.concatenate([trade.flow_kbd, china], axis=1))
    group_items = tuple(f"{b}:{g}" for b in (*BUYERS, "china") for g in views.group.items)
    pair_items = tuple(f"{BUYERS[b]}:{views.stream.items[i]}" for b, i in np.argwhere(pairs))
    return [
        Outcome("flow_kbd", "buyer_stream", pair_items, trade.flow_kbd[:, pairs]),
        Outcome("flow_kbd", "buyer_group", group_items, by_group.reshape(len(by_group), -1)),
    ]


def _security(trade: Trade, views: Views) -> list[Outcome]:
    kbd = trade.landing.kbd.sum(axis=1)
    total = kbd.sum(axis=1, keepdims=True)
    hhi = (_part(views.country.add(kbd), total) ** 2).sum(axis=1)
    part = _part(kbd, total)
    return [
        _total("hhi", hhi),
        _total("effective_suppliers", 1.0 / hhi),
        _total("sanctioned_share", (part * views.three_sellers).sum(axis=1)),
        _total("hormuz_share", (part * trade.hormuz_share).sum(axis=1)),
        _total("malacca_share", _part((trade.landing.kbd * trade.malacca_share).sum(axis=(1, 2)), total[:, 0])),
    ]
