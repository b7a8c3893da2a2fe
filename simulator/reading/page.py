"""Reads values off the tree of a strict file that is no scenario, and keeps every problem it meets."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.errors import InputError, Problem, nearest
from simulator.reading.findings import dotted
from simulator.reading.nodes import Node, Unreadable
from simulator.reading.reader import read_file
from simulator.reading.scalars import is_number, shown

Keys = tuple[str | int, ...]


@dataclass(frozen=True)
class Bounds:
    """Which numbers a cell may hold; `whole` leaves out fractions."""

    low: float
    high: float
    above: bool = False
    whole: bool = False

    @property
    def words(self) -> str:
        """As messages say it."""
        kind = "whole numbers, " if self.whole else ""
        if self.high == math.inf:
            return f"{kind}above {self.low:g}" if self.above else f"{kind}{self.low:g} and more"
        return f"{kind}{self.low:g} to {self.high:g}"

    def hold(self, value: float) -> bool:
        """Whether the number is legal."""
        return self.low <= value <= self.high and not (self.above and value == self.low)


@dataclass
class Page:
    """Takes keys, numbers and names from nodes; what is wrong with them goes to `problems`."""

    problems: list[Problem] = field(default_factory=list)

    def open(self, path: str | os.PathLike[str]) -> Node | None:
        """The tree of a file, None where nothing could be made of it."""
        read = read_file(path)
        self.problems += [
            Problem(dotted(one.path), one.what, one.place, one.given, one.allowed, one.meant) for one in read.findings
        ]
        return read.root

    def close(self) -> None:
        """InputError with every problem met, in the order of the file; nothing where there is none."""
        if self.problems:
            raise InputError(sorted(self.problems, key=_in_order))

    def wrong(self, keys: Keys, what: str, node: Node, **hints: str | None) -> None:
        """Note a problem at the place of a value; what the reader could not read it has named already."""
        if not isinstance(node.content, Unreadable):
            self.problems.append(Problem(dotted(keys), what, node.place, **hints))

    def keys(self, node: Node, at: Keys, needed: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Node]:
        """The entries of a mapping; unknown and missing keys are problems."""
        known = (*needed, *optional)
        if not isinstance(node.content, dict):
            self.wrong(at, "must hold keys and values", node, given=shown(node.plain()), allowed=", ".join(known))
            return {}
        for key, entry in node.content.items():
            if key not in known:
                hints = {"allowed": ", ".join(known), "meant": nearest(key, known)}
                self.problems.append(Problem(dotted((*at, key)), "is not a key here", entry.key_place, **hints))
        for key in needed:
            if key not in node.content or node.content[key].content is None:
                self.problems.append(Problem(dotted((*at, key)), "is required", node.place))
        return {key: entry for key, entry in node.content.items() if key in known and entry.content is not None}

    def number(self, keys: Keys, node: Node, bounds: Bounds) -> float:
        """One number within its bounds, NaN where it is none."""
        value = node.plain()
        if not is_number(value) or (bounds.whole and value != int(value)):  # type: ignore[call-overload]
            what = "must be a whole number" if bounds.whole else "must be a number"
            self.wrong(keys, what, node, given=shown(value), allowed=bounds.words)
        elif not bounds.hold(float(value)):  # type: ignore[arg-type]
            self.wrong(keys, "is outside its range", node, given=shown(value), allowed=bounds.words)
        else:
            return float(value)  # type: ignore[arg-type]
        return math.nan

    def text(self, keys: Keys, node: Node) -> str:
        """A text that is not empty; empty where it is none."""
        value = node.plain()
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.wrong(keys, "must be a text", node, given=shown(value))
        return ""

    def names(self, keys: Keys, node: Node) -> tuple[str, ...]:
        """A list of names, each once."""
        if not isinstance(node.content, list) or not node.content:
            self.wrong(keys, "must be a list of names", node, given=shown(node.plain()))
            return ()
        found: list[str] = []
        for place, entry in enumerate(node.content):
            name = entry.content
            if not isinstance(name, str) or not name.strip() or not name.isprintable():
                self.wrong((*keys, place), "must be a name", entry, given=shown(entry.plain()))
            elif name in found:
                self.wrong((*keys, place), "is named twice", entry, given=name)
            found.append(str(name))
        return tuple(found)


def _in_order(problem: Problem) -> tuple[int, int]:
    return (problem.place.line, problem.place.column) if problem.place else (0, 0)
