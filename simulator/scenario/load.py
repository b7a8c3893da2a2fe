"""From a file to a scenario: read, take over the parent, set, check; every problem at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path as FilePath

from simulator.errors import InputError, Place, Problem, printable
from simulator.reading.findings import Finding, dotted
from simulator.reading.nodes import Node, Unreadable
from simulator.reading.reader import DEEPEST, MOST_VALUES, Reading, read_bytes, read_file, read_text
from simulator.reading.scalars import shown
from simulator.scenario.merge import Unsettable, inherit, node_of, set_value
from simulator.scenario.names import Vocabulary
from simulator.scenario.schema import Origins, Scenario, to_document
from simulator.scenario.wording import examine

# In the order found, each once.
Problems = dict[Problem, None]
Taken = dict[str, int]
LONGEST_PATH = 200
"""Signs of a path that messages show where a document may hold anything."""
LISTS = ("shocks", "correlations")
"""Lists in which the parent's entries come first."""


def load_scenario(
    path: str | os.PathLike[str],
    set: Mapping[str, object] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Scenario:
    """The scenario a file describes, merged with its parent and checked.

    A file must give `schema`, `baseline`, `start` and `months`, itself or through its parent; everything
    else may be left out. A key set to null counts as left out. `name` is then the file's own name.

    Parameters
    ----------
    path : the YAML file
    set : values by dotted path, put over the merged scenario, as `{"shocks.0.loss_share": 0.5}`
    vocabulary : the names and parameters that may be used; by default those of the data

    Raises
    ------
    InputError : with every problem of the file, its parent and `set`
    """
    return _load(read_file(path), os.fspath(path), set or {}, vocabulary or _default_vocabulary())


def load_bytes(raw: bytes, name: str) -> Scenario:
    """The scenario of a file that is not on this machine, as one that was uploaded; it has no parent here.

    Parameters
    ----------
    name : of the file, for messages and where the scenario has no name

    Raises
    ------
    InputError : with every problem.
    """
    read = read_bytes(raw, name)
    link = read.root.child("extends") if read.root else None
    if link is not None and link.content is not None:
        what = "cannot be followed from here: put the shocks of both into one file"
        raise InputError([Problem("extends", what, link.place, shown(link.plain()))])
    return _load(read, name, {}, _default_vocabulary())


def _load(own: Reading, file: str, set: Mapping[str, object], words: Vocabulary) -> Scenario:
    problems: Problems = {}
    if own.root is None:
        _keep(problems, own.findings, None)
        raise InputError(_sorted(problems, file))
    root, files, taken_over = _merged(own.root, file, words, problems)
    _keep(problems, [_renumbered(one, taken_over) for one in own.findings], root)
    root = _set(root, set, problems)
    scenario, found = examine(_named(root, file).plain(), words)
    _keep(problems, found, root)
    if problems or scenario is None:
        raise InputError(_sorted(problems, file))
    places = {dotted(where): node.place for where, node in root.walk() if node.content is not None}
    scenario._origins = Origins(places, root.place, files)
    return scenario


def with_values(scenario: Scenario, values: Mapping[str, object]) -> Scenario:
    """A loaded scenario with values at dotted paths put over it, checked again.

    Raises
    ------
    InputError : with every problem, at the place in the file where there is one.
    """
    problems: Problems = {}
    root = _set(node_of(to_document(scenario)), values, problems)
    changed, found = examine(root.plain(), _default_vocabulary())
    for one in found:
        path = dotted(one.path)
        mine = any(path == given or path.startswith(f"{given}.") for given in values)
        place = None if mine else scenario.problem(path, "").place
        problems[Problem(path, one.what, place, one.given, one.allowed, one.meant)] = None
    if problems or changed is None:
        raise InputError(list(problems))
    places = {**scenario._origins.places, **dict.fromkeys(values)}
    changed._origins = replace(scenario._origins, places=places)
    return changed


def from_document(document: Mapping[str, object], key: str) -> Scenario:
    """The scenario that `to_document` wrote down, checked as strictly as a file: anybody may have changed it.

    Parameters
    ----------
    key : what problems are filed under

    Raises
    ------
    InputError : with every problem.
    """
    if found := _beyond_reading(document):
        raise InputError([Problem(key, *found)])
    scenario, findings = examine(node_of(document).plain(), _default_vocabulary())
    if "extends" in document:
        findings.append(Finding(("extends",), "has no place here: the scenario is merged already"))
    if findings or scenario is None:
        keyed = ((f"{key}.{dotted(one.path)[:LONGEST_PATH]}", one) for one in findings)
        raise InputError([Problem(path, one.what, None, one.given, one.allowed, one.meant) for path, one in keyed])
    return scenario


def _beyond_reading(document: object) -> tuple[str, None, None, str] | None:
    """What is wrong with plain data that no file could hold: nested too deep, or too much of it."""
    level, count, depth = [document], 0, 0
    while level:
        count, depth = count + len(level), depth + 1
        if depth > DEEPEST:
            return "is nested too deep", None, None, f"at most {DEEPEST} levels"
        if count > MOST_VALUES:
            return "holds too many values", None, None, f"at most {MOST_VALUES}"
        inside = (one.values() if isinstance(one, Mapping) else one for one in level if isinstance(one, Mapping | list))
        level = [value for values in inside for value in values]
    return None


def parse_set(argument: str) -> tuple[str, object]:
    """Path and value of one `--set PATH=VALUE`; VALUE is YAML, read as strictly as a file.

    >>> parse_set("shocks.0.streams=[iran, uae]")
    ('shocks.0.streams', ['iran', 'uae'])
    """
    path, equals, text = argument.partition("=")
    path = path.strip()
    if not equals or not path:
        raise InputError([Problem(path or "--set", "must be PATH=VALUE", given=shown(argument))])
    read = read_text(f"value: {text}\n", "--set")
    node = read.root.child("value") if read.root else None
    more = read.root is not None and len(list(read.root.children())) > 1
    # What stands behind a # is a remark in a file; here it would be a part of the value that goes unread.
    if node is None or read.findings or more or _signs(node, "#") < text.count("#"):
        what = read.findings[0].what if read.findings else "is not one value"
        raise InputError([Problem(path, what, given=printable(text.strip()) or None)])
    return path, node.plain()


def _signs(node: Node, sign: str) -> int:
    """How often a sign stands in the keys and values of a tree."""
    words = [word for path, one in node.walk() for word in (*path[-1:], one.content) if isinstance(word, str)]
    return sum(word.count(sign) for word in words)


def _default_vocabulary() -> Vocabulary:
    from simulator import datasets

    return datasets.vocabulary()


def _named(root: Node, file: str) -> Node:
    assert isinstance(root.content, dict)
    name = root.content.get("name")
    if name is not None and name.content is not None:
        return root
    return Node({**root.content, "name": Node(FilePath(file).stem)}, root.place)


def _set(root: Node, values: object, problems: Problems) -> Node:
    if not isinstance(values, Mapping):
        problems[Problem("set", "must hold paths and values", given=type(values).__name__)] = None
        return root
    for path, value in values.items():
        try:
            root = set_value(root, path, value)
        except Unsettable as error:
            found = error.finding
            problems[Problem(shown(path), found.what, given=found.given, allowed=found.allowed)] = None
    return root


def _merged(own: Node, file: str, words: Vocabulary, problems: Problems) -> tuple[Node, tuple[str, ...], Taken]:
    """The child over its parent, the files this took, and how many shocks and correlations the parent brought."""
    link = own.child("extends")
    if link is None or not isinstance(link.content, str) or not link.content.strip():
        return own, (file,), {}
    parent_file, what = _parent_file(link.content, file)
    if what:
        problems[Problem("extends", what, link.place, shown(link.content))] = None
        return own, (file,), {}
    read = read_file(parent_file)
    _keep(problems, read.findings, None)
    if read.root is None:
        return own, (file,), {}
    _check_further(read.root, link, (file, parent_file), problems)
    parent = read.root.without("extends")
    # The parent is checked for itself as well, for the child may hide what is wrong with it.
    _keep(problems, examine(parent.plain(), words, whole=False)[1], parent)
    merged = inherit(own, parent)
    return merged, (file, parent_file), {key: _length(merged, key) - _length(own, key) for key in LISTS}


def _parent_file(link: str, file: str) -> tuple[str, str | None]:
    """The parent's file as the user would name it, and what is wrong with it."""
    folder = FilePath(file).parent
    parent = folder / link
    try:
        tree, target = folder.resolve(), parent.resolve()
        missing = not parent.exists()
    except (OSError, RuntimeError, ValueError):
        return "", "cannot be the name of a file"
    if FilePath(link).is_absolute() or not target.is_relative_to(tree):
        return "", "must name a file inside the scenario's own folder"
    if target == FilePath(file).resolve():
        return "", "goes in a circle: a scenario cannot extend itself"
    return os.fspath(parent), f"there is no such file: {parent}" if missing else None


def _check_further(parent: Node, link: Node, files: tuple[str, str], problems: Problems) -> None:
    """A parent that extends another: in a circle, or one level too many."""
    further = parent.child("extends")
    if further is None or further.content is None:
        return
    back = _parent_file(further.content, files[1])[0] if isinstance(further.content, str) else ""
    if back and FilePath(back).resolve() == FilePath(files[0]).resolve():
        chain = " -> ".join((*files, files[0]))
        problem = Problem("extends", f"goes in a circle: {chain}", link.place)
    else:
        what = "a parent may not extend another scenario"
        problem = Problem("extends", what, further.key_place, shown(further.plain()))
    problems[problem] = None


def _renumbered(found: Finding, taken_over: Taken) -> Finding:
    """A finding of the child, its shock or correlation counted behind those of the parent."""
    path = found.path
    if len(path) > 1 and path[0] in taken_over and isinstance(path[1], int):
        return replace(found, path=(path[0], path[1] + taken_over[str(path[0])], *path[2:]))
    return found


def _length(root: Node, key: str) -> int:
    """Entries of one of the lists at the top of a scenario."""
    node = root.child(key)
    return len(node.content) if node and isinstance(node.content, list) else 0


def _keep(problems: Problems, findings: Iterable[Finding], root: Node | None) -> None:
    """Turn findings into problems with a place; what the reader could not read it has named already."""
    for one in findings:
        unreadable = root is not None and isinstance(root.deepest(one.path)[0].content, Unreadable)
        if one.place or not unreadable:
            place = one.place or _place(one, root)
            problem = Problem(dotted(one.path), one.what, place, one.given, one.allowed, one.meant)
            problems[problem] = None


def _place(found: Finding, root: Node | None) -> Place | None:
    if root is None:
        return None
    node, steps = root.deepest(found.path)
    whole = steps == len(found.path)
    return node.key_place or node.place if found.at_key and whole else node.place


def _sorted(problems: Iterable[Problem], file: str) -> list[Problem]:
    """By line; the scenario's own file first, what has no place last."""

    def order(problem: Problem) -> tuple[bool, bool, str, int, int]:
        place = problem.place or Place("", 0, 0)
        return problem.place is None, place.file != file, place.file, place.line, place.column

    return sorted(problems, key=order)
