"""Whether an accepted file is what was written: read once more by plain PyYAML, compared leaf by leaf.

Nothing of the program's own reading is used here but the list of its keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml

from simulator.scenario.correlation import Correlation
from simulator.scenario.schema import Scenario
from simulator.scenario.shock import known_keys
from simulator.scenario.shocks import SHOCKS

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
NULLS = ("", "~", "null")
TOP_DEFAULTS: dict[str, Any] = {"parameters": {}}
SHOCK_DEFAULTS: dict[str, Any] = {"ramp_months": 0, "recovery_months": 0}
SECONDARY = {
    "target": "china", "threshold_kbd": 0.0, "enforcement_probability": 1.0, "others": 0.0, "response": "least_cost",
}  # fmt: skip
WORDED = {"free": 0.0, "comply": 1.0}


class Leaf(str):
    """The text of a scalar; `plain` where it stands without quotes."""

    plain = True


Tree = Any
Where = tuple[str | int, ...]


def tree(text: str) -> Tree:
    """The text as mappings, lists and leaves, all of them text; aliases are followed."""
    return _tree(yaml.compose(text, Loader=yaml.BaseLoader))


def _tree(node: Any) -> Tree:
    if isinstance(node, yaml.MappingNode):
        return {_tree(key): _tree(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_tree(entry) for entry in node.value]
    leaf = Leaf("" if node is None else node.value)
    leaf.plain = node is None or node.style is None
    return leaf


def differences(text: str, document: dict[str, Any], stem: str, parent: str | None = None) -> list[str]:
    """Where a scenario's document says other than its file (and the parent's), one line for each place."""
    mine = tree(text)
    if not isinstance(mine, dict):
        return ["the file holds no mapping"]
    unknown = [f"{key}: is no key" for key in mine if key not in known_keys(Scenario)]
    whole = _over(mine, tree(parent)) if parent is not None else mine
    whole = {key: value for key, value in whole.items() if key != "extends"}
    defaults = TOP_DEFAULTS | ({"name": stem} if _nothing(whole.get("name", Leaf())) else {})
    return unknown + list(_mapping(whole, document, defaults, ()))


def _over(mine: Tree, theirs: Tree, where: Where = ()) -> Tree:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        both = {key: _over(mine[key], theirs[key], (*where, key)) for key in mine if key in theirs}
        return theirs | mine | both
    if where in (("shocks",), ("correlations",)):
        if _nothing(mine):
            return theirs
        if isinstance(mine, list) and isinstance(theirs, list):
            pairs = [set(entry.get("between", ())) for entry in mine] if where == ("correlations",) else []
            return [one for one in theirs if not pairs or set(one.get("between", ())) not in pairs] + mine
    return mine


def _nothing(value: Tree) -> bool:
    return isinstance(value, Leaf) and value.plain and value in NULLS


def _mapping(tree: Tree, document: Any, defaults: dict[str, Any], where: Where) -> Iterator[str]:
    for key, value in tree.items():
        yield from _key_differences(key, value, document, (*where, str(key)))
    for key, value in document.items():
        if (key not in tree or _nothing(tree[key])) and defaults.get(key, ...) != value:
            yield f"{_dotted((*where, key))}: is {value!r}, and nobody wrote it"


def _key_differences(key: str, value: Tree, document: dict[str, Any], where: Where) -> Iterator[str]:
    if key not in document:
        empty = _nothing(value) or (value == [] and key in ("shocks", "correlations", "except_streams"))
        if not empty:
            yield f"{_dotted(where)}: was written and is gone"
        return
    given = document[key]
    if _nothing(value):
        return
    if where == ("shocks",):
        yield from _shocks(value, given)
    elif where == ("parameters",):
        yield from _mapping(value, given, {}, where)
    elif where == ("correlations",):
        yield from _correlations(value, given)
    elif where == ("sweep",):
        yield from _mapping(value, given, {"design": "grid"}, where)
    elif where == ("sweep", "over"):
        yield from _mapping(value, given, {}, where)
    else:
        yield from _value(value, given, where)


def _shocks(value: Tree, given: Any) -> Iterator[str]:
    if not isinstance(value, list) or len(value) != len(given):
        yield "shocks: their number differs"
        return
    for at, (one, other) in enumerate(zip(value, given, strict=True)):
        where = ("shocks", at)
        kind = str(one.get("type"))
        unknown = [key for key in one if key not in known_keys(SHOCKS[kind])]
        yield from (f"{_dotted((*where, key))}: is no key" for key in unknown)
        defaults = SHOCK_DEFAULTS | (SECONDARY if kind == "secondary_tariff" else {})
        yield from _mapping(one, other, defaults, where)


def _correlations(value: Tree, given: Any) -> Iterator[str]:
    if len(value) != len(given):
        yield "correlations: their number differs"
        return
    for at, (one, other) in enumerate(zip(value, given, strict=True)):
        yield from (f"correlations.{at}.{key}: is no key" for key in one if key not in known_keys(Correlation))
        yield from _mapping(one, other, {}, ("correlations", at))


def _value(value: Tree, given: Any, where: Where) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _distribution(value, given, where)
    elif isinstance(value, list):
        wanted, found = _listed(value, given)
        if wanted != found:
            yield f"{_dotted(where)}: {value} was written, {given} was read"
    elif not _same(value, given):
        yield f"{_dotted(where)}: {str(value)!r} was written, {given!r} was read"


def _listed(value: list[Tree], given: Any) -> tuple[object, object]:
    if isinstance(given, list) and all(isinstance(one, str) for one in (*value, *given)) and not _sweep_values(given):
        return {" ".join(str(one).split()) for one in value}, set(given)
    if not isinstance(given, list) or len(given) != len(value):
        return value, given
    return [True] * len(value), [_same(one, other) for one, other in zip(value, given, strict=True)]


def _sweep_values(given: list[Any]) -> bool:
    return any(not isinstance(one, str) for one in given)


def _distribution(value: dict[str, Tree], given: Any, where: Where) -> Iterator[str]:
    """A number with a spread; one that can take a single value is that value."""
    numbers = {key: one for key, one in value.items() if key != "distribution" and not _nothing(one)}
    if value.get("distribution") == "discrete":
        if _chances(numbers.get("values"), numbers.get("weights")) != _chances_of(given):
            yield f"{_dotted(where)}: {value} was written, {given} was read"
        return
    if not isinstance(given, dict):
        if not all(_same(one, given) for one in numbers.values()) or not numbers:
            yield f"{_dotted(where)}: {value} was written, {given} was read"
        return
    named = {"distribution": str(value["distribution"])} if "distribution" in given else {}
    if named.get("distribution", "split_normal") != given.get("distribution", "split_normal"):
        yield f"{_dotted(where)}: another distribution was read"
    bare = {key: one for key, one in given.items() if key != "distribution"}
    yield from _mapping(numbers, bare, {}, where)


def _chances(values: Tree, weights: Tree) -> dict[float, float]:
    each = [Decimal(1)] * len(values) if weights is None else [Decimal(str(one)) for one in weights]
    total: dict[float, float] = {}
    for one, weight in zip(values, each, strict=True):
        if weight > 0:
            total[float(one)] = total.get(float(one), 0.0) + float(weight)
    whole = sum(total.values())
    return {one: round(weight / whole, 9) for one, weight in sorted(total.items())}


def _chances_of(given: Any) -> dict[float, float]:
    if not isinstance(given, dict):
        return {float(given): 1.0}
    return _chances(given["values"], given.get("weights"))


def _same(leaf: Tree, given: Any) -> bool:
    """Whether one word of the file is one value of the document."""
    if not isinstance(leaf, Leaf):
        return False
    if given is None:
        return _nothing(leaf)
    if isinstance(given, bool):
        return leaf.plain and leaf == str(given).lower()
    if isinstance(given, int | float):
        return _same_number(leaf, given)
    folded = " ".join(leaf.split())
    signed = leaf.plain and bool(re.fullmatch(r"\+[0-9]+", leaf))
    return folded == " ".join(given.split()) or (signed and leaf[1:] == given)


def _same_number(leaf: Leaf, given: float) -> bool:
    if leaf in WORDED:
        return WORDED[leaf] == given
    if not leaf.plain or not NUMBER.fullmatch(leaf):
        return False
    exact = Decimal(leaf)
    return float(exact) == float(given) and (exact == 0) == (given == 0)


def _dotted(where: Where) -> str:
    return ".".join(str(part) for part in where)


def spans(text: str) -> dict[Where, set[int]]:
    """The lines on which each value of a text stands, its key's among them."""
    found: dict[Where, set[int]] = {}
    _note_spans(yaml.compose(text, Loader=yaml.BaseLoader), (), set(), found)
    return found


def _note_spans(node: Any, where: Where, more: set[int], found: dict[Where, set[int]]) -> None:
    found[where] = more | set(range(node.start_mark.line, node.end_mark.line + 1))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines = set(range(key.start_mark.line, key.end_mark.line + 1))
            _note_spans(value, (*where, str(key.value)), lines, found)
    elif isinstance(node, yaml.SequenceNode):
        for at, entry in enumerate(node.value):
            _note_spans(entry, (*where, at), set(), found)


def leaves(document: Any, where: Where = ()) -> dict[Where, Any]:
    """Every value of a document by its path."""
    if isinstance(document, dict):
        return {path: one for key, part in document.items() for path, one in leaves(part, (*where, key)).items()}
    if isinstance(document, list) and any(isinstance(part, dict) for part in document):
        return {path: one for at, part in enumerate(document) for path, one in leaves(part, (*where, at)).items()}
    return {where: document}
