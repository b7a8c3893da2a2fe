"""Write anew what commands print on the pages and in the README: `make screens`.

A block of kind `console` is a screen: after `$ ` a command, below it what it prints, on both streams. Commands of a
page run in its order in one folder, which holds the files that blocks with a `title` show. `$ echo $?` shows an exit
code.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from simulator.keeping import as_utf8, write_whole

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(r"^```(?P<kind>\w*)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT, STATUS = "$ ", "echo $?"
WITHOUT_DRAWS = ("list", "show", "validate", "explain", "data", "--version")
"""Commands that say the same whatever is drawn: their screens are held to the letter in the tests."""

Turn = Callable[[list[str]], list[str]]


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    printed: str
    code: int


@dataclass(frozen=True)
class Screen:
    """A command of a page and what the page says it prints."""

    command: str
    shown: str
    code: int


def main() -> None:
    """Rewrite the screens of every page."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            shutil.copytree(ROOT / "scenarios", "scenarios")
            written = BLOCK.sub(_rewritten, text)
        if written != text:
            print(page.name, file=sys.stderr)
            write_whole(page, as_utf8(written))


def screens(text: str) -> list[Screen]:
    """The commands of a block of kind `console`.

    >>> screens("$ oilsim validate a.yaml\\na.yaml: wrong\\n$ echo $?\\n2\\n")
    [Screen(command='oilsim validate a.yaml', shown='a.yaml: wrong', code=2)]
    """
    found: list[Screen] = []
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        if command == STATUS:
            found[-1] = Screen(found[-1].command, found[-1].shown, int(shown))
        else:
            found.append(Screen(command, shown.rstrip("\n"), 0))
    return found


def done(command: str, turn: Turn = list) -> Done:
    """Run one command of a page here, `| head -N` included; `turn` may change its words."""
    from click.testing import CliRunner

    from simulator.cli import main as oilsim
    from simulator.report import progress

    words, _, cut = command.partition(" | head -")
    with patch.object(progress, "LINE_SECONDS", float("inf")):  # how long it takes is no part of a page
        result = CliRunner(env={"COLUMNS": "80"}).invoke(oilsim, turn(shlex.split(words, comments=True)[1:]))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    lines = [*result.stdout.rstrip("\n").split("\n"), *result.stderr.rstrip("\n").split("\n")]
    kept = "\n".join(lines[: int(cut)] if cut else lines).strip("\n")
    return Done("\n".join(line.rstrip() for line in kept.split("\n")), result.exit_code)


def _rewritten(block: re.Match[str]) -> str:
    if block["title"]:
        Path(block["title"]).write_text(block["text"], encoding="utf-8")
    if block["kind"] != "console":
        return block[0]
    return "```console\n" + "\n".join(_lines(block["text"])) + "\n```"


def _lines(text: str) -> Iterator[str]:
    for screen in screens(text):
        found = done(screen.command)
        yield f"{PROMPT}{screen.command}"
        if found.printed:
            yield found.printed
        if found.code:
            yield from (f"{PROMPT}{STATUS}", str(found.code))


if __name__ == "__main__":
    main()
