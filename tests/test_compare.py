"""Two scenarios beside each other: what was asked differently, and what came of it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator import library
from simulator.cli import main
from simulator.report.compare import differences, letter_of
from simulator.results import COLUMNS
from simulator.scenario import Scenario, load_scenario

QUICK = ("--draws", "2", "--months", "2")
HEAD = "schema: 1\nname: {name}\nbaseline: {baseline}\nstart: 2026-03\nmonths: 2\n"


def oilsim(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def written(name: str, shocks: str = "", baseline: str = "2025") -> str:
        body = f"shocks:\n{shocks}" if shocks else ""
        path = tmp_path / f"{name}.yaml"
        path.write_text(HEAD.format(name=name, baseline=baseline) + body, encoding="utf-8")
        return str(path)

    return written


def outage(loss: str, more: str = "") -> str:
    return f"  - type: supply_outage\n    streams: [iran]\n    loss_share: {loss}\n{more}"


def shipped(*names: str) -> list[Scenario]:
    return [load_scenario(library.find(name)) for name in names]


def test_a_value_that_differs_is_named_with_both_values_and_origins(write: Callable[..., str]) -> None:
    one, two = write("one", outage("0.5")), write("two", outage("1.0"))

    found = differences([load_scenario(one), load_scenario(two)])

    assert found == {"shocks.0.loss_share": [(0.5, f"{one}:9"), (1.0, f"{two}:9")]}


def test_an_uncertain_number_is_one_value(write: Callable[..., str]) -> None:
    one, two = write("one", outage("0.5")), write("two", outage("{low: 0.1, mid: 0.2, high: 0.3}"))

    found = differences([load_scenario(one), load_scenario(two)])

    assert list(found) == ["shocks.0.loss_share"]
    assert [value for value, _ in filter(None, found["shocks.0.loss_share"])] == [
        0.5,
        {"low": 0.1, "mid": 0.2, "high": 0.3},
    ]


def test_a_shock_that_one_has_alone_shows_what_was_written_and_no_defaults(write: Callable[..., str]) -> None:
    found = differences([load_scenario(write("one")), load_scenario(write("two", outage("1.0")))])

    assert list(found) == ["shocks.0.type", "shocks.0.streams", "shocks.0.loss_share"]
    assert all(values[0] is None for values in found.values())


def test_names_and_notes_are_no_difference(write: Callable[..., str]) -> None:
    one, two = write("one", outage("1.0", "    note: a\n")), write("two", outage("1.0", "    note: b\n"))

    assert differences([load_scenario(one), load_scenario(two)]) == {}


def test_values_of_a_parent_have_its_place() -> None:
    found = differences(shipped("hormuz_closed_1q", "hormuz_closed_2q"))

    (parent, own) = found["shocks.0.end"]
    assert parent is not None and own is not None
    assert (parent[0], own[0]) == ("2026-05", "2026-08")
    assert "parts/hormuz.yaml:" in parent[1] and "hormuz_closed_2q.yaml:" in own[1]


def test_the_screen_names_inputs_and_outcomes_within_80_columns() -> None:
    result = oilsim("compare", "iran_offline", "venezuela_cut_off", "hormuz_closed", *QUICK)

    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("A  Iran offline · ") and lines[2].startswith("C  Strait of Hormuz closed · ")
    assert "  shocks.0.type · type" in lines
    outcomes = lines[lines.index("What differs in the inputs") :]
    assert any(line.startswith("  Brent, USD/bbl") for line in outcomes)
    assert max(len(line) for line in lines) <= 80


def test_the_screen_says_what_the_rows_say() -> None:
    words = ("compare", "iran_offline", "baseline", *QUICK)
    documents = json.loads(oilsim(*words, "--format", "json").stdout)
    (line,) = [line for line in oilsim(*words).stdout.splitlines() if line.startswith("  Brent, USD/bbl")]

    means = [
        row["mean"]
        for one in documents
        for row in one["rows"]
        if (row["metric"], row["by"], row["month"]) == ("brent_usd_bbl", "total", "horizon")
    ]
    assert re.findall(r"([0-9.]+) [▲▼ ] +[+-]?[0-9.]+", line) == [f"{mean:.2f}" for mean in means]


def test_json_is_an_array_with_the_inputs_that_differ() -> None:
    one, two = json.loads(oilsim("compare", "iran_offline", "iran_offline_quarter", *QUICK, "--format", "json").stdout)

    assert (one["scenario"], two["scenario"]) == ("Iran offline", "Iran offline for a quarter")
    assert "shocks.0.end" not in one["differing_inputs"]
    assert two["differing_inputs"]["shocks.0.end"]["value"] == "2026-05"
    assert set(one["rows"][0]) == set(COLUMNS)


def test_csv_is_one_table_as_that_of_run() -> None:
    words = ("iran_offline", "baseline", *QUICK, "--format", "csv")
    compared, ran = oilsim("compare", *words).stdout, oilsim("run", *words).stdout

    header, *lines = csv.reader(io.StringIO(compared))
    assert header == ["scenario", *COLUMNS]
    assert list(dict.fromkeys(line[0] for line in lines)) == ["Iran offline", "Baseline"]
    assert compared == ran


def test_settings_apply_to_all_and_are_then_no_difference() -> None:
    words = ("compare", "iran_offline", "venezuela_cut_off", *QUICK, "--set", "baseline=2025")

    said = oilsim(*words).stdout
    assert said.count("baseline 2025") == 2
    assert "  baseline\n" not in said


def test_scenarios_of_different_length_are_said_to_be_so() -> None:
    said = oilsim("compare", "baseline", "demand_slump", "--draws", "1").stdout

    assert "different months" in said
    assert "different months" not in oilsim("compare", "baseline", "iran_offline", *QUICK).stdout


def test_full_results_are_kept(tmp_path: Path) -> None:
    done = oilsim("compare", "iran_offline", "baseline", *QUICK, "-o", str(tmp_path))

    assert done.exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{n}.{e}" for n in ("iran_offline", "baseline") for e in ("csv", "json")
    }


@pytest.mark.parametrize("words", [("iran_offline",), ("iran_offline", "irann_offline")])
def test_one_scenario_and_a_misspelt_one_are_refused(words: tuple[str, ...]) -> None:
    result = oilsim("compare", *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1


def test_letters_go_on_after_z() -> None:
    letters = [letter_of(position) for position in range(60)]

    assert len(set(letters)) == 60
