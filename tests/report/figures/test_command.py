"""`oilsim figures`, and the pictures of sensitivity and hindcast."""

import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.cli import main

FEW = ("--draws", "2", "--months", "2")


def oilsim(*words: str):
    return CliRunner().invoke(main, words)


def test_each_scenario_and_all_together_are_drawn(tmp_path: Path):
    found = oilsim("figures", "baseline", "iran_offline", *FEW, "-o", str(tmp_path), "--as", "svg", "--lang", "zh")
    assert (found.exit_code, found.stdout) == (0, ""), found.output
    names = ["bill_change", "discounts", "fan", "flows", "replacements", "shares"]
    expected = [f"{stem}-{name}.svg" for stem in ("baseline", "iran_offline") for name in names]
    expected += ["together-changes.svg", "together-shares.svg"]
    assert sorted(path.name for path in tmp_path.iterdir()) == expected
    assert len(found.stderr.splitlines()) == len(expected)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("baseline", "--as", "pgn,jpg"), ["--as: there is no such format (given pgn; allowed png, svg, pdf; did you"]),
        (("basline",), ["basline: there is no such file or shipped scenario (did you mean baseline?)"]),
        (("baseline", "--set", "months=0", "--as", "jpg"), ["--as: there is no such format (given jpg"]),
        (("baseline", "baseline"), ["-o: two scenarios would be kept under one name (given baseline)"]),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_written(tmp_path: Path, words, said):
    found = oilsim("figures", *words, "-o", str(tmp_path / "kept"))
    assert (found.exit_code, found.stdout) == (2, "")
    assert all(line in found.stderr for line in said) and "Traceback" not in found.stderr
    assert not (tmp_path / "kept").exists()


def test_without_matplotlib_it_says_what_to_install(tmp_path: Path, monkeypatch):
    known = importlib.util.find_spec
    lost = lambda name, *rest: None if name == "matplotlib" else known(name, *rest)  # noqa: E731
    monkeypatch.setattr("simulator.report.figures.formats.find_spec", lost)
    found = oilsim("figures", "baseline", *FEW, "-o", str(tmp_path / "kept"))
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr == "--as: pictures need matplotlib: pip install 'oilsim[report]'\n"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    found = oilsim("figures", "baseline", *FEW, "-o", str(tmp_path / "file"))
    assert found.exit_code == 2 and found.stderr.startswith("-o: cannot be written: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sensitivity", "iran_offline", "--tornado"), "--as: needs -o, a folder to keep the pictures in (given svg)"),
        (("hindcast",), "--as: needs -o, a folder to keep the pictures in (given svg)"),
        (("sensitivity", "iran_offline", "--above", "90", "-o", "FOLDER"), "--as: goes without --above and --below"),
    ],
)
def test_a_picture_that_would_stand_nowhere_is_refused_before_anything_runs(tmp_path: Path, words, said):
    found = oilsim(*(word.replace("FOLDER", str(tmp_path / "kept")) for word in words), "--as", "svg")
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.startswith(said) and len(found.stderr.splitlines()) == 1
    assert not (tmp_path / "kept").exists()


def test_a_tornado_is_drawn_where_it_is_asked_for(tmp_path: Path):
    asked = ("sensitivity", "iran_offline", "--tornado", "--months", "1", "-o", str(tmp_path))
    found = oilsim(*asked, "--as", "svg", "--size", "slide", "--lang", "zh")
    assert found.exit_code == 0, found.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tornado.csv", "tornado.svg"]
