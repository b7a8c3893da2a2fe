"""Who replaces whom in China's imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import datasets
from simulator.report.figures.caption import caption, title
from simulator.report.figures.look import GROUP_COLOURS, GROUP_HATCHES, INK, LINE_EM, Size
from simulator.report.figures.sheet import Said, sheet
from simulator.report.language import Words
from simulator.report.wording import signed
from simulator.results import HORIZON, Results, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

METRIC = "replacement_kbd"
MOST_SHOWN = 12
LEAST_SHOWN_KBD = 0.5
ROW_IN, THICK = 0.22, 0.7
LEAST_SPAN_KBD = 20.0


def replacements(results: Results, told: Words, size: Size) -> Figure:
    """Change of China's imports by country, kb/d, in the colours of their groups, with bands."""
    rows = moved(results)
    reading = told("figures.replacements_reading") if rows else ""
    said = Said(
        title(results, told, "figures.replacements_title"),
        told("figures.replacements_lead"),
        caption(results, told, reading),
    )
    page = sheet(said, size, ROW_IN * max(len(rows), 3) + 0.3)
    (axes,) = page.panels()
    groups = {row["country"]: row["group"] for row in datasets.table("streams").rows}
    for at, row in enumerate(rows):
        _bar(axes, at, row, groups[row.item], size.points)
    axes.set_yticks(range(len(rows)), [told.name("country", row.item) for row in rows])
    _finish(axes, len(rows))
    if not rows:
        axes.set_axis_off()
        axes.lines[0].set_visible(False)
        axes.text(0.5, 0.5, told("figures.nobody"), transform=axes.transAxes, ha="center", va="center")
    return page.finish()


def moved(results: Results) -> list[Row]:
    """The countries whose imports change most, the largest loss first."""
    rows = [r for r in results.rows if (r.metric, r.by, r.month) == (METRIC, "country", HORIZON)]
    most = sorted((r for r in rows if abs(r.mean) >= LEAST_SHOWN_KBD), key=lambda r: -abs(r.mean))[:MOST_SHOWN]
    return sorted(most, key=lambda r: r.mean)


def _bar(axes: Axes, at: int, row: Row, group: str, points: float) -> None:
    axes.barh(
        at,
        row.mean,
        THICK,
        color=GROUP_COLOURS[group],
        hatch=GROUP_HATCHES.get(group),
        edgecolor="white",
        linewidth=0,
        label=row.item,
    )
    axes.plot([row.p05, row.p95], [at, at], color=INK, linewidth=LINE_EM * points, label=f"{row.item} band")
    loses = row.mean < 0
    edge = min(row.mean, row.p05, 0.0) if loses else max(row.mean, row.p95, 0.0)
    away = (-0.5, 0.0) if loses else (0.5, 0.0)
    words, side = signed(row.mean, 0), "right" if loses else "left"
    axes.annotate(words, (edge, at), away, textcoords="offset fontsize", va="center_baseline", ha=side)


def _finish(axes: Axes, count: int) -> None:
    axes.margins(x=0.12)
    low, high = axes.get_xlim()
    if high - low < LEAST_SPAN_KBD:
        axes.set_xlim(-LEAST_SPAN_KBD / 2, LEAST_SPAN_KBD / 2)
    axes.set_ylim(max(count, 3) - 0.4, -0.6)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    axes.tick_params(axis="y", labelcolor=INK)
