"""Predictions beside observations: hits, signs, skill against forecasts without a model, coverage of the bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.hindcast.episodes import Episode, Target
from simulator.hindcast.misfit import scaled, structural_scale
from simulator.hindcast.naive import NAIVE, forecasts
from simulator.inputs.draws import Block, uniform

Array = NDArray[np.float64]

BAND = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Prediction:
    """What the model said about one episode.

    values : (draw, target), scored targets   unchanged : (target,), their values if nothing had happened
    """

    episode: Episode
    values: Array
    unchanged: Array
    draws: int
    unconverged: int


@dataclass(frozen=True)
class Judged:
    """One target, judged.

    p05, p50, p95 : the model's, structural error included   naive : forecasts in the order of `NAIVE`
    unchanged : the value if nothing had happened
    """

    target: Target
    unchanged: float
    p05: float
    p50: float
    p95: float
    naive: tuple[float, ...]

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
        """Whether what was observed differs from no change by more than the tolerance: else it has no sign."""
        return abs(self.target.observed - self.unchanged) > self.target.tolerance

    @property
    def sign_right(self) -> bool:
        """Whether the median moved the way that was observed."""
        return (self.p50 - self.unchanged) * (self.target.observed - self.unchanged) > 0.0

    def _off(self, value: float) -> float:
        return abs(value - self.target.observed) / self.target.tolerance


@dataclass(frozen=True)
class Score:
    """How a set of judged targets did.

    hits, clear, signs, inside, targets : counts   errors : mean error in tolerances, the model's and those of `NAIVE`,
    every episode weighing once   effective : number of independent observations
    """

    hits: int
    targets: int
    signs: int
    clear: int
    inside: int
    errors: tuple[float, ...]
    effective: float

    @property
    def skill(self) -> tuple[float, ...]:
        """Part of each forecast's error that the model avoids, in the order of `NAIVE`; 0: no better."""
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
        band = np.quantile(one.values[:, number] + scale * target.tolerance * noise, BAND)
        median = float(np.median(one.values[:, number]))
        unchanged = float(one.unchanged[number])
        naive = forecasts(target, one.episode, unchanged, history)
        rows.append(Judged(target, unchanged, float(band[0]), median, float(band[2]), naive))
    return tuple(rows)


def score(judged: Sequence[Judged]) -> Score:
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
        errors=tuple(float(value) for value in means),
        effective=effective_number(by_episode),
    )


def effective_number(by_episode: Sequence[Sequence[Judged]]) -> float:
    """Independent observations behind the targets: misses of one episode go together.

    Notes
    -----
    sum over episodes of n / (1 + (n-1) rho); rho, the correlation of errors within an episode, from the variance
    between and within episodes (Kish 1965).
    """
    errors = [np.array([_signed(row) for row in rows]) for rows in by_episode]
    sizes = np.array([len(one) for one in errors], dtype=float)
    if len(errors) < 2 or sizes.max() < 2:
        return float(sizes.sum())
    pooled = np.concatenate(errors)
    total = float(pooled.var()) or 1.0
    within = sum(float(((one - one.mean()) ** 2).sum()) for one in errors) / max(sizes.sum() - len(errors), 1.0)
    rho = min(max(1.0 - within / total, 0.0), 1.0)
    return float((sizes / (1.0 + (sizes - 1.0) * rho)).sum())


def _signed(row: Judged) -> float:
    half_band = max((row.p95 - row.p05) / 2.0, 1e-9)
    return (row.p50 - row.target.observed) / half_band


def _noise(name: str, draws: int, seed: int) -> Array:
    """Standard normal numbers, the same for the same target and seed."""
    from scipy.special import ndtri

    blocks = [uniform(f"structural.{name}", Block(seed, first)) for first in range(0, draws, 256)]
    return ndtri(np.concatenate(blocks)[:draws] * (1 - 2e-16) + 1e-16)


__all__ = ["BAND", "NAIVE", "Judged", "Prediction", "Score", "judge", "scale_of", "score"]
