"""How far predictions are from what was observed, and what error no parameter takes away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from simulator.hindcast.episodes import Target

Array = NDArray[np.float64]

TAIL = 3.0
"""Degrees of freedom of the error: heavy tails, so that one figure the model cannot reach does not bend all others."""
MOST_STRUCTURAL = 10.0
WORTH = 2.0
"""Independent observations an episode counts as, however many targets it has, but never more than it has: the targets
of the ten are together worth about twenty (`scores.effective_number`)."""


def scaled(values: Array, targets: Sequence[Target]) -> Array:
    """Predicted less observed in tolerances: (draw, target)."""
    observed = np.array([target.observed for target in targets])
    tolerance = np.array([target.tolerance for target in targets])
    return (values - observed) / tolerance


def log_likelihood(values: Array, targets: Sequence[Target]) -> Array:
    """How well each draw replays an episode: (draw,). Episodes weigh alike, however many targets they have.

    Notes
    -----
    `WORTH` times the mean over targets of ln t_3(error), the error in tolerances
    """
    error = scaled(values, targets)
    density: Array = -0.5 * (TAIL + 1.0) * np.log1p(error**2 / TAIL)
    return min(WORTH, len(targets)) * density.mean(axis=1)


def structural_scale(error: Array, spread: Array, weight: Array) -> float:
    """The standard deviation, in tolerances, of an error that parameters do not explain.

    Parameters
    ----------
    error : (target,), median prediction less observed   spread : (target,), standard deviation of the predictions,
        both in tolerances   weight : (target,), so that every episode counts once

    Notes
    -----
    Maximum likelihood of error ~ N(0, spread^2 + scale^2).
    """

    def surprise(scale: float) -> float:
        variance = spread**2 + scale**2
        return float((weight * (np.log(variance) + error**2 / variance)).sum())

    return float(minimize_scalar(surprise, bounds=(1e-3, MOST_STRUCTURAL), method="bounded").x)
