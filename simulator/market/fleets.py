"""Two fleets, mainstream and shadow: freight rises with the miles asked of the ships that are left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FLEETS = ("mainstream", "shadow")
LOG_RATE_LIMITS = (-1.5, 2.5)
"""Rates stay between about a fifth and twelve times those of the base month: lay-up and idle ships at either end."""
PACE_SHARE = 0.3
"""Part of the way rates go in a month to what the fleet's use asks for. More than half of it would make dear freight
and short voyages chase each other at the highest freight elasticities."""


def carried_by_shadow(base_share: Array, coalition_given_up_share: Array) -> Array:
    """Share of a stream's cargo in the shadow fleet, 0-1: the usual one, and what coalition shipping gives up."""
    return np.minimum(base_share + coalition_given_up_share, 1.0)


def tonne_miles(flow_kbd: Array, voyage: Array, shadow_share: Array) -> Array:
    """Work asked of each fleet: (draw, fleet), in the order of `FLEETS`.

    Parameters
    ----------
    flow_kbd : (draw, buyer, stream)
    voyage : (buyer, stream), tonne-miles per barrel, 0 by pipeline
    shadow_share : (draw, stream)
    """
    by_stream = (flow_kbd * voyage).sum(axis=1)
    shadow = (by_stream * shadow_share).sum(axis=1)
    return np.stack([by_stream.sum(axis=1) - shadow, shadow], axis=1)


def next_log_rate(log_rate: Array, work_ratio: Array, elasticity: Array) -> Array:
    """Log of this month's freight rates against the base month, with all ships in service: (draw, fleet).

    Parameters
    ----------
    log_rate : last month's. work_ratio : last month's tonne-miles over the base month's.
    elasticity : (draw,), dln rate / dln use.

    Notes
    -----
    Rates move part of the way to elasticity x ln(work). They are fixed before the month clears: fleets follow the
    trade with a lag.
    """
    wanted = np.clip(elasticity[:, None] * np.log(np.maximum(work_ratio, 1e-9)), *LOG_RATE_LIMITS)
    return log_rate + PACE_SHARE * (wanted - log_rate)


def scarcity(left_share: Array, elasticity: Array) -> Array:
    """What ships taken out of service add to the log of rates, at once: (draw, fleet).

    Parameters
    ----------
    left_share : (draw, fleet), ships left, 0-1. elasticity : (draw,).

    Notes
    -----
    - elasticity x ln(ships left), up to the highest rate; cargoes of the month have to be lifted by what is left.

    >>> scarcity(np.array([[1.0, 0.5]]), np.array([2.0])).round(3).tolist()
    [[0.0, 1.386]]
    """
    return np.minimum(elasticity[:, None] * np.log(1.0 / np.maximum(left_share, 1e-9)), LOG_RATE_LIMITS[1])
