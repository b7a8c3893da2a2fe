"""Who takes part: layers of compliance, and what habit leaves to a unit that is barred."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.market.participation import Habits, appeal, layers

NESTS = (slice(0, 2), slice(2, 5))
share = st.floats(0, 1)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(leave=st.lists(st.tuples(share, share, share), min_size=2, max_size=2))
def test_layers_make_up_the_buyer_and_each_measure_binds_the_share_that_leaves(
    leave: list[tuple[float, float, float]],
) -> None:
    wanted = np.array(leave)
    mass, obeys = layers(wanted)
    assert mass.shape == (2, 4) and obeys.shape == (2, 4, 3)
    assert (mass >= 0).all()
    np.testing.assert_allclose(mass.sum(axis=1), 1.0, rtol=1e-14)
    np.testing.assert_allclose((mass[:, :, None] * obeys).sum(axis=1), wanted, atol=1e-15)
    assert not obeys[:, -1].any(), "the last layer obeys nothing"


@settings(max_examples=60, derandomize=True, deadline=None)
@given(leave=st.tuples(share, share, share))
def test_whoever_obeys_the_weaker_measure_obeys_the_stronger(leave: tuple[float, float, float]) -> None:
    _, obeys = layers(np.array([leave, leave[::-1]]))
    for weak in range(3):
        for strong in range(3):
            if leave[weak] < leave[strong]:
                assert (obeys[0, :, strong] >= obeys[0, :, weak]).all()
    assert (obeys[:, :-1] >= obeys[:, 1:]).all(), "layers stand from most to least compliant"


def test_masses_and_ranks_of_a_worked_example() -> None:
    """0.7 and 0.25 leave: a quarter obeys both, 0.45 the first alone, 0.3 neither."""
    mass, obeys = layers(np.array([[0.7, 0.25], [0.0, 1.0]]))
    np.testing.assert_allclose(mass, [[0.25, 0.45, 0.3], [0.0, 1.0, 0.0]], atol=1e-15)
    assert obeys[0].tolist() == [[True, True], [True, False], [False, False]]
    assert obeys[1, 1].tolist() == [False, True]


def base_shares(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    inside = np.concatenate([rng.dirichlet(np.ones(n.stop - n.start), 3) for n in NESTS], axis=1)
    return inside, rng.dirichlet(np.ones(2), 3)


def test_a_unit_that_may_buy_everything_and_is_used_to_the_base_sees_the_base_shares() -> None:
    inside, nest = base_shares(np.random.default_rng(0))
    habits = Habits(inside, nest, np.array([0.1, 0.5, 0.9]))
    pull, nest_pull = appeal(inside, nest, habits, np.ones((3, 5)), NESTS)
    np.testing.assert_allclose(np.exp(pull), inside, rtol=1e-14)
    np.testing.assert_allclose(np.exp(nest_pull), nest, rtol=1e-14)


@pytest.mark.parametrize("barred", [(), (0,), (0, 3), (2, 3), (0, 1), (0, 1, 4)])
@pytest.mark.parametrize("same", [True, False])
def test_the_pull_of_a_barred_unit_is_taste_to_the_w_times_restricted_habit_to_the_rest(
    barred: tuple[int, ...], same: bool
) -> None:
    """a^w r^(1-w) and alpha^w r_k^(1-w), with a and alpha the base shares and r, of what the buyer is used to, the
    part that the unit may still buy."""
    inside, nest = base_shares(np.random.default_rng(1))
    used, nest_used = (inside, nest) if same else base_shares(np.random.default_rng(2))
    pace = np.array([0.15, 0.5, 0.8])
    allowed = np.ones((3, 5))
    allowed[:, list(barred)] = 0.0
    habits = Habits(used, nest_used, 1.0 - pace)
    pull, nest_pull = (np.exp(one) for one in appeal(inside, nest, habits, allowed, NESTS))
    for n, w in enumerate(pace):
        open_in = [[i for i in range(s.start, s.stop) if i not in barred] for s in NESTS]
        left = [sum(used[n, i] for i in streams) for streams in open_in]
        total = sum(nest_used[n, k] * left[k] for k in range(2))
        for k, streams in enumerate(open_in):
            if not streams:
                assert nest_pull[n, k] == 0.0
                continue
            habit = nest_used[n, k] * left[k] / total
            assert nest_pull[n, k] == pytest.approx(nest[n, k] ** w * habit ** (1 - w), rel=1e-12)
            for i in streams:
                expected = inside[n, i] ** w * (used[n, i] / left[k]) ** (1 - w)
                assert pull[n, i] == pytest.approx(expected, rel=1e-12)
    assert (pull[:, list(barred)] == 0).all()


NO_NAN = "appeal() multiplies 0 by -inf without memory, and divides 0 by 0 where nothing may be bought"


def test_with_no_memory_left_a_barred_unit_is_the_plain_logit_without_the_stream() -> None:
    inside, nest = base_shares(np.random.default_rng(2))
    allowed = np.ones((3, 5))
    allowed[:, 1] = 0.0
    pull, nest_pull = appeal(inside, nest, Habits(inside, nest, np.zeros(3)), allowed, NESTS)
    np.testing.assert_allclose(np.exp(pull), inside * allowed, rtol=1e-14)
    np.testing.assert_allclose(np.exp(nest_pull), nest, rtol=1e-14)


def test_a_unit_barred_from_everything_has_no_pull_and_no_nan() -> None:
    inside, nest = base_shares(np.random.default_rng(3))
    pull, nest_pull = appeal(inside, nest, Habits(inside, nest, np.full(3, 0.6)), np.zeros((3, 5)), NESTS)
    assert (pull == -np.inf).all() and (nest_pull == -np.inf).all()
