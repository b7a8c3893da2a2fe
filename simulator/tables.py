"""One table and its sidecar: read, checked cell by cell, sealed.

A table is `NAME.csv` beside `NAME.yaml`. The sidecar says what the table is, where it comes from, what each
column means and may hold, and which bytes were checked (`sha256`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from simulator.errors import DataError, nearest
from simulator.keeping import as_utf8, write_whole

Row = dict[str, Any]

SIDECAR_FIELDS = (
    "title", "producer", "url", "dates", "licence", "sha256", "rows", "key", "columns", "caveats",
)  # fmt: skip
PARSERS = {
    "int": re.compile(r"-?[0-9]+"),
    "float": re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?"),
}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    meta = _sidecar(where / f"{name}.yaml")
    content = _bytes(path)
    problems = _digest_problems(meta, content)
    rows = _rows(path, content, meta, (where, shipped), problems)
    if len(rows) != meta["rows"]:
        problems.append(f"rows: expected {meta['rows']}, found {len(rows)}")
    if problems:
        raise _refusal(path, problems)
    return Table(name, meta, rows)


def read_like(path: Path, meta: Mapping[str, Any], shipped: Path) -> tuple[Row, ...]:
    """The rows of a user's own file that has the columns of a shipped table, and no sidecar.

    Raises
    ------
    DataError : all that is wrong with the file.
    """
    problems: list[str] = []
    rows = _rows(path, _bytes(path), meta, (shipped, shipped), problems)
    if problems:
        raise _refusal(path, problems)
    return rows


def _rows(
    path: Path, content: bytes, meta: Mapping[str, Any], places: tuple[Path, Path], problems: list[str]
) -> tuple[Row, ...]:
    """Typed rows; what is wrong with them goes to `problems`. A wrong header is refused at once."""
    header, *lines = list(csv.reader(io.StringIO(_text(path, content)))) or [[]]
    if header != list(meta["columns"]):
        problems.append(f"columns: expected {', '.join(meta['columns'])}; found {', '.join(header)}")
        raise _refusal(path, problems)
    allowed = {column: _allowed(places, rule) for column, rule in meta["columns"].items()}
    rows = tuple(_row(meta["columns"], allowed, line, i, problems) for i, line in enumerate(lines, start=2))
    problems += _repeated(meta["key"], rows)
    return rows


def seal(where: Path, name: str) -> None:
    """Write the digest and the number of rows of an edited table into its sidecar; all other fields stay."""
    content, sidecar = _bytes(where / f"{name}.csv"), where / f"{name}.yaml"
    text = _bytes(sidecar).decode("utf-8")
    lines = len(list(csv.reader(io.StringIO(content.decode("utf-8"))))) - 1
    for field, value in (("sha256", hashlib.sha256(content).hexdigest()), ("rows", lines)):
        text = re.sub(rf"^{field}:.*$", f"{field}: {value}", text, count=1, flags=re.MULTILINE)
    write_whole(sidecar, as_utf8(text))


def _sidecar(path: Path) -> dict[str, Any]:
    try:
        meta = yaml.load(_bytes(path), Loader=_LOADER)
    except yaml.YAMLError as error:
        raise _refusal(path, [f"expected YAML, found {' '.join(str(error).split())}"]) from None
    fields = meta if isinstance(meta, dict) else {}
    if missing := [field for field in SIDECAR_FIELDS if field not in fields]:
        raise _refusal(path, [f"expected the fields {', '.join(SIDECAR_FIELDS)}; missing {', '.join(missing)}"])
    return fields


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise _refusal(path, ["expected a file, found none that can be read"]) from None


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise _refusal(path, ["expected UTF-8 text, found other bytes"]) from None


def _digest_problems(meta: Mapping[str, Any], content: bytes) -> list[str]:
    found = hashlib.sha256(content).hexdigest()
    return [] if found == meta["sha256"] else [f"sha256: expected {meta['sha256']}, found {found}"]


def _allowed(places: tuple[Path, Path], rule: Mapping[str, Any]) -> frozenset[str] | None:
    """The values a column may hold; an entry `table.column` stands for all values of that column."""
    if "allowed" not in rule:
        return None
    values: set[str] = set()
    for entry in rule["allowed"]:
        source, _, column = str(entry).partition(".")
        where, shipped = places
        there = where if (where / f"{source}.yaml").is_file() else shipped
        values |= set(read(there, source, shipped).column(column)) if column else {str(entry)}
    return frozenset(values)


def _row(
    rules: Mapping[str, Mapping[str, Any]],
    allowed: Mapping[str, frozenset[str] | None],
    line: list[str],
    number: int,
    problems: list[str],
) -> Row:
    """One typed row; what is wrong with it goes to `problems` under its line number."""
    if len(line) != len(rules):
        problems.append(f"line {number}: expected {len(rules)} cells, found {len(line)}")
        return dict.fromkeys(rules)
    row: Row = {}
    for (column, rule), text in zip(rules.items(), line, strict=True):
        row[column] = _value(rule["type"], text)
        if wrong := _wrong(rule, allowed[column], row[column], text):
            problems.append(f"line {number}: {column}: {wrong}")
    return row


def _value(kind: str, text: str) -> str | int | float | None:
    """The cell as its type, None where it is empty or does not read as one."""
    if text == "" or kind == "str":
        return text or None
    if not PARSERS[kind].fullmatch(text):
        return None
    return int(text) if kind == "int" else float(text)


def _wrong(rule: Mapping[str, Any], allowed: frozenset[str] | None, value: Any, text: str) -> str | None:
    """What the sidecar holds against one cell, or None."""
    if text == "":
        return None if rule.get("optional") else f"expected {_a(rule['type'])}, found an empty cell"
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return f"expected {_a(rule['type'])}, found {text}"
    if allowed is not None and text not in allowed:
        hint = nearest(text, allowed)
        return f"expected a known name, found {text}" + (f"; did you mean {hint}?" if hint else "")
    low, high = rule.get("low"), rule.get("high")
    if (low is not None and value < low) or (high is not None and value > high):
        return f"expected {low} to {high}, found {text}"
    return None


def _a(kind: str) -> str:
    return {"int": "a whole number", "float": "a number", "str": "a text"}[kind]


def _repeated(key: list[str], rows: Iterable[Row]) -> list[str]:
    """Rows that name the same thing twice: every total over them would count it double."""
    seen: set[tuple[Any, ...]] = set()
    problems = []
    for number, row in enumerate(rows, start=2):
        named = tuple(row[column] for column in key)
        if named in seen:
            problems.append(f"line {number}: expected each {', '.join(key)} once, found {named} again")
        seen.add(named)
    return problems


def _refusal(path: Path, problems: Iterable[str]) -> DataError:
    return DataError("\n".join(f"{path}: {problem}" for problem in problems))
