"""Commands that run a scenario many times: sweep, sensitivity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simulator.cli.group import main
from simulator.cli.loading import keep_then_print, load, load_all, refuse_nowhere
from simulator.cli.options import (
    DESIGNS,
    DRAWN,
    DRAWS,
    FORM,
    MONTHS,
    MOST_UNCONVERGED_SHARE,
    NOT_CONVERGED,
    SAMPLING,
    SEED,
    SETTINGS,
    Word,
    say_written,
)
from simulator.cli.signals import exit_code


@main.command()
@click.argument("scenario", metavar="SCENARIO")
@click.option("--over", "overs", multiple=True, metavar="PATH=LO:HI:N", help="What varies; or PATH=[VALUE, ...].")
@click.option("--design", type=Word(DESIGNS), help="How values make points; grid if nothing is said.")
@click.option("--points", type=int, help="Points of a design that fills the space (lhs, sobol; PATH=LO:HI then).")
@click.option("--metric", "metrics", multiple=True, metavar="METRIC[/BY[/ITEM]]", help="Outcomes to keep.")
@DRAWS
@SEED
@SAMPLING
@MONTHS
@SETTINGS
@FORM
@click.option("-o", "folder", type=click.Path(path_type=Path), metavar="STORE", help="Keep it here, or go on with it.")
@click.option("--workers", type=int, help="Processes; one a core if left out.")
@click.option("--engine", type=Word(["local", "dask"]), default="local", show_default=True)
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask scheduler, as tcp://127.0.0.1:8786.")
@click.option("--only", multiple=True, type=int, metavar="POINT", help="Run these points alone, numbered from 0.")
def sweep(
    scenario: str,
    overs: tuple[str, ...],
    settings: tuple[str, ...],
    folder: Path | None,
    form: str,
    months: int | None,
    design: str | None,
    points: int | None,
    metrics: tuple[str, ...],
    draws: int | None,
    seed: int,
    sampling: str | None,
    workers: int | None,
    engine: str,
    scheduler: str | None,
    only: tuple[int, ...],
) -> None:
    """Run a scenario at many points of its inputs, the same draws at each: how does the answer move?

    Any number of --over; values are put over the scenario as --set does. What is kept in STORE is not run again.
    """
    from simulator.report.progress import progress
    from simulator.report.sweep import point_lines, show
    from simulator.sweeps.engines import Crew
    from simulator.sweeps.overs import parse_overs
    from simulator.sweeps.sweep import kept_in, prepare_sweep, run_sweep, what_varies, with_settings

    over = parse_overs(overs)
    extra = () if months is None else (f"months={months}",)
    loaded = with_settings(load(scenario, (*settings, *extra)), None, sampling)
    asked = prepare_sweep(loaded, what_varies(loaded, over, design, points), draws, seed, metrics)
    crew = Crew(engine, workers, scheduler)
    with kept_in(folder) as store:
        try:
            with progress("sweep", "points") as advance:
                run_sweep(asked, store, crew, only, advance)
        except KeyboardInterrupt as stop:
            go_on = "nothing is kept" if folder is None else "run it again to go on where it stopped"
            click.echo(f"stopped: {go_on}", err=True)
            raise click.exceptions.Exit(exit_code(stop)) from None
        unconverged_share = show(store, form)
        for line in point_lines(scenario, store, settings):
            click.echo(line, err=True)
    if folder:
        say_written(folder / "table.csv")
    if unconverged_share > MOST_UNCONVERGED_SHARE:
        raise click.exceptions.Exit(NOT_CONVERGED)


@main.command()
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--metric", default="brent_usd_bbl", show_default=True, help="Outcome, or metric/by/item: share/group/iran."
)
@click.option("--month", default="horizon", show_default=True, help="Month as 2026-05, or the horizon.")
@click.option("--samples", type=int, default=512, show_default=True, help="Base rows of the design, a power of two.")
@click.option("--all", "every", is_flag=True, help="Every uncertain number by itself, without screening (slow).")
@click.option("--tornado", is_flag=True, help="Only one number at a time, each at its 5 and 95 % point (seconds).")
@click.option("--above", type=float, help="Instead: which ranges of inputs push the outcome above this value.")
@click.option("--below", type=float, help="Instead: which ranges of inputs push it below this value.")
@click.option("--draws", type=click.IntRange(128, 1_000_000), default=4096, show_default=True, help="For these two.")
@SEED
@MONTHS
@SETTINGS
@FORM
@click.option("-o", "folder", type=click.Path(path_type=Path), help="Keep tables and JSON in this folder.")
@DRAWN
def sensitivity(
    scenario: str, months: int | None, settings: tuple[str, ...], form: str, folder: Path | None, **asked: Any
) -> None:
    """Say which uncertain numbers drive an outcome: Sobol indices with error bars, and one number at a time.

    With --above or --below: which ranges of the inputs, together, push the outcome beyond a value.
    With -o and --as: the tornado as a picture too.
    """
    from simulator.errors import InputError, Problem
    from simulator.keeping import prepare_folder
    from simulator.report import sensitivity as report
    from simulator.report.figures import wanted
    from simulator.report.progress import stages

    formats, size, language = (asked.pop(name) for name in ("formats", "size", "language"))
    refuse_nowhere(formats, folder)
    if formats and not (asked["above"] is None and asked["below"] is None):
        raise InputError([Problem("--as", "goes without --above and --below: boxes have no picture", given=formats)])
    how = wanted(formats, size, language) if formats else None
    extra = () if months is None else (f"months={months}",)
    (loaded,) = load_all((scenario,), (*settings, *extra))
    if folder:
        prepare_folder(folder)
    with stages() as advance:
        answer = report.answer(loaded, asked, advance)
    keep_then_print(
        lambda: report.save(loaded, answer, folder, how) if folder else [],
        lambda: click.echo(answer.text(form)),
    )
    if answer.unconverged_share > MOST_UNCONVERGED_SHARE:
        raise click.exceptions.Exit(NOT_CONVERGED)
