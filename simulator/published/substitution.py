"""How well crudes replace one another in China in the long run, measured on the choice itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.axes import DRAW_BLOCK, QUALITIES
from simulator.inputs.baseline import CHINA, baseline
from simulator.inputs.calibration import Calibration, calibrate
from simulator.inputs.compile import uncertain
from simulator.inputs.draws import Block, draw
from simulator.market.choice import Sourcing, choose
from simulator.published.answers import Answers, over_draws
from simulator.published.monthly import scenario

Array = NDArray[np.float64]
Places = NDArray[np.intp]

DEARER = 0.01
"""By how much a crude, or all crude of a type, is made dearer."""


def substitution(draws: int, seed: int) -> Answers:
    """Elasticities of substitution of China's long-run choice at base prices.

    Across origins: the most bought crude of a type against the next; across types: all of a type against the others.
    The figures for all types are means by volume.

    Notes
    -----
    -dln(q_i/q_j) / dln(p_i/p_j), p the mean landed price, by a change of one per cent.
    """
    parts = [_block(cal) for cal in _calibrations(draws, seed)]
    origins, types, weight = (np.concatenate(values)[:draws] for values in zip(*parts, strict=True))
    return {
        "size.origins": over_draws((origins * weight).sum(axis=1)),
        "size.qualities": over_draws((types * weight).sum(axis=1)),
        "size.heavy": over_draws(origins[:, QUALITIES.index("heavy_sour")]),
        "size.light": over_draws(origins[:, QUALITIES.index("light_sweet")]),
    }


def _calibrations(draws: int, seed: int) -> Iterator[Calibration]:
    ranges, _ = uncertain(scenario("us_crude_duty"))
    for first in range(0, draws, DRAW_BLOCK):
        block = Block(seed, first, mid_only=draws == 1)
        yield calibrate(baseline("2025"), {name: draw(name, one, block) for name, one in ranges.items()})


def _block(cal: Calibration) -> tuple[Array, Array, Array]:
    """Substitution across origins of each type, and of each type with the others; weights of types: (draw, quality)."""
    nests = cal.base.labels.nests
    price = cal.base.fob_usd_bbl + cal.base.freight_usd_bbl[CHINA].mean(axis=0)
    before = _bought(cal, np.zeros_like(price))
    volume = before.mean(axis=0)
    origins, types = [], []
    for nest in nests:
        here = np.arange(nest.start, nest.stop)
        first, second = np.split(here[np.argsort(-volume[nest])[:2]], 2)
        one, all_of_it = np.zeros_like(price), np.zeros_like(price)
        one[first], all_of_it[nest] = DEARER * price[first], DEARER * price[nest]
        origins.append(_response(before[:, first], before[:, second], _bought(cal, one), first, second))
        others = np.setdiff1d(np.arange(len(price)), here)
        types.append(_response(before[:, here], before[:, others], _bought(cal, all_of_it), here, others))
    weight = np.stack([before[:, nest].sum(axis=1) for nest in nests], axis=1)
    return np.stack(origins, axis=1), np.stack(types, axis=1), weight / weight.sum(axis=1, keepdims=True)


def _response(dear: Array, other: Array, after: Array, own: Places, rest: Places) -> Array:
    """-dln(q_i/q_j)/dln p_i of two baskets, (draw,)."""
    was = dear.sum(axis=1) / other.sum(axis=1)
    now = after[:, own].sum(axis=1) / after[:, rest].sum(axis=1)
    change: Array = -np.log(now / was) / np.log1p(DEARER)
    return change


def _bought(cal: Calibration, dearer_usd_bbl: Array) -> Array:
    """What China would buy without habits at a change of FOB prices, (draw, stream) kb/d at base requirement."""
    labels, draws = cal.base.labels, len(cal.memory_pace)
    wishes = Sourcing(
        cal.log_share_in_nest,
        cal.log_nest_share,
        np.broadcast_to(1.0 / cal.within_usd_bbl[:, :, None], cal.flow_kbd.shape),
        cal.within_usd_bbl,
        cal.across_usd_bbl,
        labels.nests,
        labels.belongs,
    )
    made = choose(wishes, np.broadcast_to(dearer_usd_bbl, (draws, len(dearer_usd_bbl))))
    share = (made.nest_share @ labels.belongs.T) * made.share_in_nest
    bought: Array = (cal.flow_kbd.sum(axis=2, keepdims=True) * share)[:, CHINA].sum(axis=1)
    return bought
