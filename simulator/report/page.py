"""A page of text as wide as its reader's terminal: sentences folded, tables whole, colour only where it is seen."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from rich.box import Box
from rich.cells import cell_len, chop_cells
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from simulator.report.signs import Signs

NARROWEST, WIDEST, IN_A_PIPE = 78, 160, 80
"""Columns of a page: figures need as many, nobody reads wider ones, and what a pipe or file gets."""
WIDEST_TEXT = 110
"""Columns of a line of prose."""
GAP = 3

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
_OPENING, _CLOSING = "（《「", "，。；：、）》」！？"
_PER = rf"[{_WIDE}]{{1,2}}/[{_WIDE}]"
_WORD = rf"[^\s{_WIDE}]+(?: %[^\s{_WIDE}]*)?(?:{_PER})?"
_PIECE = re.compile(rf"[{_OPENING}]*(?:{_WORD}|{_PER}|[{_WIDE}])[{_CLOSING}]*\s*", re.ASCII)
"""What no line is broken within: a word, a percentage, a number with its unit, a Chinese character with its marks."""


class Page(Console):
    """Text for standard output, and how wide it may be."""

    def __init__(self) -> None:
        super().__init__(markup=False, emoji=False, highlight=False)
        self.signs = Signs.suited(self.encoding)
        if not self.is_terminal and "COLUMNS" not in os.environ:
            self.width = IN_A_PIPE
        self.width = max(NARROWEST, min(self.width, WIDEST))

    def text(self, sentence: str, style: str = "", indent: str = "") -> Text:
        """A sentence, folded; lines after the first are indented as the first is by a letter."""
        width = min(self.width, WIDEST_TEXT) - len(indent)
        return Text(f"\n{indent}".join(folded(self.signs(sentence), width)), style=style)

    def table(self, title: str, *columns: str, left: Iterable[int] = (0,)) -> Table:
        """An empty table with a rule under its head; columns stand to the right but for those in `left`."""
        table = Table(
            title=self.signs(title),
            title_justify="left",
            title_style="bold",
            box=_under_head(self.signs.rule),
            pad_edge=False,
            show_edge=False,
            padding=(0, 1, 0, 0),
        )
        for position, column in enumerate(columns):
            table.add_column(self.signs(column), justify="left" if position in left else "right", no_wrap=True)
        return table

    def breadth(self, part: RenderableType) -> int:
        """Columns that something takes when nothing in it is folded."""
        return self.measure(part, options=self.options.update(max_width=10_000)).maximum

    def rendered(self, parts: Iterable[RenderableType]) -> str:
        """The parts below each other, every table whole however narrow the page, no blanks at the ends of lines."""
        parts = list(parts)
        figures = (part for part in parts if isinstance(part, Table) and part.show_header)
        self.width = max(self.width, *map(self.breadth, figures), 0)
        with self.capture() as written:
            for part in parts:
                self.print(part, crop=False)
        return "".join(f"{line.rstrip()}\n" for line in written.get().splitlines())


def folded(text: str, width: int) -> Iterator[str]:
    """Lines of at most so many cells; Chinese is broken between characters, but not before a comma, and a word only
    where it is longer than a line.

    >>> list(folded("known to 14 %, supply", 12)), list(folded("比基准多7.5十亿美元，持平。", 10))
    (['known to', '14 %, supply'], ['比基准多', '7.5十亿美', '元，持平。'])
    """
    line = ""
    for piece in _PIECE.findall(" ".join(text.split())):
        if line and cell_len(line + piece.rstrip()) > width:
            yield line.rstrip()
            line = ""
        *whole, line = chop_cells(line + piece.rstrip(), width) or [""]
        yield from whole
        line += piece[len(piece.rstrip()) :]
    yield line.rstrip()


def _under_head(rule: str) -> Box:
    """Nothing but a line under the head, with two blanks between columns."""
    row = "    \n"
    return Box(f"{row}{row} {rule}{rule} \n{row}{row}{row}{row}{row}", ascii=rule.isascii())
