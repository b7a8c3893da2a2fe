"""Which uncertain numbers move an outcome, one at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.drivers.outcomes import Asked
from simulator.drivers.tornado import Bar
from simulator.manifest import origin
from simulator.report.drivers import figure
from simulator.report.figures.caption import source
from simulator.report.figures.lettering import readable
from simulator.report.figures.look import INK, LESS, MORE, Size
from simulator.report.figures.sheet import Said, sheet
from simulator.report.language import Words
from simulator.results import HORIZON
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SHOWN = 12
ROW_IN, THICK = 0.24, 0.66
LEAST_SWING_SHARE = 0.01
"""Bars shorter than this part of the longest are left out."""


def tornado(bars: Sequence[Bar], what: Asked, scenario: Scenario, told: Words, size: Size) -> Figure:
    """The outcome with one number at its 5 and at its 95 % point, the others at their mid values; widest first."""
    shown = longest(bars)
    metric = what.key[0]
    unit = told.unit(metric) or ("%" if _in_percent(metric) else "")
    outcome = told.metric(metric)
    if what.key[2] != "total":
        outcome = told("figures.panel", metric=outcome, unit=told.name(*what.key[1:]))
    measured = told("figures.panel", metric=outcome, unit=unit) if unit else outcome
    when = told("figures.whole_months") if what.month == HORIZON else what.month
    gap = " " if told.language == "en" else ""
    reading = told("figures.tornado_reading") if shown else told("figures.tornado_nothing")
    said = Said(
        told("figures.tornado_title", scenario=readable(told.remark(scenario.name))),
        told("figures.tornado_lead", outcome=measured, when=when),
        gap.join([reading, source(origin(scenario.baseline), scenario.baseline, told)]),
    )
    page = sheet(said, size, ROW_IN * max(len(shown), 3) + 0.4)
    (axes,) = page.panels()
    for at, bar in enumerate(shown):
        _bar(axes, at, bar, 100.0 if _in_percent(metric) else 1.0, told)
    kinds = [shock.type for shock in scenario.shocks]
    names = [readable(told.input(bar.factor.name, kinds)) for bar in shown]
    axes.set_yticks(range(len(shown)), names)
    _finish(axes, max(len(shown), 3))
    return page.finish()


def longest(bars: Sequence[Bar]) -> list[Bar]:
    """The bars worth drawing, longest first; those of an end that did not clear are left out."""
    known = [bar for bar in bars if math.isfinite(bar.swing)]
    most = max((bar.swing for bar in known), default=0.0)
    return [bar for bar in known if bar.swing > LEAST_SWING_SHARE * most][:MOST_SHOWN]


def _in_percent(metric: str) -> bool:
    return metric.startswith("share") or metric.endswith("_share") or metric.endswith("_probability")


def _bar(axes: Axes, at: int, bar: Bar, scale: float, told: Words) -> None:
    low, mid, high = (scale * value for value in (bar.low, bar.mid, bar.high))
    axes.barh(at, low - mid, THICK, left=mid, color=LESS, label=f"{bar.factor.name} low")
    axes.barh(at, high - mid, THICK, left=mid, color=MORE, hatch="////", edgecolor="white", linewidth=0, label="high")
    words = told("figures.ends", low=figure(bar.p05), high=figure(bar.p95))
    axes.annotate(
        words,
        (1.0, at),
        (0.6, 0.0),
        xycoords=("axes fraction", "data"),
        textcoords="offset fontsize",
        va="center_baseline",
    )


def _finish(axes: Axes, count: int) -> None:
    axes.margins(x=0.05)
    axes.set_ylim(count - 0.4, -0.6)
    axes.ticklabel_format(axis="x", useOffset=False, style="plain")
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    axes.tick_params(axis="y", labelcolor=INK)
