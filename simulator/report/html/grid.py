"""What a table on the page is made of: a caption, names of columns, rows of cells that are ready to read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from simulator.report.language import Words
from simulator.report.wording import number, signed
from simulator.results import Row

Cells = tuple[str, ...]
MOST_ON_ONE_PAGE = 16
"""Rows of a table that is not to be parted in print."""


@dataclass(frozen=True)
class Grid:
    """One table: its first column names the rows; `note` says how to read it; a line break parts a cell in two."""

    caption: str
    columns: Cells
    rows: tuple[Cells, ...]
    note: str = ""
    texts: frozenset[int] = frozenset()
    """Columns beside the first that hold words and not numbers, counted from 0."""

    @property
    def is_short(self) -> bool:
        """Whether it is to stand on one printed page."""
        return len(self.rows) <= MOST_ON_ONE_PAGE

    def without(self, names: Collection[str]) -> Grid:
        """The same without the columns of these names, of which there are none before columns of words."""
        kept = [at for at, name in enumerate(self.columns) if name not in names]
        rows = tuple(tuple(row[at] for at in kept) for row in self.rows)
        return replace(self, columns=tuple(self.columns[at] for at in kept), rows=rows)


def with_band(row: Row, told: Words, digits: int, factor: float = 1.0) -> Cells:
    """Baseline, scenario, change, and the 90 % band of the level."""
    change = signed(factor * (row.mean - row.baseline), digits)
    return (
        number(factor * row.baseline, digits),
        number(factor * row.mean, digits),
        change,
        band(row, told, digits, factor),
    )


def band(row: Row, told: Words, digits: int, factor: float = 1.0) -> str:
    """The 90 % band of a level."""
    return told("terminal.low_to_high", low=number(factor * row.p05, digits), high=number(factor * row.p95, digits))


def change_with_band(row: Row, told: Words, digits: int, factor: float = 1.0) -> str:
    """A level, under it the change, and under that the change's band."""
    change, low, high = (signed(factor * (value - row.baseline), digits) for value in (row.mean, row.p05, row.p95))
    lines = [number(factor * row.mean, digits), change]
    if row.p05 != row.p95:
        lines.append(f"({told('terminal.low_to_high', low=low, high=high)})")
    return "\n".join(lines)


def headed(told: Words, keys: Sequence[str]) -> Cells:
    """Names of columns, from their keys; an empty key is a column without a name."""
    return tuple(told(key) if key else "" for key in keys)
