"""Every outcome of one month, as labelled columns of draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.axes import BUYERS, CHINA_SEGMENTS
from simulator.outcomes.decomposition import COMPONENTS, as_bill, shapley
from simulator.outcomes.outcome import BILL, EVERYTHING, LANDED, VOLUME, Outcome, Wanted
from simulator.outcomes.savings import saved_usd_bn
from simulator.outcomes.trade import CHINA, Trade, china_delivered
from simulator.outcomes.views import Views
from simulator.units import usd_bn

Array = NDArray[np.float64]

LEAST_BRENT_USD_BBL = 1.0
"""Cheaper oil than this does no more for the economy: prices below 0 have no logarithm."""


@dataclass(frozen=True)
class Drawn:
    """Uncertain numbers that only outcomes need, (draw,)."""

    gdp_elasticity: Array
    relabelled_share: Array


@dataclass(frozen=True)
class Month:
    """A month of `days` days and the same month without any shock.

    What several metrics need is reckoned when the first of them asks for it: (draw, stream) or (draw, segment,
    stream) of China's arrivals, unless said otherwise.
    """

    trade: Trade
    before: Trade
    views: Views
    drawn: Drawn
    days: int

    @cached_property
    def kbd(self) -> Array:
        """Arrivals by stream."""
        return self.trade.landing.kbd.sum(axis=1)

    @cached_property
    def total_kbd(self) -> Array:
        """All arrivals, (draw,)."""
        return self.trade.landing.kbd.sum(axis=(1, 2))

    @cached_property
    def delivered_usd_bbl(self) -> Array:
        """Cost of arrivals before duty, by segment and stream."""
        return self.trade.landing.delivered_usd_bbl

    @cached_property
    def duty_usd_bbl(self) -> Array:
        """Duty on arrivals, by segment and stream."""
        arrived = self.trade.landing
        return arrived.duty_rate * self.delivered_usd_bbl + arrived.duty_usd_bbl

    @cached_property
    def bill_usd_bn(self) -> Array:
        """What arrivals cost, duty included, by segment and stream."""
        return usd_bn(self.trade.landing.kbd, self.delivered_usd_bbl + self.duty_usd_bbl, self.days)

    @cached_property
    def china_delivered_usd_bbl(self) -> Array:
        """Delivered price of loadings, by stream."""
        return china_delivered(self.trade, self.views.sold_to_china)

    @cached_property
    def saved_usd_bn(self) -> Array:
        """What the three sellers' crude saves, by stream."""
        return saved_usd_bn(self.trade.landing, self.views.three_sellers, self.views.quality, self.days)

    @cached_property
    def revenue_usd_bn(self) -> Array:
        """What sellers are paid by all buyers, by stream."""
        trade = self.trade
        price = trade.fob_usd_bbl[:, None, :] + trade.discount_usd_bbl
        return usd_bn(trade.flow_kbd, price, self.days).sum(axis=1)

    def add(self, by: str, by_stream: Array) -> Array:
        """Streams added up one way."""
        return self.views.by[by].add(by_stream)

    def arrived(self, by: str) -> Array:
        """Arrivals added up one way, segments included."""
        return self.trade.landing.kbd.sum(axis=2) if by == "segment" else self.add(by, self.kbd)

    def items(self, metric: str, by: str) -> tuple[str, ...]:
        """What the columns of a metric are called."""
        if metric == "share_declared":
            return self.views.declared_openly.items
        return _ITEMS[by] if by in _ITEMS else self.views.by[by].items


def month_outcomes(month: Month, wanted: Wanted = EVERYTHING) -> list[Outcome]:
    """The outcomes of a month that are wanted, or needed for a horizon that is, in the order of the result table."""
    return [
        Outcome(metric, by, month.items(metric, by), values(month, by))
        for metric, by, values in METRICS
        if wanted.needs(metric, by)
    ]


def flow_outcomes(trade: Trade, views: Views, pairs: NDArray[np.bool_], wanted: Wanted = EVERYTHING) -> list[Outcome]:
    """Loadings of every buyer by group, and by stream for the pairs given as a mask (buyer, stream)."""
    found = []
    if wanted.needs(FLOW, "buyer_stream"):
        items = tuple(f"{BUYERS[b]}:{views.stream.items[i]}" for b, i in np.argwhere(pairs))
        found.append(Outcome(FLOW, "buyer_stream", items, trade.flow_kbd[:, pairs]))
    if wanted.needs(FLOW, "buyer_group"):
        china = trade.china_kbd.sum(axis=1, keepdims=True)
        by_group = views.group.add(np.concatenate([trade.flow_kbd, china], axis=1))
        items = tuple(f"{b}:{g}" for b in (*BUYERS, "china") for g in views.group.items)
        found.append(Outcome(FLOW, "buyer_group", items, by_group.reshape(len(by_group), -1)))
    return found


def _column(values: Array) -> Array:
    return values[:, None]


def _brent(month: Month, by: str) -> Array:
    return _column(month.trade.brent_usd_bbl)


def _fob(month: Month, by: str) -> Array:
    return np.where(month.trade.trading, month.trade.fob_usd_bbl, np.nan)


def _delivered(month: Month, by: str) -> Array:
    return month.china_delivered_usd_bbl


def _discount(month: Month, by: str) -> Array:
    return month.china_delivered_usd_bbl - month.trade.brent_usd_bbl[:, None]


def _gdp_effect(month: Month, by: str) -> Array:
    now, before = (np.maximum(trade.brent_usd_bbl, LEAST_BRENT_USD_BBL) for trade in (month.trade, month.before))
    dearer = np.log(now / before)
    return _column(100.0 * np.expm1(month.drawn.gdp_elasticity * dearer))


def _bill(month: Month, by: str) -> Array:
    if by == "segment":
        return month.bill_usd_bn.sum(axis=2)
    return month.add(by, month.bill_usd_bn.sum(axis=1))


def _imports(month: Month, by: str) -> Array:
    return month.arrived(by)


def _landed(month: Month, by: str) -> Array:
    bill, kbd = _bill(month, by), month.arrived(by)
    at_a_dollar = usd_bn(kbd, 1.0, month.days)
    return np.divide(bill, at_a_dollar, out=np.full_like(bill, np.nan), where=at_a_dollar > 0)


def _share(month: Month, by: str) -> Array:
    return _part(month.arrived(by), _column(month.total_kbd))


def _replacement(month: Month, by: str) -> Array:
    return month.add(by, month.kbd - month.before.landing.kbd.sum(axis=1))


def _part(kbd: Array, total: Array) -> Array:
    """A share, NaN where there is nothing to share."""
    return np.divide(kbd, total, out=np.full_like(kbd, np.nan), where=total > 0)


def _declared(month: Month, by: str) -> Array:
    """Shares by the country customs would name: barrels by weight, relabelled cargo under its label."""
    openly, hiding = month.views.declared_openly, month.views.declared_relabelled
    hidden = month.drawn.relabelled_share[:, None]
    relabelled = month.kbd * (hiding.belongs.sum(axis=1) > 0)
    kbd = openly.add(month.kbd - hidden * relabelled) + hidden * hiding.add(relabelled)
    return _part(kbd, kbd.sum(axis=1, keepdims=True))


def _tariff_revenue(month: Month, by: str) -> Array:
    return _column(usd_bn(month.trade.landing.kbd, month.duty_usd_bbl, month.days).sum(axis=(1, 2)))


def _bill_change(month: Month, by: str) -> Array:
    trade, before = month.trade, month.before
    if trade is before:
        return np.zeros((len(trade.brent_usd_bbl), len(COMPONENTS)))
    return usd_bn(shapley(as_bill(before, before), as_bill(trade, before)), 1.0, month.days)


def _discount_value(month: Month, by: str) -> Array:
    return month.add(by, month.saved_usd_bn)


def _seller_revenue(month: Month, by: str) -> Array:
    return month.add(by, month.revenue_usd_bn)


def _unmet(month: Month, by: str) -> Array:
    trade = month.trade
    bought = trade.flow_kbd.sum(axis=2)
    return _with_china(np.maximum(trade.requirement_kbd - bought - trade.stock_draw_kbd, 0.0))


def _stock_draw(month: Month, by: str) -> Array:
    return _with_china(month.trade.stock_draw_kbd)


def _stock(month: Month, by: str) -> Array:
    return _with_china(month.trade.stock_change_mb)


def _days_of_cover(month: Month, by: str) -> Array:
    required = month.trade.requirement_kbd
    stock = month.views.stock_mb + month.trade.stock_change_mb
    return 1e3 * _with_china(stock) / _with_china(np.where(required > 0, required, np.nan))


def _with_china(by_buyer: Array) -> Array:
    """Values of buyers with the sum of China's segments behind them."""
    return np.concatenate([by_buyer, by_buyer[:, CHINA].sum(axis=1, keepdims=True)], axis=1)


def _concentration(month: Month, by: str) -> Array:
    """Herfindahl index over countries."""
    return _column((_share(month, "country") ** 2).sum(axis=1))


def _effective_suppliers(month: Month, by: str) -> Array:
    return 1.0 / _concentration(month, by)


def _sanctioned(month: Month, by: str) -> Array:
    return _column((_part(month.kbd, _column(month.total_kbd)) * month.views.three_sellers).sum(axis=1))


def _through_hormuz(month: Month, by: str) -> Array:
    return _column((_part(month.kbd, _column(month.total_kbd)) * month.trade.hormuz_share).sum(axis=1))


def _through_malacca(month: Month, by: str) -> Array:
    passing = (month.trade.landing.kbd * month.trade.malacca_share).sum(axis=(1, 2))
    return _column(_part(passing, month.total_kbd))


FLOW = "flow_kbd"
_ITEMS = {"segment": CHINA_SEGMENTS, "buyer": (*BUYERS, "china"), "component": COMPONENTS}

METRICS: tuple[tuple[str, str, Callable[[Month, str], Array]], ...] = (
    ("brent_usd_bbl", "total", _brent),
    ("fob_usd_bbl", "stream", _fob),
    ("delivered_usd_bbl", "stream", _delivered),
    ("discount_usd_bbl", "stream", _discount),
    ("gdp_effect_pct", "total", _gdp_effect),
    (BILL, "total", _bill),
    (VOLUME, "total", _imports),
    (LANDED, "total", _landed),
    (BILL, "stream", _bill),
    (VOLUME, "stream", _imports),
    (LANDED, "stream", _landed),
    ("share", "stream", _share),
    (BILL, "group", _bill),
    (VOLUME, "group", _imports),
    (LANDED, "group", _landed),
    ("replacement_kbd", "group", _replacement),
    ("share", "group", _share),
    (BILL, "country", _bill),
    (VOLUME, "country", _imports),
    (LANDED, "country", _landed),
    ("replacement_kbd", "country", _replacement),
    ("share", "country", _share),
    (BILL, "segment", _bill),
    (VOLUME, "segment", _imports),
    (LANDED, "segment", _landed),
    ("share", "segment", _share),
    ("share_declared", "country", _declared),
    ("tariff_revenue_usd_bn", "total", _tariff_revenue),
    ("bill_change_usd_bn", "component", _bill_change),
    ("discount_value_usd_bn", "total", _discount_value),
    ("discount_value_usd_bn", "group", _discount_value),
    ("seller_revenue_usd_bn", "group", _seller_revenue),
    ("seller_revenue_usd_bn", "country", _seller_revenue),
    ("unmet_kbd", "buyer", _unmet),
    ("stock_draw_kbd", "buyer", _stock_draw),
    ("stock_mb", "buyer", _stock),
    ("days_of_cover", "buyer", _days_of_cover),
    ("hhi", "total", _concentration),
    ("effective_suppliers", "total", _effective_suppliers),
    ("sanctioned_share", "total", _sanctioned),
    ("hormuz_share", "total", _through_hormuz),
    ("malacca_share", "total", _through_malacca),
)
"""Metric, the way it is seen, and what reckons it: (draw, item), in the order of the result table."""
