"""Under which licences the packages are that a user of oilsim installs."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from packaging.utils import canonicalize_name

from supply.packages import ROOT, extras, needed

PAGE = ROOT / "docs" / "licences.md"
FREE = ("MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "Zlib", "0BSD", "CC0", "MPL", "Mozilla")
"""Licences, by a word of their name, that let anybody use and pass on the whole."""
_FREE = re.compile(rf"(?<![a-z])({'|'.join(FREE)})(?![a-z])", re.IGNORECASE)

INTRODUCTION = """\
# Licences

oilsim is under the Apache License 2.0. It is installed beside the packages below, none of which it contains a copy of.
Two parts have a licence of their own, which lies beside them: the letters of pictures (`simulator/report/fonts`, cut
from Noto Sans SC, SIL Open Font License 1.1), and what lets the documentation be searched from disk
(`docs/iframe-worker`, MIT).

Versions are those of `constraints.txt`; licences are what each package says of itself. Nothing that every
user installs is under a licence that binds what is built on it; prim (extra `discovery`, which finds boxes of inputs)
and platypus-opt (a peer in the benchmarks) are under the GPL and are loaded only where they are asked for. Written by
`make licences`.
"""


def write() -> int:
    """Write the page; 1 where a package that every user gets is under none of the free licences."""
    said = licences()
    everyone = needed()
    parts = [INTRODUCTION, _section("Always", everyone, said)]
    for extra in extras():
        more = {name: version for name, version in needed(extra).items() if name not in everyone}
        parts.append(_section(f"With the extra `{extra}`", more, said))
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    closed = [name for name in everyone if not is_free(said[name])]
    for name in closed:
        print(f"{name}: {said[name]}: not among the licences allowed for what every user installs", file=sys.stderr)
    return 1 if closed else 0


def licences() -> dict[str, str]:
    """Name -> licence of every package installed here, in the package's own words."""
    asked = [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--with-system"]
    found = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    return {canonicalize_name(one["Name"]): _on_one_line(one["License"]) for one in found}


def is_free(licence: str) -> bool:
    """Whether a licence is one of the free ones; of several that apply together, each must be."""
    parts = licence.replace(";", " AND ").split(" AND ")
    return all(_FREE.search(part) for part in parts)


def _on_one_line(text: str) -> str:
    """A licence as one line, its first words where a package gives the whole text."""
    line = " ".join(text.split())
    if line == "UNKNOWN":
        return "not stated"
    return line if len(line) <= 80 else line[:77] + "..."


def _section(title: str, packages: dict[str, str], said: dict[str, str]) -> str:
    rows = [f"| {name} | {version} | {said[name]} |" for name, version in packages.items()]
    return "\n".join([f"## {title}", "", "| package | version | licence |", "| --- | --- | --- |", *rows, ""])
