"""Why China's bill changes: one component after the other, from no change to the whole change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.report.figures.caption import caption, title
from simulator.report.figures.look import FAINT, INK, LESS, LINE_EM, MORE, Size
from simulator.report.figures.sheet import Said, sheet
from simulator.report.language import Words
from simulator.report.wording import number, signed
from simulator.results import HORIZON, Results, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

METRIC, BILL = "bill_change_usd_bn", "import_bill_usd_bn"
HEIGHT_IN = 2.6
THICK = 0.62
WHOLE = "#999999"
LEAST_SPAN_USD_BN = 0.2
"""An axis spans at least so much, lest nothing look like something."""


def bill_change(results: Results, told: Words, size: Size) -> Figure:
    """The bill's change over the horizon by component, bn USD: means, with bands as thin lines."""
    bill = results.get(BILL)
    lead = told("figures.bill_lead", before=number(bill.baseline, 1), after=number(bill.mean, 1))
    page = sheet(
        Said(title(results, told, "figures.bill_title"), lead, caption(results, told, told("figures.bill_reading"))),
        size,
        HEIGHT_IN,
    )
    (axes,) = page.panels()
    parts = [row for row in results.rows if (row.metric, row.month) == (METRIC, HORIZON)]
    line = LINE_EM * size.points
    _steps(axes, parts, line)
    _whole(axes, bill, len(parts), line)
    labels = [*(told.name("component", row.item) for row in parts), told("figures.bill_whole")]
    axes.set_yticks(range(len(labels)), labels)
    _finish(axes, len(labels))
    return page.finish()


def _steps(axes: Axes, parts: list[Row], line: float) -> None:
    """Each component from where the one above it ended."""
    reached = 0.0
    for at, row in enumerate(parts):
        axes.barh(at, row.mean, THICK, left=reached, color=MORE if row.mean > 0 else LESS, label=row.item)
        axes.plot([reached + row.p05, reached + row.p95], [at, at], color=INK, linewidth=line, label=f"{row.item} band")
        ends = [reached, reached + row.mean, reached + row.p05, reached + row.p95]
        _value(axes, at, max(ends), row.mean)
        reached += row.mean
        axes.plot([reached, reached], [at, at + 1], color=FAINT, linewidth=1.0, zorder=0)


def _whole(axes: Axes, bill: Row, at: int, line: float) -> None:
    change, low, high = (value - bill.baseline for value in (bill.mean, bill.p05, bill.p95))
    axes.barh(at, change, THICK, color=WHOLE, label="whole")
    axes.plot([low, high], [at, at], color=INK, linewidth=line, label="whole band")
    _value(axes, at, max(0.0, change, high), change)


def _value(axes: Axes, at: float, edge: float, value: float) -> None:
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    words = signed(value, 1)
    axes.annotate(words, (edge, at), (0.5, 0), textcoords="offset fontsize", va="center_baseline", bbox=box)


def _finish(axes: Axes, count: int) -> None:
    low, high = axes.get_xlim()
    if high - low < LEAST_SPAN_USD_BN:
        axes.set_xlim(-LEAST_SPAN_USD_BN / 2, LEAST_SPAN_USD_BN / 2)
    axes.set_ylim(count - 0.5, -0.5)
    axes.axvline(0.0, color=INK, linewidth=0.8, zorder=1.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    axes.tick_params(axis="y", labelcolor=INK)
