"""Numbers: their unit and legal range, certain or not, and what a mistyped one was meant to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.reading.findings import Finding, Path
from simulator.reading.scalars import NotFinite, is_number, read_scalar, shown
from simulator.scenario.forms import DISTRIBUTION, SPLIT_NORMAL, form_findings
from simulator.scenario.kinds import Kind, refuse
from simulator.scenario.values import Distribution


@dataclass(frozen=True)
class Range(Kind):
    """A number between two limits, or a distribution whose ends, values or quantiles lie between them.

    Draws are cut at `minimum` and `maximum`. `log` marks prices and volumes: {low, mid, high} wholly above 0
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
            value = value.plain()
        found = form_findings(value, self._outside) if isinstance(value, Mapping) else self._outside((), value)
        if found:
            raise refuse(*found)
        return distribution(value) if isinstance(value, Mapping) else Distribution.constant(float(value))  # type: ignore[arg-type]

    def _outside(self, path: Path, value: object) -> list[Finding]:
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


def distribution(given: Mapping[Any, Any]) -> Distribution:
    """The distribution of a mapping that has been checked."""
    if given.get(DISTRIBUTION, SPLIT_NORMAL) in (None, SPLIT_NORMAL):
        return Distribution(float(given["low"]), float(given["mid"]), float(given["high"]))
    # Only who uses such a shape waits for numpy and scipy.
    from simulator.scenario.shapes import shape

    return Distribution.of(shape({key: value for key, value in given.items() if value is not None}))


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
