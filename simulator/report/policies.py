"""One sentence each on threats, promises to buy and promises to buy other fuels."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simulator.report.wording import number, signed
from simulator.results import HORIZON, Results, Row


def sentences(results: Results) -> Iterator[str]:
    """What the screen says about policies beside the market: nothing where the scenario has none."""
    rows = {(row.metric, row.item): row for row in results.rows if row.month == HORIZON and row.by != "buyer"}
    if ("comply_cost_usd_bn", "total") in rows:
        yield _threat({metric: row for (metric, item), row in rows.items() if item == "total"})
    promised = [row for (metric, _), row in rows.items() if metric == "commitment_subsidy_usd_bbl"]
    if promised:
        missed = [row for (metric, _), row in rows.items() if metric == "commitment_shortfall_kbd"]
        yield _promise(promised, missed)
    if ("energy_commitment_usd_bn", "total") in rows:
        yield _energy(rows["energy_commitment_usd_bn", "total"])


def _threat(rows: dict[str, Row]) -> str:
    comply, defy = rows["comply_cost_usd_bn"], rows["defy_cost_usd_bn"]
    enforcement, rate = rows["breakeven_enforcement"], rows["breakeven_rate"]
    never = number(100 * rows["share_without_breakeven"].mean, 0)
    return (
        f"Secondary tariff, a year: complying costs {number(comply.mean, 0)} bn USD ({_band(comply)}), defying "
        f"{number(defy.mean, 0)} ({_band(defy)}). Complying becomes cheaper at "
        f"{_from('an', 'enforcement', enforcement)} and at {_from('a', 'rate', rate)}; {never} % of draws have no such "
        f"rate. The least_cost response is a benchmark, not a prediction."
    )


def _promise(promised: list[Row], missed: list[Row]) -> str:
    """Streams of one promise carry the same subsidy and are named together."""
    parts = []
    for figures in dict.fromkeys((row.mean, row.p05, row.p95) for row in promised):
        named = [row.item for row in promised if (row.mean, row.p05, row.p95) == figures]
        mean, low, high = (number(figure, 1) for figure in figures)
        parts.append(f"{mean} USD/bbl ({low} to {high}) for {' and '.join(named)}")
    short = number(sum(row.mean for row in missed), 0)
    return f"Purchase commitment, implicit subsidy: {', '.join(parts)}; shortfall {short} kb/d."


def _energy(row: Row) -> str:
    band = f"{signed(row.p05, 1)} to {signed(row.p95, 1)}"
    return f"Energy commitment: {signed(row.mean, 1)} bn USD ({band}) against its alternative, not in the bill."


def _band(row: Row) -> str:
    return f"{number(row.p05, 0)} to {number(row.p95, 0)}"


def _from(article: str, noun: str, row: Row) -> str:
    """Where complying becomes cheaper, in the median draw and the 90 % band; some draws may have no such point."""
    low, mid, high = ("none" if math.isnan(value) else number(100 * value, 1) for value in (row.p05, row.p50, row.p95))
    median = f"no {noun} in the median draw" if math.isnan(row.p50) else f"{article} {noun} of {mid} %"
    return f"{median} ({low} to {high})"
