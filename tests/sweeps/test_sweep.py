"""A point of a sweep is the run of its scenario, to the bit, whoever works and in whatever company."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import run, sweep
from simulator.scenario import load_scenario
from simulator.scenario.load import with_values
from simulator.sweeps.dataset import drawn, idle_levers, open_sweep, tidy
from simulator.sweeps.dataset import draws as draw_table
from tests.sweeps.conftest import FEAR, LOSS, OVER, SCENARIO

FIGURES = ("baseline", "mean", "p05", "p50", "p95")


@pytest.mark.parametrize("draws", [1, 60, 300])
def test_every_point_is_the_run_of_its_scenario(scenario, draws, tmp_path):
    sweep(scenario, over={LOSS: [0.2, 0.7], FEAR: [0.1, 0.4]}, draws=draws, workers=1, store=tmp_path)
    table = tidy(tmp_path)
    alone = run(with_values(scenario, {LOSS: 0.7, FEAR: 0.1}), draws=draws)
    here = table[table["point"] == 2]
    assert set(here[LOSS]) == {0.7} and set(here[FEAR]) == {0.1}
    assert len(here) > 100
    for _, row in here.iterrows():
        other = alone.get(row["metric"], row["by"], row["item"], row["month"])
        expected = [getattr(other, name) for name in FIGURES]
        tolerance = 0.0 if draws > 128 else 1e-9
        np.testing.assert_allclose([row[name] for name in FIGURES], expected, rtol=tolerance, atol=tolerance)


def test_dimensions_are_the_levers_then_month_item_quantile(scenario):
    found = sweep(scenario, over=OVER, draws=4, workers=1)
    assert found["brent_usd_bbl"].dims == (LOSS, FEAR, "month", "item", "quantile")
    assert found[LOSS].values.tolist() == OVER[LOSS]
    assert found["month"].values.tolist() == ["2026-03", "2026-04", "2026-05", "horizon"]
    share = found["share_mean"].sel(month="horizon", item="iran")
    assert np.all(np.diff(share.values, axis=0) < 0)
    total = found["draws"].sel(outcome="import_bill_usd_bn/total/total").mean("draw")
    np.testing.assert_allclose(total, found["import_bill_usd_bn_mean"].sel(month="horizon", item="total"), rtol=1e-12)


def test_words_and_numbers_vary_together(scenario):
    over = {"baseline": ["2025", "early_2026"], "shocks.0.end": ["2026-03", "2026-05"]}
    found = sweep(scenario, over=over, draws=1, workers=1)["brent_usd_bbl_mean"].sel(item="total")
    assert found.sizes["shocks.0.end"] == 2
    short, long = found.sel(month="2026-05", baseline="early_2026").values
    assert short < long


def test_points_off_a_grid_lie_along_one_axis(scenario):
    found = sweep(scenario, over={LOSS: (0.1, 0.9)}, design="sobol", points=4, draws=1, workers=1)
    assert found["brent_usd_bbl"].dims == ("point", "month", "item", "quantile")
    order = np.argsort(found[LOSS].values)
    brent = found["brent_usd_bbl_mean"].sel(month="horizon", item="total").values
    assert np.all(np.diff(brent[order]) > 0)


def test_every_draw_carries_scenario_levers_and_number(scenario, tmp_path):
    sweep(scenario, over=OVER, draws=5, workers=1, store=tmp_path)
    rows = draw_table(tmp_path)
    assert len(rows) == 30
    assert {"scenario", "point", LOSS, FEAR, "draw", "converged", "import_bill_usd_bn/total/total"} <= set(rows.columns)
    assert rows.groupby("point", observed=True)["draw"].apply(list).map(len).eq(5).all()


def test_metrics_are_those_asked_for(scenario):
    found = sweep(scenario, over={LOSS: [0.5]}, draws=1, workers=1, metrics=["share/country/iran", "brent_usd_bbl"])
    assert {name for name in found.data_vars if not name.endswith(("_mean", "_baseline"))} == {
        "share", "brent_usd_bbl", "draws"
    }  # fmt: skip
    assert found["item"].values.tolist() == ["total", "country:iran"]


def test_a_lever_that_moves_nothing_is_found(scenario):
    # No strait is closed here, so pipes round it have nothing to begin; the loss has.
    found = sweep(scenario, over={LOSS: [0.2, 0.8], "parameters.bypass_ramp_months": [1, 6]}, draws=1, workers=1)
    assert idle_levers(found) == ["parameters.bypass_ramp_months"]


def test_break_evens_are_order_statistics_as_in_a_run():
    threat = load_scenario(SCENARIO.with_name("secondary_tariff_100_us.yaml")).with_horizon(2)
    found = sweep(threat, over={"shocks.0.rate": [0.5, 1.0]}, draws=40, workers=1, metrics=["breakeven_enforcement"])
    alone = run(threat, draws=40).get("breakeven_enforcement")
    here = found["breakeven_enforcement"].sel({"shocks.0.rate": 1.0, "month": "horizon", "item": "total"})
    np.testing.assert_allclose(here, [alone.p05, alone.p50, alone.p95], rtol=1e-9)
    assert np.isnan(found["breakeven_enforcement_mean"]).all()
    each = found["draws"].sel({"shocks.0.rate": 1.0, "outcome": "breakeven_enforcement/total/total"})
    assert np.sort(each)[19] == here.sel(quantile=0.5)


def test_the_draws_of_one_point_may_be_shared_out(scenario, monkeypatch):
    whole = sweep(scenario, over={LOSS: [0.3, 0.6]}, draws=600, workers=1)
    monkeypatch.setattr("simulator.sweeps.tasks.BLOCKS_A_TASK", 1)
    assert whole.equals(sweep(scenario, over={LOSS: [0.3, 0.6]}, draws=600, workers=2))


@pytest.mark.parametrize("draws", [1, 3])
def test_a_threshold_of_nothing_and_another_do_not_change_each_other(draws):
    threat = load_scenario(SCENARIO.with_name("secondary_tariff_100_us.yaml")).with_horizon(3)
    lever = "shocks.0.threshold_kbd"
    found = sweep(threat, over={lever: [0, 300]}, draws=draws, workers=1, metrics=["comply_cost_usd_bn"])
    for threshold in (0, 300):
        alone = run(with_values(threat, {lever: threshold}), draws=draws).get("comply_cost_usd_bn")
        here = found["comply_cost_usd_bn_mean"].sel({lever: threshold, "month": "horizon", "item": "total"})
        np.testing.assert_allclose(here, alone.mean, rtol=1e-9)


def test_an_outcome_that_some_points_alone_have_is_kept_where_it_is(scenario):
    promise = {"type": "purchase_commitment", "buyers": ["china"], "streams": ["usa_wti"], "volume_kbd": 20}
    outage = {"type": "supply_outage", "streams": ["iran"], "loss_share": 0.5}
    subsidy = "commitment_shortfall_kbd/stream/usa_wti"
    over = {"shocks.0": [outage, promise]}
    found = sweep(scenario, over=over, draws=1, workers=1, metrics=[subsidy])
    here = found["commitment_shortfall_kbd_mean"].sel(month="horizon", item="stream:usa_wti")
    assert np.isnan(here.values).tolist() == [True, False]


def test_nothing_is_said_of_levers_that_have_not_been_reached(scenario, tmp_path):
    sweep(scenario, over={LOSS: [0.2, 0.8], FEAR: [0.1, 0.4]}, draws=256, workers=1, store=tmp_path, only=[0], months=1)
    assert idle_levers(open_sweep(tmp_path)) == []


def test_draws_are_counted_where_points_are_done(scenario, tmp_path):
    sweep(scenario, over={LOSS: [0.2, 0.8]}, draws=256, workers=1, store=tmp_path, only=[1], months=1)
    assert drawn(tmp_path) == 256
