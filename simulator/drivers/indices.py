"""Sobol indices: which part of an outcome's variance is due to what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RESAMPLES = 1000
LEVELS = (0.025, 0.975)


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; arrays where there are several."""

    value: Array
    low: Array
    high: Array

    def of(self, i: int) -> tuple[float, float, float]:
        """The i-th figure and the ends of its interval."""
        return float(self.value[i]), float(self.low[i]), float(self.high[i])


@dataclass(frozen=True)
class Indices:
    """Shares of the variance by group, 0-1.

    first : what a group moves by itself   total : what it moves together with others too
    extra : total less first, what it moves only together with others
    rest : 1 less the sum of first, (1,): all that is moved only together
    """

    first: Estimate
    total: Estimate
    extra: Estimate
    rest: Estimate


def indices(a: Array, b: Array, ab: Array, seed: int, resamples: int = RESAMPLES) -> Indices:
    """First and total order indices with 95 % bootstrap intervals over base rows.

    Parameters
    ----------
    a, b : the outcome at A and B, (row,)   ab : at A with each group from B, (group, row)

    Notes
    -----
    S_i = mean(b (ab_i - a)) / var, ST_i = mean((a - ab_i)^2) / (2 var), var over A and B together and b less the mean
    of both: Saltelli et al. (2010), table 2 (b) and (f), as in scipy and SALib; scipy takes neither base rows left out
    nor a single factor. Points of a Sobol sequence fill space more evenly than a bootstrap assumes, so that the
    intervals are, if anything, too wide.
    """
    rows = len(a)
    one = np.full((1, rows), 1.0 / rows)
    again = np.random.default_rng(seed).multinomial(rows, one[0], size=resamples) / rows
    first, total = _weighted(one, a, b, ab)
    firsts, totals = _weighted(again, a, b, ab)
    return Indices(
        _estimate(first, firsts),
        _estimate(total, totals),
        _estimate(total - first, totals - firsts),
        _estimate(1 - first.sum(axis=1, keepdims=True), 1 - firsts.sum(axis=1, keepdims=True)),
    )


def _weighted(weight: Array, a: Array, b: Array, ab: Array) -> tuple[Array, Array]:
    """Both indices under weights of the base rows, (resample, row): (resample, group) each."""
    centre = np.mean([a, b])
    a, b, ab = a - centre, b - centre, ab - centre
    mean = weight @ (a + b) / 2
    variance = weight @ (a**2 + b**2) / 2 - mean**2
    moved = ab - a
    first = weight @ (b * moved).T - mean[:, None] * (weight @ moved.T)
    total = weight @ (moved**2).T / 2
    shares = variance[:, None]
    return _share(first, shares), _share(total, shares)


def _share(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _estimate(value: Array, resampled: Array) -> Estimate:
    low, high = np.quantile(resampled, LEVELS, axis=0)
    return Estimate(value[0], low, high)
