"""Ways in which a file goes wrong: by a slip of the hand, a copy from elsewhere, or on purpose."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Mutation = Callable[[str, random.Random], str]

HOMOGLYPHS = {"a": "а", "c": "с", "e": "е", "i": "і", "o": "о", "p": "р", "s": "ѕ", "x": "х", "y": "у", "l": "ӏ"}
FULL_WIDTH = {str(digit): chr(0xFF10 + digit) for digit in range(10)} | {".": "．", "-": "－", ":": "："}
INVISIBLE = ("\u00a0", "\u200b", "\u200d", "\ufeff", "\u2028", "\u2029", "\u0085", "\u202e", "\u00ad", "\u2007")
CONTROL = ("\x00", "\x07", "\x08", "\x1b[31m", "\x7f", "\r", "\t", "\x0b", "\x0c", "\x1b]0;x\x07", "\u009b")
VALUES = (
    "50%", "1 mb/d", "0.5 kbd", "70 USD", "1,000", "1_000", "1e3", "0x1F", "010", "12:30", "0o17", "1.5e", "1e", "--1",
    "+.5", "5.", "1e400", "-1e400", "1e-400", "9" * 301, "9" * 5000, ".nan", "nan", "NaN", ".inf", "-.inf", "Infinity",
    "NO", "yes", "on", "off", "y", "true", "false", "null", "~", "", "2026-03-01", "2026-3", "2026/03", "2026-13",
    "2026-03-01T00:00:00Z", "[]", "{}", "[1]", "{low: 1}", "[[1]]", "{a: {b: 1}}", "!!float 1",
    "!!python/name:os.system", "!!python/object/apply:os.system [id]", "&a 1", "*a", "<<", "? 1", "| \n  1",
    ">-\n   1", "'0.5'", '"0.5"',
    '"\\ud800"', '"\\UFFFFFFFF"', '"\\x00"', '"\\e[31m"', "０.５", "0٫5", "٠", "½", "0,5", "5e-324", "-0", "-0.0", "+0",
    "1.0", "0.1.2", "1 000", "1'000", "≈1", "1/2", "0.5 # half", "0.5#half", "0.5;", "0.5,", "= 0.5", "'", '"', "`x`",
    "@x", "%x", "iran", "[iran, iran]", "[iran, null]", "[china, 1]", "{low: 1, mid: 2, high: .nan}",
    "${HOME}", "{{x}}",
)  # fmt: skip
KEY = re.compile(r"^(?P<lead>[ \t]*(?:- )?)(?P<key>[A-Za-z_.\"']+)(?P<colon>:)(?P<value>.*)$")
UNITS = ("_mbd", "_kbd", "_pct", "_usd", "_usd_bbl", "_share", "_percent", "_months", "s", "_", " ", "'")


def slip(text: str, rng: random.Random) -> str:
    """One sign dropped, doubled, swapped with its neighbour, or put in."""
    at = rng.randrange(len(text))
    sign = text[at]
    kind = rng.randrange(5)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + sign + text[at:]
    if kind == 2 and at + 1 < len(text):
        return text[:at] + text[at + 1] + sign + text[at + 2 :]
    put = rng.choice("#:-[]{}'\"|>&*!%@`,?\\ \n\t0159.eE_~=")
    return text[:at] + put + text[at + (kind == 3) :]


def slip_in_key(text: str, rng: random.Random) -> str:
    """A letter of a key dropped, doubled, swapped, in capitals or of another alphabet."""

    def change(key: str) -> str:
        at = rng.randrange(len(key))
        sign, swapped = key[at], key[at + 1 : at + 2]
        forms = ("", sign * 2, swapped + sign if swapped else "", sign.upper(), HOMOGLYPHS.get(sign, ""), "-")
        return key[:at] + rng.choice(forms) + key[at + 1 + bool(swapped and rng.random() < 0.3) :]

    return _on_key(text, rng, change)


def unit_in_key(text: str, rng: random.Random) -> str:
    """A unit put behind a key, or in place of its own."""

    def change(key: str) -> str:
        bare = key.rpartition("_")[0] or key
        return rng.choice((key, bare)) + rng.choice(UNITS)

    return _on_key(text, rng, change)


def other_value(text: str, rng: random.Random) -> str:
    """A value replaced by one that looks like it, or like nothing at all."""
    return _on_line(text, rng, lambda lead, key, value: f"{lead}{key}: {rng.choice(VALUES)}")


def unit_in_value(text: str, rng: random.Random) -> str:
    """A unit, a sign or a remark behind a value."""
    behind = ("%", " %", " kbd", "k", "m", " mb/d", " USD", "e3", "_0", ",0", "#", " #", ":", " :", "\u00a0", "\u200b")
    return _on_line(text, rng, lambda lead, key, value: f"{lead}{key}:{value}{rng.choice(behind)}")


def look_alikes(text: str, rng: random.Random) -> str:
    """A letter, digit or sign replaced by one that looks the same."""
    table = HOMOGLYPHS | FULL_WIDTH
    places = [at for at, sign in enumerate(text) if sign in table]
    if not places:
        return text
    at = rng.choice(places)
    return text[:at] + table[text[at]] + text[at + 1 :]


def unseen(text: str, rng: random.Random) -> str:
    """Signs that no editor shows, or that a terminal obeys."""
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice((*INVISIBLE, *CONTROL)) + text[at:]


def moved(text: str, rng: random.Random) -> str:
    """A line moved to the left or right."""
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    by = rng.choice((-2, -1, 1, 2, 4))
    line = lines[at]
    lines[at] = " " * by + line if by > 0 else line[min(-by, len(line) - len(line.lstrip())) :]
    return "\n".join(lines)


def lines_about(text: str, rng: random.Random) -> str:
    """A line doubled, dropped, swapped with another, or written twice with another value."""
    lines = text.split("\n")
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(4)
    if kind == 0:
        lines.insert(other, lines[at])
    elif kind == 1:
        del lines[at]
    elif kind == 2:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = "#" + lines[at]
    return "\n".join(lines)


def keys_swapped(text: str, rng: random.Random) -> str:
    """Two keys that change places, their values staying."""
    lines = text.split("\n")
    found = [(at, match) for at, line in enumerate(lines) if (match := KEY.match(line))]
    if len(found) < 2:
        return text
    (one, first), (two, second) = rng.sample(found, 2)
    lines[one] = f"{first['lead']}{second['key']}:{first['value']}"
    lines[two] = f"{second['lead']}{first['key']}:{second['value']}"
    return "\n".join(lines)


def cut(text: str, rng: random.Random) -> str:
    """A file whose end is missing."""
    return text[: rng.randrange(len(text))]


def dressed(text: str, rng: random.Random) -> str:
    """Another encoding mark, other line ends, documents, directives, anchors, merge keys."""
    forms = (
        lambda: "\ufeff" + text,
        lambda: "\ufeff\ufeff" + text,
        lambda: text.replace("\n", "\r\n"),
        lambda: text.replace("\n", "\r"),
        lambda: text.replace("\n", "\u2028", 1),
        lambda: f"---\n{text}",
        lambda: f"%YAML 1.1\n---\n{text}",
        lambda: f"%YAML 2.0\n---\n{text}",
        lambda: f"%loss_share 0.5\n---\n{text}",
        lambda: f"%TAG ! tag:x,2000:\n---\n{text}",
        lambda: f"{text}...\nmonths: 3\n",
        lambda: f"{text}---\n{text}",
        lambda: text.replace("schema: 1", "schema: &a 1", 1).replace("months:", "<<: *a\nmonths:", 1),
        lambda: "x: &x [" + "1," * 9 + "]\ny: [" + "*x," * 9 + "]\n" + text,
        lambda: text + "note: " + "[" * rng.choice((5, 25, 500)) + "\n",
        lambda: text + "z: " + "{a: " * 30 + "1" + "}" * 30 + "\n",
        lambda: text.replace(":", ": &b", 1),
        lambda: text.replace(": ", ": !!str ", 1),
        lambda: text + "? {a: 1}\n: 2\n",
        lambda: text + "? [a]\n: 2\n",
        lambda: text + "~: 1\n1: 2\ntrue: 3\n",
        lambda: "{" + ", ".join(line for line in text.split("\n")[:4] if line) + "}",
        lambda: text + "\n".join(f"k{n}: {n}" for n in range(2000)),
        lambda: text + "note: >\n" + "  word\n" * 800,
        lambda: text + "a" * 5000 + ": 1\n",
        lambda: text + "_origins: 1\nschema_version: 1\nmodel_config: {}\n__class__: x\n",
        lambda: text + '"\\ud800": 1\n',
        lambda: text + 'note: "\\ud83d\\ude00 \\x9b31m"\n',
    )
    return rng.choice(forms)()


def links(text: str, rng: random.Random) -> str:
    """A parent that is elsewhere, no file, or the file itself."""
    where = (
        "../outside.yaml", "/etc/passwd", "parts/../../outside.yaml", "case.yaml", "./case.yaml", "parts", ".", "..",
        "~", "/dev/zero", "/dev/stdin", "parts/link_outside.yaml", "parts/loop.yaml", "parts/pipe",
        "parts/parent.yaml",
        "parts/circle.yaml", "parts/grandchild.yaml", "parts\\parent.yaml", "file:///etc/passwd", "http://x/y.yaml",
        '"parts/\\x00.yaml"', "x" * 600, '"parts/parent.yaml "', "PARTS/parent.yaml", "parts//parent.yaml",
        "$HOME/x.yaml", "[parts/parent.yaml]", "1", "null", "''", '"\\ud800.yaml"', "parts/folder_link/outside.yaml",
        '"a\\nb.yaml"',
    )  # fmt: skip
    return text + f"extends: {rng.choice(where)}\n"


def twice(text: str, rng: random.Random) -> str:
    """Two mutations, one upon the other."""
    single = [mutation for mutation in MUTATIONS.values() if mutation is not twice]
    first = rng.choice(single)(text, rng)
    return rng.choice(single)(first, rng) if first else first


MUTATIONS: dict[str, Mutation] = {
    "slip of the hand": slip,
    "slip in a key": slip_in_key,
    "unit in a key": unit_in_key,
    "another value": other_value,
    "unit in a value": unit_in_value,
    "look-alike": look_alikes,
    "unseen signs": unseen,
    "indentation": moved,
    "lines moved": lines_about,
    "keys swapped": keys_swapped,
    "cut short": cut,
    "dressed up": dressed,
    "extends": links,
    "two at once": twice,
}


def _on_key(text: str, rng: random.Random, change: Callable[[str], str]) -> str:
    return _on_line(text, rng, lambda lead, key, value: f"{lead}{change(key)}:{value}")


def _on_line(text: str, rng: random.Random, change: Callable[[str, str, str], str]) -> str:
    lines = text.split("\n")
    found = [(at, match) for at, line in enumerate(lines) if (match := KEY.match(line))]
    if not found:
        return text
    at, match = rng.choice(found)
    lines[at] = change(match["lead"], match["key"], match["value"])
    return "\n".join(lines)
