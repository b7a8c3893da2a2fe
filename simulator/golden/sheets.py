"""Golden tables as text: sorted, rounded to what their tolerances can see, readable in a diff."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Mapping
from pathlib import Path

from simulator.errors import DataError
from simulator.golden.figures import FIGURES, Figures, Key
from simulator.golden.tolerances import Tolerances
from simulator.results import LABELS

COLUMNS = (*LABELS, *FIGURES)


def as_text(lines: Mapping[Key, Figures], tolerances: Tolerances) -> str:
    """The table of a run as CSV; an empty cell where there is no value."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key in sorted(lines):
        decimals = tolerances[key[0]].decimals
        writer.writerow((*key, *(_cell(value, decimals) for value in lines[key])))
    return text.getvalue()


def _cell(value: float, decimals: int) -> str:
    """A figure without idle zeros.

    >>> _cell(12.5, 4), _cell(-0.00001, 4), _cell(float("nan"), 4)
    ('12.5', '0', '')
    """
    if math.isnan(value):
        return ""
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def read(path: Path) -> dict[Key, Figures]:
    """A table as it was kept.

    Raises
    ------
    DataError : all that is wrong with it.
    """
    try:
        header, *rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8")), strict=True)) or [[]]
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise DataError(f"{path}: the golden table cannot be read: {error}") from None
    if tuple(header) != COLUMNS:
        found = ", ".join(header) or "nothing"
        raise DataError(f"{path}: the golden table is damaged: expected {', '.join(COLUMNS)}; found {found}")
    lines: dict[Key, Figures] = {}
    problems = []
    for number, row in enumerate(rows, start=2):
        if (wrong := _wrong(row, lines)) is not None:
            problems.append(f"{path}: line {number}: the golden table is damaged: {wrong}")
        else:
            lines[row[0], row[1], row[2], row[3]] = tuple(float(cell) if cell else math.nan for cell in row[4:])
    if problems:
        raise DataError("\n".join(problems))
    return lines


def _wrong(row: list[str], lines: Mapping[Key, Figures]) -> str | None:
    if len(row) != len(COLUMNS):
        return f"expected {len(COLUMNS)} cells, found {len(row)}"
    if (row[0], row[1], row[2], row[3]) in lines:
        return f"{', '.join(row[:4])} stands there twice"
    for cell in row[4:]:
        try:
            float(cell or "nan")
        except ValueError:
            return f"expected a number, found {cell}"
    return None


def digest(path: Path) -> str:
    """sha256 of a table, whatever ends its lines."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
