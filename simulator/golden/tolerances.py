"""How far a figure may stray before it counts as moved: one tolerance per metric, with its reason."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from simulator import datasets

TABLE = "tolerances"


@dataclass(frozen=True)
class Tolerance:
    """The largest difference of a metric, in its own unit, that says nothing; and why it is that large."""

    metric: str
    size: float
    reason: str

    @property
    def decimals(self) -> int:
        """Decimals of a table: what is rounded away is at most half a tolerance, mostly a quarter.

        >>> Tolerance("flow_kbd", 0.0005, "").decimals, Tolerance("gdp_effect_pct", 2e-6, "").decimals
        (4, 6)
        """
        return max(0, math.floor(-math.log10(self.size)) + 1)


Tolerances = Mapping[str, Tolerance]


def shipped() -> dict[str, Tolerance]:
    """Those of the data, by metric."""
    rows = datasets.table(TABLE).rows
    return {row["metric"]: Tolerance(row["metric"], row["tolerance"], row["reason"]) for row in rows}
