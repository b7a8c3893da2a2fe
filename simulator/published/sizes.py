"""Sizes of single effects: reserves filled and released, a duty on American crude, output lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.outcomes.bargain import (
    REFERENCE_DIVERSION_SHARE,
    REFERENCE_EXPORTS_USD_BN,
    REFERENCE_GDP_USD_BN,
    REFERENCE_TOTAL_USD_BN,
    Threat,
    lost_income_usd_bn,
)
from simulator.outcomes.horizon import Key
from simulator.published.answers import Answers, exact, over_draws
from simulator.published.monthly import BRENT, monthly, scenario

Array = NDArray[np.float64]

US_FLOW: Key = ("flow_kbd", "buyer_group", "china:us")
OUTPUT: Key = ("gdp_effect_pct", "total", "total")
DAYS_A_MONTH = 365.0 / 12.0
TARIFFS = {"size.tariff_104": (0.0, 1.04), "size.tariff_125": (0.0, 1.25), "size.tariff_15_60": (0.15, 0.60)}
"""Total rates, before and after, on the exports of 2024."""


def reserves(draws: int, seed: int) -> Answers:
    """What filling Chinese reserves does to the world price, %, and releasing American ones, USD/bbl downwards."""
    found: Answers = {}
    for mb in (9, 19):
        filling = scenario("reserves_filled", {"shocks.0.rate_kbd": 1e3 * mb / DAYS_A_MONTH})
        run = monthly(filling, (BRENT,), draws, seed)
        rise = run.mean(BRENT, run.months[0], run.months[-1]) / run.base[BRENT].mean() - 1.0
        found[f"size.fill_{mb}"] = over_draws(100.0 * rise)
    for kbd in (1000, 1330):
        run = monthly(scenario("reserves_released", {"shocks.0.rate_kbd": kbd}), (BRENT,), draws, seed)
        found[f"size.release_{kbd}"] = over_draws(-run.change(BRENT).mean(axis=1))
    return found


def duty(draws: int, seed: int) -> Answers:
    """American crude in China's second year under a levy of 10 %, against a second year without one, %."""
    flows = []
    for lifted in (-0.10, -0.20):
        run = monthly(scenario("us_crude_duty", {"shocks.0.rate": lifted}), (US_FLOW,), draws, seed)
        flows.append(run.mean(US_FLOW, run.months[12], run.months[-1]))
    return {"size.us_duty": over_draws(100.0 * (flows[0] / flows[1] - 1.0))}


def output(draws: int, seed: int) -> Answers:
    """China's output when oil is 20 USD dearer, %: the effect in a run, in proportion to its price rise."""
    run = monthly(scenario("dearer_oil"), (BRENT, OUTPUT), draws, seed)
    return {"size.gdp_20": over_draws(20.0 * run.values[OUTPUT].mean(axis=1) / run.change(BRENT).mean(axis=1))}


def tariffs() -> Answers:
    """What American tariffs on all goods cost China's output, %."""
    return {
        name: exact(-100.0 * (_lost_share(after) - _lost_share(before))) for name, (before, after) in TARIFFS.items()
    }


def _lost_share(rate: float) -> float:
    """Part of output lost at a total rate."""
    one = np.ones(1)
    threat = Threat(
        exports_usd_bn=REFERENCE_EXPORTS_USD_BN * one,
        total_exports_usd_bn=REFERENCE_TOTAL_USD_BN,
        gdp_usd_bn=REFERENCE_GDP_USD_BN,
        existing_rate=0.0 * one,
        added_rate=rate * one,
        diversion_share=REFERENCE_DIVERSION_SHARE * one,
        enforcement_probability=one,
    )
    return float(lost_income_usd_bn(threat)[0]) / REFERENCE_GDP_USD_BN


def gdp_usd_bn() -> float:
    """China's output a year, bn USD."""
    (row,) = datasets.table("china_economy").where(item="gdp_usd_bn")
    return float(row["value"])
