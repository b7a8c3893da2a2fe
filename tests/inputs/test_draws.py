"""Uncertain numbers: the quantiles asked for, inside the legal range, the same whatever is drawn beside them."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest

from simulator.axes import DRAW_BLOCK
from simulator.inputs.draws import Block, Range, draw

LEVELS = (0.05, 0.5, 0.95)
MANY = 80


def many(name: str, uncertain: Range, seed: int = 1, blocks: int = MANY) -> np.ndarray:
    return np.concatenate([draw(name, uncertain, Block(seed, k * DRAW_BLOCK)) for k in range(blocks)])


@pytest.mark.parametrize(
    "uncertain",
    [
        Range(1.9, 4.0, 7.7, 0.2, 50.0, in_logs=True),
        Range(7.0, 12.0, 18.0, in_logs=True),
        Range(-0.03, -0.016, -0.006),
        Range(0.7, 0.8, 0.9, 0.05, 0.99),
        Range(-5.0, 1.0, 2.0),
    ],
)
def test_low_mid_and_high_are_the_5_50_and_95_percent_points(uncertain: Range) -> None:
    """The share of draws below each point, within four standard errors of 20,480 draws."""
    values = many("some_number", uncertain)
    for level, point in zip(LEVELS, (uncertain.low, uncertain.mid, uncertain.high), strict=True):
        error = math.sqrt(level * (1 - level) / len(values))
        assert np.mean(values <= point) == pytest.approx(level, abs=4 * error)


def test_a_draw_is_the_same_in_whatever_block_and_number_of_draws() -> None:
    """Blocks in any order against one long run of the generator the name and the seed stand for."""
    uncertain = Range(0.0, 1.0, 2.0)
    key = int.from_bytes(hashlib.sha256(b"7:elasticity").digest()[:16], "little")
    uniform = np.random.Generator(np.random.Philox(key=key)).random(4 * DRAW_BLOCK)
    for first in (3, 0, 2, 1):
        values = draw("elasticity", uncertain, Block(7, first * DRAW_BLOCK))
        part = uniform[first * DRAW_BLOCK : (first + 1) * DRAW_BLOCK]
        assert (np.argsort(values) == np.argsort(part)).all()
    again = draw("elasticity", uncertain, Block(7, DRAW_BLOCK))
    np.testing.assert_array_equal(again, draw("elasticity", uncertain, Block(7, DRAW_BLOCK)))


def test_blocks_names_and_seeds_have_random_numbers_of_their_own() -> None:
    uncertain = Range(0.0, 1.0, 2.0)
    one = draw("a", uncertain, Block(1, 0))
    others = [
        draw("a", uncertain, Block(1, DRAW_BLOCK)),
        draw("b", uncertain, Block(1, 0)),
        draw("a", uncertain, Block(2, 0)),
    ]
    for other in others:
        assert abs(np.corrcoef(one, other)[0, 1]) < 4 / math.sqrt(DRAW_BLOCK)
        assert not np.isin(one, other).any()


def test_the_range_changes_the_value_and_not_the_rank_of_a_draw() -> None:
    narrow = draw("a", Range(0.9, 1.0, 1.1), Block(1, 0))
    wide = draw("a", Range(-3.0, 1.0, 9.0), Block(1, 0))
    np.testing.assert_array_equal(np.argsort(narrow), np.argsort(wide))


def test_values_are_cut_at_the_legal_range() -> None:
    values = many("share", Range(0.02, 0.5, 0.98, 0.0, 1.0), blocks=20)
    assert values.min() == 0.0 and values.max() == 1.0
    inside = (values > 0) & (values < 1)
    assert 0.9 < inside.mean() < 1.0


def test_a_number_in_logs_never_reaches_0() -> None:
    assert many("price", Range(0.01, 1.0, 30.0, in_logs=True), blocks=20).min() > 0


def test_constants_and_single_draws_stand_at_the_mid() -> None:
    assert set(draw("a", Range(3.0, 3.0, 3.0), Block(1, 0))) == {3.0}
    assert draw("a", Range(1.0, 2.0, 9.0), Block(1, 0, mid_only=True)).tolist() == [2.0]
