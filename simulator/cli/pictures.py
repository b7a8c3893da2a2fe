"""The command that draws what scenarios do."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.group import main
from simulator.cli.loading import keep, load_all, name_open_draws, refuse_open_draws, refuse_same_names, run_all
from simulator.cli.options import DRAWN, DRAWS, MONTHS, SAMPLING, SEED, SETTINGS

if TYPE_CHECKING:
    from simulator.errors import Problem
    from simulator.results import Results

TOGETHER = "together"
"""What files of several scenarios side by side begin with."""


@main.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("-o", "folder", type=click.Path(path_type=Path), required=True, help="Keep the pictures in this folder.")
@DRAWN
@DRAWS
@SEED
@SAMPLING
@MONTHS
@SETTINGS
def figures(
    scenarios: tuple[str, ...],
    folder: Path,
    formats: str | None,
    size: str,
    language: str,
    months: int | None,
    settings: tuple[str, ...],
    **drawn: Any,
) -> None:
    """Draw what scenarios do: shares by month, price and bill, discounts, who replaces whom, who sells to whom.

    A file each, SCENARIO-NAME.FORMAT, png unless --as says otherwise; of several scenarios also
    together-NAME.FORMAT, side by side.
    """
    from simulator.errors import InputError
    from simulator.keeping import prepare_folder
    from simulator.report.figures import of_several, pictures, save, wanted

    how = wanted(formats or "png", size, language)
    extra = () if months is None else (f"months={months}",)
    asked = load_all(scenarios, (*settings, *extra))
    refuse_same_names(scenarios)
    prepare_folder(folder)
    results: list[Results] = []
    unkept: list[Problem] = []
    for name, scenario in zip(scenarios, asked, strict=True):
        results += run_all([scenario], **drawn)
        found = pictures(results[-1], how.told, how.size)
        unkept += keep(partial(save, found, folder, how.formats, f"{Path(name).stem}-"))
    if len(results) > 1:
        found = of_several(results, how.told, how.size)
        unkept += keep(partial(save, found, folder, how.formats, f"{TOGETHER}-"))
    if unkept:
        raise InputError(unkept)
    name_open_draws(scenarios, results, settings)
    refuse_open_draws(results)
