"""`oilsim hindcast` and `oilsim calibrate`: what they print where, and how they end."""

from __future__ import annotations

import csv
import io
import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator.cli import main
from simulator.hindcast.episodes import shipped
from tests.hindcast.test_episodes import ROW, SCENARIO, write

ONE = "twelve_day_war_2025"
QUICK = ("--draws", "64")


def oilsim(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_the_table_sets_predicted_beside_observed_and_ends_with_the_score() -> None:
    found = oilsim("hindcast", ONE, *QUICK)
    (episode,) = shipped([ONE])
    assert found.exit_code == 0, found.output
    assert f"{episode.month}  {episode.title}" in found.stdout
    assert "observed" in found.stdout and "not scored (daily): nine days of a month" in found.stdout
    assert "of 1 (" in found.stdout and "skill against it" in found.stdout


def test_json_and_csv_hold_the_same_rows() -> None:
    document = json.loads(oilsim("hindcast", ONE, *QUICK, "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(oilsim("hindcast", ONE, *QUICK, "--format", "csv").stdout)))
    (episode,) = shipped([ONE])
    assert [row["target"] for row in document["rows"]] == [row["target"] for row in rows]
    assert [row["target"] for row in rows] == [target.target for target in episode.targets]
    assert (document["draws"], document["unconverged"], document["summary"]["targets"]) == (64, 0, 1)
    for line, row in zip(document["rows"], rows, strict=True):
        assert row["p50"] == ("" if line["p50"] is None else str(line["p50"]))
        assert row["reason"] == (line["reason"] or "")


def test_a_folder_keeps_table_score_and_picture(tmp_path: Path) -> None:
    found = oilsim("hindcast", ONE, *QUICK, "--format", "csv", "-o", str(tmp_path / "kept"))
    assert found.exit_code == 0, found.output
    kept, printed = (
        list(csv.DictReader(text.splitlines()))
        for text in ((tmp_path / "kept" / "hindcast.csv").read_text(encoding="utf-8"), found.stdout)
    )
    assert [row["target"] for row in kept] == [row["target"] for row in printed]
    assert all(
        float(one["p50"]) == pytest.approx(float(two["p50"]), rel=1e-5)
        for one, two in zip(kept, printed, strict=True)
        if two["p50"]
    )
    assert json.loads((tmp_path / "kept" / "score.json").read_text(encoding="utf-8"))["episodes"] == 1
    if find_spec("matplotlib") is None:
        pytest.skip("matplotlib is not installed: no picture to look at")
    assert (tmp_path / "kept" / "hindcast.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_an_unknown_episode_is_the_user_s_mistake() -> None:
    found = oilsim("hindcast", "twelve_day_war", *QUICK)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.startswith("EPISODE: there is no such episode (given twelve_day_war;")
    assert "did you mean twelve_day_war_2025?" in found.stderr and len(found.stderr.splitlines()) == 1


def test_a_folder_of_one_s_own_is_replayed(tmp_path: Path) -> None:
    found = oilsim("hindcast", str(write(tmp_path, ROW)), *QUICK, "--format", "json")
    assert found.exit_code == 0, found.output
    (row,) = json.loads(found.stdout)["rows"]
    assert (row["episode"], row["target"], row["observed"]) == ("mine", "brent", 5.0)
    assert row["p05"] < row["p50"] < row["p95"] and row["p50"] > 0.0
    assert row["naive_nothing_changes"] == row["naive_rule_of_thumb"] == 0.0


@pytest.mark.parametrize(
    ("changed", "scenario", "words"),
    [
        ({"tolerance": "wide"}, SCENARIO, "targets.csv: line 2: tolerance: expected a number, found wide"),
        ({"metric": "brent"}, SCENARIO, "mine.brent: is no outcome of this run"),
        ({}, SCENARIO.replace("[iran]", "[irann]"), "mine.yaml:7:"),
    ],
)
def test_a_broken_folder_is_refused_with_its_place(
    tmp_path: Path, changed: dict[str, str], scenario: str, words: str
) -> None:
    found = oilsim("hindcast", str(write(tmp_path, {**ROW, **changed}, scenario=scenario)), *QUICK)
    assert (found.exit_code, found.stdout) == (2, "")
    assert words in found.stderr and "Traceback" not in found.stderr


def test_calibrate_prints_what_history_says_and_writes_nothing_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cheap = shipped([ONE])
    monkeypatch.setattr("simulator.hindcast.episodes.shipped", lambda names=(): cheap)
    found = oilsim("calibrate", "--members", "64", "--rounds", "1")
    assert found.exit_code == 0, found.output
    assert "1 episodes; the search was worth" in found.stdout and "stays at its prior" in found.stdout
    assert list(tmp_path.iterdir()) == []


def test_calibrate_needs_enough_members() -> None:
    assert oilsim("calibrate", "--members", "8").exit_code == 2
