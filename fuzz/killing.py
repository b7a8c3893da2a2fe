"""Commands killed in the middle of writing, kill -9, at every step of it: what is left must be whole.

A command is run in a process of its own, which stops at one numbered step of writing (`fuzz.writing_steps`) and is
killed there. Then every file under its own name must be that of the run before or of the killed one, whole, and the
files of one result of one of them; earlier results must be as they were; the next run must end with the bytes of an
undisturbed one; and nothing hidden may stay behind. Needs a system with fork, and a tree that nobody edits meanwhile.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import simulator.report.hindcast
import simulator.report.rebase
import simulator.report.sweep
import simulator.report.terminal
import simulator.runs
import simulator.sweeps.sweep
from fuzz.writing_steps import Steps
from simulator import datasets, library
from simulator.cli import main as oilsim
from simulator.hindcast.episodes import shipped
from simulator.keeping import prepare_folder

KEPT = "kept"
KILLS = 260
MOST_SECONDS = 120
"""A process that has neither stopped nor ended by then hangs."""
CELLS = "stream_or_group,buyer,kbd\niran,china,{kbd}\n"
DEAD = -1
"""What a process that was killed has in place of an exit code."""

Files = dict[str, bytes]


@dataclass(frozen=True)
class Job:
    """A command that writes.

    words : of the command     before : what ran in the same place earlier, oldest first
    result : files of one result have the same `name` but for what follows the last dot, are `all` or stand `alone`
    """

    name: str
    words: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    folder: str = KEPT
    result: str = "name"

    def group(self, file: str) -> str:
        """The result that a file is a part of."""
        return {"name": file.rpartition(".")[0], "all": "", "alone": file}[self.result]


def jobs() -> list[Job]:
    """The commands: into a new folder, over an earlier result of the same name, beside results of other names."""
    episode = shipped()[0].id
    run = ("run", "baseline", "iran_offline", "--draws", "1", "-o", KEPT, "--months")
    beside = ("run", "hormuz_closed", "--draws", "1", "--months", "1", "-o", KEPT)
    grid = ("sweep", "iran_offline", "--over", "baseline=[2025, early_2026]", "--draws", "1", "--months", "1")
    sweep = (*grid, "--workers", "1", "--metric", "brent_usd_bbl", "-o", KEPT)
    past = ("hindcast", episode, "--draws", "2", "-o", KEPT)
    build = ("data", "build", "new.csv", "-o", "mine")
    futures = ("hazards", "--draws", "200", "--files", "3", "-o", KEPT)
    return [
        Job("run, new", (*run, "1")),
        Job("run, over another", (*run, "1"), (beside, (*run, "2"))),
        Job("sweep, new", sweep, result="alone"),
        Job("sweep, begun", sweep, ((*sweep, "--only", "1"),), result="alone"),
        Job("data build, new", build, (), "baselines", "all"),
        Job("data build, over another", build, (("data", "build", "old.csv", "-o", "mine"),), "baselines", "all"),
        Job("hindcast, over another", past, (beside, (*past, "--seed", "2")), result="all"),
        Job("hazards, over another", futures, (beside, (*futures, "--seed", "2")), result="all"),
    ]


@dataclass(frozen=True)
class Calm:
    """A job undisturbed: where it starts from, what was there before and is after, how many steps the writing has."""

    job: Job
    start: Path
    before: Files
    after: Files
    steps: int


def in_process(words: Sequence[str], stop_at: int | None = None, then: Callable[[], object] | None = None) -> int:
    """Run a command in a process of its own; its exit code, or DEAD where it reached the step it was to be killed at.

    Raises
    ------
    TimeoutError : it neither ended nor stopped.
    """
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        _be_the_command(words, stop_at, told, then)
    os.close(told)
    try:
        signal.signal(signal.SIGALRM, _too_long)
        signal.alarm(MOST_SECONDS)
        stopped = os.read(heard, 1) == b"!"
        os.kill(child, signal.SIGKILL) if stopped else None
        status = os.waitpid(child, 0)[1]
    finally:
        signal.alarm(0)
        os.close(heard)
    return DEAD if stopped else os.waitstatus_to_exitcode(status)


def _be_the_command(words: Sequence[str], stop_at: int | None, told: int, then: Callable[[], object] | None) -> None:
    code = 99
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        steps = Steps(stop_at, told)
        with steps.watched():
            if then:
                then()
                code = 0
            else:
                oilsim(list(words), prog_name="oilsim", standalone_mode=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    finally:
        if stop_at is None and not then:
            Path("steps").write_bytes(str(steps.seen).encode())
        os._exit(code)


def _too_long(*_: object) -> None:
    raise TimeoutError("a command hangs")


def _prepared(job: Job, box: Path) -> None:
    os.chdir(box)
    Path("old.csv").write_bytes(CELLS.format(kbd=900).encode())
    Path("new.csv").write_bytes(CELLS.format(kbd=1000).encode())
    for words in job.before:
        if in_process(words):
            raise RuntimeError(f"{job.name}: {' '.join(words)} fails undisturbed")


def visible(folder: Path) -> Files:
    """Files that are not hidden, nor in a hidden folder, by their path."""
    found = {str(path.relative_to(folder.parent)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(found.items()) if "/." not in name}


def hidden(folder: Path) -> list[str]:
    """What is hidden there."""
    return sorted(path.name for path in folder.rglob(".*"))


def calm(job: Job, start: Path) -> Calm:
    """A job done undisturbed, from a folder that is made ready for it."""
    start.mkdir()
    _prepared(job, start)
    with _copied(start):
        before = visible(Path(job.folder))
        if in_process(job.words):
            raise RuntimeError(f"{job.name} fails undisturbed")
        after = visible(Path(job.folder))
        if left := hidden(Path(job.folder)):
            raise RuntimeError(f"{job.name} leaves {left} undisturbed")
        return Calm(job, start, before, after, int(Path("steps").read_bytes()))


@contextmanager
def _copied(start: Path) -> Iterator[None]:
    """Work in a copy of a folder, for a while."""
    with TemporaryDirectory() as box:
        shutil.copytree(start, box, dirs_exist_ok=True)
        os.chdir(box)
        try:
            yield
        finally:
            os.chdir(start)


def kill(one: Calm, step: int, settle: bool) -> Counter[str]:
    """Kill a job at a step and count what is wrong afterwards.

    settle : first let another command come by, and look again before the job is run to its end
    """
    found: Counter[str] = Counter()
    with _copied(one.start):
        folder = Path(one.job.folder)
        if in_process(one.job.words, step) != DEAD:
            return Counter(missed=1)
        found["kills"] = 1
        found += judged(one, visible(folder))
        found["with leftovers"] = bool(hidden(folder))
        if settle:
            in_process((), then=lambda: _pass_by(folder))
            seen = visible(folder)
            found += judged(one, seen)
            found["lost"] += lost(one, seen)
        if in_process(one.job.words):
            found["next run fails"] += 1
        found["other bytes"] += visible(folder) != one.after
        found["leftovers stay"] += bool(hidden(folder))
    return found


def _pass_by(folder: Path) -> None:
    """What any command does first that writes here, or reads baselines from here."""
    if folder.name == KEPT:
        prepare_folder(folder)
    else:
        datasets.forget()
        datasets.own_folders()


def judged(one: Calm, seen: Files) -> Counter[str]:
    """Files that are of neither run, results that are of both, and results of others that have changed."""
    found: Counter[str] = Counter()
    sides: dict[str, set[str]] = {}
    for name, content in seen.items():
        old, new = content == one.before.get(name), content == one.after.get(name)
        found["corrupt"] += not (old or new)
        if old != new:
            sides.setdefault(one.job.group(name), set()).add("old" if old else "new")
    found["corrupt"] += sum(len(side) > 1 for side in sides.values())
    found["lost"] += sum(seen.get(name) != one.before[name] for name in untouched(one))
    return found


def untouched(one: Calm) -> list[str]:
    """Earlier files that the job does not write anew."""
    return [name for name, content in one.before.items() if one.after.get(name) == content]


def lost(one: Calm, seen: Files) -> int:
    """Results that were there before, or finished, of which only a part is there now."""
    groups = {one.job.group(name) for name in one.before}
    return sum(not (_has(one, seen, group, one.before) or _has(one, seen, group, one.after)) for group in groups)


def _has(one: Calm, seen: Files, group: str, whole: Files) -> bool:
    return all(seen.get(name) == content for name, content in whole.items() if one.job.group(name) == group)


def campaign(cases: int = KILLS, seed: int = 1, minutes: float = 30.0) -> int:
    """Kill, count, print a table; the number of kills after which something was wrong, 1 where there was none."""
    simulator.runs.run(library.find("baseline"), draws=1, months=1)  # reads the tables once for all processes
    with TemporaryDirectory() as home:
        try:
            return _campaign([calm(job, Path(home) / str(n)) for n, job in enumerate(jobs())], cases, seed, minutes)
        finally:
            os.chdir("/")


def _campaign(all_calm: Sequence[Calm], cases: int, seed: int, minutes: float) -> int:
    chance, until = random.Random(seed), time.monotonic() + 60 * minutes
    moments = [(one, step) for one in all_calm for step in range(1, one.steps + 1)]
    print(f"{len(moments)} steps of writing in {len(all_calm)} jobs; {min(cases, len(moments))} of them are killed")
    chosen = chance.sample(range(len(moments)), min(cases, len(moments)))
    counts: dict[str, Counter[str]] = {}
    failures = 0
    for number, place in enumerate(chosen):
        if time.monotonic() > until:
            print(f"stopped after {minutes:g} minutes, {number} of {len(chosen)} kills done")
            break
        if number and not number % 50:
            print(f"{number} of {len(chosen)} kills done, wrong after {failures}", flush=True)
        one, step = moments[place]
        found = kill(one, step, settle=bool(number % 2))
        wrong = {what: count for what, count in found.items() if count and what not in FINE}
        if wrong:
            failures += 1
            print(f"{one.job.name}, step {step}: {wrong}")
        counts.setdefault(one.job.name, Counter()).update(found)
    _print(all_calm, counts)
    return failures if counts else 1


FINE = ("kills", "with leftovers")
COLUMNS = ("kills", "with leftovers", "corrupt", "lost", "next run fails", "other bytes", "leftovers stay", "missed")


def _print(all_calm: Sequence[Calm], counts: dict[str, Counter[str]]) -> None:
    widths = [max(len(column), 6) for column in COLUMNS]
    print(f"{'':<26}  steps  " + "  ".join(f"{c:>{w}}" for c, w in zip(COLUMNS, widths, strict=True)))
    total: Counter[str] = Counter()
    for one in all_calm:
        row = counts.get(one.job.name, Counter())
        total.update(row)
        _line(one.job.name, one.steps, row, widths)
    _line("all", sum(one.steps for one in all_calm), total, widths)


def _line(name: str, steps: int, row: Counter[str], widths: Sequence[int]) -> None:
    cells = (f"{row[c]:>{w}}" for c, w in zip(COLUMNS, widths, strict=True))
    print(f"{name:<26}  {steps:>5}  " + "  ".join(cells), flush=True)


def main() -> None:
    """Run the campaign; exit 1 where anything was corrupt or lost."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.killing", description=__doc__)
    parser.add_argument("--cases", type=int, default=KILLS, help="how often to kill")
    parser.add_argument("--seed", type=int, default=1, help="another seed chooses other moments")
    parser.add_argument("--minutes", type=float, default=30.0, help="stop after so long")
    sys.exit(1 if campaign(**vars(parser.parse_args())) else 0)


if __name__ == "__main__":
    main()
