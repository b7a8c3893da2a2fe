"""What a broken machine does to results: full and read-only disks, kills, stops, crowds, odd terminals and clocks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator import keeping, load_scenario, run
from simulator.errors import InputError
from simulator.keeping import finish_killed, prepare_folder, sole_writer, write_texts, write_whole
from simulator.results import Results
from simulator.scenario.sweeping import sweeping
from simulator.sweeps.engines import Crew
from simulator.sweeps.sweep import prepare_sweep, run_sweep

ROOT = Path(__file__).parent.parent
RUN = ("run", "baseline", "--draws", "1", "--months", "1")
PATIENCE = 120


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "simulator.cli", *words]


def environment(**changed: str | None) -> dict[str, str]:
    wanted = {**os.environ, "PYTHONPATH": str(ROOT), **changed}
    return {name: value for name, value in wanted.items() if value is not None}


def oilsim(*words: str, cwd: Path, **changed: str | None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*words), cwd=cwd, env=environment(**changed), capture_output=True, timeout=PATIENCE, check=False
    )


def python(code: str, cwd: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    words = [sys.executable, *options, "-c", code]
    return subprocess.run(words, cwd=cwd, env=environment(), capture_output=True, timeout=PATIENCE, check=False)


def shell(line: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """A line of shell in which `$OILSIM` is the command."""
    named = environment(OILSIM=" ".join(command()))
    return subprocess.run(["sh", "-c", line], cwd=cwd, env=named, capture_output=True, timeout=PATIENCE, check=False)


def told(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    return done.stderr.decode("utf-8", "replace").splitlines()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def result() -> Results:
    return run(load_scenario(ROOT / "scenarios" / "baseline.yaml"), draws=1, months=1)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert oilsim(*RUN, "-o", "kept", cwd=folder).returncode == 0
    return {path.name: path.read_bytes() for path in (folder / "kept").iterdir()}


@pytest.fixture
def bystander(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Another process that does something in the folder and then waits to be killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start(what: str) -> subprocess.Popen[bytes]:
        code = f"""
import time
from pathlib import Path
from simulator.keeping import *
from simulator.keeping import _alone_in, _workshop
folder = Path({str(tmp_path)!r})
with {what}:
    print("ready", flush=True)
    time.sleep({PATIENCE})
"""
        child = subprocess.Popen([sys.executable, "-c", code], env=environment(), stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()


# One folder, nobody else


def test_a_planted_link_leads_nowhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine", encoding="utf-8")
    folder = tmp_path / "kept"
    folder.mkdir()
    for name in ("x.csv", "x.csv.part", ".oilsim-12345678.part"):
        (folder / name).symlink_to(elsewhere)

    write_texts(folder, {"x.csv": "new"})

    assert elsewhere.read_text(encoding="utf-8") == "mine"
    assert not (folder / "x.csv").is_symlink()
    assert (folder / "x.csv").read_text(encoding="utf-8") == "new"


def test_a_link_in_place_of_the_lock_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("mine", encoding="utf-8")
    (tmp_path / ".oilsim.lock").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(InputError, match="cannot be written"):
        write_texts(tmp_path, {"x.csv": "new"})

    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.name != "posix", reason="mode bits are a matter of POSIX systems")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_files_have_the_rights_that_the_user_set(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        (written,) = write_texts(tmp_path, {"x.csv": "new"})
    finally:
        os.umask(before)

    assert written.stat().st_mode & 0o777 == mode


def test_what_a_killed_run_began_is_cleared_away_and_what_it_finished_is_put_into_place(tmp_path: Path) -> None:
    for ending, name in ((".part", "half.csv"), (".whole", "done.csv")):
        (tmp_path / f".oilsim-killed00{ending}").mkdir()
        (tmp_path / f".oilsim-killed00{ending}" / name).write_text("text", encoding="utf-8")
    (tmp_path / ".oilsim-empty000.whole").mkdir()
    (tmp_path / "done.csv").write_text("old", encoding="utf-8")

    finish_killed(tmp_path)

    assert names(tmp_path) == ["done.csv"]
    assert (tmp_path / "done.csv").read_text(encoding="utf-8") == "text"


def test_a_finished_result_whose_place_is_taken_keeps_nobody_from_writing(tmp_path: Path) -> None:
    left = tmp_path / ".oilsim-killed00.whole"
    left.mkdir()
    (left / "done.csv").write_text("text", encoding="utf-8")
    (tmp_path / "done.csv").mkdir()

    write_texts(tmp_path, {"x.csv": "new"})

    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == "new"
    assert (left / "done.csv").read_text(encoding="utf-8") == "text"


@pytest.mark.parametrize("name", ["", ".", "..", "../x.csv", "a/x.csv", "/tmp/x.csv", "x\0.csv"])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "kept").mkdir()

    with pytest.raises(InputError, match="is not the name of a file"):
        write_texts(tmp_path / "kept", {"fine.csv": "x", name: "x"})

    assert names(tmp_path) == ["kept"] and names(tmp_path / "kept") == []


def test_the_name_of_a_result_cannot_lead_out_of_its_folder(result: Results, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not the name of a file"):
        result.save(tmp_path / "kept", "../outside")


def test_where_one_file_of_a_result_cannot_be_placed_none_is(tmp_path: Path) -> None:
    write_texts(tmp_path, {"x.csv": "old", "x.json": "old"})
    (tmp_path / "x.png").mkdir()

    with pytest.raises(InputError, match="Is a directory"):
        write_texts(tmp_path, {"x.csv": "new", "x.json": "new", "x.png": "new"})

    assert names(tmp_path) == ["x.csv", "x.json", "x.png"]
    assert {(tmp_path / name).read_text(encoding="utf-8") for name in ("x.csv", "x.json")} == {"old"}


def test_where_a_file_may_not_be_replaced_the_others_come_back(tmp_path: Path) -> None:
    write_texts(tmp_path, {"x.csv": "old", "x.json": "old"})
    if subprocess.run(["chattr", "+i", str(tmp_path / "x.csv")], capture_output=True, check=False).returncode:
        pytest.skip("needs root, and a file system where chattr can make a file immutable")
    try:
        with pytest.raises(InputError, match="Operation not permitted"):
            write_texts(tmp_path, {"x.csv": "new", "x.json": "new"})
        assert names(tmp_path) == ["x.csv", "x.json"]
        assert (tmp_path / "x.json").read_text(encoding="utf-8") == "old"
    finally:
        subprocess.run(["chattr", "-i", str(tmp_path / "x.csv")], check=True)


KILLED_AT_EVERY_STEP = """
import os, sys
from pathlib import Path
from tempfile import TemporaryDirectory
from fuzz.killing import DEAD, hidden, in_process
from simulator.keeping import finish_killed, write_texts, write_whole

def pair(text): return {"x.csv": text * 1000, "x.json": text * 500}
def tables(text):
    def fill(path):
        path.mkdir()
        for name, content in pair(text).items():
            (path / name).write_text(content, encoding="utf-8")
    return fill
def texts(text): return lambda: write_texts(Path("kept"), pair(text))
def folder(text): return lambda: write_whole(Path("kept") / "mine", tables(text))
def seen(): return {p.name: p.read_text("utf-8") for p in Path("kept").rglob("x.*") if "/." not in str(p)}

killed = 0
for job in (texts, folder):
    for step in range(1, 10_000):
        with TemporaryDirectory() as box:
            os.chdir(box)
            job("old")()
            stopped = in_process((), step, then=job("new")) == DEAD
            found = seen()
            assert any(content.items() >= found.items() for content in map(pair, ("old", "new"))), (step, found.keys())
            finish_killed(Path("kept"))
            found = seen()
            assert found in (pair("old"), pair("new")), (step, found.keys())
            job("newer")()
            assert seen() == pair("newer")
            assert not hidden(Path("kept")), hidden(Path("kept"))
            os.chdir("/")
            killed += stopped
        if not stopped:
            break
print(killed)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system with fork")
def test_a_kill_at_any_step_of_writing_leaves_the_old_result_or_the_new(tmp_path: Path) -> None:
    done = python(KILLED_AT_EVERY_STEP, tmp_path)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 60


# Others in the same folder


def test_what_a_living_run_writes_is_left_alone(
    tmp_path: Path, bystander: Callable[[str], subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    living = bystander("_alone_in(folder), open(_workshop(folder) / 'half.csv', 'w', encoding='utf-8')")
    monkeypatch.setattr(keeping, "PATIENCE_SECONDS", 0.2)

    with pytest.raises(InputError, match=r"another run has been writing there for 0 s \(given"):
        write_texts(tmp_path, {"x.csv": "new"})
    assert len(list(tmp_path.glob(".oilsim-*.part/half.csv"))) == 1

    living.kill()
    living.wait()
    write_texts(tmp_path, {"x.csv": "new"})
    assert names(tmp_path) == ["x.csv"]


def test_runs_that_save_into_one_folder_leave_one_whole_pair(result: Results, tmp_path: Path) -> None:
    code = f"""
import sys
from dataclasses import replace
from pathlib import Path
from simulator import load_scenario, run
found = run(load_scenario({str(ROOT / "scenarios" / "baseline.yaml")!r}), draws=1, months=1)
rows = tuple(replace(row, mean=float(sys.argv[1])) for row in found.rows[:50])
for turn in range(20):
    replace(found, scenario=sys.argv[1], rows=rows).save(Path({str(tmp_path)!r}), "x")
"""
    crowd = [subprocess.Popen([sys.executable, "-c", code, str(n)], env=environment()) for n in range(3)]
    assert [child.wait(timeout=PATIENCE) for child in crowd] == [0] * 3

    assert names(tmp_path) == ["x.csv", "x.json"]
    document = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    means = {line.split(",")[5] for line in (tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()[1:]}
    assert means == {f"{float(document['scenario'])}"}


def test_a_second_sweep_is_told_who_writes_in_its_store(
    tmp_path: Path, bystander: Callable[[str], subprocess.Popen[bytes]]
) -> None:
    scenario = load_scenario(ROOT / "scenarios" / "iran_offline.yaml").with_horizon(1)
    small = prepare_sweep(scenario, sweeping({"shocks.0.loss_share": [0.1, 0.2]}), 1, 1)
    first = bystander("sole_writer(folder)")

    with pytest.raises(InputError, match=rf"is being written by another run, process {first.pid} on .*: wait for it"):
        run_sweep(small, tmp_path, Crew(workers=1))

    first.kill()
    first.wait()
    run_sweep(small, tmp_path, Crew(workers=1))
    assert names(tmp_path) == ["chunks", "sweep.json", "table.csv"]


def test_who_writes_in_a_store_is_not_believed_blindly(
    tmp_path: Path, bystander: Callable[[str], subprocess.Popen[bytes]]
) -> None:
    bystander("sole_writer(folder)")
    (tmp_path / ".oilsim.holder").write_text("process 1 on \x1b[31mhost", encoding="utf-8")

    with pytest.raises(InputError, match="by another run: wait for it"), sole_writer(tmp_path):
        raise AssertionError("held twice")


# Disks and rights


def mounted(options: str, line: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """A line of shell with a small disk of its own at `kept`; skipped, aloud, where none can be had."""
    (cwd / "kept").mkdir()
    mount = f"mount -t tmpfs -o {options} none kept"
    if not shutil.which("unshare") or shell(f"unshare -rm sh -c '{mount}'", cwd).returncode:
        pytest.skip("needs a system where a user may mount a disk of his own (unshare -rm, tmpfs)")
    return shell(f"unshare -rm sh -c '{mount} && {line}'", cwd)


def test_where_the_disk_is_full_the_result_is_printed_and_an_earlier_one_stays(tmp_path: Path) -> None:
    line = f"echo old >kept/baseline.csv; $OILSIM {' '.join(RUN)} -o kept; code=$?; ls -A kept >left"
    line += "; cat kept/baseline.csv >>left; exit $code"

    done = mounted("size=300k", line, tmp_path)

    assert done.returncode == 2
    assert b"Import bill" in done.stdout
    assert told(done) == ["-o: cannot be written: No space left on device (given kept/baseline.json)"]
    assert (tmp_path / "left").read_text(encoding="utf-8") == "baseline.csv\nold\n"


def test_a_read_only_disk_is_told_before_anything_is_computed(tmp_path: Path) -> None:
    done = mounted("ro", f"$OILSIM {' '.join(RUN)} -o kept", tmp_path)

    assert (done.returncode, done.stdout) == (2, b"")
    assert told(done) == ["-o: cannot be written: Read-only file system (given kept)"]


def test_a_limit_on_files_leaves_nothing_half_written(tmp_path: Path) -> None:
    done = shell(f"ulimit -f 100; exec $OILSIM {' '.join(RUN)} -o kept", tmp_path)  # 50 or 100 kB

    assert done.returncode == 2
    assert b"Import bill" in done.stdout
    assert told(done) == ["-o: cannot be written: File too large (given kept/baseline.csv)"]
    assert names(tmp_path / "kept") == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs root, to become somebody without rights")
def test_a_folder_without_rights_is_told_before_anything_is_computed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir(mode=0o755)
    code = (
        "import os\nfrom pathlib import Path\nimport filelock\nfrom simulator.errors import InputError\n"
        "from simulator.keeping import prepare_folder\nos.setuid(65534)\n"
        "try:\n    prepare_folder(Path('kept'))\nexcept InputError as error:\n    print(error)"
    )
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o005 != 0o005 and folder.owner() == "root" and folder.name.startswith("pytest"):
            folder.chmod(0o755)

    done = python(code, tmp_path)

    assert done.stdout == b"-o: cannot be written: Permission denied (given kept)\n"


@pytest.mark.parametrize("folder", ["file", "file/below", "y" * 300])
def test_a_folder_that_cannot_be_is_told_in_one_line(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(InputError) as caught:
        prepare_folder(tmp_path / folder)

    assert str(caught.value).startswith("-o: cannot be written: ") and "\n" not in str(caught.value)


def test_a_name_too_long_for_the_disk_is_told_before_anything_is_computed(tmp_path: Path) -> None:
    scenario = f"{'x' * 251}.yml"
    shutil.copy(ROOT / "scenarios" / "baseline.yaml", tmp_path / scenario)

    done = oilsim("run", scenario, "--draws", "1", "--months", "1", "-o", "kept", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, b"")
    assert told(done)[0].startswith("-o: cannot be written: File name too long (given kept/xxx")


# What happens while a command runs


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen between the arithmetic and the keeping."""
    import simulator.cli.loading as loading

    compute = loading.run_all

    def computed(*given: Any, **named: Any) -> object:
        found = compute(*given, **named)
        happens()
        return found

    monkeypatch.setattr(loading, "run_all", computed)


def test_a_folder_that_is_removed_meanwhile_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from simulator.cli import main

    meanwhile(monkeypatch, lambda: shutil.rmtree(tmp_path / "kept"))

    done = CliRunner().invoke(main, [*RUN, "-o", str(tmp_path / "kept")])

    assert done.exit_code == 0
    assert names(tmp_path / "kept") == ["baseline.csv", "baseline.json"]


def test_where_the_folder_became_a_file_meanwhile_the_result_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from simulator.cli import main

    def become_a_file() -> None:
        (tmp_path / "kept").rmdir()
        (tmp_path / "kept").write_text("", encoding="utf-8")

    meanwhile(monkeypatch, become_a_file)

    done = CliRunner().invoke(main, [*RUN, "-o", str(tmp_path / "kept")])

    assert done.exit_code == 2
    assert "Import bill" in done.stdout
    assert done.stderr.startswith("-o: cannot be written: File exists (given ") and done.stderr.count("\n") == 1


def test_a_result_stands_when_a_later_scenario_is_stopped(tmp_path: Path) -> None:
    again = f"""
import simulator.runs
from simulator.cli import main
compute = simulator.runs.run
def stopped(scenario, **given):
    if scenario.name == "Baseline":
        return compute(scenario, **given)
    raise KeyboardInterrupt
simulator.runs.run = stopped
main(["run", "baseline", "iran_offline", *{RUN[2:]!r}, "-o", "kept"])
"""
    done = python(again, tmp_path)

    assert done.returncode == 130
    assert names(tmp_path / "kept") == ["baseline.csv", "baseline.json"]
    assert told(done)[-1] == "stopped"


def test_a_scenario_that_changes_meanwhile_is_the_one_that_was_read(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    shutil.copy(ROOT / "scenarios" / "iran_offline.yaml", mine)
    calm = run(load_scenario(mine), draws=300, months=1)

    def change(done: int, wanted: int) -> None:
        mine.write_text("schema: 1\nbaseline: 2025\nstart: 2026-03\nmonths: 1\n", encoding="utf-8")

    disturbed = run(load_scenario(mine), draws=300, months=1, progress=change)

    assert disturbed.document() == calm.document()


SLOW = """
import signal
import time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
write_text = Path.write_text
def slowly(self, *given, **named):
    done = write_text(self, *given, **named)
    time.sleep(60)
    return done
Path.write_text = slowly
from simulator.cli import main
main({words!r})
"""


@pytest.mark.skipif(os.name != "posix", reason="other systems stop a process without asking it")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_command_that_is_stopped_while_it_writes_clears_up(tmp_path: Path, number: int, code: int) -> None:
    words = [*RUN, "-o", "kept"]
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW.format(words=words)], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE
    )
    until = time.monotonic() + PATIENCE
    while not list(tmp_path.glob("kept/.oilsim-*.part/baseline.csv")) and time.monotonic() < until:
        time.sleep(0.02)
    child.send_signal(number)

    assert (child.communicate(timeout=PATIENCE)[1], child.returncode) == (b"stopped\n", code)
    assert names(tmp_path / "kept") == []


def test_a_sweep_that_is_asked_to_terminate_says_how_to_go_on(tmp_path: Path) -> None:
    words = ["sweep", "iran_offline", "--over", "shocks.0.loss_share=0:1:40", "--draws", "256", "--months", "1"]
    child = subprocess.Popen(
        command(*words, "--workers", "2", "-o", "kept"), cwd=tmp_path, env=environment(), stderr=subprocess.PIPE
    )
    until = time.monotonic() + PATIENCE
    while not list(tmp_path.glob("kept/chunks/*.bands.parquet")) and time.monotonic() < until:
        time.sleep(0.02)
    child.terminate()

    stderr = child.communicate(timeout=PATIENCE)[1]
    assert (stderr, child.returncode) == (b"stopped: run it again to go on where it stopped\n", 143)
    assert not [path for path in (tmp_path / "kept").rglob(".*")]


# Terminals, clocks, languages


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_result_is_kept_where_the_screen_cannot_be_written(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    done = shell(f"$OILSIM {' '.join(RUN)} -o kept >/dev/full", tmp_path)

    assert done.returncode == 2
    assert told(done)[-1] == "output: cannot be written: No space left on device" and len(told(done)) == 3
    assert {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()} == undisturbed


@pytest.mark.skipif(os.name != "posix", reason="a shell that can close a stream")
@pytest.mark.parametrize("closed", ["<&- >&- 2>&-"])
def test_a_result_is_kept_where_a_stream_is_closed(tmp_path: Path, closed: str, undisturbed: dict[str, bytes]) -> None:
    done = shell(f"$OILSIM {' '.join(RUN)} -o kept {closed}", tmp_path)

    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()} == undisturbed


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ODD: dict[str, str | None] = {"TZ": "Pacific/Kiritimati", "HOME": None, "USER": None, "TERM": None, **ASCII}
"""A machine on the far side of the date line that knows only ASCII, and nobody is at home."""


def test_results_are_the_same_bytes_everywhere(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    done = oilsim(*RUN, "-o", "kept", cwd=tmp_path, **ODD)

    assert done.returncode == 0, done.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()} == undisturbed


def test_a_clock_that_runs_backwards_changes_nothing(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    code = (
        "import itertools, time\nback = itertools.count(2e9, -3600)\ntime.time = lambda: next(back)\n"
        f"from simulator.cli import main\nmain([*{RUN!r}, '-o', 'kept'])"
    )
    done = python(code, tmp_path)

    assert done.returncode == 0, done.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()} == undisturbed


def test_a_chinese_scenario_is_kept_as_utf8_on_a_chinese_terminal(tmp_path: Path) -> None:
    text = (
        (ROOT / "scenarios" / "baseline.yaml").read_text(encoding="utf-8").replace("name: Baseline", "name: 伊朗停产")
    )
    (tmp_path / "伊朗.yaml").write_text(text, encoding="utf-8")

    done = oilsim("run", "伊朗.yaml", *RUN[2:], "-o", "kept", cwd=tmp_path, PYTHONIOENCODING="gbk", **ASCII)

    assert done.returncode == 0, done.stderr
    assert done.stdout.decode("gbk").startswith("伊朗停产")
    assert json.loads((tmp_path / "kept" / "伊朗.json").read_text(encoding="utf-8"))["scenario"] == "伊朗停产"


MAIN_COMMANDS = [
    (*RUN, "-o", "kept"),
    ("data", "build", "cells.csv", "-o", "mine"),
    ("sweep", "iran_offline", "--over", "parameters.fear=[0.1, 0.2]", *RUN[2:], "-o", "store", "--format", "csv"),
    ("hazards", "--draws", "50", "--files", "2", "-o", "futures"),
    ("sensitivity", "iran_offline", "--months", "1", "--tornado", "-o", "drivers"),
]


def test_no_file_is_read_or_written_in_the_language_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("stream_or_group,buyer,kbd\niran,china,1000\n", encoding="utf-8")
    code = f"""
import warnings
warnings.filterwarnings("error", category=EncodingWarning, module="simulator")
from simulator.cli import main
for words in {MAIN_COMMANDS!r}:
    try:
        main(words)
    except SystemExit as end:
        assert not end.code, words
"""
    done = python(code, tmp_path, "-X", "warn_default_encoding")

    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.name != "posix", reason="other systems do not let a folder go that is in use")
def test_commands_work_in_a_folder_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    line = f"rmdir ../gone; $OILSIM list && $OILSIM {' '.join(RUN)} -o kept"

    done = shell(line, tmp_path / "gone")

    assert done.returncode == 2
    assert b"iran_offline" in done.stdout
    assert told(done) == ["-o: cannot be written: No such file or directory (given kept)"]


def test_a_file_is_written_whole_through_any_writer(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise RuntimeError("a mistake")

    write_whole(tmp_path / "x.txt", lambda path: path.write_text("old", encoding="utf-8"))
    with pytest.raises(RuntimeError, match="a mistake"):
        write_whole(tmp_path / "x.txt", fail)

    assert names(tmp_path) == ["x.txt"] and (tmp_path / "x.txt").read_text(encoding="utf-8") == "old"
