"""One sentence each on threats, promises to buy and promises to buy other fuels."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simulator.report.language import Words
from simulator.report.wording import number
from simulator.results import HORIZON, Results, Row


def sentences(results: Results, told: Words) -> Iterator[str]:
    """What the screen says about policies beside the market: nothing where the scenario has none."""
    rows = {(row.metric, row.item): row for row in results.rows if row.month == HORIZON and row.by != "buyer"}
    if ("comply_cost_usd_bn", "total") in rows:
        yield _threat({metric: row for (metric, item), row in rows.items() if item == "total"}, told)
    promised = [row for (metric, _), row in rows.items() if metric == "commitment_subsidy_usd_bbl"]
    if promised:
        missed = [row for (metric, _), row in rows.items() if metric == "commitment_shortfall_kbd"]
        yield _promise(promised, missed, told)
    if ("energy_commitment_usd_bn", "total") in rows:
        yield _energy(rows["energy_commitment_usd_bn", "total"], told)


def _threat(rows: dict[str, Row], told: Words) -> str:
    comply, defy = rows["comply_cost_usd_bn"], rows["defy_cost_usd_bn"]
    return told(
        "terminal.threat",
        comply=told.money(comply.mean, 0),
        comply_band=_band(comply, told),
        defy=told.money(defy.mean, 0),
        defy_band=_band(defy, told),
        enforcement=_from("enforcement", rows["breakeven_enforcement"], told),
        rate=_from("rate", rows["breakeven_rate"], told),
        never=number(100 * rows["share_without_breakeven"].mean, 0),
    )


def _promise(promised: list[Row], missed: list[Row], told: Words) -> str:
    """Streams of one promise carry the same subsidy and are named together."""
    parts = []
    for figures in dict.fromkeys((row.mean, row.p05, row.p95) for row in promised):
        named = (told.name("stream", row.item) for row in promised if (row.mean, row.p05, row.p95) == figures)
        mean, low, high = (number(figure, 1) for figure in figures)
        band = told("terminal.low_to_high", low=low, high=high)
        parts.append(told("terminal.promise_part", mean=mean, band=band, streams=told("terminal.and").join(named)))
    short = number(sum(row.mean for row in missed), 0)
    return told("terminal.promise", parts=told("terminal.comma").join(parts), short=short)


def _energy(row: Row, told: Words) -> str:
    mean, low, high = (told.money(value, 1, sign=True) for value in (row.mean, row.p05, row.p95))
    return told("terminal.energy", mean=mean, band=told("terminal.low_to_high", low=low, high=high))


def _band(row: Row, told: Words) -> str:
    return told("terminal.low_to_high", low=told.money(row.p05, 0), high=told.money(row.p95, 0))


def _from(noun: str, row: Row, told: Words) -> str:
    """Where complying becomes cheaper, in the median draw and the 90 % band; some draws may have no such point."""
    none = told("terminal.none")
    low, mid, high = (none if math.isnan(value) else number(100 * value, 1) for value in (row.p05, row.p50, row.p95))
    band = told("terminal.low_to_high", low=low, high=high)
    if math.isnan(row.p50):
        return told(f"terminal.at_no_{noun}", band=band)
    return told(f"terminal.at_{noun}", mid=mid, band=band)
