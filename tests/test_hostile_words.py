"""Words of the command line: the nearest spelling where one is wrong, and nothing that steers the terminal."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator import datasets
from simulator.cli import main
from simulator.errors import InputError
from simulator.hindcast.episodes import own
from simulator.published.gsim_case import read_case
from simulator.report.progress import progress
from simulator.runs import check_numbers


def _run(*words: str) -> Result:
    done = CliRunner().invoke(main, words)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("run", "iran_offline", "--format", "jsno"), "json"),
        (("run", "iran_offline", "--sampling", "sobl"), "sobol"),
        (("sweep", "iran_offline", "--engine", "dsk"), "dask"),
        (("sweep", "iran_offline", "--design", "sobool"), "sobol"),
        (("show", "iran_offline", "--format", "tabel"), "table"),
        (("run", "iran_offline", "--monhts", "3"), "'--months'"),
        (("rnu", "iran_offline"), "run"),
    ],
)
def test_the_nearest_spelling_is_named(words: tuple[str, ...], meant: str) -> None:
    done = _run(*words)
    assert done.exit_code == 2
    assert f"did you mean {meant}?" in done.stderr.lower()


STEERING = "\x1b[31m\x07\u202e\udcff\n"


@pytest.mark.parametrize(
    "words",
    [
        ("run", STEERING),
        ("run", f"{STEERING}.yaml"),
        (STEERING,),
        (f"--{STEERING}",),
        ("run", "iran_offline", f"--{STEERING}"),
        ("run", "iran_offline", "--format", STEERING),
        ("run", "iran_offline", "--draws", STEERING),
        ("run", "iran_offline", "--set", STEERING),
        ("run", "iran_offline", "--set", f"{STEERING}=1"),
        ("run", "iran_offline", "--set", f"months={STEERING}"),
        ("sweep", "iran_offline", "--over", STEERING),
        ("sweep", "iran_offline", "--over", f"months={STEERING}"),
        ("sweep", "iran_offline", "--over", "months=1,2", "--metric", STEERING),
        ("explain", STEERING),
        ("data", "show", STEERING),
        ("data", "build", STEERING, "-o", "x"),
        ("data", "build", "x.csv", "-o", STEERING),
        ("list", STEERING),
        ("hindcast", STEERING),
        ("gsim", STEERING),
        ("premium", "--baseline", STEERING),
        ("hazards", "-o", "x", "--baseline", STEERING, "--start", STEERING),
        ("sensitivity", "iran_offline", "--metric", STEERING),
    ],
)
def test_no_word_steers_the_terminal(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = _run(*words)
    assert done.exit_code in (2, 3)
    assert done.stderr
    assert done.output.replace("\n", "").isprintable()
    assert not list(tmp_path.iterdir())


def test_a_value_set_twice_is_refused() -> None:
    done = _run("show", "iran_offline", "--set", "months=3", "--set", "months=4")
    assert done.exit_code == 2
    assert done.stderr == "months: is given twice (given months=4)\n"


def test_words_that_are_endless() -> None:
    for words in (
        ("run", "x" * 100_000),
        ("gsim", "x/" * 50_000),
        ("hindcast", "x" * 100_000),
        ("explain", "x" * 100_000),
    ):
        done = _run(*words)
        assert done.exit_code == 2
        assert len(done.stderr) < 2000
    done = _run("show", "iran_offline", "--set", "a." * 50_000 + "a=1")
    assert done.exit_code == 2 and "is not a path" in done.stderr


@pytest.mark.parametrize("number", [float("nan"), 2.5, True, "3", [3], 0, -1, object()])
@pytest.mark.parametrize("name", ["draws", "seed", "months"])
def test_numbers_of_a_run_are_whole(name: str, number: object) -> None:
    numbers = {"draws": 1, "seed": 1, "months": 1} | {name: number}
    if (name, number) == ("seed", 0):
        return
    with pytest.raises(InputError, match=name):
        check_numbers(**numbers)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "..", "", "a/b", "\x1b[31m", "x" * 300, ".hidden"])
def test_the_name_of_an_episode_is_no_path(tmp_path: Path, name: str) -> None:
    lines = (datasets.folder() / "targets.csv").read_text(encoding="utf-8").splitlines()
    first = lines[1].split(",")[0]
    rows = [line.replace(f"{first},", f'"{name}",', 1) for line in lines[1:] if line.startswith(f"{first},")]
    (tmp_path / "targets.csv").write_text("\n".join([lines[0], *rows]) + "\n", encoding="utf-8")
    shipped = (datasets.folder() / "episodes" / f"{first}.yaml").read_text(encoding="utf-8")
    (tmp_path.parent / "outside.yaml").write_text(shipped, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        own(tmp_path)
    assert all(line.isprintable() for line in str(refused.value).split("\n"))


def test_names_of_a_tariff_case_hold_no_signs_of_control(tmp_path: Path) -> None:
    text = next((datasets.folder() / "gsim").glob("*.yaml")).read_text(encoding="utf-8")
    for name in ("1", '"\\e[31m"', "[x]", "''"):
        (tmp_path / "case.yaml").write_text(
            f"{text.rstrip()}\n".replace("name:", "summary_:") + f"name: {name}\n", "utf-8"
        )
        with pytest.raises(InputError, match="name"):
            read_case(tmp_path / "case.yaml")


def test_brackets_and_braces_of_a_name_mean_nothing_to_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress("a [/red] {x} name") as advance:
        advance(1, 2)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    signal.alarm(5)
    try:
        assert _run("validate", str(tmp_path / "pipe.yaml")).exit_code == 2
        assert _run("gsim", str(tmp_path / "pipe.yaml")).exit_code == 2
    finally:
        signal.alarm(0)
