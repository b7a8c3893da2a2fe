"""Putting a scenario together: what it takes over from its parent, and what is set from outside."""

from __future__ import annotations

import numbers
import re
from collections.abc import Mapping
from dataclasses import replace

from simulator.errors import printable
from simulator.reading.findings import Finding, Path
from simulator.reading.nodes import Node
from simulator.reading.reader import DEEPEST
from simulator.reading.scalars import LARGEST, Scalar, shown
from simulator.scenario.correlation import pair
from simulator.scenario.forms import KEYS
from simulator.scenario.values import Distribution, Month

_POSITION = re.compile(r"0|[1-9][0-9]{0,5}", re.ASCII)


class Unsettable(Exception):
    """A path or value that cannot be set; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding


def inherit(child: Node, parent: Node) -> Node:
    """The child over its parent: mappings key by key, the child's shocks and correlations after the parent's."""
    return _over(child, parent, ())


def _over(child: Node, parent: Node, path: Path) -> Node:
    if isinstance(child.content, dict) and isinstance(parent.content, dict):
        merged = dict(parent.content)
        for key, node in child.content.items():
            merged[key] = _over(node, merged[key], (*path, key)) if key in merged else node
        return replace(child, content=merged)
    if path in (("shocks",), ("correlations",)):
        if child.content is None:
            return parent
        if isinstance(child.content, list) and isinstance(parent.content, list):
            own = {pair(node.plain()) for node in child.content} - {None} if path == ("correlations",) else set()
            kept = [node for node in parent.content if not own or pair(node.plain()) not in own]
            return replace(child, content=[*kept, *child.content])
    return child


def set_value(root: Node, path: str, value: object) -> Node:
    """The tree with `value` at the dotted `path`; Unsettable where the path leads nowhere."""
    parts = steps(path)
    if parts[:1] == ("extends",):
        raise Unsettable(Finding(parts, "cannot be set: the scenario is merged already"))
    return _with(root, parts, 0, node_of(value, parts))


def steps(path: str) -> tuple[str, ...]:
    """The words of a dotted path, the name of a parameter as one; Unsettable where it is not a path."""
    parts = tuple(path.split(".")) if isinstance(path, str) else ("",)
    if not all(parts) or len(parts) > DEEPEST:
        allowed = f"words joined by dots, at most {DEEPEST}"
        raise Unsettable(Finding((shown(path),), "is not a path", allowed=allowed))
    if parts[0] != "parameters" or len(parts) < 3:
        return parts
    # Names of parameters may hold a dot themselves, as in name.buyer.
    end = next((at for at, part in enumerate(parts) if at > 1 and part in KEYS), len(parts))
    return ("parameters", ".".join(parts[1:end]), *parts[end:])


def _with(node: Node, parts: tuple[str, ...], depth: int, value: Node) -> Node:
    if depth == len(parts):
        return value
    part = parts[depth]
    here = node.content
    if isinstance(here, list):
        if not _POSITION.fullmatch(part) or int(part) > len(here):
            allowed = f"0 to {len(here)}, the last being a new one"
            what = f"has no entry {printable(part)}"
            raise Unsettable(Finding(parts[:depth] or parts, what, given=".".join(parts), allowed=allowed))
        entries = [*here, Node(None)] if int(part) == len(here) else list(here)
        entries[int(part)] = _with(entries[int(part)], parts, depth + 1, value)
        return replace(node, content=entries)
    if here is None and _POSITION.fullmatch(part):
        return _with(replace(node, content=[]), parts, depth, value)
    if here is not None and not isinstance(here, dict):
        what = f"is a single value: there is no {printable(part)} in it"
        raise Unsettable(Finding(parts[:depth], what, given=".".join(parts)))
    keys = dict(here or {})
    keys[part] = _with(keys.get(part, Node(None)), parts, depth + 1, value)
    return replace(node, content=keys)


def node_of(value: object, path: Path = ()) -> Node:
    """A Python value as a tree without places; Unsettable where it is nested deeper than a file may be."""
    if len(path) > 2 * DEEPEST:
        raise Unsettable(Finding(path[:2], "is nested too deep", allowed=f"at most {DEEPEST} levels"))
    if isinstance(value, Distribution):
        value = value.plain()
    if isinstance(value, Mapping):
        return Node({str(key): node_of(item, (*path, str(key))) for key, item in value.items()})
    if isinstance(value, list | tuple | set | frozenset):
        entries = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return Node([node_of(item, (*path, index)) for index, item in enumerate(entries)])
    return Node(_scalar(value, path))


def _scalar(value: object, path: Path) -> Scalar:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Month):
        return str(value)
    # Through `numbers`, so that numpy's scalars count as what they are.
    if isinstance(value, numbers.Integral):
        if not -LARGEST < int(value) < LARGEST:
            raise Unsettable(Finding(path, "must be a finite number", allowed="fewer than 300 digits"))
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise Unsettable(Finding(path, "cannot be the value of a key", given=type(value).__name__))
