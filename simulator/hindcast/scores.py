"""Predictions beside observations: hits, signs, skill against forecasts without a model, coverage of the bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.axes import DRAW_BLOCK
from simulator.hindcast.episodes import Episode, Target
from simulator.hindcast.misfit import scaled, structural_scale
from simulator.hindcast.naive import forecasts
from simulator.inputs.draws import Block, uniform

Array = NDArray[np.float64]

BAND = (0.05, 0.95)
DURATION = "months"


@dataclass(frozen=True)
class Prediction:
    """What the model said about one episode.

    values : (draw, target), scored targets, in their units   unchanged : (target,), if nothing had happened
    unconverged : draws left out
    """

    episode: Episode
    values: Array
    unchanged: Array
    unconverged: int


@dataclass(frozen=True)
class Judged:
    """One target, judged.

    p50 : the model's median   p05, p95 : its band, structural error included   naive : forecasts in the order of
    `naive.NAIVE`   unchanged : the value if nothing had happened; all in the target's unit
    inside_draws : whether the band of the draws alone, without structural error, holds what was observed
    """

    target: Target
    unchanged: float
    p05: float
    p50: float
    p95: float
    naive: tuple[float, ...]
    inside_draws: bool

    @property
    def hit(self) -> bool:
        """Whether the median is within the tolerance."""
        return self.error <= 1.0

    @property
    def error(self) -> float:
        """Distance of the median from what was observed, in tolerances."""
        return self._off(self.p50)

    @property
    def naive_errors(self) -> tuple[float, ...]:
        """The same for the forecasts without a model."""
        return tuple(self._off(value) for value in self.naive)

    @property
    def inside(self) -> bool:
        """Whether the band holds what was observed."""
        return self.p05 <= self.target.observed <= self.p95

    @property
    def clear(self) -> bool:
        """Whether what was observed has a sign: it is off no change by more than the tolerance. A duration has none."""
        return self.target.unit != DURATION and abs(self.target.observed - self.unchanged) > self.target.tolerance

    @property
    def sign_right(self) -> bool:
        """Whether the median moved the way that was observed."""
        return (self.p50 - self.unchanged) * (self.target.observed - self.unchanged) > 0.0

    def _off(self, value: float) -> float:
        return abs(value - self.target.observed) / self.target.tolerance


@dataclass(frozen=True)
class Score:
    """How a set of judged targets did.

    hits, clear, signs, inside, inside_draws, targets : counts
    errors : mean error in tolerances, the model's and those of `naive.NAIVE`, every episode weighing once
    effective : number of independent observations
    """

    hits: int
    targets: int
    signs: int
    clear: int
    inside: int
    inside_draws: int
    errors: tuple[float, ...]
    effective: float

    @property
    def skill(self) -> tuple[float, ...]:
        """Part of each forecast's error that the model avoids, in the order of `naive.NAIVE`; 0: no better."""
        return tuple(1.0 - self.errors[0] / naive if naive > 0 else float("nan") for naive in self.errors[1:])


def scale_of(predictions: Sequence[Prediction]) -> float:
    """Structural error of some episodes, in tolerances, each episode weighing once."""
    error, spread, weight = [], [], []
    for one in predictions:
        off = scaled(one.values, one.episode.scored)
        error += np.median(off, axis=0).tolist()
        spread += off.std(axis=0).tolist()
        weight += [1.0 / len(one.episode.scored)] * len(one.episode.scored)
    return structural_scale(np.array(error), np.array(spread), np.array(weight))


def judge(one: Prediction, scale: float, history: Sequence[Episode], seed: int) -> tuple[Judged, ...]:
    """Judge the targets of one episode, with a structural error of `scale` tolerances on top of the draws."""
    rows = []
    for number, target in enumerate(one.episode.scored):
        noise = _noise(f"{target.episode}.{target.target}", len(one.values), seed)
        values = one.values[:, number]
        low, high = np.quantile(values + scale * target.tolerance * noise, BAND).tolist()
        least, most = np.quantile(values, BAND)
        bare = bool(least <= target.observed <= most)
        median = float(np.median(values))
        unchanged = float(one.unchanged[number])
        naive = forecasts(target, one.episode, unchanged, history)
        rows.append(Judged(target, unchanged, low, median, high, naive, bare))
    return tuple(rows)


def score(judged: Sequence[Judged], predictions: Sequence[Prediction]) -> Score:
    """Count and average; every episode weighs once in the errors."""
    clear = [row for row in judged if row.clear]
    episodes = sorted({row.target.episode for row in judged})
    by_episode = [[row for row in judged if row.target.episode == name] for name in episodes]
    columns = [[(row.error, *row.naive_errors) for row in rows] for rows in by_episode]
    means = np.array([np.mean(rows, axis=0) for rows in columns]).mean(axis=0)
    return Score(
        hits=sum(row.hit for row in judged),
        targets=len(judged),
        signs=sum(row.sign_right for row in clear),
        clear=len(clear),
        inside=sum(row.inside for row in judged),
        inside_draws=sum(row.inside_draws for row in judged),
        errors=tuple(float(value) for value in means),
        effective=effective_number(predictions),
    )


def effective_number(predictions: Sequence[Prediction]) -> float:
    """Independent observations behind the targets: those of one episode tend to be right or wrong together.

    Notes
    -----
    sum over episodes of n^2 / sum |r|, r the correlations of their predictions across draws; 1 an episode if all move
    as one, n if none do.
    """
    return sum(_worth(one.values) for one in predictions)


def _worth(values: Array) -> float:
    moving = values[:, values.std(axis=0) > 0]
    still = values.shape[1] - moving.shape[1]
    if not moving.shape[1]:
        return float(still)
    together = np.abs(np.atleast_2d(np.corrcoef(moving.T))).sum()
    return float(values.shape[1] ** 2 / (together + still))


def _noise(name: str, draws: int, seed: int) -> Array:
    """Standard normal numbers, the same for the same target and seed."""
    blocks = [uniform(f"structural.{name}", Block(seed, first)) for first in range(0, draws, DRAW_BLOCK)]
    return ndtri(np.concatenate(blocks)[:draws] * (1 - 2e-16) + 1e-16)
