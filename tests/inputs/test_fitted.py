"""Parameters fitted together are drawn together, and a scenario's own value wins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator import Scenario, datasets
from simulator.axes import DRAW_BLOCK
from simulator.inputs import fitted
from simulator.inputs.baseline import Baseline
from simulator.inputs.compile import compile_block, parameter_ranges, uncertain
from simulator.inputs.draws import Block
from simulator.inputs.fitted import Fitted, truncated

MEMBERS = np.arange(7.0)
MADE = Fitted(("fear", "stock_response", "freight_elasticity"), MEMBERS[:, None] + [0.1, 10, 100], np.full(7, 1 / 7))
FIRST = Block(seed=3, first=0)


def drawn(scenario: Scenario, base: Baseline, block: Block = FIRST, members: Fitted = MADE) -> dict[str, np.ndarray]:
    return compile_block(scenario, base, uncertain(scenario), block, members)[0]


def test_all_names_take_the_same_member_in_a_draw() -> None:
    found = MADE.draw(FIRST, MADE.names)
    for name, shift in zip(MADE.names, (0.1, 10.0, 100.0), strict=True):
        np.testing.assert_allclose(found[name] - shift, found["fear"] - 0.1, atol=1e-12)
    assert set((found["fear"] - 0.1).round(9)) == set(MEMBERS), "and every member comes up"


def test_only_what_is_asked_for_is_drawn_and_that_the_same() -> None:
    alone = MADE.draw(FIRST, {"stock_response", "unheard_of"})
    assert set(alone) == {"stock_response"}
    np.testing.assert_array_equal(alone["stock_response"], MADE.draw(FIRST, MADE.names)["stock_response"])


def test_members_come_up_by_their_weight() -> None:
    weight = np.array([0.7, 0.3, 0.0])
    found = Fitted(("fear",), MEMBERS[:3, None], weight).draw(FIRST, {"fear"})["fear"]
    assert [np.mean(found == member) for member in range(3)] == pytest.approx(weight, abs=0.07)
    assert not (found == 2.0).any()


def test_the_mid_is_the_weighted_median() -> None:
    mid = Block(seed=3, first=0, mid_only=True)
    assert MADE.draw(mid, MADE.names)["fear"].tolist() == [3.1]
    leaning = Fitted(("fear",), np.array([[5.0], [1.0], [3.0]]), np.array([0.2, 0.2, 0.6]))
    assert leaning.draw(mid, {"fear"})["fear"].tolist() == [3.0]
    np.testing.assert_allclose(leaning.quantiles((0.1, 0.5, 0.9)), [[1.0], [3.0], [5.0]])


def test_in_turn_draw_k_takes_member_k() -> None:
    many = Fitted(("fear",), np.arange(600.0)[:, None], np.full(600, 1 / 600), in_turn=True)
    for first in (0, 256):
        found = many.draw(Block(seed=1, first=first), {"fear"})["fear"]
        np.testing.assert_array_equal(found, np.arange(first, first + DRAW_BLOCK))


def test_a_draw_does_not_depend_on_how_many_there_are() -> None:
    """The second block holds draws 256 to 511 whether or not a first was asked for."""
    again = [MADE.draw(Block(seed=3, first=256), MADE.names)["fear"] for _ in range(2)]
    np.testing.assert_array_equal(*again)
    assert not np.array_equal(again[0], MADE.draw(FIRST, MADE.names)["fear"])
    assert not np.array_equal(MADE.draw(Block(4, 0), MADE.names)["fear"], MADE.draw(FIRST, MADE.names)["fear"])


def test_without_an_episode_members_weigh_as_if_it_had_not_been_seen() -> None:
    likelihood = np.array([-1.0, -2.0, -1.5, -1.2, -1.9, -1.0, -1.4])
    expected = np.exp(-likelihood) / np.exp(-likelihood).sum()
    assert expected.max() < 1 / np.sqrt(7)
    np.testing.assert_allclose(MADE.without(likelihood).weight, expected, rtol=1e-12)
    np.testing.assert_array_equal(MADE.without(likelihood).values, MADE.values)


def test_one_member_that_misses_an_episode_by_far_counts_for_less_than_that_says() -> None:
    likelihood = np.zeros(7)
    likelihood[2] = -np.log(60.0)
    found = MADE.without(likelihood).weight
    cut = 1 / np.sqrt(7)
    assert found[2] == found.max() == pytest.approx(cut / (cut + 6 / 66)) and found[2] < 60 / 66
    assert truncated(np.full(4, 0.25)).tolist() == [0.25] * 4


def test_a_scenario_s_own_parameter_wins(scenario: Callable[..., Scenario], base: Baseline) -> None:
    found = drawn(scenario("parameters: {fear: 0.4, stock_response: {low: 50, mid: 60, high: 70}}\n"), base)
    assert (found["fear"] == 0.4).all()
    assert 50 < np.median(found["stock_response"]) < 70 and len(set(found["stock_response"])) > 100
    assert set(found["freight_elasticity"]) == set(MEMBERS + 100), "all others come from the members"


def test_what_a_scenario_says_for_all_buyers_holds_for_those_with_a_row_of_their_own(
    scenario: Callable[..., Scenario], base: Baseline
) -> None:
    """Nor do members of the one buyer come back."""
    name = "compliance_share.india"
    members = Fitted((name, "compliance_share"), MEMBERS[:, None] * [0.1, 0.05], np.full(7, 1 / 7))
    found = drawn(scenario("parameters: {compliance_share: 0.35}\n"), base, members=members)
    assert (found["compliance_share"] == 0.35).all() and name not in found
    one = drawn(scenario(f"parameters: {{{name}: 0.35}}\n"), base, members=members)
    assert (one[name] == 0.35).all() and set(one["compliance_share"]) == set(MEMBERS * 0.05)


def test_what_is_not_fitted_is_drawn_on_its_own_as_before(scenario: Callable[..., Scenario], base: Baseline) -> None:
    asked = scenario()
    with_members = drawn(asked, base)
    alone = compile_block(asked, base, uncertain(asked), FIRST)[0]
    for name in with_members.keys() - set(MADE.names):
        np.testing.assert_array_equal(with_members[name], alone[name], err_msg=name)


def test_the_shipped_members_are_parameters_inside_their_bounds_and_know_every_episode() -> None:
    found, ranges = fitted.shipped(), parameter_ranges()
    assert len(found.values) >= DRAW_BLOCK and found.weight.sum() == pytest.approx(1.0)
    for name, column in zip(found.names, found.values.T, strict=True):
        assert ranges[name].minimum <= column.min() and column.max() <= ranges[name].maximum, name
    for episode in datasets.table("episodes").column("episode"):
        without = fitted.shipped_without(episode)
        assert without.weight.sum() == pytest.approx(1.0) and 1 / (without.weight**2).sum() > 20, episode
