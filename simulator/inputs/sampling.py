"""Where the random numbers of a draw come from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.errors import InputError, Problem

Array = NDArray[np.float64]

DIMENSIONS_AT_A_TIME = 64
MOST_HYPERCUBE_DRAWS = 250_000
"""Some 60 numbers of so many draws are 120 MB."""


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
class Sobol:
    """Scrambled Sobol numbers: draws that fill the space of all uncertain numbers evenly.

    names : everything that is drawn, in the order of the dimensions

    Notes
    -----
    Owen-type scrambling (a random linear matrix and shift) keyed by the seed, so that other seeds are other
    estimates. Draw k is the same whatever the block and the number of draws; it changes with the names. The number
    of dimensions is rounded up, so that scenarios that differ in their last names share the numbers of the others.
    """

    names: tuple[str, ...]

    def uniform(self, name: str, seed: int, first: int, size: int) -> Array:
        """Numbers of one name in the draws of a block: (draw,), 0-1. ValueError where it is not among the names."""
        dimensions = -(-len(self.names) // DIMENSIONS_AT_A_TIME) * DIMENSIONS_AT_A_TIME
        return _sobol(dimensions, seed, first, size)[:, self.names.index(name)]


@dataclass(frozen=True)
class LatinHypercube:
    """Every number takes one value out of each of so many equal slices as there are draws.

    draws : how many there are; it is part of the seed, for with another number all draws change

    Notes
    -----
    Columns of a Latin hypercube are independent permutations, so each name has its own, keyed by seed, number of
    draws and name. Draws behind the last, which a block holds but nobody counts, repeat it.
    """

    draws: int
    _columns: dict[str, Array] = field(default_factory=dict, repr=False, compare=False)

    def uniform(self, name: str, seed: int, first: int, size: int) -> Array:
        """Numbers of one name in the draws of a block: (draw,), 0-1."""
        key = f"{seed}:{name}"
        if key not in self._columns:
            self._columns[key] = _slices(key, self.draws)
        return self._columns[key][np.minimum(np.arange(first, first + size), self.draws - 1)]


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


@lru_cache(maxsize=16)
def _sobol(dimensions: int, seed: int, first: int, size: int) -> Array:
    """Points of a scrambled Sobol sequence: (draw, dimension)."""
    from scipy.stats.qmc import Sobol as Sequence  # slow to import, and seldom wanted

    sequence = Sequence(dimensions, scramble=True, rng=np.random.default_rng(seed))
    if first:
        sequence.fast_forward(first)
    # The sequence warns where its first points are not a power of two.
    return sequence.random(2 ** (size - 1).bit_length())[:size]


def _slices(key: str, draws: int) -> Array:
    """One column of a Latin hypercube: (draw,)."""
    from scipy.stats.qmc import LatinHypercube as Hypercube  # slow to import, and seldom wanted

    digest = hashlib.sha256(f"{draws}:{key}".encode()).digest()
    return Hypercube(1, rng=np.random.default_rng(int.from_bytes(digest[:16], "little"))).random(draws)[:, 0]


MONTE_CARLO = MonteCarlo()


def sampling(word: str, names: tuple[str, ...], draws: int) -> Sampling:
    """The sampling a scenario asks for.

    Parameters
    ----------
    word : monte_carlo, sobol or latin_hypercube
    names : everything that is drawn, in order
    draws : how many draws are wanted

    Raises
    ------
    InputError : too many draws for a Latin hypercube.
    """
    if word == "sobol":
        return Sobol(names)
    if word == "latin_hypercube":
        if draws > MOST_HYPERCUBE_DRAWS:
            what = "are too many for a Latin hypercube, which is laid out before the first draw; sobol has no limit"
            raise InputError([Problem("draws", what, given=f"{draws}", allowed=f"at most {MOST_HYPERCUBE_DRAWS}")])
        return LatinHypercube(draws)
    return MONTE_CARLO
