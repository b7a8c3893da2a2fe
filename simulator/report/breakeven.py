"""At what threat giving in becomes cheaper: rate and enforcement, by who threatens and with how much."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.bands import LEVELS
from simulator.errors import InputError, Problem
from simulator.outcomes.bargain import (
    Bargain,
    breakeven_probability,
    breakeven_rate,
    lost_income_usd_bn,
    order_statistics,
)
from simulator.report.rows import as_csv
from simulator.report.wording import number
from simulator.results import Results

RATES = (0.25, 1.0, 5.0)
QUANTILES = ("p05", "p50", "p95")

Line = dict[str, Any]


def breakeven(results: Results) -> list[Line]:
    """One line per figure: coalition, added rate, metric, quantiles over draws, share of draws without a value.

    Quantiles are values of draws; None where one falls among draws that have no break-even.

    Raises
    ------
    InputError : nobody is threatened in the scenario.
    """
    if results.bargain is None:
        problem = Problem(results.scenario, "has no secondary_tariff: there is nothing to break even with")
        raise InputError([problem])
    return list(_lines(results.bargain))


def _lines(bargain: Bargain) -> Iterator[Line]:
    cost = bargain.comply_cost_usd_bn
    yield _line("", None, "comply_cost_usd_bn", cost)
    asked = float(np.median(bargain.threat.added_rate))
    for coalition, threat in bargain.threats.items():
        yield _line(coalition, None, "breakeven_rate", breakeven_rate(threat, cost))
        for rate in sorted({*RATES, asked}):
            here = replace(threat, added_rate=np.full_like(threat.added_rate, rate))
            yield _line(coalition, rate, "defy_cost_if_enforced_usd_bn", lost_income_usd_bn(here))
            yield _line(coalition, rate, "breakeven_enforcement", breakeven_probability(here, cost))


def _line(coalition: str, rate: float | None, metric: str, values: np.ndarray) -> Line:
    known = order_statistics(values, LEVELS)
    figures = {name: None if np.isnan(value) else value for name, value in zip(QUANTILES, known, strict=True)}
    return {
        "coalition": coalition,
        "rate": rate,
        "metric": metric,
        **figures,
        "share_without": float(np.mean(~np.isfinite(values))),
    }


def as_text(results: Results, form: str) -> str:
    """The lines as table, CSV or JSON."""
    lines = breakeven(results)
    if form == "json":
        told = {"schema": 1, "scenario": results.scenario, "draws": results.draws, "manifest": results.manifest}
        return json.dumps({**told, "rows": lines})
    if form == "csv":
        return as_csv(lines)
    return "\n".join(_screen(results, lines))


def _screen(results: Results, lines: list[Line]) -> Iterator[str]:
    cost = lines[0]
    yield f"{results.scenario} · {results.draws:,} draws · 5, 50, 95 % of draws, a year"
    yield ""
    yield f"Complying costs China {_band(cost, 1)} bn USD a year for its oil."
    yield ""
    yield f"{'who':<12}{'rate':>8}   {'defying costs, bn USD':<26}{'break-even enforcement':<28}{'never':>6}"
    for coalition in dict.fromkeys(line["coalition"] for line in lines[1:]):
        own = [line for line in lines if line["coalition"] == coalition]
        for rate in dict.fromkeys(line["rate"] for line in own if line["rate"] is not None):
            loss, chance = (line for line in own if line["rate"] == rate)
            shown = f"{_band(chance, 1, 100)} %"
            never = f"{number(100 * chance['share_without'], 0)} %"
            yield f"{coalition:<12}{f'{100 * rate:g} %':>8}   {_band(loss, 0):<26}{shown:<28}{never:>6}"
        (rate,) = (line for line in own if line["metric"] == "breakeven_rate")
        none = number(100 * rate["share_without"], 0)
        yield f"{coalition:<12}{'':>8}   break-even rate {_band(rate, 1, 100)} %, none in {none} %"
    yield ""
    yield "Break-even counts oil alone, not what yielding itself costs a state (yield_cost_usd_bn)."
    yield "It is a benchmark, not a forecast: states that were threatened have held out at a loss."


def _band(line: Line, digits: int, scale: float = 1.0) -> str:
    low, mid, high = ("never" if line[q] is None else number(scale * line[q], digits) for q in QUANTILES)
    return f"{mid} ({low} to {high})"
