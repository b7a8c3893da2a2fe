"""Golden tables held against the program: what moved, why, and what it takes to write them anew."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator.cli import main
from simulator.errors import DataError, InputError
from simulator.golden import record, sheets
from simulator.golden.check import check
from simulator.golden.comparison import by_metric, compare
from simulator.golden.folder import read_folder
from simulator.golden.rewrite import measure, rewrite
from simulator.golden.tolerances import Tolerance, shipped
from simulator.report import golden as report
from tests.golden_folder import GOLDEN, written

DRIFTED, NOT_THERE, WRONG, DONE = 5, 3, 2, 0


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("repository") / "golden")


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the written folder, in a repository of its own."""
    (tmp_path / ".git").mkdir()
    yield Path(shutil.copytree(kept, tmp_path / "golden", ignore=shutil.ignore_patterns("CHANGELOG.md")))


def oilsim(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# The comparison, by hand

FLOW, BRENT = ("flow_kbd", "buyer_stream", "india:oman", "horizon"), ("brent_usd_bbl", "total", "total", "horizon")
FINE = {"flow_kbd": Tolerance("flow_kbd", 0.5, ""), "brent_usd_bbl": Tolerance("brent_usd_bbl", 0.01, "")}
NAN = math.nan


def test_a_move_is_told_in_units_of_its_tolerance_and_the_furthest_metric_leads() -> None:
    before = {FLOW: (10.0, 10.0, 10.0, 9.0, 10.0, 11.0), BRENT: (70.0, 70.0, 70.0, 60.0, 70.0, 80.0)}
    now = {FLOW: (11.0, 10.5, 10.0, 9.0, 10.0, 11.0), BRENT: (70.05, 70.0, 70.0, 60.0, 70.0, 80.01)}
    found = compare("mine", before, now, FINE)
    assert [(one.metric, one.figure, round(one.tolerances, 6)) for one in found.moved if one.figure == "mid"] == [
        ("flow_kbd", "mid", 2.0),
        ("brent_usd_bbl", "mid", 5.0),
    ]
    assert list(by_metric(found.moved)) == ["brent_usd_bbl", "flow_kbd"]
    assert not [one for one in found.moved if one.figure == "baseline"], "exactly the tolerance is within it"


def test_values_that_come_or_go_are_moves_and_rows_are_counted_apart() -> None:
    before = {FLOW: (NAN, 1.0, math.inf, 1.0, 1.0, 1.0), BRENT: (1.0,) * 6}
    found = compare("mine", before, {FLOW: (NAN, NAN, math.inf, 1.0, 1.0, 1.0)}, FINE)
    assert [(one.figure, one.tolerances) for one in found.moved] == [("baseline", math.inf)]
    assert (found.missing, found.extra, found.figures) == ((BRENT,), (), 6)
    assert compare("mine", {}, before, FINE).extra == (FLOW, BRENT)


# Tables as text


def test_a_table_is_sorted_rounded_to_its_tolerances_and_reads_back() -> None:
    lines = {FLOW: (1.23456, 0.0, -0.0001, NAN, 2.0, 3.0), BRENT: (70.12345,) * 6}
    text = sheets.as_text(lines, FINE)
    assert text.splitlines()[1:] == [
        "brent_usd_bbl,total,total,horizon" + ",70.123" * 6,
        "flow_kbd,buyer_stream,india:oman,horizon,1.2,0,0,,2,3",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("metric,by", "metric,bye", "the golden table is damaged: expected metric, by"),
        ("brent_usd_bbl,total,total,2026-03,", "brent_usd_bbl,total,total,2026-03,x", "expected a number, found x"),
        ("brent_usd_bbl,total,total,2026-04", "brent_usd_bbl,total,total,2026-03", "stands there twice"),
        ("brent_usd_bbl,total,", "brent_usd_bbl,", "expected 10 cells, found 9"),
        ("2026-03,", "2026-03,9", "is not the table that was written"),
    ],
)
def test_a_damaged_table_is_told_with_its_line(folder: Path, old: str, new: str, said: str) -> None:
    edit(folder / "outage.csv", old, new)
    with pytest.raises(DataError, match=r"outage\.csv") as error:
        check(read_folder(folder))
    assert said in str(error.value)
    assert "calm.csv" not in str(error.value)


def test_line_ends_of_another_system_are_no_damage(folder: Path) -> None:
    path = folder / "calm.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert not check(read_folder(folder)).drifted


@pytest.mark.parametrize("damage", ["{", '{"schema": 1, "tables": {}}', "[" * 100_000])
def test_a_damaged_record_is_told_and_written_anew(folder: Path, damage: str) -> None:
    before = bytes_of(folder)
    (folder / record.FILE).write_text(damage, encoding="utf-8")
    (folder / "calm.csv").unlink()
    found = oilsim("check", "--against", str(folder))
    assert found.exit_code == NOT_THERE
    assert "written_with.json: the record is damaged" in found.stderr
    assert "calm.csv: the golden table is missing; oilsim golden --reason TEXT writes it" in found.stderr
    assert oilsim("golden", "--against", str(folder), "--reason", "Repaired.").exit_code == DONE
    assert {name: text for name, text in bytes_of(folder).items() if name != "CHANGELOG.md"} == before


def test_a_record_names_no_table_outside_the_folder(folder: Path) -> None:
    document = record.read(folder)
    document["tables"]["../mine"] = "ab" * 32
    (folder / record.FILE).write_text(json.dumps(document), encoding="utf-8")
    mine = folder.parent / "mine.csv"
    mine.write_text("a\n", encoding="utf-8")
    assert "it names tables that no run can have" in oilsim("check", "--against", str(folder)).stderr
    assert oilsim("golden", "--against", str(folder), "--reason", "Repaired.").exit_code == DONE
    assert mine.read_text(encoding="utf-8") == "a\n"


# What moved, and why


def test_nothing_moved_and_no_byte_is_written(folder: Path) -> None:
    before = bytes_of(folder.parent)
    found = oilsim("check", "--against", str(folder))
    assert found.exit_code == DONE and found.stdout.startswith("Nothing moved: ")
    found = oilsim("golden", "--against", str(folder), "--reason", "None.")
    assert found.exit_code == DONE and "nothing is written" in found.stderr
    assert bytes_of(folder.parent) == before


def test_a_changed_scenario_is_drift_with_its_cause(folder: Path) -> None:
    edit(folder / "mine.yaml", "loss_share: 0.5", "loss_share: 0.51")
    found = oilsim("check", "--against", str(folder))
    assert found.exit_code == DRIFTED
    assert "metrics: " in found.stdout.splitlines()[0] and "brent_usd_bbl" in found.stdout
    assert "scenario outage: shocks.0.loss_share" in found.stdout and "0.5, now" in found.stdout
    document = json.loads(oilsim("check", "--against", str(folder), "--format", "json").stdout)
    assert document["drift"] and document["causes"][0]["kind"] == "scenario"
    rows = list(csv.DictReader(io.StringIO(oilsim("check", "--against", str(folder), "--format", "csv").stdout)))
    assert {row["run"] for row in rows} == {"outage"} and len(rows) == len(document["rows"])
    units = [float(row["tolerances"]) for row in rows if row["metric"] == rows[0]["metric"]]
    assert units == sorted(units, reverse=True)
    for row in rows:
        difference = float(row["now"]) - float(row["before"])
        assert math.isclose(difference, float(row["difference"]), abs_tol=1e-12)
        assert math.isclose(abs(difference) / float(row["tolerance"]), float(row["tolerances"]), rel_tol=1e-9)
        assert float(row["tolerance"]) == shipped()[row["metric"]].size


def test_a_tolerance_of_ones_own_counts(folder: Path) -> None:
    edit(folder / "mine.yaml", "loss_share: 0.5", "loss_share: 0.501")
    first, *others = {one.metric for one in check(read_folder(folder)).moved}
    own = [f"  {metric}: {{size: 1000, reason: Ours}}" for metric in others]
    with (folder / "golden.yaml").open("a", encoding="utf-8") as file:
        file.write("\n".join(["tolerances:", *own, ""]))
    assert {one.metric for one in check(read_folder(folder)).moved} == {first}


def test_other_versions_are_told_where_nothing_moved(folder: Path) -> None:
    path = folder / record.FILE
    document = json.loads(path.read_text(encoding="utf-8"))
    document["libraries"]["numpy"] = "0.1"
    document["program"]["code_sha256"] = "ab" * 32
    document["parameters"]["fear"]["mid"] = 7.0
    path.write_text(json.dumps(document), encoding="utf-8")
    text = report.as_text(check(read_folder(folder)))
    assert text.startswith("Nothing moved") and "moving nothing" in text
    assert "library numpy: 0.1, now " in text and "program code_sha256: sha256 abababababab, now " in text
    assert "parameter fear.mid: 7.0, now " in text


def test_runs_that_come_and_go_are_told(folder: Path) -> None:
    (folder / "golden.yaml").write_text(GOLDEN.replace("  outage:", "  cut:"), encoding="utf-8")
    found = oilsim("check", "--against", str(folder))
    assert found.exit_code == NOT_THERE and "cut.csv: the golden table is missing" in found.stderr
    found = oilsim("golden", "--against", str(folder), "--reason", "Called by its name.")
    assert found.exit_code == DONE and "outage: has a table, but golden.yaml no longer names the run." in found.stdout
    assert "outage.csv" not in bytes_of(folder) and "cut.csv" in bytes_of(folder)
    assert oilsim("check", "--against", str(folder)).exit_code == DONE


def test_a_run_taken_out_is_drift_until_it_is_given_a_reason(folder: Path) -> None:
    text = GOLDEN[: GOLDEN.index("  outage:")]
    (folder / "golden.yaml").write_text(text, encoding="utf-8")
    assert oilsim("check", "--against", str(folder)).exit_code == DRIFTED
    assert oilsim("golden", "--against", str(folder), "--reason", "No longer asked.").exit_code == DONE
    assert not (folder / "outage.csv").exists() and oilsim("check", "--against", str(folder)).exit_code == DONE


def test_missing_and_new_rows_are_told(folder: Path) -> None:
    edit(folder / "golden.yaml", "share/group, gdp_effect_pct", "gdp_effect_pct, hhi")
    found = oilsim("check", "--against", str(folder))
    assert found.exit_code == DRIFTED
    assert "outage: 6 rows are gone: share group gulf horizon; " in found.stdout
    assert "outage: 1 row is new: hhi total total horizon" in found.stdout
    rows = csv.DictReader(io.StringIO(oilsim("check", "--against", str(folder), "--format", "csv").stdout))
    assert sorted(row["what"] for row in rows) == ["extra", *["missing"] * 6]


# Writing anew


def test_only_the_tables_that_moved_are_written_and_the_reason_is_kept(folder: Path) -> None:
    before = bytes_of(folder)
    edit(folder / "mine.yaml", "loss_share: 0.5", "loss_share: 0.6")
    changelog = folder.parent / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## 2\n\n### Numbers changed\n- Old.\n", encoding="utf-8")
    found = oilsim("golden", "--against", str(folder), "--reason", "More is\n  lost.")
    assert found.exit_code == DONE and "brent_usd_bbl" in found.stdout
    after = bytes_of(folder)
    assert {name for name in after if after[name] != before.get(name)} == {"mine.yaml", "outage.csv", record.FILE}
    assert changelog.read_text(encoding="utf-8").endswith("- Old.\n- More is lost.\n")
    assert oilsim("check", "--against", str(folder)).exit_code == DONE
    assert not list(folder.rglob("*.part*"))


@pytest.mark.parametrize("reason", ["", "   ", "..."])
def test_a_reason_says_something(folder: Path, reason: str) -> None:
    before = bytes_of(folder.parent)
    found = oilsim("golden", "--against", str(folder), "--reason", reason)
    assert found.exit_code == WRONG and "--reason: must say why the figures moved" in found.stderr
    assert bytes_of(folder.parent) == before
    assert oilsim("golden", "--against", str(folder)).exit_code == WRONG


def test_draws_that_did_not_converge_are_told_and_never_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.market import clearing

    edit(folder / "mine.yaml", "loss_share: 0.5", "loss_share: 0.9")
    monkeypatch.setattr(clearing, "MAX_ITERATIONS", 1)
    monkeypatch.setattr(clearing, "SOFTER", ())
    before = bytes_of(folder)
    found = oilsim("check", "--against", str(folder))
    assert found.exit_code == DRIFTED and "outage: 1 draw did not converge" in found.stdout
    checked, _ = measure(read_folder(folder))
    with pytest.raises(InputError, match="draws did not converge"):
        rewrite(checked, "Whatever.")
    assert bytes_of(folder) == before


def test_a_folder_that_cannot_be_written_loses_nothing(folder: Path) -> None:
    edit(folder / "mine.yaml", "loss_share: 0.5", "loss_share: 0.6")
    checked, _ = measure(read_folder(folder))
    before = bytes_of(folder)
    (folder / "CHANGELOG.md").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        rewrite(checked, "More is lost.")
    assert bytes_of(folder) == before


def test_the_record_holds_what_figures_rest_on(folder: Path) -> None:
    found = record.read(folder)
    assert found["runs"]["outage"]["scenario"]["shocks"][0]["loss_share"]
    assert found["settings"] == {"draws": 1, "seed": 1} and set(found["tables"]) == {"calm", "outage"}
    assert {"flows_2025", "tolerances", "posterior"} <= set(found["data"])
    assert not [cause for cause in check(read_folder(folder)).causes]
