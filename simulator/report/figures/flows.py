"""Who sells to whom, before and after: ribbons from supplier groups to buyers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulator.axes import GROUPS, IMPORTERS
from simulator.report.figures.caption import caption, title
from simulator.report.figures.look import GROUP_COLOURS, GROUP_HATCHES, Size
from simulator.report.figures.sheet import Said, Sheet, sheet, spread
from simulator.report.language import Words
from simulator.report.wording import number, signed
from simulator.results import HORIZON, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

METRIC = "flow_kbd"
PANEL_IN = 2.9
GAPS_SHARE = 0.32
"""Free room between groups or between buyers, all of it together, as a part of the barrels of the larger panel."""
NODE = 0.035
"""Width of a group's or buyer's bar, as a part of the panel."""
LEAST_DRAWN_KBD = 1.0
BEND = 0.5

Flows = Mapping[tuple[str, str], float]
Sides = tuple[dict[str, float], dict[str, float]]


def flows(results: Results, told: Words, size: Size) -> Figure:
    """Loadings from groups to buyers, kb/d, over the horizon: without any shock, and in the scenario."""
    said = Said(
        title(results, told, "figures.flows_title"),
        told("figures.flows_lead"),
        caption(results, told, told("figures.flows_reading"), bands=False),
    )
    page = sheet(said, size, 2 * PANEL_IN)
    before, after = (_flows(results, figure) for figure in ("baseline", "mean"))
    rows, columns = (1, 2) if size.wide else (2, 1)
    scale = max(sum(before.values()), sum(after.values()))
    panels = page.panels(rows, columns)
    for axes, key, found in zip(panels, ("baseline", "scenario"), (before, after), strict=True):
        axes.set_title(told(f"terminal.{key}"))
        _panel(axes, found, scale)
        _names(axes, _columns(found), told, _columns(before) if key == "scenario" else None, page)
    return page.finish()


def _flows(results: Results, figure: str) -> dict[tuple[str, str], float]:
    """kb/d by (group, buyer)."""
    rows = {r.item: getattr(r, figure) for r in results.rows if (r.metric, r.by, r.month) == _WHERE}
    return {(group, buyer): rows[f"{buyer}:{group}"] for group in GROUPS for buyer in IMPORTERS}


_WHERE = (METRIC, "buyer_group", HORIZON)


def _columns(found: Flows) -> Sides:
    """What each group sells and each buyer takes, kb/d."""
    sold = {group: sum(found[group, buyer] for buyer in IMPORTERS) for group in GROUPS}
    return sold, {buyer: sum(found[group, buyer] for group in GROUPS) for buyer in IMPORTERS}


def _panel(axes: Axes, found: Flows, scale: float) -> None:
    height = scale * (1.0 + GAPS_SHARE)
    sellers, buyers = (_stacked(totals, height) for totals in _columns(found))
    _ribbons(axes, found, sellers, buyers)
    _nodes(axes, sellers, 0.0, "group")
    _nodes(axes, buyers, 1.0 - NODE, "buyer")
    axes.set_xlim(0, 1)
    axes.set_ylim(height, 0)
    axes.set_axis_off()


def _stacked(totals: Mapping[str, float], height: float) -> dict[str, tuple[float, float]]:
    """From where, and how high, each bar stands, top down over the whole height of the panel."""
    gap = (height - sum(totals.values())) / (len(totals) - 1)
    found, at = {}, 0.0
    for name, total in totals.items():
        found[name] = at, total
        at += total + gap
    return found


def _ribbons(
    axes: Axes, found: Flows, sellers: Mapping[str, tuple[float, float]], buyers: Mapping[str, tuple[float, float]]
) -> None:
    left = {name: at for name, (at, _) in sellers.items()}
    right = {name: at for name, (at, _) in buyers.items()}
    for (group, buyer), kbd in found.items():
        if kbd >= LEAST_DRAWN_KBD:
            _ribbon(axes, (left[group], right[buyer], kbd), group, f"{buyer}:{group}")
        left[group] += kbd
        right[buyer] += kbd


def _ribbon(axes: Axes, ends: tuple[float, float, float], group: str, label: str) -> None:
    """A band of so many kb/d between two heights."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    left, right, kbd = ends
    near, far = NODE, 1.0 - NODE
    middle = near + BEND * (far - near)
    there = [(near, left), (middle, left), (middle, right), (far, right)]
    back = [(far, right + kbd), (middle, right + kbd), (middle, left + kbd), (near, left + kbd)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    shape = Path([*there, *back, there[0]], codes)
    patch = PathPatch(shape, facecolor=GROUP_COLOURS[group], alpha=0.55, linewidth=0, label=label)
    axes.add_patch(patch)


def _nodes(axes: Axes, bars: Mapping[str, tuple[float, float]], left: float, by: str) -> None:
    for name, (at, height) in bars.items():
        axes.barh(
            at + height / 2,
            NODE,
            height,
            left=left,
            color=GROUP_COLOURS[name] if by == "group" else "#404040",
            hatch=GROUP_HATCHES.get(name) if by == "group" else None,
            edgecolor="white",
            linewidth=0,
            label=f"{by} {name}",
        )


def _names(axes: Axes, sides: Sides, told: Words, before: Sides | None, page: Sheet) -> None:
    """Names and kb/d beside the bars, with the change from before, moved apart where bars are thin."""
    wide = page.size.wide
    height = axes.get_ylim()[0]
    em = height * page.em((page.body_in if wide else page.body_in / 2) * 0.88)
    for i, (by, across, ha) in enumerate((("group", -0.02, "right"), ("buyer", 1.02, "left"))):
        bars = _stacked(sides[i], height)
        line, between = (2 * em, "\n") if wide and by == "buyer" else (em, " ")
        places = spread([at + size / 2 for at, size in bars.values()], line, line / 2, height - line / 2)
        for (name, (_, size)), place in zip(bars.items(), places, strict=True):
            change = f" ({signed(size - before[i][name], 0)})" if before else ""
            words = (told.name(by, name), f"{number(size, 0)}{change}")
            axes.text(across, place, between.join(words), ha=ha, va="center", linespacing=1.1)
