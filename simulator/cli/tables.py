"""Commands about the tables of the model: data list, show, verify, build."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.group import main
from simulator.cli.loading import keep_then_print
from simulator.cli.options import FORM


@main.group()
def data() -> None:
    """The tables the model rests on, with their sources."""


@data.command("list")
def data_list() -> None:
    """List the tables."""
    from simulator.report import tables

    for name in tables.names():
        click.echo(f"{name:<24} {tables.title(name)}")


@data.command("show")
@click.argument("table")
@FORM
def data_show(table: str, form: str) -> None:
    """Show a table with its provenance; TABLE may be `baseline` for shares, customs bridge and price anchors."""
    from simulator.report import tables

    tables.show(table, form, click.echo)


@data.command("verify")
def data_verify() -> None:
    """Check every table against its sidecar: digest, columns, types, ranges."""
    from simulator import datasets, verification
    from simulator.errors import DataError

    if found := verification.verify():
        raise DataError("\n".join(found))
    own = sum(len(datasets.names(baseline)) for baseline in datasets.own_folders())
    click.echo(f"{len(datasets.names()) + own} tables are what their sidecars describe")


@data.command("build")
@click.argument("cells", type=click.Path(path_type=Path), metavar="CELLS.csv")
@click.option("-o", "name", required=True, metavar="NAME", help="Name of the new baseline.")
@click.option("--from", "start", default="2025", show_default=True, help="Baseline to start from.")
@click.option("--brent", type=click.FloatRange(10, 250), help="Brent of the month, USD/bbl; else that of the start.")
def data_build(cells: Path, name: str, start: str, brent: float | None) -> None:
    """Build a baseline from known cells of a new month; scenarios run here may then say `baseline: NAME`.

    CELLS.csv has the columns stream_or_group, buyer, kbd and may have standing, source, note and basis. A row
    gives what a stream, country or group landed at a buyer; `total` as the first gives all a buyer imports, as
    the buyer all that streams export. The tables go to baselines/NAME/ (or $OILSIM_BASELINES/NAME/).
    """
    from simulator.rebase import build, known, store
    from simulator.report.rebase import in_words

    store.check_name(name)
    store.check_start(start)
    built = build.build(known.read_cells(cells), start)
    keep_then_print(
        lambda: [store.write(store.sheets(built, name, cells.name, brent), name)],
        lambda: click.echo(in_words(built, name, brent)),
    )
