"""Saltelli's design: two sets of draws, and the first with one factor after the other taken from the second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

Array = NDArray[np.float64]

Group = tuple[str, ...]


@dataclass(frozen=True)
class Design:
    """Places between 0 and 1 at which to compute an outcome.

    groups : names that change together; a factor by itself is a group of one
    samples : base rows n   places : name -> (n (group + 2),), first A, then B, then A with each group from B
    """

    groups: tuple[Group, ...]
    samples: int
    places: dict[str, Array]

    @property
    def rows(self) -> int:
        """How often the outcome is computed."""
        return self.samples * (len(self.groups) + 2)

    def split(self, outcome: Array) -> tuple[Array, Array, Array]:
        """The outcome, (row,), of A and B, (n,) each, and of A with groups from B, (group, n)."""
        whole = outcome.reshape(-1, self.samples)
        return whole[0], whole[1], whole[2:]


def design(groups: Sequence[Group], samples: int, seed: int) -> Design:
    """Lay out a design by a scrambled Sobol sequence over all names, twice as wide as there are names.

    Parameters
    ----------
    samples : base rows, a power of two

    Notes
    -----
    Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer Physics Communications 181:
    matrices A, B and A_B^(i).

    >>> design([("x",), ("y", "z")], 4, seed=1).rows
    16
    """
    names = [name for group in groups for name in group]
    both = qmc.Sobol(2 * len(names), scramble=True, rng=seed).random(samples).T
    a, b = both[: len(names)], both[len(names) :]
    places = {}
    for i, name in enumerate(names):
        mixed = [b[i] if name in group else a[i] for group in groups]
        places[name] = np.concatenate([a[i], b[i], *mixed])
    return Design(tuple(groups), samples, places)
