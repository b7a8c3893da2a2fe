"""Bands against numpy on the whole sample, and against the sampling error the quantiles have anyway."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import lognorm, norm

from simulator.bands import LEVELS, PILOT_DRAWS, Bands

PILOT = PILOT_DRAWS[1]
MANY = 10 * PILOT
ALLOWED_SHARE_OF_ERROR = 0.15
"""The bin is 12/200 of the pilot's standard error wide. Inside it the sample wanders like a bridge, which at ten
times the pilot costs about 0.03 of the sample's standard error; five times that leaves nothing to chance."""

values = st.one_of(st.floats(-1e6, 1e6), st.just(math.nan))
tables = st.tuples(st.integers(1, 40), st.integers(1, 4)).flatmap(lambda shape: arrays(float, shape, elements=values))


def banded(table: np.ndarray, cuts: tuple[int, ...] = ()) -> Bands:
    bands = Bands(table.shape[1])
    for part in np.split(table, sorted(cuts)):
        bands.add(part)
    return bands


def nan_quantiles(table: np.ndarray) -> np.ndarray:
    found = np.full((len(LEVELS), table.shape[1]), np.nan)
    for column, full in enumerate(table.T):
        known = full[~np.isnan(full)]
        if len(known):
            found[:, column] = np.quantile(known, LEVELS)
    return found


@settings(max_examples=80)
@given(tables)
def test_few_draws_give_numpys_quantiles_and_mean(table: np.ndarray) -> None:
    bands = banded(table)

    known = ~np.isnan(table)
    mean = np.divide(
        np.nansum(table, axis=0), known.sum(axis=0), out=np.full(table.shape[1], np.nan), where=known.any(axis=0)
    )
    assert bands.exact
    np.testing.assert_allclose(bands.quantiles(), nan_quantiles(table), rtol=1e-12, atol=1e-6)
    np.testing.assert_allclose(bands.mean(), mean, rtol=1e-12, atol=1e-9)


@settings(max_examples=60)
@given(tables, st.data())
def test_cutting_the_draws_up_changes_nothing(table: np.ndarray, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(table)), max_size=4))

    whole, cut = banded(table), banded(table, tuple(cuts))

    np.testing.assert_array_equal(cut.quantiles(), whole.quantiles())
    np.testing.assert_allclose(cut.mean(), whole.mean(), rtol=1e-12, atol=1e-9)


@settings(max_examples=40)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_few_draws_does_not_matter(table: np.ndarray, random: object) -> None:
    order = list(range(len(table)))
    random.shuffle(order)  # type: ignore[attr-defined]

    np.testing.assert_array_equal(banded(table[order]).quantiles(), banded(table).quantiles())


def test_one_draw_is_its_own_band() -> None:
    bands = banded(np.array([[3.0, -2.0, math.nan]]))

    assert bands.quantiles()[:, :2].tolist() == [[3.0, -2.0]] * 3
    assert np.isnan(bands.quantiles()[:, 2]).all()
    assert bands.mean()[:2].tolist() == [3.0, -2.0]


def test_no_draws_at_all_give_nan_and_no_warning() -> None:
    bands = Bands(2)

    assert np.isnan(bands.mean()).all() and np.isnan(bands.quantiles()).all()


@pytest.mark.parametrize("draws", [PILOT - 1, PILOT, PILOT + 1])
def test_the_switch_to_histograms_comes_after_the_last_pilot_draw(draws: int) -> None:
    bands = banded(np.random.default_rng(2).normal(size=(draws, 2)))

    assert bands.exact == (draws <= PILOT)


def test_wide_tables_keep_fewer_draws_whole_but_never_fewer_than_a_block() -> None:
    bands = Bands(200_000)

    bands.add(np.zeros((PILOT_DRAWS[0], 200_000)))

    assert bands.exact


def mixture_density(x: np.ndarray) -> np.ndarray:
    return 0.3 * norm.pdf(x, -10, 1) + 0.7 * norm.pdf(x, 10, 2)


def shapes(rng: np.random.Generator) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Samples, and the density at the quantiles of each, which sets their sampling error."""
    normal = rng.normal(size=(MANY, 20))
    heavy = np.exp(1.2 * rng.normal(size=(MANY, 20)))
    left = rng.random((MANY, 20)) < 0.3
    two = np.where(left, rng.normal(-10, 1, (MANY, 20)), rng.normal(10, 2, (MANY, 20)))
    return {
        "normal": (normal, norm.pdf(norm.ppf(LEVELS))),
        "lognormal": (heavy, lognorm.pdf(lognorm.ppf(LEVELS, 1.2), 1.2)),
        "bimodal": (two, mixture_density(np.quantile(two, LEVELS))),
    }


@pytest.mark.parametrize("shape", ["normal", "lognormal", "bimodal"])
def test_histograms_lose_a_small_part_of_the_sampling_error(shape: str) -> None:
    sample, density = shapes(np.random.default_rng(7))[shape]
    bands = banded(sample, tuple(range(256, MANY, 256)))
    level = np.array(LEVELS)

    standard_error = np.sqrt(level * (1 - level) / MANY) / density
    off = np.abs(bands.quantiles() - np.quantile(sample, LEVELS, axis=0)) / standard_error[:, None]
    assert not bands.exact
    assert off.max() < ALLOWED_SHARE_OF_ERROR
    np.testing.assert_allclose(bands.mean(), sample.mean(axis=0), rtol=1e-9, atol=1e-9)


def test_a_column_that_never_moves_comes_back_exactly() -> None:
    bands = banded(np.tile([69.1, 0.0, -3.5], (MANY, 1)), (256, 5000))

    assert bands.quantiles().tolist() == [[69.1, 0.0, -3.5]] * 3


def test_a_column_that_is_mostly_zero_has_zero_for_the_quantiles_inside_the_mass() -> None:
    rng = np.random.default_rng(4)
    column = np.where(rng.random((MANY, 1)) < 0.8, 0.0, rng.uniform(1, 2, (MANY, 1)))

    assert banded(column).quantiles()[:2, 0].tolist() == [0.0, 0.0]


def test_nan_leaves_its_column_and_no_other() -> None:
    rng = np.random.default_rng(5)
    sample = rng.normal(size=(MANY, 2))
    sample[rng.random(MANY) < 0.3, 0] = math.nan
    bands = banded(sample, (1000, 3000))

    np.testing.assert_allclose(bands.quantiles(), np.nanquantile(sample, LEVELS, axis=0), atol=0.01)
    np.testing.assert_allclose(bands.mean(), np.nanmean(sample, axis=0), rtol=1e-9, atol=1e-12)
    full = banded(sample[:, 1:], (1000, 3000))
    np.testing.assert_array_equal(bands.quantiles()[:, 1], full.quantiles()[:, 0])


def test_many_draws_cut_up_differently_or_shuffled_after_the_pilot_give_the_same_quantiles() -> None:
    sample = np.random.default_rng(6).gamma(2.0, size=(3 * PILOT, 3))
    shuffled = sample.copy()
    np.random.default_rng(8).shuffle(shuffled[PILOT:])

    whole = banded(sample).quantiles()
    np.testing.assert_array_equal(banded(sample, (1, 700, PILOT + 3, 5000)).quantiles(), whole)
    np.testing.assert_array_equal(banded(shuffled).quantiles(), whole)


def test_a_column_with_few_values_is_bracketed_by_its_own_sampling_error() -> None:
    rng = np.random.default_rng(9)
    columns, known_share = 40, 0.05
    sample = rng.normal(size=(MANY, columns))
    sample[rng.random((MANY, columns)) > known_share] = math.nan

    level = np.array(LEVELS)
    standard_error = np.sqrt(level * (1 - level) / (MANY * known_share)) / norm.pdf(norm.ppf(level))
    off = np.abs(banded(sample).quantiles() - np.nanquantile(sample, LEVELS, axis=0)) / standard_error[:, None]
    assert off.max() < 3 * ALLOWED_SHARE_OF_ERROR


def test_a_column_that_first_shows_up_after_the_pilot_has_quantiles_if_it_has_a_mean() -> None:
    sample = np.full((2 * PILOT, 1), math.nan)
    sample[PILOT:] = 5.0
    bands = banded(sample)

    assert bands.mean()[0] == 5.0
    assert bands.quantiles()[:, 0].tolist() == [5.0, 5.0, 5.0]


def test_blocks_without_draws_give_nan() -> None:
    bands = banded(np.zeros((0, 2)))

    assert np.isnan(bands.quantiles()).all()


# Standard errors


def density_errors(draws: int) -> np.ndarray:
    """Textbook standard errors of mean and quantiles of a standard normal sample."""
    level = np.array(LEVELS)
    quantiles = np.sqrt(level * (1 - level) / draws) / norm.pdf(norm.ppf(level))
    return np.array([1 / math.sqrt(draws), *quantiles])


@pytest.mark.parametrize("draws", [400, PILOT, MANY])
def test_standard_errors_are_those_of_the_textbook(draws: int) -> None:
    """Averaged over columns: one column's spread of two ranks is itself uncertain by a fifth or so."""
    bands = banded(np.random.default_rng(11).normal(size=(draws, 60)), (100,))

    found = bands.standard_errors()
    assert found.shape == (1 + len(LEVELS), 60)
    np.testing.assert_allclose(found.mean(axis=1), density_errors(draws), rtol=0.12)


@pytest.mark.parametrize("shape", ["lognormal", "bimodal"])
def test_quantiles_miss_by_as_much_as_their_standard_errors_say(shape: str) -> None:
    sample, _ = shapes(np.random.default_rng(7))[shape]
    true = {"lognormal": lognorm.ppf(LEVELS, 1.2), "bimodal": np.quantile(sample, LEVELS)}[shape]
    pieces = [banded(part) for part in np.split(sample[: MANY // 512 * 512], MANY // 512)]
    off = np.concatenate([(one.quantiles() - true[:, None]) / one.standard_errors()[1:] for one in pieces], axis=1)
    ends = off[[0, 2]]  # the middle of the bimodal one lies where there is next to nothing
    assert (ends.std(axis=1) > 0.8).all() and (ends.std(axis=1) < 1.4).all()


def test_few_draws_take_the_rank_that_is_there() -> None:
    """Of ten draws the 5 % point has no rank below the first: the other side counts for both."""
    column = np.arange(10.0)[:, None]

    step_per_level = 9.0
    assert banded(column).standard_errors()[1, 0] == pytest.approx(step_per_level * math.sqrt(0.05 * 0.95 / 10))


def test_errors_of_no_draw_and_of_one_do_not_exist() -> None:
    assert np.isnan(banded(np.zeros((1, 2))).standard_errors()).all()
    assert np.isnan(Bands(3).standard_errors()).all()


def test_what_never_moves_has_no_error() -> None:
    assert (banded(np.tile([69.1, 0.0], (MANY, 1))).standard_errors() <= 1e-12).all()


@settings(max_examples=40)
@given(tables, st.data())
def test_cutting_the_draws_up_leaves_errors_alone(table: np.ndarray, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(table)), max_size=4))

    np.testing.assert_array_equal(banded(table, tuple(cuts)).standard_errors(), banded(table).standard_errors())


@pytest.mark.parametrize("draws", [300, 2 * PILOT])
def test_errors_count_only_draws_that_have_a_value(draws: int) -> None:
    rng = np.random.default_rng(5)
    sample = rng.normal(size=(draws, 2))
    sample[rng.random(draws) < 0.3, 0] = math.nan
    known = sample[~np.isnan(sample[:, 0]), :1]
    alone = banded(known) if len(known) <= PILOT else None

    found = banded(sample, (256,)).standard_errors()[:, 0]
    expected = alone.standard_errors()[:, 0] if alone else density_errors(len(known))
    np.testing.assert_allclose(found, expected, rtol=1e-9 if alone else 0.4)


def test_asking_between_blocks_changes_nothing() -> None:
    sample = np.random.default_rng(3).normal(size=(600, 2))
    bands = Bands(2)
    for part in np.split(sample, 3):
        bands.add(part)
        bands.quantiles()

    np.testing.assert_array_equal(bands.standard_errors(), banded(sample).standard_errors())
    np.testing.assert_array_equal(bands.quantiles(), banded(sample).quantiles())
