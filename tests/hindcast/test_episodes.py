"""Shipped episodes are whole; the user's own are read the same way and refused with their place."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from simulator import datasets
from simulator.errors import InputError
from simulator.hindcast.episodes import Episode, named, own, shipped, unreadable
from simulator.hindcast.replay import predict
from simulator.inputs import fitted
from tests.hindcast.made import episode, target

NAMES = datasets.table("episodes").column("episode")
SCENARIO = """schema: 1
name: A test of one's own
baseline: 2025
start: 2026-03
months: 2
shocks:
  - {type: supply_outage, streams: [iran], loss_share: 0.5}
"""
ROW = {
    "episode": "mine",
    "target": "brent",
    "target_class": "monthly",
    "statistic": "change_pct",
    "metric": "brent_usd_bbl",
    "by": "total",
    "item": "total",
    "first": "2026-03",
    "last": "2026-04",
    "observed": "5",
    "tolerance": "3",
    "unit": "%",
    "kind": "Brent",
    "basis": "made up",
    "standing": "guessed",
    "source": "none",
}


def write(folder: Path, *rows: dict[str, str], scenario: str = SCENARIO) -> Path:
    columns = list(datasets.table("targets").meta["columns"])
    with (folder / "targets.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "mine.yaml").write_text(scenario, encoding="utf-8")
    return folder


def refusal(*names: str) -> str:
    with pytest.raises(InputError) as caught:
        named(names)
    return "\n".join(str(problem) for problem in caught.value.problems)


def test_all_shipped_episodes_load_oldest_first() -> None:
    found = named(())
    assert sorted(one.id for one in found) == sorted(NAMES)
    assert [one.month for one in found] == sorted(one.month for one in found)
    assert sum(len(one.targets) for one in found) == len(datasets.table("targets").rows)
    assert all(one.title and one.scored for one in found)


@pytest.mark.parametrize("name", NAMES)
def test_every_scored_target_can_be_read_off_a_run(name: str) -> None:
    (one,) = shipped([name])
    assert not [problem for each in one.scored for problem in unreadable(each, one.scenario)]
    found = predict(one, fitted.shipped(), 1, seed=1)
    assert found.values.shape == (1, len(one.scored)) and len(found.unchanged) == len(one.scored)


def test_a_target_that_is_not_scored_says_why_and_one_that_is_has_no_excuse() -> None:
    for one in named(()):
        for each in one.targets:
            assert bool(each.reason) is not each.scored, (one.id, each.target)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_says_what_was_done_and_not_what_came_of_it(name: str) -> None:
    """No key of a target, no price of oil, no share of a loss that a target asks for."""
    text = (datasets.folder() / "episodes" / f"{name}.yaml").read_text(encoding="utf-8")
    assert not re.search(r"\b(observed|tolerance|target)\b *:", text)
    assert all(shock.type != "discount" for shock in shipped([name])[0].scenario.shocks), "a discount is an outcome"


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    assert "did you mean hormuz_closure_2026?" in refusal("hormuz_closure_2062")
    said = refusal("nothing_of_the_kind", "twelve_day_wars_2025")
    assert "nothing_of_the_kind" in said and "did you mean twelve_day_war_2025?" in said, "all at once"


def test_a_folder_of_one_s_own_is_read_beside_shipped_ones(tmp_path: Path) -> None:
    unscored = {**ROW, "target": "peak", "target_class": "daily", "reason": "one day", "statistic": "", "kind": ""}
    write(tmp_path, ROW, unscored)
    (one,) = own(tmp_path)
    assert (one.id, one.month, len(one.targets), len(one.scored)) == ("mine", "2026-03", 2, 1)
    assert (one.lost_kbd, one.displaced_kbd, one.in_fit) == (0.0, 0.0, False)
    assert [each.id for each in named((str(tmp_path), NAMES[0]))] == [NAMES[0], "mine"]
    assert [each.id for each in named((str(tmp_path),))] == ["mine"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"tolerance": "wide"}, "targets.csv: line 2: tolerance: expected a number, found wide"),
        ({"statistic": "chang_pct"}, "did you mean change_pct?"),
        ({"target_class": "weekly"}, "line 2: target_class: expected a known name, found weekly"),
        ({"first": "2025-01"}, "mine.brent: first is not simulated (given 2025-01; allowed 2026-03 to 2026-04)"),
        ({"target_class": "daily", "reason": "one day"}, "mine: has no target of class monthly: nothing to score"),
        ({"metric": ""}, "mine.brent: metric is missing: a scored target needs it"),
        ({"statistic": "months_until_below"}, "mine.brent: threshold_share is missing"),
        ({"statistic": "share_of_loss_pct"}, "mine.brent: loser_item is missing"),
    ],
)
def test_a_broken_target_is_refused_with_its_place(tmp_path: Path, changed: dict[str, str], words: str) -> None:
    assert words in refusal(str(write(tmp_path, {**ROW, **changed})))


def test_a_broken_scenario_is_refused_with_file_and_line(tmp_path: Path) -> None:
    said = refusal(str(write(tmp_path, ROW, scenario=SCENARIO.replace("loss_share", "loss_shar"))))
    assert str(tmp_path / "mine.yaml") + ":7:" in said and "did you mean loss_share?" in said


def test_a_folder_without_targets_is_refused(tmp_path: Path) -> None:
    assert "targets.csv" in refusal(str(tmp_path))
    shutil.copy(write(tmp_path, ROW) / "targets.csv", tmp_path / "copy.csv")
    (tmp_path / "mine.yaml").unlink()
    assert "mine.yaml" in refusal(str(tmp_path)), "an episode without its scenario"


def test_a_target_that_names_no_outcome_is_refused_with_the_nearest() -> None:
    one: Episode = episode("made", "2026-03", target(first="2026-04", last="2026-04", metric="brent_usd_bl"))
    with pytest.raises(InputError, match=r"made\.figure.*did you mean brent_usd_bbl/total/total"):
        predict(one, fitted.shipped(), 1, seed=1)
