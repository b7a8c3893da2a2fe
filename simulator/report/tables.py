"""The data tables on the screen, with their provenance; and the checks of the baseline."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from simulator import bridge, datasets
from simulator.errors import InputError, Problem, nearest
from simulator.report.rows import as_csv
from simulator.report.wording import number

BASELINE = "baseline"
WIDEST_CELL = 44
WIDE_RANGE = 1000.0
SIGNIFICANT = -1
"""Stands for "four significant digits": a column that holds both 0.02 and 2,000."""

Row = dict[str, Any]


def show(name: str, form: str, echo: Callable[[str], None]) -> None:
    """Print a table, or for `baseline` the shares, the customs bridge and the price anchors.

    Tables of a baseline in a folder of its own are named `BASELINE/TABLE`.

    Raises
    ------
    InputError : there is no such table.
    """
    if name == BASELINE:
        _show_baseline(form, echo)
        return
    if name not in names():
        known = (BASELINE, *names())
        problem = Problem(name, "there is no such table", allowed=", ".join(known), meant=nearest(name, known))
        raise InputError([problem])
    owner, _, short = name.rpartition("/")
    table = datasets.table(short, owner or None)
    if form == "json":
        echo(json.dumps({"table": name, **table.meta, "data": list(table.rows)}, default=str))
    elif form == "csv":
        echo(as_csv(table.rows))
    else:
        about = table.meta
        echo(f"{about['title']}\nproducer: {about['producer']}\nlicence: {about['licence']}")
        echo(f"covers: {about['dates']['covers']}   sha256: {about['sha256'][:16]}...\n")
        echo(grid(table.rows))
        echo("\nCaveats")
        for caveat in about["caveats"]:
            echo(f"- {caveat}")


def names() -> tuple[str, ...]:
    """The shipped tables, then those of baselines in a folder of their own."""
    own = (f"{baseline}/{name}" for baseline in datasets.own_folders() for name in datasets.names(baseline))
    return (*datasets.names(), *own)


def title(name: str) -> str:
    """What a table of `names` holds, in one line."""
    owner, _, short = name.rpartition("/")
    return str(datasets.table(short, owner or None).meta["title"])


def _show_baseline(form: str, echo: Callable[[str], None]) -> None:
    parts = {
        "shares": bridge.import_shares(),
        "shares_early_2026": bridge.import_shares(bridge.china_flows("early_2026")),
        "customs_bridge": bridge.customs_bridge(),
        "price_anchors": bridge.price_anchors(),
    }
    if form == "json":
        echo(json.dumps(parts))
        return
    titles = {
        "shares": "China's crude imports in 2025 by origin, true barrels, bitumen blend included",
        "shares_early_2026": "The same in January and February 2026, fitted to known cells",
        "customs_bridge": "From true barrels to Chinese customs (7.3 barrels a tonne, declared origin), kb/d",
        "price_anchors": "Two price anchors of 2025, USD/bbl less Brent: customs unit values, quotes, their gap",
    }
    for key, rows in parts.items():
        if form == "csv":
            echo(as_csv([{"part": key, **row} for row in rows]))
        else:
            echo(titles[key])
            echo(grid(rows) + "\n")


def grid(rows: Sequence[Row]) -> str:
    """Plain columns: text to the left, numbers to the right, long cells cut."""
    header = list(rows[0])
    digits = {name: _digits([row[name] for row in rows]) for name in header}
    cells = [[_cell(row[name], digits[name]) for name in header] for row in rows]
    widths = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(header)]
    right = [all(isinstance(row[name], int | float | None) for row in rows) for name in header]
    lines = []
    for line in [header, *cells]:
        parts = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        )
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def _digits(column: Sequence[object]) -> int:
    """Decimals that suit a column: fewer the larger its numbers, none where all are whole."""
    numbers = [abs(value) for value in column if isinstance(value, float)]
    if all(value.is_integer() for value in numbers):
        return 0
    largest = max(numbers)
    smallest = min(value for value in numbers if value > 0)
    if largest > WIDE_RANGE * smallest:
        return SIGNIFICANT
    return 3 if largest <= 1 else 2 if largest < 100 else 1


def _cell(value: object, digits: int) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}" if digits == SIGNIFICANT else number(value, digits)
    text = str(value)
    return text if len(text) <= WIDEST_CELL else text[: WIDEST_CELL - 3] + "..."
