"""Shocks with names resolved and numbers drawn: masks over buyers and streams, one value per draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Measure:
    """One shock, ready for arithmetic.

    streams, except_streams : (stream,)   buyers : (buyer,)
    chokepoint, fleet, coalition, response : words of the scenario, empty where the shock has none
    first_month : number of the month it begins in, below 0 if before the scenario
    strength : per month, 0-1             workaround : (month, draw), share that workarounds have left
    numbers : key of the scenario file -> (draw,) values
    """

    kind: str
    streams: Mask
    buyers: Mask
    except_streams: Mask
    chokepoint: str
    fleet: str
    coalition: tuple[str, ...]
    response: str
    commodity: str
    first_month: int
    strength: tuple[float, ...]
    days: tuple[int, ...]
    workaround: Array
    numbers: Mapping[str, Array]

    def has(self, key: str) -> bool:
        """Whether the scenario gives this number."""
        return key in self.numbers

    def value(self, key: str) -> Array:
        """The number's draws: (draw,)."""
        return self.numbers[key]

    @property
    def pairs(self) -> Array:
        """1 for the pairs the shock names: (buyer, stream)."""
        return np.outer(self.buyers, self.streams).astype(float)
