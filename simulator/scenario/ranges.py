"""Numbers: their unit and legal range, certain or not, and what a mistyped one was meant to be."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.errors import nearest
from simulator.scenario.findings import Finding
from simulator.scenario.kinds import Kind, refuse
from simulator.scenario.scalars import NotFinite, read_scalar, shown
from simulator.scenario.values import Distribution

QUANTILES = ("low", "mid", "high")


@dataclass(frozen=True)
class Range(Kind):
    """A number between two limits, or a distribution whose quantiles lie between them.

    Draws are cut at `minimum` and `maximum`. `log` marks prices and volumes: a distribution wholly above 0
    is a split normal in logs.
    """

    unit: str
    minimum: float
    maximum: float
    log: bool = False

    kind = "number, or {low, mid, high}"

    @property
    def allowed(self) -> str:
        """What may be written."""
        return self.span

    @property
    def span(self) -> str:
        """The legal range in words."""
        unit = "" if self.unit in ("", "share") else f" {self.unit}"
        return f"{self.minimum:g} to {self.maximum:g}{unit}"

    def read(self, value: object) -> Distribution:
        """The value as a distribution; raises the findings otherwise."""
        if isinstance(value, Distribution):
            value = {"low": value.low, "mid": value.mid, "high": value.high}
        found = self._three(value) if isinstance(value, Mapping) else self._outside((), value)
        if found:
            raise refuse(*found)
        if isinstance(value, Mapping):
            return Distribution(*(float(value[name]) for name in QUANTILES))
        return Distribution.constant(float(value))  # type: ignore[arg-type]

    def _three(self, value: Mapping[Any, object]) -> list[Finding]:
        found = []
        for name, number in value.items():
            if name in QUANTILES:
                found += self._outside((name,), number)
            else:
                meant = nearest(str(name), QUANTILES)
                found.append(
                    Finding((str(name),), "is not a key here", allowed="low, mid, high", meant=meant, at_key=True)
                )
        found += [Finding((name,), "is required", missing=True) for name in QUANTILES if name not in value]
        if not found and not value["low"] <= value["mid"] <= value["high"]:  # type: ignore[operator]
            found.append(Finding((), "low, mid and high must rise", given=shown(dict(value))))
        return found

    def _outside(self, path: tuple[str, ...], value: object) -> list[Finding]:
        # A quantile is a number; only a whole value may be more than that.
        allowed = self.span if path else self.allowed
        if not is_number(value):
            what, meant = _why_no_number(value, fraction="share" in self.unit)
            return [Finding(path, what, given=shown(value), allowed=allowed, meant=meant)]
        number = float(value)  # type: ignore[arg-type]
        if self.minimum <= number <= self.maximum:
            return []
        percent = "share" in self.unit and self.minimum <= number / 100 <= self.maximum
        meant = f"{number / 100:g}" if percent else None
        return [Finding(path, "is outside its range", given=shown(value), allowed=allowed, meant=meant)]


@dataclass(frozen=True)
class Whole(Kind):
    """One whole number; it cannot be uncertain."""

    unit: str
    minimum: int
    maximum: int

    kind = "whole number"

    @property
    def allowed(self) -> str:
        """The legal range in words."""
        if self.minimum == self.maximum:
            return str(self.minimum)
        return f"{self.minimum} to {self.maximum}"

    def read(self, value: object) -> int:
        """The value as an int."""
        if isinstance(value, bool) or not isinstance(value, int):
            _, meant = _why_no_number(value)
            what = "cannot be uncertain" if isinstance(value, Mapping) else "must be a whole number"
            raise refuse(Finding((), what, given=shown(value), allowed=self.allowed, meant=meant))
        if not self.minimum <= value <= self.maximum:
            what = "is outside its range" if self.minimum < self.maximum else f"must be {self.minimum}"
            raise refuse(Finding((), what, given=shown(value), allowed=self.allowed))
        return value


def is_number(value: object) -> bool:
    """True for a finite number that is not true or false."""
    return not isinstance(value, bool) and isinstance(value, numbers.Real) and math.isfinite(value)


def _why_no_number(value: object, fraction: bool = False) -> tuple[str, str | None]:
    """Why `value` is no number, and the number that was probably meant."""
    if isinstance(value, float) and value.is_integer():
        return "must be a number", str(int(value))
    if not isinstance(value, str):
        return "must be a number", None
    try:
        if is_number(read_scalar(value.strip())):
            return "must be a number, without quotes", value.strip()
        bare = value.strip().replace("_", "").replace(",", "").replace(" ", "")
        number = read_scalar(bare.removesuffix("%"))
    except NotFinite:
        return "must be a finite number", None
    if not is_number(number):
        return "must be a number", None
    if bare.endswith("%") and not fraction:
        return "must be a number, without a percent sign", None
    if bare.endswith("%"):
        return "must be a number: write a percentage as a fraction", f"{float(number) / 100:g}"  # type: ignore[arg-type]
    return "must be a number, its digits unbroken", shown(number)
