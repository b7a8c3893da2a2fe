"""Brent, landed cost and import bill by month: median, band, baseline."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.report.figures.calendar import ticks
from simulator.report.figures.caption import caption, title
from simulator.report.figures.look import INK, MORE, QUIET, Size
from simulator.report.figures.sheet import Said, Sheet, sheet, spread
from simulator.report.language import Words
from simulator.report.wording import number
from simulator.results import FIGURES, Results, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL_IN = 1.75
BILL = "import_bill_usd_bn"
METRICS = ("brent_usd_bbl", "landed_cost_usd_bbl", BILL)
MILLION_IN_BN = 1000.0
THIN = 0.14
"""Width of the baseline's line in sizes of ordinary type."""
LEAST_RANGE = 0.04
"""An axis spans at least this part of the level it shows, lest ripples look like waves."""


def fan(results: Results, told: Words, size: Size) -> Figure:
    """Brent, landed cost (USD/bbl) and import bill by month, 5-50-95 % of the draws and the baseline.

    The bill is that of a day (million USD), lest the lengths of months look like news.
    """
    said = Said(
        title(results, told, "figures.fan_title"),
        told("figures.fan_lead"),
        caption(results, told, told("figures.fan_reading")),
    )
    page = sheet(said, size, PANEL_IN * len(METRICS))
    rows, columns = (1, len(METRICS)) if size.wide else (len(METRICS), 1)
    for axes, metric in zip(page.panels(rows, columns), METRICS, strict=True):
        found = [_row(results, metric, month) for month in results.months]
        unit = told("figures.million_a_day") if metric == BILL else told.unit(metric)
        axes.set_title(told("figures.panel", metric=told.metric(metric), unit=unit))
        _lines(axes, found, page)
        _limits(axes, found)
        _ends(axes, found, page, told)
        axes.set_xticks(*ticks(results.months, told, 6 if size.wide else 12))
        if not size.wide and metric != METRICS[-1]:
            axes.tick_params(labelbottom=False)
    return page.finish()


def _row(results: Results, metric: str, month: str) -> Row:
    row = results.get(metric, month=month)
    if metric != BILL:
        return row
    year, number_ = map(int, month.split("-"))
    scale = MILLION_IN_BN / monthrange(year, number_)[1]
    return replace(row, **{name: scale * getattr(row, name) for name in FIGURES})


def _lines(axes: Axes, found: list[Row], page: Sheet) -> None:
    months = range(len(found))
    low, mid, high = ([getattr(row, name) for row in found] for name in ("p05", "p50", "p95"))
    base = [row.baseline for row in found]
    if len(found) == 1:
        axes.errorbar([0], mid, [[mid[0] - low[0]], [high[0] - mid[0]]], fmt="o", color=MORE, label="p50")
        axes.plot([0], base, "_", color=INK, markersize=18, label="baseline")
        axes.set_xlim(-0.6, 0.6)
        return
    axes.fill_between(months, low, high, color=MORE, alpha=0.25, linewidth=0, label="band")
    axes.plot(months, base, "--", color=INK, linewidth=THIN * page.size.points, label="baseline")
    axes.plot(months, mid, color=MORE, label="p50")
    axes.set_xlim(0, len(found) - 1)


def _limits(axes: Axes, found: list[Row]) -> None:
    values = [value for row in found for value in (row.baseline, row.p05, row.p50, row.p95)]
    low, high = min(values), max(values)
    wanting = max(0.0, LEAST_RANGE * max(abs(low), abs(high), 1.0) - (high - low)) / 2
    margin = 0.06 * (high - low + 2 * wanting)
    axes.set_ylim(low - wanting - margin, high + wanting + margin)
    axes.locator_params(axis="y", nbins=5)


def _ends(axes: Axes, found: list[Row], page: Sheet, told: Words) -> None:
    """Names of the two lines at their ends, with their last values."""
    last = found[-1]
    low, high = axes.get_ylim()
    line = (high - low) * page.em(page.body_in * 0.75 if page.size.wide else page.body_in / 3 * 0.62)
    gap, between = (2 * line, "\n") if page.size.wide else (line, " ")
    named = (("scenario", last.p50, MORE), ("baseline", last.baseline, QUIET))
    places = spread([value for _, value, _ in named], gap, low, high)
    edge = axes.get_xlim()[1]
    across = (edge - axes.get_xlim()[0]) * 0.015
    for (key, value, colour), place in zip(named, places, strict=True):
        words = f"{told(f'figures.{key}')}{between}{number(value, 0 if abs(value) >= 200 else 1)}"
        axes.text(edge + across, place, words, color=colour, va="center" if page.size.wide else "center_baseline")
