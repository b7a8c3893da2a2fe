"""Moving a baseline to a new month: cells are met, barrels conserved, the impossible refused and named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from numpy.typing import NDArray

from simulator import datasets, load_scenario, run, verification
from simulator.balancing import balance
from simulator.cli import main
from simulator.errors import InputError, Place
from simulator.rebase import build, known, store
from simulator.rebase.known import Cell, read_cells
from simulator.rebase.matrix import Assumed, Matrix, Rebased, rebase

STREAMS = ("light", "heavy", "lone")
BUYERS = ("china", "india", "europe", "turkey")
FLOWS = np.array([[30.0, 20.0, 10.0, 0.0], [5.0, 25.0, 15.0, 5.0], [0.0, 12.0, 0.0, 8.0]])
AFLOAT = np.array([0.1, 0.0, 0.0])
HEADER = "stream_or_group,buyer,kbd\n"


def small(
    *cells: tuple[str | tuple[str, ...], str, float],
    exports: NDArray[np.float64] | None = None,
    shut: NDArray[np.bool_] | None = None,
    capacity: NDArray[np.float64] | None = None,
    told: tuple[str, ...] | None = None,
) -> Rebased:
    base = Matrix(STREAMS, BUYERS, FLOWS, AFLOAT)
    made = []
    for line, (streams, buyer, kbd) in enumerate(cells, start=2):
        meant = STREAMS if streams == "total" else (streams,) if isinstance(streams, str) else streams
        name = streams if isinstance(streams, str) else "+".join(streams)
        made.append(Cell(name, meant, buyer, kbd, place=Place("cells.csv", line, 1)))
    impossible = np.zeros(FLOWS.shape, dtype=bool) if shut is None else shut
    room = np.full(3, 1e9) if capacity is None else capacity
    ships = base.exports_kbd if exports is None else exports
    stated = np.zeros(3, dtype=bool) if told is None else np.isin(STREAMS, told)
    return rebase(base, made, Assumed(ships, room, FLOWS.sum(axis=0), stated), impossible)


def test_nothing_known_that_differs_moves_nothing() -> None:
    found = small(("light", "china", 30.0))
    np.testing.assert_allclose(found.after.landed_kbd, FLOWS, atol=1e-8)
    assert found.gap_kbd == pytest.approx(0.0, abs=1e-9)
    assert (found.export_factor, found.import_factor) == (1.0, 1.0)


def test_cells_totals_and_groups_are_met_and_barrels_conserved() -> None:
    found = small((("light", "heavy"), "india", 50.0), ("heavy", "india", 28.0), ("total", "india", 60.0))
    landed = found.after.landed_kbd
    assert landed[1, 1] == pytest.approx(28.0, abs=1e-7)
    assert landed[0, 1] == pytest.approx(22.0, abs=1e-7), "what the group leaves to its other stream"
    assert landed[2, 1] == pytest.approx(10.0, abs=1e-7), "what the total leaves to the rest"
    assert found.miss_kbd < 1e-7
    assert found.after.exports_kbd.sum() == pytest.approx(landed.sum() + found.after.afloat_kbd.sum(), abs=1e-9)
    np.testing.assert_allclose(found.after.afloat_kbd / found.after.exports_kbd, AFLOAT)
    assert (landed[FLOWS == 0] == 0).all(), "pairs without flow stay without"


def test_it_is_plain_ras_where_only_totals_are_known() -> None:
    """Against the textbook form: with every buyer's total known, streams' totals are scaled to match."""
    found = small(*(("total", buyer, kbd) for buyer, kbd in zip(BUYERS, (40.0, 50.0, 30.0, 12.0), strict=True)))
    rows = FLOWS.sum(axis=1) * 132.0 / FLOWS.sum()
    np.testing.assert_allclose(
        found.after.landed_kbd, balance(FLOWS, rows, np.array([40.0, 50.0, 30.0, 12.0])), atol=1e-7
    )
    assert found.import_factor == 1.0, "no buyer is left to give way"


def test_half_of_the_gap_goes_to_either_side() -> None:
    exports = np.array([1.0, 1.0, 1.2]) * Matrix(STREAMS, BUYERS, FLOWS, AFLOAT).exports_kbd
    found = small(("light", "china", 30.0), exports=exports)
    assert found.gap_kbd == pytest.approx(4.0)
    assert found.after.landed_kbd[1:].sum() == pytest.approx(74.0 - 2.0, abs=1e-7)
    assert found.after.landed_kbd.sum() == pytest.approx(132.0, abs=1e-7)


def test_a_stream_with_a_known_cell_keeps_its_other_sales() -> None:
    found = small(("light", "china", 10.0))
    np.testing.assert_allclose(found.after.landed_kbd[0, 1:], FLOWS[0, 1:], rtol=0.35)
    assert found.after.exports_kbd[0] < 0.75 * found.before.exports_kbd[0], "its exports follow the cell"


def test_known_exports_count_what_stays_afloat() -> None:
    found = small(("light", "total", 80.0), (("heavy", "lone"), "total", 60.0))
    assert found.after.exports_kbd[0] == pytest.approx(80.0, abs=1e-7)
    assert found.after.afloat_kbd[0] == pytest.approx(8.0, abs=1e-7)
    assert found.after.exports_kbd[1:].sum() == pytest.approx(60.0, abs=1e-7)


def test_a_full_stream_is_held_and_its_group_takes_the_rest() -> None:
    capacity = np.array([80.0, 90.0, 200.0])
    found = small((("light", "heavy"), "china", 60.0), ("total", "china", 60.0), capacity=capacity)
    assert found.held == ("light",)
    assert found.after.exports_kbd[0] == pytest.approx(0.99 * 80.0, abs=1e-6)
    assert found.after.landed_kbd[:2, 0].sum() == pytest.approx(60.0, abs=1e-7)
    assert (found.after.exports_kbd < capacity).all()
    with pytest.raises(InputError, match="asks lone for more than 99% of its capacity of 22 kb/d"):
        small(("lone", "india", 14.0), ("lone", "turkey", 9.0), capacity=np.array([90.0, 90.0, 22.0]))


def test_assumed_exports_stop_at_capacity() -> None:
    exports = np.array([70.0, 60.0, 24.0])
    found = small(("total", "china", 45.0), exports=exports, capacity=np.array([90.0, 90.0, 20.5]))
    assert found.held == ("lone",)
    assert found.after.exports_kbd[2] == pytest.approx(0.99 * 20.5, abs=1e-6)
    assert found.after.exports_kbd[0] == pytest.approx(70.0 * found.export_factor, abs=1e-6)


def test_a_cell_opens_its_own_pair_and_empties_it() -> None:
    found = small(("lone", "china", 3.0), ("light", "europe", 0.0))
    assert found.after.landed_kbd[2, 0] == pytest.approx(3.0, abs=1e-7)
    assert found.after.landed_kbd[0, 2] == 0.0


@pytest.mark.parametrize(
    ("cells", "where", "words"),
    [
        ([(("light", "heavy"), "china", 6.0), ("heavy", "china", 8.0)], [2], "2.0 kb/d less than its known parts"),
        (
            [(("light", "heavy"), "china", 60.0), ("light", "china", 30.0), ("heavy", "china", 8.0)],
            [2],
            "22.0 kb/d more than its known parts, and no other flow can fill it",
        ),
        ([("total", "india", 40.0), ("light", "india", 45.0)], [2], "5.0 kb/d less than its known parts"),
        ([("heavy", "turkey", 14.0), ("lone", "turkey", 15.0)], [2, 3], "above all it is taken to import"),
        ([("lone", "total", 30.0), ("lone", "india", 31.0)], [2], "1.0 kb/d less than its known parts"),
        ([(("light", "lone"), "turkey", 0.0), ("lone", "turkey", 4.0)], [3], "another cell says it is 0"),
        ([("total", "china", 1e4)], [2], "leaves the rest of the world without oil"),
    ],
)
def test_what_cannot_be_met_is_named(
    cells: list[tuple[str | tuple[str, ...], str, float]], where: list[int], words: str
) -> None:
    with pytest.raises(InputError, match=words) as refused:
        small(*cells)
    assert [problem.place and problem.place.line for problem in refused.value.problems] == where


def test_cells_that_only_clash_together_are_named() -> None:
    # Lone sells to India and Turkey alone: 15 there leave no room for its known exports of 40.
    with pytest.raises(InputError, match="cannot be met together") as refused:
        small(("lone", "total", 40.0), ("total", "india", 10.0), ("total", "turkey", 5.0))
    assert {problem.key for problem in refused.value.problems} >= {"lone,total"}


def test_no_oil_flows_where_it_cannot() -> None:
    shut = FLOWS == 0
    with pytest.raises(InputError, match="lone,china: no oil can flow this way"):
        small(("lone", "china", 3.0), shut=shut)
    with pytest.raises(InputError, match="name one stream"):
        small((("light", "lone"), "turkey", 3.0), ("lone", "turkey", 0.0))


# The shipped month.


def early() -> datasets.Table:
    return datasets.table("flows_early_2026")


def landed(streams: tuple[str, ...], buyer: str) -> float:
    return sum(row["kbd"] for row in early().where(buyer=buyer) if row["stream"] in streams)


@pytest.fixture(scope="module")
def rebuilt() -> build.Built:
    return build.shipped("early_2026")


def test_early_2026_is_built_from_its_cells_to_the_last_digit(rebuilt: build.Built) -> None:
    sheet = store.flows_sheet(rebuilt, "early_2026", {})
    assert [dict(row) for row in sheet.rows] == list(early().rows)
    assert list(rebuilt.segments) == list(datasets.table("china_segments_early_2026").rows)


def test_every_known_cell_of_early_2026_is_met(rebuilt: build.Built) -> None:
    assert rebuilt.rebased.miss_kbd < 1e-6
    words = datasets.vocabulary()
    for row in datasets.table("cells_early_2026").where(basis="barrels"):
        streams = words.expand_streams([row["stream_or_group"]])
        assert landed(streams, row["buyer"]) == pytest.approx(row["kbd"], abs=1e-6), row
    total = next(cell.kbd for cell in rebuilt.cells if cell.name == "total")
    assert landed(words.streams, "china") == pytest.approx(total, abs=1e-6)
    assert total == pytest.approx(11990 * 11490 / 11555 + 350 * 265 / 450)


def test_early_2026_balances(rebuilt: build.Built) -> None:
    matrix = rebuilt.rebased.after
    rows = early().rows
    arrivals = sum(row["kbd"] for row in rows if row["buyer"] != "afloat")
    afloat = sum(row["kbd"] for row in rows if row["buyer"] == "afloat")
    assert matrix.exports_kbd.sum() == pytest.approx(arrivals + afloat, abs=1e-6)
    old = build.matrix_of("2025")
    np.testing.assert_allclose(build.matrix_of("early_2026").afloat_share, old.afloat_share, atol=1e-10)
    for j, buyer in enumerate(matrix.buyers[1:], start=1):
        assert matrix.landed_kbd[:, j].sum() == pytest.approx(
            old.landed_kbd[:, j].sum() * rebuilt.rebased.import_factor, abs=1e-6
        ), buyer
    for row in datasets.table("exports_early_2026").rows:
        i = matrix.streams.index(row["stream"])
        assert matrix.exports_kbd[i] == pytest.approx(row["exports_kbd"] * rebuilt.rebased.export_factor, abs=1e-6)
    assert 0.99 < rebuilt.rebased.export_factor < 1.0 < rebuilt.rebased.import_factor < 1.01


def test_nobody_ships_above_capacity_in_early_2026(rebuilt: build.Built) -> None:
    capacity = {row["stream"]: row["capacity_kbd"] for row in datasets.table("supply").rows}
    matrix = rebuilt.rebased.after
    for stream, exports in zip(matrix.streams, matrix.exports_kbd, strict=True):
        assert exports < capacity[stream], stream


def test_the_three_are_about_35_percent_of_early_2026() -> None:
    words = datasets.vocabulary()
    three = landed(words.expand_streams(["russia", "iran", "venezuela"]), "china")
    assert three / landed(words.streams, "china") == pytest.approx(0.345, abs=0.001)
    assert landed(("usa_wti", "usa_ans"), "china") == 0.0


def test_no_new_pair_opens_in_early_2026() -> None:
    pairs = {(row["stream"], row["buyer"]) for row in early().rows}
    before = {(row["stream"], row["buyer"]) for row in datasets.table("flows_2025").rows}
    assert before - pairs == {("usa_wti", "china")}
    assert not pairs - before


def test_assumed_exports_move_with_production() -> None:
    old = {s: float(x) for s, x in zip(STREAM_IDS, build.matrix_of("2025").exports_kbd, strict=True)}
    told = datasets.table("cells_early_2026").column("stream_or_group")
    named = set(datasets.vocabulary().expand_streams([name for name in told if name != "total"]))
    rows = datasets.table("exports_early_2026").rows
    assert tuple(row["stream"] for row in rows) == tuple(s for s in STREAM_IDS if s not in named)
    for row in rows:
        ratio = row["production_kbd"] / row["production_2025_kbd"] if row["production_kbd"] else 1.0
        assert row["exports_kbd"] == pytest.approx(old[row["stream"]] * ratio, abs=0.051), row["stream"]
        assert row["standing"] == ("estimated" if row["production_kbd"] else "guessed")


STREAM_IDS = datasets.vocabulary().streams


def test_segments_of_early_2026_add_up() -> None:
    rows = datasets.table("china_segments_early_2026").rows
    for row in rows:
        parts = [row[f"{segment}_kbd"] for segment in ("cn_state", "cn_private", "cn_teapot")]
        assert sum(parts) == pytest.approx(landed((row["stream"],), "china"), abs=1e-9), row["stream"]
        assert sum(row[guess] for guess in build.GUESSES) == pytest.approx(1.0, abs=2e-3)
    china = landed(STREAM_IDS, "china")
    for segment, kbd in (("cn_state", 7355.0), ("cn_private", 1800.0), ("cn_teapot", 2600.0)):
        assert sum(row[f"{segment}_kbd"] for row in rows) == pytest.approx(kbd * china / 11755.0, abs=1e-5)
    state = {row["stream"]: row["cn_state_kbd"] for row in rows}
    sea = ("russia_espo_kozmino", "russia_sokol", "russia_urals", "russia_arctic")
    assert sum(state[stream] for stream in sea) < 150.0, "state majors nearly stopped"


@pytest.mark.parametrize("name", ["iran_offline", "us_crude_tariff_lifted"])
def test_scenarios_run_on_early_2026(name: str) -> None:
    result = run(load_scenario(f"scenarios/{name}.yaml", set={"baseline": "early_2026", "months": 2}), draws=1)
    assert result.unconverged == 0
    table = result.table
    base = table[(table.metric == "imports_kbd") & (table.item == "russia") & (table.month == "horizon")]
    assert base["baseline"].to_numpy() == pytest.approx(2697.0, abs=1e-6)


# The command.


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(datasets.BUILT_VARIABLE, raising=False)
    return tmp_path


def oilsim(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_a_user_builds_a_month_and_runs_it(here: Path) -> None:
    Path("march.csv").write_text(
        HEADER + "iran,china,900\nrussia,china,2500\ntotal,china,11900\nusa,china,0\n", encoding="utf-8"
    )
    done = oilsim("data", "build", "march.csv", "-o", "march_own", "--brent", "80")
    assert done.exit_code == 0, done.output
    assert "Residual" in done.stdout
    assert "Held at their capacity: russia_espo_pipeline, russia_espo_kozmino" in done.stdout
    assert "on Brent 80.00 USD/bbl, as given" in done.stdout
    assert sorted(path.name for path in here.iterdir()) == ["baselines", "march.csv"]
    assert [path.name for path in (here / "baselines").iterdir()] == ["march_own"], "nothing is left beside it"
    assert verification.verify() == []
    assert "march_own" in datasets.vocabulary().baselines
    caveats = datasets.table("baselines", "march_own").meta["caveats"]
    assert "Prices and duties are those of baseline 2025" in caveats[0]
    Path("quiet.yaml").write_text("schema: 1\nbaseline: march_own\nstart: 2026-03\nmonths: 1\n", encoding="utf-8")
    done = oilsim("run", "quiet.yaml", "--draws", "1", "--format", "json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    rows = {(row["metric"], row["item"]): row["mean"] for row in answer["rows"] if row["month"] == "horizon"}
    assert rows["imports_kbd", "iran"] == pytest.approx(900.0, abs=1e-6)
    assert rows["imports_kbd", "total"] == pytest.approx(11900.0, abs=1e-5)
    assert rows["brent_usd_bbl", "total"] == pytest.approx(80.0)
    assert "march_own/flows_march_own" in answer["manifest"]["data"]
    assert "march_own/flows_march_own" in oilsim("data", "list").stdout
    assert "Known cells of march_own" in oilsim("data", "show", "march_own/cells_march_own").stdout


def test_a_baseline_built_from_another_of_the_user(here: Path) -> None:
    Path("a.csv").write_text(HEADER + "iran,china,900\n", encoding="utf-8")
    Path("b.csv").write_text(HEADER + "venezuela,china,100\n", encoding="utf-8")
    assert oilsim("data", "build", "a.csv", "-o", "first-step", "--from", "early_2026").exit_code == 0
    assert oilsim("data", "build", "b.csv", "-o", "second", "--from", "first-step").exit_code == 0
    assert datasets.about("second")["prices_of"] == "early_2026"
    flows = {(row["stream"], row["buyer"]): row["kbd"] for row in datasets.flows("second").rows}
    assert flows["iran_light", "china"] + flows["iran_heavy", "china"] == pytest.approx(900.0, rel=0.03)
    assert flows["venezuela_merey", "china"] == pytest.approx(100.0, abs=1e-6)


def test_building_again_replaces_and_failing_keeps(here: Path) -> None:
    Path("a.csv").write_text(HEADER + "iran,china,900\n", encoding="utf-8")
    assert oilsim("data", "build", "a.csv", "-o", "again").exit_code == 0
    Path("a.csv").write_text(HEADER + "iran,china,1000\n", encoding="utf-8")
    assert oilsim("data", "build", "a.csv", "-o", "again").exit_code == 0
    assert datasets.table("cells_again", "again").column("kbd") == (1000.0,)
    Path("a.csv").write_text(HEADER + "iran,china,9000\n", encoding="utf-8")
    assert oilsim("data", "build", "a.csv", "-o", "again").exit_code == 2
    assert datasets.table("cells_again", "again").column("kbd") == (1000.0,)
    assert [path.name for path in (here / "baselines").iterdir()] == ["again"]


@pytest.mark.parametrize("name", ["../outside", "a/b", "", "2025", "early_2026", ".hidden", "1st", "true", "x" * 41])
def test_names_that_are_taken_or_lead_elsewhere(here: Path, name: str) -> None:
    Path("a.csv").write_text(HEADER + "iran,china,900\n", encoding="utf-8")
    done = oilsim("data", "build", "a.csv", "-o", name)
    assert done.exit_code == 2
    assert done.stderr.startswith("-o: ")
    assert [path.name for path in here.iterdir()] == ["a.csv"]


def test_a_folder_that_is_no_baseline_is_left_alone(here: Path) -> None:
    Path("a.csv").write_text(HEADER + "iran,china,900\n", encoding="utf-8")
    (here / "baselines" / "mine").mkdir(parents=True)
    (here / "baselines" / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    done = oilsim("data", "build", "a.csv", "-o", "mine")
    assert done.exit_code == 2
    assert "is there already and is not a baseline" in done.stderr
    assert (here / "baselines" / "mine" / "letter.txt").read_text(encoding="utf-8") == "dear"


def test_an_unknown_start(here: Path) -> None:
    Path("a.csv").write_text(HEADER + "iran,china,900\n", encoding="utf-8")
    done = oilsim("data", "build", "a.csv", "-o", "mine", "--from", "early2026")
    assert (done.exit_code, "did you mean early_2026?" in done.stderr) == (2, True)


def test_all_that_is_wrong_with_a_file_at_its_place(here: Path) -> None:
    lines = [
        "stream_or_group, buyer,kbd,standing,basis,source",
        "irann,china,900,measured,,",
        'iran,"chian","1,100",sure,,',
        "",
        "iran,cn_teapot,-5,,,",
        "total,total,1,,customs,",
        "us,china,0,official,barrels,",
        "usa,china,1,tracker,,again",
        "oman,china",
        'qatar,"china,100,,,',
        "qatar,india,nan,,tonnes,",
    ]
    Path("bad.csv").write_text("\n".join(lines), encoding="utf-8")
    done = oilsim("data", "build", "bad.csv", "-o", "mine")
    assert done.exit_code == 2
    found = [line.split(": ", 2) for line in done.stderr.splitlines()]
    assert [(place, key) for place, key, _ in found] == [
        ("bad.csv:2:1", "stream_or_group"),
        ("bad.csv:3:6", "buyer"),
        ("bad.csv:3:14", "kbd"),
        ("bad.csv:3:22", "standing"),
        ("bad.csv:5:6", "buyer"),
        ("bad.csv:5:16", "kbd"),
        ("bad.csv:6:7", "buyer"),
        ("bad.csv:6:16", "basis"),
        ("bad.csv:8:1", "usa,china"),
        ("bad.csv:9:1", "line"),
        ("bad.csv:10:1", "line"),
        ("bad.csv:11:13", "kbd"),
        ("bad.csv:11:18", "basis"),
    ]
    assert "did you mean iran?" in done.stderr
    assert "did you mean china?" in done.stderr
    assert "is the same cell as us,china in line 7" in done.stderr
    assert not (here / "baselines").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cells: there is none"),
        (b"stream_or_group,buyer,kbd\n", "cells: there is none"),
        (b"stream,buyer,kbd\niran,china,1\n", "bad.csv:1:1: header: there is no such column (given stream"),
        (b"buyer,kbd\nchina,1\n", "header: lacks stream_or_group"),
        (b"stream_or_group,buyer,kbd,kbd\niran,china,1,1\n", "bad.csv:1:27: header: names the column twice"),
        (b"\xff\xfe", "must be text in UTF-8"),
    ],
)
def test_files_that_hold_no_cells(here: Path, content: bytes, words: str) -> None:
    Path("bad.csv").write_bytes(content)
    done = oilsim("data", "build", "bad.csv", "-o", "mine")
    assert (done.exit_code, words in done.stderr) == (2, True), done.stderr


def test_a_missing_file(here: Path) -> None:
    done = oilsim("data", "build", "nowhere.csv", "-o", "mine")
    assert (done.exit_code, done.stderr) == (2, "nowhere.csv: there is no such file that can be read\n")


def test_marks_of_other_programs_do_not_hurt(here: Path) -> None:
    Path("a.csv").write_bytes(
        b'\xef\xbb\xbfstream_or_group,buyer,kbd,standing,note\r\n iran , china ,1e3,tracker,"two, or ""so"""\r\n'
    )
    (cell,) = read_cells(Path("a.csv"))
    assert (cell.name, cell.buyer, cell.kbd, cell.standing, cell.source) == (
        "iran", "china", 1000.0, "estimated", 'two, or "so"',
    )  # fmt: skip
    assert cell.streams == ("iran_light", "iran_heavy")
    assert cell.place == Place("a.csv", 2, 2)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("russia_espo_pipeline,china,900", "asks russia_espo_pipeline for more than 99% of its capacity of 864 kb/d"),
        ("russia_espo_pipeline,china,0", "leaves russia_espo_pipeline without exports"),
        ("russia_druzhba,china,10", "no oil can flow this way"),
        ("total,turkey,0", "leaves turkey without any import"),
        ("saudi_arabia,total,8500", "asks saudi_arabia for more than 99% of its capacity of 8,400 kb/d"),
        ("iran,united_states,100", "name one stream"),
    ],
)
def test_months_no_market_can_start_from(here: Path, line: str, words: str) -> None:
    Path("a.csv").write_text(HEADER + line + "\n", encoding="utf-8")
    done = oilsim("data", "build", "a.csv", "-o", "mine")
    assert (done.exit_code, words in done.stderr) == (2, True), done.stderr
    assert done.stderr.startswith("a.csv:2:1: ")


def test_customs_leave_out_the_blend(here: Path) -> None:
    Path("a.csv").write_text("stream_or_group,buyer,kbd,basis\ntotal,china,11555,customs\n", encoding="utf-8")
    built = build.build(read_cells(Path("a.csv")))
    assert built.cells[0].kbd == pytest.approx(11755.0), "customs of 2025 are the matrix of 2025"


def test_where_baselines_are_looked_for(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert datasets.built_folder() == here / "baselines"
    monkeypatch.setenv(datasets.BUILT_VARIABLE, str(here / "elsewhere"))
    Path("a.csv").write_text(HEADER + "iran,china,900\n", encoding="utf-8")
    assert oilsim("data", "build", "a.csv", "-o", "mine").exit_code == 0
    assert datasets.built() == ("mine",)
    assert (here / "elsewhere" / "mine" / "flows_mine.csv").is_file()


def test_a_damaged_baseline_hurts_only_its_own_runs(here: Path) -> None:
    Path("a.csv").write_text(HEADER + "iran,china,900\n", encoding="utf-8")
    assert oilsim("data", "build", "a.csv", "-o", "hurt").exit_code == 0
    flows = here / "baselines" / "hurt" / "flows_hurt.csv"
    flows.write_text(flows.read_text(encoding="utf-8").replace("china", "chian", 1), encoding="utf-8")
    datasets.forget()
    assert any("flows_hurt.csv: sha256" in line for line in verification.verify())
    done = oilsim("run", "iran_offline", "--set", "baseline=hurt", "--draws", "1")
    assert (done.exit_code, "flows_hurt.csv" in done.stderr) == (3, True)
    assert oilsim("run", "iran_offline", "--months", "1", "--draws", "1").exit_code == 0


def test_regions_are_those_of_the_tables() -> None:
    allowed = datasets.table("flows_2025").meta["columns"]["buyer"]["allowed"]
    assert (*known.regions(), "afloat") == tuple(allowed)
