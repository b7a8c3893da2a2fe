"""How much crude a buyer takes: a requirement that saturates at throughput or quota."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from simulator.market.logistic import logistic

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Requirement:
    """Demand of each unit as a function of its cost index.

    ceiling_kbd : (draw, unit)   most the unit can run, kb/d
    utilisation_share : (draw, unit)   base purchases over the ceiling, 0-1 exclusive
    spread_usd_bbl : (draw, unit)   USD/bbl over which demand falls off; h = (1-u) P0 / elasticity
    """

    ceiling_kbd: Array
    utilisation_share: Array
    spread_usd_bbl: Array

    @cached_property
    def usual_odds(self) -> Array:
        """Log odds of running a barrel of the ceiling at base cost: the same all month."""
        odds: Array = logit(self.utilisation_share)
        return odds


def bought(requirement: Requirement, cost_change_usd_bbl: Array) -> tuple[Array, Array]:
    """Purchases and their slope at a change of the cost index: (draw, unit) kb/d and kb/d per USD.

    Buyers run less when crude costs more, and cannot run more than their ceiling when it costs less.

    Notes
    -----
    D = ceiling G(logit(u) - dP/h), G logistic: at dP = 0 demand is the base and its elasticity the given one.
    """
    run_share = logistic(requirement.usual_odds - cost_change_usd_bbl / requirement.spread_usd_bbl)
    kbd = requirement.ceiling_kbd * run_share
    return kbd, -kbd * (1.0 - run_share) / requirement.spread_usd_bbl


def spread_usd_bbl(utilisation_share: Array, base_cost_usd_bbl: Array, elasticity: Array) -> Array:
    """The spread h at which demand has the given elasticity (a magnitude) in the base month.

    >>> spread_usd_bbl(np.array(0.75), np.array(70.0), np.array(0.125)).item()
    140.0
    """
    return (1.0 - utilisation_share) * base_cost_usd_bbl / elasticity
