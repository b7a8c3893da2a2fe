"""Progress is a bar on a terminal, for what takes longer than a second; elsewhere nothing, or now and then a line."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="needs a system with pseudo-terminals")

ROOT = Path(__file__).parents[2]
JOB = """
import time
from simulator.report import progress as module
module.QUIET_SECONDS, module.LINE_SECONDS = {quiet}, {line}
with module.progress("伊朗 [bold]", "draws") as advance:
    for done in range(0, 1025, 256):
        advance(done, 1024)
        time.sleep({pause})
print("after")
"""
CURSOR_BACK = "\x1b[1A\x1b[2K"
"""What takes a line off a terminal again."""


def on_a_terminal(code: str, columns: int = 100, **environment: str) -> tuple[str, str]:
    """Standard output in a pipe, and what standard error shows on a terminal of so many columns."""
    import fcntl
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    given = {**os.environ, "PYTHONUTF8": "1", "TERM": "xterm-256color", **environment}
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        given.pop(name, None)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT, env=given, encoding="utf-8"
    ) as running:
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b""))
        assert running.stdout is not None
        said = running.stdout.read()
    os.close(ours)
    assert running.returncode == 0, shown
    return said, shown.decode("utf-8")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end has gone
        return b""


def in_a_pipe(code: str) -> tuple[str, str]:
    given = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, env=given, check=True)
    return done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def test_what_takes_long_has_a_bar_with_count_rate_and_time_left_that_goes_away() -> None:
    said, shown = on_a_terminal(JOB.format(quiet=0.1, line=30, pause=0.2))

    assert said == "after\n"
    assert "伊朗 [bold]" in shown and re.search(r"(256|512|768)/1024", shown) and "draws" in shown
    assert re.search(r" [\d,.]+/s ", shown) and re.search(r"0:00:0\d", shown)
    assert shown.rstrip().endswith(CURSOR_BACK.rstrip()) or "\x1b[2K" in shown.rpartition("1024/1024")[2]


def test_a_chinese_terminal_has_a_bar_of_signs_as_wide_as_they_look() -> None:
    _, shown = on_a_terminal(JOB.format(quiet=0.1, line=30, pause=0.2), LANG="zh_CN.UTF-8")

    assert "1024/1024" in shown and "伊朗" in shown
    assert {sign for sign in shown if unicodedata.east_asian_width(sign) == "A"} == set()


def test_what_is_done_within_a_second_shows_nothing() -> None:
    said, shown = on_a_terminal(JOB.format(quiet=1.0, line=30, pause=0.0))

    assert (said, re.sub(r"\x1b\[\??\d*[a-zA-Z]|\s", "", shown)) == ("after\n", "")


def test_the_second_is_one() -> None:
    from simulator.report import progress

    assert progress.QUIET_SECONDS == 1.0


def test_a_pipe_gets_no_bar_and_a_line_only_now_and_then() -> None:
    assert in_a_pipe(JOB.format(quiet=0.0, line=30, pause=0.0)) == ("after\n", "")
    said, lines = in_a_pipe(JOB.format(quiet=0.0, line=0.0, pause=0.01))

    assert said == "after\n" and "\x1b" not in lines
    first, second, *more = lines.splitlines()
    assert first == "伊朗 [bold]: 0 of 1,024 draws"
    assert re.fullmatch(r"伊朗 \[bold\]: 256 of 1,024 draws, [\d,]+/s, \d+ s left", second)
    assert len(more) == 2
