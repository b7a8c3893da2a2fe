"""Several scenarios in one picture: shares of each, and what each does to the bill and to Brent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulator.axes import GROUPS
from simulator.report.figures.caption import sample, scenario_name, source
from simulator.report.figures.lettering import fold, readable
from simulator.report.figures.look import BAND_EM, GROUP_COLOURS, GROUP_HATCHES, INK, LESS, MORE, Size, ink_on
from simulator.report.figures.sheet import Said, Sheet, sheet
from simulator.report.language import Words
from simulator.report.wording import number, signed
from simulator.results import Results, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW_IN = 0.42
NAME_SHARE = 0.26
"""Part of the page that names of scenarios may take before they are broken into lines."""
THICK = 0.62
LEAST_WRITTEN = 3.0
"""Percent from which a part of a bar has its number written in."""
CHANGES = (("import_bill_usd_bn", 1), ("brent_usd_bbl", 1))
"""Metrics whose change is shown, with decimals."""
LEAST_SPAN = 0.2


def shares_of(results: Sequence[Results], told: Words, size: Size) -> Figure:
    """Shares of China's imports by group over the horizon: a bar for each baseline, then one for each scenario; %."""
    said = Said(
        told("figures.shares_of_title"), told("figures.shares_of_lead"), _caption(results, told, "shares_of_reading")
    )
    bases = {one.baseline: one for one in reversed(results)}
    rows = [(told("figures.baseline_named", baseline=readable(n)), _bar(one, "baseline")) for n, one in bases.items()]
    rows = [*reversed(rows), *((_with_months(one, results, told), _bar(one, "mean")) for one in results)]
    page = sheet(said, size, ROW_IN * len(rows) + 0.5)
    (axes,) = page.panels()
    _stack(axes, [bar for _, bar in rows])
    _name_rows(axes, [name for name, _ in rows], page)
    axes.legend(
        [told.name("group", group) for group in GROUPS], ncols=len(GROUPS), loc="lower left", bbox_to_anchor=(0.0, 1.0),
        borderaxespad=0.3, handlelength=1.0, handleheight=1.0, handletextpad=0.4, columnspacing=0.9, borderpad=0.0,
    )  # fmt: skip
    axes.set_xlim(0, 100)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    return page.finish()


def changes_of(results: Sequence[Results], told: Words, size: Size) -> Figure:
    """Change of the import bill (bn USD) and of Brent (USD/bbl) over the horizon, with bands."""
    said = Said(
        told("figures.changes_of_title"), told("figures.changes_of_lead"), _caption(results, told, "changes_of_reading")
    )
    page = sheet(said, size, ROW_IN * max(len(results), 2) + 0.5)
    panels = page.panels(1, len(CHANGES), sharey=True)
    for axes, (metric, digits) in zip(panels, CHANGES, strict=True):
        axes.set_title(told("figures.panel", metric=told.metric(metric), unit=told.unit(metric)))
        for at, one in enumerate(results):
            _change(axes, at, one.get(metric), digits, size.points)
        _frame(axes)
    _name_rows(panels[0], [_with_months(one, results, told) for one in results], page)
    return page.finish()


def _caption(results: Sequence[Results], told: Words, key: str) -> str:
    gap = " " if told.language == "en" else ""
    draws = {one.draws: sample(one, told, bands=key == "changes_of_reading") for one in results}
    bases = dict.fromkeys(one.baseline for one in results)
    named = ", ".join(bases) if told.language == "en" else "、".join(bases)
    return gap.join([told(f"figures.{key}"), *draws.values(), source(results[0].manifest, named, told)])


def _with_months(one: Results, results: Sequence[Results], told: Words) -> str:
    """A scenario's name, with the number of its months where they differ."""
    name = scenario_name(one, told)
    if len({len(other.months) for other in results}) == 1:
        return name
    key = "with_months" if len(one.months) > 1 else "with_month"
    return f"{name}\n{told(f'figures.{key}', months=len(one.months))}"


def _bar(one: Results, figure: str) -> dict[str, float]:
    return {group: 100 * getattr(one.get("share", "group", group), figure) for group in GROUPS}


def _stack(axes: Axes, bars: list[dict[str, float]]) -> None:
    left = [0.0] * len(bars)
    for group in GROUPS:
        colour, wide = GROUP_COLOURS[group], [bar[group] for bar in bars]
        hatch = GROUP_HATCHES.get(group)
        axes.barh(
            range(len(bars)), wide, THICK, left, color=colour, hatch=hatch, edgecolor="white", linewidth=0.4,
            label=group,
        )  # fmt: skip
        box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8} if hatch else None
        for at, (begin, share) in enumerate(zip(left, wide, strict=True)):
            if share >= LEAST_WRITTEN:
                place, words = begin + share / 2, number(share, 0)
                axes.text(place, at, words, ha="center", va="center_baseline", color=ink_on(colour), bbox=box)
        left = [begin + share for begin, share in zip(left, wide, strict=True)]


def _change(axes: Axes, at: int, row: Row, digits: int, points: float) -> None:
    mean, low, high = (value - row.baseline for value in (row.mean, row.p05, row.p95))
    colour = MORE if mean > 0 else LESS
    band: dict[str, Any] = {"alpha": 0.4, "linewidth": BAND_EM * points, "solid_capstyle": "butt", "label": "band"}
    axes.plot([low, high], [at, at], color=colour, **band)
    axes.plot([mean], [at], "o", color=colour, markeredgecolor=INK, label="mean")
    words = signed(mean, digits)
    axes.annotate(words, (mean, at), (0.0, 1.15), textcoords="offset fontsize", ha="center", va="center_baseline")


def _frame(axes: Axes) -> None:
    axes.margins(x=0.1)
    low, high = axes.get_xlim()
    low, high = min(low, -LEAST_SPAN / 2), max(high, LEAST_SPAN / 2)
    axes.set_xlim(low, high)
    axes.axvline(0.0, color=INK, linewidth=0.8, zorder=0.5)
    axes.grid(visible=True, axis="both")
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)


def _name_rows(axes: Axes, names: list[str], page: Sheet) -> None:
    """Names of the rows, the first on top, long ones in lines."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.45, -0.65)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    width = NAME_SHARE * page.size.width_in * page.figure.dpi
    folded = [fold(name, width, words) for name, words in zip(names, axes.get_yticklabels(), strict=True)]
    axes.set_yticks(range(len(names)), folded)
