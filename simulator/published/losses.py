"""What losses of oil do to its price: the World Bank's ranges, and estimates of a closed Strait of Hormuz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator import library
from simulator.published.answers import Answers, over_draws
from simulator.published.monthly import BRENT, Monthly, monthly, scenario
from simulator.scenario import Scenario, load_scenario
from simulator.units import WORLD_USE_KBD

Array = NDArray[np.float64]

WORLD_BANK_LOSSES_KBD = {"small": 1250.0, "medium": 4000.0, "large": 7000.0}
DALLAS_CLOSURES = {"2q": "hormuz_closed_2q", "3q": "hormuz_closed_3q"}
"""Shipped scenarios in which the strait is shut for so many quarters."""


def world_bank(draws: int, seed: int) -> Answers:
    """Price rises of a quarter after losses spread over all exporters, %, and the net elasticity they imply."""
    found: Answers = {}
    for name, loss in WORLD_BANK_LOSSES_KBD.items():
        run = _brent(scenario("loss_everywhere", {"shocks.0.loss_kbd": loss}), draws, seed)
        rise = run.mean(BRENT, run.months[0], run.months[-1]) / run.base[BRENT].mean()
        found[f"world_bank.{name}"] = over_draws(100.0 * (rise - 1.0))
        if name == "medium":
            found["world_bank.elasticity"] = over_draws(-np.log1p(-loss / WORLD_USE_KBD) / np.log(rise))
    return found


def hormuz(draws: int, seed: int) -> Answers:
    """Brent in the cases of Goldman Sachs, EIA and the Dallas Fed, and as it turned out, USD/bbl."""
    half = _brent(scenario("hormuz_half_a_month"), draws, seed)
    iran = _brent(scenario("iran_six_months"), draws, seed)
    weeks = {
        name: _brent(scenario(f"hormuz_{name}"), draws, seed).mean(BRENT, "2026-03", "2026-04")
        for name in ("three_weeks", "seven_weeks")
    }
    values = {
        "half_peak": _highest_month(half),
        "half_q4": half.mean(BRENT, "2025-10", "2025-12"),
        "iran_peak": _highest_month(iran),
        "iran_after": iran.mean(BRENT, "2026-01", "2026-12"),
        **weeks,
        **_eia(_brent(scenario("hormuz_easing"), draws, seed)),
    }
    for quarters, name in DALLAS_CLOSURES.items():
        values[f"dallas_{quarters}"] = _highest_quarter(_brent(load_scenario(library.find(name)), draws, seed))
    outcome = _brent(scenario("hormuz_as_it_was"), draws, seed)
    for month in ("03", "04", "05"):
        values[f"outcome_{month}"] = outcome.mean(BRENT, f"2026-{month}", f"2026-{month}")
    return {f"hormuz.{name}": over_draws(brent) for name, brent in values.items()}


def _eia(run: Monthly) -> dict[str, Array]:
    """Quarters of 2026; January and February are those of the baseline."""
    before = np.array([31.0, 28.0]).sum() * run.base[BRENT][0]
    first = (before + 31.0 * run.mean(BRENT, "2026-03", "2026-03")) / 90.0
    later = {
        f"eia_q{quarter}": run.mean(BRENT, f"2026-{3 * quarter - 2:02d}", f"2026-{3 * quarter:02d}")
        for quarter in (2, 3, 4)
    }
    return {"eia_q1": first, **later}


def _brent(asked: Scenario, draws: int, seed: int) -> Monthly:
    return monthly(asked, (BRENT,), draws, seed)


def _highest_month(run: Monthly) -> Array:
    highest: Array = run.values[BRENT].max(axis=1)
    return highest


def _highest_quarter(run: Monthly) -> Array:
    """Highest mean of three months in a row, (draw,)."""
    brent = run.values[BRENT]
    highest: Array = ((brent[:, :-2] + brent[:, 1:-1] + brent[:, 2:]) / 3.0).max(axis=1)
    return highest
