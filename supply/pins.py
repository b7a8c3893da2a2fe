"""Versions the tests run with, written down: names and versions alone, no address."""

from __future__ import annotations

from supply.packages import CONSTRAINTS, extras, needed

HEADING = "# Versions the tests were run with; the ranges are in pyproject.toml. Written by `make pins`."


def installed() -> dict[str, str]:
    """Name -> version of every package any extra needs."""
    found = needed()
    for extra in extras():
        found |= needed(extra)
    return dict(sorted(found.items()))


def write() -> int:
    """Write constraints.txt from what is installed here."""
    lines = [HEADING, *(f"{name}=={version}" for name, version in installed().items())]
    CONSTRAINTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written: {CONSTRAINTS.name}, {len(lines) - 1} packages")
    return 0
