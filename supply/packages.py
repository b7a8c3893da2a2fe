"""The packages that oilsim needs, directly or through others, as installed here."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "oilsim"
ROOT = Path(__file__).parent.parent
CONSTRAINTS = ROOT / "constraints.txt"


def extras() -> tuple[str, ...]:
    """The extras of the project, in alphabetical order."""
    return tuple(sorted(metadata.metadata(PROJECT).get_all("Provides-Extra") or ()))


def needed(extra: str = "") -> dict[str, str]:
    """Name -> version of every package that an extra brings; without one, of those that every user gets.

    Raises
    ------
    PackageNotFoundError : one of them is not installed.
    """
    found: dict[str, str] = {}
    waiting = [(PROJECT, extra)]
    seen = set(waiting)
    while waiting:
        for name, brought in _asks(*waiting.pop()):
            found[name] = metadata.version(name)
            if (name, brought) not in seen:
                seen.add((name, brought))
                waiting.append((name, brought))
    return dict(sorted(found.items()))


def pinned() -> dict[str, str]:
    """Name -> version as the constraints have them."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def _asks(name: str, extra: str) -> Iterator[tuple[str, str]]:
    """What a package asks for here, each with the extras it asks for ('' for the package itself)."""
    for text in metadata.requires(name) or ():
        asked = Requirement(text)
        wanted = asked.marker is None or asked.marker.evaluate({"extra": extra})
        if wanted:
            for brought in ("", *asked.extras):
                yield canonicalize_name(asked.name), brought
