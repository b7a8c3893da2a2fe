"""The tables in `data/`: each is read with its sidecar and refused where the two disagree.

A table is `NAME.csv` beside `NAME.yaml`. The sidecar says what the table is, where it comes from, what each
column means and may hold, and which bytes were checked (`sha256`). A table that was edited must be sealed
again (`seal`), so that a change of the data never goes by unnoticed.

Light on purpose: the command line reads the vocabulary here before it loads anything numerical.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from simulator.axes import CHINA_SEGMENTS
from simulator.errors import DataError, nearest

Row = dict[str, Any]

FOLDER_VARIABLE = "OILSIM_DATA"
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


@dataclass(frozen=True)
class Vocabulary:
    """The names a scenario may use, in table order."""

    streams: tuple[str, ...]
    countries: tuple[str, ...]
    groups: tuple[str, ...]
    buyers: tuple[str, ...]
    parameters: Mapping[str, Row]
    baselines: tuple[str, ...]
    chokepoints: tuple[str, ...]
    origins: Mapping[str, tuple[str, str]]
    """(country, group) of each stream."""

    def expand_streams(self, names: Iterable[str]) -> tuple[str, ...]:
        """The streams meant by stream ids, countries or groups: a set, in table order.

        A country named with one of its own streams counts that stream once.
        Raises KeyError on an unknown name.
        """
        wanted = _known(names, (*self.streams, *self.countries, *self.groups))
        return tuple(s for s in self.streams if wanted & {s, *self.origins[s]})

    def expand_buyers(self, names: Iterable[str]) -> tuple[str, ...]:
        """The buyers meant by buyer ids or `china`: a set, in table order; KeyError on an unknown name."""
        wanted = _known(names, (*self.buyers, "china"))
        if "china" in wanted:
            wanted |= set(CHINA_SEGMENTS)
        return tuple(buyer for buyer in self.buyers if buyer in wanted)


def folder() -> Path:
    """Where the tables are: `$OILSIM_DATA`, else the copy in the package, else `data/` of the source tree."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    package = Path(__file__).resolve().parent
    return package / "data" if (package / "data").is_dir() else package.parent / "data"


def names() -> tuple[str, ...]:
    """Every table that has a sidecar, by name."""
    return tuple(sorted(path.stem for path in folder().glob("*.yaml")))


def table(name: str) -> Table:
    """One table, checked against its sidecar; raises DataError with all that is wrong with the file."""
    return _read(folder(), name)


def verify() -> list[str]:
    """What is wrong with the tables, one line per problem; empty if nothing is."""
    where = folder()
    found = [
        f"{where / name}.csv: a table without a sidecar: expected {name}.yaml beside it"
        for name in sorted({path.stem for path in where.glob("*.csv")} - set(names()))
    ]
    for name in names():
        try:
            _read(where, name)
        except DataError as error:
            found += str(error).splitlines()
    return found or ([] if names() else [f"{where}: expected tables with sidecars, found none"])


def vocabulary() -> Vocabulary:
    """The names scenarios may use, as the tables have them."""
    return _vocabulary(folder())


def seal(name: str) -> None:
    """Write the digest and the number of rows of an edited table into its sidecar, then check the table.

    For maintainers, after an edit that was meant:
    `python -c "from simulator.datasets import seal; seal('prices')"`.
    All other fields of the sidecar stay as they are; what no longer fits them is raised as DataError.
    """
    path, sidecar = folder() / f"{name}.csv", folder() / f"{name}.yaml"
    content = _bytes(path)
    text = _bytes(sidecar).decode("utf-8")
    lines = len(list(csv.reader(io.StringIO(content.decode("utf-8"))))) - 1
    for field, value in (("sha256", hashlib.sha256(content).hexdigest()), ("rows", lines)):
        text = re.sub(rf"^{field}:.*$", f"{field}: {value}", text, count=1, flags=re.MULTILINE)
    sidecar.write_text(text, encoding="utf-8", newline="\n")
    _read.cache_clear()
    _vocabulary.cache_clear()
    table(name)


@cache
def _read(where: Path, name: str) -> Table:
    path = where / f"{name}.csv"
    meta = _sidecar(where / f"{name}.yaml")
    content = _bytes(path)
    problems = _digest_problems(meta, content)
    header, *lines = list(csv.reader(io.StringIO(content.decode("utf-8")))) or [[]]
    if header != list(meta["columns"]):
        problems.append(f"columns: expected {', '.join(meta['columns'])}; found {', '.join(header)}")
        raise _refusal(path, problems)
    if len(lines) != meta["rows"]:
        problems.append(f"rows: expected {meta['rows']}, found {len(lines)}")
    allowed = {column: _allowed(where, rule) for column, rule in meta["columns"].items()}
    rows = tuple(_row(meta["columns"], allowed, line, i, problems) for i, line in enumerate(lines, start=2))
    problems += _repeated(meta["key"], rows)
    if problems:
        raise _refusal(path, problems)
    return Table(name, meta, rows)


@cache
def _vocabulary(where: Path) -> Vocabulary:
    streams = _read(where, "streams")
    straits = (*_read(where, "chokepoints").column("chokepoint"), *_read(where, "passages").column("passage"))
    return Vocabulary(
        streams=streams.column("stream"),
        countries=_distinct(streams.column("country")),
        groups=_distinct(streams.column("group")),
        buyers=_read(where, "buyers").column("buyer"),
        parameters={row["name"]: row for row in _read(where, "parameters").rows},
        baselines=tuple(row["baseline"] for row in _read(where, "baselines").rows if row["flows"]),
        chokepoints=_distinct(straits),
        origins={row["stream"]: (row["country"], row["group"]) for row in streams.rows},
    )


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


def _digest_problems(meta: Mapping[str, Any], content: bytes) -> list[str]:
    found = hashlib.sha256(content).hexdigest()
    return [] if found == meta["sha256"] else [f"sha256: expected {meta['sha256']}, found {found}"]


def _allowed(where: Path, rule: Mapping[str, Any]) -> frozenset[str] | None:
    """The values a column may hold; an entry `table.column` stands for all values of that column."""
    if "allowed" not in rule:
        return None
    values: set[str] = set()
    for entry in rule["allowed"]:
        source, _, column = str(entry).partition(".")
        values |= set(_read(where, source).column(column)) if column else {str(entry)}
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


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _known(names: Iterable[str], known: tuple[str, ...]) -> set[str]:
    wanted = set(names)
    for name in sorted(wanted - set(known)):
        hint = nearest(name, known)
        raise KeyError(f"{name} is not known" + (f"; did you mean {hint}?" if hint else ""))
    return wanted
