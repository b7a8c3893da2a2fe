"""Crude in store: the curve by hand, and bounds that hold along any path of prices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.market.stocks import LEAST_RATE_KBD, Stocks, drawn, most_kbd
from tests.oracles import Store

HOLDERS, DRAWS = 3, 2
prices = st.lists(st.floats(1, 400), min_size=30, max_size=30)


def stocks(rng: np.random.Generator) -> Stocks:
    def between(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, (DRAWS, HOLDERS))

    return Stocks(between(50, 900), between(20, 500), between(2, 12), between(50, 90), between(0, 0))


@pytest.mark.parametrize("seed", range(4))
def test_the_flow_out_of_store_is_that_of_the_formula(seed: int) -> None:
    rng = np.random.default_rng(seed)
    held = stocks(rng)
    price = rng.uniform(20, 180, (DRAWS, HOLDERS))
    flow, _ = drawn(held, price)
    for n in range(DRAWS):
        for b in range(HOLDERS):
            one = Store(
                held.most_drawn_kbd[n, b],
                held.most_filled_kbd[n, b],
                held.response[n, b],
                held.reference_usd_bbl[n, b],
            )
            assert flow[n, b] == pytest.approx(one.drawn(float(price[n, b])), rel=1e-12, abs=1e-10)


def test_nothing_moves_at_the_reference_price_whatever_the_bounds() -> None:
    held = stocks(np.random.default_rng(1))
    np.testing.assert_allclose(drawn(held, held.reference_usd_bbl)[0], 0.0, atol=1e-12)


def test_a_lean_moves_the_price_at_which_nothing_flows() -> None:
    """Log odds k (P - Pref)/Pref + lean are back at the start where P = Pref (1 - lean/k)."""
    held = stocks(np.random.default_rng(2))
    leaning = replace(held, lean=np.full((DRAWS, HOLDERS), 0.6))
    still = held.reference_usd_bbl * (1 - 0.6 / held.response)
    np.testing.assert_allclose(drawn(leaning, still)[0], 0.0, atol=1e-10)
    assert (drawn(leaning, held.reference_usd_bbl)[0] > 0).all(), "fuller stocks are drawn at a normal price"


@pytest.mark.parametrize("seed", range(3))
def test_the_slope_is_that_of_finite_differences_and_above_0(seed: int) -> None:
    rng = np.random.default_rng(seed)
    held, step = stocks(rng), 1e-4
    price = rng.uniform(30, 150, (DRAWS, HOLDERS))
    slope = (drawn(held, price + step)[0] - drawn(held, price - step)[0]) / (2 * step)
    np.testing.assert_allclose(drawn(held, price)[1], slope, rtol=1e-6, atol=1e-7)
    assert (drawn(held, price)[1] > 0).all()


@settings(max_examples=40, derandomize=True, deadline=None)
@given(price=st.floats(0, 1e4))
def test_no_price_breaches_a_bound(price: float) -> None:
    held = stocks(np.random.default_rng(3))
    flow, slope = drawn(held, np.full((DRAWS, HOLDERS), price))
    rounding = 1 + 1e-12
    assert (-held.most_filled_kbd * rounding <= flow).all() and (flow <= held.most_drawn_kbd * rounding).all()
    assert np.isfinite(slope).all()


def test_half_of_what_is_left_can_flow_in_a_month_and_never_more_than_the_pumps_can() -> None:
    """31 mb above the minimum: 500 kb/d for two months of 31 days."""
    rate = np.array([400.0, 900.0, 900.0, 900.0])
    left = np.array([31.0, 31.0, 0.0, -5.0])
    assert most_kbd(rate, left, 31.0).tolist() == pytest.approx([400.0, 500.0, LEAST_RATE_KBD, LEAST_RATE_KBD])


@settings(max_examples=25, derandomize=True, deadline=None)
@given(path=prices)
def test_stocks_stay_between_floor_and_ceiling_along_any_path_of_prices(path: list[float]) -> None:
    """Thirty months at any price, the reference never getting used to it."""
    floor, ceiling, rate = 60.0, 110.0, np.array([[600.0, 2000.0]])
    stock = np.array([[70.0, 100.0]])
    for price in path:
        held = Stocks(
            most_kbd(rate, stock - floor, 30.0),
            most_kbd(rate, ceiling - stock, 30.0),
            np.full((1, 2), 8.0),
            np.full((1, 2), 70.0),
            np.zeros((1, 2)),
        )
        flow, _ = drawn(held, np.full((1, 2), price))
        assert (np.abs(flow) <= rate * (1 + 1e-12)).all()
        stock = stock - flow * 30.0 / 1e3
        slack = 30 * 30.0 * LEAST_RATE_KBD / 1e3
        assert (stock >= floor - slack).all() and (stock <= ceiling + slack).all()
