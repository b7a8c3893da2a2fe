"""Commands that write pages for readers: report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simulator.cli.group import main
from simulator.cli.loading import load_all, name_open_draws, refuse_open_draws
from simulator.cli.options import DRAWS, LANGUAGE, MONTHS, SAMPLING, SEED, SETTINGS, say_written


@main.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("-o", "file", type=click.Path(path_type=Path), required=True, metavar="FILE.html", help="The page.")
@click.option("--lang", "language", type=LANGUAGE, default="en", show_default=True, help="Its language.")
@DRAWS
@SEED
@SAMPLING
@MONTHS
@SETTINGS
def report(
    scenarios: tuple[str, ...],
    file: Path,
    language: str,
    months: int | None,
    settings: tuple[str, ...],
    **drawn: Any,
) -> None:
    """Write one page with sentences, tables and pictures of scenarios, what they rest on and where it comes from.

    The file needs nothing beside it and no network; it prints. Its figures are those of oilsim run with the same draws
    and seed: 1,024 draws, unless the scenario or --draws says otherwise.
    """
    from simulator.keeping import as_utf8, prepare_folder, write_whole
    from simulator.report.html.answers import answers, pictures_of_several, refuse_without_libraries
    from simulator.report.html.document import Wording, as_html
    from simulator.report.language import words
    from simulator.report.progress import progress

    refuse_without_libraries()
    extra = () if months is None else (f"months={months}",)
    asked = load_all(scenarios, (*settings, *extra))
    prepare_folder(file.parent, [file.name])
    with progress("report", "scenarios" if len(asked) > 1 else "draws") as advance:
        found = answers(asked, language, advance, **drawn)
    several = pictures_of_several(found, language)
    write_whole(file, as_utf8(as_html(found, several, Wording(scenarios, settings), words(language))))
    say_written(file)
    results = [answer.results for answer in found]
    name_open_draws(scenarios, results, settings)
    refuse_open_draws(results)
