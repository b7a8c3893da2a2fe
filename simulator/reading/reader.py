"""Read a scenario file strictly: text in, a tree with positions and every problem out.

PyYAML takes the text apart into events; what the events mean is decided here. Nothing in a file can run
code, stand twice, or change its meaning on the way: no tags, no merge keys, no second document.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import yaml

from simulator.errors import Place
from simulator.reading.findings import Finding, Path
from simulator.reading.nodes import Node, Unreadable
from simulator.reading.scalars import NotFinite, read_scalar, shown
from simulator.reading.syntax import no_such_character, syntax_finding, why_not_opened

LARGEST_FILE_BYTES = 1_000_000
DEEPEST = 20
MOST_VALUES = 20_000
MAY_BE_EMPTY = (("shocks",), ("parameters",), ("correlations",))
"""Where nothing behind the colon is no slip: all entries may have been turned into comments."""

_HIDDEN_BREAK = re.compile("[\x85\u2028\u2029]")
"""Line breaks to YAML, and to nobody who looks at the file."""


@dataclass(frozen=True)
class Reading:
    """What a file holds; `root` is None where nothing could be made of it."""

    root: Node | None
    findings: tuple[Finding, ...]


def read_file(path: str | os.PathLike[str]) -> Reading:
    """Read the scenario file at `path`; whatever is wrong with it is among the findings."""
    file = os.fspath(path)
    try:
        if not _regular(FilePath(path)):
            return _nothing(file, "is no regular file: a scenario is not read from a device, pipe or socket")
        with FilePath(path).open("rb") as stream:
            raw = stream.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        return _nothing(file, why_not_opened(error))
    return read_bytes(raw, file)


def read_bytes(raw: bytes, file: str) -> Reading:
    """Read a scenario that is at hand as bytes; `file` is the name that positions carry."""
    if len(raw) > LARGEST_FILE_BYTES:
        return _nothing(file, f"is too large (allowed at most {LARGEST_FILE_BYTES} bytes)")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", errors="replace")
        return _nothing(file, f"is not UTF-8 text (given byte 0x{raw[error.start]:02x})", before)
    return read_text(text, file)


def read_text(text: str, file: str, loader: Any = yaml.SafeLoader) -> Reading:
    """Read YAML `text`; `file` is the name that positions carry, `loader` what takes the text apart into events."""
    if hidden := _HIDDEN_BREAK.search(text):
        what = f"holds a line break that editors do not show (given U+{ord(hidden[0]):04X})"
        return _nothing(file, what, text[: hidden.start()])
    try:
        builder = _Builder(text, file, loader)
    except yaml.reader.ReaderError as error:
        what = f"holds a character that YAML does not allow (given U+{ord(text[error.position]):04X})"
        return _nothing(file, what, text[: error.position])
    try:
        root = builder.document()
    except (OverflowError, ValueError):
        # PyYAML makes a character of every \U escape, also where there is none.
        return Reading(None, (*builder.findings, no_such_character(text, file)))
    except yaml.MarkedYAMLError as error:
        return Reading(None, (*builder.findings, syntax_finding(error, text, file)))
    except _Hopeless as error:
        return Reading(None, (*builder.findings, error.finding))
    return Reading(root, tuple(builder.findings))


def _regular(path: FilePath) -> bool:
    """Whether reading a path comes to an end by itself; what cannot be opened at all gets a message of its own."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return True
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


class _Hopeless(Exception):
    """Reading on would only cost time: the file is nested or repeated beyond any scenario."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding


class _Events:
    """The events of a text, one at a time and with a look at the next."""

    def __init__(self, text: str, loader: Any) -> None:
        self._loader: Any = loader(text)

    def take(self) -> yaml.Event:
        event: yaml.Event = self._loader.get_event()
        return event

    def peek(self) -> yaml.Event:
        event: yaml.Event = self._loader.peek_event()
        return event

    def next_is(self, kind: type[yaml.Event]) -> bool:
        return isinstance(self.peek(), kind)


class _Builder:
    """Turns the events of one file into a tree, noting problems and reading on."""

    def __init__(self, text: str, file: str, loader: Any) -> None:
        self.text = text
        self.events = _Events(text, loader)
        self.file = file
        self.findings: list[Finding] = []
        self.anchors: dict[str, Node | None] = {}
        self.values = 0

    def document(self) -> Node | None:
        """The one document of the file, or None."""
        self.events.take()
        if self.events.next_is(yaml.StreamEndEvent):
            self._note((), Place(self.file, 1, 1), "is empty")
            return None
        start = self.events.take()
        mark: Any = start.start_mark
        if self.text.startswith("%", mark.index):
            self._note((), self._place(start), "holds a directive: leave out the line that begins with %")
        root = self._node((), 1)
        self.events.take()
        if not self.events.next_is(yaml.StreamEndEvent):
            place = self._place(self.events.peek())
            self._note((), place, "holds several documents: put each scenario in a file of its own")
        if not isinstance(root.content, dict):
            empty = root.content is None
            what = "is empty" if empty else "must hold keys and values, such as `schema: 1`, at the top"
            self._note((), root.place, what)
            return None
        return root

    def _node(self, path: Path, depth: int) -> Node:
        event = self.events.take()
        place = self._place(event)
        self._count(1, place)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path, place)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        if event.tag is not None:
            self._note(path, place, "tags are not read: write the plain value", given=_tag(event.tag))
        node = self._content(event, path, place, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _content(self, event: yaml.NodeEvent, path: Path, place: Place, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path, place)
        if depth > DEEPEST:
            allowed = f"at most {DEEPEST} levels"
            raise _Hopeless(Finding(path, "is nested too deep", allowed=allowed, place=place))
        if isinstance(event, yaml.SequenceStartEvent):
            entries: list[Node] = []
            while not self.events.next_is(yaml.SequenceEndEvent):
                entries.append(self._node((*path, len(entries)), depth + 1))
            self.events.take()
            return Node(entries, place)
        return Node(self._mapping(path, depth), place)

    def _mapping(self, path: Path, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not self.events.next_is(yaml.MappingEndEvent):
            key_place = self._place(self.events.peek())
            key = self._key(path, depth)
            if key is None:
                self._node((*path, "?"), depth + 1)
                continue
            value = self._node((*path, key), depth + 1)
            if key in entries:
                first = entries[key].key_place
                line = first.line if first else "?"
                self._note((*path, key), key_place, f"is given twice, first on line {line}")
            else:
                entries[key] = Node(value.content, value.place, key_place)
        self.events.take()
        return entries

    def _key(self, path: Path, depth: int) -> str | None:
        event = self.events.peek()
        place = self._place(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._node((*path, "?"), depth + 1)
            self._note(path, place, "has a key that is not a word")
            return None
        self.events.take()
        plain = not event.style
        if event.tag is not None or event.anchor is not None:
            self._note((*path, event.value), place, "a key carries neither tag nor anchor")
        if plain and event.value == "<<":
            self._note((*path, "<<"), place, "merge keys are not read: use `extends`, or write the keys out")
            return None
        try:
            key = read_scalar(event.value) if plain else event.value
        except NotFinite:
            key = None
        if not isinstance(key, str):
            self._note((*path, event.value), place, "is not a word, so it cannot be a key")
            return None
        return key

    def _scalar(self, event: yaml.ScalarEvent, path: Path, place: Place) -> Node:
        if event.style:
            return Node(event.value, place)
        if not event.value and path not in MAY_BE_EMPTY:
            self._note(path, place, "has no value: write one, or null for a key that is to count as left out")
            return Node(Unreadable(), place)
        try:
            return Node(read_scalar(event.value), place)
        except NotFinite:
            self._note(path, place, "must be a finite number", given=_short(event.value))
            return Node(Unreadable(), place)

    def _alias(self, event: yaml.AliasEvent, path: Path, place: Place) -> Node:
        name = event.anchor or ""
        node = self.anchors.get(name)
        if node is None:
            itself = name in self.anchors
            what = "the alias contains itself" if itself else "the alias stands for nothing named before"
            self._note(path, place, what, given=f"*{name}")
            return Node(Unreadable(), place)
        self._count(node.size, place)
        return node.at(place)

    def _count(self, values: int, place: Place) -> None:
        self.values += values
        if self.values > MOST_VALUES:
            what = "holds too many values, aliases counted each time"
            raise _Hopeless(Finding((), what, allowed=f"at most {MOST_VALUES}", place=place))

    def _place(self, event: yaml.Event) -> Place:
        mark: Any = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _note(
        self, path: Path, place: Place | None, what: str, given: str | None = None, allowed: str | None = None
    ) -> None:
        self.findings.append(Finding(path, what, given=given, allowed=allowed, place=place))


def _short(text: str) -> str:
    """A value for a message, cut where it is endless."""
    return shown(text).strip('"')[:60]


def _tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _nothing(file: str, what: str, before: str = "") -> Reading:
    """A file that cannot be read at all; `before` is the text in front of the trouble."""
    lines = before.split("\n")
    return Reading(None, (Finding((), what, place=Place(file, len(lines), len(lines[-1]) + 1)),))
