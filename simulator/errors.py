"""What can go wrong, and what the user is told.

    OilsimError
    |-- InputError    exit 2   the user's file, key or option is wrong; carries every problem found
    `-- DataError     exit 3   a data file is missing or is not the one its sidecar describes

A draw that does not converge is not an error but an outcome: it is counted, named and left out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST_GIVEN, LONGEST_KEY, LONGEST_WHAT = 80, 200, 4000
"""Characters of what was given, of a key and of a problem that a message shows."""
LONGEST_PATH = 4096
"""Characters of the path of a file: no system has longer ones."""


@dataclass(frozen=True)
class Place:
    """Where in a file something stands; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        file = self.file if len(self.file) <= LONGEST_PATH else f"{self.file[:LONGEST_KEY]}..."
        return f"{printable(file)}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the user's input, printed as one line.

    `place` is None where the value came from the command line, which has no line or column. Whatever a user or file
    wrote is cut where it is endless, and cannot steer the terminal it is shown on.
    """

    key: str
    what: str
    place: Place | None = None
    given: object | None = None
    allowed: str | None = None
    meant: str | None = None

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        hints = []
        if self.given is not None:
            hints.append(f"given {_one_line(self.given, LONGEST_GIVEN)}")
        if self.allowed:
            hints.append(f"allowed {printable(self.allowed)}")
        if self.meant:
            hints.append(f"did you mean {_one_line(self.meant, LONGEST_GIVEN)}?")
        tail = f" ({'; '.join(hints)})" if hints else ""
        return f"{where}{_one_line(self.key, LONGEST_KEY)}: {_one_line(self.what, LONGEST_WHAT)}{tail}"


class OilsimError(Exception):
    """Anything the user is told in one line instead of a traceback."""

    exit_code = 1


class InputError(OilsimError):
    """The user's input is wrong; every problem is reported at once."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        # Exceptions travel between processes by their arguments, which here are not those of __init__.
        return type(self), (self.problems,)


class DataError(OilsimError):
    """A data file is missing or differs from what its sidecar describes."""

    exit_code = 3


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest in spelling to `word`, or None where nothing is close.

    >>> nearest("irann", ["iran", "iraq", "oman"])
    'iran'
    """
    if len(word) > LONGEST_KEY:
        return None
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def printable(text: str) -> str:
    """Text with line breaks and control characters escaped, so that a message stays one line.

    >>> printable("iran\\x1b[31m")
    'iran\\\\x1b[31m'
    """
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _one_line(value: object, longest: int) -> str:
    text = printable(" ".join(str(value).split()))
    return text if len(text) <= longest else text[: longest - 3] + "..."
