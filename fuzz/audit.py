"""A cleared month held against the laws of a market, by arithmetic of its own: nothing here is the solver's word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from simulator import paths
from simulator.blocks import Solved
from simulator.inputs.calibration import Calibration
from simulator.inputs.market import MonthMarket
from simulator.market.clearing import TOLERANCE, Clearing
from simulator.market.dynamics import State
from simulator.outcomes.trade import Trade

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

ROUNDING = 1e-9
LEAST_KBD = 1e-6
"""A thousandth of a barrel a day is none."""
ALWAYS_THERE = (
    "brent_usd_bbl", "import_bill_usd_bn", "imports_kbd", "flow_kbd", "stock_draw_kbd", "stock_mb", "unmet_kbd",
    "bill_change_usd_bn", "tariff_revenue_usd_bn", "seller_revenue_usd_bn", "discount_value_usd_bn", "gdp_effect_pct",
)  # fmt: skip
"""Outcomes that exist in every month, whatever happens; others are blank where there is nothing to tell."""


@dataclass
class Seen:
    """What was seen in a block: laws broken, by name, (draw,); draws with a price below 0; the months not cleared.

    missed : number of the month, or None for one that was only expected; the draws; their residuals
    """

    broken: dict[str, Mask] = field(default_factory=dict)
    below_zero: Mask | None = None
    missed: list[tuple[int | None, NDArray[np.int64], Array]] = field(default_factory=list)

    def note(self, law: str, broken: Mask) -> None:
        """Remember the draws that broke a law."""
        if broken.any():
            self.broken[law] = self.broken.get(law, np.zeros_like(broken)) | broken


@contextmanager
def watched() -> Iterator[Seen]:
    """See every month that is cleared while this lasts, those that were only expected included."""
    seen, usual = Seen(), paths.clear_month

    def clear_month(cal: Calibration, now: paths.Now, bounds: Any, *others: Any) -> Any:
        built, cleared, trade, promises = usual(cal, now, bounds, *others)
        if not cleared.converged.all():
            of = np.flatnonzero(~cleared.converged)
            seen.missed.append((bounds[1] if bounds else None, of, cleared.residual_share[of]))
        _look(seen, cal, now, (built, cleared, trade))
        return built, cleared, trade, promises

    paths.clear_month = clear_month
    try:
        yield seen
    finally:
        paths.clear_month = usual


def _look(seen: Seen, cal: Calibration, now: paths.Now, found: tuple[MonthMarket, Clearing, Trade]) -> None:
    built, cleared, trade = found
    _, state, days = now
    good = cleared.converged
    for law, broken in (
        ("a figure is not finite", _not_finite(cleared, trade)),
        ("a flow is below 0", (cleared.flow_kbd < 0.0).any(axis=(1, 2))),
        ("barrels shipped are not barrels bought", _barrels_lost(built, cleared)),
        ("a seller ships more than there is", _more_than_there_is(built, cleared)),
        ("a buyer runs less than nothing", _runs_below_nothing(trade)),
        ("crude in store is not what it was less what was drawn", _stocks_off(state, trade, days)),
        ("more is drawn than is in store", _below_empty(cal, trade)),
    ):
        seen.note(law, broken & good)
    below = (np.where(built.trading, cleared.fob_usd_bbl, 1.0) <= 0.0).any(axis=1) & good
    seen.below_zero = below if seen.below_zero is None else seen.below_zero | below


def _not_finite(cleared: Clearing, trade: Trade) -> Mask:
    figures = (cleared.fob_usd_bbl, cleared.flow_kbd, cleared.cost_change_usd_bbl, trade.stock_draw_kbd)
    return ~np.all([np.isfinite(one).reshape(len(one), -1).all(axis=1) for one in figures], axis=0)


def _barrels_lost(built: MonthMarket, cleared: Clearing) -> Mask:
    """Exports by the printed formula, less what stays afloat, plus cargo that was: all of it reaches a buyer."""
    market, price = built.market, cleared.fob_usd_bbl
    curve, held = market.supply, market.floating
    assert held is not None
    ask = price - curve.offer_shift_usd_bbl
    follows = expit((ask - curve.middle_usd_bbl) / curve.spread_usd_bbl)
    use = curve.free_share * follows + (1.0 - curve.free_share) * curve.planned_share
    running = curve.available_share * expit((ask - curve.shut_in_usd_bbl) / curve.shut_in_spread_usd_bbl)
    exports = running * (curve.steady_kbd + curve.flexible_kbd * use)
    odds = np.log(held.most_filled_kbd / held.most_drawn_kbd) + held.lean
    odds = odds + held.response * (price / held.reference_usd_bbl - 1.0)
    out = (held.most_drawn_kbd + held.most_filled_kbd) * expit(odds) - held.most_filled_kbd
    missing = np.abs(market.landed_share * exports + out - cleared.flow_kbd.sum(axis=1))
    return (missing > (1.0 + ROUNDING) * TOLERANCE * market.base_exports_kbd + ROUNDING * exports).any(axis=1)


def _more_than_there_is(built: MonthMarket, cleared: Clearing) -> Mask:
    """Above what straits let out, and what can come out of cargo afloat."""
    held, curve = built.market.floating, built.market.supply
    assert held is not None
    most = built.let_out_kbd * np.maximum(curve.available_share, 1.0) + held.most_drawn_kbd
    slack = TOLERANCE * built.market.base_exports_kbd + LEAST_KBD
    return (cleared.flow_kbd.sum(axis=1) > most * (1.0 + 1e-6) + slack).any(axis=1)


def _runs_below_nothing(trade: Trade) -> Mask:
    runs = trade.flow_kbd.sum(axis=2) + trade.stock_draw_kbd
    return (runs < -TOLERANCE * trade.requirement_kbd - LEAST_KBD).any(axis=1)


def _stocks_off(state: State, trade: Trade, days: float) -> Mask:
    after = state.stock_change_mb - trade.stock_draw_kbd * days / 1e3
    return (np.abs(after - trade.stock_change_mb) > LEAST_KBD).any(axis=1)


def _below_empty(cal: Calibration, trade: Trade) -> Mask:
    return (cal.store.stock_mb + trade.stock_change_mb < -LEAST_KBD).any(axis=1)


def outcomes_add_up(solved: Solved, seen: Seen) -> None:
    """Outcomes of every month beside each other: finite, shares whole, the bill's change split without a rest."""
    table = _Table(solved)
    good = solved.path.converged
    values = solved.after.values
    there = np.array([metric in ALWAYS_THERE for metric, _, _ in solved.after.keys])
    monthly = values[:, :-1]  # over the horizon a break-even may be infinite: never
    seen.note("an outcome is infinite", np.isinf(monthly).any(axis=(1, 2)) & good)
    seen.note("an outcome is missing", np.isnan(monthly[:, :, there]).any(axis=(1, 2)) & good)
    imports = table.of("imports_kbd", "total")[:, :, 0]
    for metric, by in (("share", "stream"), ("share", "country"), ("share", "group"), ("share_declared", "country")):
        off = np.abs(table.of(metric, by).sum(axis=2) - 1.0)
        seen.note(f"{metric} by {by} does not add up", ((off > 1e-9) & (imports > LEAST_KBD)).any(axis=1) & good)
    for by in ("stream", "country", "group", "segment"):
        off = np.abs(table.of("imports_kbd", by).sum(axis=2) - imports)
        seen.note(f"imports by {by} do not add up", (off > ROUNDING * imports + LEAST_KBD).any(axis=1) & good)
    bill = table.of("import_bill_usd_bn", "total")[:, :, 0]
    change = bill - _calm_bill(solved)
    rest = np.abs(table.of("bill_change_usd_bn", "component").sum(axis=2) - change)
    size = np.abs(table.of("bill_change_usd_bn", "component")).sum(axis=2) + np.abs(bill)
    seen.note("the bill's change is not what its parts add up to", (rest > 1e-9 * (1.0 + size)).any(axis=1) & good)


def _calm_bill(solved: Solved) -> Array:
    """The bill without any shock: (draw, month)."""
    calm = solved.calm
    bills = {
        days: next(o.values for o in found if (o.metric, o.by) == ("import_bill_usd_bn", "total"))[:, 0]
        for days, found in calm.months.items()
    }
    return np.stack([bills[days] for days in calm.days], axis=1)


class _Table:
    """Outcomes of the months by metric and the way they are seen: (draw, month, item)."""

    def __init__(self, solved: Solved) -> None:
        self._keys, self._values = solved.after.keys, solved.after.values[:, :-1]

    def of(self, metric: str, by: str) -> Array:
        return self._values[:, :, [n for n, key in enumerate(self._keys) if key[:2] == (metric, by)]]
