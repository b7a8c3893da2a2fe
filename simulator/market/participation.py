"""Who takes part: units of a buyer ranked by compliance, in layers that may not buy certain streams."""

from __future__ import annotations

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


def appeal(
    share_in_nest: Array, nest_share: Array, allowed: Array, memory_keep: Array, nests: tuple[slice, ...]
) -> tuple[Array, Array]:
    """Appeal of streams and types to a unit that is barred from some of them.

    The unit's habits are those of its buyer, restricted to what it may still buy and renormalised; its taste
    is not, so losing a stream hurts by its share even when habits have adapted.

    Parameters
    ----------
    share_in_nest : (draw, stream), base share inside the type; nest_share : (draw, quality).
    allowed : (draw, stream), 1 where the unit takes part, 0 where not (opened pairs may stand between).
    memory_keep : (draw,), the exponent 1 - w of memory in the appeal a^w r^(1-w).

    Returns
    -------
    appeal : (draw, stream), nest_appeal : (draw, quality); zeros where nothing may be bought. With
    everything allowed they are the base shares.
    """
    left = share_in_nest * allowed
    nest_left = np.stack([left[:, nest].sum(axis=1) for nest in nests], axis=1)
    total_left = (nest_share * nest_left).sum(axis=1)
    keep = memory_keep[:, None]
    renorm = np.where(nest_left > 0, nest_left, 1.0) ** -keep
    stream_appeal = left.copy()
    for k, nest in enumerate(nests):
        stream_appeal[:, nest] *= renorm[:, k, None]
    habit = nest_left / np.where(total_left > 0, total_left, 1.0)[:, None]
    return stream_appeal, nest_share * habit**keep
