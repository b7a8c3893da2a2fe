"""`oilsim explain`: every key, type of shock and parameter has help; a wrong word gets the nearest right one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator import datasets
from simulator.cli import main
from simulator.scenario import keys

ROOT = Path(__file__).parents[1]
KEYS = sorted(keys(datasets.vocabulary()))


def explained(word: str) -> Result:
    return CliRunner().invoke(main, ["explain", word])


@pytest.mark.parametrize("pattern", KEYS)
def test_every_key_explains_itself(pattern: str) -> None:
    result = explained(pattern)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == pattern
    assert len(result.stdout.splitlines()) > 1


def test_a_key_says_meaning_unit_range_and_default() -> None:
    said = explained("shocks.0.enforcement_probability").stdout

    for part in ("shocks.secondary_tariff.enforcement_probability", "carried out", "0 to 1", "default: 1"):
        assert part in said


def test_a_required_key_says_so() -> None:
    assert "required" in explained("chokepoint.chokepoint").stdout


def test_names_the_data_knows_are_listed() -> None:
    assert "hormuz" in explained("chokepoint.chokepoint").stdout
    assert "early_2026" in explained("baseline").stdout
    assert "cn_teapot" in explained("embargo.buyers").stdout


def test_what_shocks_share_is_said_once() -> None:
    said = explained("ramp_months").stdout

    assert said.count("months of build-up") == 1
    assert "also in: " in said and "stock_fill" in said


def test_a_type_of_shock_comes_with_all_its_keys() -> None:
    said = explained("stock_release").stdout

    assert said.startswith("shocks.stock_release\n")
    for key in ("buyers", "rate_kbd", "total_mb", "start", "note"):
        assert f"shocks.stock_release.{key}\n" in said


@pytest.mark.parametrize("word", ["parameters.fear", "fear", "dispersion_within_usd_bbl.india"])
def test_a_parameter_has_standing_and_source(word: str) -> None:
    name = word.removeprefix("parameters.")
    (row,) = datasets.table("parameters").where(name=name)
    said = " ".join(explained(word).stdout.split())

    assert f"parameters.{name}" in said and row["meaning"] in said
    assert f"standing: {row['standing']}" in said and f"source: {row['citation']}" in said
    assert f"low {row['low']:g}, mid {row['mid']:g}, high {row['high']:g}" in said


def test_a_buyer_without_a_row_of_its_own_is_answered_with_the_row_of_all() -> None:
    assert explained("compliance_share.turkey").stdout.startswith("parameters.compliance_share\n")
    assert explained("compliance_share.india").stdout.startswith("parameters.compliance_share.india\n")


def test_a_parameter_fitted_to_history_says_what_runs_draw() -> None:
    assert "after history: low " in explained("fear").stdout
    assert "after history" not in explained("spare_ramp_months").stdout


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("los_share", "loss_share"),
        ("secondary_tarif", "secondary_tariff"),
        ("parameters.feer", "parameters.fear"),
        ("dispersion_within_usd_bbl.indai", "india"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_nearest(word: str, meant: str) -> None:
    result = explained(word)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{word}: ") and f"did you mean {meant}?" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_word_near_nothing_is_refused_without_a_guess() -> None:
    result = explained("qqqqqq")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean" not in result.stderr


def test_lines_fit_a_terminal() -> None:
    for pattern in KEYS:
        long = [line for line in explained(pattern).stdout.splitlines() if len(line) > 80 and "://" not in line]
        assert long == [], pattern


def test_explaining_needs_no_arithmetic() -> None:
    code = (
        "import sys\nfrom simulator.cli import main\nmain(['explain', 'fear'], standalone_mode=False)\n"
        "print(*({'numpy', 'pandas', 'scipy', 'rich'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)

    assert (done.returncode, done.stderr.strip()) == (0, "")
