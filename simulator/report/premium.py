"""China's oil import premium: as table, CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from simulator import datasets
from simulator.manifest import origin
from simulator.published.monthly import band
from simulator.published.premium import ChinaPremium
from simulator.report.rows import as_csv

PARTS = {
    "total": "Total",
    "monopsony": "it makes all other imports dearer",
    "disruption_imports": "cost of imports in disruptions",
    "disruption_output": "output lost in disruptions",
}
SCREEN = 100


def lines(found: ChinaPremium) -> list[dict[str, Any]]:
    """One line per part: USD/bbl, 5, 50 and 95 % points over draws."""
    return [
        dict(zip(("part", "p05", "p50", "p95"), (name, *band(getattr(found, name))), strict=True)) for name in PARTS
    ]


def as_text(found: ChinaPremium, baseline: str, draws: int, seed: int, form: str) -> str:
    """The premium as table, CSV or JSON."""
    if form == "json":
        kinds = [vars(kind) for kind in found.kinds]
        told = {"schema": 1, "baseline": baseline, "draws": draws, "kinds": kinds}
        return json.dumps({**told, "manifest": origin(baseline, draws=draws, seed=seed), "rows": lines(found)})
    if form == "csv":
        return as_csv(lines(found))
    return "\n".join(_screen(found, baseline, draws))


def _screen(found: ChinaPremium, baseline: str, draws: int) -> Iterator[str]:
    yield f"What a further barrel of China's imports costs beyond its price · baseline {baseline} · {draws:,} draws"
    yield ""
    yield f"{'USD/bbl':<38}{'median':>8}   90 % band"
    for one in lines(found):
        yield f"{PARTS[one['part']]:<38}{one['p50']:>8.1f}   {one['p05']:.1f} to {one['p95']:.1f}"
    yield ""
    yield "Disruptions counted (net of spare capacity)"
    yield f"{'mean loss, kb/d':>16}{'a year':>9}{'months':>8}   Brent while it lasts, USD/bbl"
    for number, kind in enumerate(found.kinds):
        low, middle, high = band(found.rise_usd_bbl[:, number])
        rise = f"+{middle:.1f} ({low:.1f} to {high:.1f})"
        yield f"{kind.loss_kbd:>16,.0f}{kind.per_year:>9.3f}{kind.months:>8}   {rise}"
    yield ""
    yield "Assumptions beside the engine"
    table = datasets.table("premium_assumptions")
    for row in table.rows:
        yield f"  {row['value']:g} {row['unit']}: {row['meaning']} ({row['standing']}: {row['source']})"
    yield from (f"  {caveat}" for caveat in table.meta["caveats"])
    yield "  Prices are those of the third year after China's need falls: not a long run of decades."
