"""What a buyer takes: through the base month, with the elasticity asked for, never above the ceiling."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.market.requirement import Requirement, bought, spread_usd_bbl

SHAPE = (2, 3)


def requirement(use: float, cost: float, elasticity: float) -> Requirement:
    ceiling = np.arange(1.0, 7.0).reshape(SHAPE) * 1000
    share = np.full(SHAPE, use)
    return Requirement(ceiling, share, spread_usd_bbl(share, np.full(SHAPE, cost), np.full(SHAPE, elasticity)))


some = {"use": st.floats(0.3, 0.98), "cost": st.floats(30, 120), "elasticity": st.floats(0.01, 1.0)}


@settings(max_examples=40, derandomize=True, deadline=None)
@given(**some)
def test_demand_passes_through_the_base_month_with_the_given_elasticity(
    use: float, cost: float, elasticity: float
) -> None:
    here = requirement(use, cost, elasticity)
    base, _ = bought(here, np.zeros(SHAPE))
    np.testing.assert_allclose(base, use * here.ceiling_kbd, rtol=1e-12)
    step = 1e-4
    up, down = bought(here, np.full(SHAPE, step))[0], bought(here, np.full(SHAPE, -step))[0]
    found = -np.log(up / down) / math.log((cost + step) / (cost - step))
    np.testing.assert_allclose(found, elasticity, rtol=1e-4)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(change=st.floats(-300, 600), **some)
def test_demand_stays_between_nothing_and_the_ceiling_and_falls_in_price(
    change: float, use: float, cost: float, elasticity: float
) -> None:
    here = requirement(use, cost, elasticity)
    kbd, slope = bought(here, np.full(SHAPE, change))
    dearer, _ = bought(here, np.full(SHAPE, change + 1.0))
    assert (kbd >= 0).all() and (kbd <= here.ceiling_kbd).all()
    assert (dearer <= kbd).all() and (slope <= 0).all()


@settings(max_examples=40, derandomize=True, deadline=None)
@given(change=st.floats(-80, 150), **some)
def test_the_slope_of_demand_is_its_finite_difference(
    change: float, use: float, cost: float, elasticity: float
) -> None:
    here = requirement(use, cost, elasticity)
    step = 1e-3
    up, down = (bought(here, np.full(SHAPE, change + side))[0] for side in (step, -step))
    _, slope = bought(here, np.full(SHAPE, change))
    np.testing.assert_allclose((up - down) / (2 * step), slope, rtol=1e-5, atol=1e-7)


def test_demand_is_the_logistic_of_the_model_in_levels_of_cost() -> None:
    """D = Qmax G((mid - P)/h), h = (1-u) P0/eps, mid = P0 + h ln(u/(1-u)), at hand-picked numbers."""
    ceiling, use, cost, elasticity, now = 4200.0, 0.62, 66.0, 0.11, 91.0
    width = (1 - use) * cost / elasticity
    middle = cost + width * math.log(use / (1 - use))
    by_hand = ceiling / (1 + math.exp(-(middle - now) / width))
    here = Requirement(np.array([[ceiling]]), np.array([[use]]), np.array([[width]]))
    assert bought(here, np.array([[now - cost]]))[0].item() == pytest.approx(by_hand, rel=1e-12)


def test_a_unit_without_mass_wants_nothing() -> None:
    none = Requirement(np.zeros(SHAPE), np.full(SHAPE, 0.8), np.full(SHAPE, 100.0))
    kbd, slope = bought(none, np.full(SHAPE, -40.0))
    assert (kbd == 0).all() and (slope == 0).all()
