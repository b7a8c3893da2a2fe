"""Whose crude China buys: shares of supplier groups stacked, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulator.axes import GROUPS
from simulator.report.figures.calendar import ticks
from simulator.report.figures.caption import caption, title
from simulator.report.figures.look import GROUP_COLOURS, GROUP_HATCHES, QUIET, Size, ink_on
from simulator.report.figures.sheet import Said, sheet, spread
from simulator.report.language import Words
from simulator.report.wording import number, signed
from simulator.results import HORIZON, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_IN = 3.3
GAP = 0.9
"""Months between the monthly bars and those of the whole period."""
LEAST_WRITTEN = 0.85
"""Lines of type that a part of a bar must be high to have its number written in."""

Shares = Mapping[str, float]


def shares(results: Results, told: Words, size: Size) -> Figure:
    """Shares of China's imports by group: the baseline, each month, the whole period; percent of barrels."""
    reading = told("figures.shares_reading" if len(results.months) > 1 else "figures.shares_reading_month")
    said = Said(
        title(results, told, "figures.shares_title"),
        told("figures.shares_lead"),
        caption(results, told, reading, bands=False),
    )
    page = sheet(said, size, HEIGHT_IN)
    (axes,) = page.panels()
    before, after = (_percent(results, HORIZON, figure) for figure in ("baseline", "mean"))
    line = 100 * page.em(page.body_in * 0.88)
    at, widths, months = _places(len(results.months))
    stack(axes, at, widths, [before, *(_percent(results, results.months[i], "mean") for i in months), after])
    write(axes, at[0], before, line)
    write(axes, at[-1], after, line)
    names = {g: f"{told.name('group', g)} {signed(after[g] - before[g], 1)}" for g in GROUPS}
    label(axes, at[-1] + widths[-1] / 2, after, names, line)
    ends = [told("figures.baseline"), told("figures.whole_period")] if months else [told("figures.baseline")]
    places, labels = ticks(results.months, told)
    axes.set_xticks([at[0], *places, at[-1]] if months else at, [ends[0], *labels, *ends[1:]])
    finish_axes(axes)
    return page.finish()


def _places(months: int) -> tuple[list[float], list[float], range]:
    """Where bars stand, how wide they are, and which months have one of their own: none if there is but one month."""
    wide = max(1.0, months / 12)
    if months == 1:
        return [-1.5, 0.0], [wide, wide], range(0)
    apart = GAP * wide + wide / 2
    at = [-0.5 - apart, *range(months), months - 0.5 + apart]
    return at, [wide, *[0.92] * months, wide], range(months)


def _percent(results: Results, month: str, figure: str) -> dict[str, float]:
    return {group: 100 * getattr(results.get("share", "group", group, month), figure) for group in GROUPS}


def stack(axes: Axes, at: Sequence[float], widths: Sequence[float], bars: Sequence[Shares]) -> None:
    """Bars of shares in percent, Russia at the bottom, everyone else on top."""
    floor = [0.0] * len(bars)
    for group in GROUPS:
        heights = [bar[group] for bar in bars]
        axes.bar(
            at,
            heights,
            widths,
            floor,
            color=GROUP_COLOURS[group],
            hatch=GROUP_HATCHES.get(group),
            edgecolor="white",
            linewidth=0.4,
            label=group,
        )
        floor = [low + height for low, height in zip(floor, heights, strict=True)]


def write(axes: Axes, place: float, bar: Shares, line: float) -> None:
    """Numbers into the parts of a bar that are high enough for a line of type, which takes so many percent."""
    for group, middle in middles(bar).items():
        if bar[group] >= LEAST_WRITTEN * line:
            colour = GROUP_COLOURS[group]
            box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8} if group in GROUP_HATCHES else None
            words = number(bar[group], 0)
            axes.text(place, middle, words, ha="center", va="center_baseline", color=ink_on(colour), bbox=box)


def middles(bar: Shares) -> dict[str, float]:
    """Where the middle of each group's part is, in percent."""
    found, floor = {}, 0.0
    for group in GROUPS:
        found[group] = floor + bar[group] / 2
        floor += bar[group]
    return found


def label(axes: Axes, edge: float, bar: Shares, names: Mapping[str, str], gap: float) -> None:
    """Names beside the last bar, moved apart where parts are thin, each tied to its part."""
    wanted = middles(bar)
    places = dict(zip(wanted, spread(list(wanted.values()), gap, gap / 2, 100 - gap / 2), strict=True))
    reach = 0.03 * abs(axes.dataLim.width)
    for group, name in names.items():
        colour = GROUP_COLOURS[group]
        axes.plot([edge, edge + reach], [wanted[group], places[group]], color=colour, linewidth=1.2, clip_on=False)
        axes.text(edge + 1.4 * reach, places[group], name, va="center_baseline")


def finish_axes(axes: Axes) -> None:
    """No frame, no grid: the bars carry their numbers."""
    axes.set_ylim(0, 100)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(axis="x", length=0, colors=QUIET)
    axes.margins(x=0)
