"""Draws gathered block by block into the figures of a result: rows, what drove them, and what did not clear."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.bands import LEVELS, Bands
from simulator.blocks import BlockRun, Plan, in_order
from simulator.outcomes.bargain import Bargain, joined, order_statistics
from simulator.outcomes.horizon import Key
from simulator.precision import Precision
from simulator.results import HORIZON, HORIZON_ONLY, NEVER, Driver, Row

Array = NDArray[np.float64]

DRIVER_DRAWS = 4096
FEWEST_DRIVER_DRAWS = 100
"""With fewer draws chance correlations look like drivers."""
OUTCOME_ONLY = {"gdp_oil_elasticity": "gdp_effect_pct", "relabelled_share": "share_declared"}
"""Parameters that translate a cleared market into one metric and move nothing else: any correlation is chance."""


@dataclass(frozen=True)
class Failure:
    """A draw that did not clear, and where it stopped first.

    month : counted from 0     residual_share : how far from balance it stayed there
    bound_missed_share : how far purchases stayed from a promise or ban that was neither kept nor at its ceiling; 0
    where there was none
    """

    draw: int
    month: int
    residual_share: float
    bound_missed_share: float = 0.0

    def document(self, months: tuple[str, ...]) -> dict[str, Any]:
        """As the manifest names it; a residual that is no number is null."""
        named = {
            "draw": self.draw,
            "month": months[self.month],
            "residual_share": _finite(self.residual_share),
        }
        return named | ({"bound_missed_share": _finite(self.bound_missed_share)} if self.bound_missed_share else {})


class Collector:
    """Gathers blocks of draws, in order, into rows; `first` is the number of the first draw."""

    def __init__(self, outcomes: dict[str, Key], first: int = 0) -> None:
        self._first = first
        self._wanted = outcomes
        self._bands: Bands | None = None
        self._base_sum = np.zeros((2, 0))
        self.keys: tuple[Key, ...] = ()
        self._shape: tuple[int, int] = (0, 0)
        self._outcomes: dict[str, list[Array]] = {name: [] for name in outcomes}
        self._inputs: dict[str, list[Array]] = {}
        self._bargains: list[Bargain] = []
        self.seen = 0
        self.counted = 0
        self.residual_share = 0.0
        self.failed: list[Failure] = []

    def add(self, block: BlockRun) -> None:
        """Take in the next block; draws that did not converge are left out of every figure."""
        good = block.converged
        draws, months, columns = block.after.values.shape
        if self._bands is None:
            self.keys, self._shape = block.after.keys, (months, columns)
            self._bands = Bands(months * columns)
            self._base_sum = np.zeros((2, months * columns))
        after = block.after.values if good.all() else block.after.values[good]
        for metric in NEVER:
            if (metric, "total", "total") in self.keys:
                after[:, -1, self.keys.index((metric, "total", "total"))] = np.nan
        self._bands.add(after.reshape(len(after), months * columns))
        self._base_sum += block.before.reshape(2, -1)
        if self.counted < DRIVER_DRAWS:
            for name, key in self._wanted.items():
                self._outcomes[name].append(after[:, -1, block.after.keys.index(key)].copy())
            for name, values in block.drawn.items():
                self._inputs.setdefault(name, []).append(values[good])
        if block.bargain:
            self._bargains.append(block.bargain)
        for draw in np.flatnonzero(~good):
            where = (values[draw].item() for values in vars(block.stop).values())
            self.failed.append(Failure(self._first + self.seen + int(draw), *where))
        self.seen += draws
        self.counted += len(after)
        self.residual_share = max(self.residual_share, float(block.residual_share[good].max(initial=0.0)))

    @property
    def bargain(self) -> Bargain | None:
        """What a threat came to in all draws; None without one."""
        return joined(self._bargains) if self._bargains else None

    def rows(self, months: tuple[str, ...]) -> tuple[Row, ...]:
        """The result table, metric by metric, each item's months in order and the horizon last."""
        return () if self._bands is None else tuple(Row(*where) for where in self._labelled(self.figures(), months))

    def figures(self) -> Array:
        """Baseline, mean and 5, 50, 95 % points of every outcome: (figure, month + 1, column), the horizon last."""
        assert self._bands is not None
        total, count = self._base_sum
        base = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
        figures = np.stack([base, self._bands.mean(), *self._bands.quantiles()])
        figures = figures.reshape(len(figures), *self._shape)
        for column, (metric, _, _) in enumerate(self.keys):
            if metric in NEVER:
                # A break-even has order statistics over all draws, those that have none at the far end, and no mean.
                figures[2:, -1, column] = order_statistics(self._values_of(metric), LEVELS)
        return figures

    def precision(self, months: tuple[str, ...]) -> tuple[Precision, ...]:
        """Standard errors of the rows, in their order; none with fewer than two draws."""
        if self._bands is None or self.counted < 2:
            return ()
        errors = self._bands.standard_errors()
        found = (Precision(*where) for where in self._labelled(errors.reshape(len(errors), *self._shape), months))
        return tuple(self._of_breakeven(one) if one.metric in NEVER else one for one in found)

    def _labelled(self, figures: Array, months: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        """Figures, (figure, month + 1, column), as metric, by, item, month and the figures themselves."""
        labels = (*months, HORIZON)
        for column, key in enumerate(self.keys):
            for m, label in enumerate(labels):
                if label == HORIZON or key[0] not in HORIZON_ONLY:
                    yield (*key, label, *figures[:, m, column].tolist())

    def _of_breakeven(self, errors: Precision) -> Precision:
        """A break-even's quantiles are values of draws, and so are the ends of their error."""
        values = self._values_of(errors.metric)
        steps = [(level, math.sqrt(level * (1 - level) / len(values))) for level in LEVELS]
        ends = [order_statistics(values, (level - step, min(level + step, 1.0))) for level, step in steps]
        p05, p50, p95 = ((high - low) / 2 for low, high in ends)
        return replace(errors, se_p05=p05, se_p50=p50, se_p95=p95)

    def _values_of(self, metric: str) -> Array:
        """An outcome of the bargain in all draws: (draw,)."""
        bargain = self.bargain
        assert bargain is not None
        (values,) = (o.values[:, 0] for o in bargain.outcomes() if o.metric == metric)
        return values

    @property
    def exact_bands(self) -> bool:
        """Whether the quantiles are order statistics of all draws."""
        return self._bands is None or self._bands.exact

    def drivers(self, standing: dict[str, str], most: int) -> tuple[Driver, ...]:
        """For each wanted outcome the uncertain numbers that explain most of its band."""
        inputs = {name: np.concatenate(parts) for name, parts in self._inputs.items()}
        varying = {
            name: _ranks(v) for name, v in inputs.items() if name not in OUTCOME_ONLY and len(v) and np.ptp(v) > 0
        }
        found = []
        for outcome, parts in self._outcomes.items():
            values = np.concatenate(parts) if parts else np.zeros(0)
            if len(values) < FEWEST_DRIVER_DRAWS or np.ptp(values) <= 1e-9 * abs(values).max():
                continue
            ranks = _ranks(values)
            shares = {name: float(np.mean(ranks * r)) ** 2 for name, r in varying.items()}
            best = sorted(shares, key=lambda name: -shares[name])[:most]
            found += [Driver(outcome, name, shares[name], standing.get(name, "scenario")) for name in best]
        return tuple(found)


def gathered(
    plan: Plan,
    draws: int,
    seed: int,
    source: str | None = None,
    outcomes: Mapping[str, Key] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Collector:
    """All draws of a run, gathered.

    Parameters
    ----------
    source : as for `in_order`     outcomes : of which it is to be said what drives them
    progress : called with the draws done and the draws wanted
    """
    collector = Collector(dict(outcomes or {}))
    for block in in_order(plan, draws, seed, source):
        collector.add(block)
        if progress:
            progress(collector.seen, draws)
    return collector


def _ranks(values: Array) -> Array:
    """Standardised ranks: mean 0, variance 1; draws of one value share their mean rank."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    order = (np.cumsum(count) - count / 2)[place]
    return (order - order.mean()) / order.std()


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
