"""One table and its sidecar: read, checked, sealed.

A table is `NAME.csv` beside `NAME.yaml`. The sidecar says what the table is, where it comes from, what each
column means and may hold, and which bytes were checked (`sha256`).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulator.cells import Row, decoded, refusal, repeated, short, taken_apart, typed
from simulator.columns import lacking
from simulator.errors import DataError
from simulator.keeping import as_utf8, write_whole
from simulator.sidecars import LARGEST_BYTES as LARGEST_SIDECAR_BYTES
from simulator.sidecars import NAME, parse, place_of

LARGEST_TABLE_BYTES = 10_000_000

_used: dict[Path, tuple[int, int, int, str]] = {}
"""Files that tables were read from: time of change, size, number on disk, and digest of what was read."""


@dataclass(frozen=True)
class Table:
    """One table of `data/`: typed rows and the sidecar that describes them. Read, never changed."""

    name: str
    meta: Mapping[str, Any]
    rows: tuple[Row, ...]

    def column(self, name: str) -> tuple[Any, ...]:
        """One column, top to bottom; an empty cell is None."""
        if name not in self.meta["columns"]:
            raise KeyError(f"{self.name} has no column {name}; it has {', '.join(self.meta['columns'])}")
        return tuple(row[name] for row in self.rows)

    def where(self, **equal: object) -> tuple[Row, ...]:
        """The rows that hold these values, in table order: `flows.where(buyer="china")`."""
        for name in equal:
            self.column(name)
        return tuple(row for row in self.rows if all(row[name] == value for name, value in equal.items()))


@cache
def read(where: Path, name: str, shipped: Path) -> Table:
    """The table `name` of a folder; columns may refer to tables there or, failing that, in `shipped`.

    Raises
    ------
    DataError : all that is wrong with the file.
    """
    path = where / f"{name}.csv"
    meta = _described(where, name)
    content = _bytes(path, LARGEST_TABLE_BYTES)
    problems = _digest_problems(meta, content)
    rows = _rows(path, content, meta, (where, shipped), problems)
    if len(rows) != meta["rows"]:
        problems.append(f"rows: expected {meta['rows']}, found {len(rows)}")
    problems += [] if problems else _other_counts(meta, rows)
    if problems:
        raise refusal(path, problems)
    return Table(name, meta, rows)


def read_like(path: Path, meta: Mapping[str, Any], shipped: Path) -> tuple[Row, ...]:
    """The rows of a user's own file that has the columns of a shipped table, and no sidecar.

    Raises
    ------
    DataError : all that is wrong with the file.
    """
    problems: list[str] = []
    rows = _rows(path, _bytes(path, LARGEST_TABLE_BYTES), meta, (shipped, shipped), problems)
    if problems:
        raise refusal(path, problems)
    return rows


def _rows(
    path: Path, content: bytes, meta: Mapping[str, Any], places: tuple[Path, Path], problems: list[str]
) -> tuple[Row, ...]:
    """Typed rows; what is wrong with them goes to `problems`. A wrong header is refused at once."""
    header, *lines = taken_apart(path, decoded(path, content))
    if header != list(meta["columns"]):
        problems.append(f"columns: expected {', '.join(meta['columns'])}; found {short(', '.join(header))}")
        raise refusal(path, problems)
    allowed = {column: _allowed(places, rule) for column, rule in meta["columns"].items()}
    rows = tuple(typed(meta["columns"], allowed, line, i, problems) for i, line in enumerate(lines, start=2))
    problems += repeated(meta["key"], rows)
    return rows


def seal(where: Path, name: str) -> None:
    """Write the digest and the number of rows of an edited table into its sidecar; all other fields stay.

    `counts` stay as well: whoever meant to add or to take away a row says so there.
    """
    content, sidecar = _bytes(where / f"{name}.csv", LARGEST_TABLE_BYTES), where / f"{name}.yaml"
    text = decoded(sidecar, _bytes(sidecar, LARGEST_SIDECAR_BYTES))
    lines = len(taken_apart(where / f"{name}.csv", decoded(where / f"{name}.csv", content))) - 1
    for field, value in (("sha256", hashlib.sha256(content).hexdigest()), ("rows", lines)):
        text = re.sub(rf"^{field}:.*$", f"{field}: {value}", text, count=1, flags=re.MULTILINE)
    write_whole(sidecar, as_utf8(text))


def forget() -> None:
    """Read every table again when it is asked for."""
    read.cache_clear()
    _described.cache_clear()
    _used.clear()


def changed() -> list[Path]:
    """Files that are no longer what tables were read from, in order."""
    return sorted(path for path, (*stamp, digest) in _used.items() if _differs(path, tuple(stamp), digest))


def _differs(path: Path, stamp: tuple[int, ...], digest: str) -> bool:
    try:
        if _stamp(path.stat()) == stamp:
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() != digest
    except OSError:
        return True


def _stamp(state: os.stat_result) -> tuple[int, int, int]:
    return state.st_mtime_ns, state.st_size, state.st_ino


@cache
def _described(where: Path, name: str) -> dict[str, Any]:
    """What the sidecar of a table says, where it asks no less of the table than the program does."""
    path = where / f"{name}.yaml"
    content = _bytes(path, LARGEST_SIDECAR_BYTES)
    meta = parse(path, content)
    if laxer := list(lacking(name, meta["key"], meta["columns"])):
        raise DataError("\n".join(f"{place_of(path, content, field)}: {wrong}" for field, wrong in laxer))
    return meta


def _bytes(path: Path, most: int) -> bytes:
    """What a file holds, noted as used; folders, pipes and files beyond any table are not opened."""
    try:
        state = path.stat()
        if not path.is_file():
            raise refusal(path, ["expected a file, found none that can be read"])
        if state.st_size > most:
            raise refusal(path, [f"expected at most {most} bytes, found {state.st_size}"])
        content = path.read_bytes()
    except OSError:
        raise refusal(path, ["expected a file, found none that can be read"]) from None
    _used[path] = (*_stamp(state), hashlib.sha256(content).hexdigest())
    return content


def _other_counts(meta: Mapping[str, Any], rows: tuple[Row, ...]) -> Iterator[str]:
    """Words that do not stand as often as the sidecar says."""
    for column, said in meta.get("counts", {}).items():
        if (found := counted(row[column] for row in rows)) != said:
            yield f"counts: {column}: expected {short(str(said))}, found {short(str(found))}"


def counted(column: Iterable[Any]) -> dict[str, int]:
    """How often each word of a column stands; empty cells are left out.

    >>> counted(["us", "eu", None, "us"])
    {'eu': 1, 'us': 2}
    """
    return dict(sorted(Counter(str(one) for one in column if one is not None).items()))


def _digest_problems(meta: Mapping[str, Any], content: bytes) -> list[str]:
    found = hashlib.sha256(content).hexdigest()
    return [] if found == meta["sha256"] else [f"sha256: expected {meta['sha256']}, found {found}"]


def _allowed(places: tuple[Path, Path], rule: Mapping[str, Any]) -> frozenset[str] | None:
    """The values a column may hold; an entry `table.column` stands for all values of that column, where there is
    such a table."""
    if "allowed" not in rule:
        return None
    values: set[str] = set()
    for entry in rule["allowed"]:
        source, _, column = entry.partition(".")
        there = next((place for place in places if column and _holds(place, source)), None)
        values |= set(_referred(there, source, column, places[1])) if there else {entry}
    return frozenset(values)


def _holds(place: Path, name: str) -> bool:
    return bool(NAME.fullmatch(name)) and (place / f"{name}.yaml").is_file()


def _referred(there: Path, source: str, column: str, shipped: Path) -> tuple[Any, ...]:
    """The values of a column that others refer to; it may not refer on, so that nothing goes in circles."""
    columns = _described(there, source)["columns"]
    if column not in columns or any("." in entry for rule in columns.values() for entry in rule.get("allowed", ())):
        raise DataError(f"{there / source}.yaml: columns: has no column {column} that others can refer to")
    return read(there, source, shipped).column(column)
