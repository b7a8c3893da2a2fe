"""What a key of a scenario file means, from the schema itself and the table of parameters."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from textwrap import wrap
from typing import Any

from simulator import datasets
from simulator.errors import InputError, Problem, nearest
from simulator.scenario import Key, explain
from simulator.scenario.forms import FORMS, SPLIT_NORMAL

WIDTH = 80
PARAMETERS = "parameters."


def in_words(word: str) -> str:
    """What `oilsim explain` prints.

    Raises
    ------
    InputError : no key, type of shock or parameter is spelled so; with the nearest that is.
    """
    return "\n\n".join("\n".join(_block(keys)) for keys in _alike(_found(word)))


def _found(word: str) -> tuple[Key, ...]:
    vocabulary = datasets.vocabulary()
    bare, _, buyer = word.removeprefix(PARAMETERS).partition(".")
    if bare in vocabulary.parameters and buyer:
        if buyer not in vocabulary.buyers:
            what, known = "there is no such buyer", vocabulary.buyers
            raise InputError([Problem(word, what, allowed=", ".join(known), meant=nearest(buyer, known))])
        word = word if f"{bare}.{buyer}" in vocabulary.parameters else bare
    return explain(word, vocabulary)


def _alike(keys: tuple[Key, ...]) -> list[list[Key]]:
    """Keys that say the same in several types of shock are explained once."""
    groups: dict[tuple[Any, ...], list[Key]] = {}
    for key in keys:
        same = (key.pattern.rpartition(".")[2], key.meaning, key.allowed, key.unit, key.required, str(key.default))
        groups.setdefault(same, []).append(key)
    return list(groups.values())


def _block(keys: list[Key]) -> Iterator[str]:
    first, *others = keys
    yield first.pattern
    yield from _folded(first.meaning)
    if first.kind == "shock":
        return
    parameter = first.pattern.startswith(PARAMETERS)
    facts = {
        "value": first.kind,
        "unit": "" if first.unit in first.allowed else first.unit,
        "allowed": first.allowed if first.allowed != first.kind else "",
        "known": _names(first.kind),
        "other shapes": _shapes(first.kind),
        "default": _default(first),
        **(_provenance(first.pattern.removeprefix(PARAMETERS)) if parameter else {}),
        "also in": ", ".join(_owner(key) for key in others),
    }
    for label, text in facts.items():
        if text:
            yield from _folded(f"{label}: {text}", hanging="  ")


def _folded(text: str, hanging: str = "") -> list[str]:
    folded = " ".join(text.split())
    return wrap(
        folded,
        WIDTH,
        initial_indent="  ",
        subsequent_indent="  " + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _default(key: Key) -> str:
    if key.required:
        return "none, it is required"
    if isinstance(key.default, dict):
        return ", ".join(f"{name} {value:g}" for name, value in key.default.items())
    return "" if key.default is None or key.default == () else str(key.default)


def _names(kind: str) -> str:
    """The names the data knows, for a key that takes some."""
    words = datasets.vocabulary()
    if "stream ids" in kind:
        return f"{', '.join(words.groups)}; countries and streams as in `oilsim data show streams`"
    if "buyer ids" in kind:
        return ", ".join((*words.buyers, "china"))
    return ", ".join({"chokepoint names": words.chokepoints, "baseline names": words.baselines}.get(kind, ()))


def _shapes(kind: str) -> str:
    """The named distributions, for a number that may be uncertain."""
    named = ", ".join(name for name in FORMS if name != SPLIT_NORMAL)
    return f"{{distribution: ...}}, {named} (oilsim explain distribution)" if "{low" in kind else ""


def _provenance(name: str) -> dict[str, str]:
    (row,) = datasets.table("parameters").where(name=name)
    source = row["citation"] + (f" ({row['url']})" if row["url"] else "")
    return {"standing": row["standing"], "source": source, "after history": _fitted(name)}


def _fitted(name: str) -> str:
    """What runs draw from where the parameter was fitted to history; nothing where it was not."""
    members = datasets.table("posterior")
    if name not in members.meta["columns"]:
        return ""
    known = sorted(members.column(name))
    low, mid, high = (known[ceil(level * len(known)) - 1] for level in (0.05, 0.5, 0.95))
    return f"low {low:.3g}, mid {mid:.3g}, high {high:.3g}; runs draw this together with the others that were fitted"


def _owner(key: Key) -> str:
    """The type of shock a key belongs to, `scenario` for one at the top."""
    return key.pattern.split(".")[1] if key.pattern.startswith("shocks.") else "scenario"
