"""Draws that do not clear: each is named, with the month it stopped in and a command that runs it by itself."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import simulator.market.limits as limits
import simulator.paths as paths
from simulator.blocks import in_order, prepare
from simulator.cli import main
from simulator.errors import InputError
from simulator.results import HORIZON, Results
from simulator.runs import run
from simulator.scenario import Scenario, load_scenario
from simulator.stops import NEVER, Stop

ROOT = Path(__file__).parents[1]
IRAN = ROOT / "scenarios" / "iran_offline.yaml"
MONTHS = ("2026-03", "2026-04", "2026-05")


def iran(**settings: object) -> Scenario:
    return load_scenario(IRAN, set={"months": 3, "shocks.0.start": "2026-02", **settings})


def oilsim(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def failing(monkeypatch: pytest.MonkeyPatch, *failures: tuple[int, list[int], float]) -> None:
    """`clear`, but in some of its calls, counted from 1, draws stay open with a residual."""
    clear, calls = paths.clear, iter(range(1, 10_000))

    def broken(*given: Any) -> Any:
        found, call = clear(*given), next(calls)
        for number, draws, residual in failures:
            if call == number:
                found.converged[draws] = False
                found.residual_share[draws] = residual
        return found

    monkeypatch.setattr(paths, "clear", broken)


# Where a draw stopped


def test_the_first_month_that_did_not_clear_is_named_and_not_the_worst(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, (3, [4], 0.02), (4, [4, 1], 0.5))

    named = run(iran(), draws=6).manifest["unconverged_draws"]

    assert named == [
        {"draw": 1, "month": "2026-05", "residual_share": 0.5},
        {"draw": 4, "month": "2026-04", "residual_share": 0.02},
    ]


def test_a_promise_that_is_not_kept_is_named_with_its_month_and_by_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    promise = {
        "type": "purchase_commitment",
        "streams": ["us"],
        "buyers": ["china"],
        "volume_kbd": 700,
        "start": "2026-04",
    }
    asked = iran(shocks=[promise])
    monkeypatch.setattr(limits, "ROUNDS", 1)
    monkeypatch.setattr(limits, "SWEEPS", 1)

    results = run(asked, draws=3)

    named = results.manifest["unconverged_draws"]
    assert [one["draw"] for one in named] == [0, 1, 2]
    for one in named:
        assert one["month"] == "2026-04" and one["residual_share"] <= 1e-8
        assert limits.KEPT_TO < one["bound_missed_share"] < 1.0


def test_how_far_a_promise_is_missed_is_what_is_missing_of_it() -> None:
    promise = limits.Limit(np.ones((1, 2)), np.array([100.0, 100.0, 100.0]), limits.AT_LEAST, np.full(3, 50.0))
    flow = np.array([[[30.0, 30.0]], [[50.0, 50.0]], [[10.0, 10.0]]])
    none = np.zeros(3)
    cleared = limits.Clearing(none, flow, none, none, none > 0, none.astype(np.int64))

    # The second is kept; the third is missed, but costs the most anybody pays.
    missed = limits._missed_share(promise, cleared, np.array([5.0, 5.0, 50.0]))

    np.testing.assert_allclose(missed, [0.4, 0.0, 0.0], atol=1e-12)


def test_the_earlier_of_two_worlds_counts() -> None:
    never = NEVER
    one = Stop(np.array([2, never, 5]), np.array([0.1, 0.2, 0.3]), np.zeros(3))
    other = Stop(np.array([2, 4, never]), np.array([0.4, 0.5, 0.6]), np.ones(3))

    both = one.or_else(other)

    assert both.month.tolist() == [2, 4, 5]
    assert both.residual_share.tolist() == [0.1, 0.5, 0.3]
    assert both.bound_missed_share.tolist() == [0.0, 1.0, 0.0]


def test_all_are_named_in_the_file_and_twenty_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, (2, list(range(3, 27)), 0.25))

    result = oilsim("run", str(IRAN), "--set", "shocks.0.start=2026-02", "--draws", "40", "--months", "1")

    assert result.exit_code == 4
    screen = " ".join(result.stdout.split())
    assert "24 of 40 draws did not clear and are left out: draw 3 in 2026-03 (2.5e-01); " in screen
    assert "draw 22 in 2026-03 (2.5e-01); and 4 more." in screen and "draw 23" not in screen
    lines = result.stderr.splitlines()
    assert len(lines) == 21 and lines[-1] == "did not clear: 4 more draws; --format json and -o name all of them"
    failing(monkeypatch, (2, list(range(3, 27)), 0.25))
    assert len(run(iran(months=1), draws=40).manifest["unconverged_draws"]) == 24


# One draw alone


@cache
def block(sampling: str) -> tuple[tuple[Any, ...], np.ndarray]:
    """Outcomes of all draws of a run: (draw, month + 1, column), and their keys."""
    found = list(in_order(prepare(iran(months=1)), 300, seed=7, source=sampling))
    return found[0].after.keys, np.concatenate([one.after.values for one in found])


def table(results: Results, column: str) -> np.ndarray:
    """(month + 1, column), in the order of the draws."""
    keys, _ = block("monte_carlo")
    rows = {(r.metric, r.by, r.item, r.month): getattr(r, column) for r in results.rows}
    return np.array([[rows.get((*key, month), np.nan) for key in keys] for month in (MONTHS[0], HORIZON)])


@pytest.mark.parametrize(("sampling", "draw"), [("monte_carlo", 299), ("sobol", 17), ("latin_hypercube", 258)])
def test_a_draw_alone_has_the_bits_it_has_among_all(sampling: str, draw: int) -> None:
    results = run(iran(months=1), draws=300, seed=7, sampling=sampling, draw=draw)

    for column in ("mean", "p05", "p50", "p95"):
        np.testing.assert_array_equal(table(results, column), block(sampling)[1][draw], err_msg=column)
    assert (results.draws, results.unconverged) == (1, 0)
    assert (results.manifest["draws"], results.manifest["draw"]) == (300, draw)


def test_the_only_draw_of_mid_values_is_draw_0() -> None:
    alone, whole = run(iran(months=1), draws=1, draw=0), run(iran(months=1), draws=1)

    assert alone.csv_lines() == whole.csv_lines()


@pytest.mark.parametrize("draw", [-1, 8, 10**9])
def test_a_draw_there_is_not_is_refused(draw: int) -> None:
    with pytest.raises(InputError, match=r"draw: there is no such draw \(given -?\d+; allowed 0 to 7\)"):
        run(iran(months=1), draws=8, draw=draw)


def test_a_draw_that_stopped_shows_the_months_before_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(iran(), draws=8, draw=5)
    failing(monkeypatch, (3, [5], 0.25))

    results = run(iran(), draws=8, draw=5)

    assert (results.draws, results.unconverged) == (1, 1)
    assert results.manifest["unconverged_draws"] == [{"draw": 5, "month": "2026-04", "residual_share": 0.25}]
    named = ("brent_usd_bbl", "total", "total")
    assert results.get(*named, month="2026-03") == whole.get(*named, month="2026-03")
    for month in ("2026-04", "2026-05", HORIZON):
        row = results.get(*named, month=month)
        assert np.isnan([row.mean, row.p05, row.p50, row.p95]).all()
        assert row.baseline == whole.get(*named, month=month).baseline


def test_the_screen_says_which_draw_it_is() -> None:
    result = oilsim("run", "baseline", "--draws", "1200", "--months", "1", "--draw", "1100")

    assert result.exit_code == 0 and result.stderr == ""
    assert result.stdout.splitlines()[0].endswith("· draw 1,100 of 1,200")


# The command to paste


def pasted(line: str) -> list[str]:
    """The words behind `oilsim` of the command in a line, as a shell reads them."""
    words = shlex.split(line[line.index(": oilsim ") + 2 :])
    assert words[0] == "oilsim"
    return words[1:]


def test_the_command_runs_that_draw_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "it's mine.yaml"
    mine.write_text(IRAN.read_text(encoding="utf-8"), encoding="utf-8")
    given = ("--set", "shocks.0.loss_share={low: 0.5, mid: 0.6, high: 0.9}", "--set", "shocks.0.start=2026-02")
    words = ("run", str(mine), *given, "--months", "1", "--draws", "300", "--seed", "11", "--sampling", "sobol")
    with monkeypatch.context() as broken:
        failing(broken, (2, [270 - 256], 0.25), (4, [270 - 256], 0.25))
        broken.setattr("os.sched_getaffinity", lambda _: {0})
        failed = oilsim(*words, "--format", "csv")
    lines = [line for line in failed.stderr.splitlines() if "draw 270 " in line]

    assert failed.exit_code == 4 and len(lines) == 1
    result = oilsim(*pasted(lines[0]), "--format", "json")
    wanted = oilsim(*words, "--draw", "270", "--format", "json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == json.loads(wanted.stdout)
    assert json.loads(result.stdout)["manifest"]["draw"] == 270


def test_a_draw_that_is_run_alone_and_fails_again_is_not_told_to_be_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, (2, [3], 0.25))
    words = ("run", "iran_offline", "--set", "shocks.0.start=2026-02", "--draws", "8", "--months", "1", "--draw", "3")

    result = oilsim(*words)

    assert (result.exit_code, result.stderr) == (4, "")
    assert "1 of 1 draws did not clear and are left out: draw 3 in 2026-03" in " ".join(result.stdout.split())


def test_draws_of_a_sweep_are_named_by_point_and_their_commands_give_the_same_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["sweep", "iran_offline", "--months", "1", "--draws", "6", "--seed", "2", "--workers", "1"]
    words += ["--over", "shocks.0.loss_share=[0.3,0.8]", "--over", "shocks.0.streams=[[iran],[iran,venezuela]]"]
    words += ["--set", "shocks.0.start=2026-02", "--format", "json"]
    with monkeypatch.context() as broken:
        failing(broken, (2, [4], 0.25), (4, [7], 0.5))
        failed = oilsim(*words, "-o", str(tmp_path / "broken"))
    told = json.loads(failed.stdout)
    good = oilsim(*words, "-o", str(tmp_path / "good"))

    assert (failed.exit_code, good.exit_code) == (4, 0)
    assert told["unconverged"] == len(told["unconverged_draws"]) > 0
    lines = [line for line in failed.stderr.splitlines() if line.startswith("did not clear")]
    assert len(lines) == len(told["unconverged_draws"])
    for line, one in zip(lines, told["unconverged_draws"], strict=True):
        assert line.startswith(f"did not clear: point {one['point']}, draw {one['draw']} in 2026-03 (")
        alone = json.loads(oilsim(*pasted(line), "--format", "json").stdout)
        bill = next(r for r in alone["rows"] if r["metric"] == "import_bill_usd_bn" and r["month"] == HORIZON)
        row = kept(tmp_path / "good", one["point"], one["draw"])
        assert bill["mean"] == pytest.approx(row["import_bill_usd_bn/total/total"], rel=1e-9)
        assert row["stopped_in"] is None
        assert alone["manifest"]["scenario"]["shocks"][0]["loss_share"] == one["levers"]["shocks.0.loss_share"]


def kept(store: Path, point: int, draw: int) -> dict[str, Any]:
    """One row of the draws a sweep kept."""
    rows = [row for file in (store / "chunks").glob("*.draws.parquet") for row in pq.read_table(file).to_pylist()]
    (found,) = [row for row in rows if (row["point"], row["draw"]) == (point, draw)]
    return found


def test_a_residual_that_is_no_number_is_null() -> None:
    from simulator.collector import Failure

    failure = Failure(3, 1, float("nan"))

    assert failure.document(MONTHS) == {"draw": 3, "month": "2026-04", "residual_share": None}
    assert replace(failure, residual_share=0.5, bound_missed_share=0.1).document(MONTHS)["bound_missed_share"] == 0.1
