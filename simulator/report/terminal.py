"""The first screen of a run: what it costs, whose oil it is, who replaces whom, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from simulator.axes import GROUPS
from simulator.report import policies, sentences
from simulator.report.language import Words, words
from simulator.report.shown import COSTS, DISCOUNT_STREAMS
from simulator.report.wording import bar, number, signed
from simulator.results import Results, Row

NARROWEST, WIDEST = 78, 110
REPLACEMENTS_SHOWN = 8
BAR_WIDTH = 12


def screen(results: Results, summary: str | None = None, told: Words | None = None) -> RenderableType:
    """Everything the first screen says about one run."""
    told = told or words()
    return Group(
        Text(sentences.title(results, told), style="bold"),
        *([Text(summary)] if summary else []),
        Text(),
        Text(sentences.headline(results, told)),
        _cost(results),
        *([Text(sentences.extremes(results, told))] if len(results.months) > 1 else []),
        *(Text(sentence) for sentence in policies.sentences(results, told)),
        _shares(results),
        _replacements(results),
        _discounts(results),
        Text(),
        Text(sentences.bill_change(results, told)),
        *map(Text, sentences.hangs_on(results, told)),
        *map(Text, sentences.enough_draws(results, told)),
        Text(sentences.guesses(results, told)),
        *(Text(line, style="bold") for line in sentences.left_out(results, told)),
    )


def show(results: Iterable[tuple[Results, str | None]], console: Console) -> None:
    """Print the screens of several runs, each figure whole however narrow the terminal."""
    for number_, (result, summary) in enumerate(results):
        if number_:
            console.print()
        console.print(screen(result, summary))


class Page(Console):
    """A terminal as wide as figures need; a reader who has gone, as with `| head`, is not an error."""

    def __init__(self) -> None:
        super().__init__()
        self.width = max(NARROWEST, min(self.width, WIDEST))

    def on_broken_pipe(self) -> None:
        """Let the command line end quietly."""
        raise BrokenPipeError


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=f"\n{title}",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
    )
    for i, column in enumerate(columns):
        table.add_column(column, justify="left" if i == 0 or not column else "right", no_wrap=True)
    return table


def _band(row: Row, digits: int, scale: float = 1.0) -> str:
    return f"{number(scale * row.p05, digits)} to {number(scale * row.p95, digits)}"


def _cost(results: Results) -> Table:
    table = _table("What China pays", "", "baseline", "scenario", "change", "level, 90 % band")
    for metric, by, item, digits, _ in COSTS:
        label = f"{words().metric(metric)}, {words().unit(metric)}"
        row = results.get(metric, by, item)
        change = signed(row.mean - row.baseline, digits)
        table.add_row(label, number(row.baseline, digits), number(row.mean, digits), change, _band(row, digits))
    return table


def _shares(results: Results) -> Table:
    table = _table("Whose crude China buys, % of imports", "", "baseline", "scenario", "change", "level, 90 % band", "")
    rows = [(group, results.get("share", "group", group)) for group in GROUPS]
    largest = max(row.mean for _, row in rows)
    for group, row in rows:
        table.add_row(
            words().name("group", group),
            number(100 * row.baseline, 1),
            number(100 * row.mean, 1),
            signed(100 * (row.mean - row.baseline), 1),
            _band(row, 1, 100),
            bar(row.mean, largest, BAR_WIDTH),
        )
    return table


def _replacements(results: Results) -> Table:
    table = _table("Who replaces whom, kb/d of China's imports", "", "change", "90 % band", "")
    rows = [r for r in results.rows if (r.metric, r.by, r.month) == ("replacement_kbd", "country", "horizon")]
    moved = sorted((r for r in rows if abs(r.mean) >= 0.5), key=lambda r: -abs(r.mean))[:REPLACEMENTS_SHOWN]
    for row in sorted(moved, key=lambda r: r.mean):
        length = bar(row.mean, max(abs(r.mean) for r in moved), BAR_WIDTH)
        table.add_row(words().name("country", row.item), signed(row.mean, 0), _band(row, 0), length)
    if not moved:
        table.add_row("nobody: imports are as in the baseline", "", "", "")
    return table


def _discounts(results: Results) -> Table:
    title = "Delivered in China less Brent, USD/bbl"
    table = _table(title, "", "baseline", "scenario", "change", "level, 90 % band")
    for stream in DISCOUNT_STREAMS:
        label = words().name("stream", stream)
        row = results.get("discount_usd_bbl", "stream", stream)
        change = signed(row.mean - row.baseline, 1)
        table.add_row(label, number(row.baseline, 1), number(row.mean, 1), change, _band(row, 1))
    return table
