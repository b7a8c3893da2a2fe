"""Commands that keep quoted figures and tell when they move: check, golden."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from simulator.cli.group import main
from simulator.cli.options import DRIFTED, FORM, MOST_UNCONVERGED_SHARE, NOT_CONVERGED

AGAINST = click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder with golden.yaml and its tables.  [default: tests/golden]",
)


@main.command()
@AGAINST
@FORM
def check(against: Path | None, form: str) -> None:
    """Run what a golden folder names and say what moved against its tables, by how much and why; exit 5 if any did.

    DIR holds golden.yaml (which scenarios, how many draws), a table for each run, and a record of what they were
    written with.
    """
    from simulator.golden.check import check as check_folder
    from simulator.golden.folder import find, read_folder
    from simulator.report import golden as report

    folder = read_folder(find(against))
    with _progress("check", len(folder.runs)) as advance:
        checked = check_folder(folder, advance)
    click.echo({"json": report.as_json, "csv": report.as_csv, "table": report.as_text}[form](checked))
    if checked.drifted:
        raise click.exceptions.Exit(DRIFTED)
    if any(count > MOST_UNCONVERGED_SHARE * folder.draws for count in checked.unconverged.values()):
        raise click.exceptions.Exit(NOT_CONVERGED)


@main.command()
@click.option("--reason", required=True, metavar="TEXT", help="Why the figures moved: goes into the changelog.")
@AGAINST
def golden(reason: str, against: Path | None) -> None:
    """Write the tables of a golden folder anew, and the reason into the nearest CHANGELOG.md.

    Says what moved first. Where nothing moved beyond its tolerance nothing is written.
    """
    from simulator.golden.folder import find, read_folder
    from simulator.golden.rewrite import measure, refuse_empty, rewrite
    from simulator.report import golden as report

    refuse_empty(reason)
    folder = read_folder(find(against))
    with _progress("golden", len(folder.runs)) as advance:
        checked, wrong = measure(folder, advance)
    for line in wrong:
        click.echo(line, err=True)
    click.echo(report.as_text(checked))
    written = rewrite(checked, reason, repair=bool(wrong))
    for path in written:
        click.echo(f"written: {path}", err=True)
    if not written:
        click.echo("nothing is written", err=True)


@contextmanager
def _progress(label: str, runs: int) -> Iterator[Callable[[str, int, int], None]]:
    """Draws done over all runs, told on standard error."""
    from simulator.report.progress import progress

    done: dict[str, int] = {}
    with progress(label) as advance:

        def told(name: str, draws: int, wanted: int) -> None:
            done[name] = draws
            advance(sum(done.values()), wanted * runs)

        yield told
