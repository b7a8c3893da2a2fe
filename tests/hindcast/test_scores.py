"""Hits, signs, bands, skill and how many observations the targets are worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.hindcast.scores import BAND, Prediction, effective_number, judge, scale_of, score
from tests.hindcast.made import episode, judged, normal, target

HERE = episode("made", "2020-01", target(), target(target="other", observed=-4.0, tolerance=1.0))


def predicted(values: np.ndarray) -> Prediction:
    return Prediction(HERE, values, np.zeros(2), 0)


@pytest.mark.parametrize(("off", "hit"), [(0.0, True), (0.99, True), (-1.0, True), (1.01, False), (-3.0, False)])
def test_a_hit_is_within_the_tolerance(off: float, hit: bool) -> None:
    assert judged(off).hit is hit
    assert judged(off).error == pytest.approx(abs(off))


def test_a_sign_counts_only_where_what_was_observed_differs_from_no_change_by_more_than_the_tolerance() -> None:
    assert judged(0.0).clear and not judged(0.0, observed=1.9).clear and not judged(0.0, observed=-2.0).clear
    assert judged(-3.0).sign_right and not judged(-6.0).sign_right
    assert not replace(judged(0.0), p50=0.0).sign_right, "no change is no sign"


def test_a_sign_is_against_what_would_have_been() -> None:
    """A level of 10 where 14 would have been went down."""
    assert replace(judged(0.5), unchanged=14.0).sign_right and not replace(judged(3.0), unchanged=14.0).sign_right


def test_the_band_holds_what_was_observed_or_not() -> None:
    assert judged(1.9).inside and judged(-2.0).inside and not judged(2.1).inside


def test_counts_and_errors_with_every_episode_weighing_once() -> None:
    rows = [judged(0.5, "a"), judged(1.5, "a"), judged(2.5, "a"), judged(3.0, "b", observed=1.0)]
    found = score(rows, ())
    assert (found.hits, found.targets, found.clear, found.signs, found.inside) == (1, 4, 3, 3, 2)
    assert found.errors[0] == pytest.approx((1.5 + 3.0) / 2)
    assert found.errors[1:] == pytest.approx([(5.0 + 0.5) / 2, (1.0 + 5.5) / 2, (2.0 + 6.5) / 2])


def test_skill_is_the_part_of_a_forecast_s_error_that_is_avoided() -> None:
    found = score([judged(1.0, "a")], ())
    assert found.skill == pytest.approx((0.8, 0.0, 0.5))
    assert np.isnan(replace(found, errors=(1.0, 0.0, 1.0, 1.0)).skill[0]), "nothing is better than no error at all"


def test_targets_that_move_as_one_are_worth_one_each_episode() -> None:
    common = normal(0.0, 1.0, 400, seed=2)
    alike = [predicted(np.stack([scale * common for scale in (1.0, -2.0, 3.0)[:size]], axis=1)) for size in (3, 2)]
    assert effective_number(alike) == pytest.approx(2.0)


def test_targets_that_move_each_in_its_own_way_are_worth_about_their_number() -> None:
    apart = predicted(normal(0.0, 1.0, 20_000, seed=3).reshape(4000, 5))
    assert 4.5 < effective_number([apart]) <= 5.0


def test_a_target_that_never_moves_is_worth_one() -> None:
    assert effective_number([predicted(np.zeros((50, 1)))]) == 1.0


def test_the_median_is_the_model_s_and_the_band_has_the_structural_error_on_top() -> None:
    values = np.stack([normal(11.0, 1.0, 20_000, seed=4), normal(-4.0, 0.1, 20_000, seed=5)], axis=1)
    first, second = judge(predicted(values), 1.5, (), seed=1)
    assert first.p50 == np.median(values[:, 0])
    for row, sigma in ((first, np.hypot(1.0, 1.5 * 2.0)), (second, np.hypot(0.1, 1.5 * 1.0))):
        assert row.p95 - row.p05 == pytest.approx(2 * 1.645 * sigma, rel=0.03)
    bare = judge(predicted(values), 0.0, (), seed=1)[0]
    assert (bare.p05, bare.p95) == tuple(np.quantile(values[:, 0], BAND))


def test_the_noise_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    values = np.zeros((300, 2))
    again, once, other = (judge(predicted(values), 1.0, (), seed) for seed in (7, 7, 8))
    assert once == again != other
    assert once[0].p05 != pytest.approx(2.0 * once[1].p05), "each target has a stream of its own"


def test_a_known_structural_error_comes_back_from_predictions() -> None:
    """Sixty episodes whose medians miss by 2 tolerances times a normal number, draws that spread by half of one."""
    many = []
    for number in range(60):
        miss = normal(0.0, 2.0, 2, seed=100 + number)
        one = np.array(
            [target.observed + off * target.tolerance for target, off in zip(HERE.targets, miss, strict=True)]
        )
        noise = np.random.default_rng(number).normal(0.0, 0.5, (200, 2)) * [target.tolerance for target in HERE.targets]
        many.append(predicted(one + noise))
    assert scale_of(many) == pytest.approx(2.0, rel=0.15)
