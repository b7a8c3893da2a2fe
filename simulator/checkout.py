"""Which commit the program runs from, read off the checkout's own files: no git is run, and none need be installed."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator import __version__

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FIXED, _EXTENDED = 40, 0x4000
"""Bytes of an index entry before the digest of its content, and the flag of one with two bytes more."""


@dataclass(frozen=True)
class Checkout:
    """The commit a program runs from.

    changed : whether its files differ from those git has staged, which are the commit's unless something was added
    release : whether it is the commit tagged with the version it carries, unchanged
    """

    commit: str
    changed: bool
    release: bool


def checkout(package: Path, version: str = __version__) -> Checkout | None:
    """The checkout whose top level holds this package; None where it was installed, or nothing can be said."""
    try:
        own = _git_folder(package.parent / ".git")
        if own is None:
            return None
        shared = _shared(own)
        commit = _resolve(own, shared, (own / "HEAD").read_text(encoding="utf-8").strip())
        staged = _staged(own / "index", len(commit or "") // 2)
    except (OSError, ValueError, IndexError, struct.error):
        return None
    prefix = f"{package.name}/"
    known = {path.removeprefix(prefix): digest for path, digest in staged if _of_program(path, prefix)}
    if commit is None or not known:
        return None
    changed = known != {file.relative_to(package).as_posix(): _blob(file, len(commit)) for file in sources(package)}
    return Checkout(commit, changed, not changed and commit in _tagged(own, shared, f"refs/tags/v{version}"))


def sources(package: Path) -> list[Path]:
    """The files that make up the program, in order."""
    return sorted(package.rglob("*.py"))


def _of_program(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and path.endswith(".py")


def _git_folder(place: Path) -> Path | None:
    """The folder of this working tree: `.git` itself, or the one that a file of that name points to."""
    if place.is_dir():
        return place
    if not place.is_file():
        return None
    return place.parent / place.read_text(encoding="utf-8").strip().removeprefix("gitdir: ")


def _shared(own: Path) -> Path:
    """The folder that all working trees of a repository share."""
    link = own / "commondir"
    return own / link.read_text(encoding="utf-8").strip() if link.is_file() else own


def _resolve(own: Path, shared: Path, word: str) -> str | None:
    """The digest that a name stands for, through other names; None where it stands for nothing."""
    for _ in range(5):
        if _HASH.fullmatch(word):
            return word
        name = word.removeprefix("ref: ")
        file = next((place / name for place in (own, shared) if (place / name).is_file()), None)
        word = file.read_text(encoding="utf-8").strip() if file else next(iter(_packed(shared, name)), "")
    return None


def _packed(shared: Path, name: str) -> Iterator[str]:
    """What the list of packed names says of one: its digest, and below it the commit that a signed tag is of."""
    listed = shared / "packed-refs"
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    for number, line in enumerate(lines):
        if line.endswith(f" {name}"):
            yield line.split()[0]
            yield from (one[1:] for one in lines[number + 1 : number + 2] if one.startswith("^"))


def _tagged(own: Path, shared: Path, name: str) -> set[str]:
    """The commit of a tag, and the tag's own digest where it has one."""
    found = {*_packed(shared, name), _resolve(own, shared, f"ref: {name}") or ""} - {""}
    for digest in tuple(found):
        stored = shared / "objects" / digest[:2] / digest[2:]
        if stored.is_file():
            said = zlib.decompress(stored.read_bytes()).partition(b"\0")[2]
            found |= {said[7:].split(b"\n")[0].decode()} if said.startswith(b"object ") else set()
    return found


def _staged(index: Path, size: int) -> list[tuple[str, str]]:
    """Paths and digests of all files git keeps track of; digests are `size` bytes long.

    Notes
    -----
    The format is git's own, gitformat-index: editions 2 and 3 pad entries to eight bytes, 4 shortens paths by what they
    share with the one before.
    """
    raw = index.read_bytes()
    mark, edition, count = struct.unpack_from(">4sII", raw)
    if mark != b"DIRC" or edition not in (2, 3, 4):
        raise ValueError("not an index")
    at, before, found = 12, b"", []
    for _ in range(count):
        start = at
        digest = raw[at + _FIXED : at + _FIXED + size].hex()
        at += _FIXED + size
        (flags,) = struct.unpack_from(">H", raw, at)
        at += 4 if flags & _EXTENDED else 2
        cut = 0
        if edition == 4:
            cut, at = _varint(raw, at)
        end = raw.index(b"\0", at)
        path = (before[: len(before) - cut] if edition == 4 else b"") + raw[at:end]
        at = end + 1 if edition == 4 else start + (end - start + 8) // 8 * 8
        before = path
        found.append((path.decode("utf-8", "surrogateescape"), digest))
    return found


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    """A number in git's offset coding, and where it ends."""
    value = raw[at] & 0x7F
    while raw[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (raw[at] & 0x7F)
    return value, at + 1


def _blob(file: Path, digits: int) -> str:
    """The digest git gives to a file's content."""
    content = file.read_bytes()
    make = hashlib.sha1 if digits == 40 else hashlib.sha256
    return make(b"blob %d\0" % len(content) + content).hexdigest()
