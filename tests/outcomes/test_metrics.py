"""Asking for some metrics gives the figures of the full run, to the last bit, and no others."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simulator.blocks import BlockRun, prepare, run_block
from simulator.errors import InputError
from simulator.inputs.draws import Block
from simulator.outcomes.metrics import known_metrics, wanted_metrics
from simulator.scenario import load_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DRAWS, MONTHS = 40, 3


@cache
def found(scenario: str, metrics: frozenset[str] | None = None) -> BlockRun:
    asked = load_scenario(SCENARIOS / f"{scenario}.yaml", set={"months": MONTHS})
    return run_block(prepare(asked, metrics=metrics), Block(seed=3, first=0), DRAWS)


def columns(run: BlockRun, names: frozenset[str]) -> list[int]:
    keys = run.after.keys
    return [n for n, (metric, by, _) in enumerate(keys) if metric in names or f"{metric}/{by}" in names]


CHOICES = (
    {"brent_usd_bbl"},
    {"import_bill_usd_bn/total"},
    {"landed_cost_usd_bbl/total"},
    {"landed_cost_usd_bbl/segment", "flow_kbd/buyer_group"},
    {"share/group"},
    {"share_declared", "replacement_kbd"},
    {"malacca_share", "hhi"},
    {"stock_mb", "days_of_cover", "fob_usd_bbl"},
    {"bill_change_usd_bn"},
    {"unmet_kbd", "seller_revenue_usd_bn/country", "discount_value_usd_bn"},
    {"flow_kbd/buyer_stream", "gdp_effect_pct"},
    {"commitment_subsidy_usd_bbl", "energy_commitment_usd_bn"},
    {"comply_cost_usd_bn"},
    {"breakeven_rate", "imports_kbd"},
    set(known_metrics()),
)


@pytest.mark.parametrize("scenario", ["iran_offline", "secondary_tariff_100_us", "grand_bargain", "alaska_energy_deal"])
@pytest.mark.parametrize("metrics", CHOICES, ids=lambda names: min(names) if len(names) < 9 else "all")
def test_wanted_columns_are_those_of_the_full_run(scenario: str, metrics: set[str]) -> None:
    full, some = found(scenario), found(scenario, frozenset(metrics))

    wanted = columns(full, frozenset(metrics))

    assert some.after.keys == tuple(full.after.keys[n] for n in wanted)
    np.testing.assert_array_equal(some.after.values, full.after.values[:, :, wanted])
    np.testing.assert_array_equal(some.before, full.before[:, :, wanted])
    np.testing.assert_array_equal(some.converged, full.converged)


def test_every_metric_a_run_can_have_is_known() -> None:
    seen = {
        (metric, by)
        for scenario in ("secondary_tariff_100_us", "grand_bargain", "alaska_energy_deal")
        for metric, by, _ in found(scenario).after.keys
    }

    assert seen == {(metric, by) for metric, ways in known_metrics().items() for by in ways}


def test_unknown_metrics_are_all_refused_at_once_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as caught:
        wanted_metrics(["brent_usd_bll", "share/groop", "share/country", "x"], key="--metric")

    first, second, third = (str(problem) for problem in caught.value.problems)
    assert first.startswith(
        "--metric: there is no such metric (given brent_usd_bll; allowed brent_usd_bbl, fob_usd_bbl"
    )
    assert first.endswith("did you mean brent_usd_bbl?)")
    assert second == (
        "--metric: share is not seen that way (given share/groop; allowed share/stream, share/group, share/country, "
        "share/segment; did you mean share/group?)"
    )
    assert third.startswith("--metric: there is no such metric (given x") and "did you mean" not in third
