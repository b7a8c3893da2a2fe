"""Options that several commands share, and exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

DONE, WRONG_INPUT, WRONG_DATA, NOT_CONVERGED, DRIFTED, INTERRUPTED = 0, 2, 3, 4, 5, 130
MOST_UNCONVERGED_SHARE = 0.001
FORMATS = click.Choice(["table", "csv", "json"])
DRAWS = click.option("--draws", type=click.IntRange(1, 10_000_000), help="Sets of uncertain parameters; 1: mid values.")
SEED = click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the random numbers.")
MONTHS = click.option("--months", type=int, help="Months to simulate, instead of each scenario's own number.")
SETTINGS = click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change a value, as shocks.0.end=2026-06."
)
DESIGNS = ["grid", "list", "lhs", "sobol"]
SAMPLING = click.option(
    "--sampling",
    type=click.Choice(["monte_carlo", "sobol", "latin_hypercube"]),
    help="Where random numbers come from, instead of what each scenario says.",
)
FORM = click.option("--format", "form", type=FORMATS, default="table", show_default=True)
FOLDER = click.option("-o", "folder", type=click.Path(path_type=Path), help="Keep the full results in this folder.")


def RUNS(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that runs scenarios to the end: what is drawn and changed, how long, what is kept."""
    for option in (FOLDER, SETTINGS, MONTHS, SAMPLING, SEED, DRAWS):
        command = option(command)
    return command
