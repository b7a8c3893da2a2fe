"""Uncertain numbers: one random stream per name, so that a draw never depends on what is drawn beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from simulator.axes import DRAW_BLOCK
from simulator.inputs.sampling import MONTE_CARLO, Sampling
from simulator.scenario.shapes import Shape
from simulator.scenario.values import Reaching

Array = NDArray[np.float64]

P05_TO_P50_IN_SIGMA = float(ndtri(0.95))


@dataclass(frozen=True)
class Range(Reaching):
    """A number with its 5, 50 and 95 % points and its legal range.

    `in_logs` for prices, volumes and elasticities above 0. low = mid = high is a constant. With a `shape` it is
    drawn from that, else from a split normal.
    """

    low: float
    mid: float
    high: float
    minimum: float = -math.inf
    maximum: float = math.inf
    in_logs: bool = False
    shape: Shape | None = None

    @property
    def is_constant(self) -> bool:
        """Whether nothing is left to draw."""
        return self.shape is None and self.low == self.high


@dataclass(frozen=True)
class Block:
    """Which draws are computed together: `DRAW_BLOCK` of them from `first` on.

    `mid_only` puts every number at its mid value: what a run with a single draw means; `copies` of it.
    `sampling` says where the random numbers come from.
    """

    seed: int
    first: int
    mid_only: bool = False
    sampling: Sampling = MONTE_CARLO
    copies: int = 1

    @property
    def size(self) -> int:
        """Draws in the block; where only the mid values are wanted, the copies."""
        return self.copies if self.mid_only else DRAW_BLOCK


def uniform(name: str, block: Block) -> Array:
    """Uniform numbers of one name in the draws of a block: (draw,), 0-1."""
    return block.sampling.uniform(name, block.seed, block.first, block.size)


def draw(name: str, uncertain: Range, block: Block) -> Array:
    """The values of one uncertain number in the draws of a block: (draw,).

    Its shape's, or a split normal with the given quantiles, in logs where the range says so; cut at its legal range.

    Notes
    -----
    value = mid + z (mid-low)/1.645 below the middle, mid + z (high-mid)/1.645 above, z standard normal.

    >>> draw("x", Range(1.0, 1.0, 1.0), Block(seed=1, first=0))[:2].tolist()
    [1.0, 1.0]
    """
    if block.mid_only or uncertain.is_constant:
        return np.full(block.size, uncertain.mid)
    return from_normal_score(normal_score(name, block), uncertain)


def normal_score(name: str, block: Block) -> Array:
    """Standard normal numbers of one name in the draws of a block: (draw,)."""
    return ndtri(uniform(name, block) * (1 - 2e-16) + 1e-16)


def from_normal_score(z: Array, uncertain: Range) -> Array:
    """The values of an uncertain number with these standard normal scores: (draw,)."""
    if uncertain.shape is not None:
        return np.clip(uncertain.shape.quantile(ndtr(z)), uncertain.minimum, uncertain.maximum)
    low, mid, high = ((math.log(v) if uncertain.in_logs else v) for v in (uncertain.low, uncertain.mid, uncertain.high))
    sigma = np.where(z < 0, mid - low, high - mid) / P05_TO_P50_IN_SIGMA
    value = mid + z * sigma
    return np.clip(np.exp(value) if uncertain.in_logs else value, uncertain.minimum, uncertain.maximum)
