"""Rows as CSV: one way for every table that a command prints."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """A header from the first row, then the rows, without a last line break; None is an empty cell.

    >>> as_csv([{"stream": "oman", "kbd": 1.5}, {"stream": "libya", "kbd": None}])
    'stream,kbd\\noman,1.5\\nlibya,'
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")
