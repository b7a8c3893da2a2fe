"""What moved against golden tables, by how much, and why as far as it can be known: as text, CSV and JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from simulator.errors import printable
from simulator.golden.check import Checked
from simulator.golden.comparison import Compared, Moved, by_metric
from simulator.golden.figures import Key
from simulator.golden.record import Cause
from simulator.report.rows import as_csv as rows_as_csv
from simulator.report.tables import grid

SCHEMA = 1
WIDTH = 100
MOST_FIGURES = 4
"""Figures shown of a metric; the rest is counted."""
MOST_ROWS = 5
MOST_CAUSES = 12
SHORT_DIGEST = 12
KINDS = {
    "parameter": "parameter",
    "table": "data table",
    "scenario": "scenario",
    "settings": "golden.yaml",
    "program": "program",
    "library": "library",
    "machine": "machine",
}
COLUMNS = (
    "what", "run", "metric", "by", "item", "month", "figure", "before", "now", "difference", "tolerance", "tolerances",
)  # fmt: skip


def as_text(checked: Checked) -> str:
    """What `oilsim check` prints."""
    lines = [_headline(checked)]
    for name, count in checked.unconverged.items():
        lines.append(f"{name}: {count} {'draw' if count == 1 else 'draws'} did not converge, left out of its figures.")
    for metric, moved in by_metric(checked.moved).items():
        lines += ["", *_metric(metric, moved)]
    for name, compared in checked.runs.items():
        lines += _rows(name, compared)
    lines += [f"{name}: has no sound table yet." for name in checked.without_table]
    lines += [f"{name}: has a table, but golden.yaml no longer names the run." for name in checked.taken_out]
    return "\n".join(map(printable, [*lines, *_why(checked)]))


def run_as_text(checked: Checked, name: str) -> str:
    """The same for one run alone: what a failed test says."""
    alone = {name: checked.runs[name]} if name in checked.runs else {}
    without = tuple(one for one in checked.without_table if one == name)
    computed = {name: checked.computed[name]}
    causes = tuple(one for one in checked.causes if _concerns(one, name))
    return as_text(Checked(checked.folder, alone, computed, without, (), causes, checked.now))


def _concerns(cause: Cause, name: str) -> bool:
    """Whether a difference can have moved a run: scenarios of other runs cannot, nor tables only those read."""
    if cause.kind == "scenario":
        return cause.what.startswith(f"{name}: ")
    return not (cause.kind == "table" and cause.now is None)


def _headline(checked: Checked) -> str:
    compared = sum(one.figures for one in checked.runs.values())
    runs = f"{len(checked.computed)} runs"
    if not checked.drifted:
        return f"Nothing moved: {compared:,} figures of {runs} are within their tolerances of {checked.folder.where}."
    moved = checked.moved
    if not moved:
        return f"No figure moved, but the tables of {checked.folder.where} do not hold the same rows."
    metrics = by_metric(moved)
    first = next(iter(metrics))
    where = len({one.run for one in moved})
    return (
        f"{len(moved):,} of {compared:,} figures moved in {where} of {runs}, {first} furthest; "
        f"metrics: {', '.join(metrics)}."
    )


def _metric(metric: str, moved: Sequence[Moved]) -> Iterator[str]:
    runs = dict.fromkeys(one.run for one in moved)
    yield (
        f"{metric}: {len(moved):,} figures in {', '.join(runs)}, up to {_times(moved[0].tolerances)} tolerances "
        f"of {moved[0].tolerance:g}"
    )
    rows = [
        {
            "run": one.run,
            "item": one.key[2] if one.key[1] == one.key[2] else f"{one.key[1]} {one.key[2]}",
            "month": one.key[3],
            "figure": one.figure,
            "before": _figure(one.before, one.tolerance),
            "now": _figure(one.now, one.tolerance),
            "difference": _figure(one.difference, one.tolerance),
            "tolerances": _times(one.tolerances),
        }
        for one in moved[:MOST_FIGURES]
    ]
    yield from (f"  {line}" for line in grid(rows).splitlines())
    if len(moved) > MOST_FIGURES:
        yield f"  and {len(moved) - MOST_FIGURES:,} more (--format csv has all)"


def _figure(value: float, tolerance: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:,.{max(0, math.ceil(-math.log10(tolerance)))}f}"


def _times(value: float) -> str:
    return "infinitely many" if math.isinf(value) else f"{value:,.1f}" if value < 10 else f"{value:,.0f}"


def _rows(name: str, compared: Compared) -> Iterator[str]:
    for keys, what in ((compared.missing, "gone"), (compared.extra, "new")):
        if keys:
            rows = "row is" if len(keys) == 1 else "rows are"
            shown = "; ".join(" ".join(key) for key in keys[:MOST_ROWS])
            more = f"; and {len(keys) - MOST_ROWS:,} more" if len(keys) > MOST_ROWS else ""
            yield f"{name}: {len(keys):,} {rows} {what}: {shown}{more}"


def _why(checked: Checked) -> Iterator[str]:
    if not checked.causes:
        if checked.drifted and checked.runs:
            yield ""
            yield "Data, scenarios, program, libraries and machine are those the tables were written with."
        return
    yield ""
    yield (
        "What may have moved it"
        if checked.drifted
        else "What differs from when the tables were written, moving nothing"
    )
    for cause in checked.causes[:MOST_CAUSES]:
        yield from wrap(f"- {in_words(cause)}", WIDTH, subsequent_indent="  ", break_long_words=False)
    if len(checked.causes) > MOST_CAUSES:
        yield f"- and {len(checked.causes) - MOST_CAUSES:,} more (--format json has all)"


def in_words(cause: Cause) -> str:
    """A cause in one line.

    >>> in_words(Cause("parameter", "fear.mid", "0.9", "0.95")), in_words(Cause("table", "prices", "ab", None))
    ('parameter fear.mid: 0.9, now 0.95', 'data table prices: is gone')
    """
    named = f"{KINDS[cause.kind]} {cause.what}".strip()
    if cause.before is None:
        return f"{named}: is new{'' if cause.kind == 'table' else f', {cause.now}'}"
    if cause.now is None:
        return f"{named}: is gone"
    digest = cause.kind == "table" or cause.what.endswith("sha256")
    if digest:
        return f"{named}: sha256 {cause.before[:SHORT_DIGEST]}, now {cause.now[:SHORT_DIGEST]}"
    return f"{named}: {cause.before}, now {cause.now}"


def _documents(checked: Checked) -> Iterator[dict[str, Any]]:
    """Every move and every row that came or went, as one flat row each; None where there is no value."""
    for group in by_metric(checked.moved).values():
        for one in group:
            figures = one.before, one.now, one.difference, one.tolerance, one.tolerances
            yield dict(zip(COLUMNS, ("moved", one.run, *one.key, one.figure, *map(_plain, figures)), strict=True))
    for name, compared in checked.runs.items():
        for what, keys in (("missing", compared.missing), ("extra", compared.extra)):
            yield from (_without_figures(what, name, key) for key in keys)
    for what, names in (("no table", checked.without_table), ("taken out", checked.taken_out)):
        yield from (_without_figures(what, name, ("", "", "", "")) for name in names)
    for name in checked.unconverged:
        yield _without_figures("unconverged", name, ("", "", "", ""))


def _without_figures(what: str, run: str, key: Key) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS), **dict(zip(COLUMNS, (what, run, *key), strict=False))}


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None


def as_csv(checked: Checked) -> str:
    """One row for every figure that moved and every row that came or went; the header alone where none did."""
    rows = list(_documents(checked))
    return rows_as_csv(rows) if rows else ",".join(COLUMNS)


def as_json(checked: Checked) -> str:
    """The same with what may have moved it."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "folder": str(checked.folder.where),
            "drift": checked.drifted,
            "runs": list(checked.computed),
            "figures": sum(one.figures for one in checked.runs.values()),
            "unconverged": checked.unconverged,
            "metrics": {metric: len(moved) for metric, moved in by_metric(checked.moved).items()},
            "causes": [vars(cause) for cause in checked.causes],
            "rows": list(_documents(checked)),
        }
    )
