"""What streams cost in China against Brent, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import datasets
from simulator.axes import GROUPS
from simulator.report.figures.caption import caption, title
from simulator.report.figures.look import BAND_EM, GROUP_COLOURS, INK, Size
from simulator.report.figures.sheet import Said, sheet
from simulator.report.language import Words
from simulator.report.wording import signed
from simulator.results import HORIZON, Results, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

METRIC, VOLUME = "discount_usd_bbl", "imports_kbd"
MOST_SHOWN = 16
LEAST_IMPORTS_KBD = 50.0
"""Streams of which China takes as much, before or after."""
ROW_IN = 0.2
NEAR = 0.03
"""Part of the axis within which a line from before to after would be hidden by the marks."""


def discounts(results: Results, told: Words, size: Size) -> Figure:
    """Delivered in China less Brent by stream, USD/bbl: ring before, dot after with its band."""
    rows = shown(results)
    said = Said(
        title(results, told, "figures.discounts_title"),
        told("figures.discounts_lead"),
        caption(results, told, told("figures.discounts_reading", least=f"{LEAST_IMPORTS_KBD:.0f}")),
    )
    page = sheet(said, size, ROW_IN * max(len(rows), 3) + 0.4)
    (axes,) = page.panels()
    groups = _groups()
    for at, row in enumerate(rows):
        _pair(axes, at, row, GROUP_COLOURS[groups[row.item]], size.points)
    axes.set_yticks(range(len(rows)), [told.name("stream", row.item) for row in rows])
    axes.set_ylim(max(len(rows), 3) - 0.4, -0.6)
    axes.axvline(0.0, color=INK, linewidth=0.8, zorder=0.5)
    axes.grid(visible=True, axis="both")
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    axes.tick_params(axis="y", labelcolor=INK)
    return page.finish()


def shown(results: Results) -> list[Row]:
    """Streams that China takes and that have a price there before and after: the largest, by group, deepest first."""
    volume = {r.item: max(r.baseline, r.mean) for r in results.rows if _is(r, VOLUME)}
    rows = [r for r in results.rows if _is(r, METRIC) and r.mean == r.mean and r.baseline == r.baseline]
    large = sorted((r for r in rows if volume[r.item] >= LEAST_IMPORTS_KBD), key=lambda r: -volume[r.item])
    groups = _groups()
    return sorted(large[:MOST_SHOWN], key=lambda r: (GROUPS.index(groups[r.item]), r.baseline))


def _is(row: Row, metric: str) -> bool:
    return (row.metric, row.by, row.month) == (metric, "stream", HORIZON)


def _groups() -> dict[str, str]:
    return {row["stream"]: row["group"] for row in datasets.table("streams").rows}


def _pair(axes: Axes, at: int, row: Row, colour: str, points: float) -> None:
    band: dict[str, Any] = {"alpha": 0.4, "linewidth": BAND_EM * points, "solid_capstyle": "butt", "label": "band"}
    axes.plot([row.p05, row.p95], [at, at], color=colour, **band)
    axes.plot([row.baseline, row.mean], [at, at], color=INK, linewidth=0.8)
    axes.plot([row.baseline], [at], "o", markerfacecolor="white", markeredgecolor=INK, label="baseline")
    axes.plot([row.mean], [at], "o", color=colour, markeredgecolor=INK, label="mean")
    words = signed(row.mean - row.baseline, 1)
    axes.annotate(
        words,
        (1.0, at),
        (0.4, 0.0),
        xycoords=("axes fraction", "data"),
        textcoords="offset fontsize",
        va="center_baseline",
    )
