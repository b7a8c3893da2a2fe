"""Signs that a terminal can show: bars, arrows, rules; plain ones where the others are missing or of unsure width."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

EAST_ASIAN = ("zh", "ja", "ko")
LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")
"""Variables that may name the locale. Any counts: Python itself sets one where a locale is not installed."""
PLAIN = str.maketrans(
    {
        "·": "|",
        "±": "+/-",
        "×": "x",
        "–": "-",
        "—": "-",
        "…": "...",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "▲": "^",
        "▼": "v",
    }
)
EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


@dataclass(frozen=True)
class Signs:
    """What is drawn with.

    plain : ASCII alone. East Asian terminals show block elements, rules, arrows and the like one or two cells wide, as
        their font has it; in code pages that are not Unicode they are missing, or are as wide
    encoding : of what is written to
    """

    plain: bool = False
    encoding: str = "utf-8"

    @classmethod
    def suited(cls, encoding: str, environment: Mapping[str, str] = os.environ) -> Signs:
        """The signs for an encoding and a locale.

        >>> Signs.suited("utf-8", {"LANG": "de_DE.UTF-8"}).plain, Signs.suited("gb18030", {}).plain
        (False, True)
        >>> Signs.suited("utf-8", {"LC_CTYPE": "C.UTF-8", "LANG": "zh_CN.UTF-8"}).plain
        True
        """
        east_asian = any(environment.get(name, "").lower().startswith(EAST_ASIAN) for name in LOCALE)
        plain = east_asian or not encoding.lower().startswith("utf")
        return cls(plain, encoding)

    def __call__(self, text: str) -> str:
        """A text in signs that can be shown; a question mark stands for what cannot.

        >>> Signs(True, "ascii")("±0.2 · 伊朗 → Iran")
        '+/-0.2 | ?? ? Iran'
        """
        shown = text.translate(PLAIN) if self.plain else text
        return shown.encode(self.encoding, "replace").decode(self.encoding)

    @property
    def rule(self) -> str:
        """A piece of the line under a table's head."""
        return "-" if self.plain else "─"

    @property
    def parts(self) -> tuple[str, str, str]:
        """What is kept, gained, lost, in a bar."""
        return ("=", "+", ".") if self.plain else ("█", "▓", "░")

    def arrow(self, change: float) -> str:
        """Up or down, or a blank where nothing moves.

        >>> Signs(True).arrow(0.5), Signs().arrow(-0.5), Signs().arrow(0.0)
        ('^', '▼', ' ')
        """
        return " " if change == 0 else self("▲" if change > 0 else "▼")

    def before_and_after(self, before: float, after: float, largest: float, width: int) -> str:
        """A bar for a level: what was and stays, then what is gained or was lost; none for what is no number.

        >>> Signs(True).before_and_after(4, 6, 10, 10), Signs(True).before_and_after(6, 4, 10, 10)
        ('====++', '====..')
        """
        if not (largest > 0 and isfinite(before) and isfinite(after)):
            return ""
        was, now = (round(width * value / largest) for value in (before, after))
        kept, gained, lost = self.parts
        return kept * min(was, now) + gained * (now - was) + lost * (was - now)

    def either_way(self, value: float, lowest: float, highest: float, width: int) -> str:
        """A bar to the left or right of a zero line that stands where the lowest and highest value leave it.

        >>> Signs(True).either_way(-3, -4, 4, 9), Signs(True).either_way(2, -4, 4, 9), Signs().either_way(2.5, 0, 4, 9)
        (' ===|', '    |==', '│█████')
        """
        lowest, highest = min(lowest, 0.0), max(highest, 0.0)
        room = width - 1
        scale = room / (highest - lowest) if highest > lowest else 0.0
        left = round(-lowest * scale)
        if value < 0:
            length = min(round(-value * scale), left)
            return " " * (left - length) + self.parts[0] * length + self._axis
        return " " * left + self._axis + self._bar(value * scale)

    @property
    def _axis(self) -> str:
        return "|" if self.plain else "│"

    def _bar(self, cells: float) -> str:
        if self.plain:
            return "=" * round(cells)
        eighths = round(8 * cells)
        return "█" * (eighths // 8) + EIGHTHS[eighths % 8]


def messages() -> Console:
    """Standard error as a console that draws in the signs suited to it."""
    from rich.console import Console

    class Plain(Console):
        """One that rich takes for a terminal without block elements, so that bars are as wide as it thinks."""

        encoding = "ascii"

    console = Console(stderr=True)
    return Plain(stderr=True) if Signs.suited(console.encoding).plain else console
