"""Where the random numbers of a draw come from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Sampling(Protocol):
    """Gives every uncertain number of every draw its place between 0 and 1."""

    def uniform(self, name: str, seed: int, first: int, size: int) -> Array:
        """Numbers of one name in the draws `first`, `first + 1`, ...: (draw,), 0-1."""
        ...


@dataclass(frozen=True)
class MonteCarlo:
    """Plain random numbers, one stream per name.

    Notes
    -----
    A counter-based generator (Philox) keyed by seed and name: draw k is the same whatever the block, the number of
    draws and the other names.
    """

    def uniform(self, name: str, seed: int, first: int, size: int) -> Array:
        """Numbers of one name in the draws of a block: (draw,), 0-1. `first` is a multiple of 4."""
        key = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:16], "little")
        bits = np.random.Philox(key=key)
        bits.advance(first // 4)  # one step of the counter gives four numbers
        return np.random.Generator(bits).random(size)


@dataclass(frozen=True)
class Given:
    """Numbers laid down beforehand, as a design asks for; draws behind the last repeat it.

    values : name -> (draw,), 0-1
    """

    values: Mapping[str, Array]

    def uniform(self, name: str, seed: int, first: int, size: int) -> Array:
        """Numbers of one name in the draws of a block: (draw,), 0-1. KeyError where the design lacks the name."""
        column = self.values[name]
        return column[np.minimum(np.arange(first, first + size), len(column) - 1)]


@dataclass(frozen=True)
class Repeated:
    """The first draws of another sampling over and over: what several points of a sweep share."""

    of: Sampling
    draws: int

    def uniform(self, name: str, seed: int, first: int, size: int) -> Array:
        """Numbers of one name in the draws of a block: (draw,), 0-1."""
        return self.of.uniform(name, seed, 0, self.draws)[np.arange(first, first + size) % self.draws]


MONTE_CARLO = MonteCarlo()
