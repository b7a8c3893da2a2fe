"""What a month was ordered for: without the shocks that begin in it, with those that already run."""

from __future__ import annotations

import numpy as np

from simulator.axes import BUYERS
from simulator.inputs.levers import levers
from simulator.market.requirement import bought
from simulator.months import first_state
from simulator.paths import expectation
from tests.path import Case, Shock, Step, case, walk

GULF: Shock = {"type": "supply_outage", "streams": ["gulf"], "loss_share": 0.1}
NEWS: Shock = {"type": "supply_outage", "streams": ["norway"], "loss_share": 0.5, "start": "2026-05"}
NO_NEWS: Shock = {**NEWS, "loss_share": 0.0}
ANNOUNCED: Shock = {"type": "stock_release", "buyers": ["europe"], "rate_kbd": 500.0, "start": "2026-05"}
MAY = 2


def expected(here: Case, steps: list[Step], number: int):  # type: ignore[no-untyped-def]
    before = steps[number].before
    now = levers(here.cal.base, here.measures, number), before, float(here.days[number])
    return expectation(here.cal, here.measures, number, now)


def test_a_month_in_which_nothing_begins_is_ordered_as_it_comes() -> None:
    here = case([GULF], draws=4, months=3)
    steps = walk(here)
    assert [expected(here, steps, number) is None for number in range(3)] == [False, True, True]
    plans, supply = steps[1].built.market.plans, steps[1].built.market.supply
    assert plans is not None
    assert (plans.free_share == 1.0).all() and (plans.nominated_kbd == 0.0).all() and (supply.free_share == 1.0).all()


def test_what_is_announced_surprises_nobody() -> None:
    here = case([ANNOUNCED], draws=4, months=4)
    steps = walk(here)
    assert all(expected(here, steps, number) is None for number in range(4))


def test_before_the_first_shock_nobody_expected_any_change() -> None:
    here = case([GULF], draws=4, months=1)
    found = expected(here, walk(here), 0)
    np.testing.assert_array_equal(found.fob_usd_bbl, first_state(here.cal).fob_usd_bbl)
    assert (found.cost_change_usd_bbl == 0).all() and (found.fear == 0).all() and found.converged.all()


def test_with_other_shocks_under_way_the_month_without_the_news_was_expected() -> None:
    """What was expected of May is May as it comes in the scenario without the news, price for price."""
    with_news, without = case([GULF, NEWS], draws=4, months=3), case([GULF], draws=4, months=3)
    steps, calm = walk(with_news), walk(without)
    found = expected(with_news, steps, MAY)
    np.testing.assert_allclose(found.fob_usd_bbl, calm[MAY].trade.fob_usd_bbl, rtol=1e-9)
    change = calm[MAY].cleared.cost_change_usd_bbl[:, : len(BUYERS)]
    np.testing.assert_allclose(found.cost_change_usd_bbl, change, rtol=1e-9, atol=1e-9)
    assert (steps[MAY].brent > calm[MAY].brent).all()


def test_news_of_nothing_leaves_the_month_as_it_was_expected() -> None:
    """A second shock without any loss: orders and programmes are those of the month as it comes, so prices are too.
    Only where a stream was to load less than in the month before are orders for it cut: prices are off by 0.01 % in the
    median of draws, 0.15 % at most."""
    with_news, without = (walk(case(shocks, draws=8, months=5)) for shocks in ([GULF, NO_NEWS], [GULF]))
    for one, other in zip(with_news, without, strict=True):
        apart = np.abs(one.trade.fob_usd_bbl / other.trade.fob_usd_bbl - 1)
        assert apart.max() < 3e-3 and np.median(apart.max(axis=1)) < 5e-4


def test_news_of_nothing_at_rest_moves_nothing() -> None:
    base = case(draws=8, months=1).cal.base
    for one in walk(case([{**NO_NEWS, "start": "2026-03"}], draws=8, months=3)):
        np.testing.assert_allclose(one.trade.fob_usd_bbl, np.tile(base.fob_usd_bbl, (8, 1)), rtol=1e-6)
        np.testing.assert_allclose(one.trade.stock_draw_kbd, 0.0, atol=1e-3)


def test_buyers_have_ordered_what_they_would_run_at_the_expected_price() -> None:
    """By hand for those whose cargo can all be loaded, in May: runs at the expected cost less what stocks would do."""
    here = case([GULF, NO_NEWS], draws=4, months=3)
    steps = walk(here)
    found, market = expected(here, steps, MAY), steps[MAY].built.market
    assert market.plans is not None
    paid = found.cost_change_usd_bbl - market.plans.passed_on_usd_bbl[:, : len(BUYERS)]
    runs, _ = bought(market.requirement, paid)
    ordered = market.plans.nominated_kbd + market.plans.ordered_draw_kbd
    np.testing.assert_allclose(ordered, runs, rtol=2e-2, err_msg="programmes carry what was ordered")
