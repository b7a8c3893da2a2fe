"""Bands and observations of a hindcast in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator import __version__
from simulator.hindcast.episodes import Episode
from simulator.hindcast.history import Hindcast
from simulator.hindcast.scores import Judged
from simulator.report.figures.lettering import readable
from simulator.report.figures.look import INK, QUIET, Size
from simulator.report.figures.sheet import Said, sheet
from simulator.report.language import Words
from simulator.report.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HIT, MISS, BAND, TOLERANCE = "#009E73", "#D55E00", "#56B4E9", "#E6E6E6"
WIDEST = 6.0
"""Tolerances shown either way; a band beyond is cut, a median beyond is an arrow."""
TICKS = (-6, -4, -2, 0, 2, 4, 6)
ROW_IN = 0.2
HEADINGS, APART = 1.0, 0.4
"""Rows that the name of an episode takes, and the room behind its targets."""
ROOM = 0.8
"""Part of a row that its type takes on a slide, where rows are narrow."""


def history(found: Hindcast, told: Words, size: Size) -> Figure:
    """Every scored target on one scale: predicted less observed, in tolerances."""
    total = found.score
    counts = {"hits": total.hits, "targets": total.targets, "inside": total.inside}
    gap = " " if told.language == "en" else ""
    reading = told("figures.history_reading", draws=number(found.draws, 0))
    below = gap.join([reading, told("figures.history_source", version=__version__)])
    said = Said(told("figures.history_title", **counts), told("figures.history_lead"), below)
    columns = _columns(found, 2 if size.wide else 1)
    most = max(_rows(found, column) for column in columns)
    page = sheet(said, size, ROW_IN * most + 0.3)
    points = min(size.points, ROOM * 72.0 * page.body_in / (most + 2.0))
    for axes, column in zip(page.panels(1, len(columns)), columns, strict=True):
        _column(axes, found, column, told, points)
        axes.set_ylim(most, -1.0)
    return page.finish()


def _rows(found: Hindcast, column: Sequence[Episode]) -> float:
    return sum(len(found.of(episode)) + HEADINGS + APART for episode in column)


def _columns(found: Hindcast, count: int) -> list[list[Episode]]:
    """The episodes in columns of about the same length, oldest first."""
    columns: list[list[Episode]] = [[] for _ in range(count)]
    whole, done = _rows(found, found.episodes), 0.0
    for episode in found.episodes:
        columns[min(int(count * done / whole), count - 1)].append(episode)
        done += _rows(found, [episode])
    return [column for column in columns if column]


def _column(axes: Axes, found: Hindcast, column: Sequence[Episode], told: Words, points: float) -> None:
    at, labels, places = 0.0, [], []
    axes.axvspan(-1.0, 1.0, color=TOLERANCE, zorder=0)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    for episode in column:
        words = f"{episode.month}  {_named(f'episode_{episode.id}', episode.title, told)}"
        title = axes.text(-WIDEST, at, words, fontsize=points * 1.05, va="center", color=INK, zorder=3)
        title.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.85})
        at += HEADINGS
        for row in found.of(episode):
            _row(axes, row, at, points)
            labels.append(_named(f"target_{row.target.target}", row.target.target.replace("_", " "), told))
            places.append(at)
            at += 1.0
        at += APART
    axes.set_yticks(places, labels, fontsize=points)
    axes.set_xlim(-WIDEST - 0.2, WIDEST + 0.2)
    axes.set_xticks(TICKS)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(visible=False)
    axes.tick_params(axis="y", length=0, labelcolor=QUIET)
    axes.tick_params(axis="x", labelsize=points)


def _named(key: str, written: str, told: Words) -> str:
    """What the tables of words call an episode or a target; a user's own is shown as it was written."""
    try:
        return told(f"history.{key}")
    except KeyError:
        return readable(written)


def _row(axes: Axes, row: Judged, at: float, points: float) -> None:
    low, mid, high = ((value - row.target.observed) / row.target.tolerance for value in (row.p05, row.p50, row.p95))
    ends = max(low, -WIDEST), min(high, WIDEST)
    axes.plot(ends, [at, at], color=BAND, alpha=0.6, linewidth=points * 0.6, solid_capstyle="butt", label="band")
    marker = "<" if mid < -WIDEST else ">" if mid > WIDEST else "o" if row.hit else "X"
    shown = min(max(mid, -WIDEST), WIDEST)
    axes.plot([shown], [at], marker, color=HIT if row.hit else MISS, markersize=points * 0.65, label=row.target.target)
