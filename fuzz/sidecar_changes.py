"""Changes of a sidecar: fields misspelt, of the wrong type, twice, missing; rules that say less; hostile YAML."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from fuzz.cell_changes import Change

WRONG: tuple[Any, ...] = (
    None,
    5,
    -1,
    1.5,
    True,
    "x",
    "",
    [],
    {},
    [[]],
    {"a": {"b": 1}},
    float("nan"),
    float("inf"),
    10**30,
)
FIELDS = ("title", "producer", "dates", "licence", "sha256", "rows", "key", "columns", "caveats")
TEXTS = ("title", "producer", "licence")
RULES = ("type", "unit", "low", "high", "allowed", "optional", "meaning")
BOMB = "\n".join(["a0: &a0 [x, x]", *(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 12))])


def _edited(edit: Callable[[dict[str, Any], random.Random], bool]) -> Change:
    """The sidecar read, changed and written again."""

    def change(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
        new = copy.deepcopy(meta)
        if not edit(new, rng):
            return False
        text = yaml.safe_dump(new, sort_keys=False, allow_unicode=True)
        path.with_suffix(".yaml").write_text(text, encoding="utf-8")
        return True

    return change


def _text(edit: Callable[[str, random.Random], str]) -> Change:
    def change(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
        sidecar = path.with_suffix(".yaml")
        old = sidecar.read_text(encoding="utf-8")
        sidecar.write_text(edit(old, rng), encoding="utf-8", newline="")
        return sidecar.read_text(encoding="utf-8") != old

    return change


def _raw(edit: Callable[[bytes], bytes]) -> Change:
    def change(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
        sidecar = path.with_suffix(".yaml")
        sidecar.write_bytes(edit(sidecar.read_bytes()))
        return True

    return change


def _place(make: Callable[[Path], object]) -> Change:
    def change(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
        sidecar = path.with_suffix(".yaml")
        sidecar.unlink()
        make(sidecar)
        return True

    return change


def _wrong_type(meta: dict[str, Any], rng: random.Random) -> bool:
    field = rng.choice(FIELDS)
    wrong = [w for w in WRONG if not (isinstance(w, str) and w and field in TEXTS) and w != meta[field]]
    meta[field] = rng.choice(wrong)
    return True


def _gone(meta: dict[str, Any], rng: random.Random) -> bool:
    del meta[rng.choice(FIELDS)]
    return True


def _misspelt(meta: dict[str, Any], rng: random.Random) -> bool:
    field = rng.choice(FIELDS)
    meta[field[:-1] + "q"] = meta.pop(field) if rng.random() < 0.5 else meta[field]
    return True


def _rule(meta: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    return dict.__getitem__(meta["columns"], rng.choice(list(meta["columns"])))


def _rule_wrong(meta: dict[str, Any], rng: random.Random) -> bool:
    rule = _rule(meta, rng)
    field = rng.choice([name for name in RULES if name in rule])
    wrong = [w for w in WRONG if w != rule[field]]
    if field in ("unit", "meaning"):
        wrong = [w for w in wrong if not (isinstance(w, str) and w)]
    if field in ("low", "high"):
        wrong = [w for w in wrong if not isinstance(w, int | float) or isinstance(w, bool) or w != w]
    if field == "optional":
        wrong = [w for w in wrong if not isinstance(w, bool)]
    rule[field] = rng.choice(wrong)
    return True


def _rule_gone(meta: dict[str, Any], rng: random.Random) -> bool:
    rule = _rule(meta, rng)
    gone = [name for name in ("type", "low", "high", "allowed", "meaning", "unit") if name in rule]
    del rule[rng.choice(gone)]
    return True


def _rule_misspelt(meta: dict[str, Any], rng: random.Random) -> bool:
    rule = _rule(meta, rng)
    name = rng.choice([name for name in RULES if name in rule])
    rule[name[:-1] + "z"] = rule.pop(name)
    return True


def _range_upside_down(meta: dict[str, Any], rng: random.Random) -> bool:
    rules = [rule for rule in meta["columns"].values() if "low" in rule and rule["low"] != rule["high"]]
    if not rules:
        return False
    rule = rng.choice(rules)
    rule["low"], rule["high"] = rule["high"], rule["low"]
    return True


def _range_wider(meta: dict[str, Any], rng: random.Random) -> bool:
    rules = [rule for rule in meta["columns"].values() if "low" in rule]
    if not rules:
        return False
    rule = rng.choice(rules)
    field, value = rng.choice([("high", 1e300), ("low", -1e300), ("high", 10**400), ("high", float("inf"))])
    rule[field] = value
    return True


def _type_other(meta: dict[str, Any], rng: random.Random) -> bool:
    rules = [rule for rule in meta["columns"].values() if rule["type"] != "str"]
    if not rules:
        return False
    rule = rng.choice(rules)
    rule["type"] = "str"
    for field in ("low", "high"):
        rule.pop(field, None)
    return True


def _made_optional(meta: dict[str, Any], rng: random.Random) -> bool:
    rules = [rule for rule in meta["columns"].values() if not rule.get("optional") and rule["type"] != "str"]
    if not rules:
        return False
    rng.choice(rules)["optional"] = True
    return True


def _refers(meta: dict[str, Any], rng: random.Random) -> bool:
    rules = [rule for rule in meta["columns"].values() if "allowed" in rule]
    if not rules:
        return False
    there = [
        "nowhere.column",
        "streams.nothing",
        "../../etc/passwd.x",
        "streams.api",
        ".",
        "a.b.c",
        "./.",
        "\x00.a",
        5,
        None,
    ]
    rng.choice(rules)["allowed"] = [rng.choice(there)]
    return True


def _refers_to_itself(meta: dict[str, Any], rng: random.Random) -> bool:
    name = rng.choice(list(meta["columns"]))
    meta["columns"][name] = {"type": "str", "meaning": "x", "allowed": [f"{meta['stem']}.{name}"]}
    del meta["stem"]
    return True


def _itself(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
    return _edited(_refers_to_itself)(path, {**meta, "stem": path.stem}, rng)


def _key_other(meta: dict[str, Any], rng: random.Random) -> bool:
    meta["key"] = rng.choice([["nothing"], [], [*meta["key"], "source"], ["source"], [meta["key"][0]] * 2, "stream"])
    return True


def _twice(text: str, rng: random.Random) -> str:
    field = rng.choice(["rows: 1\n", "sha256: abc\n", "title: again\n", "key: [x]\n"])
    return rng.choice([field + text, text + ("" if text.endswith("\n") else "\n") + field])


def _column_twice(text: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    at = lines.index("columns:\n") + 1
    name = lines[at]
    return "".join([*lines[:at], name, "    type: str\n    meaning: again\n", *lines[at:]])


def _first_line(new: str) -> Change:
    return _text(lambda text, rng: new + text.split("\n", 1)[1])


def _caveats(new: str) -> Change:
    return _text(lambda text, rng: text.split("caveats:")[0] + "caveats:" + new + "\n")


REFUSED: dict[str, Change] = {
    "sidecar: wrong type": _edited(_wrong_type),
    "sidecar: field missing": _edited(_gone),
    "sidecar: field misspelt": _edited(_misspelt),
    "sidecar: rule of the wrong type": _edited(_rule_wrong),
    "sidecar: rule missing": _edited(_rule_gone),
    "sidecar: rule misspelt": _edited(_rule_misspelt),
    "sidecar: low above high": _edited(_range_upside_down),
    "sidecar: range widened": _edited(_range_wider),
    "sidecar: number made text": _edited(_type_other),
    "sidecar: made optional": _edited(_made_optional),
    "sidecar: refers to nothing": _edited(_refers),
    "sidecar: refers to itself": _itself,
    "sidecar: another key": _edited(_key_other),
    "sidecar: field twice": _text(_twice),
    "sidecar: column twice": _text(_column_twice),
    "sidecar: unknown field": _text(lambda text, rng: f"colour: red\n{text}"),
    "sidecar: alias bomb": _text(lambda text, rng: f"{BOMB}\n{text}"),
    "sidecar: bomb as caveats": _text(lambda text, rng: BOMB + "\n" + text.split("caveats:")[0] + "caveats: [*a11]\n"),
    "sidecar: alias of itself": _caveats(" &a [*a]"),
    "sidecar: code in a tag": _first_line("title: !!python/object/apply:os.system [exit 9]\n"),
    "sidecar: tag": _first_line("title: !!binary aGVsbG8=\n"),
    "sidecar: merge key": _text(lambda text, rng: text + "<<: {title: other}\n"),
    "sidecar: deep nesting": _caveats(" " + "[" * 50_000 + "]" * 50_000),
    "sidecar: deep blocks": _caveats("\n" + "- " * 5_000 + "x"),
    "sidecar: 20 MB": _text(lambda text, rng: text + "# " + "x" * 20_000_000 + "\n"),
    "sidecar: two documents": _text(lambda text, rng: f"{text}---\n{text}"),
    "sidecar: empty": _text(lambda text, rng: ""),
    "sidecar: a list": _text(lambda text, rng: "- a\n- b\n"),
    "sidecar: a word": _text(lambda text, rng: "table\n"),
    "sidecar: not YAML": _text(lambda text, rng: text + "a: [\n"),
    "sidecar: key that is a list": _text(lambda text, rng: text + "? [a, b]\n: 1\n"),
    "sidecar: number as key": _text(lambda text, rng: text + "5: 1\n"),
    "sidecar: control character": _text(lambda text, rng: text + "# \x07\n"),
    "sidecar: UTF-16": _raw(lambda raw: raw.decode().encode("utf-16")),
    "sidecar: not UTF-8": _raw(lambda raw: raw + b"# \xff\xfe\n"),
    "sidecar: gone": _place(lambda path: None),
    "sidecar: folder": _place(Path.mkdir),
    "sidecar: dangling link": _place(lambda path: path.symlink_to("nowhere")),
}  # fmt: skip
"""Nothing of this may be accepted."""

HARMLESS: dict[str, Change] = {
    "sidecar: CRLF": _raw(lambda raw: raw.replace(b"\n", b"\r\n")),
    "sidecar: other words": _first_line("title: Another title\n"),
    "sidecar: comment": _text(lambda text, rng: f"# a comment\n{text}"),
    "sidecar: BOM": _raw(lambda raw: b"\xef\xbb\xbf" + raw),
}
"""Means the same."""
