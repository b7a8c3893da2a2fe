"""From runs to purchases: stocks, nominations and announced releases, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from simulator.market.plans import Plans, ordered, released
from simulator.market.stocks import Stocks, drawn
from tests.oracles import Store

RUNS, SLOPE = np.array([[500.0, 900.0, 40.0], [450.0, 1000.0, 30.0]]), np.full((2, 3), -2.0)
SHAPE = RUNS.shape


def plans(free: float = 0.35, released: float = 0.0) -> Plans:
    rng = np.random.default_rng(0)
    stocks = Stocks(
        rng.uniform(20, 90, SHAPE), rng.uniform(20, 90, SHAPE), np.full(SHAPE, 5.0), np.full(SHAPE, 74.0), 0 * RUNS
    )
    nominated = np.array([[520.0, 880.0, 41.0], [480.0, 990.0, 33.0]])
    open_part, out = np.full(SHAPE, free), np.full(SHAPE, released)
    return Plans(stocks, np.full(SHAPE, 72.0), 0 * RUNS, nominated, open_part, 0 * RUNS, out, 1e-3 * RUNS)


@pytest.mark.parametrize("free", [0.0, 0.35, 1.0])
@pytest.mark.parametrize("released", [0.0, 12.0, -25.0])
def test_purchases_are_the_open_part_of_runs_less_stocks_what_was_nominated_and_less_releases(
    free: float, released: float
) -> None:
    given = plans(free, released)
    change = np.array([[9.0, -4.0, 30.0], [0.0, 12.0, 3.0]])
    kbd, _ = ordered(given, (RUNS, SLOPE), change)
    held = given.stocks
    for n in range(2):
        for u in range(3):
            out = Store(held.most_drawn_kbd[n, u], held.most_filled_kbd[n, u], 5.0, 74.0).drawn(72.0 + change[n, u])
            expected = free * (RUNS[n, u] - out) + (1 - free) * given.nominated_kbd[n, u] - released
            assert kbd[n, u] == pytest.approx(max(expected, 0.0), rel=1e-12)


def test_the_slope_is_that_of_finite_differences_of_the_open_part() -> None:
    given, change, step = plans(), np.full(SHAPE, 5.0), 1e-4

    def at(moved: float) -> np.ndarray:
        return ordered(given, (RUNS + SLOPE * moved, SLOPE), change + moved)[0]

    slope = (at(step) - at(-step)) / (2 * step)
    np.testing.assert_allclose(ordered(given, (RUNS, SLOPE), change)[1], slope, rtol=1e-7)
    assert (slope < 0).all()


def test_what_is_all_nominated_answers_to_no_price() -> None:
    given = plans(free=0.0)
    calm, dear = (ordered(given, (RUNS, SLOPE), np.full(SHAPE, change)) for change in (0.0, 80.0))
    np.testing.assert_array_equal(calm[0], dear[0])
    assert (dear[1] == 0).all()


def test_nobody_buys_less_than_nothing_whatever_is_released() -> None:
    kbd, _ = ordered(plans(released=5000.0), (RUNS, SLOPE), np.zeros(SHAPE))
    assert (kbd == 0).all()


def test_at_the_reference_price_with_nothing_nominated_purchases_are_runs() -> None:
    given = replace(plans(free=1.0), base_cost_usd_bbl=np.full(SHAPE, 74.0))
    np.testing.assert_allclose(ordered(given, (RUNS, SLOPE), np.zeros(SHAPE))[0], RUNS, rtol=1e-14)


def test_purchases_fade_out_where_hardly_anything_is_needed() -> None:
    """By the printed formula: h ln(1 + exp(need/h)); above a few dozen h the need itself, to the last digit."""
    given = replace(plans(free=1.0), base_cost_usd_bbl=np.full(SHAPE, 74.0))
    trickle = given.trickle_kbd[0, 0]
    for times in (-60.0, -3.0, -0.2, 0.0, 0.4, 5.0, 36.0, 38.0, 300.0):
        need = np.full(SHAPE, times * trickle)
        kbd, slope = ordered(replace(given, trickle_kbd=np.full(SHAPE, trickle)), (need, SLOPE), np.zeros(SHAPE))
        np.testing.assert_allclose(kbd, trickle * np.logaddexp(0.0, times), rtol=1e-12, atol=1e-300)
        if times > 37.5:
            np.testing.assert_allclose(kbd, need, rtol=1e-14)
        assert (slope <= 0).all()


@pytest.mark.parametrize(("needed", "change"), [(0.9, 0.0), (-1.3, 0.0), (400.0, 480.0), (400.0, 530.0), (2.0, 505.0)])
def test_the_slope_is_that_of_finite_differences_where_purchases_fade_or_orders_give_way(
    needed: float, change: float
) -> None:
    given = plans(free=1.0)
    given = replace(given, base_cost_usd_bbl=np.full(SHAPE, 74.0 - change), trickle_kbd=np.ones(SHAPE))

    def at(moved: float) -> tuple[np.ndarray, np.ndarray]:
        return ordered(given, (needed + SLOPE * moved, SLOPE), np.full(SHAPE, change + moved))

    difference = (at(1e-4)[0] - at(-1e-4)[0]) / 2e-4
    np.testing.assert_allclose(at(0.0)[1], difference, rtol=1e-6)


def test_orders_give_way_far_above_the_base_month_and_nowhere_else() -> None:
    """Half of them at 500 USD/bbl more, within a few dozen dollars; none at 125 more, to the last digit."""
    given = plans(free=0.0)
    usual = ordered(given, (RUNS, SLOPE), np.zeros(SHAPE))[0]
    for change, part in ((125.0, 1.0), (400.0, expit(10.0)), (500.0, 0.5), (530.0, expit(-3.0)), (900.0, expit(-40.0))):
        kbd = ordered(given, (RUNS, SLOPE), np.full(SHAPE, change))[0]
        np.testing.assert_allclose(kbd, part * usual, rtol=1e-15 if change < 200 else 1e-12)


@pytest.mark.parametrize("announced", [-300.0, 0.0, 35.0, 700.0, 5000.0])
def test_what_is_run_was_bought_drawn_or_released(announced: float) -> None:
    """No barrel of a release vanishes: what nobody needs is still in store."""
    given, change = plans(free=1.0, released=announced), np.full(SHAPE, 6.0)
    kbd, _ = ordered(given, (RUNS, SLOPE), change)
    out, _ = drawn(given.stocks, given.base_cost_usd_bbl + change)
    left = released(given, (RUNS, SLOPE), change)
    np.testing.assert_allclose(kbd + out + left, RUNS, rtol=1e-12)
    assert (left <= announced).all()


def test_no_reserve_is_filled_at_any_price() -> None:
    given = plans(free=1.0, released=-300.0)
    np.testing.assert_allclose(released(given, (RUNS, SLOPE), np.full(SHAPE, 500.0)), -150.0, rtol=1e-12)
    np.testing.assert_allclose(released(given, (RUNS, SLOPE), np.full(SHAPE, 120.0)), -300.0, rtol=1e-12)
