"""At what tariff, and how likely enforced, complying with a threat costs less than defying it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.outcomes.bargain import Bargain, Threat, lost_income_usd_bn
from simulator.report.figures.caption import caption, title
from simulator.report.figures.lettering import readable
from simulator.report.figures.look import INK, LESS, MORE, Size
from simulator.report.figures.sheet import Said, sheet
from simulator.report.language import Words
from simulator.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

PANEL_IN = 3.0
RATES = np.geomspace(0.01, 5.0, 60)
"""Added tariffs, 1 to 500 %."""
CHANCES = np.linspace(0.0, 1.0, 41)
NUMBERED = 24
"""The chance at which lines of equal difference have their numbers."""
SMALL = 0.8
TICKS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
LEVELS_USD_BN = (-1000, -500, -200, -100, -50, -20, -5, 5, 20, 50, 100, 200, 500, 1000)
QUANTILES = (0.05, 0.5, 0.95)
SHADES = {"complying": LESS, "defying": MORE}
DARK = "#A84800"
"""Type on the shade of defying."""
MEMBERS = ("us", "eu")


def breakeven(results: Results, told: Words, size: Size) -> Figure:
    """Cost of complying less expected cost of defying, bn USD a year, by added rate and enforcement probability.

    Median over draws; the line where both cost the same has a band of 5 to 95 % of the draws. A panel a coalition.
    """
    bargain = results.bargain
    assert bargain is not None
    said = Said(
        title(results, told, "figures.breakeven_title"),
        told("figures.breakeven_lead"),
        caption(results, told, told("figures.breakeven_reading")),
    )
    page = sheet(said, size, PANEL_IN)
    panels = page.panels(1, len(bargain.threats), sharey=True)
    for axes, (coalition, threat) in zip(panels, bargain.threats.items(), strict=True):
        axes.set_title(name_of(coalition, told))
        excess = excess_usd_bn(threat, bargain.comply_cost_usd_bn)
        _surface(axes, excess, size.points)
        _line(axes, threat, bargain)
        _words(axes, excess, told)
        axes.set_xscale("log")
        axes.set_xticks(TICKS, [f"{100 * rate:g}" for rate in TICKS])
        axes.set_xticks([], minor=True)
        axes.set_xlim(RATES[0], RATES[-1])
        axes.set_xlabel(told("figures.added_rate"))
        axes.grid(visible=False)
    panels[0].set_ylim(0.0, 1.0)
    panels[0].set_yticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0", "25", "50", "75", "100"])
    panels[0].set_ylabel(told("figures.enforcement"))
    _asked(panels[0], bargain.threat, told)
    return page.finish()


def name_of(coalition: str, told: Words) -> str:
    """A coalition in words."""
    members = coalition.split(" and ")
    named = [told(f"figures.member_{one}") if one in MEMBERS else readable(one) for one in members]
    return told("figures.and").join(named)


def excess_usd_bn(threat: Threat, comply_cost_usd_bn: Array) -> Array:
    """Median over draws of the cost of complying less the expected cost of defying: (chance, rate), bn USD a year."""
    lost = np.stack([lost_income_usd_bn(_at(threat, rate)) for rate in RATES])
    return np.stack([np.median(comply_cost_usd_bn - chance * lost, axis=1) for chance in CHANCES])


def chances(threat: Threat, comply_cost_usd_bn: Array) -> Array:
    """5, 50 and 95 % points over draws of the enforcement at which both cost the same: (quantile, rate).

    They are values of draws; 0 where complying costs nothing, above 1 where no enforcement would do.
    """
    cost = np.maximum(comply_cost_usd_bn, 0.0)
    needed = np.sort([cost / lost_income_usd_bn(_at(threat, rate)) for rate in RATES], axis=1)
    places = [max(int(np.ceil(level * needed.shape[1])) - 1, 0) for level in QUANTILES]
    found: Array = needed[:, places].T
    return found


def _at(threat: Threat, rate: float) -> Threat:
    return replace(threat, added_rate=np.full_like(threat.added_rate, rate))


def _surface(axes: Axes, excess: Array, points: float) -> None:
    """Shades by whoever costs less, and lines of equal difference with their numbers."""
    axes.contourf(RATES, CHANCES, excess, [-1e9, 0.0], colors=[SHADES["complying"]], alpha=0.12)
    axes.contourf(RATES, CHANCES, excess, [0.0, 1e9], colors=[SHADES["defying"]], alpha=0.12)
    inside = [level for level in LEVELS_USD_BN if excess.min() < level < excess.max()]
    if inside:
        lines = axes.contour(RATES, CHANCES, excess, inside, colors=INK, linewidths=0.5, alpha=0.6, linestyles="solid")
        crossings = [(float(np.interp(-level, -excess[NUMBERED], RATES)), CHANCES[NUMBERED]) for level in inside]
        places = [place for place in crossings if RATES[2] < place[0] < RATES[-3]]
        axes.clabel(lines, fmt=lambda level: f"{level:+.0f}", fontsize=points * SMALL, manual=places)


def _line(axes: Axes, threat: Threat, bargain: Bargain) -> None:
    low, mid, high = chances(threat, bargain.comply_cost_usd_bn)
    axes.fill_between(RATES, low, high, color=INK, alpha=0.15, linewidth=0, label="band")
    axes.plot(RATES, mid, color=INK, label="breakeven")


def _words(axes: Axes, excess: Array, told: Words) -> None:
    """Who costs less where, in so far as there is such a region."""
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1.5}
    how: dict[str, Any] = {"transform": axes.transAxes, "va": "center", "bbox": box}
    if excess.min() < 0:
        axes.text(0.97, 0.8, told("figures.complying_cheaper"), ha="right", color=SHADES["complying"], **how)
    if excess.max() > 0:
        axes.text(0.03, 0.06, told("figures.defying_cheaper"), ha="left", color=DARK, **how)


def _asked(axes: Axes, threat: Threat, told: Words) -> None:
    """Where the scenario stands."""
    rate, chance = (float(np.median(values)) for values in (threat.added_rate, threat.enforcement_probability))
    within = float(np.clip(rate, RATES[0], RATES[-1]))
    axes.plot([within], [chance], "D", color=INK, markeredgecolor="white", clip_on=False, zorder=5, label="scenario")
    side, away = ("right", -0.7) if within > 0.2 else ("left", 0.7)
    axes.annotate(
        told("figures.scenario"),
        (within, chance),
        (away, -1.0 if chance > 0.5 else 1.0),
        textcoords="offset fontsize",
        ha=side,
        va="center",
    )
