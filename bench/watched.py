"""A process of its own, and the memory it and its workers come to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import psutil

from bench.posed import ROOT

EVERY_SECONDS = 0.05
HOW = f"resident memory, looked at every {EVERY_SECONDS} s; pages that workers share count in each of them"


@dataclass
class Watched:
    """What a process wrote and the most memory seen, MB: of itself, and of all it started at one moment."""

    output: str = ""
    main_mb: float = 0.0
    workers_mb: float = 0.0


def python(code: str, env: Mapping[str, str] | None = None) -> Watched:
    """Run a piece of Python in a process of its own and watch it.

    Raises
    ------
    CalledProcessError : it failed; what it wrote to stderr is shown.
    """
    command, seen = [sys.executable, "-c", code], Watched()
    with (
        subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, text=True
        ) as child,
        _looking_at(child.pid, seen),
    ):
        seen.output = child.communicate()[0].strip()
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return seen


@contextmanager
def _looking_at(pid: int, seen: Watched) -> Iterator[None]:
    over = Event()
    watch = Thread(target=_look, args=(psutil.Process(pid), seen, over))
    watch.start()
    yield
    over.set()
    watch.join()


def _look(main: psutil.Process, seen: Watched, over: Event) -> None:
    while not over.wait(EVERY_SECONDS):
        seen.main_mb = max(seen.main_mb, _resident_mb(main))
        seen.workers_mb = max(seen.workers_mb, sum(_resident_mb(one) for one in _started_by(main)))


def _started_by(main: psutil.Process) -> list[psutil.Process]:
    try:
        return main.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _resident_mb(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / 2**20
    except psutil.NoSuchProcess:
        return 0.0
