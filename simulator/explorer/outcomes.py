"""The outcomes that the page shows: all that has to be computed when a lever moves."""

from __future__ import annotations

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
    "commitment_subsidy_usd_bbl",
    "commitment_shortfall_kbd",
    "energy_commitment_usd_bn",
    "comply_cost_usd_bn",
    "defy_cost_usd_bn",
    "comply_probability",
    "breakeven_rate",
    "breakeven_enforcement",
    "share_without_breakeven",
)
"""As `metric` or `metric/by`, in the words of the result table."""
