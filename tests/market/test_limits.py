"""Bounds on purchases: a shadow price is a wedge like any other, and stands only where its bound binds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.market.balance import Market
from simulator.market.clearing import Clearing, clear
from simulator.market.limits import AT_LEAST, AT_MOST, DEAREST_PROMISE_USD_BBL, Limit, bought_kbd, clear_within
from tests.market.small import DRAWS, STREAMS, base_world, disturbed, kernel, units
from tests.oracles import World

BUYER, STREAM = 0, 2
NO_CEILING = np.full(DRAWS, np.inf)


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    rng = np.random.default_rng(3)
    return [disturbed(base_world(rng), rng) for _ in range(DRAWS)]


@pytest.fixture(scope="module")
def free(worlds: list[World]) -> Clearing:
    market = kernel(worlds)
    return clear(market, market.base_fob_usd_bbl)


def limit(worlds: list[World], kbd: np.ndarray, sense: float, most: np.ndarray = NO_CEILING) -> Limit:
    pairs = np.zeros((len(units(worlds[0])), STREAMS))
    pairs[[b == BUYER for b, _ in units(worlds[0])], STREAM] = 1.0
    return Limit(pairs, kbd, sense, most)


def within(market: Market, *limits: Limit) -> Clearing:
    return clear_within(market, limits, market.base_fob_usd_bbl, np.zeros((DRAWS, len(limits))))


def with_wedge(worlds: list[World], usd_bbl: np.ndarray) -> Market:
    """The same worlds in which the pair costs more to choose, and no bound."""
    changed = []
    for world, dollars in zip(worlds, usd_bbl, strict=True):
        buyer = world.buyers[BUYER]
        now = list(buyer.now)
        now[STREAM] = replace(now[STREAM], steer=now[STREAM].steer + dollars)
        buyers = [replace(buyer, now=now) if b == BUYER else one for b, one in enumerate(world.buyers)]
        changed.append(World(world.nests, buyers, world.sellers))
    return kernel(changed)


@pytest.mark.parametrize(("sense", "factor"), [(AT_LEAST, 1.02), (AT_LEAST, 1.6), (AT_MOST, 0.7), (AT_MOST, 1e-3)])
def test_a_bound_that_binds_is_met_by_a_wedge_that_does_the_same_alone(
    worlds: list[World], free: Clearing, sense: float, factor: float
) -> None:
    asked = limit(worlds, np.zeros(DRAWS), sense)
    asked = replace(asked, kbd=factor * bought_kbd(asked, free))
    found = within(kernel(worlds), asked)
    assert found.converged.all() and found.bound_usd_bbl is not None and found.bound_missed_share is not None
    np.testing.assert_allclose(bought_kbd(asked, found), asked.kbd, rtol=2e-6, atol=2e-8)
    assert (found.bound_usd_bbl > 0).all() and (found.bound_missed_share == 0).all()

    market = with_wedge(worlds, -sense * found.bound_usd_bbl[:, 0])
    alone = clear(market, market.base_fob_usd_bbl)
    np.testing.assert_allclose(found.flow_kbd, alone.flow_kbd, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize(("sense", "factor"), [(AT_LEAST, 0.9), (AT_MOST, 1.1)])
def test_a_bound_that_is_kept_anyway_costs_nothing_and_moves_nothing(
    worlds: list[World], free: Clearing, sense: float, factor: float
) -> None:
    asked = limit(worlds, np.zeros(DRAWS), sense)
    found = within(kernel(worlds), replace(asked, kbd=factor * bought_kbd(asked, free)))
    assert found.converged.all() and found.bound_usd_bbl is not None
    assert (found.bound_usd_bbl == 0).all()
    np.testing.assert_array_equal(found.flow_kbd, free.flow_kbd)


def test_nothing_may_be_bought_at_a_bound_of_nothing(worlds: list[World], free: Clearing) -> None:
    asked = limit(worlds, np.zeros(DRAWS), AT_MOST)
    found = within(kernel(worlds), asked)
    assert found.converged.all()
    assert (bought_kbd(asked, free) > 1).all() and (bought_kbd(asked, found) < 1e-7).all()


@pytest.mark.parametrize("ceiling", [0.5, DEAREST_PROMISE_USD_BBL])
def test_a_promise_beyond_its_ceiling_is_missed_at_the_ceiling_and_is_an_answer(
    worlds: list[World], free: Clearing, ceiling: float
) -> None:
    asked = limit(worlds, np.full(DRAWS, 1e5), AT_LEAST, np.full(DRAWS, ceiling))
    found = within(kernel(worlds), asked)
    assert found.converged.all() and found.bound_usd_bbl is not None
    np.testing.assert_array_equal(found.bound_usd_bbl[:, 0], ceiling)
    assert (bought_kbd(asked, free) < bought_kbd(asked, found)).all()
    assert (bought_kbd(asked, found) < asked.kbd).all()


def test_two_bounds_on_the_same_oil_are_both_met(worlds: list[World], free: Clearing) -> None:
    floor = limit(worlds, np.zeros(DRAWS), AT_LEAST)
    others = np.zeros_like(floor.pairs)
    others[:, STREAM] = 1.0 - floor.pairs[:, STREAM]
    cap = Limit(others, np.zeros(DRAWS), AT_MOST, NO_CEILING)
    floor = replace(floor, kbd=1.3 * bought_kbd(floor, free))
    cap = replace(cap, kbd=0.8 * bought_kbd(cap, free))
    found = within(kernel(worlds), floor, cap)
    assert found.converged.all()
    for one in (floor, cap):
        assert (one.sense * (bought_kbd(one, found) - one.kbd) >= -2e-6 * one.kbd).all()
