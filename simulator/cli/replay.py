"""The command that runs a kept result again."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.group import main
from simulator.cli.options import DRIFTED, Word


@main.command()
@click.argument("manifest", type=click.Path(path_type=Path), metavar="MANIFEST")
@click.option("--format", "form", type=Word(["table", "json"]), default="table", show_default=True)
def replay(manifest: Path, form: str) -> None:
    """Run a kept result again and say whether it is the same, and what differs if not.

    MANIFEST is the JSON that run and compare keep with -o or print, or the folder of a sweep. What is run is the
    scenario in that file, whatever has become of the scenario's own.
    """
    from simulator.replays import replay as run_again
    from simulator.report.progress import progress
    from simulator.report.replay import as_text

    with progress("replay", "done") as advance:
        found = run_again(manifest, advance)
    click.echo(as_text(found, form))
    if not all(one.same for one in found):
        raise click.exceptions.Exit(DRIFTED)
