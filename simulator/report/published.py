"""Published figures beside ours: on the screen, as CSV, JSON, and as a page of the documentation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from simulator.keeping import as_utf8, write_whole
from simulator.manifest import origin
from simulator.published.comparison import Finding
from simulator.report.rows import as_csv

YES, NO, NONE = "yes", "no", "-"

INTRODUCTION = """\
# Against published results

Written by `make validation`; do not edit. {draws:,} draws, seed {seed}, median and 90 % band of the draws.

Each row is computed by the engine or, where the source is linear, by its linearised form. The gate of a row is the
tolerance set with the comparison; where none was set, a range is its own gate and a single figure has 10 % either way.
The gate is kept where our median lies within it; "in band" says whether the published figure, or part of its range,
lies in our 90 % band. No gate was moved and nothing was tuned to these figures, but for the priors of two elasticities
that were set with section 4 in view; a miss stays a miss, with the reason
we believe in. {within} of {gated} rows with a gate lie within it.

What a hit is worth differs. Sections 1 and 2 test formulas. (The published premium enters output in bn USD a year,
where the unit of price times volume is USD m a day; the row below it shows what consistent units would give.) Section 3
was fitted to what it reproduces, and so was the curve behind the two highest tariffs in section 8. Section 6 multiplies
published volumes and spreads. The parts of section 7 test arithmetic: two of its inputs are backed out of the published
parts. Sections 4, 5 and the rest of 8 are real comparisons, of a crude market whose base month is the year 2025 or
early 2026 with estimates made at other prices; where a source says only "most traffic", the scenario in
`data/published/` holds our reading of it. China's premium is read in the third year: sellers who answer more over a
decade would make its first part smaller.
"""


def line(one: Finding) -> dict[str, Any]:
    """A finding as plain figures; None where there is no such value."""
    return {
        "check": one.check,
        "section": one.section,
        "source": one.source,
        "case": one.case,
        "unit": one.unit,
        "published_low": one.low,
        "published_high": one.high,
        "tolerance": one.tolerance,
        "p05": one.ours.p05,
        "p50": one.ours.p50,
        "p95": one.ours.p95,
        "within_gate": one.within,
        "published_in_band": one.in_band,
        "why_outside": one.why_outside or None,
    }


def as_text(found: Sequence[Finding], form: str, **drawn: int) -> str:
    """The comparison as table, CSV or JSON; `drawn`: its draws and seed."""
    if form == "json":
        told = {"schema": 1, "manifest": origin(**drawn)}
        return json.dumps({**told, "rows": [line(one) for one in found]})
    if form == "csv":
        return as_csv([line(one) for one in found])
    return "\n".join(_screen(found))


def page(found: Sequence[Finding], draws: int, seed: int) -> str:
    """The page of the documentation."""
    gated = [one for one in found if one.within is not None]
    within = sum(bool(one.within) for one in gated)
    parts = [INTRODUCTION.format(draws=draws, seed=seed, within=within, gated=len(gated))]
    for section, rows in groupby(found, key=lambda one: one.section):
        parts.append(f"\n## {section}\n")
        parts.append("| source | case | unit | published | gate | ours | gate kept | in band | why not |")
        parts.append("|---|---|---|--:|--:|--:|:-:|:-:|---|")
        parts += [_row(one) for one in rows]
    return "\n".join(parts) + "\n"


def save(found: Sequence[Finding], draws: int, seed: int, path: Path) -> Path:
    """Write the page to a file, whose path it returns; InputError where that cannot be done."""
    write_whole(path, as_utf8(page(found, draws, seed)))
    return path


def _row(one: Finding) -> str:
    cells = (one.source, one.case, one.unit, published(one), gate(one), ours(one))
    return "| " + " | ".join((*cells, _said(one.within), _said(one.in_band), one.why_outside)) + " |"


def _screen(found: Sequence[Finding]) -> Iterator[str]:
    for section, rows in groupby(found, key=lambda one: one.section):
        yield section
        for one in rows:
            mark = {True: " ", False: "!", None: "·"}[one.within]
            yield f"{mark} {one.source}: {one.case}"
            yield f"      {one.unit}: published {published(one)}, ours {ours(one)}"
            if one.why_outside:
                yield f"      outside: {one.why_outside}"
        yield ""
    gated = [one.within for one in found if one.within is not None]
    yield f"{sum(gated)} of {len(gated)} rows with a gate lie within it (! outside, · nothing published)."


def published(one: Finding) -> str:
    """The published figure or range."""
    if one.low is None or one.high is None:
        return NONE
    places = decimals(one)
    low, high = f"{one.low:,.{places}f}", f"{one.high:,.{places}f}"
    return low if one.low == one.high else f"{low} to {high}"


def gate(one: Finding) -> str:
    """The gate around it."""
    if one.low is None or one.high is None or one.tolerance is None:
        return NONE
    if one.tolerance == 0:
        return "its range"
    return f"± {one.tolerance:.3g}"


def ours(one: Finding) -> str:
    """Our median, with the band where something is drawn."""
    places = decimals(one)
    low, middle, high = (f"{value + 0.0:,.{places}f}" for value in (one.ours.p05, one.ours.p50, one.ours.p95))
    return middle if one.ours.p05 == one.ours.p95 else f"{middle} ({low} to {high})"


def decimals(one: Finding) -> int:
    """Digits after the point: enough to see the gate."""
    if one.tolerance is not None and 0 < one.tolerance < 0.001:
        return 5 if one.unit != "bn USD" else 2
    if one.unit == "probability":
        return 4
    return 1 if abs(one.ours.p50) >= 20 else 2


def _said(fact: bool | None) -> str:
    return NONE if fact is None else YES if fact else NO
