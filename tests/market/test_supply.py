"""What sellers ship: through the base month, below capacity, down to nothing when the price is gone."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.market.supply import Supply, SupplyBase, curve, offered, programmed

SHAPE = (2, 5)
ONES = np.ones(SHAPE)


def base(**given: float) -> SupplyBase:
    usual = {
        "exports_kbd": 1000.0,
        "fob_usd_bbl": 65.0,
        "elasticity": 0.1,
        "steady_share": 0.8,
        "shut_in_usd_bbl": 25.0,
        "shut_in_spread_usd_bbl": 4.0,
    }
    return SupplyBase(**{name: value * ONES for name, value in {**usual, **given}.items()})


def lay(at: SupplyBase, capacity: float, available: float = 1.0, shift: float = 0.0) -> Supply:
    return curve(at, capacity * ONES, available * ONES, shift * ONES)


def ships(supply: Supply, fob: float) -> float:
    kbd, _ = offered(supply, fob * ONES)
    assert np.ptp(kbd) == 0
    return float(kbd[0, 0])


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


some = {
    "fob": st.floats(35, 110),
    "elasticity": st.floats(0.02, 1.5),
    "steady": st.floats(0.3, 0.95),
    "clear_of_shut_in": st.floats(6, 30),
    "spread": st.floats(1, 5),
    "room": st.floats(1.02, 2.0),
}


def drawn(fob: float, elasticity: float, steady: float, clear_of_shut_in: float, spread: float) -> SupplyBase:
    return base(
        fob_usd_bbl=fob,
        elasticity=elasticity,
        steady_share=steady,
        shut_in_usd_bbl=fob - clear_of_shut_in * spread,
        shut_in_spread_usd_bbl=spread,
    )


@settings(max_examples=50, derandomize=True, deadline=None)
@given(**some)
def test_supply_passes_through_the_base_month_with_its_elasticity_and_the_shut_in_part(
    fob: float, elasticity: float, steady: float, clear_of_shut_in: float, spread: float, room: float
) -> None:
    supply = lay(drawn(fob, elasticity, steady, clear_of_shut_in, spread), 1000 * room)
    assert ships(supply, fob) == pytest.approx(1000.0, rel=1e-12)
    step = 1e-4
    found = math.log(ships(supply, fob + step) / ships(supply, fob - step)) / math.log((fob + step) / (fob - step))
    # At base all of it shuts in a little: the slope S0 (1 - G0)/hs comes on top.
    shutting_in = (1 - logistic(clear_of_shut_in)) / spread * fob
    assert found == pytest.approx(elasticity + shutting_in, rel=1e-4)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(price=st.floats(-200, 1000), available=st.floats(0, 1), **some)
def test_nobody_ships_more_than_the_capacity_or_less_for_more(
    price: float, available: float, room: float, **shape: float
) -> None:
    supply = lay(drawn(**shape), 1000 * room, available)
    here, dearer = ships(supply, price), ships(supply, price + 2)
    assert 0 <= here <= available * 1000 * room * (1 + 1e-12)
    assert here <= dearer * (1 + 1e-12)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(price=st.floats(-50, 200), available=st.floats(0.1, 1), shift=st.floats(-20, 20), **some)
def test_the_slope_of_supply_is_its_finite_difference(
    price: float, available: float, shift: float, room: float, **shape: float
) -> None:
    supply = lay(drawn(**shape), 1000 * room, available, shift)
    _, slope = offered(supply, price * ONES)
    step = 1e-4
    found = (ships(supply, price + step) - ships(supply, price - step)) / (2 * step)
    assert found == pytest.approx(slope[0, 0], rel=1e-3, abs=1e-5)


def test_sellers_shut_in_around_their_price_instead_of_paying_to_sell() -> None:
    supply = lay(base(), 1100.0)
    steady = 800.0
    assert ships(supply, 25.0) < ships(supply, 65.0) - 0.45 * steady, "at the shut-in price half of it is gone"
    assert ships(supply, 0.0) < 100.0, "only a part of what answers to the price still flows for nothing"
    assert ships(supply, -2000.0) < 1e-9


def test_the_curve_is_the_one_of_the_model_where_the_base_is_far_from_shutting_in() -> None:
    """S(p) = G((p-psi)/hs)/G((p0-psi)/hs) { l S0 + (K - l S0) G((p-mid)/h) }, with u' and mid as printed there."""
    exports, room, fob, elasticity, steady, psi, width = 900.0, 1080.0, 68.0, 0.14, 0.75, 12.0, 2.0
    use = (1 - steady) * exports / (room - steady * exports)
    h = (1 - use) * (1 - steady) * fob / elasticity
    middle = fob - h * math.log(use / (1 - use))
    supply = lay(
        base(
            exports_kbd=exports,
            fob_usd_bbl=fob,
            elasticity=elasticity,
            steady_share=steady,
            shut_in_usd_bbl=psi,
            shut_in_spread_usd_bbl=width,
        ),
        room,
    )
    for price in (5.0, 14.0, 50.0, 68.0, 90.0, 160.0):
        holds = logistic((price - psi) / width) / logistic((fob - psi) / width)
        by_hand = holds * (steady * exports + (room - steady * exports) * logistic((price - middle) / h))
        assert ships(supply, price) == pytest.approx(by_hand, rel=1e-9)


def test_an_outage_takes_its_share_at_every_price() -> None:
    whole, most = lay(base(), 1100.0), lay(base(), 1100.0, available=0.35)
    for price in (10.0, 30.0, 65.0, 120.0):
        assert ships(most, price) == pytest.approx(0.35 * ships(whole, price), rel=1e-12)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(left=st.floats(0.01, 0.999), price=st.floats(60, 300))
def test_lost_transport_caps_exports_and_what_is_left_goes_at_any_ordinary_price(left: float, price: float) -> None:
    capacity = 1000 * left
    supply = lay(base(), capacity)
    kbd = ships(supply, price)
    assert kbd <= capacity
    assert kbd >= 0.97 * capacity


@pytest.mark.parametrize("widths", [1.5, 3.0, 6.0])
def test_lost_transport_leaves_a_sound_curve_even_close_to_the_shut_in_price(widths: float) -> None:
    """Part of the steady barrels is shut in at base already: they need their room under the capacity too."""
    near = base(shut_in_usd_bbl=65.0 - 4.0 * widths)
    supply = lay(near, 700.0)
    assert 0.8 * 700 < ships(supply, 65.0) < 700.0
    assert ships(supply, 400.0) == pytest.approx(700.0, rel=1e-6)


def test_without_capacity_nothing_is_shipped_and_nothing_breaks() -> None:
    supply = lay(base(), 0.0)
    for price in (-100.0, 0.0, 65.0, 500.0):
        kbd, slope = offered(supply, price * ONES)
        assert (kbd == 0).all() and (slope == 0).all()


def test_a_seller_who_asks_four_dollars_less_ships_as_if_the_price_were_four_higher() -> None:
    usual, keener = lay(base(), 1100.0), lay(base(), 1100.0, shift=-4.0)
    for price in (20.0, 65.0, 90.0):
        assert ships(keener, price) == pytest.approx(ships(usual, price + 4.0), rel=1e-12)


def test_capacity_that_still_holds_the_base_exports_leaves_the_base_point_alone() -> None:
    at = replace(base(), exports_kbd=np.arange(100.0, 1100.0, 100.0).reshape(SHAPE))
    supply = curve(at, at.exports_kbd * 1.02, ONES, 0 * ONES)
    np.testing.assert_allclose(offered(supply, at.fob_usd_bbl)[0], at.exports_kbd, rtol=1e-12)


PLANNED_AT = 60.0


def planned(free: float, capacity: float = 1100.0) -> Supply:
    """Loading programmes fixed at 60 USD but for a part."""
    return programmed(lay(base(), capacity), PLANNED_AT * ONES, free * ONES)


@pytest.mark.parametrize("free", [0.0, 0.35, 1.0])
def test_at_the_expected_price_a_programme_is_what_the_curve_offers(free: float) -> None:
    assert ships(planned(free), PLANNED_AT) == pytest.approx(ships(lay(base(), 1100.0), PLANNED_AT), rel=1e-12)


def test_a_programme_that_may_all_be_changed_is_the_curve_bit_for_bit() -> None:
    for price in (-20.0, 30.0, 65.0, 140.0):
        for now, usual in zip(
            offered(planned(1.0), price * ONES), offered(lay(base(), 1100.0), price * ONES), strict=True
        ):
            np.testing.assert_array_equal(now, usual)


@pytest.mark.parametrize("price", [55.0, 65.0, 90.0])
def test_of_what_follows_price_only_the_free_part_still_does(price: float) -> None:
    """Well above the shut-in price the answer, and its slope, are those of the curve times the free part."""
    curve_kbd, curve_slope = offered(lay(base(shut_in_usd_bbl=-50.0), 1100.0), price * ONES)
    here = programmed(lay(base(shut_in_usd_bbl=-50.0), 1100.0), PLANNED_AT * ONES, 0.35 * ONES)
    kbd, slope = offered(here, price * ONES)
    at_plan, _ = offered(here, PLANNED_AT * ONES)
    np.testing.assert_allclose(kbd - at_plan, 0.35 * (curve_kbd - at_plan), rtol=1e-6)
    np.testing.assert_allclose(slope, 0.35 * curve_slope, rtol=1e-6)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(price=st.floats(-100, 300), planned_at=st.floats(-50, 200), free=st.floats(0, 1), **some)
def test_a_programme_stays_inside_capacity_and_has_the_slope_of_its_finite_difference(
    price: float, planned_at: float, free: float, room: float, **shape: float
) -> None:
    supply = programmed(lay(drawn(**shape), 1000 * room), planned_at * ONES, free * ONES)
    step = 1e-4
    found = (ships(supply, price + step) - ships(supply, price - step)) / (2 * step)
    _, slope = offered(supply, price * ONES)
    assert found == pytest.approx(slope[0, 0], rel=1e-3, abs=1e-5) and slope[0, 0] >= 0
    assert 0 <= ships(supply, price) <= 1000 * room * (1 + 1e-12)


def test_a_programme_is_dropped_when_the_price_is_gone() -> None:
    supply = planned(0.0)
    assert ships(supply, 25.0) == pytest.approx(0.5 * ships(supply, 400.0), rel=1e-9), "half of it at the shut-in price"
    assert ships(supply, -2000.0) < 1e-9


def test_what_is_lost_is_in_no_programme() -> None:
    lost = programmed(lay(base(), 1100.0, available=0.35), PLANNED_AT * ONES, 0.5 * ONES)
    for price in (10.0, 60.0, 120.0):
        assert ships(lost, price) == pytest.approx(0.35 * ships(planned(0.5), price), rel=1e-12)
