"""What is known of a month: a CSV of cells, read strictly, every problem at its line and column."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator import datasets
from simulator.axes import CHINA_SEGMENTS
from simulator.errors import InputError, Place, Problem, nearest
from simulator.tables import LARGEST_TABLE_BYTES

TOTAL = "total"
CHINA = "china"
NEEDED = ("stream_or_group", "buyer", "kbd")
OPTIONAL = ("standing", "source", "note", "basis")
STANDINGS = ("measured", "published", "estimated", "guessed")
ALSO_CALLED = {"official": "measured", "tracker": "estimated"}
"""Words that data collections use, and the standing they amount to."""

BARRELS, CUSTOMS = "barrels", "customs"
MOST_KBD = 100_000.0
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?", re.ASCII)
_FIELD = re.compile(r'[ \t]*"((?:[^"]|"")*)"[ \t]*(?=,|$)|([^,"]*)(?=,|$)')


@dataclass(frozen=True)
class Cell:
    """One known figure: what streams landed at a buyer, or a total, kb/d.

    name : stream id, country, group or `total`, as written; streams : the streams meant
    buyer : importing region, or `total` for all the streams export
    customs : the figure counts tonnes at 7.3 barrels and leaves out bitumen blend
    """

    name: str
    streams: tuple[str, ...]
    buyer: str
    kbd: float
    standing: str = "guessed"
    source: str = "not given"
    customs: bool = False
    place: Place | None = None

    @property
    def key(self) -> str:
        """How messages name the cell."""
        return f"{self.name},{self.buyer}"

    def problem(self, what: str, **hints: str) -> Problem:
        """A problem of this cell, at its place."""
        return Problem(self.key, what, self.place, given=f"{self.kbd:g}", **hints)


def regions() -> tuple[str, ...]:
    """Importing regions in table order, China as one."""
    return (CHINA, *(buyer for buyer in datasets.vocabulary().buyers if buyer not in CHINA_SEGMENTS))


def read_cells(path: Path) -> tuple[Cell, ...]:
    """The cells of a user's file.

    Columns `stream_or_group`, `buyer`, `kbd`; optional `standing`, `source` or `note`, and `basis` (`barrels`, or
    `customs` for China's total).

    Raises
    ------
    InputError : all problems of the file at once.
    """
    lines = _text(path).splitlines()
    problems: list[Problem] = []
    rows = list(_rows(str(path), lines, problems))
    cells = [cell for row in rows if (cell := _cell(row, problems))]
    seen: dict[tuple[tuple[str, ...], str], Cell] = {}
    for cell in cells:
        first = seen.setdefault((cell.streams, cell.buyer), cell)
        if first is not cell:
            line = first.place.line if first.place else 0
            problems.append(cell.problem(f"is the same cell as {first.key} in line {line}"))
    if not rows and not problems:
        problems.append(Problem("cells", "there is none", Place(str(path), 1, 1)))
    if problems:
        raise InputError(sorted(problems, key=lambda one: (one.place.line, one.place.column) if one.place else (0, 0)))
    return tuple(cells)


@dataclass(frozen=True)
class _Row:
    """One line: column name -> (text, place)."""

    fields: Mapping[str, tuple[str, Place]]

    def __getitem__(self, column: str) -> str:
        return self.fields[column][0] if column in self.fields else ""

    def problem(self, column: str, what: str, **hints: str | None) -> Problem:
        text, place = self.fields[column]
        return Problem(column, what, place, given=text or "nothing", **hints)


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise InputError([Problem(str(path), "is not a file")])
        if path.stat().st_size > LARGEST_TABLE_BYTES:
            raise InputError([Problem(str(path), "is too large", allowed=f"at most {LARGEST_TABLE_BYTES} bytes")])
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([Problem(str(path), "must be text in UTF-8")]) from None
    except OSError:
        raise InputError([Problem(str(path), "there is no such file that can be read")]) from None


def _rows(file: str, lines: list[str], problems: list[Problem]) -> Iterator[_Row]:
    header: list[str] | None = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        fields = _fields(line)
        if fields is None:
            problems.append(Problem("line", "has a quote that does not close", Place(file, number, 1)))
        elif header is None:
            header = [text for text, _ in fields]
            found = _header_problems(file, number, fields)
            problems += found
            if any(name not in header for name in NEEDED):
                return
        elif len(fields) != len(header):
            what = f"must have {len(header)} cells, as the header"
            problems.append(Problem("line", what, Place(file, number, 1), given=str(len(fields))))
        else:
            named = zip(header, fields, strict=True)
            yield _Row({name: (text, Place(file, number, column)) for name, (text, column) in named})


def _fields(line: str) -> list[tuple[str, int]] | None:
    """Cells of a line with the column they start in, from 1; None where quotes do not pair."""
    fields, at = [], 0
    while True:
        found = _FIELD.match(line, at)
        if found is None:
            return None
        quoted, plain = found.groups()
        text = quoted.replace('""', '"') if quoted is not None else plain
        start = at + len(plain) - len(plain.lstrip()) if plain is not None else line.index('"', at)
        fields.append((text.strip(), start + 1))
        at = found.end() + 1
        if found.end() >= len(line):
            return fields


def _header_problems(file: str, line: int, fields: list[tuple[str, int]]) -> list[Problem]:
    known = (*NEEDED, *OPTIONAL)
    problems = []
    names = [name for name, _ in fields]
    for i, (name, column) in enumerate(fields):
        place = Place(file, line, column)
        if name not in known:
            problems.append(
                Problem("header", "there is no such column", place, name, ", ".join(known), nearest(name, known))
            )
        elif name in names[:i]:
            problems.append(Problem("header", "names the column twice", place, name))
    missing = [name for name in NEEDED if name not in names]
    if missing:
        problems.append(Problem("header", f"lacks {', '.join(missing)}", Place(file, line, 1)))
    return problems


def _cell(row: _Row, problems: list[Problem]) -> Cell | None:
    """The cell of one line; None with its problems noted where it cannot be read."""
    before = len(problems)
    streams = _streams(row, problems)
    buyer, kbd, standing = _buyer(row, problems), _kbd(row, problems), _standing(row, problems)
    customs = _customs(row, problems)
    if row["stream_or_group"] == buyer == TOTAL:
        problems.append(row.problem("buyer", "the world's total follows from the others and cannot be given"))
    if len(problems) > before:
        return None
    source = "; ".join(text for text in (row["source"], row["note"]) if text) or "not given"
    place = row.fields["stream_or_group"][1]
    return Cell(row["stream_or_group"], streams, buyer, kbd, standing, source, customs, place)


def _streams(row: _Row, problems: list[Problem]) -> tuple[str, ...]:
    words, name = datasets.vocabulary(), row["stream_or_group"]
    if name == TOTAL:
        return words.streams
    known = (*words.streams, *words.countries, *words.groups, TOTAL)
    if name not in known:
        what, allowed = "is no stream, country or group", "stream ids, countries, groups or total"
        problems.append(row.problem("stream_or_group", what, allowed=allowed, meant=nearest(name, known)))
        return ()
    return words.expand_streams([name])


def _buyer(row: _Row, problems: list[Problem]) -> str:
    name, known = row["buyer"], (*regions(), TOTAL)
    if name in CHINA_SEGMENTS:
        problems.append(row.problem("buyer", "is inferred from China's total", meant=CHINA))
    elif name not in known:
        meant = nearest(name, known)
        problems.append(row.problem("buyer", "is no buyer", allowed=", ".join(known), meant=meant))
    return name


def _kbd(row: _Row, problems: list[Problem]) -> float:
    text = row["kbd"]
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not 0.0 <= value <= MOST_KBD:
        problems.append(row.problem("kbd", "must be a number of kb/d", allowed=f"0 to {MOST_KBD:.0f}"))
    return value


def _standing(row: _Row, problems: list[Problem]) -> str:
    given = row["standing"] or "guessed"
    standing = ALSO_CALLED.get(given, given)
    if standing not in STANDINGS:
        meant = nearest(given, STANDINGS)
        problems.append(row.problem("standing", "is no standing", allowed=", ".join(STANDINGS), meant=meant))
    return standing


def _customs(row: _Row, problems: list[Problem]) -> bool:
    basis = row["basis"] or BARRELS
    if basis not in (BARRELS, CUSTOMS):
        problems.append(row.problem("basis", "is no basis", allowed=f"{BARRELS}, {CUSTOMS}"))
    if basis == CUSTOMS and (row["stream_or_group"], row["buyer"]) != (TOTAL, CHINA):
        problems.append(row.problem("basis", "only total,china converts; give other cells in true barrels"))
    return basis == CUSTOMS
