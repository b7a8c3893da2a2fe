"""Parameters that were fitted to history together: they are drawn together, with their correlations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import datasets, verification
from simulator.inputs.draws import Block, uniform

Array = NDArray[np.float64]

TABLE = "posterior"
MISFIT = "misfit_"
"""Columns of the table that say how badly a member replays one episode, in log likelihood."""


@dataclass(frozen=True)
class Fitted:
    """Joint values of some parameters, to draw from.

    values : (member, name)   weight : (member,), sums to 1
    in_turn : draw k takes member k (while they are being fitted) instead of one at random
    """

    names: tuple[str, ...]
    values: Array
    weight: Array
    in_turn: bool = False

    def draw(self, block: Block, names: Collection[str]) -> dict[str, Array]:
        """The values of some of the parameters in the draws of a block: name -> (draw,).

        All names take the same member in a draw. Where only mid values are wanted, the weighted medians.
        """
        columns = {name: self.values[:, i] for i, name in enumerate(self.names) if name in names}
        if block.mid_only:
            return {name: np.full(block.size, _median(v, self.weight)) for name, v in columns.items()}
        chosen = self._members(block)
        return {name: values[chosen] for name, values in columns.items()}

    def quantiles(self, levels: tuple[float, ...]) -> Array:
        """Weighted quantiles of every parameter: (level, name)."""
        return np.array([[_quantile(v, self.weight, level) for v in self.values.T] for level in levels])

    def without(self, log_likelihood: Array) -> Fitted:
        """The same members weighted as if what gave them this log likelihood, (member,), had not been seen."""
        log_weight = np.log(self.weight) - log_likelihood
        weight = np.exp(log_weight - log_weight.max())
        return Fitted(self.names, self.values, truncated(weight / weight.sum()))

    def _members(self, block: Block) -> NDArray[np.intp]:
        if self.in_turn:
            return np.minimum(np.arange(block.first, block.first + block.size), len(self.values) - 1)
        edges = np.cumsum(self.weight)
        return np.minimum(np.searchsorted(edges / edges[-1], uniform(TABLE, block)), len(self.values) - 1)


def truncated(weight: Array) -> Array:
    """Importance weights, (member,) with sum 1, cut at the square root of their number times their mean, then scaled.

    One lucky member would else stand for all. The price is a little bias towards what members were drawn from.

    Notes
    -----
    Ionides (2008), Truncated importance sampling, Journal of Computational and Graphical Statistics 17.

    >>> truncated(np.array([0.97, 0.01, 0.01, 0.01])).round(3).tolist()
    [0.943, 0.019, 0.019, 0.019]
    """
    capped = np.minimum(weight, 1.0 / np.sqrt(len(weight)))
    return capped / capped.sum()


@datasets.derived
def shipped() -> Fitted:
    """The members in `data/`, all of one weight."""
    verification.agree_fitted()
    table = datasets.table(TABLE)
    names = tuple(name for name in table.meta["columns"] if name != "member" and not name.startswith(MISFIT))
    values = np.array([[row[name] for name in names] for row in table.rows])
    return Fitted(names, values, np.full(len(values), 1.0 / len(values)))


@datasets.derived
def shipped_without(episode: str) -> Fitted:
    """The members in `data/`, weighted as if one episode had not been seen."""
    return shipped().without(np.array(datasets.table(TABLE).column(f"{MISFIT}{episode}"), dtype=float))


def _median(values: Array, weight: Array) -> float:
    return _quantile(values, weight, 0.5)


def _quantile(values: Array, weight: Array, level: float) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order][min(int(np.searchsorted(reached / reached[-1], level)), len(values) - 1)])
