"""Simulated against published odds of disruptions: as table, CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from simulator.manifest import origin
from simulator.published.futures import STRAIT, Odds
from simulator.report.rows import as_csv


def as_text(found: Sequence[Odds], draws: int, seed: int, form: str) -> str:
    """The odds as table, CSV or JSON."""
    rows = [{**vars(one), "within_two_standard_errors": one.within} for one in found]
    if form == "json":
        told = {"schema": 1, "draws": draws, "seed": seed, "manifest": origin(draws=draws, seed=seed)}
        return json.dumps({**told, "rows": rows})
    if form == "csv":
        return as_csv(rows)
    return "\n".join(_screen(found, draws, seed))


def _screen(found: Sequence[Odds], draws: int, seed: int) -> Iterator[str]:
    yield f"At least one in ten years · {draws:,} futures, seed {seed}"
    yield ""
    yield f"{'net loss, kb/d':<22}{'months':>8}{'simulated':>11}{'published':>11}{'2 s.e.':>8}"
    for one in found:
        kind = f"{one.loss_kbd:,.0f}" + (" at a strait" if one.check.startswith(STRAIT) else " and more")
        months = "any" if one.check.startswith(STRAIT) else str(one.months)
        mark = "" if one.within else "  outside"
        figures = f"{one.simulated:>11.4f}{one.published:>11.2f}{2 * one.standard_error:>8.4f}"
        yield f"{kind:<22}{months:>8}{figures}{mark}"
