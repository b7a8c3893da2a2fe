"""The search for parameters: where the posterior is known in closed form, it is found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from simulator.hindcast.proposal import (
    PRIOR_SHARE,
    Proposal,
    closer,
    effective_members,
    importance,
    prior,
    prior_log_density,
    tempered,
    values,
)
from simulator.inputs.draws import Range

COUNT = 20_000


def conjugate(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Observations of sums of the scores with normal errors; posterior mean and covariance in closed form."""
    design = np.array([[1.0, 0.6], [0.2, -1.0]])[:size, :size]
    observed, sigma = np.array([1.2, -0.8])[:size], np.array([0.5, 0.7])[:size]
    precision = np.eye(size) + design.T @ np.diag(sigma**-2) @ design
    covariance = np.linalg.inv(precision)
    return design, observed / sigma, covariance @ design.T @ (observed / sigma**2), covariance


def fit(scores: np.ndarray, size: int) -> np.ndarray:
    """Log likelihood of the scores."""
    design, scaled, _, _ = conjugate(size)
    sigma = np.array([0.5, 0.7])[:size]
    return -0.5 * ((scores @ design.T / sigma - scaled) ** 2).sum(axis=1)


@pytest.mark.parametrize("size", [1, 2])
def test_weighted_members_have_the_mean_and_covariance_of_the_posterior(size: int) -> None:
    generator = np.random.default_rng(1)
    proposals = [prior(("a", "b")[:size])]
    scores = proposals[0].sample(COUNT, generator)
    proposals.append(closer(scores, tempered(scores, proposals, fit(scores, size), 0.5 * COUNT)))
    scores = np.concatenate([scores, proposals[1].sample(COUNT, generator)])
    weight = importance(scores, proposals, fit(scores, size))
    _, _, mean, covariance = conjugate(size)
    off = scores - weight @ scores
    np.testing.assert_allclose(weight @ scores, mean, atol=0.02)
    np.testing.assert_allclose((weight[:, None] * off).T @ off, covariance, atol=0.02)
    assert effective_members(weight) > 0.3 * len(weight)


def test_weights_sum_to_1_and_what_did_not_clear_has_none() -> None:
    scores = prior(("a", "b", "c")).sample(500, np.random.default_rng(2))
    likelihood = -(scores**2).sum(axis=1)
    likelihood[[3, 77]] = -np.inf
    for weight in (
        importance(scores, [prior("abc")], likelihood),
        tempered(scores, [prior("abc")], likelihood, 400.0),
    ):
        assert weight.sum() == pytest.approx(1.0, rel=1e-12)
        assert (weight[[3, 77]] == 0).all() and (np.delete(weight, [3, 77]) > 0).all()


def test_a_lucky_member_counts_for_less_than_its_likelihood_says() -> None:
    """As likely as all 399 others together, it is cut to a twentieth before all are scaled to 1 again."""
    scores = prior("ab").sample(400, np.random.default_rng(3))
    likelihood = np.zeros(400)
    likelihood[5] = np.log(399.0)
    weight = importance(scores, [prior("ab")], likelihood)
    assert weight[5] == weight.max() == pytest.approx(0.05 / 0.55)


@pytest.mark.parametrize("least", [40.0, 200.0, 390.0])
def test_a_softened_likelihood_is_worth_at_least_what_is_asked(least: float) -> None:
    scores = prior("ab").sample(400, np.random.default_rng(4))
    likelihood = -50.0 * ((scores - 1.5) ** 2).sum(axis=1)
    found = effective_members(tempered(scores, [prior("ab")], likelihood, least))
    assert least <= found < 1.02 * least, "and no softer than that needs"


def test_a_likelihood_that_is_worth_enough_is_not_softened() -> None:
    scores = prior("ab").sample(400, np.random.default_rng(5))
    likelihood = -0.1 * (scores**2).sum(axis=1)
    found = tempered(scores, [prior("ab")], likelihood, 40.0)
    np.testing.assert_allclose(found, np.exp(likelihood) / np.exp(likelihood).sum(), rtol=1e-9)


def test_members_of_equal_weight_are_worth_their_number() -> None:
    assert effective_members(np.full(8, 1 / 8)) == pytest.approx(8.0)
    assert effective_members(np.array([1.0, 0.0, 0.0])) == 1.0


def test_a_closer_proposal_is_wider_than_what_was_found_and_keeps_a_part_of_the_prior() -> None:
    generator = np.random.default_rng(6)
    scores = generator.normal([2.0, -1.0], [0.3, 0.1], (5000, 2))
    found = closer(scores, np.full(5000, 1 / 5000))
    np.testing.assert_allclose(found.mean, [2.0, -1.0], atol=0.02)
    assert (np.diag(found.covariance) > 1.4 * np.array([0.09, 0.01])).all()
    tried = found.sample(20_000, generator)
    assert (tried[:, 0] < 0.5).mean() == pytest.approx(PRIOR_SHARE * 0.69, abs=0.02), "from the prior"


def test_a_mixture_s_density_is_that_of_its_parts() -> None:
    scores = np.array([[0.0], [1.0], [-2.0]])
    only_prior = Proposal(np.zeros(1), np.eye(1), 1.0)
    np.testing.assert_allclose(only_prior.log_density(scores), prior_log_density(scores), rtol=1e-12)
    half = Proposal(np.array([1.0]), np.array([[0.25]]), 0.5)
    near = np.exp(-0.5 * ((scores[:, 0] - 1) / 0.5) ** 2) / np.sqrt(2 * np.pi * 0.25)
    far = np.exp(-0.5 * scores[:, 0] ** 2) / np.sqrt(2 * np.pi)
    np.testing.assert_allclose(half.log_density(scores), np.log(0.5 * near + 0.5 * far), rtol=1e-12)


def test_normal_scores_give_the_quantiles_of_the_range_and_come_back() -> None:
    ranges = [Range(1.0, 2.0, 8.0, 0.1, 100.0, True), Range(-1.0, 0.0, 3.0)]
    score = ndtri(np.array([0.05, 0.5, 0.95]))
    found = values(np.stack([score, score], axis=1), ranges)
    np.testing.assert_allclose(found, [[1.0, -1.0], [2.0, 0.0], [8.0, 3.0]], rtol=1e-9, atol=1e-12)
    back = np.log(found[:, 0] / 2.0) / np.where(score < 0, np.log(2.0), np.log(4.0)) * 1.6448536269514722
    np.testing.assert_allclose(back, score, atol=1e-9)
