"""Bands and observations of a hindcast in one picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.hindcast.history import Hindcast
from simulator.hindcast.scores import Judged

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HIT, MISS, BAND, TOLERANCE = "#1b7837", "#b2182b", "#9ecae1", "#e6e6e6"
WIDEST = 6.0
"""Tolerances shown either way; a band beyond is cut, a median beyond is an arrow."""
ROW_INCHES = 0.24
DOTS_PER_INCH = 150


def draw(found: Hindcast, path: Path) -> None:
    """Every scored target on one scale: predicted less observed, in tolerances."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lines = sum(len(found.of(episode)) + 1.4 for episode in found.episodes)
    figure = Figure(figsize=(9.0, ROW_INCHES * lines + 1.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _rows(axes, found)
    total = found.score
    told = f"{total.hits} of {total.targets} within tolerance, {total.inside} inside the 90 % band"
    axes.set_title(told, loc="left", fontsize=11)
    axes.set_xlabel("predicted less observed, in tolerances (0: as observed; grey: within tolerance)")
    figure.savefig(path, dpi=DOTS_PER_INCH)


def _rows(axes: Axes, found: Hindcast) -> None:
    at, labels, places = 0.0, [], []
    axes.axvspan(-1.0, 1.0, color=TOLERANCE, zorder=0)
    axes.axvline(0.0, color="black", linewidth=0.8)
    for episode in found.episodes:
        title = axes.text(-WIDEST, at, f"{episode.month}  {episode.title}", fontsize=8.5, weight="bold", va="center")
        title.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.0})
        at += 1.0
        for row in found.of(episode):
            _row(axes, row, at)
            labels.append(row.target.target.replace("_", " "))
            places.append(at)
            at += 1.0
        at += 0.4
    axes.set_yticks(places, labels, fontsize=8)
    axes.set_ylim(at, -1.0)
    axes.set_xlim(-WIDEST - 0.2, WIDEST + 0.2)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _row(axes: Axes, row: Judged, at: float) -> None:
    low, mid, high = ((value - row.target.observed) / row.target.tolerance for value in (row.p05, row.p50, row.p95))
    axes.plot([max(low, -WIDEST), min(high, WIDEST)], [at, at], color=BAND, linewidth=5, solid_capstyle="butt")
    marker = "<" if mid < -WIDEST else ">" if mid > WIDEST else "o" if row.hit else "X"
    shown = min(max(mid, -WIDEST), WIDEST)
    axes.plot([shown], [at], marker, color=HIT if row.hit else MISS, markersize=5)
