"""The first screen of a run: what it costs, whose oil it is, who replaces whom, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from simulator.report import panels, policies, sentences
from simulator.report.language import Words
from simulator.report.page import GAP, Page
from simulator.results import Results


def screens(results: Iterable[tuple[Results, str | None]], told: Words, page: Page) -> str:
    """What `oilsim run` prints of several runs, each with its scenario's summary."""
    return "\n".join(page.rendered(screen(result, summary, told, page)) for result, summary in results)


def screen(results: Results, summary: str | None, told: Words, page: Page) -> Iterator[RenderableType]:
    """Everything the first screen says about one run, from the answer to what it rests on."""
    yield page.text(sentences.title(results, told), "bold")
    if summary:
        yield page.text(told.remark(summary))
    yield Text()
    yield page.text(sentences.headline(results, told), "bold")
    yield from map(page.text, policies.sentences(results, told))
    yield Text()
    yield from _tables(results, told, page)
    yield Text()
    yield page.text(sentences.bill_change(results, told))
    if len(results.months) > 1:
        yield page.text(sentences.extremes(results, told))
    yield from map(page.text, sentences.hangs_on(results, told))
    yield from map(page.text, sentences.enough_draws(results, told))
    yield page.text(sentences.guesses(results, told))
    for sentence in sentences.left_out(results, told):
        yield page.text(sentence, "bold")


def _tables(results: Results, told: Words, page: Page) -> Iterator[RenderableType]:
    """Costs and shares beside replacements and discounts where there is room, else all four below each other."""
    about = results, told, page
    costs, discounts = panels.costs(*about), panels.discounts(*about)
    shares, replaced = page.breadth(panels.shares(*about)), page.breadth(panels.replacements(*about))
    least = panels.SHORTEST_BAR + 2
    left = max(page.breadth(costs), shares + least)
    right = page.width - GAP - left
    if right >= max(page.breadth(discounts), replaced + least):
        bars = panels.shares(*about, _bar(left - shares)), panels.replacements(*about, _bar(right - replaced))
        yield _beside((costs, bars[0]), (bars[1], discounts))
    else:
        bars = (
            panels.shares(*about, _bar(page.width - shares)),
            panels.replacements(*about, _bar(page.width - replaced)),
        )
        for table in (costs, *bars):
            yield from (table, Text())
        yield discounts


def _bar(room: int) -> int:
    """Cells of the longest bar in the room beside a table; none where there is hardly any."""
    cells = min(room - 2, panels.LONGEST_BAR)
    return cells if cells >= panels.SHORTEST_BAR else 0


def _beside(left: tuple[Table, Table], right: tuple[Table, Table]) -> Table:
    grid = Table.grid(padding=(0, GAP, 0, 0))
    grid.add_row(*(Group(first, Text(), second) for first, second in (left, right)))
    return grid
