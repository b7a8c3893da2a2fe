"""What a month leaves to the next, piece by piece: habits, normal prices, slow adjustment, caps, oil ashore."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.market.choice import Choice, choose
from simulator.market.dynamics import (
    CAP_MARGIN_USD_BBL,
    ashore,
    cap_reach_share,
    drift,
    get_used_to,
    refresh_share,
    remember,
)
from simulator.market.participation import Habits, appeal
from tests.market.small import DRAWS, NESTS, STREAMS, sourcing

# --- habits -------------------------------------------------------------------------------------------------------


def test_habits_are_last_months_shares_refreshed_by_wishes() -> None:
    bought, wished = np.array([[0.7, 0.3, 0.0]]), np.array([[0.5, 0.3, 0.2]])
    np.testing.assert_allclose(remember(bought, wished, np.array([0.1])), [[0.68, 0.3, 0.02]], rtol=1e-14)


def market(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Base shares inside types and of types, m, M and w: (draw, ...)."""
    inside = np.concatenate([rng.dirichlet(np.ones(n.stop - n.start) * 3, DRAWS) for n in NESTS], axis=1)
    within = rng.uniform(2, 6, DRAWS)
    return (
        inside,
        rng.dirichlet(np.ones(3) * 3, DRAWS),
        within,
        within * rng.uniform(1.5, 3, DRAWS),
        np.array([0.2, 0.5]),
    )


def chosen(
    inside: np.ndarray, nest: np.ndarray, m: np.ndarray, across: np.ndarray, wedge: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The logit with dispersion m and M at a wedge, from log pulls at base costs."""
    here = sourcing(
        (inside - wedge / m[:, None])[:, None], nest[:, None], np.ones((DRAWS, 1, STREAMS)), m[:, None],
        across[:, None], NESTS,
    )  # fmt: skip
    found: Choice = choose(here, np.zeros((DRAWS, STREAMS)))
    return found.share_in_nest[:, 0], found.nest_share[:, 0]


def textbook(
    share: np.ndarray, nest_share: np.ndarray, m: float, across: float, wedge: np.ndarray
) -> tuple[list[float], list[float]]:
    """s_i|k = s0 e^(-x/m) / z_k;  s_k = s0_k z_k^(m/M) / sum: the long-run nested logit, one draw, in loops."""
    sums = [sum(share[i] * np.exp(-wedge[i] / m) for i in range(n.start, n.stop)) for n in NESTS]
    inside = [share[i] * np.exp(-wedge[i] / m) / sums[k] for k, n in enumerate(NESTS) for i in range(n.start, n.stop)]
    pulls = [nest_share[k] * sums[k] ** (m / across) for k in range(3)]
    return inside, [pull / sum(pulls) for pull in pulls]


@pytest.mark.parametrize("seed", range(3))
def test_a_wedge_that_stays_moves_shares_by_m_and_M_in_the_end_and_by_less_at_first(seed: int) -> None:
    """300 months of memory with refresh reproduce the long-run logit, at both levels; month 1 is m/w and M/w."""
    rng = np.random.default_rng(seed)
    share, nest_share, m, across, w = market(rng)
    wedge = np.zeros((DRAWS, STREAMS))
    wedge[:, [1, 4, 5]] = rng.uniform(0.5, 4, (DRAWS, 3))
    memory, nest_memory = share, nest_share
    wished = chosen(np.log(share), np.log(nest_share), m, across, wedge)
    first = None
    for _ in range(300):
        pull = appeal(share, nest_share, Habits(memory, nest_memory, 1 - w), np.ones((DRAWS, STREAMS)), NESTS)
        now = chosen(*pull, m / w, across / w, wedge)
        first = first or now
        memory, nest_memory = (remember(bought, wish, np.array(0.1)) for bought, wish in zip(now, wished, strict=True))
    for n in range(DRAWS):
        expected = textbook(share[n], nest_share[n], m[n], across[n], wedge[n])
        np.testing.assert_allclose(now[0][n], expected[0], rtol=1e-9)
        np.testing.assert_allclose(now[1][n], expected[1], rtol=1e-9)
        short = textbook(share[n], nest_share[n], m[n] / w[n], across[n] / w[n], wedge[n])
        np.testing.assert_allclose(first[0][n], short[0], rtol=1e-9)
        np.testing.assert_allclose(first[1][n], short[1], rtol=1e-9)
        for dear in (1, 4, 5):
            k = next(k for k, nest in enumerate(NESTS) if nest.start <= dear < nest.stop)
            odds = [np.log(s[dear] / (1 - s[dear])) - np.log(share[n, dear] / (1 - share[n, dear]))
                    for s in (first[0][n], now[0][n])]  # fmt: skip
            if k < 2:  # the third type has one dear stream of four, the second two of three
                assert abs(odds[0]) < abs(odds[1])


def test_without_the_refresh_a_lost_stream_would_never_come_back_and_with_it_it_does() -> None:
    share, wish = np.array([[0.0, 1.0]]), np.array([[0.4, 0.6]])
    lost, back = share, share
    for _ in range(60):
        lost, back = remember(lost, wish, np.array(0.0)), remember(back, wish, np.array(0.1))
    np.testing.assert_array_equal(lost, share)
    np.testing.assert_allclose(back, wish, atol=1e-3)


@pytest.mark.parametrize("half_life", [0.1, 1.0, 2.5, 6.0, 12.0, 60.0])
@pytest.mark.parametrize("wanted", [0.05, 0.2, 1.0])
def test_habits_and_prices_do_not_chase_each_other_where_supply_is_fixed(half_life: float, wanted: float) -> None:
    """Shares fixed by supply: a habit off by d moves the price by m (1-w)/w d, and the wish by -(1-w)/w d."""
    w = 1 - 0.5 ** (1 / half_life)
    refresh = refresh_share(np.array([wanted]), np.array([w])).item()
    assert 0 < refresh <= wanted
    habit, start = 0.05, 0.05
    for _ in range(12):
        habit = (1 - refresh) * 0.0 + refresh * -(1 - w) / w * habit
    assert abs(habit) <= start * 0.5**12 * (1 + 1e-9)


# --- normal prices and slow adjustment ----------------------------------------------------------------------------


def test_the_reference_price_closes_part_of_the_gap_in_logs() -> None:
    found = get_used_to(np.array([50.0]), np.array([100.0]), np.array([0.25]))
    assert found.item() == pytest.approx(50 * 2**0.25, rel=1e-12)
    reference = np.array([50.0])
    for _ in range(24):
        reference = get_used_to(reference, np.array([100.0]), np.array([0.15]))
    assert np.log(100 / reference.item()) == pytest.approx(np.log(2) * 0.85**24, rel=1e-9)


def test_slow_adjustment_ends_at_the_long_run_elasticity_and_starts_at_nothing() -> None:
    """0.2 long run, 0.06 short run, a price 10 % higher: the curve shifts by 0.14 ln 1.1 in the end."""
    extra, ratio = np.array([0.2 - 0.06]), np.array([np.log(1.1)])
    x = np.zeros(1)
    for month in range(1, 241):
        x = drift(x, extra, ratio, np.array([1 / 12]))
        assert x.item() == pytest.approx(0.14 * np.log(1.1) * (1 - (11 / 12) ** month), rel=1e-9)
    for _ in range(240):
        x = drift(x, extra, np.zeros(1), np.array([1 / 12]))
    assert abs(x.item()) < 1e-10


def test_the_long_run_is_at_most_a_factor_of_ten_away_and_nearer_by_nobody_is_held_back() -> None:
    pace, ratio = np.ones(1), np.log(np.array([0.2, 1.9, 2.0, 2.1, 5.0]))
    factor = np.exp(drift(np.zeros(5), np.full(5, 3.4), ratio, pace))
    np.testing.assert_allclose(factor, [0.1, 1.9**3.4, 10.0, 10.0, 10.0], rtol=1e-12)


# --- price cap ----------------------------------------------------------------------------------------------------


def test_a_cap_leaves_coalition_ships_where_the_price_is_3_dollars_below_and_takes_all_above_it() -> None:
    price = np.array([50.0, 57.0, 57.0 + 1e-9, 58.5, 60.0, 80.0])
    found = cap_reach_share(np.full(6, 60.0), price)
    assert found[:2].tolist() == [1.0, 1.0] and found[4:].tolist() == [0.0, 0.0]
    assert found[2] == pytest.approx(1.0) and found[3] == pytest.approx(0.5)
    for gap in np.linspace(0, CAP_MARGIN_USD_BBL, 7):
        x = gap / 3
        assert cap_reach_share(np.array(60.0), np.array(60.0 - gap)).item() == pytest.approx(3 * x**2 - 2 * x**3)


def test_without_a_cap_nothing_is_taken() -> None:
    assert cap_reach_share(np.full(2, np.inf), np.array([1.0, 300.0])).tolist() == [1.0, 1.0]


# --- oil ashore ---------------------------------------------------------------------------------------------------


def test_oil_kept_back_fills_storage_and_what_finds_no_room_is_shut_in() -> None:
    """1,000 kb/d for 30 days is 30 mb: into room for 50, into room for 12, and into none."""
    stored, idle = ashore(np.array([10.0, 10.0, 10.0]), np.full(3, 1000.0), np.array([50.0, 22.0, 10.0]), 30.0)
    assert stored.tolist() == [40.0, 22.0, 10.0]
    assert idle.tolist() == pytest.approx([0.0, 18 / 30, 1.0])


def test_oil_is_stored_or_shut_in_and_none_is_lost_on_the_way() -> None:
    rng = np.random.default_rng(0)
    stored = np.zeros(4)
    room = np.array([5.0, 20.0, 60.0, 300.0])
    for _ in range(12):
        kept = rng.uniform(50, 900, 4)
        after, idle = ashore(stored, kept, room, 31.0)
        np.testing.assert_allclose(after - stored, kept * 31.0 / 1e3 * (1 - idle), atol=1e-12)
        assert (after <= room).all() and (idle >= 0).all() and (idle <= 1).all()
        stored = after


def test_storage_empties_once_the_strait_is_open() -> None:
    stored = np.array([40.0])
    for _ in range(10):
        stored, idle = ashore(stored, np.zeros(1), np.array([50.0]), 30.0)
        assert idle.item() == 0.0
    assert stored.item() == pytest.approx(40 * 0.5**10)
