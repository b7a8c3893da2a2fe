"""Boxes of input ranges behind an outcome beyond a threshold, as people read them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from simulator.drivers.boxes import Box, Range
from simulator.drivers.discovery import COLUMNS, Discovery
from simulator.report.drivers import figure, folded, left_out, percent, title
from simulator.report.rows import as_csv


def as_text(found: Discovery, form: str) -> str:
    """The boxes as table, CSV (a row per range) or JSON."""
    if form == "json":
        return json.dumps(found.document())
    if form == "csv":
        return as_csv(found.rows()) if found.boxes else ",".join(COLUMNS)
    return folded(_discovery(found))


def files(found: Discovery) -> dict[str, str]:
    """What is kept: the ranges as CSV, everything as JSON."""
    return {"boxes.csv": as_text(found, "csv"), "boxes.json": json.dumps(found.document(), indent=1)}


def _discovery(found: Discovery) -> Iterator[str]:
    share = percent(found.cases / found.draws)
    yield f"{title(found.scenario, found.asked)} · {found.draws:,} draws"
    yield ""
    yield f"{found.cases:,} draws ({share} %) are {found.side} {found.threshold:g}."
    yield from left_out(found.left_out, f"{found.draws + sum(vars(found.left_out).values()):,} draws")
    if not found.boxes:
        yield "No box of ranges beats chance: what puts a draw there is spread over many numbers."
    for place, box in enumerate(found.boxes, start=1):
        yield ""
        yield from _box(found, place, box)
    yield ""
    yield "Boxes are found on every second draw and judged on the others; chance: how likely the box would do as well"
    yield "if the range said nothing. Each box counts only draws that are in none before it."


def _box(found: Discovery, place: int, box: Box) -> Iterator[str]:
    yield (
        f"Box {place}: {percent(box.density)} % of its draws are {found.side} {found.threshold:g}, against "
        f"{percent(box.base)} % of all (density); it holds {percent(box.coverage)} % of those that are (coverage) and "
        f"{percent(box.mass)} % of all draws (mass)."
    )
    yield f"{'':<37}{'standing':<10}{'range':>22}   {'unit':<28}{'chance':>7}"
    for one in box.ranges:
        factor = found.factors[one.name]
        yield f"{one.name:<37}{factor.standing:<10}{_range(one):>22}   {factor.unit:<28}{_chance(one.p):>7}"


def _range(one: Range) -> str:
    low, high = (None if abs(end) == float("inf") else figure(end) for end in (one.low, one.high))
    if low is None:
        return f"up to {high}"
    return f"from {low}" if high is None else f"{low} to {high}"


def _chance(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
