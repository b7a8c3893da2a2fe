"""Which outcomes people are shown first, and with how many decimals: on the screen, side by side, and in the report."""

from __future__ import annotations

from typing import NamedTuple

from simulator.axes import GROUPS


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
STOCK_DRAW = Shown("stock_draw_kbd", "buyer", "china", 0)
SHARES = tuple(Shown("share", "group", group, 1, 100.0) for group in GROUPS)
DISCOUNT_STREAMS = ("russia_espo_kozmino", "russia_urals", "iran_light", "venezuela_merey")
DISCOUNTS = tuple(Shown("discount_usd_bbl", "stream", stream, 1) for stream in DISCOUNT_STREAMS)
EXTREMES = (Shown("brent_usd_bbl", "total", "total", 1), STOCK_DRAW, Shown("unmet_kbd", "buyer", "china", 0))
"""Whose months furthest from the baseline are named."""
