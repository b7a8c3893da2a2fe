"""The outcomes that the page shows: all that has to be computed when a lever moves."""

from __future__ import annotations

from simulator.outcomes.bargain import BARGAIN
from simulator.outcomes.metrics import OTHER_FUELS, SHORTFALL, SUBSIDY

METRICS = (
    "import_bill_usd_bn/total",
    "brent_usd_bbl",
    "landed_cost_usd_bbl/total",
    "imports_kbd/total",
    "share/group",
    "discount_usd_bbl/stream",
    "unmet_kbd/buyer",
    "stock_draw_kbd/buyer",
    "replacement_kbd/country",
    "seller_revenue_usd_bn/group",
    SUBSIDY,
    SHORTFALL,
    OTHER_FUELS,
    *BARGAIN,
)
"""As `metric` or `metric/by`, in the words of the result table."""
