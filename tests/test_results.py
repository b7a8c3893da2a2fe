"""Rows, figures and files of a run, recomputed from the months and from the draws themselves."""

from __future__ import annotations

import calendar
import csv
import io
import json
import math
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import simulator.paths as paths
from simulator import datasets
from simulator.blocks import BlockRun, in_order, prepare
from simulator.collector import Collector
from simulator.errors import InputError
from simulator.market.clearing import Clearing
from simulator.results import COLUMNS, HORIZON, Results, Row
from simulator.runs import DRIVEN_OUTCOMES, run
from simulator.scenario import Scenario, load_scenario

ROOT = Path(__file__).parents[1]
MONTHS = ("2026-01", "2026-02", "2026-03")
DAYS = tuple(calendar.monthrange(2026, month)[1] for month in (1, 2, 3))
WEIGHTED_BY_IMPORTS = ("share", "share_declared", "sanctioned_share", "hormuz_share", "malacca_share")
UNEVEN = {
    "shocks": [
        {"type": "supply_outage", "streams": ["iran"], "loss_share": 1.0, "start": "2026-02", "end": "2026-02"},
        {"type": "tariff", "streams": ["us"], "buyers": ["china"], "rate": 0.5, "ramp_months": 2},
        {"type": "supply_outage", "streams": ["gulf"], "loss_share": 0.1, "start": "2026-03"},
    ],
}
"""Every month differs from the others, so that a wrong weight shows."""


def scenario(**settings: object) -> Scenario:
    """Three months, January to March."""
    return one_month(**{**UNEVEN, "months": 3, **settings})


def one_month(**settings: object) -> Scenario:
    """January without Iran."""
    given = {"baseline": "2025", "start": MONTHS[0], "months": 1, **settings}
    return load_scenario(ROOT / "scenarios" / "iran_offline.yaml", set=given)


@cache
def mid() -> Results:
    return run(scenario(), draws=1)


@cache
def drawn() -> Results:
    return run(one_month(), draws=20)


def figures(results: Results) -> dict[tuple[str, str, str, str], Row]:
    return {(r.metric, r.by, r.item, r.month): r for r in results.rows}


def monthly(key: tuple[str, str, str], column: str = "mean") -> list[float]:
    rows = figures(mid())
    return [getattr(rows[(*key, month)], column) for month in MONTHS]


def keys() -> list[tuple[str, str, str]]:
    return [(r.metric, r.by, r.item) for r in mid().rows if r.month == HORIZON]


def same(found: float, expected: float) -> bool:
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(found) and math.isnan(expected))


@pytest.mark.parametrize("column", ["mean", "baseline"])
def test_the_horizon_follows_the_interface_for_every_row(column: str) -> None:
    rows = figures(mid())
    imports = monthly(("imports_kbd", "total", "total"), column)
    wrong = []
    for metric, by, item in keys():
        months = monthly((metric, by, item), column)
        known = [value for value in months if not math.isnan(value)]
        if metric.endswith("_usd_bn"):
            expected = sum(months)
        elif metric.endswith("_kbd"):
            expected = sum(v * d for v, d in zip(months, DAYS, strict=True)) / sum(DAYS)
        elif metric == "landed_cost_usd_bbl":
            bill = sum(monthly(("import_bill_usd_bn", by, item), column))
            barrels = sum(v * d for v, d in zip(monthly(("imports_kbd", by, item), column), DAYS, strict=True))
            expected = 1e6 * bill / barrels if barrels > 0 else math.nan
        elif metric in WEIGHTED_BY_IMPORTS:
            weights = [v * d for v, d in zip(imports, DAYS, strict=True)]
            expected = sum(v * w for v, w in zip(months, weights, strict=True)) / sum(weights)
        elif metric == "stock_mb":
            expected = months[-1]
        else:
            expected = sum(known) / len(known) if known else math.nan
        found = getattr(rows[metric, by, item, HORIZON], column)
        if not same(found, expected):
            wrong.append((metric, by, item, found, expected))
    assert not wrong


def test_the_months_differ_enough_to_tell_the_weights_apart() -> None:
    assert len(set(DAYS)) > 1
    for key in (("brent_usd_bbl", "total", "total"), ("imports_kbd", "total", "total"), ("share", "group", "iran")):
        assert len({round(value, 6) for value in monthly(key)}) == len(MONTHS), key


def test_rows_come_item_by_item_with_the_horizon_last() -> None:
    results = mid()

    assert results.months == MONTHS
    assert [r.month for r in results.rows[:4]] == [*MONTHS, HORIZON]
    assert len(figures(results)) == len(results.rows) == 4 * len(keys())
    assert all(r.item == "total" for r in results.rows if r.by == "total")


def test_with_one_draw_the_band_is_the_mean() -> None:
    for row in mid().rows:
        assert same(row.p05, row.mean) and same(row.p50, row.mean) and same(row.p95, row.mean), row


def test_bands_are_in_order_and_hold_the_median() -> None:
    spread = 0
    for row in drawn().rows:
        if not math.isnan(row.p50):
            assert row.p05 <= row.p50 <= row.p95, row
            spread += row.p05 < row.p95
    assert spread > 100


def test_the_baseline_column_is_a_run_without_shocks() -> None:
    idle = figures(run(scenario(shocks=[]), draws=1))

    for key, row in figures(mid()).items():
        if key in idle:
            assert row.baseline == pytest.approx(idle[key].mean, rel=1e-6, abs=1e-6, nan_ok=True), key
    assert {key[0] for key in idle} == {key[0] for key in figures(mid())}


def test_parts_of_the_bills_change_add_up_every_month_and_over_the_horizon() -> None:
    rows = figures(drawn())

    for month in (MONTHS[0], HORIZON):
        bill = rows["import_bill_usd_bn", "total", "total", month]
        parts = [r.mean for r in drawn().rows if (r.metric, r.month) == ("bill_change_usd_bn", month)]
        assert len(parts) == 6
        assert sum(parts) == pytest.approx(bill.mean - bill.baseline, abs=1e-9)


@pytest.mark.parametrize("metric", ["import_bill_usd_bn", "imports_kbd", "share"])
def test_groups_add_up_to_the_total_on_the_means(metric: str) -> None:
    total = 1.0 if metric == "share" else drawn().get(metric).mean

    for by in ("group", "country", "stream", "segment"):
        parts = [r.mean for r in drawn().rows if (r.metric, r.by, r.month) == (metric, by, HORIZON)]
        assert sum(parts) == pytest.approx(total, rel=1e-9), by


# The forms


def test_the_document_has_the_interfaces_keys_and_full_precision() -> None:
    document = json.loads(json.dumps(mid().document(), allow_nan=False))

    wanted = {"schema", "scenario", "baseline", "months", "draws", "unconverged", "manifest", "rows"}
    assert wanted <= set(document)
    assert (document["schema"], document["baseline"], document["draws"], document["unconverged"]) == (1, "2025", 1, 0)
    assert document["months"] == list(MONTHS)
    for row, cells in zip(mid().rows, document["rows"], strict=True):
        assert (
            list(cells) == list(COLUMNS) == ["metric", "by", "item", "month", "baseline", "mean", "p05", "p50", "p95"]
        )
        assert cells["mean"] == (None if math.isnan(row.mean) else row.mean)


def test_a_price_that_does_not_exist_is_null_and_an_empty_cell() -> None:
    lost = run(one_month(shocks=[{"type": "supply_outage", "streams": ["kuwait"], "loss_share": 1.0}]), draws=1)
    asked = ("discount_usd_bbl", "stream", "kuwait", MONTHS[0])
    row = next(r for r in lost.document()["rows"] if tuple(r.values())[:4] == asked)
    line = next(one for one in csv.reader(io.StringIO(lost.csv_lines())) if tuple(one[:4]) == asked)

    assert math.isfinite(row["baseline"])
    assert [row[name] for name in COLUMNS[5:]] == [None] * 4
    assert line[5:] == [""] * 4
    assert "nan" not in lost.csv_lines().lower()


def test_csv_holds_the_same_numbers_to_the_last_digit() -> None:
    header, *lines = csv.reader(io.StringIO(mid().csv_lines()))

    assert header == list(COLUMNS)
    assert len(lines) == len(mid().rows)
    for line, row in zip(lines, mid().rows, strict=True):
        assert line[:4] == [row.metric, row.by, row.item, row.month]
        assert same(float(line[5] or "nan"), row.mean) and (not line[5] or float(line[5]) == row.mean)


def test_several_runs_share_a_table_with_the_scenario_first() -> None:
    first, *rest = csv.reader(io.StringIO(mid().csv_lines(with_scenario=True)))
    bare = mid().csv_lines(with_scenario=True, header=False)

    assert first == ["scenario", *COLUMNS]
    assert {line[0] for line in rest} == {"Iran offline"}
    assert mid().csv_lines(with_scenario=True).endswith(bare) and not bare.startswith("scenario,")


def test_the_pandas_table_is_the_rows() -> None:
    table = mid().table

    assert list(table.columns) == list(COLUMNS)
    assert len(table) == len(mid().rows)
    brent = table.query("metric == 'brent_usd_bbl' and month == 'horizon'")
    assert brent["mean"].item() == mid().get("brent_usd_bbl").mean
    assert table["mean"].dtype == np.float64


def test_the_labelled_array_finds_every_figure_by_name() -> None:
    pytest.importorskip("xarray")
    array = mid().to_xarray()

    assert list(array["month"].values) == [*MONTHS, HORIZON]
    assert list(array["figure"].values) == list(COLUMNS[4:])
    for row in mid().rows[:: len(mid().rows) // 50]:
        outcome = f"{row.metric}/{row.by}/{row.item}"
        found = array.sel(outcome=outcome, month=row.month, figure="mean").item()
        assert same(found, row.mean), row
    assert array.size == len(mid().rows) * 5


def test_the_labelled_arrays_axes_stand_as_its_docstring_says() -> None:
    pytest.importorskip("xarray")

    assert mid().to_xarray().dims == ("outcome", "month", "figure")


def test_get_names_what_is_missing() -> None:
    assert mid().get("share", "group", "russia", MONTHS[1]).item == "russia"
    with pytest.raises(KeyError, match="no row brent_usd_bbl by total: total, 2031-01"):
        mid().get("brent_usd_bbl", month="2031-01")


# Files


def test_saving_leaves_the_two_files_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    written = mid().save(folder, "iran.v2")

    assert [path.name for path in written] == ["iran.v2.csv", "iran.v2.json"]
    assert {path.name for path in folder.iterdir()} == {"iran.v2.csv", "iran.v2.json"}
    assert written[0].read_text(encoding="utf-8") == mid().csv_lines()
    assert json.loads(written[1].read_text(encoding="utf-8")) == json.loads(json.dumps(mid().document()))


def test_saving_again_replaces_the_files(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("old", encoding="utf-8")

    mid().save(tmp_path, "x")

    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == mid().csv_lines()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_made_is_the_users_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match=r"^-o: cannot be written: .*file"):
            mid().save(folder, "x")


@pytest.mark.parametrize("stem", ["../x", "a/b", "/x", "a\0b"])
def test_a_result_stays_in_its_folder(tmp_path: Path, stem: str) -> None:
    with pytest.raises(InputError, match="is not the name of a file"):
        mid().save(tmp_path / "results", stem)
    assert not list(tmp_path.iterdir())


def test_an_old_result_survives_a_save_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", disk_full)

    with pytest.raises(InputError, match="No space left"):
        mid().save(tmp_path, "x")

    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == "old"


def test_a_save_that_fails_leaves_no_part_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "replace", disk_full)

    with pytest.raises(InputError):
        mid().save(tmp_path, "x")

    assert list(tmp_path.iterdir()) == []


def disk_full(self: Path, target: Path) -> Path:
    raise OSError(28, "No space left on device")


# The same numbers again


def text(results: Results) -> str:
    return json.dumps(results.document())


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    again = run(one_month(), draws=20)

    assert text(again) == text(drawn())
    assert again.csv_lines() == drawn().csv_lines()
    assert run(one_month(), draws=20, seed=2).csv_lines() != drawn().csv_lines()


@pytest.mark.parametrize("cores", [1, 2, 5, None])
def test_the_number_of_threads_does_not_change_a_digit(cores: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)

    assert text(run(one_month(), draws=600)) == three_blocks()


@cache
def three_blocks() -> str:
    return text(run(one_month(), draws=600))


def test_a_draw_is_the_same_however_many_there_are() -> None:
    plan = prepare(one_month())
    few, many = (list(in_order(plan, draws, seed=3)) for draws in (300, 700))

    assert [len(block.converged) for block in few] == [256, 44]
    assert [len(block.converged) for block in many] == [256, 256, 188]
    np.testing.assert_array_equal(after(few), after(many)[:300])
    np.testing.assert_array_equal(few[0].before, many[0].before)
    np.testing.assert_array_equal(few[1].before[1], np.where(few[0].before[1] > 0, 44, 0))
    for name, values in few[1].drawn.items():
        np.testing.assert_array_equal(values, many[1].drawn[name][:44], err_msg=name)


def after(found: list[BlockRun]) -> np.ndarray:
    return np.concatenate([block.after.values for block in found])


def idle(block: BlockRun) -> np.ndarray:
    """Means without shocks, (month + 1, column)."""
    total, count = block.before
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def test_draws_differ_from_each_other_across_blocks() -> None:
    plan = prepare(one_month())
    values = after(list(in_order(plan, 520, seed=1)))
    brent = values[:, 0, 0]

    assert len(np.unique(brent)) == 520


def test_figures_are_those_of_the_draws() -> None:
    plan = prepare(one_month())
    (block,) = in_order(plan, 20, seed=1)
    column = block.after.keys.index(("import_bill_usd_bn", "group", "russia"))
    row = drawn().get("import_bill_usd_bn", "group", "russia")
    values = block.after.values[:, -1, column]

    assert row.mean == pytest.approx(values.mean(), rel=1e-12)
    assert [row.p05, row.p50, row.p95] == pytest.approx(np.quantile(values, [0.05, 0.5, 0.95]).tolist(), rel=1e-12)
    assert row.baseline == pytest.approx(idle(block)[-1, column], rel=1e-12)


# Draws that do not clear

EXPECTED, FEBRUARY = 2, 3
"""Markets of the scenario in their order: the baseline, January, February as it was ordered for, February."""


def failing(draw: int | list[int], call: int) -> Callable[..., Clearing]:
    """`clear`, but in its `call`-th market some draws stay open, with prices and flows nobody should see."""
    calls = iter(range(1000))
    clear = paths.clear

    def broken(*given: np.ndarray) -> Clearing:
        found = clear(*given)  # type: ignore[arg-type]
        if next(calls) == call:
            found.converged[draw] = False
            found.residual_share[draw] = 0.25
            found.fob_usd_bbl[draw] = 1e5
            found.flow_kbd[draw] *= 1e3
        return found

    return broken


@pytest.mark.parametrize("call", [EXPECTED, FEBRUARY])
def test_a_draw_that_does_not_clear_is_left_out_counted_and_named(call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = scenario()
    plan = prepare(asked)
    (block,) = in_order(plan, 10, seed=1)
    rest = np.delete(block.after.values, 4, axis=0)
    monkeypatch.setattr(paths, "clear", failing(draw=[n for n in range(256) if n != 4], call=call))
    (fourth,) = in_order(plan, 10, seed=1)
    monkeypatch.undo()
    total, count = block.before - fourth.before
    before = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    monkeypatch.setattr(paths, "clear", failing(draw=4, call=call))

    results = run(asked, draws=10)

    assert (results.draws, results.unconverged) == (10, 1)
    assert results.manifest["unconverged_draws"] == [{"draw": 4, "month": "2026-02", "residual_share": 0.25}]
    assert results.manifest["solver"]["largest_residual"] <= results.manifest["solver"]["tolerance"]
    whole = ~np.isnan(rest[:, -1]).any(axis=0)
    horizon = [row for row in results.rows if row.month == HORIZON]
    for name, expected in (
        ("mean", rest[:, -1].mean(axis=0)),
        ("p95", np.quantile(rest[:, -1], 0.95, axis=0)),
        ("baseline", before[-1]),
    ):
        found = np.array([getattr(row, name) for row in horizon])
        np.testing.assert_allclose(found[whole], expected[whole], rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("call", [EXPECTED, FEBRUARY])
def test_a_draw_that_did_not_clear_goes_on_finite_and_disturbs_no_other(
    call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = prepare(scenario())
    (whole,) = in_order(plan, 8, seed=1)
    monkeypatch.setattr(paths, "clear", failing(draw=4, call=call))
    (block,) = in_order(plan, 8, seed=1)

    brent = block.after.keys.index(("brent_usd_bbl", "total", "total"))
    assert block.converged.tolist() == [number != 4 for number in range(8)]
    assert np.isfinite(block.after.values[4, 2, brent])
    others = block.converged
    np.testing.assert_allclose(block.after.values[others, 2, brent], whole.after.values[others, 2, brent], rtol=1e-12)


def test_failures_are_numbered_over_all_blocks() -> None:
    plan = prepare(one_month())
    collector = Collector(DRIVEN_OUTCOMES)
    for number, block in enumerate(in_order(plan, 300, seed=1)):
        good = block.converged.copy()
        good[7] = number == 0
        collector.add(replace(block, converged=good))

    assert [failure.draw for failure in collector.failed] == [256 + 7]
    assert (collector.seen, collector.counted) == (300, 299)


def test_a_run_in_which_nothing_clears_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.market.clearing.MAX_ITERATIONS", 1)
    monkeypatch.setattr("simulator.market.clearing.SOFTER", ())

    results = run(one_month(), draws=4)

    assert results.unconverged == 4
    assert math.isnan(results.get("brent_usd_bbl").mean)


# What drives the bands


def test_drivers_name_the_numbers_that_vary_largest_first() -> None:
    results = run(one_month(), draws=200)

    for outcome in DRIVEN_OUTCOMES:
        shares = [driver.share for driver in results.drivers if driver.outcome == outcome]
        assert 0 < len(shares) <= 5
        assert shares == sorted(shares, reverse=True)
        assert all(0.0 <= share <= 1.0 for share in shares)


def test_an_uncertain_shock_that_is_all_that_varies_explains_the_band() -> None:
    wide = {"type": "supply_outage", "streams": ["gulf"], "loss_share": {"low": 0.05, "mid": 0.2, "high": 0.5}}
    still = {row["name"]: row["mid"] for row in datasets.table("parameters").rows}
    results = run(one_month(shocks=[wide], parameters=still), draws=200)
    first = results.drivers[0]

    assert (first.outcome, first.name, first.standing) == ("Brent", "shocks.0.loss_share", "scenario")
    assert first.share > 0.9


def test_a_run_of_mid_values_has_no_drivers() -> None:
    assert mid().drivers == ()


# The Python door


def test_progress_ends_with_the_draws_wanted() -> None:
    seen: list[tuple[int, int]] = []

    run(one_month(), draws=300, progress=lambda done, wanted: seen.append((done, wanted)))

    assert seen == [(256, 300), (300, 300)]


def test_the_scenarios_own_number_of_draws_counts_and_the_callers_wins() -> None:
    asked = one_month(draws=3)

    assert run(asked).draws == 3
    assert run(asked, draws=2).draws == 2


def test_a_path_and_another_horizon_will_do() -> None:
    results = run(str(ROOT / "scenarios" / "baseline.yaml"), draws=1, months=2)

    assert results.months == ("2026-03", "2026-04")


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"draws": -5}, {"months": 0}, {"seed": -1}])
def test_impossible_numbers_are_refused_in_our_words(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError):
        run(one_month(), **{"draws": 1, **wrong})
