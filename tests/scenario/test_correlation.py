"""Correlations in the file: read, taken over from a parent, set and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
from simulator.report.scenario import in_words
from simulator.scenario import Scenario, load_scenario, to_document

BODY = """parameters: {pull: {low: 1, mid: 2, high: 4}}
shocks:
  - {type: supply_outage, streams: [iran], loss_share: {low: 0.1, mid: 0.5, high: 0.7}}
correlations:
  - {between: [shocks.0.loss_share, parameters.pull], rank: 0.6}
"""


def test_a_correlation_is_a_pair_in_any_order(load: Any) -> None:
    one = load(BODY)
    other = load(BODY.replace("[shocks.0.loss_share, parameters.pull]", "[parameters.pull, shocks.0.loss_share]"))
    assert one.correlations == other.correlations and to_document(one) == to_document(other)
    (found,) = one.correlations
    assert (found.between, found.rank) == (("parameters.pull", "shocks.0.loss_share"), 0.6)


def test_it_comes_back_and_is_shown(load: Any, tmp_path: Path, words: Any) -> None:
    scenario = load(BODY)
    (tmp_path / "again.yaml").write_text(str(to_document(scenario)), encoding="utf-8")
    assert load_scenario(tmp_path / "again.yaml", vocabulary=words).correlations == scenario.correlations
    said = in_words(scenario)
    assert "parameters.pull and shocks.0.loss_share move together, rank 0.6" in said
    assert "correlations.0.rank                0.6                          " in said


def test_left_out_there_are_none(load: Any) -> None:
    assert load().correlations == () and "correlations" not in to_document(load())


def test_a_correlation_may_be_set(load: Any) -> None:
    assert load(BODY, set={"correlations.0.rank": -0.2}).correlations[0].rank == -0.2
    added = load(BODY, set={"correlations.1": {"between": ["parameters.pull", "shocks.0.x"], "rank": 0.1}})
    assert len(added.correlations) == 2
    assert load(BODY, set={"correlations": []}).correlations == ()


PARENT = "schema: 1\nbaseline: 2025\nstart: 2026-03\nmonths: 12\n" + BODY + "  - {between: [a.b, c.d], rank: 0.1}\n"


def child(tmp_path: Path, words: Any, correlations: str) -> Scenario:
    (tmp_path / "parent.yaml").write_text(PARENT, encoding="utf-8")
    (tmp_path / "child.yaml").write_text("extends: parent.yaml\n" + correlations, encoding="utf-8")
    return load_scenario(tmp_path / "child.yaml", vocabulary=words)


def test_a_childs_correlations_follow_the_parents(tmp_path: Path, words: Any) -> None:
    new = "correlations:\n  - {between: [e.f, parameters.pull], rank: 0.2}\n"
    assert [one.rank for one in child(tmp_path, words, new).correlations] == [0.6, 0.1, 0.2]
    assert [one.rank for one in child(tmp_path, words, "").correlations] == [0.6, 0.1]
    assert [one.rank for one in child(tmp_path, words, "correlations:\n").correlations] == [0.6, 0.1]


def test_a_pair_given_anew_replaces_the_parents(tmp_path: Path, words: Any) -> None:
    again = "correlations:\n  - {between: [parameters.pull, shocks.0.loss_share], rank: -0.3}\n"
    found = child(tmp_path, words, again).correlations
    assert [one.rank for one in found] == [0.1, -0.3]


def test_problems_are_counted_in_the_merged_list(tmp_path: Path, words: Any) -> None:
    wrong = "correlations:\n  - {between: [parameters.pull, shocks.0.loss_share], rank: .inf}\n"
    with pytest.raises(InputError) as caught:
        child(tmp_path, words, wrong)
    assert [problem.key for problem in caught.value.problems] == ["correlations.1.rank"]
