"""The cases of the campaign: which table is changed how, and what must come of it."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fuzz import cell_changes, sidecar_changes
from fuzz.cell_changes import Change

REFUSE, EITHER = "refuse", "either"
TABLE, CELLS, TARGETS = "table", "cells", "targets"
OWN_CELLS, OWN_TARGETS = "own/cells.csv", "own/episodes/targets.csv"


@dataclass(frozen=True)
class Case:
    """One change of one table.

    file : of the table, below the folder of the campaign     what : the change, in words     wanted : what must come
    kind : a table with sidecar, the user's cells, or the user's targets     sealed : digest and rows follow the change
    """

    number: int
    file: str
    what: str
    wanted: str
    kind: str
    sealed: bool
    change: Change

    @property
    def name(self) -> str:
        """The table's name."""
        return Path(self.file).stem


def _kinds() -> Iterator[tuple[str, str, bool, Change]]:
    """Change, what must come of it, whether it is sealed."""
    for changes, wanted, sealed in (
        (cell_changes.REFUSED, REFUSE, True),
        (cell_changes.HARMLESS, EITHER, True),
        (cell_changes.UNSEALED, REFUSE, False),
        (sidecar_changes.REFUSED, REFUSE, False),
        (sidecar_changes.HARMLESS, EITHER, False),
    ):
        yield from ((what, wanted, sealed, change) for what, change in changes.items())


def cases(root: Path, count: int, seed: int) -> list[Case]:
    """So many cases, every change of every table with the same chance, and each of the heavy ones once.

    root : folder with `data`, `built` and `own`
    """
    rng = random.Random(seed)
    tables = sorted(str(path.relative_to(root)) for top in ("data", "built") for path in (root / top).rglob("*.csv"))
    every = [(file, TABLE, *kind) for file in tables for kind in _kinds()]
    own = [*((OWN_CELLS, CELLS) for _ in range(6)), *((OWN_TARGETS, TARGETS) for _ in range(6))]
    every += [(*one, *kind) for one in own for kind in _kinds() if kind[0] not in OF_A_PAIR and _of_cells(kind[0])]
    chosen = rng.sample(every, min(count, len(every)))
    heavy = [("data/flows_2025.csv", TABLE), (OWN_CELLS, CELLS), (OWN_TARGETS, TARGETS)]
    for what, change in cell_changes.HEAVY.items():
        chosen += [(file, kind, what, REFUSE, True, change) for file, kind in heavy]
    return [
        Case(number, file, what, _of_own(kind, what, wanted), kind, sealed, change)
        for number, (file, kind, what, wanted, sealed, change) in enumerate(chosen)
    ]


OF_A_PAIR = ("place: table and sidecar gone", "place: misnamed", "place: a copy beside")


def _of_cells(what: str) -> bool:
    return what.split(":")[0] not in ("sidecar", "unsealed")


OF_FREE_FORM = (
    "rows: one missing", "rows: half missing", "rows: a stream missing", "rows: blank line", "columns: swapped",
    "cell: word emptied", "bytes: BOM", "bytes: old Mac line ends", "cell: number emptied", "columns: one less",
    "cell: unknown name", "cell: not a number", "cell: out of range", "cell: control character",
)  # fmt: skip
"""Changes that a user's own file may survive: it has no sidecar that says how it was."""


def _of_own(kind: str, what: str, wanted: str) -> str:
    return EITHER if kind != TABLE and what in OF_FREE_FORM else wanted


def apply(case: Case, root: Path, metas: Mapping[str, dict[str, Any]]) -> bool:
    """Change the table; False where the change does not touch this one."""
    path = root / case.file
    done = case.change(path, metas[case.file], random.Random(case.number))
    if done and case.sealed and case.kind == TABLE:
        seal(path)
    return done


def sidecar(root: Path, file: str) -> dict[str, Any]:
    """What describes a table; for the user's own files the shipped table they are like."""
    like = {OWN_CELLS: "data/cells_early_2026.yaml", OWN_TARGETS: "data/targets.yaml"}
    path = root / like.get(file, file.replace(".csv", ".yaml"))
    meta: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return meta


def seal(path: Path) -> None:
    """Digest and number of rows as a careless maintainer would enter them."""
    with contextlib.suppress(OSError):
        if not path.is_file():
            return
        raw, beside = path.read_bytes(), path.with_suffix(".yaml")
        if not beside.is_file():
            return
        csv.field_size_limit(2**31 - 1)
        text = raw.decode("utf-8", errors="replace")
        rows = len(list(csv.reader(io.StringIO(text, newline="")))) - 1 if len(raw) < 10**7 else raw.count(b"\n") - 1
        old = beside.read_text(encoding="utf-8")
        for field, value in (("sha256", hashlib.sha256(raw).hexdigest()), ("rows", max(rows, 0))):
            old = re.sub(rf"^{field}:.*$", f"{field}: {value}", old, count=1, flags=re.MULTILINE)
        beside.write_text(old, encoding="utf-8")


class Kept:
    """A folder as it was, to be put back after a case."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        self.folders = {path.name for path in folder.iterdir() if path.is_dir()}

    def put_back(self) -> None:
        """Every file as before, nothing else."""
        for path in self.folder.iterdir():
            plain = not path.is_symlink()
            if plain and ((path.is_file() and path.name in self.files) or path.name in self.folders):
                continue
            if plain and path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        for name, raw in self.files.items():
            path = self.folder / name
            if not path.is_file() or path.read_bytes() != raw:
                path.write_bytes(raw)
