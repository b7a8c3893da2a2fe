"""What came of running a kept result again, as people read it and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from simulator.errors import printable
from simulator.replays import Replayed
from simulator.sameness import CLOSE, SAME, TOLERANCE, Off

SHOWN = 10
LONGEST = 24


def as_text(found: Sequence[Replayed], form: str) -> str:
    """The verdicts as table or JSON."""
    if form == "json":
        return json.dumps({"schema": 1, "same": all(one.same for one in found), "runs": [_plain(one) for one in found]})
    return "\n\n".join("\n".join(_screen(one)) for one in found)


def _plain(one: Replayed) -> dict[str, Any]:
    """As plain data; null where a figure has no value, or stands on one side alone."""
    told = asdict(one)
    told["compared"]["furthest_apart"] = _finite(one.compared.furthest_apart)
    for off in told["compared"]["furthest"]:
        off.update({name: _finite(off[name]) for name in ("kept", "now", "apart")})
    return {"same": one.same, **told}


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def _screen(one: Replayed) -> Iterator[str]:
    figures = one.compared
    yield f"{printable(one.name)} · {printable(one.what)}"
    if one.verdict == SAME:
        yield f"The same to the last bit: {figures.figures:,} figures."
    elif one.verdict == CLOSE:
        yield f"The same within {TOLERANCE:g}: {figures.figures:,} figures, at most {figures.furthest_apart:.1e} apart."
    else:
        yield f"Not the same: {figures.off:,} of {figures.figures:,} figures are more than {TOLERANCE:g} apart."
    if one.touched:
        yield "The rows in the file are not those it was kept with: somebody changed them."
    if one.stray:
        yield f"{printable(one.stray)} beside it is of another run, or was changed."
    yield from _changes(one)
    yield from _furthest(figures.furthest)


def _changes(one: Replayed) -> Iterator[str]:
    if not one.changes:
        if one.verdict != SAME:
            yield "Program, tables, libraries and processor are those it was made with."
        return
    yield f"{'Not as it was':<40}{'then':<{LONGEST + 2}}now"
    for change in one.changes:
        yield f"  {printable(change.what):<38}{_short(change.kept):<{LONGEST + 2}}{_short(change.now)}"


def _furthest(figures: Sequence[Off]) -> Iterator[str]:
    if not figures:
        return
    yield f"{'Furthest off':<62}{'kept':>16}{'now':>16}"
    for off in figures[:SHOWN]:
        label = " ".join([*map(printable, off.where.values()), off.figure])
        yield f"  {label:<60}{_figure(off.kept):>16}{_figure(off.now):>16}"
    if len(figures) > SHOWN:
        yield "  --format json names more."


def _short(text: str | None) -> str:
    """A digest by its beginning; a dash where there was none."""
    told = printable(text) if text else "-"
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 3]}..."


def _figure(value: float) -> str:
    return "-" if value != value else f"{value:.9g}"
