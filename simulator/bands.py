"""Means and quantiles over many draws in little memory, the same however the draws are cut up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = (0.05, 0.5, 0.95)
PILOT_CELLS = 16_000_000
"""Most numbers kept in full, draws times columns: 128 MB."""
PILOT_DRAWS = (256, 2048)
BINS = 200
BRACKET_SIGMA = 6.0
CHUNK = 512
"""Columns looked at together: keeps what is needed besides small."""


class Bands:
    """Mean and 5, 50, 95 % points of each column with their standard errors, fed block by block in order of the draws.

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
        self._looked: Array | None = None
        self._unit_errors = np.zeros((0, columns))

    def add(self, values: Array) -> None:
        """Take in the next draws: (draw, column)."""
        self._looked = None
        for part in _chunks(values.shape[1]):
            known = ~np.isnan(values[:, part])
            self._sum[part] += np.where(known, values[:, part], 0.0).sum(axis=0)
            self._count[part] += known.sum(axis=0)
        room = max(self._pilot_draws - self._held, 0)
        if room:
            self._pilot.append(values[:room].copy())
            self._held += len(self._pilot[-1])
        if len(values) > room:
            if self._histogram is None:
                self._mark_out()
            self._count_in(values[room:])

    def mean(self) -> Array:
        """Mean of each column; NaN where no draw has a value."""
        return np.divide(self._sum, self._count, out=np.full_like(self._sum, np.nan), where=self._count > 0)

    def quantiles(self) -> Array:
        """(level, column), in the order of `LEVELS`; NaN where no draw has a value."""
        return self._look()[: len(LEVELS)]

    def standard_errors(self) -> Array:
        """Of the mean and of each quantile, (1 + level, column); NaN with fewer than two draws.

        Beyond the first draws, which are kept whole, their errors shrink by the square root of the number of draws.
        """
        return self._look()[len(LEVELS) :]

    def _look(self) -> Array:
        """Quantiles, then standard errors: (3 + 4, column); looked at once, for it takes a sort."""
        if self._looked is None:
            self._looked = self._look_now()
        return self._looked

    def _look_now(self) -> Array:
        if self._histogram is None:
            return _by_chunks(self._pilot, len(self._sum), _quantiles_and_errors)
        errors = self._unit_errors / np.sqrt(np.maximum(self._count, 1))
        found = np.concatenate([self._histogram.quantiles(), errors])
        for column, kept in self._gappy.items():
            found[:, column] = _quantiles_and_errors(np.concatenate(kept)[:, None])[:, 0]
        return found

    @property
    def exact(self) -> bool:
        """Whether quantiles are order statistics of all draws."""
        return self._histogram is None

    def _mark_out(self) -> None:
        self._histogram = _Histogram(self._pilot, len(self._sum))
        errors = _by_chunks(self._pilot, len(self._sum), _quantiles_and_errors)[len(LEVELS) :]
        self._unit_errors = errors * np.sqrt(self._held)
        for values in self._pilot:
            self._histogram.add(values)
        gaps = np.flatnonzero(np.any([np.isnan(values).any(axis=0) for values in self._pilot], axis=0))
        for column in gaps.tolist():
            self._gappy[column] = [_known(values[:, column]) for values in self._pilot]
        self._pilot.clear()

    def _count_in(self, values: Array) -> None:
        assert self._histogram is not None
        self._histogram.add(values)
        for column, kept in self._gappy.items():
            kept.append(_known(values[:, column]))


class _Histogram:
    """Counts around three quantiles of each column, within brackets marked out by the first draws."""

    def __init__(self, pilot: list[Array], columns: int) -> None:
        draws = sum(len(values) for values in pilot)
        margins = [BRACKET_SIGMA * np.sqrt(level * (1 - level) / draws) for level in LEVELS]
        ends = [end for level, margin in zip(LEVELS, margins, strict=True) for end in (level - margin, level + margin)]
        edges = _by_chunks(pilot, columns, lambda part: _order_statistics(part, np.clip(ends, 0.0, 1.0)))
        self._low = edges[::2]
        self._width = (edges[1::2] - self._low) / BINS
        # One bin below the bracket, BINS inside, one above.
        self._counts = np.zeros((len(LEVELS), columns, BINS + 2), dtype=np.int32)

    def add(self, values: Array) -> None:
        for part in _chunks(values.shape[1]):
            here = values[:, part]
            known = ~np.isnan(here)
            first_bin = np.arange(here.shape[1]) * (BINS + 2)
            for level in range(len(LEVELS)):
                counts, width = self._counts[level, part], self._width[level, part]
                place = (here - self._low[level, part]) / np.where(width > 0, width, 1.0)
                bins = np.clip(np.floor(np.nan_to_num(place)), -1, BINS).astype(np.int64) + 1
                counts += np.bincount((bins + first_bin)[known], minlength=counts.size).reshape(counts.shape)

    def quantiles(self) -> Array:
        found = np.empty(self._low.shape)
        for part in _chunks(self._low.shape[1]):
            for k, level in enumerate(LEVELS):
                found[k, part] = self._quantile(k, level, part)
        return found

    def _quantile(self, k: int, level: float, part: slice) -> Array:
        low, width, counts = self._low[k, part], self._width[k, part], self._counts[k, part]
        cumulated = counts.cumsum(axis=1)
        wanted = level * cumulated[:, -1]
        bin_ = np.clip((cumulated < wanted[:, None]).sum(axis=1), 1, BINS)
        rows = np.arange(len(bin_))
        inside = np.maximum(counts[rows, bin_], 1)
        position = bin_ - 1 + np.clip((wanted - cumulated[rows, bin_ - 1]) / inside, 0.0, 1.0)
        return np.where(width > 0, low + position * width, low)


def _chunks(columns: int) -> Iterator[slice]:
    # One chunk at least, for a table without columns is a table too.
    return (slice(first, min(first + CHUNK, columns)) for first in range(0, max(columns, 1), CHUNK))


def _by_chunks(parts: list[Array], columns: int, look: Callable[[Array], Array]) -> Array:
    """Apply a function of whole columns to draws that lie in several arrays: (.., column)."""
    parts = parts or [np.empty((0, columns))]
    return np.concatenate([look(np.concatenate([values[:, c] for values in parts])) for c in _chunks(columns)], axis=1)


def _known(values: Array) -> Array:
    return values[~np.isnan(values)]


def _quantiles_and_errors(values: Array) -> Array:
    """Quantiles of `LEVELS`, then standard errors of the mean and of these, NaN left out: (3 + 4, column).

    Notes
    -----
    Mean: s / sqrt(n). A quantile at level q: half the distance between the order statistics of rank
    n q +- sqrt(n q (1-q)), in proportion where one of them would lie outside the draws.
    """
    known = (~np.isnan(values)).sum(axis=0)
    n = np.maximum(known, 1)
    sigma = [np.sqrt(level * (1 - level) / n) for level in LEVELS]
    below = [np.maximum(level - one, 0.0) for level, one in zip(LEVELS, sigma, strict=True)]
    above = [np.minimum(level + one, 1.0) for level, one in zip(LEVELS, sigma, strict=True)]
    quantiles, low, high = np.split(_order_statistics(values, (*LEVELS, *below, *above)), 3)
    scale = np.stack(sigma) / (np.stack(above) - np.stack(below))
    mean = np.nansum(values, axis=0) / n
    spread = np.sqrt(np.nansum((values - mean) ** 2, axis=0) / np.maximum(known - 1, 1))
    errors = np.stack([spread / np.sqrt(n), *((high - low) * scale)])
    return np.concatenate([quantiles, np.where(known > 1, errors, np.nan)])


def _order_statistics(values: Array, levels: Sequence[float | Array] | Array) -> Array:
    """Quantiles by linear interpolation between order statistics, NaN left out: (level, column).

    A level may differ by column.

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
