"""The answer with its labels back on: rows, what drove them, and where they come from."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.keeping import write_texts
from simulator.outcomes.bargain import Bargain
from simulator.precision import COLUMNS as ERRORS
from simulator.precision import Precision, check

if TYPE_CHECKING:
    import pandas
    import xarray

Array = NDArray[np.float64]

SCHEMA = 1
HORIZON = "horizon"
LABELS = ("metric", "by", "item", "month")
FIGURES = ("baseline", "mean", "p05", "p50", "p95")
COLUMNS = (*LABELS, *FIGURES)
NEVER = ("breakeven_rate", "breakeven_enforcement")
"""Outcomes that can be out of reach: infinite in a draw, null where a quantile falls there."""
HORIZON_ONLY = (
    *NEVER,
    "comply_cost_usd_bn",
    "defy_cost_usd_bn",
    "comply_probability",
    "share_without_breakeven",
    "energy_commitment_usd_bn",
)


@dataclass(frozen=True)
class Row:
    """One outcome of one month (or of the horizon): baseline, mean and 5, 50, 95 % points; NaN where there is
    no such value."""

    metric: str
    by: str
    item: str
    month: str
    baseline: float
    mean: float
    p05: float
    p50: float
    p95: float


@dataclass(frozen=True)
class Driver:
    """How much of an outcome's band one uncertain number explains.

    share is the squared rank correlation over the draws, 0-1: exact where the outcome moves one way and the
    numbers are independent; where it is small it is known to about 4 over the number of draws. standing is the
    number's own, `scenario` where the user gave the range.
    """

    outcome: str
    name: str
    share: float
    standing: str


@dataclass(frozen=True)
class Results:
    """What a run found.

    rows follow the result table of the interface; `drivers` name what the bands hang on; `manifest` says how to
    get the same numbers again.
    """

    scenario: str
    baseline: str
    months: tuple[str, ...]
    draws: int
    unconverged: int
    manifest: dict[str, Any]
    rows: tuple[Row, ...]
    drivers: tuple[Driver, ...] = ()
    bargain: Bargain | None = None
    errors: tuple[Precision, ...] = ()

    @property
    def precision(self) -> pandas.DataFrame:
        """Standard errors of the rows as a pandas table, from the draws themselves; empty with one draw."""
        import pandas

        return pandas.DataFrame([[getattr(e, name) for name in ERRORS] for e in self.errors], columns=ERRORS)

    @property
    def table(self) -> pandas.DataFrame:
        """The rows as a pandas table."""
        import pandas

        return pandas.DataFrame([[getattr(row, name) for name in COLUMNS] for row in self.rows], columns=COLUMNS)

    def to_xarray(self) -> xarray.DataArray:
        """The rows as one labelled array over (outcome, month, figure); outcome is `metric/by/item`."""
        table = self.table
        table["outcome"] = table["metric"] + "/" + table["by"] + "/" + table["item"]
        wide = table.set_index(["outcome", "month"])[list(FIGURES)]
        order = [*self.months, HORIZON]
        array = wide.to_xarray().to_dataarray("figure").sel(month=order)
        return array.transpose("outcome", "month", "figure").rename(self.scenario)

    def get(self, metric: str, by: str = "total", item: str = "total", month: str = HORIZON) -> Row:
        """One row; KeyError where there is none."""
        try:
            return self._by_label[metric, by, item, month]
        except KeyError:
            raise KeyError(f"no row {metric} by {by}: {item}, {month}") from None

    @cached_property
    def _by_label(self) -> dict[tuple[str, str, str, str], Row]:
        return {(row.metric, row.by, row.item, row.month): row for row in reversed(self.rows)}

    def document(self) -> dict[str, Any]:
        """The JSON form: all digits, null where a value does not exist; standard errors over the horizon alone.

        The manifest has the digest of the table as well, so that a CSV file can be told to belong to it.
        """
        return self._document(self.csv_lines())

    def _document(self, table: str) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "scenario": self.scenario,
            "baseline": self.baseline,
            "months": list(self.months),
            "draws": self.draws,
            "unconverged": self.unconverged,
            "manifest": {**self.manifest, "table_sha256": text_digest(table)},
            "drivers": [vars(driver) for driver in self.drivers],
            "rows": [{name: _plain(getattr(row, name)) for name in COLUMNS} for row in self.rows],
            "precision_check": known.document() if (known := check(self)) else None,
            "precision": [
                {name: _plain(getattr(e, name)) for name in ERRORS} for e in self.errors if e.month == HORIZON
            ],
        }

    def csv_lines(self, with_scenario: bool = False, header: bool = True) -> str:
        """The rows as CSV; a first column `scenario` where several runs share a table."""
        return csv_text(self.rows, (self.scenario,) if with_scenario else (), header)

    def save(self, folder: Path, stem: str) -> tuple[Path, Path]:
        """Keep table and manifest as `stem.csv` and `stem.json`, put into place together."""
        table, document = kept_names(stem)
        rows = self.csv_lines()
        texts = {table: rows, document: json.dumps(self._document(rows), indent=1)}
        kept = write_texts(folder, texts)
        return kept[0], kept[1]


def kept_names(stem: str) -> tuple[str, str]:
    """The files that `Results.save` writes: table and manifest."""
    return f"{stem}.csv", f"{stem}.json"


def csv_text(rows: Iterable[Row], scenario: tuple[str, ...] = (), header: bool = True) -> str:
    """Rows as CSV, each behind the name of its scenario where one is given."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow((*(("scenario",) if scenario else ()), *COLUMNS))
    for row in rows:
        cells = ("" if cell != cell else cell for cell in vars(row).values())  # NaN alone is unlike itself
        writer.writerow((*scenario, *cells))
    return text.getvalue()


def text_digest(text: str) -> str:
    """sha256 of a text as UTF-8: what its file has."""
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: str | float) -> str | float | None:
    return None if isinstance(value, float) and math.isnan(value) else value
