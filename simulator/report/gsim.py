"""The answer to a tariff case: as tables, CSV or JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from simulator.manifest import origin
from simulator.published.gsim import Case, Response
from simulator.report.rows import as_csv

METRICS = ("world_price_change", "composite_price_change", "delivered_price_change", "flow_change")
COLUMNS = ("metric", "exporter", "importer", "value")

Line = dict[str, Any]


def lines(case: Case, found: Response) -> list[Line]:
    """One line per figure: relative changes, None where nothing is traded."""
    rows: list[Line] = []
    for r, exporter in enumerate(case.exporters):
        rows.append(_line("world_price_change", exporter, None, found.world_price[r]))
    for v, importer in enumerate(case.importers):
        rows.append(_line("composite_price_change", None, importer, found.composite_price[v]))
    for metric, matrix in (("delivered_price_change", found.delivered_price), ("flow_change", found.flow)):
        for r, exporter in enumerate(case.exporters):
            rows += [_line(metric, exporter, importer, matrix[r, v]) for v, importer in enumerate(case.importers)]
    return rows


def _line(metric: str, exporter: str | None, importer: str | None, value: float) -> Line:
    known = None if math.isnan(value) else float(value)
    return {"metric": metric, "exporter": exporter, "importer": importer, "value": known}


def as_text(case: Case, found: Response, form: str) -> str:
    """The answer as table, CSV or JSON."""
    if form == "json":
        return json.dumps({"schema": 1, "case": case.name, "manifest": origin(), "rows": lines(case, found)})
    if form == "csv":
        return as_csv(lines(case, found))
    return "\n".join(_screen(case, found))


def _screen(case: Case, found: Response) -> Iterator[str]:
    wide = max(len(name) for name in (*case.exporters, *case.importers, "exporter")) + 2
    yield f"{case.name} · relative changes to first order"
    yield ""
    yield f"{'exporter':<{wide}}{'world price':>12}"
    for name, value in zip(case.exporters, found.world_price, strict=True):
        yield f"{name:<{wide}}{_shown(value, 4):>12}"
    yield ""
    yield f"{'importer':<{wide}}{'its basket':>12}"
    for name, value in zip(case.importers, found.composite_price, strict=True):
        yield f"{name:<{wide}}{_shown(value, 4):>12}"
    yield ""
    yield "Change of quantities; rows exporters, columns importers"
    yield " " * wide + "".join(f"{name:>{wide + 2}}" for name in case.importers)
    for name, row in zip(case.exporters, found.flow, strict=True):
        yield f"{name:<{wide}}" + "".join(f"{_shown(value, 3):>{wide + 2}}" for value in row)


def _shown(value: float, digits: int) -> str:
    return "-" if math.isnan(value) else f"{value + 0.0:+.{digits}f}"
