"""Things that stand where a scenario file is expected, and files made to cost time or memory."""

from __future__ import annotations

import os
import random
import socket
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from fuzz.scenarios import prepared
from fuzz.trials import Case, Silent, run_trials
from simulator.cli.loading import load_all

HEAD = "schema: 1\nbaseline: 2025\nstart: 2026-03\nmonths: 600\n"
OUTAGE = "  - {type: supply_outage, streams: [russia, gulf], loss_kbd: 0.5}\n"
EMBARGO = "shocks:\n  - type: embargo\n    buyers: [india]\n    streams: "
SWEEP = f"shocks:\n{OUTAGE}sweep:\n  over:\n    shocks.0.loss_kbd: "

TEXTS: dict[str, str] = {
    "a comment of 1 MB": HEAD + "# " + "x" * 990_000,
    "a note of 1 MB": HEAD + "note: " + "x " * 490_000,
    "a note of many lines": HEAD + "note: >\n" + "  x\n" * 240_000,
    "a note of escapes": HEAD + 'note: "' + "\\x41" * 240_000 + '"',
    "an endless key": HEAD + "x" * 990_000 + ": 1",
    "an endless name": HEAD + EMBARGO + "[" + "x" * 990_000 + "]\n",
    "many names": HEAD + EMBARGO + "[" + ",".join(f"iraq_b{n}" for n in range(19_000)) + "]\n",
    "many keys": HEAD + "".join(f"montsh{n}: 1\n" for n in range(9_000)),
    "a key many times": HEAD + "months: 1\n" * 9_000,
    "many values of a sweep": HEAD + SWEEP + "[" + ",".join(f"0.{n:05d}" for n in range(19_000)) + "]\n",
    "many steps of a sweep": HEAD + SWEEP + "{from: 0, to: 1, count: 1000000000}\n",
    "many shocks": HEAD + "shocks:\n" + OUTAGE * 2_400,
    "as many shocks as may be": HEAD + "shocks:\n" + OUTAGE * 200,
    "many correlations": HEAD + "correlations:\n" + "  - {between: [a, b], rank: 0.1}\n" * 3_900,
    "many aliases": HEAD + "x: &a [1]\ny: [" + "*a," * 9_000 + "]",
    "aliases of aliases": "".join(f"k{n}: &k{n} [{f'*k{n - 1},' * 9 if n else '1,' * 9}]\n" for n in range(12)),
    "an alias of itself": HEAD + "x: &a [*a]\n",
    "many anchors": HEAD + "".join(f"k{n}: &a{n} 1\n" for n in range(9_000)),
    "many documents": HEAD + "---\n" * 200_000,
    "many directives": "%FOO x\n" * 140_000 + "---\n" + HEAD,
    "nested lists": HEAD + "note: " + "[" * 900_000,
    "nested mappings": HEAD + "note: " + "{a: " * 200_000,
    "nested keys": "? " * 400_000,
    "nested entries": HEAD + "note:\n" + "".join("  " * n + "-\n" for n in range(1, 900)),
    "many colons": ": " * 400_000,
    "empty lines": "\n" * 990_000 + HEAD,
    "many lines of one word": "a\n" * 490_000,
    "many tags": HEAD + "note: " + "!a " * 300_000,
    "many quotes": HEAD + "note: " + "''" * 480_000,
    "a number of a million digits": HEAD.replace("600", "9" * 900_000),
}


def campaign(cases: int | None = None, seed: int = 1, minutes: float = 5.0) -> int:
    """Try each of them once; how many failed. `cases` may cut their number."""
    with tempfile.TemporaryDirectory() as folder:
        kinds = _all(prepared(Path(folder)))
        number = len(kinds) if cases is None else min(cases, len(kinds))
        score = run_trials("things and bombs", partial(_case, list(kinds.items())), number, seed, minutes)
    return score.tell()


def _case(kinds: list[tuple[str, Callable[[], object]]], _: random.Random, number: int) -> Case:
    kind, attempt = kinds[number]
    return Case(kind, attempt, kind)


def _all(folder: Path) -> dict[str, Callable[[], object]]:
    made = {kind: partial(_written, folder / "case.yaml", text.encode()) for kind, text in TEXTS.items()}
    return made | _things(folder)


def _written(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    load_all((str(path),))


def _things(folder: Path) -> dict[str, Callable[[], object]]:
    """Files that are none; each must be refused, whatever it holds."""
    pipe, sparse, port = folder / "pipe.yaml", folder / "sparse.yaml", folder / "s.yaml"
    os.mkfifo(pipe)
    with sparse.open("wb") as file:
        file.truncate(100_000_000_000)
    with socket.socket(socket.AF_UNIX) as held:
        held.bind(str(port))
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "to_zero.yaml").symlink_to("/dev/zero")
    (folder / "to_pipe.yaml").symlink_to(pipe)
    (folder / "folder.yaml").mkdir()
    (folder / "parts" / "to_zero.yaml").symlink_to("/dev/zero")
    os.mkfifo(folder / "parts" / "pipe.yaml")
    paths = [pipe, sparse, port, folder / "loop.yaml", folder / "to_zero.yaml", folder / "to_pipe.yaml", folder]
    paths += [folder / "folder.yaml", folder / "parts", Path("/dev/zero"), Path("/dev/null"), Path("/dev/full")]
    paths += [Path("/dev/tty"), Path("/proc/self/mem"), folder / "x" / ".." / ".." / ".." / "etc" / "passwd"]
    things = {str(path).removeprefix(str(folder.parent)): partial(_refused, str(path)) for path in paths}
    words = (
        "",
        " ",
        "\n",
        "\x1b[31m.yaml",
        "a\0b.yaml",
        "\udcff.yaml",
        "\ud800.yaml",
        "x" * 5_000,
        "-",
        "~",
        "/",
        "..",
    )
    things |= {f"the path {word[:20]!r}": partial(_refused, word) for word in words}
    for name in (
        "pipe.yaml",
        "to_zero.yaml",
        "link_outside.yaml",
        "folder_link/outside.yaml",
        "loop.yaml",
        "circle.yaml",
    ):
        things[f"extends {name}"] = partial(_not_extended, folder / "case.yaml", name)
    return things


def _refused(path: str) -> None:
    load_all((path,))
    raise Silent("was read as a scenario")


def _not_extended(path: Path, name: str) -> None:
    path.write_text(f"{HEAD}extends: parts/{name}\n", encoding="utf-8")
    _refused(str(path))
