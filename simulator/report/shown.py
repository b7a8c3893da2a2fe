"""Which outcomes people are shown first, and with how many decimals: on the screen, side by side, and in the report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulator.axes import GROUPS
from simulator.results import HORIZON, Results, Row


class Shown(NamedTuple):
    """A row of the result table as people see it: its figures times `factor`, with so many decimals."""

    metric: str
    by: str
    item: str
    digits: int
    factor: float = 1.0


COSTS = (
    Shown("import_bill_usd_bn", "total", "total", 1),
    Shown("landed_cost_usd_bbl", "total", "total", 2),
    Shown("brent_usd_bbl", "total", "total", 2),
    Shown("imports_kbd", "total", "total", 0),
    Shown("unmet_kbd", "buyer", "china", 0),
    Shown("tariff_revenue_usd_bn", "total", "total", 2),
)
FIRST_COSTS = COSTS[:4]
"""What a table of many scenarios has room for."""
STOCK_DRAW = Shown("stock_draw_kbd", "buyer", "china", 0)
SHARES = tuple(Shown("share", "group", group, 1, 100.0) for group in GROUPS)
DISCOUNT_STREAMS = ("russia_espo_kozmino", "russia_urals", "iran_light", "venezuela_merey")
DISCOUNTS = tuple(Shown("discount_usd_bbl", "stream", stream, 1) for stream in DISCOUNT_STREAMS)
EXTREMES = (Shown("brent_usd_bbl", "total", "total", 1), STOCK_DRAW, Shown("unmet_kbd", "buyer", "china", 0))
"""Whose months furthest from the baseline are named."""
REPLACEMENTS_SHOWN = 8
LEAST_REPLACED_KBD = 0.5
"""A smaller change of a country's sales to China reads as none."""


def replaced(results: Results) -> list[Row]:
    """The countries whose sales to China change over the horizon, the largest change first."""
    rows = (r for r in results.rows if (r.metric, r.by, r.month) == ("replacement_kbd", "country", HORIZON))
    return sorted((r for r in rows if abs(r.mean) >= LEAST_REPLACED_KBD), key=lambda r: -abs(r.mean))


def from_loss_to_gain(rows: Iterable[Row]) -> list[Row]:
    """Rows in the order in which changes are shown: the largest loss first, the largest gain last."""
    return sorted(rows, key=lambda r: r.mean)
