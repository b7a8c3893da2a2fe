"""Several scenarios on one screen: who they are, what differs in their inputs, then their outcomes side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from simulator.report import policies, sentences
from simulator.report.compare import differences, letter_of
from simulator.report.language import Words
from simulator.report.page import Page, folded
from simulator.report.panels import moved
from simulator.report.shown import COSTS, DISCOUNTS, SHARES, STOCK_DRAW, Shown
from simulator.report.wording import number, signed
from simulator.results import Results
from simulator.scenario import Scenario, distribution

INDENT = "   "
BLOCKS = {"costs_block": (*COSTS, STOCK_DRAW), "shares_block": SHARES, "discounts_block": DISCOUNTS}
BESIDE_ITS_PATH = 120
"""Columns of a page on which a value has room in the line of its path."""
WIDEST_VALUE, NARROWEST_COLUMN, LINES_OF_A_NAME = 40, 15, 3


def screen(scenarios: Sequence[Scenario], results: Sequence[Results], told: Words, page: Page) -> str:
    """What `oilsim compare` prints."""
    return page.rendered(_parts(scenarios, results, told, page))


def _parts(
    scenarios: Sequence[Scenario], results: Sequence[Results], told: Words, page: Page
) -> Iterator[RenderableType]:
    for position, result in enumerate(results):
        yield _said(_title(result, told), position, page)
    yield Text()
    yield page.text(told("terminal.inputs"), "bold")
    yield from _inputs(scenarios, told, page)
    yield Text()
    yield page.text(told("terminal.outcomes"), "bold")
    if len({result.months for result in results}) > 1:
        yield page.text(told("terminal.different_months"))
    yield Text()
    yield from _outcomes(results, told, page)
    for position, result in enumerate(results):
        for sentence in _sentences(result, told):
            yield _said(sentence, position, page)


def _title(result: Results, told: Words) -> str:
    title = sentences.title(result, told)
    return told("terminal.left_out_count", title=title, count=result.unconverged) if result.unconverged else title


def _sentences(result: Results, told: Words) -> Iterator[str]:
    yield sentences.headline(result, told)
    yield from policies.sentences(result, told)
    if len(result.months) > 1:
        yield sentences.extremes(result, told)


def _said(sentence: str, position: int, page: Page) -> Text:
    """A sentence behind its scenario's letter."""
    letter = f"{letter_of(position):<{len(INDENT)}}"
    return Text.assemble((letter, "bold"), page.text(sentence, indent=INDENT))


def _inputs(scenarios: Sequence[Scenario], told: Words, page: Page) -> Iterator[RenderableType]:
    """Each path with what it is called and the values there: who has it, the value, where it was written."""
    found = differences(scenarios)
    if not found:
        yield Text(f"  {told('terminal.no_difference')}")
    elif page.width >= BESIDE_ITS_PATH:
        lines = _grid(3)
        for path, values in found.items():
            names = (f"  {path}", _label(path, told))
            for position, line in enumerate(_written(values, told)):
                lines.add_row(*map(page.signs, (*(names if position == 0 else ("", "")), *line)))
        yield lines
    else:
        for path, values in found.items():
            label = _label(path, told)
            yield Text(f"  {page.signs(path if path == label else f'{path} · {label}')}")
            lines = _grid(1)
            for letters, *cells in _written(values, told):
                lines.add_row(*map(page.signs, (f"    {letters}", *cells)))
            yield lines


def _grid(names: int) -> Table:
    """Columns of names, which stay whole, and those of value and place, which fold where they must."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(names):
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", max_width=WIDEST_VALUE)
    grid.add_column(overflow="fold")
    return grid


def _written(values: Sequence[tuple[Any, str] | None], told: Words) -> Iterator[tuple[str, str, str]]:
    """The letters of scenarios with the same value written in the same place, the value, the place."""
    written = [(_short(one[0], told), _near(one[1])) if one else None for one in values]
    for value in dict.fromkeys(one for one in written if one):
        yield ", ".join(letter_of(at) for at, one in enumerate(written) if one == value), *value


def _label(path: str, told: Words) -> str:
    """What the last part of a path is called; a parameter by its own name."""
    whole, _, key = path.rpartition(".")
    return told.input(path.removeprefix("parameters.")) if whole == "parameters" else told.name("key", key)


def _short(value: object, told: Words) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        drawn = distribution(value)
        if drawn.shape is not None or drawn.is_constant:
            return str(drawn)
        band = told("terminal.low_to_high", low=f"{drawn.low:g}", high=f"{drawn.high:g}")
        return f"{drawn.mid:g} ({band})"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _near(origin: str) -> str:
    """An origin as seen from here, where that is shorter."""
    try:
        relative = os.path.relpath(origin)
    except ValueError:
        return origin
    return min(relative, origin, key=len)


def _outcomes(results: Sequence[Results], told: Words, page: Page) -> Iterator[RenderableType]:
    """A column for each scenario, as many in a table as the page has room for."""
    cells = [_column(result, page) for result in results]
    widths = [max(NARROWEST_COLUMN, *map(len, column)) for column in cells]
    labels = max(cell_len(label) for label in _labels(told))
    first = 0
    while first < len(results):
        last = first + 1
        while last < len(results) and labels + sum(2 + width for width in widths[first : last + 1]) <= page.width:
            last += 1
        names = [
            _head(first + at, result, widths[first + at], told, page) for at, result in enumerate(results[first:last])
        ]
        yield _table(_level(names), cells[first:last], told, page)
        yield Text()
        first = last


def _table(names: Sequence[str], columns: Sequence[Sequence[str]], told: Words, page: Page) -> Table:
    table = page.table("", "", *names)
    rows = iter(zip(*columns, strict=True))
    for block, outcomes in BLOCKS.items():
        table.add_row(Text(told(f"terminal.{block}"), style="bold"))
        for shown in outcomes:
            table.add_row(f"  {_named(shown, told)}", *next(rows))
    return table


def _labels(told: Words) -> Iterator[str]:
    for block, outcomes in BLOCKS.items():
        yield told(f"terminal.{block}")
        yield from (f"  {_named(shown, told)}" for shown in outcomes)


def _named(shown: Shown, told: Words) -> str:
    if shown in SHARES or shown in DISCOUNTS:
        return told.name(shown.by, shown.item)
    return told.measured(shown.metric)


def _head(position: int, result: Results, width: int, told: Words, page: Page) -> list[str]:
    """Letter and name, the name in a few lines at most."""
    lines = list(folded(page.signs(told.remark(result.scenario)), width))
    shown = lines if len(lines) <= LINES_OF_A_NAME else [*lines[: LINES_OF_A_NAME - 1], "..."]
    return [letter_of(position), *shown]


def _level(heads: Sequence[list[str]]) -> list[str]:
    """Heads of as many lines each, so that all begin in the same one."""
    most = max(map(len, heads))
    return ["\n".join([*head, *[""] * (most - len(head))]) for head in heads]


def _column(result: Results, page: Page) -> list[str]:
    """Mean and change of every outcome, the changes below each other."""
    rows = [(shown, result.get(*shown[:3])) for outcomes in BLOCKS.values() for shown in outcomes]
    means = [number(shown.factor * row.mean, shown.digits) for shown, row in rows]
    changes = [signed(shown.factor * (row.mean - row.baseline), shown.digits) for shown, row in rows]
    width = max(map(len, changes))
    return [
        f"{mean} {page.signs.arrow(moved(row, shown))} {change:>{width}}"
        for mean, change, (shown, row) in zip(means, changes, rows, strict=True)
    ]
