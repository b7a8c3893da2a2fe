"""What an outcome is, and which of them a caller wants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BILL, VOLUME, LANDED = "import_bill_usd_bn", "imports_kbd", "landed_cost_usd_bbl"
SHARES = ("share", "share_declared", "sanctioned_share", "hormuz_share", "malacca_share")
"""Metrics whose mean over months is weighted by imports."""


@dataclass(frozen=True)
class Outcome:
    """One metric seen one way: values (draw, item); NaN where a draw has no such value."""

    metric: str
    by: str
    items: tuple[str, ...]
    values: Array


@dataclass(frozen=True)
class Wanted:
    """The metrics a caller wants: names as `share` (seen every way) or `share/group`; None: all of them."""

    names: frozenset[str] | None = None

    def keeps(self, metric: str, by: str) -> bool:
        """Whether the caller gets to see this metric, seen this way."""
        return self.names is None or metric in self.names or f"{metric}/{by}" in self.names

    def needs(self, metric: str, by: str) -> bool:
        """Whether it has to be known each month: wanted itself, or what the horizon of a wanted one is made of.

        Landed cost over the horizon is bill over volume; shares are means by imports.
        """
        if self.keeps(metric, by) or (metric in (BILL, VOLUME) and self.keeps(LANDED, by)):
            return True
        weighs = (metric, by) == (VOLUME, "total")
        return weighs and any(name.partition("/")[0] in SHARES for name in self.names or ())


EVERYTHING = Wanted()
