"""An answer as the page shows it: looked up by what it is, and written with its change and band."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.report import policies
from simulator.report.language import Words
from simulator.report.sentences import extremes, headline, title
from simulator.report.wording import number, signed
from simulator.results import HORIZON, Results, Row

HEADLINES: tuple[tuple[str, int], ...] = (
    ("import_bill_usd_bn", 1),
    ("brent_usd_bbl", 1),
    ("landed_cost_usd_bbl", 1),
    ("imports_kbd", 0),
)
"""The large figures, and their digits."""


@dataclass(frozen=True)
class Figure:
    """One large figure in words: value, change against the baseline, 90 % band, and which way it went."""

    value: str
    change: str
    band: str
    way: str


@dataclass(frozen=True)
class Answer:
    """What a run found, by metric, way of seeing it, item and month.

    moved : whether levers stand elsewhere than in the scenario that gave it its name
    """

    results: Results
    moved: bool = False

    @property
    def cleared(self) -> bool:
        """Whether there is any answer: at least one draw cleared."""
        return self.results.unconverged < self.results.draws

    def row(self, metric: str, by: str = "total", item: str = "total", month: str = HORIZON) -> Row:
        """One row; KeyError where there is none."""
        return self.results.get(metric, by, item, month)

    def months(self, metric: str, by: str = "total", item: str = "total") -> list[Row]:
        """One outcome in each month."""
        return [self.results.get(metric, by, item, month) for month in self.results.months]

    def horizon(self, metric: str, by: str) -> list[Row]:
        """All items of an outcome over the horizon, in the order of the result table."""
        return [row for row in self.results.rows if (row.metric, row.by, row.month) == (metric, by, HORIZON)]

    def figure(self, metric: str, digits: int, told: Words) -> Figure:
        """A large figure over the horizon."""
        row = self.row(metric)
        change = row.mean - row.baseline
        still = abs(change) < 0.5 * 10**-digits
        way = "still" if still or math.isnan(change) else "up" if change > 0 else "down"
        said = told("explorer.unchanged") if way == "still" else told("explorer.change", change=signed(change, digits))
        low, high = number(row.p05, digits), number(row.p95, digits)
        band = "" if low == high else told("explorer.band", low=low, high=high)
        return Figure(number(row.mean, digits), said, band, way)

    def title(self, told: Words) -> str:
        """What was asked: scenario, baseline, months, draws; and that its levers were moved."""
        asked = title(self.results, told)
        return told("explorer.moved", title=asked) if self.moved else asked

    def sentences(self, told: Words) -> Iterator[str]:
        """The answer in sentences, the headline first."""
        yield headline(self.results, told)
        if self.cleared:
            yield extremes(self.results, told)
            yield from policies.sentences(self.results, told)
        if self.results.unconverged:
            count, draws = self.results.unconverged, self.results.draws
            yield told("explorer.stopped", count=count, draws=draws)
