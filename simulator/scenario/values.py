"""The two small values a scenario is made of: a calendar month and a number that may be uncertain."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from simulator.scenario.shapes import Shape

_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month that can be counted with; `index` counts months since year 0.

    >>> start = Month.parse("2026-03")
    >>> str(start + 11), Month.parse("2027-01") - start, start < start + 1
    ('2027-02', 10, True)
    """

    index: int

    @classmethod
    def of(cls, year: int, month: int) -> Month:
        """The month number `month` (1-12) of `year`."""
        return cls(year * 12 + month - 1)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `YYYY-MM`; anything else is a ValueError."""
        found = _MONTH.fullmatch(text)
        if not found or not found[0].isascii() or not 1 <= int(found[2]) <= 12:
            raise ValueError(f"not a month: {text!r}")
        return cls.of(int(found[1]), int(found[2]))

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.index // 12

    @property
    def month(self) -> int:
        """The month of the year, 1-12."""
        return self.index % 12 + 1

    @property
    def days(self) -> int:
        """Calendar days of this month.

        >>> Month.parse("2028-02").days
        29
        """
        return calendar.monthrange(self.year, self.month)[1]

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __add__(self, months: int) -> Month:
        return Month(self.index + months)

    @overload
    def __sub__(self, other: Month) -> int: ...

    @overload
    def __sub__(self, other: int) -> Month: ...

    def __sub__(self, other: Month | int) -> int | Month:
        if isinstance(other, Month):
            return self.index - other.index
        return Month(self.index - other)


class Reaching:
    """What an uncertain number can reach, whatever its shape."""

    __slots__ = ()
    low: float
    high: float
    shape: Shape | None

    @property
    def lowest(self) -> float:
        """The smallest value that counts: an end or a rare value where the shape has one, else the 5 % point."""
        return self.low if self.shape is None else self.shape.lowest

    @property
    def highest(self) -> float:
        """The same for the largest value."""
        return self.high if self.shape is None else self.shape.highest


@dataclass(frozen=True, slots=True)
class Distribution(Reaching):
    """A number with its 5, 50 and 95 % quantiles; a plain number has all three alike.

    Without a `shape` it is a split normal.

    >>> Distribution.constant(0.5).is_constant, Distribution(1.0, 2.0, 4.0).is_constant
    (True, False)
    """

    low: float
    mid: float
    high: float
    shape: Shape | None = None

    @classmethod
    def constant(cls, value: float) -> Distribution:
        """A number that is known."""
        return cls(value, value, value)

    @classmethod
    def of(cls, shape: Shape) -> Distribution:
        """A number of another shape; one that can take a single value is a constant."""
        if shape.lowest == shape.highest:
            return cls.constant(shape.lowest)
        return cls(*shape.points(), shape)

    @property
    def is_constant(self) -> bool:
        """True where nothing is left to draw."""
        return self.shape is None and self.low == self.mid == self.high

    def plain(self) -> float | dict[str, object]:
        """The form a scenario file uses: one number, its three quantiles, or a named distribution."""
        if self.shape is not None:
            return self.shape.plain()
        if self.is_constant:
            return self.mid
        return {"low": self.low, "mid": self.mid, "high": self.high}

    def __str__(self) -> str:
        if self.is_constant:
            return f"{self.mid:g}"
        named = f", {self.shape.name}" if self.shape else ""
        return f"{self.mid:g} ({self.low:g} to {self.high:g}{named})"
