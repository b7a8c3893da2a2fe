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
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from simulator.errors import DataError, nearest
from simulator.vocabulary import Vocabulary

Row = dict[str, Any]

FOLDER_VARIABLE = "OILSIM_DATA"
BUILT_VARIABLE = "OILSIM_BASELINES"
ABOUT = "baselines"
"""The table that says what a baseline is; a baseline in a folder of its own has one of its own."""

HISTORY = "history"
"""Folder of the shipped baselines of past months, each in a folder of its own."""

PRICES, DUTIES = "prices", "duties"

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


def folder() -> Path:
    """Where the tables are: `$OILSIM_DATA`, else the copy in the package, else `data/` of the source tree."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    package = Path(__file__).resolve().parent
    return package / "data" if (package / "data").is_dir() else package.parent / "data"


def built_folder() -> Path:
    """Where baselines of the user's own are: `$OILSIM_BASELINES`, else `baselines/` of the current folder."""
    return Path(os.environ.get(BUILT_VARIABLE) or "baselines").resolve()


def history() -> tuple[str, ...]:
    """The shipped baselines of past months, by name."""
    return _folders(folder() / HISTORY)


def built() -> tuple[str, ...]:
    """The baselines the user built, by name."""
    shipped = {*_read(folder(), ABOUT).column("baseline"), *history()}
    return tuple(name for name in _folders(built_folder()) if name not in shipped)


def own_folders() -> dict[str, Path]:
    """Where the baselines are that have a folder of their own: past months, then those the user built."""
    past = {name: folder() / HISTORY / name for name in history()}
    return past | {name: built_folder() / name for name in built()}


def about(baseline: str) -> Row:
    """What a baseline is: Brent, its table of flows, whose prices and duties it takes.

    Raises
    ------
    DataError : there is no such baseline, or what describes it is damaged.
    """
    for row in _read(folder(), ABOUT).where(baseline=baseline):
        return row
    if baseline not in own_folders():
        raise DataError(f"{baseline}: there is no such baseline, here or in {built_folder()}")
    return _read(own_folders()[baseline], ABOUT).rows[0]


def flows(baseline: str) -> Table:
    """Who ships what to whom in a baseline, China as one."""
    return table(about(baseline)["flows"], baseline)


def segments(baseline: str) -> Table:
    """China's column of `flows` over its three segments."""
    return table(about(baseline)["flows"].replace("flows", "china_segments", 1), baseline)


def prices(baseline: str) -> dict[str, Row]:
    """Delivered price in China and freight of every stream, stream -> row.

    A past month has rows of its own for streams that stood differently against Brent then; all others are those of
    the baseline it takes its prices of.
    """
    lender = about(baseline)["prices_of"]
    rows = table(PRICES).where(baseline=lender)
    found = {row["stream"]: row for row in rows} if lender == baseline or rows else prices(lender)
    own = f"{PRICES}_{baseline}"
    return found | {row["stream"]: row for row in table(own, baseline).rows} if _owns(baseline, own) else found


def duties(baseline: str) -> tuple[Row, ...]:
    """Duties in force; those of a past month are its own, or none."""
    own = f"{DUTIES}_{baseline}"
    if baseline in history():
        return table(own, baseline).rows if _owns(baseline, own) else ()
    lender = about(baseline)["prices_of"]
    return table(DUTIES).where(baseline=lender) if lender not in history() else duties(lender)


def lender_of(baseline: str) -> str:
    """Whose prices and duties a baseline built from this one takes."""
    return baseline if baseline in history() else str(about(baseline)["prices_of"])


def names(baseline: str | None = None) -> tuple[str, ...]:
    """Every shipped table that has a sidecar, by name; or those in a baseline's own folder."""
    where = folder() if baseline is None else own_folders()[baseline]
    return tuple(sorted(path.stem for path in where.glob("*.yaml")))


def table(name: str, baseline: str | None = None) -> Table:
    """One table, checked against its sidecar; raises DataError with all that is wrong with the file.

    With `baseline`, that baseline's own copy if it has a folder with one, else the shipped table.
    """
    if baseline is not None and _owns(baseline, name):
        return _read(own_folders()[baseline], name)
    return _read(folder(), name)


def _owns(baseline: str, name: str) -> bool:
    return baseline in own_folders() and name in names(baseline)


def _folders(where: Path) -> tuple[str, ...]:
    """Folders in here that hold a baseline."""
    return tuple(sorted(path.parent.name for path in where.glob(f"[!.]*/{ABOUT}.yaml")))


def _owned(where: Path) -> list[Path]:
    """Sidecars of all tables in the baselines' folders in here."""
    return [path for name in _folders(where) for path in sorted((where / name).glob("*.yaml"))]


def verify() -> list[str]:
    """What is wrong with the tables, shipped and built, one line per problem; empty if nothing is."""
    where = folder()
    places = [where, *(where / HISTORY / name for name in _folders(where / HISTORY))]
    found = [
        f"{path}: a table without a sidecar: expected {path.stem}.yaml beside it"
        for path in sorted(path for place in places for path in place.glob("*.csv"))
        if not path.with_suffix(".yaml").is_file()
    ]
    own = [path for root in (where / HISTORY, built_folder()) for path in _owned(root)]
    for place, name in [*((where, name) for name in names()), *((path.parent, path.stem) for path in own)]:
        try:
            _read(place, name)
        except DataError as error:
            found += str(error).splitlines()
    return found or ([] if names() else [f"{where}: expected tables with sidecars, found none"])


def check(where: Path) -> None:
    """Check the tables of a folder against their sidecars, as `verify` does; raises DataError."""
    for path in where.glob("*.yaml"):
        _read(where, path.stem)


def vocabulary() -> Vocabulary:
    """The names scenarios may use, as the tables have them."""
    words = _vocabulary(folder())
    own = tuple(own_folders())
    return replace(words, baselines=(*words.baselines, *own)) if own else words


def forget() -> None:
    """Read every table again: after one was written."""
    _read.cache_clear()
    _vocabulary.cache_clear()


def seal(name: str) -> None:
    """Write the digest and the number of rows of an edited table into its sidecar, then check the table.

    For maintainers, after an edit that was meant:
    `python -c "from simulator.datasets import seal; seal('prices')"`; of a past month `history/feb_2022/prices_feb_2022`.
    All other fields of the sidecar stay as they are; what no longer fits them is raised as DataError.
    """
    path, sidecar = folder() / f"{name}.csv", folder() / f"{name}.yaml"
    content = _bytes(path)
    text = _bytes(sidecar).decode("utf-8")
    lines = len(list(csv.reader(io.StringIO(content.decode("utf-8"))))) - 1
    for field, value in (("sha256", hashlib.sha256(content).hexdigest()), ("rows", lines)):
        text = re.sub(rf"^{field}:.*$", f"{field}: {value}", text, count=1, flags=re.MULTILINE)
    sidecar.write_text(text, encoding="utf-8", newline="\n")
    forget()
    table(name)


@cache
def _read(where: Path, name: str) -> Table:
    path = where / f"{name}.csv"
    meta = _sidecar(where / f"{name}.yaml")
    content = _bytes(path)
    problems = _digest_problems(meta, content)
    header, *lines = list(csv.reader(io.StringIO(_text(path, content)))) or [[]]
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
        baselines=tuple(row["baseline"] for row in _read(where, ABOUT).rows if row["flows"]),
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


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise _refusal(path, ["expected UTF-8 text, found other bytes"]) from None


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
        there = where if (where / f"{source}.yaml").is_file() else folder()
        values |= set(_read(there, source).column(column)) if column else {str(entry)}
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
