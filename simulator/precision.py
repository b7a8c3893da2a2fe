"""Are the draws enough? How well each figure is known, from the draws themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.scenario import DEFAULT_SAMPLING

if TYPE_CHECKING:
    from simulator.results import Results

HEADLINES = {
    "Brent": ("brent_usd_bbl", "total", "total"),
    "import bill": ("import_bill_usd_bn", "total", "total"),
}
"""The outcomes a run is asked for first, over the horizon."""
ENOUGH_SHARE = 0.05
"""Draws are enough where the standard errors of both ends of a band are below this part of its width.

With normal outcomes 5 % of the width is 0.16 standard deviations: a limit that far off leaves 3.5 or 6.9 % of the
draws beyond it instead of 5, so a band said to hold 90 % holds 88 to 92. Some 165 draws of a normal outcome do it.
"""
ROUNDING = 1e-9
COLUMNS = ("metric", "by", "item", "month", "se_mean", "se_p05", "se_p50", "se_p95")


@dataclass(frozen=True)
class Precision:
    """Standard errors of the figures of one row of the result table, in the row's unit; NaN where there are none."""

    metric: str
    by: str
    item: str
    month: str
    se_mean: float
    se_p05: float
    se_p50: float
    se_p95: float


@dataclass(frozen=True)
class Ends:
    """How well the ends of the band of one headline outcome are known: standard errors and the band's width."""

    se_p05: float
    se_p95: float
    width: float

    @property
    def share(self) -> float:
        """The larger standard error as a part of the width."""
        return max(self.se_p05, self.se_p95) / self.width


@dataclass(frozen=True)
class Check:
    """Whether the draws of a run are enough.

    ends : headline outcomes that have a band, by name   draws : those that count
    sampling : where they come from; where they fill the space evenly, errors reckoned as for independent draws are
        upper bounds
    """

    ends: Mapping[str, Ends]
    draws: int
    sampling: str

    @property
    def upper_bound(self) -> bool:
        """Whether the errors are upper bounds."""
        return self.sampling != DEFAULT_SAMPLING

    @property
    def enough(self) -> bool:
        """Whether every headline outcome is known well enough."""
        return all(one.share < ENOUGH_SHARE for one in self.ends.values())

    @property
    def needed(self) -> int:
        """Draws that would do, two digits of them.

        Notes
        -----
        Standard errors fall by 1/sqrt(n).

        >>> Check({"Brent": Ends(0.1, 0.3, 4.0)}, 256, "monte_carlo").needed
        580
        """
        exact = self.draws * (max(one.share for one in self.ends.values()) / ENOUGH_SHARE) ** 2
        digit = 10.0 ** max(math.floor(math.log10(exact)) - 1, 0)
        return int(math.ceil(exact / digit) * digit)

    def document(self) -> dict[str, object]:
        """The JSON form."""
        return {
            "enough": self.enough,
            "draws_needed": self.needed,
            "largest_share_of_width": max(one.share for one in self.ends.values()),
            "allowed_share_of_width": ENOUGH_SHARE,
            "upper_bound": self.upper_bound,
        }


def check(results: Results) -> Check | None:
    """Whether the draws of a run are enough for its headline outcomes; None where none of them has a band."""
    found = {(one.metric, one.by, one.item): one for one in results.errors if one.month == "horizon"}
    ends = {}
    for name, key in HEADLINES.items():
        if key not in found:
            continue
        row, error = results.get(*key), found[key]
        if row.p95 - row.p05 > ROUNDING * abs(row.p50):
            ends[name] = Ends(error.se_p05, error.se_p95, row.p95 - row.p05)
    sampling = results.manifest.get("sampling", DEFAULT_SAMPLING)
    return Check(ends, results.draws - results.unconverged, sampling) if ends else None
