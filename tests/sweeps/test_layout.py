"""What varies is checked before anything runs, and every problem is told at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.scenario import Scenario, load_scenario
from simulator.scenario.load import with_values
from simulator.scenario.sweeping import Between, sweeping
from simulator.sweeps.layout import lay_out
from simulator.sweeps.overs import parse_over, parse_overs
from simulator.sweeps.sweep import prepare_sweep, what_varies
from tests.sweeps.conftest import FEAR, LOSS, SCENARIO


def told(scenario: Scenario, over: dict[str, object], metrics: Sequence[str] = (), **how: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        prepare_sweep(scenario, what_varies(scenario, over, **how), 1, 1, metrics)  # type: ignore[arg-type]
    return str(caught.value).splitlines()


def test_the_first_lever_moves_slowest(scenario):
    layout = lay_out(scenario, sweeping({LOSS: [0.1, 0.2], FEAR: [0.3, 0.4, 0.5]}), seed=1)
    assert layout.shape == (2, 3)
    assert layout.values == ((0.1, 0.3), (0.1, 0.4), (0.1, 0.5), (0.2, 0.3), (0.2, 0.4), (0.2, 0.5))
    assert layout.numbers == (LOSS, FEAR)
    np.testing.assert_array_equal(layout.held, layout.values)


def test_words_make_groups_and_numbers_do_not(scenario):
    layout = lay_out(scenario, sweeping({"baseline": ["2025", "early_2026"], LOSS: [0.1, 0.2]}), seed=1)
    assert [group.baseline for group in layout.groups] == ["2025", "early_2026"]
    assert layout.group.tolist() == [0, 0, 1, 1]
    assert layout.numbers == (LOSS,)


def test_a_word_for_a_number_is_a_number():
    threat = load_scenario(SCENARIO.with_name("secondary_tariff_100_us.yaml"))
    layout = lay_out(threat, sweeping({"shocks.0.others": ["free", 0.5, "comply"]}), seed=1)
    assert layout.held.ravel().tolist() == [0.0, 0.5, 1.0]


def test_a_list_takes_one_value_of_each(scenario):
    layout = lay_out(scenario, sweeping({LOSS: [0.1, 0.2], FEAR: [0.3, 0.4]}, "list"), seed=1)
    assert layout.values == ((0.1, 0.3), (0.2, 0.4))
    assert layout.shape is None


@pytest.mark.parametrize("design", ["lhs", "sobol"])
def test_a_design_spreads_between_the_ends(scenario, design):
    asked = sweeping({LOSS: (0.2, 0.6), FEAR: (0.1, 0.3)}, design, 32)
    layout = lay_out(scenario, asked, seed=5)
    for column, (low, high) in zip(layout.held.T, ((0.2, 0.6), (0.1, 0.3)), strict=True):
        assert low <= column.min() and column.max() <= high
        # Each of 32 slices of equal width holds one point.
        assert sorted((32 * (column - low) / (high - low)).astype(int)) == list(range(32))
    np.testing.assert_array_equal(layout.held, lay_out(scenario, asked, seed=5).held)
    assert not np.array_equal(layout.held, lay_out(scenario, asked, seed=6).held)


def test_steps_are_the_numbers_one_would_write():
    assert Between(0, 1, 11).values[3] == 0.3
    assert Between(0, 4, 5).values == (0, 1, 2, 3, 4)
    assert all(isinstance(value, int) for value in Between(0, 4, 5).values)


def test_paths_that_do_not_exist_are_named_with_the_nearest(scenario):
    lines = told(scenario, {"shocks.0.loss_shar": [0.1, 0.2], "parameters.feer": [0.1, 0.2]})
    assert len(lines) == 2
    assert lines[0].startswith("shocks.0.loss_shar: is not a key of supply_outage (allowed")
    assert lines[0].endswith("did you mean loss_share?)")
    assert lines[1] == "parameters.feer: there is no such parameter (given feer; did you mean fear?)"


def test_values_out_of_range_are_named_one_by_one(scenario):
    lines = told(scenario, {LOSS: [0.5, 50], FEAR: [-1, 0.2]})
    assert lines == [
        f"{LOSS}: is outside its range (given 50; allowed 0 to 1; did you mean 0.5?)",
        f"{FEAR}: is outside its range (given -1; allowed 0.0001 to 10 ratio)",
    ]


@pytest.mark.parametrize(
    ("over", "how", "message"),
    [
        ({LOSS: Between(0.5, 0.5, 3)}, {}, f"{LOSS}: is an empty range: both ends are the same (given 0.5)"),
        ({LOSS: []}, {}, f"{LOSS}: is an empty range: there is no value in it"),
        ({LOSS: Between(0, 1, 1)}, {}, f"{LOSS}: needs a number of steps (given 1; allowed 2 and more)"),
        ({LOSS: [0.1, 0.1]}, {}, f"{LOSS}: holds a value twice (given 0.1)"),
        ({}, {}, "--over: nothing varies"),
        ({LOSS: [0.1]}, {"design": "gird"}, "--design: there is no such design (given gird;"),
        ({LOSS: (0.1, 0.2)}, {"design": "lhs"}, "--points: a design of lhs needs points"),
        ({LOSS: [0.1, 0.2], FEAR: [0.1]}, {"design": "list"}, "--over: a list takes one value of each path a point"),
        ({"months": [3, 6]}, {}, "months: cannot vary in a sweep"),
        ({"baseline": (1, 2)}, {"design": "sobol", "points": 4}, "baseline: there is no such baseline"),
    ],
)
def test_what_makes_no_sweep_is_refused(scenario, over, how, message):
    assert any(line.startswith(message) for line in told(scenario, over, **how))


def test_what_the_market_cannot_have_is_refused_at_its_corner(scenario):
    asked = with_values(scenario, {"shocks.0.loss_share": None, "shocks.0.loss_kbd": 100.0})
    lines = told(asked, {"shocks.0.loss_kbd": [100.0, 9000.0]})
    assert any("is more than these streams export" in line for line in lines)


def test_an_unknown_outcome_is_refused_before_anything_runs(scenario):
    assert told(scenario, {LOSS: [0.1]}, metrics=["share/grup"]) == [
        "--metric: share has no such breakdown (given share/grup; allowed stream, group, country, segment; "
        "did you mean share/group?)"
    ]


@pytest.mark.parametrize("text", ["loss", "=1", "x=0:1:two", "x=a:b", "x=[1"])
def test_a_malformed_over_is_refused(text):
    with pytest.raises(InputError):
        parse_over(text)


def test_the_block_in_a_file_is_used_and_kept_out_of_runs(tmp_path):
    block = "sweep:\n  over:\n    shocks.0.loss_share: {from: 0.2, to: 0.6, count: 3}\n"
    file = tmp_path / "own.yaml"
    file.write_text(SCENARIO.read_text(encoding="utf-8") + block, encoding="utf-8")
    asked = prepare_sweep(asked := load_scenario(file), what_varies(asked, None), 1, 1)
    assert asked.layout.held.ravel().tolist() == [0.2, 0.4, 0.6]
    other = prepare_sweep(load_scenario(file), sweeping({FEAR: [0.1, 0.2]}), 1, 1)
    assert other.layout.paths == (FEAR,)


def test_problems_of_the_block_have_a_place(tmp_path):
    file = tmp_path / "own.yaml"
    block = "sweep:\n  desing: grid\n  over:\n    shocks.0.loss_share: {from: 0, to: 1, cuont: 3}\n"
    text = SCENARIO.read_text(encoding="utf-8")
    file.write_text(text + block, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(file)
    line = len(text.splitlines()) + 2
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{file}:{line}:3: sweep.desing: is not a key of sweep")
    assert second.startswith(f"{file}:{line + 2}:") and "did you mean count?" in second


def test_points_of_a_list_are_checked_as_they_are_and_no_others(scenario):
    outage = {"type": "supply_outage", "streams": ["iran"], "loss_kbd": 100.0}
    two = with_values(scenario, {"shocks": [outage, outage]})
    # Each point can be; both large losses together, or the first loss from the second country, cannot.
    over = {
        "shocks.0.loss_kbd": [4000.0, 500.0],
        "shocks.0.streams": [["saudi_arabia"], ["iran"]],
        "shocks.1.loss_kbd": [100.0, 800.0],
    }
    layout = lay_out(two, sweeping(over, "list"), seed=1)
    assert [group.shocks[0].loss_kbd.mid for group in layout.groups] == [4000.0, 500.0]
    with pytest.raises(InputError, match="is more than these streams export"):
        lay_out(two, sweeping({**over, "shocks.1.loss_kbd": [100.0, 1200.0]}, "list"), seed=1)


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"baseline": [2025, "2025"]}, "baseline: holds a value twice (given 2025)"),
        ({FEAR: Between(0.5, 0.5 + 1e-14, 3)}, f"{FEAR}: holds a value twice (given 0.5)"),
        ({FEAR: [0.5], f"{FEAR}.low": [0.1]}, f"{FEAR}.low: lies within {FEAR}, which varies as well"),
    ],
)
def test_values_that_share_a_label_or_a_place_are_refused(scenario, over, message):
    assert told(scenario, over) == [message]


def test_a_parameter_of_one_buyer_varies_beside_that_of_all(scenario):
    layout = lay_out(scenario, sweeping({"parameters.stock_response": [20], "parameters.stock_response.india": [9]}), 1)
    assert layout.held.tolist() == [[20.0, 9.0]]


def test_a_list_has_as_few_points_as_a_grid(scenario):
    lines = told(scenario, {LOSS: Between(0, 1, 10**9)}, design="list")
    assert lines == ["--over: makes too many points (given 1,000,000,000; allowed at most 1,000,000)"]


def test_problems_of_all_overs_are_told_at_once_and_a_path_twice_is_one():
    with pytest.raises(InputError) as caught:
        parse_overs(["a=0:x:3", "b=1,2", "b=3,4", "c"])
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["a", "b", "c"]
    assert parse_overs(["a=1,2"]) == {"a": (1, 2)}
