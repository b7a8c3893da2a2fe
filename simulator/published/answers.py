"""What the engine answers where others have published a figure: by check, a band over draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.published.monthly import band

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """5, 50 and 95 % points over draws; all three alike where nothing is drawn."""

    p05: float
    p50: float
    p95: float


Answers = dict[str, Answer]


def exact(value: float) -> Answer:
    """The answer of a formula or of a single case."""
    return Answer(float(value), float(value), float(value))


def over_draws(values: Array) -> Answer:
    """The answer of many draws, (draw,); those that did not clear are left out."""
    return Answer(*band(values))
