"""Curves through the base month: exact in every draw, with that draw's elasticities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator import datasets
from simulator.axes import BUYERS, DRAW_BLOCK
from simulator.inputs.baseline import Baseline
from simulator.inputs.calibration import calibrate, elasticities
from tests.inputs.conftest import Month


def test_the_base_month_comes_back_in_every_draw(month: Callable[..., Month], base: Baseline) -> None:
    here = month(draws=True)
    assert len(here.cleared.converged) == DRAW_BLOCK
    np.testing.assert_allclose(here.brent_usd_bbl, 69.10, rtol=1e-6)
    np.testing.assert_allclose(here.flow_kbd[:, :3].sum(axis=(1, 2)), 11_755.0, rtol=1e-6)
    np.testing.assert_allclose(here.cleared.fob_usd_bbl - base.fob_usd_bbl, 0.0, atol=1e-6)
    np.testing.assert_allclose(here.flow_kbd, here.cal.flow_kbd, rtol=1e-6, atol=1e-6)
    outside = np.broadcast_to(base.flow_kbd[3:], here.flow_kbd[:, 3:].shape)
    np.testing.assert_allclose(here.flow_kbd[:, 3:], outside, rtol=1e-6, atol=1e-6)


def test_teapots_ordinary_crude_is_the_drawn_share_and_china_keeps_its_barrels(
    compiled: Callable[..., tuple], base: Baseline
) -> None:
    drawn, _ = compiled(draws=True)
    flow = calibrate(base, drawn).flow_kbd
    by_stream = np.broadcast_to(base.flow_kbd[:3].sum(axis=0), (DRAW_BLOCK, len(base.labels.streams)))
    np.testing.assert_allclose(flow[:, :3].sum(axis=1), by_stream, rtol=1e-12)
    teapot = flow[:, BUYERS.index("cn_teapot")]
    ordinary = teapot[:, ~base.three_sellers].sum(axis=1) / teapot.sum(axis=1)
    wanted = drawn["teapot_ordinary_crude_share"]
    # Far draws run into the tenth of every stream that is left to the other segments.
    usual = wanted < 0.18
    assert usual.mean() > 0.95
    np.testing.assert_allclose(ordinary[usual], wanted[usual], rtol=1e-9)
    assert (ordinary <= wanted * (1 + 1e-9)).all()
    assert (flow >= 0).all()


def test_elasticities_of_trade_add_up_to_those_of_the_world(base: Baseline) -> None:
    """imports x import elasticity + exports x export elasticity = eps x world runs + eta x world output.

    Exact with one elasticity for all buyers, up to rounding of the tables: what an exporter refines at home
    is taken out of the runs of the rest of the world and counted with the exporter, or stays in its buyer.
    """
    eps, eta = 0.05, 0.08
    draws = 2
    imports, exports = elasticities(base, np.full((draws, len(BUYERS)), eps), np.full(draws, eta))
    trade = (imports * base.flow_kbd.sum(axis=1)).sum(axis=1) + (exports * base.exports_kbd).sum(axis=1)
    runs = sum(row["refinery_runs_kbd"] for row in datasets.table("buyers").rows)
    own = sum(row["own_crude_kbd"] for row in datasets.table("buyers").rows)
    output = sum(row["crude_production_kbd"] for row in datasets.table("production").rows)
    np.testing.assert_allclose(trade, eps * runs + eta * (output + own), rtol=1e-9)


def test_a_country_that_imports_half_its_runs_cuts_imports_by_twice_as_much(base: Baseline) -> None:
    """One buyer, one stream, by hand: India and Brazil."""
    imports, exports = elasticities(base, np.full((1, len(BUYERS)), 0.04), np.array([0.1]))
    india = (0.04 * 5600.0 + 0.1 * 560.0) / 5205.0
    assert imports[0, BUYERS.index("india")] == pytest.approx(india, rel=1e-9)
    shipped = base.exports_kbd[base.labels.streams.index("brazil")]
    brazil = (0.1 * 3767.0 + 0.04 * 1938.0) / shipped
    assert exports[0, base.labels.streams.index("brazil")] == pytest.approx(brazil, rel=1e-9)


def test_one_buyers_own_parameter_replaces_the_common_one_for_it_alone(
    compiled: Callable[..., tuple], base: Baseline
) -> None:
    usual = calibrate(base, compiled()[0])
    body = "parameters: {dispersion_within_usd_bbl.india: 9.0, demand_elasticity_month.turkey: 0.3}\n"
    changed = calibrate(base, compiled(body)[0])
    india, turkey = BUYERS.index("india"), BUYERS.index("turkey")
    assert changed.within_usd_bbl[0, india] == 9.0
    others = np.delete(np.arange(len(BUYERS)), india)
    np.testing.assert_array_equal(changed.within_usd_bbl[:, others], usual.within_usd_bbl[:, others])
    assert changed.spread_usd_bbl[0, turkey] < usual.spread_usd_bbl[0, turkey]
    np.testing.assert_array_equal(changed.spread_usd_bbl[:, india], usual.spread_usd_bbl[:, india])


def test_types_are_never_closer_substitutes_than_streams_of_a_type(
    compiled: Callable[..., tuple], base: Baseline
) -> None:
    cal = calibrate(base, compiled("parameters: {dispersion_across_usd_bbl: 2.5}\n", draws=True)[0])
    assert (cal.across_usd_bbl >= cal.within_usd_bbl).all()
    assert (cal.within_usd_bbl > 2.5).any(), "else nothing was tested"


@pytest.mark.parametrize(("half_life", "pace"), [(1.0, 0.5), (0.5, 0.75), (2.0, 1 - 0.5**0.5)])
def test_half_of_a_change_of_sourcing_is_made_in_a_half_life(
    compiled: Callable[..., tuple], base: Baseline, half_life: float, pace: float
) -> None:
    cal = calibrate(base, compiled(f"parameters: {{habit_half_life_months: {half_life}}}\n")[0])
    np.testing.assert_allclose(cal.memory_pace, pace, rtol=1e-12)


def test_teapots_can_run_no_more_than_their_quota_lets_them(compiled: Callable[..., tuple], base: Baseline) -> None:
    """Ceiling: 1.2 of an even month's quota of 2,175 kb/d and 252 kb/d of blend that needs none, or 4,200."""
    teapot = BUYERS.index("cn_teapot")
    head = "parameters: {teapot_quota_kbd: %s, quota_month_factor: 1.2}\n"
    assert calibrate(base, compiled(head % 2175)[0]).ceiling_kbd[0, teapot] == pytest.approx(1.2 * (2175 + 252))
    assert calibrate(base, compiled(head % 9000)[0]).ceiling_kbd[0, teapot] == pytest.approx(4200.0)


@pytest.mark.parametrize("share", ["1.0", "{low: 0, mid: 0.05, high: 0.1}"])
def test_every_legal_share_of_ordinary_crude_gives_a_month(month: Callable[..., Month], share: str) -> None:
    here = month(f"parameters: {{teapot_ordinary_crude_share: {share}}}\n", draws=True)
    assert np.isfinite(here.flow_kbd).all()
