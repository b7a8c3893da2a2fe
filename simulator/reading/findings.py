"""What is wrong with a scenario, before it is known where in which file it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulator.errors import Place, printable

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Finding:
    """One thing wrong at a path of the scenario.

    `at_key` points at the key instead of its value; `missing` says that nothing is written at this path;
    `place` is filled where the reader knows it already.
    """

    path: Path
    what: str
    given: str | None = None
    allowed: str | None = None
    meant: str | None = None
    at_key: bool = False
    missing: bool = False
    place: Place | None = None

    def under(self, path: Path) -> Finding:
        """The same finding, seen from further up."""
        return replace(self, path=path + self.path)


def dotted(path: Path) -> str:
    """A path as messages and `--set` write it.

    >>> dotted(("shocks", 0, "loss_share"))
    'shocks.0.loss_share'
    """
    return ".".join(printable(str(part)) or '""' for part in path) or "file"
