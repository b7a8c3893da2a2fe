"""The cells of a table: text taken apart into lines and cells, each read as what its column says it is."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from simulator.errors import DataError, nearest, printable

Row = dict[str, Any]
Known = Mapping[str, frozenset[str] | None]
"""What each column may hold; None where it may hold anything of its type."""

MOST_PROBLEMS = 100
"""Problems told of one file; more are counted."""

PARSERS = {
    "int": re.compile(r"-?[0-9]{1,18}"),
    "float": re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][-+]?[0-9]{1,3})?"),
}
_CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\r(?!\n)")
"""Characters that nobody sees, and line ends of which it is not agreed that they are one."""


def decoded(path: Path, content: bytes) -> str:
    """The text of a file; other bytes than UTF-8, and characters that nobody sees, are refused as DataError."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise refusal(path, ["expected UTF-8 text, found other bytes"]) from None
    found = [
        f"line {text.count(chr(10), 0, at.start()) + 1}: found U+{ord(at[0]):04X}" for at in _CONTROL.finditer(text)
    ]
    if found:
        raise refusal(path, [f"{one}, a character that does not belong in a table" for one in found])
    return text


def taken_apart(path: Path, text: str) -> list[list[str]]:
    """The cells of every line, header first; a quote that does not close, or a cell of two lines, is refused."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[list[str]] = []
    try:
        for line in reader:
            lines.append(line)
            if reader.line_num != len(lines):
                raise refusal(path, [f"line {len(lines)}: a cell goes on in the next line"])
    except csv.Error as error:
        raise refusal(path, [f"line {reader.line_num}: {error}"]) from None
    return lines or [[]]


def typed(
    rules: Mapping[str, Mapping[str, Any]],
    allowed: Known,
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
        value = row[column] = _value(rule["type"], text)
        known = allowed[column]
        if value is not None and (
            (text in known if known else text.strip() == text)
            if rule["type"] == "str"
            else rule["low"] <= value <= rule["high"]
        ):
            continue
        if wrong := _wrong(rule, known, value, text):
            problems.append(f"line {number}: {column}: {wrong}")
    return row


def _value(kind: str, text: str) -> Any:
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
        return f"expected {_a(rule['type'])}, found {short(text)}"
    if rule["type"] == "str" and text != text.strip():
        return f"expected a text without blanks around it, found {short(repr(text))}"
    if allowed is not None and text not in allowed:
        hint = nearest(text, allowed)
        named = " or ".join(entry for entry in map(str, rule["allowed"]) if "." in entry)
        wanted = f"expected a known name{f' of {named}' if named else ''}, found {short(text)}"
        return wanted + (f"; did you mean {hint}?" if hint else "")
    return f"expected {rule['low']} to {rule['high']}, found {short(text)}"


def _a(kind: str) -> str:
    return {"int": "a whole number", "float": "a number", "str": "a text"}[kind]


def repeated(key: list[str], rows: Iterable[Row]) -> list[str]:
    """Rows that name the same thing twice: every total over them would count it double."""
    seen: set[tuple[Any, ...]] = set()
    problems = []
    for number, row in enumerate(rows, start=2):
        named = tuple(row[column] for column in key)
        if named in seen:
            problems.append(f"line {number}: expected each {', '.join(key)} once, found {named} again")
        seen.add(named)
    return problems


def short(text: str) -> str:
    """What was found, as a message shows it: one line, not endless."""
    shown = printable(text)
    return shown if len(shown) <= 200 else shown[:197] + "..."


def refusal(path: Path, problems: Iterable[str]) -> DataError:
    """All that is wrong with a file, one line a problem; what goes on without end is counted."""
    found = list(problems)
    more = [f"and {len(found) - MOST_PROBLEMS} problems more"] if len(found) > MOST_PROBLEMS else []
    return DataError("\n".join(f"{path}: {problem}" for problem in [*found[:MOST_PROBLEMS], *more]))
