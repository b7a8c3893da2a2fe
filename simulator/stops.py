"""Where a draw did not clear: the first such month, and by how much it missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NEVER = np.iinfo(np.int64).max
"""Stands for a month where every month cleared."""


class Solved(Protocol):
    """A market that was cleared, or not: (draw,) each."""

    @property
    def converged(self) -> NDArray[np.bool_]: ...
    @property
    def residual_share(self) -> Array: ...
    @property
    def bound_missed_share(self) -> Array | None: ...


@dataclass(frozen=True)
class Stop:
    """The first month of each draw that did not clear.

    month : (draw,)   its number, `NEVER` where all cleared; the market without any shock counts as the first
    residual_share : (draw,)   largest excess supply over base exports in that month
    bound_missed_share : (draw,)   how far purchases stayed from a bound that was not kept; 0 where all were
    """

    month: NDArray[np.int64]
    residual_share: Array
    bound_missed_share: Array

    @classmethod
    def of(cls, solved: Solved, number: int) -> Stop:
        """Where one month, number `number`, did not clear."""
        missed = solved.bound_missed_share
        none = np.zeros_like(solved.residual_share)
        month = np.where(solved.converged, NEVER, number)
        return cls(month, solved.residual_share, none if missed is None else missed)

    def or_else(self, later: Stop) -> Stop:
        """The earlier of two; this one where they are of the same month."""
        ours = self.month <= later.month
        pairs = ((getattr(self, name), getattr(later, name)) for name in vars(self))
        return Stop(*(np.where(ours, mine, other) for mine, other in pairs))

    @classmethod
    def put_together(cls, parts: Sequence[Stop], how: Callable[[list[Any]], Any]) -> Stop:
        """Several as one, by a function that puts arrays together."""
        return cls(*(how([getattr(one, field.name) for one in parts]) for field in fields(cls)))

    def rows(self, part: slice) -> Stop:
        """Some of the draws."""
        return Stop(*(values[part] for values in vars(self).values()))
