"""Means and quantiles over many draws in little memory, the same however the draws are cut up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = (0.05, 0.5, 0.95)
PILOT_CELLS = 32_000_000
"""Most numbers kept in full, draws times columns: 256 MB."""
PILOT_DRAWS = (256, 2048)
BINS = 200
BRACKET_SIGMA = 6.0


class Bands:
    """Mean and 5, 50, 95 % points of each column, fed block by block in order of the draws.

    The first draws are kept whole. As long as there are no more than these, quantiles are exact order
    statistics. Beyond, each quantile is read off a fine histogram of its neighbourhood, which the first draws
    mark out: six standard errors either way, in `BINS` bins, so what is lost is far below sampling error.

    NaN stands for "this draw has no such value" and is left out of its column; a column that has gaps among the
    first draws keeps all its values, for too few of them to mark anything out.
    """

    def __init__(self, columns: int) -> None:
        self._pilot_draws = int(np.clip(PILOT_CELLS // max(columns, 1), *PILOT_DRAWS))
        self._pilot: list[Array] = []
        self._held = 0
        self._sum = np.zeros(columns)
        self._count = np.zeros(columns, dtype=np.int64)
        self._histogram: _Histogram | None = None
        self._gappy: dict[int, list[Array]] = {}

    def add(self, values: Array) -> None:
        """Take in the next draws: (draw, column)."""
        known = ~np.isnan(values)
        self._sum += np.where(known, values, 0.0).sum(axis=0)
        self._count += known.sum(axis=0)
        room = max(self._pilot_draws - self._held, 0)
        if room:
            self._pilot.append(values[:room].copy())
            self._held += len(self._pilot[-1])
        if len(values) > room:
            if self._histogram is None:
                self._mark_out(np.concatenate(self._pilot))
            self._count_in(values[room:])

    def mean(self) -> Array:
        """Mean of each column; NaN where no draw has a value."""
        return np.divide(self._sum, self._count, out=np.full_like(self._sum, np.nan), where=self._count > 0)

    def quantiles(self) -> Array:
        """(level, column), in the order of `LEVELS`; NaN where no draw has a value."""
        if self._histogram is None:
            pilot = np.concatenate(self._pilot) if self._pilot else np.empty((0, len(self._sum)))
            return _order_statistics(pilot, LEVELS)
        found = self._histogram.quantiles()
        for column, kept in self._gappy.items():
            found[:, column] = _order_statistics(np.concatenate(kept)[:, None], LEVELS)[:, 0]
        return found

    @property
    def exact(self) -> bool:
        """Whether quantiles are order statistics of all draws."""
        return self._histogram is None

    def _mark_out(self, pilot: Array) -> None:
        self._histogram = _Histogram(pilot)
        self._histogram.add(pilot)
        gaps = np.flatnonzero(np.isnan(pilot).any(axis=0))
        self._gappy = {int(column): [_known(pilot[:, column])] for column in gaps}
        self._pilot.clear()

    def _count_in(self, values: Array) -> None:
        assert self._histogram is not None
        self._histogram.add(values)
        for column, kept in self._gappy.items():
            kept.append(_known(values[:, column]))


class _Histogram:
    """Counts around three quantiles of each column, within brackets marked out by the first draws."""

    def __init__(self, pilot: Array) -> None:
        draws, columns = pilot.shape
        edges = []
        for level in LEVELS:
            margin = BRACKET_SIGMA * np.sqrt(level * (1 - level) / draws)
            edges.append(_order_statistics(pilot, (max(level - margin, 0.0), min(level + margin, 1.0))))
        self._low = np.stack([low for low, _ in edges])
        self._width = np.stack([high - low for low, high in edges]) / BINS
        # One bin below the bracket, BINS inside, one above.
        self._counts = np.zeros((len(LEVELS), columns, BINS + 2), dtype=np.int32)

    def add(self, values: Array) -> None:
        first_bin = np.arange(values.shape[1]) * (BINS + 2)
        known = ~np.isnan(values)
        for level, counts in enumerate(self._counts):
            width = self._width[level]
            place = (values - self._low[level]) / np.where(width > 0, width, 1.0)
            bins = np.clip(np.floor(np.nan_to_num(place)), -1, BINS).astype(np.int64) + 1
            counts += np.bincount((bins + first_bin)[known], minlength=counts.size).reshape(counts.shape)

    def quantiles(self) -> Array:
        found = np.empty(self._low.shape)
        for k, level in enumerate(LEVELS):
            cumulated = self._counts[k].cumsum(axis=1)
            wanted = level * cumulated[:, -1]
            bin_ = np.clip((cumulated < wanted[:, None]).sum(axis=1), 1, BINS)
            rows = np.arange(len(bin_))
            inside = np.maximum(self._counts[k][rows, bin_], 1)
            position = bin_ - 1 + np.clip((wanted - cumulated[rows, bin_ - 1]) / inside, 0.0, 1.0)
            found[k] = np.where(self._width[k] > 0, self._low[k] + position * self._width[k], self._low[k])
        return found


def _known(values: Array) -> Array:
    return values[~np.isnan(values)]


def _order_statistics(values: Array, levels: tuple[float, ...]) -> Array:
    """Quantiles by linear interpolation between order statistics, NaN left out: (level, column).

    Written out because numpy's nanquantile loops over columns in Python.
    """
    if not len(values):
        return np.full((len(levels), values.shape[1]), np.nan)
    ordered = np.sort(np.ascontiguousarray(values.T), axis=1)  # NaN last
    last = np.maximum((~np.isnan(ordered)).sum(axis=1) - 1, 0)
    columns = np.arange(len(ordered))
    found = []
    for level in levels:
        position = level * last
        below = np.floor(position).astype(np.int64)
        low, high = ordered[columns, below], ordered[columns, np.minimum(below + 1, last)]
        found.append(low + (position - below) * (high - low))
    return np.stack(found)
