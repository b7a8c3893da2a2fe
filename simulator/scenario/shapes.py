"""Distributions an uncertain number may have beside the split normal: where their draws lie."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtri

Array = NDArray[np.float64]

LEVELS = (0.05, 0.5, 0.95)
PERT_SHAPE = 4.0
P05_TO_P95_IN_SIGMA = float(2 * ndtri(0.95))


class Shape(ABC):
    """A distribution that is drawn by inversion: one uniform number, one value."""

    name: ClassVar[str]

    @abstractmethod
    def quantile(self, level: Array) -> Array:
        """The values below which these shares of the draws lie; `level` 0-1, any shape."""

    def points(self) -> tuple[float, float, float]:
        """The 5, 50 and 95 % points."""
        low, mid, high = self.quantile(np.array(LEVELS)).tolist()
        return low, mid, high

    @property
    @abstractmethod
    def lowest(self) -> float:
        """The smallest value that counts: what can be drawn at all, or the 5 % point where there is no end."""

    @property
    @abstractmethod
    def highest(self) -> float:
        """The same for the largest value."""

    @abstractmethod
    def plain(self) -> dict[str, object]:
        """The form a scenario file uses."""


@dataclass(frozen=True)
class Bounded(Shape):
    """A distribution between two ends."""

    minimum: float
    maximum: float

    @property
    def lowest(self) -> float:
        """The lower end."""
        return self.minimum

    @property
    def highest(self) -> float:
        """The upper end."""
        return self.maximum

    def plain(self) -> dict[str, object]:
        """The form a scenario file uses."""
        return {"distribution": self.name, "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class Uniform(Bounded):
    """Everything between two ends alike."""

    name = "uniform"

    def quantile(self, level: Array) -> Array:
        """a + p (b - a)."""
        return self.minimum + level * (self.maximum - self.minimum)


@dataclass(frozen=True)
class Peaked(Bounded):
    """A distribution between two ends, with its top in between."""

    mode: float

    def plain(self) -> dict[str, object]:
        """The form a scenario file uses."""
        return {"distribution": self.name, "minimum": self.minimum, "mode": self.mode, "maximum": self.maximum}


@dataclass(frozen=True)
class Triangular(Peaked):
    """Straight lines from both ends to the mode."""

    name = "triangular"

    def quantile(self, level: Array) -> Array:
        """a + sqrt(p (b-a)(m-a)) up to p = (m-a)/(b-a), b - sqrt((1-p)(b-a)(b-m)) beyond."""
        width = self.maximum - self.minimum
        rising = self.minimum + np.sqrt(level * width * (self.mode - self.minimum))
        falling = self.maximum - np.sqrt((1.0 - level) * width * (self.maximum - self.mode))
        return np.where(level * width < self.mode - self.minimum, rising, falling)


@dataclass(frozen=True)
class Pert(Peaked):
    """A beta distribution with mean (a + 4 m + b)/6: smoother than the triangle, with less in its tails.

    Notes
    -----
    Beta(1 + 4 (m-a)/(b-a), 1 + 4 (b-m)/(b-a)) between a and b.
    """

    name = "pert"

    def quantile(self, level: Array) -> Array:
        """By inversion of the incomplete beta function."""
        width = self.maximum - self.minimum
        left = 1.0 + PERT_SHAPE * (self.mode - self.minimum) / width
        right = 1.0 + PERT_SHAPE * (self.maximum - self.mode) / width
        return self.minimum + width * betaincinv(left, right, level)


@dataclass(frozen=True)
class Lognormal(Shape):
    """Normal in logs, by its 5 and 95 % points; the median is their geometric mean."""

    low: float
    high: float

    name = "lognormal"

    def quantile(self, level: Array) -> Array:
        """exp(mu + sigma z), z standard normal."""
        mu = (np.log(self.low) + np.log(self.high)) / 2
        sigma = (np.log(self.high) - np.log(self.low)) / P05_TO_P95_IN_SIGMA
        return np.exp(mu + sigma * ndtri(level))

    @property
    def lowest(self) -> float:
        """The 5 % point."""
        return self.low

    @property
    def highest(self) -> float:
        """The 95 % point."""
        return self.high

    def plain(self) -> dict[str, object]:
        """The form a scenario file uses."""
        return {"distribution": self.name, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Discrete(Shape):
    """A few values, rising, each with a weight above 0; weights need not sum to 1."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    name = "discrete"

    @classmethod
    def of(cls, values: list[float], weights: list[float] | None) -> Discrete:
        """From values in any order: the same value twice adds up, one without weight is left out.

        >>> Discrete.of([3, 1, 3, 2], [1, 1, 1, 0])
        Discrete(values=(1.0, 3.0), weights=(1.0, 2.0))
        """
        total: dict[float, float] = {}
        for value, weight in sorted(zip(values, weights or [1.0] * len(values), strict=True)):
            if weight > 0:
                total[float(value)] = total.get(float(value), 0.0) + float(weight)
        alike = len(set(total.values())) == 1
        return cls(tuple(total), (1.0,) * len(total) if alike else tuple(total.values()))

    def quantile(self, level: Array) -> Array:
        """The first value at which the cumulated weight reaches p."""
        reached = np.cumsum(self.weights)
        return np.array(self.values)[np.searchsorted(reached[:-1] / reached[-1], level)]

    @property
    def lowest(self) -> float:
        """The smallest value, however rare."""
        return self.values[0]

    @property
    def highest(self) -> float:
        """The largest value, however rare."""
        return self.values[-1]

    def plain(self) -> dict[str, object]:
        """The form a scenario file uses."""
        weights = {} if set(self.weights) == {1.0} else {"weights": list(self.weights)}
        return {"distribution": self.name, "values": list(self.values), **weights}


def shape(given: dict[str, object]) -> Shape:
    """The shape a checked mapping describes."""
    keys = {key: value for key, value in given.items() if key != "distribution"}
    if given["distribution"] == Discrete.name:
        return Discrete.of(keys["values"], keys.get("weights"))  # type: ignore[arg-type]
    kinds: tuple[type[Shape], ...] = (Triangular, Pert, Lognormal, Uniform)
    (kind,) = (one for one in kinds if one.name == given["distribution"])
    return kind(**{key: float(value) for key, value in keys.items()})  # type: ignore[arg-type]
