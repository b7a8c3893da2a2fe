"""Where a result says it comes from: the same on every such machine, and found without asking git."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import simulator.blocks as blocks
from simulator import __version__, datasets, machine
from simulator.checkout import checkout
from simulator.cli import main
from simulator.manifest import code_digest, digests, program
from simulator.results import Results
from simulator.runs import run
from simulator.scenario import load_scenario

ROOT = Path(__file__).parents[1]
IRAN = ROOT / "scenarios" / "iran_offline.yaml"
PROGRAM = ("version", "commit", "code_changed", "release", "code_sha256", "libraries", "blas", "machine", "processor")


@cache
def results(**settings: Any) -> Results:
    return run(load_scenario(IRAN, set={"months": 1, **settings}), draws=2, seed=5)


# What it says


def test_a_manifest_names_the_program_the_machine_the_tables_and_the_draws() -> None:
    said = results().document()["manifest"]

    assert {name: said[name] for name in PROGRAM} == program()
    assert said["version"] == __version__ and said["code_sha256"] == code_digest()
    assert {"numpy", "scipy", "pandas", "pyarrow", "pydantic", "pyyaml"} <= set(said["libraries"])
    assert said["blas"]["name"] and said["processor"]["extensions"] and said["processor"]["machine"]
    assert (said["draws"], said["seed"], said["sampling"]) == (2, 5, "monte_carlo")
    assert said["data"] == digests("early_2026") and set(datasets.names()) <= set(said["data"])
    assert 0 < said["solver"]["largest_residual"] <= said["solver"]["tolerance"]
    assert "draw" not in said


def test_the_code_digest_is_that_of_the_files_read_one_after_the_other() -> None:
    whole = hashlib.sha256()
    for file in sorted((ROOT / "simulator").rglob("*.py")):
        whole.update(f"{file.relative_to(ROOT / 'simulator')}".encode() + b"\0" + file.read_bytes())

    assert code_digest() == whole.hexdigest()


def test_the_digest_of_the_table_is_that_of_the_file_beside_it(tmp_path: Path) -> None:
    table, kept = results().save(tmp_path, "iran")

    said = json.loads(kept.read_text(encoding="utf-8"))["manifest"]["table_sha256"]
    assert said == hashlib.sha256(table.read_bytes()).hexdigest()


def test_the_parameters_in_force_have_a_digest_of_their_own() -> None:
    plain, again, other = (
        run(load_scenario(IRAN, set={"months": 1, **settings}), draws=1).manifest["parameters_sha256"]
        for settings in ({}, {"shocks.0.loss_share": 0.5}, {"parameters.fear": 0.2})
    )

    assert plain == again != other


def test_no_clock_no_host_no_user_and_no_place_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: pytest.fail("asked for the host"))
    monkeypatch.setattr(getpass, "getuser", lambda: pytest.fail("asked for the user"))
    text = json.dumps(results().document())

    for place in (ROOT, Path.home(), Path.cwd(), Path(sys.prefix), tmp_path):
        assert str(place) not in text or len(place.parts) == 1
    assert os.uname().nodename not in text


@pytest.mark.parametrize(
    "words",
    [
        ("gsim", "francois_hall_2003"),
        ("hazards", "--draws", "50"),
        ("breakeven", "secondary_tariff_100_us", "--draws", "1", "--set", "months=1"),
        ("sweep", "baseline", "--months", "1", "--draws", "1", "--over", "parameters.fear=[0.1,0.2]", "--workers", "1"),
    ],
)
def test_every_command_tells_the_same_of_where_its_figures_come_from(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*words, "--format", "json"], catch_exceptions=False)

    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    said = document["made_with"] if words[0] == "sweep" else document["manifest"]
    data = document["data"] if words[0] == "sweep" else said["data"]
    assert {name: said[name] for name in PROGRAM} == program()
    assert set(datasets.names()) <= set(data)


# The same bytes


def kept(folder: Path, cores: set[int], **environment: str) -> dict[str, bytes]:
    """The files of one run, in a process of its own."""
    words = ["run", "alaska_energy_deal", "--draws", "260", "--months", "2", "-o", str(folder)]
    code = f"import os; os.sched_setaffinity(0, {cores!r})\nfrom simulator.cli import main; main({words!r})"
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "OPENBLAS"))}
    given = {**plain, "PYTHONPATH": str(ROOT), **environment}
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=given, timeout=120)
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_files_are_the_same_bytes_whatever_threads_language_place_and_hashing(tmp_path: Path) -> None:
    cores = os.sched_getaffinity(0)
    one = kept(
        tmp_path / "one",
        {min(cores)},
        OPENBLAS_NUM_THREADS="1",
        LC_ALL="C",
        TZ="Asia/Kathmandu",
        PYTHONHASHSEED="1",
        PYTHONUTF8="1",
    )
    several = kept(
        tmp_path / "several",
        cores,
        OPENBLAS_NUM_THREADS="4",
        LC_ALL="tr_TR.UTF-8",
        TZ="America/St_Johns",
        PYTHONHASHSEED="77",
    )

    assert sorted(one) == ["alaska_energy_deal.csv", "alaska_energy_deal.json"]
    assert one == several


def test_blocks_at_once_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for workers in (1, 3):
        monkeypatch.setattr(blocks, "MOST_WORKERS", workers)
        found.append(json.dumps(run(load_scenario(IRAN, set={"months": 1}), draws=300).document()))

    assert found[0] == found[1]


# The commit, against what git says


git = pytest.mark.skipif(shutil.which("git") is None, reason="git is the oracle")


@pytest.fixture
def tree(tmp_path: Path) -> tuple[Path, Callable[..., str]]:
    """A checkout with a package of two files, and git in it."""
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    named = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    given = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}

    def run_git(*words: str, at: Path = tmp_path) -> str:
        done = subprocess.run(
            ["git", *words], cwd=at, env={**given, **quiet, **named}, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    package = tmp_path / "simulator"
    (package / "deep").mkdir(parents=True)
    for name in ("__init__.py", "deep/a_rather_long_name_of_a_module.py", "deep/b.py"):
        (package / name).write_text(f"# {name}\n", encoding="utf-8")
    (tmp_path / "README").write_text("beside it\n", encoding="utf-8")
    run_git("init", "-q")
    run_git("add", ".")
    run_git("commit", "-q", "-m", "first")
    return package, run_git


@git
def test_a_commit_is_found_with_what_was_changed_since(tree: tuple[Path, Callable[..., str]]) -> None:
    package, run_git = tree

    here = checkout(package)
    assert here is not None
    assert (here.commit, here.changed, here.release) == (run_git("rev-parse", "HEAD"), False, False)
    (package.parent / "README").write_text("not the program\n", encoding="utf-8")
    assert checkout(package) == here
    (package / "deep" / "b.py").write_text("# other\n", encoding="utf-8")
    assert (again := checkout(package)) is not None and (again.commit, again.changed) == (here.commit, True)
    run_git("checkout", "-q", "--", "simulator")
    assert checkout(package) == here
    (package / "new.py").write_text("", encoding="utf-8")
    assert (again := checkout(package)) is not None and again.changed
    (package / "new.py").unlink()
    (package / "deep" / "b.py").unlink()
    assert (again := checkout(package)) is not None and again.changed


@git
@pytest.mark.parametrize("words", [(), ("-a", "-m", "said")], ids=["light", "with words"])
@pytest.mark.parametrize("packed", [False, True])
def test_the_tag_of_its_version_makes_a_release(
    tree: tuple[Path, Callable[..., str]], words: tuple[str, ...], packed: bool
) -> None:
    package, run_git = tree
    run_git("tag", *words, "v9.8.7")
    if packed:
        run_git("pack-refs", "--all")

    for version, release in (("9.8.7", True), ("9.8.8", False)):
        assert (here := checkout(package, version)) is not None and here.release is release
    (package / "deep" / "b.py").write_text("# other\n", encoding="utf-8")
    assert (here := checkout(package, "9.8.7")) is not None and not here.release


@git
@pytest.mark.parametrize("edition", ["2", "4"])
def test_a_second_working_tree_and_every_edition_of_the_index_are_read(
    tree: tuple[Path, Callable[..., str]], edition: str, tmp_path: Path
) -> None:
    package, run_git = tree
    run_git("config", "index.version", edition)
    run_git("worktree", "add", "-q", "-b", "other", "second")
    second = tmp_path / "second"
    (second / "simulator" / "deep" / "c.py").write_text("# third\n", encoding="utf-8")
    run_git("add", ".", at=second)
    run_git("commit", "-q", "-m", "second", at=second)
    run_git("update-index", "--index-version", edition, at=second)

    assert (second / ".git").is_file()
    here, there = checkout(package), checkout(second / "simulator")
    assert here is not None and there is not None
    assert here.commit == run_git("rev-parse", "HEAD") != there.commit == run_git("rev-parse", "other")
    assert not here.changed and not there.changed


@git
def test_no_commit_is_named_that_is_not_the_programs(tree: tuple[Path, Callable[..., str]]) -> None:
    package, _ = tree
    stranger = package.parent / "lib" / "simulator"
    shutil.copytree(package, stranger)
    assert checkout(stranger) is None, "installed below somebody's checkout"
    shutil.copytree(package, package.parent / "other")
    assert checkout(package.parent / "other") is None, "in a checkout that does not keep it"
    index = package.parent / ".git" / "index"
    index.write_bytes(index.read_bytes()[:40])
    assert checkout(package) is None, "cut short"
    (package.parent / ".git" / "HEAD").write_text("ref: refs/heads/gone\n", encoding="utf-8")
    assert checkout(package) is None


def test_the_linear_algebra_does_not_depend_on_what_else_is_loaded() -> None:
    code = "import scipy.linalg\nfrom simulator import machine; print(machine.blas(), machine.processor())"
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True, timeout=60)

    assert done.stdout.strip() == f"{machine.blas()} {machine.processor()}"
