"""The tables of the first screen: what China pays, whose crude it buys, who replaces whom, at which discounts."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from simulator.report.language import Words
from simulator.report.page import Page
from simulator.report.shown import COSTS, DISCOUNTS, REPLACEMENTS_SHOWN, SHARES, Shown, from_loss_to_gain, replaced
from simulator.report.wording import number, signed
from simulator.results import Results, Row

SHORTEST_BAR, LONGEST_BAR = 10, 40
DEARER = (*(one for one in COSTS if one.metric != "imports_kbd"), *DISCOUNTS)
"""What costs more, or is missed more, when it rises; imports when they fall."""
ADVERSE = "red"


def costs(results: Results, told: Words, page: Page) -> Table:
    """What China pays, level and change."""
    table = _levels(page, told, told("terminal.costs"))
    for shown in COSTS:
        table.add_row(page.signs(told.measured(shown.metric)), *_figures(results, shown, told, page))
    return table


def shares(results: Results, told: Words, page: Page, bar: int = 0) -> Table:
    """Whose crude China buys, with bars of so many cells for the largest share; 0 for none."""
    _, gained, lost = page.signs.parts
    table = _levels(page, told, told("terminal.shares", gained=gained, lost=lost), bar)
    rows = [results.get(*shown[:3]) for shown in SHARES]
    largest = max(max(row.baseline, row.mean) for row in rows)
    for shown, row in zip(SHARES, rows, strict=True):
        length = [page.signs.before_and_after(row.baseline, row.mean, largest, bar)] if bar else []
        table.add_row(told.name(shown.by, shown.item), *_figures(results, shown, told, page), *length)
    return table


def discounts(results: Results, told: Words, page: Page) -> Table:
    """What crude costs in China less Brent."""
    table = _levels(page, told, told("terminal.discounts"))
    for shown in DISCOUNTS:
        table.add_row(told.name(shown.by, shown.item), *_figures(results, shown, told, page))
    return table


def replacements(results: Results, told: Words, page: Page, bar: int = 0) -> Table:
    """Whose barrels China buys less and whose more, the largest changes, with bars to either side of zero."""
    columns = ["", told("terminal.change"), told("terminal.change_band_head")]
    table = page.table(told("terminal.replacements"), *columns, *([""] if bar else []), left=(0, 3))
    moved = from_loss_to_gain(replaced(results)[:REPLACEMENTS_SHOWN])
    ends = (moved[0].mean, moved[-1].mean) if moved else (0.0, 0.0)
    for row in moved:
        length = [page.signs.either_way(row.mean, *ends, bar)] if bar else []
        change, band = signed(row.mean, 0), _band(row, 0, 1.0, told)
        table.add_row(page.signs(told.name("country", row.item)), change, band, *length)
    if not moved:
        table.add_row(told("terminal.nobody"), *[""] * (len(table.columns) - 1))
    return table


def moved(row: Row, shown: Shown) -> float:
    """By how much a mean stands off its baseline as people see it; 0 where the digits shown do not tell."""
    change = shown.factor * (row.mean - row.baseline)
    return change if abs(change) >= 0.5 * 10**-shown.digits else 0.0


def _levels(page: Page, told: Words, title: str, bar: int = 0) -> Table:
    heads = [told(f"terminal.{key}") for key in ("baseline", "scenario", "change", "band")]
    return page.table(title, "", *heads, *([""] if bar else []), left=(0, 5))


def _figures(results: Results, shown: Shown, told: Words, page: Page) -> list[Text]:
    """Baseline, scenario, change with its arrow, band."""
    row = results.get(*shown[:3])
    change = moved(row, shown)
    worse = change > 0 if shown in DEARER else change < 0 and shown in COSTS
    arrow = f"{page.signs.arrow(change)} {signed(shown.factor * (row.mean - row.baseline), shown.digits)}"
    return [
        Text(number(shown.factor * row.baseline, shown.digits)),
        Text(number(shown.factor * row.mean, shown.digits)),
        Text(arrow, style=ADVERSE if worse else ""),
        Text(_band(row, shown.digits, shown.factor, told)),
    ]


def _band(row: Row, digits: int, factor: float, told: Words) -> str:
    low, high = number(factor * row.p05, digits), number(factor * row.p95, digits)
    return told("terminal.low_to_high", low=low, high=high)
