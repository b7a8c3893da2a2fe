"""No phrase is kept that nobody says: every key of `words/` stands in the code, whole or as a pattern with blanks."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

import simulator
from simulator import datasets
from simulator.report.language import TABLES

PACKAGE = Path(simulator.__file__).parent
TEMPLATES = sorted(PACKAGE.rglob("*.html"))
BLANK = "\0"
"""Stands for what a pattern is filled with."""
BY_DATA = ("names", "metrics", "scenarios", "units")
"""Tables whose keys are those of data and code, as test_language.py holds against them."""


def patterns_in(code: str) -> Iterator[str]:
    """Every text of a module but its docstrings, with a mark where something is filled in."""
    tree = ast.parse(code)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else BLANK for one in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (docstrings | parts):
            yield node.value


@cache
def patterns() -> frozenset[str]:
    found = {one for file in PACKAGE.rglob("*.py") for one in patterns_in(file.read_text(encoding="utf-8"))}
    for template in TEMPLATES:
        said = re.findall(r'told\("([^"]+)"( ~ )?', template.read_text(encoding="utf-8"))
        found |= {f"{key}{BLANK if filled else ''}" for key, filled in said}
    return frozenset(found)


def in_use(table: str, key: str, said: frozenset[str]) -> bool:
    """Whether a phrase can be said: its key stands somewhere, or a pattern `table.part_BLANK` gives it, or its last
    part stands by itself where a pattern `table.BLANK` takes it."""
    whole = f"{table}.{key}"
    if whole in said:
        return True
    open_ones = [one for one in said if one.startswith(f"{table}.") and BLANK in one]
    filled = [one for one in open_ones if not one.startswith(f"{table}.{BLANK}")]
    if any(re.fullmatch(re.escape(one).replace(re.escape(BLANK), ".+"), whole) for one in filled):
        return True
    return key in said and f"{table}.{BLANK}" in open_ones


@pytest.mark.parametrize(
    "file", [file for file in sorted(TABLES.glob("*.yaml")) if file.stem not in BY_DATA], ids=lambda file: file.stem
)
def test_every_phrase_is_said_somewhere(file):
    keys = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert keys
    assert [key for key in keys if not in_use(file.stem, key, patterns())] == []


def test_a_phrase_nobody_says_is_found():
    said = frozenset(patterns_in('"""terminal.dead"""\ntold("terminal.alive"), told(f"terminal.at_{noun}")'))
    assert in_use("terminal", "alive", said) and in_use("terminal", "at_rate", said)
    assert not in_use("terminal", "dead", said) and not in_use("terminal", "rate", said)


def test_words_of_data_are_those_of_the_data():
    """A phrase for an episode, a target or a unit that the tables no longer have would never be said."""
    history = yaml.safe_load((TABLES / "history.yaml").read_text(encoding="utf-8"))
    rows = datasets.table("targets").rows
    episodes, targets = ({f"{kind}_{row[kind]}" for row in rows} for kind in ("episode", "target"))
    assert episodes <= set(history) <= episodes | targets
    report = yaml.safe_load((TABLES / "report.yaml").read_text(encoding="utf-8"))
    units = {key.removeprefix("unit_") for key in report if key.startswith("unit_")}
    assert units <= set(datasets.table("parameters").column("unit"))


def test_every_phrase_that_is_asked_for_is_there():
    """Whole keys alone: patterns are filled with names that are tested where they come from."""
    tables = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in TABLES.glob("*.yaml")}
    asked = {key for file in PACKAGE.rglob("*.py") for key in keys_asked_in(file.read_text(encoding="utf-8"))}
    for template in TEMPLATES:
        asked |= set(re.findall(r'told\("([^"]+)"[,)]', template.read_text(encoding="utf-8")))
    assert len(asked) > 200
    missing = [key for key in asked for table, _, name in [key.partition(".")] if name not in tables.get(table, ())]
    assert missing == []


def keys_asked_in(code: str) -> Iterator[str]:
    """First arguments of what writes a language's phrases, either one where a condition chooses."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in ("told", "self", "self._told"):
            first = node.args[0]
            ends = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
            texts = (str(one.value) for one in ends if isinstance(one, ast.Constant))
            yield from (text for text in texts if "." in text)
