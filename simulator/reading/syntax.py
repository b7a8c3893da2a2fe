"""What is wrong with a text that is not YAML, or a file that cannot be opened, in our own words."""

from __future__ import annotations

import re
import sys

import yaml

from simulator.errors import Place
from simulator.reading.findings import Finding

# What PyYAML says (or the start of it), and what the user is told.
_SYNTAX = (
    ("found character '\\t'", "a tab stands where only spaces can"),
    ("found unexpected end of stream", "a quote is opened and not closed"),
    ("expected ',' or ']'", "a list in brackets is not closed, or a comma is missing"),
    ("expected ',' or '}'", "a mapping in braces is not closed, or a comma is missing"),
    ("mapping values are not allowed", "a colon stands where none can: check the indentation, or use quotes"),
    ("could not find expected ':'", "a key has no colon after it"),
    ("expected <block end>", "the indentation does not line up with the lines above"),
    ("sequence entries are not allowed", "a list entry stands where none can: check the indentation"),
    ("expected '<document start>'", "something stands after the end of the scenario"),
    ("expected alphabetic or numeric", "a & or * names nothing: put the text in quotes"),
    ("found unknown escape character", "unknown escape: use single quotes, or double the \\"),
    ("found character", "this character cannot begin a value: put the text in quotes"),
)
_BLAMES_THE_START = ("found unexpected end of stream", "expected ',' or")
_CODE_POINT = re.compile(r"\\U([0-9a-fA-F]{8})")


def why_not_opened(error: OSError | ValueError) -> str:
    """Why a file could not be opened."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a scenario file"
    if isinstance(error, PermissionError):
        return "may not be read: permission denied"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror.lower()}"
    return "cannot be the name of a file"


def no_such_character(text: str, file: str) -> Finding:
    """The first escape that stands for no character."""
    found = next((one for one in _CODE_POINT.finditer(text) if int(one[1], 16) > sys.maxunicode), None)
    lines = text[: found.start() if found else 0].split("\n")
    what = "an escape stands for no character"
    return Finding((), what, given=found[0] if found else None, place=Place(file, len(lines), len(lines[-1]) + 1))


def syntax_finding(error: yaml.MarkedYAMLError, text: str, file: str) -> Finding:
    """What PyYAML stumbled over, at the place that is to blame."""
    problem = error.problem or ""
    blames_start = problem.startswith(_BLAMES_THE_START) and error.context_mark is not None
    mark = error.context_mark if blames_start else error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        where = Place(file, place.line, indent.index("\t") + 1)
        return Finding((), "the line is indented with a tab: use spaces", place=where)
    said = next((ours for theirs, ours in _SYNTAX if problem.startswith(theirs)), None)
    return Finding((), said or f"is not valid YAML here: {problem}", place=place)
