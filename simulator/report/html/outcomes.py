"""What came out, as tables: what China pays, whose oil it is, who replaces whom, what sellers earn, how safe it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from simulator import datasets
from simulator.axes import IMPORTERS
from simulator.report.compare import letter_of
from simulator.report.html.grid import Cells, Grid, band, change_with_band, headed, with_band
from simulator.report.language import Words
from simulator.report.shown import (
    COSTS,
    FIRST_COSTS,
    REPLACEMENTS_SHOWN,
    SHARES,
    STOCK_DRAW,
    Shown,
    from_loss_to_gain,
    replaced,
)
from simulator.report.wording import number, signed
from simulator.results import HORIZON, Results, Row

LEVELS = ("", "terminal.baseline", "terminal.scenario", "terminal.change", "terminal.band")
CHANGES = ("", "terminal.change", "terminal.change_band_head")
"""Names of columns: of levels with their changes, and of changes alone."""
PAID = (
    *COSTS,
    STOCK_DRAW,
    Shown("discount_value_usd_bn", "total", "total", 1),
    Shown("gdp_effect_pct", "total", "total", 2),
)
"""The costs of the first screen, and what a page has room for beside them."""
SECURITY = (
    ("hhi", 1.0, 3),
    ("effective_suppliers", 1.0, 1),
    ("sanctioned_share", 100.0, 1),
    ("hormuz_share", 100.0, 1),
    ("malacca_share", 100.0, 1),
)
BARGAIN = (
    ("comply_cost_usd_bn", 1.0, 1),
    ("defy_cost_usd_bn", 1.0, 1),
    ("comply_probability", 100.0, 0),
    ("breakeven_rate", 100.0, 1),
    ("breakeven_enforcement", 100.0, 1),
    ("share_without_breakeven", 100.0, 0),
)
METRICS = (
    *(f"{one.metric}/total" for one in PAID if one.by == "total"),
    *(metric for metric, _, _ in BARGAIN),
    *(f"{metric}/total" for metric, _, _ in SECURITY),
    "imports_kbd/stream",
    "share/group",
    "replacement_kbd/country",
    "bill_change_usd_bn",
    "discount_usd_bbl",
    "seller_revenue_usd_bn",
    "unmet_kbd",
    "stock_draw_kbd",
    "stock_mb",
    "days_of_cover",
    "flow_kbd/buyer_group",
    "commitment_subsidy_usd_bbl",
    "commitment_shortfall_kbd",
    "energy_commitment_usd_bn",
)
"""What the page shows: nothing else is computed for it."""
SMALLEST_USD_BN = 0.05
"""Changes below this read as none at the digits shown."""
NAMED_SELLERS = 3
SANCTIONED = ("russia", "iran", "venezuela")


def side_by_side(results: Sequence[Results], told: Words) -> Iterator[Grid]:
    """All scenarios in two tables: what is paid, and whose oil it is."""
    named = [f"{letter_of(number_)} · {told.remark(one.scenario)}" for number_, one in enumerate(results)]
    costs = tuple(
        (name, *(change_with_band(one.get(*shown[:3]), told, shown.digits, shown.factor) for shown in FIRST_COSTS))
        for name, one in zip(named, results, strict=True)
    )
    note = told("report.side_by_side_note")
    columns = (told("terminal.scenario"), *(told.measured(shown.metric) for shown in FIRST_COSTS))
    yield Grid(told("report.side_by_side_costs"), columns, costs, note)
    shares = tuple(
        (name, *(change_with_band(one.get(*shown[:3]), told, shown.digits, shown.factor) for shown in SHARES))
        for name, one in zip(named, results, strict=True)
    )
    columns = (told("terminal.scenario"), *(told.name(shown.by, shown.item) for shown in SHARES))
    yield Grid(told("report.side_by_side_shares"), columns, shares, note)


def costs(results: Results, told: Words) -> Grid:
    """What China pays."""
    rows = tuple((told.measured(shown.metric), *_levels(results, shown, told)) for shown in PAID)
    return Grid(told("report.costs"), headed(told, LEVELS), rows)


def shares(results: Results, told: Words) -> Grid:
    """Whose oil China buys: percent of its imports."""
    rows = tuple((told.name(shown.by, shown.item), *_levels(results, shown, told)) for shown in SHARES)
    return Grid(told("report.shares"), headed(told, LEVELS), rows)


def _levels(results: Results, shown: Shown, told: Words) -> Cells:
    return with_band(results.get(*shown[:3]), told, shown.digits, shown.factor)


def components(results: Results, told: Words) -> Grid:
    """Why the bill changes, in parts that add up."""
    rows = tuple(
        (told.name("component", row.item), signed(row.mean, 1), band(row, told, 1))
        for row in _rows(results, "bill_change_usd_bn", "component")
    )
    return Grid(
        told("report.components"),
        headed(told, CHANGES),
        rows,
        told("report.components_note"),
    )


def replacements(results: Results, told: Words) -> tuple[Grid, Grid]:
    """Who sells China less, and who fills the gap: the countries that move most, then all others that move."""
    moved = replaced(results)
    most, less = (
        tuple(
            (told.name("country", row.item), signed(row.mean, 0), band(row, told, 0)) for row in from_loss_to_gain(rows)
        )
        for rows in (moved[:REPLACEMENTS_SHOWN], moved[REPLACEMENTS_SHOWN:])
    )
    columns, note = (
        headed(told, CHANGES),
        "" if moved else told("report.nobody"),
    )
    return Grid(told("report.replacements"), columns, most, note), Grid(told("report.replaced_less"), columns, less)


def discounts(results: Results, told: Words) -> tuple[Grid, Grid]:
    """What streams cost in China less Brent: those of sellers under sanctions, then all others that have a price."""
    known = [
        row
        for row in _rows(results, "discount_usd_bbl", "stream")
        if not (math.isnan(row.mean) or math.isnan(row.baseline))
    ]
    named = {row: (told.name("stream", row.item), *with_band(row, told, 1)) for row in known}
    origins = datasets.vocabulary().origins
    listed = [row for row in known if origins[row.item][1] in SANCTIONED]
    others = sorted((row for row in known if row not in listed), key=lambda row: -abs(_change(row)))
    columns, note = headed(told, LEVELS), told("report.discounts_note")
    first = Grid(told("report.discounts"), columns, tuple(named[row] for row in listed), note)
    return first, Grid(told("report.other_discounts"), columns, tuple(named[row] for row in others))


def sellers(results: Results, told: Words) -> tuple[Grid, Grid]:
    """What sellers earn from all buyers: groups, then countries, those that win most first."""
    columns, note = headed(told, LEVELS), told("report.sellers_note")
    groups = _rows(results, "seller_revenue_usd_bn", "group")
    countries = sorted(_rows(results, "seller_revenue_usd_bn", "country"), key=lambda row: -_change(row))
    by_group, by_country = (
        tuple((told.name(by, row.item), *with_band(row, told, 1)) for row in rows)
        for by, rows in (("group", groups), ("country", countries))
    )
    return Grid(told("report.sellers"), columns, by_group, note), Grid(told("report.countries"), columns, by_country)


def moscow(results: Results, told: Words) -> str:
    """What Russia's crude earns, and how far that is from the baseline."""
    row = results.get("seller_revenue_usd_bn", "group", "russia")
    change, low, high = (told.money(value - row.baseline, 1, sign=True) for value in (row.mean, row.p05, row.p95))
    key = "report.moscow_alone" if row.p05 == row.p95 else "report.moscow"
    return told(
        key, revenue=told.money(row.mean, 1), change=change, band=told("terminal.low_to_high", low=low, high=high)
    )


def winners(results: Results, told: Words) -> Iterator[str]:
    """Who earns most more and who most less, in sentences; cargo whose seller is not known is left out."""
    rows = [row for row in _rows(results, "seller_revenue_usd_bn", "country") if row.item != "unidentified"]
    moved = sorted((row for row in rows if abs(_change(row)) >= SMALLEST_USD_BN), key=_change)
    gainers = [row for row in reversed(moved) if _change(row) > 0]
    losers = [row for row in moved if _change(row) < 0]
    for key, chosen in (("gainers", gainers[:NAMED_SELLERS]), ("losers", losers[:NAMED_SELLERS])):
        if chosen:
            yield told(f"report.{key}", names=told("report.listing").join(_with_change(row, told) for row in chosen))
    if not moved:
        yield told("report.no_seller")


def security(results: Results, told: Words) -> Grid:
    """How safe the supply is."""
    rows = []
    for metric, factor, digits in SECURITY:
        label = told.measured(metric, "%" if factor == 100.0 else "")
        rows.append((label, *with_band(results.get(metric), told, digits, factor)))
    cover = results.get("days_of_cover", "buyer", "china")
    rows.append((told.metric("days_of_cover"), *with_band(cover, told, 1)))
    return Grid(told("report.security"), headed(told, LEVELS), tuple(rows), told("report.security_note"))


def buyers(results: Results, told: Words) -> Grid:
    """What the scenario does to other buyers: what they lack, and what their stocks lose."""
    rows = []
    for buyer in IMPORTERS:
        unmet, stock = (results.get(metric, "buyer", buyer) for metric in ("unmet_kbd", "stock_mb"))
        cells = number(unmet.mean, 0), band(unmet, told, 0), signed(stock.mean, 0), band(stock, told, 0)
        rows.append((told.name("buyer", buyer), *cells))
    unmet_name, stock_name = told.measured("unmet_kbd"), told.measured("stock_mb")
    columns = "", unmet_name, told("terminal.change_band_head"), stock_name, told("terminal.change_band_head")
    return Grid(told("report.buyers"), columns, tuple(rows), told("report.buyers_note"))


def bargain(results: Results, told: Words) -> Grid | None:
    """What a threat comes to, a year; nothing where nobody threatens."""
    rows = []
    for metric, factor, digits in BARGAIN:
        found = _rows(results, metric, "total")
        if not found:
            return None
        label = told.measured(metric, "%" if factor == 100.0 else "")
        row = found[0]
        middle = row.p50 if math.isnan(row.mean) else row.mean
        rows.append((label, number(factor * middle, digits), _reached(row, told, digits, factor)))
    return Grid(
        told("report.bargain"),
        headed(told, ("", "report.mean_name", "terminal.change_band_head")),
        tuple(rows),
        told("report.bargain_note"),
    )


def promises(results: Results, told: Words) -> Grid | None:
    """What promises to buy cost and miss; nothing where there are none."""
    rows = tuple(
        (told.measured(metric), told.name("stream", row.item), number(row.mean, digits), band(row, told, digits))
        for metric, digits in (("commitment_subsidy_usd_bbl", 1), ("commitment_shortfall_kbd", 0))
        for row in _rows(results, metric, "stream")
    )
    columns = headed(told, ("", "report.stream", "report.mean_name", "terminal.change_band_head"))
    return Grid(told("report.promises"), columns, rows, texts=frozenset({1})) if rows else None


def _reached(row: Row, told: Words, digits: int, factor: float) -> str:
    """A band of which an end may be out of reach."""
    low, high = (
        told("report.never") if math.isnan(value) else number(factor * value, digits) for value in (row.p05, row.p95)
    )
    return told("terminal.low_to_high", low=low, high=high)


def _rows(results: Results, metric: str, by: str) -> list[Row]:
    return [row for row in results.rows if (row.metric, row.by, row.month) == (metric, by, HORIZON)]


def _change(row: Row) -> float:
    return row.mean - row.baseline


def _with_change(row: Row, told: Words) -> str:
    return f"{told.name('country', row.item)} {told.money(_change(row), 1, sign=True)}"
