"""The baselines of past months: built again from what was known then, with the prices and duties of their time."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from simulator import datasets, load_scenario, run, verification
from simulator.axes import BUYERS, CHINA_SEGMENTS
from simulator.cli import main
from simulator.inputs.baseline import baseline
from simulator.rebase import build, history

MONTHS = ("dec_2024", "feb_2022", "jul_2018", "jul_2019", "mar_2025", "may_2025", "nov_2022", "sep_2025")
STREAMS = datasets.vocabulary().streams


def landed(name: str, buyer: str, *names: str) -> float:
    streams = datasets.vocabulary().expand_streams(names) if names else STREAMS
    return sum(row["kbd"] for row in datasets.flows(name).where(buyer=buyer) if row["stream"] in streams)


def test_the_months_are_shipped_after_the_two_main_baselines() -> None:
    assert datasets.history() == MONTHS
    assert datasets.vocabulary().baselines[:10] == ("2025", "early_2026", *MONTHS)
    assert verification.verify() == []


@pytest.mark.parametrize("name", MONTHS)
def test_a_month_is_built_again_to_the_last_digit(name: str) -> None:
    built = build.shipped(name)
    assert built.rebased.miss_kbd < 1e-6
    for sheet in history.sheets(built, name):
        kept = datasets.table(sheet.name, name)
        assert [dict(row) for row in sheet.rows] == list(kept.rows)
        folder = datasets.own_folders()[name]
        assert sheet.csv_text == (folder / f"{sheet.name}.csv").read_text(encoding="utf-8")
        assert sheet.sidecar_text == (folder / f"{sheet.name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MONTHS)
def test_known_cells_are_met_and_assumed_exports_moved_by_one_factor(name: str) -> None:
    rebased = build.shipped(name).rebased
    for row in datasets.table(f"cells_{name}", name).where(basis="barrels"):
        streams = STREAMS if row["stream_or_group"] == "total" else (row["stream_or_group"],)
        assert landed(name, row["buyer"], *streams) == pytest.approx(row["kbd"], abs=1e-6), row
    exports = dict(zip(STREAMS, rebased.after.exports_kbd, strict=True))
    for row in datasets.table(f"exports_{name}", name).rows:
        assert exports[row["stream"]] == pytest.approx(row["exports_kbd"] * rebased.export_factor, abs=1e-6), row
    assert 0.985 < rebased.export_factor < 1.015
    assert 0.985 < rebased.import_factor < 1.015


@pytest.mark.parametrize("name", MONTHS)
def test_a_month_is_a_market_one_can_start_from(name: str) -> None:
    base = baseline(name)
    assert base.brent_usd_bbl == datasets.about(name)["brent_usd_bbl"]
    assert base.flow_kbd[:3].sum() == pytest.approx(landed(name, "china"), abs=1e-6)
    assert (base.exports_kbd > 0).all()
    assert (base.exports_kbd <= 0.9701 * np.maximum(base.capacity_kbd, 0)).all() or (
        base.exports_kbd < 0.995 * base.capacity_kbd
    ).all()
    assert (base.capacity_kbd >= baseline("2025").capacity_kbd).all()
    assert (base.fob_usd_bbl > base.shut_in_usd_bbl + 10).all()
    assert (base.freight_usd_bbl >= 0).all()
    assert (base.scale.production_per_export >= 0.75).all()
    shut = {(r["stream"], r["buyer"]) for r in datasets.table("pairs").where(status="impossible")}
    assert not [row for row in datasets.flows(name).rows if (row["stream"], row["buyer"]) in shut]


def test_2025_keeps_its_capacity_and_early_2026_too() -> None:
    supply = {row["stream"]: row["capacity_kbd"] for row in datasets.table("supply").rows}
    for name in ("2025", "early_2026"):
        base = baseline(name)
        assert list(base.capacity_kbd) == [supply[stream] for stream in base.labels.streams]


@pytest.mark.parametrize(
    ("name", "buyer", "names", "kbd"),
    [
        ("jul_2018", "china", ("usa",), 340.0),
        ("jul_2018", "india", ("iran",), 531.0),
        ("jul_2018", "united_states", ("venezuela",), 494.0),
        ("jul_2019", "china", ("venezuela",), 335.0),
        ("jul_2019", "united_states", ("venezuela",), 0.0),
        ("feb_2022", "china", ("russia",), 1550.0),
        ("feb_2022", "india", ("russia",), 70.0),
        ("feb_2022", "europe", ("russia",), 2264.0),
        ("nov_2022", "china", ("russia",), 1900.0),
        ("nov_2022", "india", ("russia",), 909.0),
        ("nov_2022", "europe", ("russia",), 1500.0),
        ("dec_2024", "china", ("russia",), 2170.0),
        ("dec_2024", "china", ("usa",), 190.0),
        ("mar_2025", "china", ("iran",), 1370.0),
        ("may_2025", "china", ("iran",), 1050.0),
        ("sep_2025", "china", ("russia",), 2000.0),
        ("sep_2025", "india", ("russia",), 1800.0),
    ],
)
def test_what_an_episode_starts_from(name: str, buyer: str, names: tuple[str, ...], kbd: float) -> None:
    assert landed(name, buyer, *names) == pytest.approx(kbd, abs=0.2)


def test_state_firms_lifted_venezuelan_and_iranian_crude_in_2019_and_sold_some_of_the_venezuelan_on() -> None:
    for row in datasets.segments("jul_2019").rows:
        whole = landed("jul_2019", "china", row["stream"])
        if row["stream"] in ("iran_light", "iran_heavy"):
            assert row["cn_state_kbd"] == pytest.approx(whole, abs=1e-6)
            assert row["cn_private_kbd"] == row["cn_teapot_kbd"] == 0.0
        if row["stream"] == "venezuela_merey":
            assert 0.8 * whole < row["cn_state_kbd"] < whole
            assert row["cn_state_kbd"] + row["cn_teapot_kbd"] == pytest.approx(whole, abs=1e-6)


def test_prices_of_a_month_are_its_own_where_given_and_those_of_2025_elsewhere() -> None:
    own, usual = datasets.prices("nov_2022"), datasets.prices("2025")
    assert own["russia_urals"]["delivered_vs_brent_usd_bbl"] == -19.28
    assert own["angola"] == usual["angola"]
    base = baseline("nov_2022")
    urals = base.labels.streams.index("russia_urals")
    assert base.fob_usd_bbl[urals] == pytest.approx(91.42 - 33.28)
    assert set(own) == set(usual) == set(STREAMS)


def test_duties_of_a_month_are_its_own_or_none() -> None:
    assert datasets.duties("feb_2022") == ()
    assert {row["rate"] for row in datasets.duties("mar_2025")} == {0.10}
    assert baseline("dec_2024").duty_rate.sum() == 0.0
    us = baseline("sep_2025").labels.stream_mask(("usa_wti",))
    assert (baseline("sep_2025").duty_rate[:3][:, us] == 0.2).all()
    assert datasets.duties("2025") == datasets.table("duties").where(baseline="2025")


def test_russian_oil_sailed_on_ordinary_tankers_before_the_invasion() -> None:
    for name, share in (("feb_2022", 0.0), ("nov_2022", 0.3), ("dec_2024", 0.6)):
        base = baseline(name)
        assert base.shadow_fleet_share[base.labels.streams.index("russia_urals")] == share


def test_output_and_runs_of_a_month_move_with_trade() -> None:
    """US output in 2018 was 10,950 kb/d and Saudi output 10,317; China ran 12,100."""
    base = baseline("jul_2018")
    for country, kbd in (("usa", 10_950.0), ("saudi_arabia", 10_317.0)):
        at = base.labels.countries.index(country)
        exports = base.exports_kbd[[name == country for name in base.labels.countries]].sum()
        assert base.scale.production_per_export[at] * exports == pytest.approx(kbd, rel=0.1), country
    china = [BUYERS.index(segment) for segment in CHINA_SEGMENTS]
    runs = (base.scale.runs_per_import * base.flow_kbd.sum(axis=1))[china].sum()
    assert runs == pytest.approx(12_100.0, rel=0.05)


def test_an_embargo_on_the_trade_of_its_time(tmp_path: Path) -> None:
    text = """schema: 1
baseline: feb_2022
start: 2022-03
months: 4
shocks:
  - {type: embargo, streams: [russia_urals], buyers: [europe]}
"""
    path = tmp_path / "embargo.yaml"
    path.write_text(text, encoding="utf-8")
    result = run(load_scenario(path), draws=8)
    assert result.unconverged == 0
    last = result.table[result.table.month == "2022-06"].set_index(["metric", "item"])
    assert last.loc[("flow_kbd", "europe:russia_urals"), "mean"] == pytest.approx(0.0, abs=1e-6)
    for buyer in ("india", "china"):
        flow = last.loc[("flow_kbd", f"{buyer}:russia")]
        assert flow["mean"] > flow["baseline"] + 100.0
    assert last.loc[("fob_usd_bbl", "russia_urals"), "mean"] < 97.13 - 8.0


def test_a_user_starts_from_a_past_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(datasets.BUILT_VARIABLE, raising=False)
    Path("a.csv").write_text("stream_or_group,buyer,kbd\niran,china,700\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["data", "build", "a.csv", "-o", "mine", "--from", "dec_2024"])
    assert done.exit_code == 0, done.output
    assert "Prices and duties are those of baseline dec_2024" in done.output
    assert datasets.prices("mine") == datasets.prices("dec_2024")
    assert datasets.duties("mine") == ()
    refused = CliRunner().invoke(main, ["data", "build", "a.csv", "-o", "feb_2022"])
    assert (refused.exit_code, "is the name of a shipped baseline" in refused.output) == (2, True)


def test_help_and_validation_read_no_flows(tmp_path: Path) -> None:
    path = tmp_path / "quiet.yaml"
    path.write_text("schema: 1\nbaseline: jul_2018\nstart: 2018-08\nmonths: 2\n", encoding="utf-8")
    code = (
        "import sys; from simulator import tables; kept = tables.read; seen = []\n"
        "tables.read = lambda where, name, shipped: (seen.append(name), kept(where, name, shipped))[1]\n"
        "from simulator import datasets; datasets.vocabulary(); print(','.join(seen))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "flows" not in done.stdout
    assert CliRunner().invoke(main, ["validate", str(path)]).exit_code == 0


def test_no_cell_is_named_twice_and_every_row_says_where_it_comes_from() -> None:
    for name in MONTHS:
        for table in datasets.names(name):
            with (datasets.own_folders()[name] / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                assert all(row["source"].strip() for row in csv.DictReader(file)), (name, table)
