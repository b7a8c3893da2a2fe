"""golden.yaml is read as strictly as a scenario, and names files of its own repository only."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import library
from simulator.errors import InputError
from simulator.golden import folder as golden
from simulator.golden.figures import load_runs
from simulator.golden.folder import read_folder
from simulator.golden.tolerances import shipped
from simulator.outcomes.metrics import known_metrics
from simulator.scenario.shocks import SHOCKS
from tests.golden_folder import GOLDEN, described

ROOT = Path(__file__).parents[1]


def refused(where: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        read_folder(described(where, text))
    return str(error.value).splitlines()


def test_a_folder_says_what_it_runs(tmp_path: Path) -> None:
    folder = read_folder(described(tmp_path))
    assert (folder.draws, folder.seed, [run.name for run in folder.runs]) == (1, 1, ["calm", "outage"])
    calm, outage = folder.runs
    assert calm.scenario == library.folder() / "baseline.yaml" and calm.settings == {"months": 1}
    assert outage.scenario == tmp_path / "mine.yaml" and outage.metrics and outage.fitted
    assert [scenario.months for scenario in load_runs(folder)] == [1, 2]


BROKEN = {
    "schema: 1": ("schema: 2", "golden.yaml:1:9: schema: must be 1 (given 2)"),
    "draws: 1": (
        "draws: 0.5",
        "golden.yaml:2:8: draws: must be a whole number (given 0.5; allowed whole",
    ),
    "seed: 1": ("sead: 1", "golden.yaml:3:1: sead: is not a key here"),
    "  calm:": ("  Calm run:", "golden.yaml:6:5: runs.Calm run: cannot name a table (given Calm run"),
    "scenario: baseline": (
        "scenario: baselin",
        "golden.yaml:6:15: runs.calm.scenario: there is no such file or",
    ),
    "scenario: mine.yaml": ("scenario: your.yaml", "runs.outage.scenario: there is no such file (given your.yaml)"),
    "    scenario: mine.yaml\n": ("", "runs.outage.scenario: is required"),
    "months: 1": ("month: 1", "runs.calm.month: is not a key here"),
    "    months: 1\n": (
        "    months: 1\n    set: {months: 2}\n",
        "golden.yaml:7:13: runs.calm.months: is given twice: here and under set",
    ),
    "fob_usd_bbl,": ("fob_usd,", "runs.calm.metrics: there is no such metric (given fob_usd; allowed brent_usd_bbl"),
    "gdp_effect_pct]\n": (
        "gdp_effect_pct]\n    fitted: 1\ntolerances: {brent_usd_bb: {size: 1}, share: {size: 0}}\n",
        "tolerances.brent_usd_bb: is not a key here",
    ),
}


@pytest.mark.parametrize("right", BROKEN)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, right: str) -> None:
    wrong, said = BROKEN[right]
    found = refused(tmp_path, GOLDEN.replace(right, wrong, 1))
    assert any(said in line for line in found), found


def test_all_problems_come_at_once_with_the_nearest_spelling(tmp_path: Path) -> None:
    text = GOLDEN.replace("seed", "sead").replace("baseline", "baselin").replace("fob_usd_bbl", "fob_usd_bl")
    found = "\n".join(refused(tmp_path, text))
    for word in ("did you mean seed?", "did you mean baseline?", "did you mean fob_usd_bbl?", "seed: is required"):
        assert word in found
    assert len(refused(tmp_path, text.replace("tolerances", ""))) == 4


def test_a_tolerance_of_ones_own_needs_a_size_and_a_reason(tmp_path: Path) -> None:
    own = "tolerances:\n  share: {size: 0}\n  hhi: {size: 0.01, reason: Ours}\n"
    found = "\n".join(refused(tmp_path, GOLDEN + own))
    assert "tolerances.share.size: is outside its range" in found and "tolerances.share.reason: is required" in found
    folder = read_folder(
        described(tmp_path, GOLDEN + own.replace("share: {size: 0}", "share: {size: 1, reason: Mine}"))
    )
    assert {name: one.size for name, one in folder.tolerances.items()} == {"share": 1.0, "hhi": 0.01}


def test_a_scenario_is_named_inside_the_repository_only(tmp_path: Path) -> None:
    outside = described(tmp_path / "outside") / "mine.yaml"
    up = GOLDEN.replace("mine.yaml", "../mine.yaml")
    repository = tmp_path / "mine"
    (repository / ".git").mkdir(parents=True)
    (repository / "mine.yaml").write_bytes(outside.read_bytes())
    assert read_folder(described(repository / "golden", up)).runs[1].scenario == repository / "mine.yaml"
    for link in ("../../outside/mine.yaml", str(outside)):
        said = refused(repository / "golden", GOLDEN.replace("mine.yaml", link))
        assert "must name a file inside the repository of this folder" in said[0]
    (repository / "golden" / "mine.yaml").unlink()
    (repository / "golden" / "mine.yaml").symlink_to(outside)
    (repository / "golden" / "golden.yaml").write_text(GOLDEN, encoding="utf-8")
    with pytest.raises(InputError, match="inside the repository"):
        read_folder(repository / "golden")


def test_a_scenario_that_cannot_be_is_told_before_anything_runs(tmp_path: Path) -> None:
    text = GOLDEN.replace("    months: 1\n", "    set: {baselin: 2025, months: 0}\n")
    mine = "schema: 1\nbaseline: nowhere\nstart: 2026-03\nmonths: 2\n"
    with pytest.raises(InputError) as error:
        load_runs(read_folder(described(tmp_path, text, mine)))
    said = str(error.value)
    assert "golden.yaml:6:5: runs.calm.set.baselin: " in said and "runs.calm.set.months" in said
    assert "mine.yaml:2:11: baseline" in said


def test_there_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"--against: there is no such folder \(given tests/golden"):
        golden.find(None)
    with pytest.raises(InputError, match=r"--against: holds no golden.yaml"):
        golden.find(tmp_path)


def test_every_metric_has_a_tolerance_with_its_reason_and_wider_than_processors_differ() -> None:
    tolerances = shipped()
    assert list(tolerances) == list(known_metrics())
    from simulator import datasets

    for row in datasets.table("tolerances").rows:
        assert row["tolerance"] >= 100 * row["processors"] and len(row["reason"]) > 20, row["metric"]
        assert 10 ** -tolerances[row["metric"]].decimals / 2 <= row["tolerance"] / 2


def test_our_own_runs_hold_every_kind_of_shock_and_both_baselines_undisturbed() -> None:
    folder = read_folder(ROOT / "tests" / "golden")
    scenarios = load_runs(folder)
    there = {shock.type for scenario in scenarios for shock in scenario.shocks}
    assert there == set(SHOCKS)
    assert {scenario.baseline for scenario in scenarios if not scenario.shocks} == {"2025", "early_2026"}
