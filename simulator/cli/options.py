"""Options that several commands share, and exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

DONE, WRONG_INPUT, WRONG_DATA, NOT_CONVERGED, DRIFTED = 0, 2, 3, 4, 5
MOST_UNCONVERGED_SHARE = 0.001


class Word(click.Choice[str]):
    """One word out of a few; another one is told which is nearest in spelling."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The word itself; click's own complaint, and what was probably meant."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as wrong:
            from simulator.errors import nearest

            meant = nearest(str(value), [str(word) for word in self.choices])
            hint = f"; did you mean {meant}?" if meant else ""
            self.fail(f"{wrong.message.rstrip('.')}{hint}", param, ctx)


FORMATS = Word(["table", "csv", "json"])
DRAWS = click.option("--draws", type=click.IntRange(1, 10_000_000), help="Sets of uncertain parameters; 1: mid values.")
SEED = click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the random numbers.")
MONTHS = click.option("--months", type=int, help="Months to simulate, instead of each scenario's own number.")
SETTINGS = click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change a value, as shocks.0.end=2026-06."
)
DESIGNS = ["grid", "list", "lhs", "sobol"]
SAMPLING = click.option(
    "--sampling",
    type=Word(["monte_carlo", "sobol", "latin_hypercube"]),
    help="Where random numbers come from, instead of what each scenario says.",
)
FORM = click.option("--format", "form", type=FORMATS, default="table", show_default=True)
LANGUAGE = Word(["en", "zh"])
"""As in simulator.report.language, which is read only where words are written."""
LANG = click.option("--lang", type=LANGUAGE, default="en", show_default=True, help="Language of the table.")
DRAW = click.option("--draw", type=click.IntRange(0), metavar="K", help="Run this draw alone, numbered from 0.")
FOLDER = click.option("-o", "folder", type=click.Path(path_type=Path), help="Keep the full results in this folder.")


def say_written(path: Path) -> None:
    """Say where something was written."""
    from simulator.errors import printable

    click.echo(f"written: {printable(str(path))}", err=True)


def RUNS(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that runs scenarios to the end: what is drawn and changed, how long, what is kept."""
    for option in (FOLDER, SETTINGS, MONTHS, SAMPLING, SEED, DRAWS):
        command = option(command)
    return command


def DRAWN(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that draws: formats, size and language of its pictures."""
    formats = click.option("--as", "formats", metavar="FORMAT,...", help="Pictures as png, svg, pdf; several: png,pdf.")
    size = click.option(
        "--size", type=Word(["report", "slide"]), default="report", show_default=True, help="What pictures are for."
    )
    language = click.option(
        "--lang", "language", type=LANGUAGE, default="en", show_default=True, help="Language of pictures."
    )
    return formats(size(language(command)))
