"""A scenario file as a tree in which every value remembers where it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from simulator.errors import Place
from simulator.reading.findings import Path
from simulator.reading.scalars import Scalar


class Unreadable:
    """Stands where a value could not be read; the reader has said why."""

    def __repr__(self) -> str:
        return "unreadable"


Content = Scalar | Unreadable | dict[str, "Node"] | list["Node"]


@dataclass(frozen=True)
class Node:
    """One value of the tree; without a place it was set from outside the files."""

    content: Content
    place: Place | None = None
    key_place: Place | None = None

    @cached_property
    def size(self) -> int:
        """How many values stand here, each use of an alias counted."""
        return 1 + sum(node.size for _, node in self.children())

    def children(self) -> Iterator[tuple[str | int, Node]]:
        """Keys or positions, and what stands there."""
        if isinstance(self.content, dict):
            yield from self.content.items()
        elif isinstance(self.content, list):
            yield from enumerate(self.content)

    def child(self, part: str | int) -> Node | None:
        """What stands under one key or position, or None."""
        if isinstance(self.content, dict) and isinstance(part, str):
            return self.content.get(part)
        if isinstance(self.content, list) and isinstance(part, int) and part < len(self.content):
            return self.content[part]
        return None

    def walk(self, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """Every value with its path, outermost first."""
        yield path, self
        for part, node in self.children():
            yield from node.walk((*path, part))

    def deepest(self, path: Path) -> tuple[Node, int]:
        """The last value along `path` that is written down, and how many steps it took."""
        node, steps = self, 0
        for part in path:
            below = node.child(part)
            if below is None:
                break
            node, steps = below, steps + 1
        return node, steps

    def plain(self) -> object:
        """The same as bare dictionaries, lists and scalars."""
        if isinstance(self.content, dict):
            return {key: node.plain() for key, node in self.content.items()}
        if isinstance(self.content, list):
            return [node.plain() for node in self.content]
        return self.content

    def without(self, key: str) -> Node:
        """The same mapping without one of its keys."""
        assert isinstance(self.content, dict)
        return replace(self, content={name: node for name, node in self.content.items() if name != key})

    def at(self, place: Place) -> Node:
        """The same value, used at another place of the file."""
        return replace(self, place=place)
