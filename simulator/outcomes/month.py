"""Every outcome of one month, as labelled columns of draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.axes import BUYERS, CHINA_SEGMENTS
from simulator.outcomes.decomposition import COMPONENTS, Bill, shapley
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
        *_buyers(trade),
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
    kbd = trade.china_kbd
    delivered = trade.delivered_usd_bbl[:, CHINA]
    duty = trade.duty_rate[:, CHINA] * delivered + trade.duty_usd_bbl[:, CHINA]
    bill = usd_bn(kbd, delivered + duty, days)
    total = kbd.sum(axis=(1, 2))
    found = []
    for seen in views.origins:
        found += _cost_and_volume(seen.by, seen.items, seen.add(kbd.sum(axis=1)), seen.add(bill.sum(axis=1)), days)
        if seen.by in ("group", "country"):
            change = seen.add(kbd.sum(axis=1) - before.china_kbd.sum(axis=1))
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
    volume = trade.china_kbd.sum(axis=(1, 2))
    shape = trade.china_kbd.shape
    draws = shape[0]

    def cells(values: Array) -> Array:
        return np.broadcast_to(values, shape).reshape(draws, -1)

    fob = trade.fob_usd_bbl - trade.brent_usd_bbl[:, None]
    # A stream that ships nothing has no price: it keeps its old distance from Brent.
    fob = np.where(trade.trading, fob, before.fob_usd_bbl - before.brent_usd_bbl[:, None])
    return Bill(
        world_price_usd_bbl=trade.brent_usd_bbl,
        discount_usd_bbl=cells(fob[:, None, :] + trade.discount_usd_bbl[:, CHINA]),
        freight_usd_bbl=cells(trade.freight_usd_bbl[:, CHINA]),
        duty_rate=cells(trade.duty_rate[:, CHINA]),
        duty_usd_bbl=cells(trade.duty_usd_bbl[:, CHINA]),
        # Without any imports the mix is that of old: all of the change is volume.
        mix_share=cells(np.where(volume[:, None, None] > 0, _mix(trade), _mix(before))),
        volume_kbd=volume,
    )


def _mix(trade: Trade) -> Array:
    total = trade.china_kbd.sum(axis=(1, 2), keepdims=True)
    return trade.china_kbd / np.where(total > 0, total, 1.0)


def _discount_value(trade: Trade, views: Views, days: int) -> list[Outcome]:
    """What Russian, Iranian and Venezuelan crude saves China against its other crude of the same type."""
    kbd = trade.china_kbd.sum(axis=1)
    delivered = np.nan_to_num(_china_delivered(trade, views))
    ordinary = kbd * (1.0 - views.sanctioned)
    basket = np.zeros_like(kbd)
    for quality in np.unique(views.quality):
        same = views.quality == quality
        volume = ordinary[:, same].sum(axis=1)
        cost = (ordinary[:, same] * delivered[:, same]).sum(axis=1)
        basket[:, same] = (cost / np.where(volume > 0, volume, 1.0))[:, None]
    saved = usd_bn(kbd * views.sanctioned * (basket > 0), basket - delivered, days)
    return [
        Outcome("discount_value_usd_bn", seen.by, seen.items, seen.add(saved)) for seen in (views.total, views.group)
    ]


def _sellers(trade: Trade, views: Views, days: int) -> list[Outcome]:
    price = trade.fob_usd_bbl[:, None, :] + trade.discount_usd_bbl
    revenue = usd_bn(trade.flow_kbd, price, days).sum(axis=1)
    return [
        Outcome("seller_revenue_usd_bn", seen.by, seen.items, seen.add(revenue))
        for seen in (views.group, views.country)
    ]


def _buyers(trade: Trade) -> list[Outcome]:
    bought = trade.flow_kbd.sum(axis=2)
    unmet = np.maximum(trade.requirement_kbd - bought, 0.0)
    unmet = np.concatenate([unmet, unmet[:, CHINA].sum(axis=1, keepdims=True)], axis=1)
    return [Outcome("unmet_kbd", "buyer", (*BUYERS, "china"), unmet)]


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
    kbd = trade.china_kbd.sum(axis=1)
    total = kbd.sum(axis=1, keepdims=True)
    hhi = (_part(views.country.add(kbd), total) ** 2).sum(axis=1)
    part = _part(kbd, total)
    return [
        _total("hhi", hhi),
        _total("effective_suppliers", 1.0 / hhi),
        _total("sanctioned_share", (part * views.sanctioned).sum(axis=1)),
        _total("hormuz_share", (part * trade.hormuz_share).sum(axis=1)),
        _total("malacca_share", (part * views.malacca_share).sum(axis=1)),
    ]
