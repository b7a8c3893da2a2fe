"""How a buyer spreads its requirement over streams: nested logit in USD/bbl.

Streams of one quality type are near-perfect substitutes, types are poor ones. Everything is written in
changes against the base month, so that without a change the base shares come back to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SAFE_EXPONENT = 200.0
"""Changes of pull below this can neither overflow nor wipe out exp of any appeal worth having."""


@dataclass(frozen=True)
class Sourcing:
    """What decides the choice in one month, apart from FOB prices.

    log_appeal : (draw, unit, stream)
        Log of the stream's pull inside its quality type at base FOB prices, all wedges of the month
        included; -inf where the unit may not or cannot buy the stream.
    nest_log_appeal : (draw, unit, quality)
        The same for the quality types.
    pull_per_usd : (draw, unit, stream)
        What a USD of FOB price takes off the log of the stream's pull: (1 + ad valorem duty) / m.
    within_usd_bbl, across_usd_bbl : (draw, unit)
        Dispersion this month inside and across types, long-run dispersion over memory decay (m/w, M/w).
    nests : slices of the stream axis, one per quality type.
    belongs : (stream, quality)
        The same as 0 and 1: sums over streams and spreads over streams are then one product.
    barrels_per_need : (draw, unit, stream)
        Barrels of the stream that cover one barrel of the unit's requirement; None: one for one.
    """

    log_appeal: Array
    nest_log_appeal: Array
    pull_per_usd: Array
    within_usd_bbl: Array
    across_usd_bbl: Array
    nests: tuple[slice, ...]
    belongs: Array
    barrels_per_need: Array | None = None

    @cached_property
    def steepest_pull_per_usd(self) -> float:
        """The largest of `pull_per_usd`."""
        return float(self.pull_per_usd.max())

    @cached_property
    def starts(self) -> list[int]:
        """Where the streams of each quality type begin."""
        return [nest.start for nest in self.nests]

    @cached_property
    def farthest_pull(self) -> float:
        """How far the best stream of any type stands from no pull at all, at base prices."""
        best = np.maximum.reduceat(self.log_appeal, self.starts, axis=2)
        return float(np.abs(best, out=best, where=best > -np.inf).max(where=best < np.inf, initial=0.0))

    def in_barrels(self, of_need: Array) -> Array:
        """What covers parts of a requirement, in barrels of the streams: (draw, unit, stream) both ways."""
        return of_need if self.barrels_per_need is None else of_need * self.barrels_per_need


@dataclass(frozen=True)
class Choice:
    """The choice made.

    share_in_nest : (draw, unit, stream), sums to 1 inside each quality type the unit buys.
    nest_share : (draw, unit, quality), sums to 1.
    cost_change_usd_bbl : (draw, unit), change of the unit's cost index P against the base month.
    """

    share_in_nest: Array
    nest_share: Array
    cost_change_usd_bbl: Array


def choose(sourcing: Sourcing, fob_change_usd_bbl: Array) -> Choice:
    """Split every unit's purchases over streams at the given change of FOB prices.

    The cheaper a stream against others of its type, the more of it is bought; the cost index P falls by
    the share of the stream (Shephard's lemma), which is what makes the market one convex problem.

    Parameters
    ----------
    fob_change_usd_bbl : (draw, stream), change of FOB against the base month.

    Notes
    -----
    with v_i = log_appeal_i - pull_per_usd_i dp_i and z_k = sum_{i in k} exp v_i:

        s_i|k = exp(v_i) / z_k,   s_k = y_k / sum_l y_l,   y_k = exp(nest_log_appeal_k) z_k^(m/M)
        dP = -M ln sum_k y_k

    m, M are `within_usd_bbl` and `across_usd_bbl` (McFadden 1978, generalised extreme value).
    """
    within, across = sourcing.within_usd_bbl, sourcing.across_usd_bbl
    pull = sourcing.pull_per_usd * -fob_change_usd_bbl[:, None, :]
    pull += sourcing.log_appeal
    best = _best_of_type(sourcing, pull, fob_change_usd_bbl)
    if best is None:
        best = np.zeros(1)
    else:
        pull -= best @ sourcing.belongs.T
    share = np.exp(pull, out=pull)
    nest_sum = share @ sourcing.belongs
    with np.errstate(divide="ignore"):
        nest_pull = sourcing.nest_log_appeal + (np.log(nest_sum) + best) * (within / across)[:, :, None]
    best_nest = nest_pull.max(axis=2, keepdims=True)
    nest_share = np.exp(nest_pull - best_nest)
    total = nest_share.sum(axis=2)
    nest_share /= total[:, :, None]
    nest_sum[nest_sum == 0.0] = 1.0
    share *= (1.0 / nest_sum) @ sourcing.belongs.T
    return Choice(share, nest_share, -across * (np.log(total) + best_nest[:, :, 0]))


def _best_of_type(sourcing: Sourcing, pull: Array, fob_change_usd_bbl: Array) -> Array | None:
    """What to take out of each type's pulls before exp, which would overflow or lose a dear type altogether.

    None where neither prices nor wedges have moved far enough for that: the usual case, and the faster one.
    """
    if sourcing.farthest_pull + np.abs(fob_change_usd_bbl).max() * sourcing.steepest_pull_per_usd < SAFE_EXPONENT:
        return None
    best = np.maximum.reduceat(pull, sourcing.starts, axis=2)
    best[best == -np.inf] = 0.0
    return best
