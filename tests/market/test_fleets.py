"""Two fleets: whose cargo sails in which, the work it makes, and what that does to rates."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.market.fleets import (
    FLEETS,
    LOG_RATE_LIMITS,
    PACE_SHARE,
    carried_by_shadow,
    next_log_rate,
    scarcity,
    tonne_miles,
)

MAINSTREAM, SHADOW = (FLEETS.index(name) for name in ("mainstream", "shadow"))


def test_what_coalition_ships_give_up_the_shadow_fleet_carries_and_no_more_than_there_is() -> None:
    usual, given_up = np.array([[0.2, 0.9, 0.0]]), np.array([[0.3, 0.4, 0.0]])
    assert carried_by_shadow(usual, given_up).tolist() == [[0.5, 1.0, 0.0]]


def test_work_is_flow_times_miles_split_by_fleet() -> None:
    rng = np.random.default_rng(0)
    flow, voyage, shadow = rng.uniform(0, 500, (2, 3, 5)), rng.uniform(0, 2000, (3, 5)), rng.uniform(0, 1, (2, 5))
    found = tonne_miles(flow, voyage, shadow)
    for n in range(2):
        pairs = [(b, i) for b in range(3) for i in range(5)]
        dark = sum(flow[n, b, i] * voyage[b, i] * shadow[n, i] for b, i in pairs)
        total = sum(flow[n, b, i] * voyage[b, i] for b, i in pairs)
        assert found[n, SHADOW] == pytest.approx(dark, rel=1e-12)
        assert found[n, MAINSTREAM] == pytest.approx(total - dark, rel=1e-12)


def test_rates_stand_still_while_the_same_ships_do_the_same_work() -> None:
    assert (next_log_rate(np.zeros((2, 2)), np.ones((2, 2)), np.array([3.0, 8.0])) == 0).all()
    assert (scarcity(np.ones((1, 2)), np.array([3.0, 8.0])) == 0).all()


def test_rates_go_part_of_the_way_to_elasticity_times_log_work() -> None:
    """A fifth more work for one fleet, a tenth less for the other; elasticity 2."""
    before = np.array([[0.1, -0.2]])
    found = next_log_rate(before, np.array([[1.2, 0.9]]), np.array([2.0]))
    wanted = 2.0 * np.log([1.2, 0.9])
    np.testing.assert_allclose(found[0], before[0] + PACE_SHARE * (wanted - before[0]), rtol=1e-12)


def test_held_long_enough_rates_reach_what_work_asks_for_and_stay_between_lay_up_and_famine() -> None:
    ratio = np.array([[1.1, 0.8], [1e9, 0.0]])
    rate = np.zeros((2, 2))
    for _ in range(120):
        rate = next_log_rate(rate, ratio, np.array([4.0, 4.0]))
    np.testing.assert_allclose(rate[0], [4 * np.log(1.1), 4 * np.log(0.8)], rtol=1e-9)
    np.testing.assert_allclose(rate[1], LOG_RATE_LIMITS[::-1], rtol=1e-9)


def test_lost_ships_count_at_once_and_whole() -> None:
    """Four fifths of the ships for the same work: use 1.25; elasticities 2 and 3."""
    found = scarcity(np.array([[0.8, 1.0]]), np.array([2.0, 3.0]))
    np.testing.assert_allclose(found, [[2 * np.log(1.25), 0.0], [3 * np.log(1.25), 0.0]], rtol=1e-12)


def test_fewer_ships_never_lower_a_rate_and_a_fleet_that_is_gone_has_one() -> None:
    left = np.array([[1.0, share] for share in (1.0, 0.8, 0.5, 0.2, 0.0)])
    found = scarcity(left, np.full(5, 4.0))
    assert found[-1, SHADOW] == LOG_RATE_LIMITS[1]
    assert (np.diff(found[:, SHADOW]) >= 0).all() and np.isfinite(found).all()
    assert (found[:, MAINSTREAM] == 0).all()
