"""The reason for moved figures, put where readers look for it: under "Numbers changed" of the changelog."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from textwrap import wrap

from simulator.errors import InputError, Problem
from simulator.golden.folder import repository
from simulator.keeping import write_whole

FILE = "CHANGELOG.md"
HEADING = "### Numbers changed"
WIDTH = 120
NEW = "# Changelog\n"


def add(where: Path, reason: str) -> Path:
    """Add a reason to the changelog nearest to a folder; the file it went to.

    That is `CHANGELOG.md` there or in a folder above, up to the root of the repository; a new one where there is none.
    """
    path = nearest(where)
    text = _read(path) if path.is_file() else NEW
    ends = "\r\n" if "\r\n" in text else "\n"
    longer = with_reason(text.replace("\r\n", "\n"), reason).replace("\n", ends)
    write_whole(path, partial(_put, content=longer.encode("utf-8")))
    return path


def nearest(where: Path) -> Path:
    """The changelog that speaks for a folder, which may not be there yet."""
    here, root = where.resolve(), repository(where)
    above = (here, *(one for one in here.parents if one.is_relative_to(root)))
    found = next((one / FILE for one in above if (one / FILE).is_file()), where / FILE)
    return Path(os.path.relpath(found)) if found.is_relative_to(Path.cwd()) else found


def with_reason(text: str, reason: str) -> str:
    """A changelog with the reason as last entry of the list of moved numbers in its first section, the newest.

    Without such a list the section gets one, and a changelog without sections gets it at its end.

    >>> print(with_reason("# Changelog\\n\\n## 1.1\\n\\n### Fixed\\n- a\\n", "Shares of 2025 revised."), end="")
    # Changelog
    <BLANKLINE>
    ## 1.1
    <BLANKLINE>
    ### Numbers changed
    - Shares of 2025 revised.
    <BLANKLINE>
    ### Fixed
    - a
    """
    plain = " ".join(reason.split())
    entry = "\n".join(wrap(f"- {plain}", WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False))
    lines = text.rstrip("\n").split("\n")
    sections = [number for number, line in enumerate(lines) if line.startswith("## ")]
    newest = lines[: sections[1]] if len(sections) > 1 else lines
    heading = next((number for number, line in enumerate(newest) if line.rstrip() == HEADING), None)
    if heading is not None:
        end = next((number for number in range(heading + 1, len(lines)) if lines[number].startswith("#")), len(lines))
        while not lines[end - 1].strip():
            end -= 1
        return "\n".join([*lines[:end], entry, *lines[end:]]) + "\n"
    if not sections:
        return "\n".join([*lines, "", HEADING, entry]) + "\n"
    rest = lines[sections[0] + 1 :]
    while rest and not rest[0].strip():
        rest = rest[1:]
    return "\n".join([*lines[: sections[0] + 1], "", HEADING, entry, *(["", *rest] if rest else [])]) + "\n"


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(path), f"the changelog cannot be read: {error}")]) from None


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)
