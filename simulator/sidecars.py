"""The sidecar of a table, read strictly: known fields only, each once, of its type, every problem at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from simulator.errors import DataError, Problem, nearest
from simulator.reading.findings import dotted
from simulator.reading.nodes import Node
from simulator.reading.reader import read_text
from simulator.reading.scalars import is_number, shown

SIDECAR_FIELDS = (
    "title", "producer", "url", "dates", "licence", "sha256", "rows", "key", "columns", "caveats",
)  # fmt: skip
LARGEST_BYTES = 200_000
TYPES = ("str", "int", "float")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNPRINTABLE = yaml.reader.Reader.NON_PRINTABLE
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Form:
    """What a field may hold, in words and as a rule."""

    words: str
    fits: Callable[[Any], bool]


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_text, value))


def _names(value: Any) -> bool:
    return _texts(value) and len(set(value)) == len(value)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _counted(value: object) -> bool:
    return isinstance(value, dict) and bool(value) and all(map(_count, value.values()))


TEXT = Form("a text", _text)
NAMES = Form("a list of names, each once", _names)
NUMBER = Form("a finite number", is_number)
KEYS = Form("keys and values", lambda value: isinstance(value, dict) and bool(value))

FIELDS: Mapping[str, Form] = {
    "title": TEXT,
    "producer": TEXT,
    "url": Form("a text or null", lambda value: value is None or _text(value)),
    "dates": KEYS,
    "licence": TEXT,
    "sha256": Form("64 hexadecimal digits", lambda value: isinstance(value, str) and bool(_DIGEST.fullmatch(value))),
    "rows": Form("a whole number", _count),
    "key": NAMES,
    "counts": KEYS,
    "tables": NAMES,
    "columns": KEYS,
    "caveats": Form(
        "a list of texts", lambda value: isinstance(value, list) and bool(value) and all(map(_text, value))
    ),
}
"""Every field and what it may hold, in the order in which sidecars are written."""

DATES = {"covers": TEXT, "retrieved": TEXT}
RULE: Mapping[str, Form] = {
    "type": Form(", ".join(TYPES), lambda value: value in TYPES),
    "meaning": TEXT,
    "unit": TEXT,
    "low": NUMBER,
    "high": NUMBER,
    "allowed": NAMES,
    "optional": Form("true or false", lambda value: isinstance(value, bool)),
}
COUNTS = Form("how often each word stands, as {measured: 3}", _counted)


def parse(path: Path, content: bytes) -> dict[str, Any]:
    """What a sidecar says.

    `counts` and `tables` may be left out: how often each word of a column stands, which sealing does not touch, so that
    a row cannot be lost unnoticed where none is as good as zero; and, in the table that tells what a baseline is, the
    tables that belong to it.

    Raises
    ------
    DataError : everything that is wrong with it, one line a problem.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path}: expected UTF-8 text, found other bytes") from None
    if found := _UNPRINTABLE.search(text):
        where = f"{path}:{text.count(chr(10), 0, found.start()) + 1}"
        raise DataError(f"{where}: holds a character that YAML does not allow (given U+{ord(found[0]):04X})")
    reading = read_text(text, str(path), _LOADER)
    problems = [Problem(dotted(one.path), one.what, one.place, one.given, one.allowed) for one in reading.findings]
    if reading.root is not None and not problems:
        problems = list(_problems(reading.root))
    if problems or reading.root is None:
        raise DataError("\n".join(map(str, problems)))
    said = reading.root.plain()
    assert isinstance(said, dict)
    return said


def place_of(path: Path, content: bytes, field: tuple[str, ...]) -> str:
    """Where a field of a sidecar stands, `FILE:LINE:COLUMN: field`; where it is not there, what would hold it."""
    root = read_text(content.decode("utf-8-sig"), str(path), _LOADER).root
    place = root.deepest(field)[0].place if root else path
    return f"{place}: {dotted(field)}"


def _problems(root: Node) -> Iterator[Problem]:
    yield from _keys(root, (), FIELDS, SIDECAR_FIELDS)
    columns = root.child("columns")
    if (dates := root.child("dates")) and isinstance(dates.content, dict):
        yield from _keys(dates, ("dates",), DATES, tuple(DATES))
    if columns is None or not isinstance(columns.content, dict):
        return
    for name, rule in columns.content.items():
        yield from _rule(rule, ("columns", name))
    for path, named in _column_names(root):
        if isinstance(named, str) and named not in columns.content:
            known = ", ".join(columns.content)
            place = root.deepest(path)[0].place
            yield Problem(dotted(path), "there is no such column", place, named, known, nearest(named, columns.content))
    counts = root.child("counts")
    for path, count in counts.walk(("counts",)) if counts else ():
        if len(path) == 2 and not COUNTS.fits(count.plain()):
            yield Problem(dotted(path), "is of the wrong kind", count.place, shown(count.plain()), COUNTS.words)


def _column_names(root: Node) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Names of columns beside `columns`, with their paths."""
    for field in ("key", "counts"):
        node = root.child(field)
        if node is not None:
            for part, below in node.children():
                yield (field, part), (below.content if field == "key" else part)


def _keys(node: Node, path: tuple[str, ...], forms: Mapping[str, Form], needed: tuple[str, ...]) -> Iterator[Problem]:
    """Keys that are unknown, missing, or hold what they cannot."""
    assert isinstance(node.content, dict)
    for name, value in node.content.items():
        given = value.plain()
        if name not in forms:
            hint = nearest(name, forms)
            yield Problem(
                dotted((*path, name)), "there is no such field", value.key_place, None, ", ".join(forms), hint
            )
        elif not forms[name].fits(given):
            yield Problem(dotted((*path, name)), "is of the wrong kind", value.place, shown(given), forms[name].words)
    for name in needed:
        if name not in node.content:
            yield Problem(dotted((*path, name)), "is missing", node.place, allowed=forms[name].words)


def _rule(node: Node, path: tuple[str, ...]) -> Iterator[Problem]:
    """What is wrong with the rule of one column."""
    if not isinstance(node.content, dict):
        yield Problem(dotted(path), "is of the wrong kind", node.place, shown(node.plain()), KEYS.words)
        return
    said = node.plain()
    assert isinstance(said, dict)
    words = said.get("type") == "str"
    wrong = list(_keys(node, path, RULE, ("type", "meaning") if words else ("type", "meaning", "unit", "low", "high")))
    yield from wrong
    for name in ("low", "high") if words else ("allowed",):
        if name in said:
            yield Problem(dotted((*path, name)), f"has no meaning with type {said.get('type')}", node.place)
    if not wrong and not words and not said["low"] <= said["high"]:
        yield Problem(dotted(path), "low is above high", node.place, f"{said['low']} to {said['high']}")
