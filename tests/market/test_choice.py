"""Nested logit: the textbook's shares, Shephard's lemma, and what happens at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.market.choice import Choice, Sourcing, choose
from tests.market.small import DRAWS, NESTS, STREAMS, base_world, disturbed, kernel, sourcing, units
from tests.oracles import choice as choice_by_hand
from tests.oracles import taste

BLOCKED = -np.inf


def shares(choice: Choice, nests: tuple[slice, ...] = NESTS) -> np.ndarray:
    """(draw, unit, stream): share of everything the unit buys."""
    by_type = np.repeat(choice.nest_share, [nest.stop - nest.start for nest in nests], axis=2)
    return choice.share_in_nest * by_type


def random_sourcing(rng: np.random.Generator, duty: bool = True) -> Sourcing:
    """Two draws of three units over nine streams in nests of two, three and four."""
    share = rng.dirichlet(np.ones(STREAMS), (DRAWS, 3))
    nest = np.stack([share[:, :, n].sum(axis=2) for n in NESTS], axis=2)
    inside = np.concatenate([share[:, :, n] / nest[:, :, k, None] for k, n in enumerate(NESTS)], axis=2)
    within = rng.uniform(2, 8, (DRAWS, 3))
    cost_per_fob = 1 + (rng.uniform(0, 0.3, share.shape) if duty else np.zeros(share.shape))
    return sourcing(np.log(inside), np.log(nest), cost_per_fob, within, within * rng.uniform(1, 4, (DRAWS, 3)), NESTS)


@pytest.mark.parametrize("seed", range(4))
def test_shares_and_cost_index_are_those_of_the_textbook(seed: int) -> None:
    rng = np.random.default_rng(seed)
    worlds = [disturbed(base_world(rng), rng) for _ in range(DRAWS)]
    market = kernel(worlds)
    fob = market.base_fob_usd_bbl + rng.uniform(-25, 40, (DRAWS, STREAMS))
    chosen = choose(market.sourcing, fob - market.base_fob_usd_bbl)
    for n, world in enumerate(worlds):
        for u, (b, g) in enumerate(units(world)):
            buyer = world.buyers[b]
            expected, index = choice_by_hand(world, buyer, buyer.layers[g][1], list(fob[n]))
            by_stream = [expected.get(i, 0.0) for i in range(STREAMS)]
            np.testing.assert_allclose(shares(chosen)[n, u], by_stream, rtol=1e-9, atol=1e-14)
            change = index - taste(world, buyer).index
            assert chosen.cost_change_usd_bbl[n, u] == pytest.approx(change, abs=1e-9)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_cost_index_rises_by_the_share_of_the_dearer_stream(seed: int) -> None:
    """Shephard's lemma by central differences, once per stream, without ad valorem duty."""
    rng = np.random.default_rng(seed)
    here = random_sourcing(rng, duty=False)
    change = rng.uniform(-15, 15, (DRAWS, STREAMS))
    expected = shares(choose(here, change))
    step = 1e-4
    for i in range(STREAMS):
        up, down = change.copy(), change.copy()
        up[:, i] += step
        down[:, i] -= step
        slope = choose(here, up).cost_change_usd_bbl - choose(here, down).cost_change_usd_bbl
        np.testing.assert_allclose(slope / (2 * step), expected[:, :, i], rtol=1e-6, atol=1e-8)


def test_with_an_ad_valorem_duty_the_index_rises_by_the_share_and_the_duty_on_it() -> None:
    rng = np.random.default_rng(3)
    here = random_sourcing(rng, duty=True)
    change, step = rng.uniform(-10, 10, (DRAWS, STREAMS)), 1e-4
    cost_per_fob = here.pull_per_usd * here.within_usd_bbl[:, :, None]
    up = change.copy()
    up[:, 4] += step
    slope = (choose(here, up).cost_change_usd_bbl - choose(here, change).cost_change_usd_bbl) / step
    np.testing.assert_allclose(slope, (shares(choose(here, change)) * cost_per_fob)[:, :, 4], rtol=1e-4)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dollars=st.floats(-200, 300))
def test_the_same_dollars_on_every_stream_change_no_share_and_the_index_by_as_much(seed: int, dollars: float) -> None:
    rng = np.random.default_rng(seed)
    here = random_sourcing(rng, duty=False)
    change = rng.uniform(-15, 15, (DRAWS, STREAMS))
    before, after = choose(here, change), choose(here, change + dollars)
    np.testing.assert_allclose(shares(after), shares(before), rtol=1e-9)
    np.testing.assert_allclose(after.cost_change_usd_bbl, before.cost_change_usd_bbl + dollars, atol=1e-9)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), stream=st.integers(0, STREAMS - 1), dollars=st.floats(0.01, 80))
def test_a_dearer_stream_loses_share_and_every_other_gains(seed: int, stream: int, dollars: float) -> None:
    rng = np.random.default_rng(seed)
    here = random_sourcing(rng)
    change = rng.uniform(-10, 10, (DRAWS, STREAMS))
    dearer = change.copy()
    dearer[:, stream] += dollars
    moved = shares(choose(here, dearer)) - shares(choose(here, change))
    others = np.delete(moved, stream, axis=2)
    assert (moved[:, :, stream] < 0).all()
    assert (others > -1e-14).all(), "no stream is a complement of another"


def test_without_a_change_the_base_shares_come_back_and_the_index_stands_still() -> None:
    here = random_sourcing(np.random.default_rng(0))
    chosen = choose(here, np.zeros((DRAWS, STREAMS)))
    np.testing.assert_allclose(chosen.share_in_nest, np.exp(here.log_appeal), rtol=1e-14)
    np.testing.assert_allclose(chosen.nest_share, np.exp(here.nest_log_appeal), rtol=1e-14)
    np.testing.assert_allclose(chosen.cost_change_usd_bbl, 0.0, atol=1e-13)


def test_a_unit_that_buys_nothing_of_a_type_buys_nothing_of_it_at_any_price() -> None:
    rng = np.random.default_rng(1)
    here = random_sourcing(rng)
    here.log_appeal[:, 1, NESTS[0]] = BLOCKED
    here.nest_log_appeal[:, 1, 0] = BLOCKED
    change = rng.uniform(-10, 10, (DRAWS, STREAMS))
    change[:, NESTS[0]] = -300.0
    chosen = choose(here, change)
    assert (shares(chosen)[:, 1, NESTS[0]] == 0).all()
    np.testing.assert_allclose(shares(chosen).sum(axis=2), 1.0, rtol=1e-12)
    assert np.isfinite(chosen.cost_change_usd_bbl).all()


def test_a_type_of_which_no_stream_may_be_bought_leaves_the_others_in_their_proportions() -> None:
    """Streams barred, taste for the type intact: the unit buys the other types as before, among themselves."""
    rng = np.random.default_rng(2)
    here = random_sourcing(rng)
    before = choose(here, np.zeros((DRAWS, STREAMS)))
    here.log_appeal[:, 0, NESTS[2]] = BLOCKED
    after = choose(here, np.zeros((DRAWS, STREAMS)))
    left = 1.0 - before.nest_share[:, 0, 2]
    np.testing.assert_allclose(after.nest_share[:, 0, 2], 0.0, atol=0)
    np.testing.assert_allclose(after.nest_share[:, 0, :2], before.nest_share[:, 0, :2] / left[:, None])
    lost = -here.across_usd_bbl[:, 0] * np.log(left)
    np.testing.assert_allclose(after.cost_change_usd_bbl[:, 0], lost, rtol=1e-12)


@pytest.mark.parametrize("dollars", [-500.0, 500.0])
def test_the_finest_dispersion_survives_500_dollars(dollars: float) -> None:
    """One stream of a type 500 USD away from the rest, at 0.2 USD of dispersion: all or nothing, no overflow."""
    log_appeal = np.log(np.full((DRAWS, 3, STREAMS), 0.25))
    nest = np.log(np.full((DRAWS, 3, 3), 1 / 3))
    within = np.full((DRAWS, 3), 0.2)
    here = sourcing(log_appeal, nest, np.ones(log_appeal.shape), within, within * 2, NESTS)
    change = np.zeros((DRAWS, STREAMS))
    change[:, 3] = dollars
    chosen = choose(here, change)
    assert np.isfinite(chosen.cost_change_usd_bbl).all()
    np.testing.assert_allclose(chosen.share_in_nest[:, :, 3], 1.0 if dollars < 0 else 0.0, atol=1e-300)
    np.testing.assert_allclose(shares(chosen).sum(axis=2), 1.0, rtol=1e-12)


@pytest.mark.parametrize("dollars", [144.0, 500.0])
def test_a_whole_type_far_dearer_keeps_its_small_share_and_its_inner_proportions(dollars: float) -> None:
    """With m 0.2 and M 100 a type still holds exp(-USD/100) against the other."""
    nests = (slice(0, 2), slice(2, 5))
    inside = np.array([0.3, 0.7, 0.5, 0.2, 0.3])
    log_appeal = np.broadcast_to(np.log(inside), (DRAWS, 3, 5))
    within, across = np.full((DRAWS, 3), 0.2), np.full((DRAWS, 3), 100.0)
    nest = np.log(np.full((DRAWS, 3, 2), 0.5))
    here = sourcing(log_appeal, nest, np.ones((DRAWS, 3, 5)), within, across, nests)
    chosen = choose(here, np.tile([dollars, dollars, 0.0, 0.0, 0.0], (DRAWS, 1)))
    dear = np.exp(-dollars / 100) / (1.0 + np.exp(-dollars / 100))
    np.testing.assert_allclose(chosen.nest_share[:, :, 0], dear, rtol=1e-9)
    np.testing.assert_allclose(chosen.share_in_nest[:, :, :2], np.broadcast_to(inside[:2], (DRAWS, 3, 2)))


def test_small_changes_are_those_of_a_volume_preserving_ces() -> None:
    """One type, m = P/sigma: the elasticity of substitution is sigma, and the barrels still add up to one."""
    price, sigma, nests = 70.0, 20.0, (slice(0, 5),)
    share = np.array([0.1, 0.15, 0.2, 0.25, 0.3])
    within = np.full((DRAWS, 3), price / sigma)
    here = sourcing(
        np.broadcast_to(np.log(share), (DRAWS, 3, 5)), np.zeros((DRAWS, 3, 1)), np.ones((DRAWS, 3, 5)),
        within, within, nests,
    )  # fmt: skip
    relative = np.array([0.4, -0.7, 0.1, 0.9, -0.3]) * 1e-5
    volume = share * (1 + relative) ** -sigma
    expected = volume / volume.sum()
    chosen = choose(here, np.tile(price * relative, (DRAWS, 1)))
    moved = shares(chosen, nests) - share
    np.testing.assert_allclose(moved, np.broadcast_to(expected - share, moved.shape), rtol=1e-3)
    np.testing.assert_allclose(moved.sum(axis=2), 0.0, atol=1e-15)
