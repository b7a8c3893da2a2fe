"""A kept result run again: the same, nearly, or not; and files that are none, from whoever wrote them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import simulator
import simulator.kept as kept
import simulator.replays as replays
from simulator.cli import main
from simulator.errors import DataError, InputError
from simulator.manifest import scenario_digest
from simulator.runs import run
from simulator.sameness import CLOSE, DIFFERENT, SAME, TOLERANCE, changes, compared
from simulator.scenario import load_scenario
from simulator.sweeps.engines import Crew
from simulator.sweeps.sweep import sweep

ROOT = Path(__file__).parents[1]
IRAN = ROOT / "scenarios" / "iran_offline.yaml"

Document = dict[str, Any]
Change = Callable[[Document], object]


def oilsim(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


@cache
def text() -> str:
    """One month of two draws, as JSON."""
    return json.dumps(run(load_scenario(IRAN, set={"months": 1}), draws=2, seed=3).document())


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(document: object, name: str = "iran.json") -> Path:
        raw = document if isinstance(document, bytes) else json.dumps(document).encode()
        (tmp_path / name).write_bytes(raw)
        return tmp_path / name

    return written


def document() -> Document:
    found: Document = json.loads(text())
    return found


def figure(part: Document, metric: str = "brent_usd_bbl") -> Document:
    row: Document = next(row for row in part["rows"] if row["metric"] == metric)
    return row


# The same


def test_a_kept_run_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(IRAN.read_text(encoding="utf-8"), encoding="utf-8")
    words = ("run", str(mine), "--draws", "5", "--seed", "9", "--months", "2", "--set", "shocks.0.loss_share=0.7")
    assert oilsim(*words, "-o", str(tmp_path / "kept")).exit_code == 0
    mine.write_text("schema: 1\nbaseline: 2025\nstart: 2025-01\nmonths: 1\n", encoding="utf-8")

    result = oilsim("replay", str(tmp_path / "kept" / "mine.json"))

    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[0] == "Iran offline · 5 draws, seed 9"
    assert result.stdout.splitlines()[1].startswith("The same to the last bit: ")


@pytest.mark.parametrize("sampling", ["sobol", "latin_hypercube"])
def test_sampling_is_that_of_the_run_and_not_of_its_scenario(sampling: str, write: Callable[..., Path]) -> None:
    results = run(load_scenario(IRAN, set={"months": 1}), draws=3, sampling=sampling)

    (found,) = simulator.replay(write(results.document()))

    assert (found.verdict, found.compared.off, found.changes) == (SAME, 0, ())


def test_one_draw_alone_comes_back_as_itself(write: Callable[..., Path]) -> None:
    results = run(load_scenario(IRAN, set={"months": 1}), draws=300, draw=270)

    (found,) = simulator.replay(write(results.document()))

    assert (found.verdict, found.what) == (SAME, "draw 270 of 300, seed 1")


def test_an_array_and_what_compare_printed_come_back_one_by_one(write: Callable[..., Path]) -> None:
    words = ("iran_offline", "baseline", "--draws", "1", "--months", "1", "--format", "json")
    printed = oilsim("compare", *words).stdout

    result = oilsim("replay", str(write(printed.encode())), "--format", "json")

    told = json.loads(result.stdout)
    assert (result.exit_code, told["same"]) == (0, True)
    assert [one["name"] for one in told["runs"]] == ["Iran offline", "Baseline"]
    assert all(one["verdict"] == SAME and one["compared"]["furthest"] == [] for one in told["runs"])


def test_what_an_older_edition_does_not_say_is_not_missed(write: Callable[..., Path]) -> None:
    old = document()
    for name in ("commit", "code_changed", "release", "code_sha256", "blas", "processor", "parameters_sha256"):
        del old["manifest"][name]
    for name in ("draws", "table_sha256"):
        del old["manifest"][name]

    (found,) = simulator.replay(write(old))

    assert (found.verdict, found.changes, found.touched) == (SAME, (), False)


# Nearly, and not


def test_figures_within_the_tolerance_are_the_same_and_the_processor_is_named(write: Callable[..., Path]) -> None:
    other = document()
    figure(other)["mean"] *= 1 + 1e-12
    other["manifest"]["processor"]["model"] = "Abacus"
    other["manifest"]["blas"]["version"] = "Beads"

    result = oilsim("replay", str(write(other)))

    assert result.exit_code == 0
    assert "The same within 1e-09: " in result.stdout and "e-12 apart" in result.stdout
    assert "processor model" in result.stdout and "Abacus" in result.stdout and "blas version" in result.stdout
    assert "somebody changed them" in result.stdout


def test_figures_that_differ_are_named_furthest_first_behind_what_is_different(write: Callable[..., Path]) -> None:
    other = document()
    figure(other)["mean"] += 1.0
    figure(other, "share")["p95"] += 1e-3
    said = other["manifest"]
    said["version"], said["commit"], said["code_sha256"] = "0.0.9", "ab" * 20, "cd" * 32
    said["data"]["prices"], said["data"]["gone_since"] = "ef" * 32, "01" * 32
    said["libraries"]["numpy"], said["parameters_sha256"] = "2.0.0", "23" * 32
    path = write(other)

    (found,) = simulator.replay(path)
    result = oilsim("replay", str(path))

    assert (result.exit_code, found.verdict, found.compared.off, found.touched) == (5, DIFFERENT, 2, True)
    first, second = found.compared.furthest
    assert (first.where["metric"], first.figure, second.where["metric"], second.figure) == (
        "brent_usd_bbl",
        "mean",
        "share",
        "p95",
    )
    assert first.kept - first.now == pytest.approx(1.0) and first.apart == pytest.approx(1.0 / first.kept)
    assert ", ".join(change.what for change in found.changes) == (
        "version, commit, code sha256, parameters sha256, library numpy, table prices, table gone_since"
    )
    assert found.changes[-1].now is None
    screen = result.stdout
    assert screen.index("Not the same: 2 of ") < screen.index("Not as it was") < screen.index("Furthest off")


def test_a_row_that_only_one_of_them_has_is_off(write: Callable[..., Path]) -> None:
    other = document()
    lost = other["rows"].pop(7)
    other["rows"].append({**lost, "item": "nowhere"})

    (found,) = simulator.replay(write(other))

    assert (found.verdict, found.compared.off) == (DIFFERENT, 10)


def test_draws_that_did_not_clear_then_and_do_now_differ(write: Callable[..., Path]) -> None:
    other = document()
    other["unconverged"] = 1
    other["manifest"]["unconverged_draws"] = [{"draw": 1, "month": "2026-03", "residual_share": None}]

    (found,) = simulator.replay(write(other))

    assert found.verdict == DIFFERENT
    assert [(one.what, one.kept, one.now) for one in found.changes] == [("draws that did not clear", "1", "0")]


def test_a_table_beside_it_that_is_of_another_run_is_told(tmp_path: Path) -> None:
    results = run(load_scenario(IRAN, set={"months": 1}), draws=2, seed=3)
    table, path = results.save(tmp_path, "iran")
    assert simulator.replay(path)[0].same
    run(load_scenario(IRAN, set={"months": 1}), draws=2, seed=4).save(tmp_path, "other")[0].replace(table)

    result = oilsim("replay", str(path))

    assert result.exit_code == 5
    assert "The same to the last bit" in result.stdout
    assert "iran.csv beside it is of another run, or was changed." in result.stdout


def test_distances_are_parts_of_the_figure_and_nothing_is_not_a_number() -> None:
    import pandas

    columns = ["metric", "by", "item", "month", "baseline", "mean", "p05", "p50", "p95"]
    nan, inf = float("nan"), float("inf")
    then = pandas.DataFrame([["a", "b", "c", "d", 1e6, 0.5, nan, 2.0, inf]], columns=columns)
    now = pandas.DataFrame([["a", "b", "c", "d", 1e6 + 1e-4, 0.5 + 1e-10, nan, nan, inf]], columns=columns)

    found = compared(then, now, columns[:4])

    assert (found.figures, found.off, found.alike, found.furthest[0].figure) == (5, 1, False, "p50")
    assert found.furthest[0].apart == inf
    assert compared(then, then, columns[:4]).verdict == SAME
    near = now.assign(p50=2.0)
    assert (compared(then, near, columns[:4]).verdict, TOLERANCE) == (CLOSE, 1e-9)
    assert compared(then, near, columns[:4]).furthest_apart == pytest.approx(1e-10, rel=1e-3)


# Files that are none


def test_a_baseline_of_the_users_own_that_is_gone_is_exit_3(write: Callable[..., Path]) -> None:
    other = document()
    said = other["manifest"]
    said["scenario"]["baseline"] = "march_own"
    said["scenario_sha256"] = scenario_digest(said["scenario"])
    said["data"]["march_own/flows_march_own"] = "ab" * 32

    result = oilsim("replay", str(write(other)))

    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("march_own: what this was run on is not here")


def test_a_table_that_is_gone_is_exit_3(
    write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(document())
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data" / "prices.csv").unlink()
    monkeypatch.setenv("OILSIM_DATA", str(tmp_path / "data"))

    with pytest.raises(DataError, match="prices"):
        simulator.replay(path)


def scenario_of(found: Document, **keys: object) -> None:
    """Another scenario, with the digest that goes with it."""
    said = found["manifest"]
    said["scenario"] |= keys
    said["scenario_sha256"] = scenario_digest(said["scenario"])


CHINA = ["china"]
DEEP: list[object] = []
for _ in range(60):
    DEEP = [DEEP]

DAMAGED: dict[str, tuple[bytes | Change, str]] = {
    "empty": (b"", "is no JSON here"),
    "no JSON": (b'{"schema": 1,', "is no JSON here"),
    "other bytes": (b"\xff\xfe\x00", "is not UTF-8 text"),
    "a number": (b"3", "is no result that oilsim kept"),
    "no results": (b"[]", "is no result that oilsim kept"),
    "a list of others": (b'[{"a": 1}]', "is no result that oilsim kept"),
    "a scenario": (b'{"schema": 1, "baseline": "2025"}', "is no result that oilsim kept"),
    "a key twice": (b'{"schema": 1, "schema": 1}', "holds the key schema twice"),
    "no number": (b'{"draws": NaN}', "holds NaN, which is no number"),
    "endless": (b'{"draws": -Infinity}', "holds -Infinity, which is no number"),
    "too large a number": (b'{"draws": 1e999}', "is too large"),
    "too many digits": (b'{"draws": ' + b"9" * 5000 + b"}", "too many digits"),
    "half a character": (b'{"scenario": "\\ud800"}', "half of a character"),
    "an endless key": (b'{"manifest": {"' + b"k" * 10**6 + b'": 1, "' + b"k" * 10**6 + b'": 2}}', "kkk twice"),
    "an endless word": (lambda d: d["manifest"].update(version="v" * 10**6), "manifest.version: "),
    "an endless name": (lambda d: d["manifest"]["data"].update({"n" * 10**6: "x"}), "manifest.data.nnn"),
    "an endless scenario": (lambda d: scenario_of(d, **{"s" * 10**6: 1}), "manifest.scenario.sss"),
    "nested without end": (b"[" * 200_000, "is nested too deep"),
    "another edition": (lambda d: d.update(schema=2), "schema: input should be 1"),
    "a word for a number": (lambda d: d["rows"][3].update(mean="9"), "rows.3.mean: input should be a valid"),
    "a seed below 0": (lambda d: d["manifest"].update(seed=-1), "manifest.seed: "),
    "true for a seed": (lambda d: d["manifest"].update(seed=True), "manifest.seed: "),
    "too many draws": (lambda d: d["manifest"].update(draws=10**9), "manifest.draws: "),
    "no draws": (lambda d: d["manifest"].update(draws=0), "manifest.draws: "),
    "a draw there is not": (lambda d: d["manifest"].update(draw=2), "draw: there is no such draw"),
    "another sampling": (lambda d: d["manifest"].update(sampling="dice"), "manifest.sampling: "),
    "no manifest": (lambda d: d.pop("manifest"), "is no result that oilsim kept"),
    "what breakeven prints": (lambda d: d.pop("months"), "is no result that oilsim kept"),
    "no scenario": (lambda d: d["manifest"].pop("scenario"), "manifest.scenario: is required"),
    "a changed scenario": (
        lambda d: d["manifest"]["scenario"]["shocks"][0].update(loss_share=0.4),
        "manifest.scenario: is not what was run",
    ),
    "other months": (lambda d: d.update(months=["2026-04"]), "months: are not those of the scenario"),
    "a row twice": (lambda d: d["rows"].append(d["rows"][0]), "rows: name an outcome twice"),
    "an unknown key": (lambda d: scenario_of(d, shock=[]), "manifest.scenario.shock: "),
    "an unknown baseline": (lambda d: scenario_of(d, baseline="../../x"), "manifest.scenario.baseline: "),
    "a parent": (lambda d: scenario_of(d, extends="/etc/passwd"), "manifest.scenario.extends: has no place"),
    "a deep scenario": (lambda d: scenario_of(d, note=DEEP), "manifest.scenario: is nested too deep"),
    "a long scenario": (
        lambda d: scenario_of(d, shocks=[0] * 30_000),
        "manifest.scenario: holds too many values",
    ),
    "what cannot be": (
        lambda d: scenario_of(d, shocks=[{"type": "tariff", "streams": ["us"], "buyers": ["china"], "rate": -9}]),
        "manifest.scenario.shocks.0.rate: ",
    ),
}


def test_another_processor_is_named_and_figures_agree(write: Callable[..., Path]) -> None:
    path = write(text().encode())
    lesser = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL", "OPENBLAS_CORETYPE": "Haswell"}
    words = ["-c", f"from simulator.cli import main; main(['replay', {str(path)!r}, '--format', 'json'])"]
    given = {**os.environ, **lesser, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=given, timeout=60)

    (found,) = json.loads(done.stdout)["runs"]
    assert done.returncode == 0 and found["verdict"] in (SAME, CLOSE)
    had = {"X86_V4", "AVX512_ICL"} & set(document()["manifest"]["processor"]["extensions"])
    assert ("processor extensions" in [one["what"] for one in found["changes"]]) == bool(had)


@pytest.mark.parametrize("name", DAMAGED)
def test_a_file_that_is_no_result_is_refused_line_by_line(name: str, write: Callable[..., Path]) -> None:
    made, wanted = DAMAGED[name]
    if callable(made):
        few = document()
        few["rows"] = few["rows"][:9]
        made(few)
        made = json.dumps(few).encode()

    result = oilsim("replay", str(write(made)))

    assert (result.exit_code, result.stdout) == (2, "")
    assert wanted in result.stderr
    assert "Traceback" not in result.stderr and all(line.strip() for line in result.stderr.splitlines())
    assert len(result.stderr) < 5000


def test_many_problems_are_cut(write: Callable[..., Path]) -> None:
    wrong = document()
    for row in wrong["rows"]:
        row["mean"] = "x"

    lines = oilsim("replay", str(write(wrong))).stderr.splitlines()

    assert len(lines) == kept.PROBLEMS_TOLD + 1
    assert lines[-1].endswith(f"holds {len(wrong['rows']) - kept.PROBLEMS_TOLD:,} more problems")


def test_a_file_that_is_too_large_is_not_read(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(document())
    monkeypatch.setattr(kept, "LARGEST_BYTES", path.stat().st_size - 1)

    with pytest.raises(InputError, match="is too large"):
        simulator.replay(path)


@pytest.mark.parametrize("name", ["gone.json", "folder", "a\0b"])
def test_what_cannot_be_opened_is_exit_2(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(InputError, match=r"cannot be read|no sweep|no name of a file"):
        simulator.replay(os.fspath(tmp_path / name))


def test_a_name_with_a_line_break_stays_on_its_line(tmp_path: Path) -> None:
    result = oilsim("replay", str(tmp_path / "a\nb.json"))

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


# Sweeps


@pytest.fixture(autouse=True)
def _one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting processes takes longer than the sweeps here."""
    monkeypatch.setattr(replays, "Crew", lambda: Crew(workers=1))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two losses from two baselines."""
    folder = tmp_path_factory.mktemp("sweep") / "store"
    over = {"shocks.0.loss_share": [0.25, 1], "baseline": ["2025", "early_2026"]}
    sweep(load_scenario(IRAN, set={"months": 1}), over, draws=2, seed=4, store=folder, workers=1)
    return folder


@pytest.fixture
def copy(store: Path, tmp_path: Path) -> Path:
    shutil.copytree(store, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.mark.parametrize("label", [False, True])
def test_a_sweep_comes_back_to_the_last_bit(label: bool, store: Path) -> None:
    result = oilsim("replay", str(store / "sweep.json" if label else store))

    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Iran offline · sweep of 4 points, 2 draws, seed 4\nThe same to the last bit")


def test_points_spread_over_a_space_come_back(tmp_path: Path) -> None:
    over = {"shocks.0.loss_share": (0.1, 0.9), "parameters.fear": (0.1, 0.4)}
    asked = load_scenario(IRAN, set={"months": 1, "sampling": "sobol"})
    sweep(asked, over, draws=2, design="sobol", points=4, store=tmp_path / "spread", workers=1)

    (found,) = simulator.replay(tmp_path / "spread")

    assert (found.verdict, found.changes, found.stray) == (SAME, (), None)


def test_a_sweep_whose_figures_were_changed_differs(copy: Path) -> None:
    file = next((copy / "chunks").glob("*.bands.parquet"))
    table = pq.read_table(file)
    mean = table["mean"].to_pylist()
    mean[0] += 1.0
    at = table.column_names.index("mean")
    pq.write_table(table.set_column(at, "mean", pa.array(mean)), file)

    result = oilsim("replay", str(copy))

    assert result.exit_code == 5
    assert "Not the same: 1 of " in result.stdout


def test_a_table_of_another_sweep_is_told(copy: Path) -> None:
    with (copy / "table.csv").open("a", encoding="utf-8") as table:
        table.write("\n")

    (found,) = simulator.replay(copy)

    assert (found.verdict, found.stray, found.same) == (SAME, "table.csv", False)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda d: d.update(seed="4"), "seed: "),
        (lambda d: d.update(levers={}), "levers: "),
        (lambda d: d["levers"].update({"shocks.0.loss_share": [0.25, 7]}), "shocks.0.loss_share"),
        (lambda d: d["levers"].update({"shocks.9.loss_share": [0.25]}), "shocks"),
        (lambda d: d.update(months=["2020-01"]), "months: does not fit"),
        (lambda d: d["scenario"].update(colour="red"), "scenario.colour: "),
        (lambda d: d["levers"].update({"shocks.0.loss_share": [0.25]}), "or to other points"),
    ],
)
def test_a_damaged_label_is_refused(change: Change, wanted: str, copy: Path) -> None:
    label = json.loads((copy / "sweep.json").read_text(encoding="utf-8"))
    change(label)
    (copy / "sweep.json").write_text(json.dumps(label), encoding="utf-8")

    result = oilsim("replay", str(copy))

    assert (result.exit_code, result.stdout) == (2, "")
    assert wanted in result.stderr


@pytest.mark.parametrize(
    ("then", "now", "wanted"),
    [
        ({"blas": {"kernel": "Haswell"}}, {"blas": {"kernel": "SkylakeX"}}, ["blas kernel"]),
        ({"blas": {"kernel": None}}, {"blas": {"kernel": "SkylakeX"}}, []),
        ({"data": {"flows": "a"}}, {"data": {"flows": None}}, ["table flows"]),
        ({"data": {"flows": "a"}}, {"data": {}}, ["table flows"]),
    ],
)
def test_silence_is_a_change_of_tables_but_not_of_what_only_some_machines_tell(
    then: dict[str, object], now: dict[str, object], wanted: list[str]
) -> None:
    assert [change.what for change in changes(then, now)] == wanted
