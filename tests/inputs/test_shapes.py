"""Distributions of other shapes: their draws against scipy's own, and what they can reach against what is allowed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulator import InputError, Scenario, run
from simulator.axes import BUYERS, DRAW_BLOCK
from simulator.inputs.baseline import Baseline
from simulator.inputs.compile import compile_block, opened_pairs, uncertain
from simulator.inputs.draws import Block, Range, draw
from simulator.inputs.refusals import refuse_impossible
from simulator.scenario.shapes import Discrete, Lognormal, Pert, Shape, Triangular, Uniform

Write = Callable[..., Scenario]

BLOCKS = 80
Z95 = float(stats.norm.ppf(0.95))


def pert(minimum: float, mode: float, maximum: float) -> Any:
    """Written down once more, from the textbook."""
    width = maximum - minimum
    return stats.beta(1 + 4 * (mode - minimum) / width, 1 + 4 * (maximum - mode) / width, minimum, width)


def triangular(minimum: float, mode: float, maximum: float) -> Any:
    return stats.triang((mode - minimum) / (maximum - minimum), minimum, maximum - minimum)


SMOOTH: list[tuple[Shape, Any]] = [
    (Triangular(-2.0, 5.0, 1.0), triangular(-2.0, 1.0, 5.0)),
    (Triangular(0.0, 1.0, 0.0), triangular(0.0, 0.0, 1.0)),
    (Triangular(0.0, 1.0, 1.0), triangular(0.0, 1.0, 1.0)),
    (Pert(-2.0, 5.0, 1.0), pert(-2.0, 1.0, 5.0)),
    (Pert(10.0, 20.0, 20.0), pert(10.0, 20.0, 20.0)),
    (Uniform(-3.0, 4.0), stats.uniform(-3.0, 7.0)),
    (Lognormal(2.0, 9.0), stats.lognorm(math.log(9 / 2) / (2 * Z95), scale=math.sqrt(2 * 9))),
]


def drawn(shape: Shape, name: str = "some_number", **limits: float) -> np.ndarray:
    low, mid, high = shape.points()
    one = Range(low, mid, high, **limits, shape=shape)
    return np.concatenate([draw(name, one, Block(3, k * DRAW_BLOCK)) for k in range(BLOCKS)])


@pytest.mark.parametrize(("shape", "known"), SMOOTH, ids=lambda one: getattr(one, "name", ""))
def test_draws_follow_scipys_distribution(shape: Shape, known: Any) -> None:
    """The largest distance to the distribution function, against Kolmogorov's 1 in 10,000."""
    values = drawn(shape)
    assert len(values) == 20_480
    assert stats.kstest(values, known.cdf).pvalue > 1e-4
    np.testing.assert_allclose(shape.points(), known.ppf([0.05, 0.5, 0.95]), rtol=1e-12)


@pytest.mark.parametrize(("shape", "known"), SMOOTH, ids=lambda one: getattr(one, "name", ""))
def test_means_are_those_of_the_distribution(shape: Shape, known: Any) -> None:
    values = drawn(shape)
    assert values.mean() == pytest.approx(known.mean(), abs=4 * known.std() / math.sqrt(len(values)))


def test_the_mean_of_a_pert_is_a_sixth_of_its_ends_and_four_modes() -> None:
    values = drawn(Pert(2.0, 12.0, 4.0))
    assert values.mean() == pytest.approx((2 + 4 * 4 + 12) / 6, abs=4 * values.std() / math.sqrt(len(values)))


def test_a_discrete_number_takes_its_values_as_often_as_their_weights_say() -> None:
    values = drawn(Discrete.of([5, 1, 3], [2, 5, 3]))
    for value, share in ((1, 0.5), (3, 0.3), (5, 0.2)):
        error = math.sqrt(share * (1 - share) / len(values))
        assert np.mean(values == value) == pytest.approx(share, abs=4 * error)
    assert set(values) == {1.0, 3.0, 5.0}


def test_discrete_points_are_the_first_values_whose_weight_reaches_the_level() -> None:
    assert Discrete.of([1, 2], [0.5, 0.5]).points() == (1.0, 1.0, 2.0)
    assert Discrete.of([1, 2, 9], [1, 97, 2]).points() == (2.0, 2.0, 2.0)
    assert Discrete.of([1, 2, 9], [0, 0, 7]).quantile(np.array([0.0, 1.0])).tolist() == [9.0, 9.0]


def test_a_discrete_number_of_two_values_is_drawn_although_its_5_and_95_percent_points_agree() -> None:
    rare = Discrete.of([1, 100], [99, 1])
    low, mid, high = rare.points()
    assert low == mid == high == 1.0
    assert not Range(low, mid, high, shape=rare).is_constant
    assert (drawn(rare) == 100).mean() == pytest.approx(0.01, abs=0.003)


def test_shapes_are_cut_at_the_legal_range_too() -> None:
    values = drawn(Lognormal(0.2, 0.9), minimum=0.0, maximum=1.0)
    assert values.max() == 1.0 and 0 < (values == 1.0).mean() < 0.05


def test_a_single_draw_stands_at_the_middle(scenario: Write, base: Baseline) -> None:
    asked = scenario(
        "parameters: {unused_pair_factor: {distribution: pert, minimum: 0, mode: 1, maximum: 5}}\n"
        "shocks: [{type: supply_outage, streams: [iran], "
        "loss_share: {distribution: discrete, values: [0.2, 0.9], weights: [1, 2]}}]\n"
    )
    found, _ = compile_block(asked, base, uncertain(asked), Block(1, 0, mid_only=True))
    assert found["unused_pair_factor"][0] == pytest.approx(pert(0, 1, 5).median())
    assert found["shocks.0.loss_share"].tolist() == [0.9]


def test_the_file_a_run_reads_may_hold_any_shape(scenario: Write) -> None:
    asked = scenario(
        "shocks: [{type: supply_outage, streams: [iran], loss_share: {distribution: discrete, values: [0, 1]}}]\n"
    )
    results = run(asked, draws=128, months=1)
    brent = results.get("brent_usd_bbl", month="2026-03")
    assert brent.p05 < brent.p95 and results.unconverged == 0
    assert max(results.drivers, key=lambda one: one.share).name == "shocks.0.loss_share"
    assert max(one.share for one in results.drivers) > 0.6, "ties share their rank"


def test_numbers_of_shocks_and_parameters_are_drawn_from_their_shape(scenario: Write, base: Baseline) -> None:
    asked = scenario(
        "parameters: {fear: {distribution: uniform, minimum: 0.5, maximum: 0.6}}\n"
        "shocks: [{type: discount, streams: [iran], "
        "change_usd_bbl: {distribution: lognormal, low: 1, high: 4}}]\n"
    )
    found, _ = compile_block(asked, base, uncertain(asked), Block(1, 0))
    assert 0.5 <= found["fear"].min() < 0.51 and 0.59 < found["fear"].max() <= 0.6
    assert np.median(found["shocks.0.change_usd_bbl"]) == pytest.approx(2.0, rel=0.1)


# What can be reached


def refused(scenario: Scenario) -> str:
    with pytest.raises(InputError) as caught:
        refuse_impossible(scenario)
    return str(caught.value)


RARE = "{{distribution: discrete, values: [{}, {}], weights: [9999, 1]}}"


@pytest.mark.parametrize(
    ("shock", "words"),
    [
        ("type: supply_outage, streams: [iran], loss_kbd: " + RARE.format(100, 3000), "given 3000"),
        (
            "type: supply_outage, streams: [iran], loss_kbd: {distribution: pert, minimum: 0, mode: 0, maximum: 1900}",
            "given 1900",
        ),
        ("type: demand, buyers: [turkey], change_kbd: " + RARE.format(0, -700), "given -700"),
        (
            "type: capacity, streams: [usa_ans], "
            "change_kbd: {distribution: triangular, minimum: -60, mode: 10, maximum: 10}",
            "given -60",
        ),
        ("type: tariff, streams: [us], buyers: [china], rate: " + RARE.format(0, -0.21), "given -0.21"),
        ("type: tariff, streams: [oman], buyers: [india], usd_bbl: " + RARE.format(0, -1), "given -1"),
        ("type: stock_release, buyers: [india], rate_kbd: 10, total_mb: " + RARE.format(1, 4000), "given 4000"),
        ("type: purchase_commitment, buyers: [china], streams: [usa], volume_kbd: " + RARE.format(1, 49000), "49000"),
    ],
)
def test_a_rare_value_is_refused_where_the_market_cannot_do_it(scenario: Write, shock: str, words: str) -> None:
    assert words in refused(scenario(f"shocks: [{{{shock}}}]\n"))


def test_a_pair_opens_for_a_rare_draw(scenario: Write, base: Baseline) -> None:
    rare = RARE.format(0, 100), RARE.format(0, -5)
    asked = scenario(
        f"shocks:\n  - {{type: capacity, streams: [usa_ans], change_kbd: {rare[0]}}}\n"
        f"  - {{type: sanction, streams: [iran], buyers: [india], risk_usd_bbl: {rare[1]}}}\n"
    )
    refuse_impossible(asked)
    opened = opened_pairs(asked, base, uncertain(asked)[1])
    at = base.labels.streams.index("usa_ans")
    assert opened[:, at].tolist() == base.pairs.unused[:, at].tolist() and opened[:, at].any()
    assert opened[BUYERS.index("india")][base.labels.stream_mask(("iran_light", "iran_heavy"))].all()


def test_new_capacity_that_may_come_counts_for_a_promise(scenario: Write) -> None:
    rare = RARE.format(0, 40000)
    asked = scenario(
        f"shocks:\n  - {{type: capacity, streams: [usa_wti], change_kbd: {rare}}}\n"
        "  - {type: purchase_commitment, buyers: [china], streams: [usa_wti], volume_kbd: 30000}\n"
    )
    refuse_impossible(asked)
    assert asked.shocks[0].change_kbd.high == 0.0  # type: ignore[union-attr]
