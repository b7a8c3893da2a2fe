"""Parameters fitted to all episodes together: Bayesian updating from the priors in `data/`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.hindcast.episodes import Episode
from simulator.hindcast.misfit import log_likelihood
from simulator.hindcast.proposal import Proposal, closer, effective_members, importance, prior, tempered, values
from simulator.hindcast.replay import predict
from simulator.hindcast.scores import Prediction, scale_of
from simulator.inputs.compile import parameter_ranges
from simulator.inputs.fitted import Fitted

Array = NDArray[np.float64]

FITTED = (
    "dispersion_within_usd_bbl",
    "dispersion_within_usd_bbl.cn_teapot",
    "dispersion_within_usd_bbl.india",
    "dispersion_across_usd_bbl",
    "habit_half_life_months",
    "workaround_half_life_months",
    "return_half_life_months",
    "demand_elasticity_month",
    "demand_elasticity_month.cn_state",
    "supply_elasticity_month",
    "stock_response",
    "stock_response.cn_state",
    "stock_lean",
    "stock_rate_share",
    "floating_response",
    "china_draw_max_kbd",
    "first_month_response_share",
    "fear",
    "fear_half_life_months",
    "teapot_run_elasticity",
    "freight_elasticity",
    "sanction_risk_usd_bbl",
    "sanction_risk_usd_bbl.cn_teapot",
    "sanction_risk_usd_bbl.india",
    "compliance_share",
    "compliance_share.cn_state",
    "compliance_share.cn_teapot",
    "compliance_share.india",
)
MEMBERS = 1024
"""Members kept."""
LEAST_SHARE = 0.1
"""A round looks where at least this part of a round's members still count."""


@dataclass(frozen=True)
class Posterior:
    """What history says about the parameters.

    names : fitted parameters   values : (member, name), of equal weight
    misfit : (member, episode), log likelihood of each episode   episodes : their names
    effective : members of equal weight that the search was worth
    scale : structural error in tolerances, all episodes seen   scale_without : the same without each episode
    """

    names: tuple[str, ...]
    values: Array
    misfit: Array
    episodes: tuple[str, ...]
    effective: float
    scale: float
    scale_without: tuple[float, ...]


def calibrate(
    episodes: Sequence[Episode],
    members: int,
    rounds: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Posterior:
    """Fit the parameters to all episodes, each weighing once.

    Parameters
    ----------
    members : parameter sets tried in a round   rounds : each but the first looks where the last found most
    progress : called with the episodes replayed and to be replayed

    Notes
    -----
    Adaptive multiple importance sampling (Cornuet et al. 2012) over normal scores of the parameters; the others are
    drawn from their priors along the way. The likelihood has heavy tails and gives every episode the same worth
    (`misfit`).
    """
    known = parameter_ranges()
    ranges = [known[name] for name in FITTED]
    generator = np.random.default_rng(seed)
    proposals = [prior(FITTED)]
    scores = np.empty((0, len(FITTED)))
    found: list[list[Prediction]] = []
    misfit = np.empty((0, len(episodes)))
    for number in range(rounds):
        if number:
            softened = tempered(scores, proposals, misfit.sum(axis=1), LEAST_SHARE * members)
            proposals.append(closer(scores, softened))
        tried = proposals[-1].sample(members, generator)
        scores = np.concatenate([scores, tried])
        fitted = Fitted(FITTED, values(tried, ranges), np.full(members, 1.0 / members), in_turn=True)
        replayed = _replay(episodes, fitted, seed + number, (number, rounds), progress)
        found.append(replayed)
        misfit = np.concatenate([misfit, np.stack([_misfit(one) for one in replayed], axis=1)])
    weight = importance(scores, proposals, misfit.sum(axis=1))
    kept = _resample(weight, generator)
    sets = values(scores, ranges)
    scale, without = _structural(found, (scores, proposals), misfit, generator)
    return Posterior(
        FITTED,
        sets[kept],
        misfit[kept],
        tuple(one.id for one in episodes),
        effective_members(weight),
        scale,
        without,
    )


def _replay(
    episodes: Sequence[Episode],
    fitted: Fitted,
    seed: int,
    where: tuple[int, int],
    progress: Callable[[int, int], None] | None,
) -> list[Prediction]:
    replayed = []
    for number, episode in enumerate(episodes):
        replayed.append(predict(episode, fitted, len(fitted.values), seed, keep_unconverged=True))
        if progress:
            progress(where[0] * len(episodes) + number + 1, where[1] * len(episodes))
    return replayed


def _misfit(one: Prediction) -> Array:
    """Log likelihood of every member; none at all where the market did not clear."""
    found = log_likelihood(one.values, one.episode.scored)
    return np.where(np.isfinite(found), found, -np.inf)


def _resample(weight: Array, generator: np.random.Generator) -> NDArray[np.intp]:
    """Members in proportion to their weight, evenly spread (systematic resampling)."""
    points = (np.arange(MEMBERS) + generator.random()) / MEMBERS
    return np.minimum(np.searchsorted(np.cumsum(weight), points), len(weight) - 1)


def _structural(
    found: Sequence[Sequence[Prediction]],
    searched: tuple[Array, Sequence[Proposal]],
    misfit: Array,
    generator: np.random.Generator,
) -> tuple[float, tuple[float, ...]]:
    """Structural error from predictions that never saw their own episode: of all, and without each in turn."""
    unseen = []
    for number, episode in enumerate(found[0]):
        every = np.concatenate([one[number].values for one in found])
        weight = importance(*searched, np.delete(misfit, number, axis=1).sum(axis=1))
        cleared = np.where(np.isfinite(misfit[:, number]), weight, 0.0)
        chosen = _resample(cleared / cleared.sum(), generator)
        unseen.append(replace(episode, values=every[chosen]))
    without = tuple(scale_of([one for one in unseen if one is not this]) for this in unseen)
    return scale_of(unseen), without
