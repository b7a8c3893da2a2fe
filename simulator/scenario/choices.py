"""Words out of a short list, and shares that may be given as a word."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.errors import nearest
from simulator.reading.findings import Finding
from simulator.reading.scalars import shown
from simulator.scenario.kinds import Kind, refuse
from simulator.scenario.ranges import Range
from simulator.scenario.values import Distribution


@dataclass(frozen=True)
class Word(Kind):
    """One word out of a list that the model itself knows, whatever the data."""

    what: str
    known: tuple[str, ...]

    kind = "word"
    unit = ""

    @property
    def allowed(self) -> str:
        """The whole list."""
        return ", ".join(self.known)

    @property
    def words(self) -> str:
        """The same: what a list of such words holds."""
        return self.allowed

    def read(self, value: object) -> str:
        """The word, as it stands in the list."""
        if isinstance(value, str) and value in self.known:
            return value
        # Where there is one word alone, what is allowed says it all.
        meant = nearest(value, self.known) if isinstance(value, str) and len(self.known) > 1 else None
        what = f"there is no such {self.what}"
        raise refuse(Finding((), what, given=shown(value), allowed=self.allowed, meant=meant))


@dataclass(frozen=True)
class WordedShare(Range):
    """A share, or a word for none or all of it; the word is read as the number it stands for."""

    none: str = "none"
    all: str = "all"

    @property
    def kind(self) -> str:  # type: ignore[override]
        """A number as elsewhere, or one of the two words."""
        return f"{self.none}, {self.all}, a number, or {{low, mid, high}}"

    @property
    def allowed(self) -> str:
        """The two words and the legal range."""
        return f"{self.none}, {self.all}, or {self.span}"

    def read(self, value: object) -> Distribution:
        """The share as a distribution; raises the findings otherwise."""
        words = {self.none: 0.0, self.all: 1.0}
        if isinstance(value, str) and value in words:
            return Distribution.constant(words[value])
        if isinstance(value, str) and not any(sign.isdigit() for sign in value):
            what, meant = "is neither a word for a share nor a number", nearest(value, words)
            raise refuse(Finding((), what, given=shown(value), allowed=self.allowed, meant=meant))
        return super().read(value)
