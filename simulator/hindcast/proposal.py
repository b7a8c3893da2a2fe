"""Where to look for parameters that replay history: normal scores, a prior, and proposals that close in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import multivariate_normal

from simulator.inputs.draws import Range, from_normal_score
from simulator.inputs.fitted import truncated

Array = NDArray[np.float64]

WIDER = 1.5
"""A proposal is this much wider than what was found, in variance: its tails must cover those of the target."""
PRIOR_SHARE = 0.2
"""Part of each later round that is still drawn from the prior, so that no weight can grow without bound."""
BISECTIONS = 30


@dataclass(frozen=True)
class Proposal:
    """A mixture of the prior and a normal distribution, over normal scores of the parameters.

    mean : (name,)   covariance : (name, name)   prior_share : 0-1
    """

    mean: Array
    covariance: Array
    prior_share: float

    def sample(self, count: int, generator: np.random.Generator) -> Array:
        """Normal scores, (count, name)."""
        size = len(self.mean)
        near = generator.multivariate_normal(self.mean, self.covariance, count, method="cholesky")
        far = generator.standard_normal((count, size))
        return np.where(generator.random(count)[:, None] < self.prior_share, far, near)

    def log_density(self, scores: Array) -> Array:
        """(member,)"""
        near = multivariate_normal(self.mean, self.covariance).logpdf(scores)
        far = prior_log_density(scores)
        with np.errstate(divide="ignore"):
            return np.logaddexp(np.log(1.0 - self.prior_share) + near, np.log(self.prior_share) + far)


def prior(names: Sequence[str]) -> Proposal:
    """The prior itself: independent normal scores."""
    return Proposal(np.zeros(len(names)), np.eye(len(names)), 1.0)


def closer(scores: Array, weight: Array) -> Proposal:
    """A proposal around the weighted members, (member, name) and (member,)."""
    mean = weight @ scores
    off = scores - mean
    covariance = (weight[:, None] * off).T @ off
    return Proposal(mean, WIDER * covariance + 1e-3 * np.eye(len(mean)), PRIOR_SHARE)


def prior_log_density(scores: Array) -> Array:
    """Standard normal in every score: (member,)."""
    density: Array = -0.5 * (scores**2).sum(axis=1) - 0.5 * scores.shape[1] * np.log(2.0 * np.pi)
    return density


def importance(scores: Array, proposals: Sequence[Proposal], log_likelihood: Array) -> Array:
    """Weights of members drawn in rounds of one size, one round from each proposal: (member,), sum 1.

    Notes
    -----
    prior x likelihood over the mean density of all proposals (Veach & Guibas 1995; Cornuet et al. 2012), no weight
    above the square root of the number of members times their mean (`truncated`).
    """
    return truncated(_weights(_log_prior_share(scores, proposals), log_likelihood, 1.0))


def tempered(scores: Array, proposals: Sequence[Proposal], log_likelihood: Array, least: float) -> Array:
    """The same weights with the likelihood softened until they are worth `least` members of equal weight.

    Closing in step by step keeps a search in many dimensions from settling on its first lucky member.
    """
    prior_share = _log_prior_share(scores, proposals)
    whole = _weights(prior_share, log_likelihood, 1.0)
    if effective_members(whole) >= least:
        return whole
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        power = 0.5 * (low + high)
        if effective_members(_weights(prior_share, log_likelihood, power)) >= least:
            low = power
        else:
            high = power
    return _weights(prior_share, log_likelihood, low)


def _log_prior_share(scores: Array, proposals: Sequence[Proposal]) -> Array:
    drawn_from = np.logaddexp.reduce([one.log_density(scores) for one in proposals]) - np.log(len(proposals))
    return prior_log_density(scores) - drawn_from


def _weights(log_prior_share: Array, log_likelihood: Array, power: float) -> Array:
    log_weight = log_prior_share + np.where(np.isfinite(log_likelihood), power * log_likelihood, -np.inf)
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum()


def effective_members(weight: Array) -> float:
    """How many members of equal weight would say as much (Kish 1965)."""
    return float(1.0 / (weight**2).sum())


def values(scores: Array, ranges: Sequence[Range]) -> Array:
    """Parameters with these normal scores: (member, name)."""
    return np.stack([from_normal_score(scores[:, i], one) for i, one in enumerate(ranges)], axis=1)
