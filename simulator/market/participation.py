"""Who takes part: units of a buyer ranked by compliance, in layers that may not buy certain streams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def layers(leave_share: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Masses of the compliance layers of one buyer, and which measures each layer obeys.

    Units are ranked from most to least compliant; a unit obeys a measure if its rank lies below the
    measure's leave share. So whoever obeys the weaker measure obeys the stronger one too.

    Parameters
    ----------
    leave_share : (draw, measure), 0-1.

    Returns
    -------
    mass : (draw, layer), measures + 1 layers, sums to 1; the first layer obeys most.
    obeys : (draw, layer, measure).

    >>> mass, obeys = layers(np.array([[0.6, 0.2]]))
    >>> mass.round(1).tolist(), obeys.tolist()
    ([[0.2, 0.4, 0.4]], [[[True, True], [True, False], [False, False]]])
    """
    draws = leave_share.shape[0]
    bounds = np.concatenate([np.zeros((draws, 1)), np.sort(leave_share, axis=1), np.ones((draws, 1))], axis=1)
    mass = np.diff(bounds, axis=1)
    lower = bounds[:, :-1]
    return mass, lower[:, :, None] < leave_share[:, None, :]


@dataclass(frozen=True)
class Habits:
    """What a buyer is used to: conditional shares at both levels of the nest, and how much they weigh.

    share : (draw, stream)   nest_share : (draw, quality)   keep : (draw,), the exponent 1 - w
    """

    share: Array
    nest_share: Array
    keep: Array


def appeal(
    taste: Array, nest_taste: Array, habits: Habits, allowed: Array, nests: tuple[slice, ...]
) -> tuple[Array, Array]:
    """Log of the pull of streams and types on a unit that is barred from some of them.

    The unit's habits are those of its buyer, restricted to what it may still buy and renormalised; its taste
    is not, so losing a stream hurts by its share even when habits have adapted.

    Parameters
    ----------
    taste : (draw, stream), share inside the type at base costs; nest_taste : (draw, quality).
    allowed : (draw, stream), 1 where the unit takes part, 0 where not.

    Returns
    -------
    log appeal (draw, stream) and (draw, quality), -inf where nothing may be bought: ln a^w r^(1-w) at each level.
    """
    used_to = habits.share * allowed
    nest_left = np.stack([used_to[:, nest].sum(axis=1) for nest in nests], axis=1)
    nest_used_to = habits.nest_share * nest_left
    whole = nest_used_to.sum(axis=1, keepdims=True)
    inside = used_to.copy()
    for k, nest in enumerate(nests):
        inside[:, nest] /= np.where(nest_left > 0, nest_left, 1.0)[:, k, None]
    across = nest_used_to / np.where(whole > 0, whole, 1.0)
    keep = habits.keep[:, None]
    return _log_mean(taste * allowed, inside, keep), _log_mean(nest_taste, across, keep)


def _log_mean(taste: Array, habit: Array, keep: Array) -> Array:
    """ln taste^(1-keep) habit^keep, -inf where either is nothing; without habits (keep 0) taste alone counts."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (1.0 - keep) * np.log(taste) + np.where(keep > 0, keep * np.log(habit), 0.0)
    return np.where((taste > 0) & ((habit > 0) | (keep <= 0)), mean, -np.inf)
