"""How far predictions are off: heavy tails, every episode alike, and an error that parameters do not explain."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.hindcast.misfit import TAIL, WORTH, log_likelihood, scaled, structural_scale
from tests.hindcast.made import target

TARGETS = (target(observed=10.0, tolerance=2.0), target(observed=-3.0, tolerance=0.5), target(observed=0.0))


def at(*errors: float) -> np.ndarray:
    """Predictions so many tolerances off, one draw."""
    return np.array([[one.observed + off * one.tolerance for one, off in zip(TARGETS, errors, strict=False)]])


def test_errors_are_in_tolerances() -> None:
    np.testing.assert_allclose(scaled(at(1.5, -2.0, 0.0), TARGETS), [[1.5, -2.0, 0.0]])


def test_the_likelihood_is_student_s_by_hand() -> None:
    by_hand = [math.log((1 + off**2 / TAIL) ** (-(TAIL + 1) / 2)) for off in (1.0, 2.0, -4.0)]
    assert log_likelihood(at(1.0, 2.0, -4.0), TARGETS).item() == pytest.approx(WORTH * sum(by_hand) / 3)


def test_episodes_weigh_alike_but_none_more_than_it_has_targets() -> None:
    one, two, three = (log_likelihood(at(*[1.3] * n), TARGETS[:n]) for n in (1, 2, 3))
    np.testing.assert_allclose(two, three, rtol=1e-12)
    np.testing.assert_allclose(WORTH * one, three, rtol=1e-12)


def test_one_figure_out_of_reach_does_not_bend_the_rest() -> None:
    """From 20 to 21 tolerances off costs less than from 1 to 2; with normal errors it would cost 14 times as much."""
    cost = [-log_likelihood(at(off, 0.0, 0.0), TARGETS).item() for off in (1.0, 2.0, 20.0, 21.0)]
    assert 0 < cost[3] - cost[2] < 0.25 * (cost[1] - cost[0])


@pytest.mark.parametrize("sigma", [0.5, 1.5, 4.0])
def test_the_structural_error_comes_back_from_errors_made_with_it(sigma: float) -> None:
    generator = np.random.default_rng(1)
    spread = generator.uniform(0.2, 2.0, 4000)
    error = generator.normal(0.0, np.sqrt(spread**2 + sigma**2))
    assert structural_scale(error, spread, np.ones(4000)) == pytest.approx(sigma, rel=0.08)


def test_errors_that_the_spread_explains_leave_nothing_structural() -> None:
    generator = np.random.default_rng(2)
    assert structural_scale(generator.normal(0.0, 1.0, 2000), np.full(2000, 2.0), np.ones(2000)) < 0.01


def test_every_episode_weighs_alike_in_the_structural_error() -> None:
    """Four misses of 3 in one episode and one of 1 in another: as one of each."""
    many = structural_scale(np.array([3.0] * 4 + [1.0]), np.full(5, 0.1), np.array([0.25] * 4 + [1.0]))
    assert many == pytest.approx(structural_scale(np.array([3.0, 1.0]), np.full(2, 0.1), np.ones(2)), rel=1e-4)
    assert many == pytest.approx(math.sqrt(5.0), rel=0.01)
