"""Checks of the 2025 baseline against what is published: import shares, customs volumes, customs prices.

China's trade is known on two bases that must not be mixed. Physical: true barrels by true origin
(`flows_2025`). Declared: what customs print, tonnes at 7.3 barrels by declared origin (`customs_2025`). These
functions walk from one to the other and return plain rows; nothing in the model depends on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.datasets import Row, table, vocabulary
from simulator.units import customs_kbd

BASE = "2025"
OUTSIDE_CUSTOMS = "outside_customs"
REST = "unidentified"
"""Origins that customs figures do not name one by one are booked here on both bases."""


def import_shares(china_kbd: Mapping[str, float] | None = None) -> list[Row]:
    """Flow and share of China's imports by group of origins, physical basis, with the total last.

    `china_kbd`: kb/d by stream, 0 or more; by default China's column of `flows_2025`.
    Rows: item, kbd, share (0-1).
    """
    flows = china_flows() if china_kbd is None else china_kbd
    words = vocabulary()
    total = sum(flows.values())
    rows: list[Row] = []
    for group in words.groups:
        kbd = sum(flows.get(stream, 0.0) for stream in words.expand_streams([group]))
        rows.append({"item": group, "kbd": kbd, "share": kbd / total})
    return [*rows, {"item": "total", "kbd": total, "share": 1.0}]


def customs_bridge() -> list[Row]:
    """From physical imports to customs imports by origin, kb/d, with the total last.

    Rows: origin, physical_kbd, density_kbd, venezuelan_blend_kbd, relabelling_kbd, unexplained_kbd,
    customs_kbd; physical plus the four steps is customs. Density is the step from true barrels to 7.3 a tonne
    for crude declared under its own flag; crude under another flag is taken at the volume its label declares.
    """
    declared = {row["country"]: float(row["customs_kbd"]) for row in table("customs_2025").rows}
    hidden = {row["country"] for row in table("relabelling").rows}
    steps: dict[str, Row] = {}
    for country in vocabulary().countries:
        origin = country if country in declared or country in hidden else REST
        row = steps.setdefault(origin, _no_steps(origin, declared.get(origin, 0.0)))
        for step, kbd in _steps_of(country).items():
            row[step] += kbd
    rows = [_closed(steps[origin]) for origin in vocabulary().countries if origin in steps]
    total = _no_steps("total", 0.0)
    for step in list(total)[1:]:
        total[step] = sum(row[step] for row in rows)
    return [*rows, total]


def price_anchors() -> list[Row]:
    """Both price anchors of each origin in 2025, USD/bbl: customs unit value and quotes, and their gap.

    Rows: origin, customs_usd_bbl, customs_vs_brent_usd_bbl (unit value less the year's Brent),
    quoted_vs_brent_usd_bbl, gap_usd_bbl (customs less quotes), used_vs_brent_usd_bbl (what the model takes).
    Means over streams weigh by flow to China. A value is None where there is none; labels that hide another
    origin's crude have no unit value of their own.
    """
    brent = float(table("baselines").where(baseline=BASE)[0]["brent_usd_bbl"])
    borrowed = {row["declared_as"] for row in table("relabelling").rows}
    customs = {row["country"]: float(row["usd_per_bbl"]) for row in table("unit_values_2025").rows}
    rows: list[Row] = []
    for country in vocabulary().countries:
        value = None if country in borrowed else customs.get(country)
        quoted = _mean_price(country, "quoted_vs_brent_usd_bbl")
        if value is None and quoted is None:
            continue
        declared = None if value is None else value - brent
        gap = None if declared is None or quoted is None else declared - quoted
        rows.append(
            {
                "origin": country,
                "customs_usd_bbl": value,
                "customs_vs_brent_usd_bbl": declared,
                "quoted_vs_brent_usd_bbl": quoted,
                "gap_usd_bbl": gap,
                "used_vs_brent_usd_bbl": _mean_price(country, "delivered_vs_brent_usd_bbl"),
            }
        )
    return rows


def china_flows(baseline: str = BASE) -> dict[str, float]:
    """China's imports of a shipped baseline in kb/d by stream; streams without a flow are left out."""
    return {row["stream"]: float(row["kbd"]) for row in table(f"flows_{baseline}").where(buyer="china")}


def _no_steps(origin: str, declared_kbd: float) -> Row:
    return {
        "origin": origin,
        "physical_kbd": 0.0,
        "density_kbd": 0.0,
        "venezuelan_blend_kbd": 0.0,
        "relabelling_kbd": 0.0,
        "unexplained_kbd": 0.0,
        "customs_kbd": declared_kbd,
    }


def _steps_of(country: str) -> dict[str, float]:
    """What one country adds to each step of the bridge, kb/d."""
    flows = china_flows()
    density = {row["stream"]: float(row["barrels_per_tonne"]) for row in table("streams").where(country=country)}
    physical = {stream: flows.get(stream, 0.0) for stream in density}
    moved = table("relabelling")
    away = sum(row["kbd"] for row in moved.where(country=country) if row["declared_as"] != OUTSIDE_CUSTOMS)
    blend = sum(row["kbd"] for row in moved.where(country=country, declared_as=OUTSIDE_CUSTOMS))
    taken = sum(row["kbd"] for row in moved.where(declared_as=country))
    total = sum(physical.values())
    own_share = (total - away - blend) / total if total else 0.0
    weighed = sum(customs_kbd(kbd, density[stream]) for stream, kbd in physical.items())
    return {
        "physical_kbd": total,
        "density_kbd": (weighed - total) * own_share,
        "venezuelan_blend_kbd": -blend,
        "relabelling_kbd": taken - away,
    }


def _closed(row: Row) -> Row:
    """The row with its residual: what the three known steps leave between the two bases."""
    known = row["physical_kbd"] + row["density_kbd"] + row["venezuelan_blend_kbd"] + row["relabelling_kbd"]
    return {**row, "unexplained_kbd": row["customs_kbd"] - known}


def _mean_price(country: str, column: str) -> float | None:
    """Mean of a column of `prices` over a country's streams, weighed by flow to China; None where empty."""
    flows = china_flows()
    prices: dict[str, Any] = {row["stream"]: row[column] for row in table("prices").where(baseline=BASE)}
    known = [
        (flows.get(stream, 0.0), float(prices[stream]))
        for stream in vocabulary().expand_streams([country])
        if prices[stream] is not None
    ]
    weight = sum(kbd for kbd, _ in known)
    return sum(kbd * price for kbd, price in known) / weight if weight else None
