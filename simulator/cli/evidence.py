"""Commands that hold the model against what is known: hindcast, calibrate, validation and published models."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.group import main
from simulator.cli.loading import keep_then_print, refuse_nowhere
from simulator.cli.options import DRAWN, FORM, MOST_UNCONVERGED_SHARE, NOT_CONVERGED, SEED


@main.command()
@click.argument("episodes", nargs=-1, metavar="[EPISODE...]")
@click.option("--draws", type=click.IntRange(2, 1_000_000), default=1024, show_default=True, help="Draws an episode.")
@SEED
@FORM
@click.option("-o", "folder", type=click.Path(path_type=Path), help="Keep table, score and picture in this folder.")
@DRAWN
def hindcast(
    episodes: tuple[str, ...],
    draws: int,
    seed: int,
    form: str,
    folder: Path | None,
    formats: str | None,
    size: str,
    language: str,
) -> None:
    """Replay history: what the model would have said, beside what was observed.

    EPISODE is the name of a shipped episode, or a folder of your own: targets.csv with the columns of the shipped
    table (oilsim data show targets), and a scenario NAME.yaml for every episode in it. All shipped ones if left out.
    With -o also a picture, as png unless --as says otherwise; none where matplotlib is not installed and --as is left
    out.
    """
    from simulator.hindcast.episodes import named
    from simulator.hindcast.history import hindcast as replay_history
    from simulator.keeping import prepare_folder
    from simulator.report import hindcast as report
    from simulator.report.figures import drawable, wanted
    from simulator.report.progress import progress

    refuse_nowhere(formats, folder)
    how = wanted(formats or "png", size, language) if formats or drawable() else None
    asked = named(episodes)
    if folder:
        prepare_folder(folder)
    with progress("hindcast", "episodes") as advance:
        found = replay_history(asked, draws, seed, advance)
    text = {"json": report.as_json, "csv": report.as_csv, "table": report.as_text}[form](found).rstrip("\n")
    keep_then_print(lambda: report.save(found, folder, how) if folder else [], lambda: click.echo(text))
    if found.unconverged > MOST_UNCONVERGED_SHARE * draws * len(asked):
        raise click.exceptions.Exit(NOT_CONVERGED)


@main.command()
@click.option(
    "--members", type=click.IntRange(64, 1_000_000), default=2048, show_default=True, help="Tried in a round."
)
@click.option("--rounds", type=click.IntRange(1, 20), default=6, show_default=True, help="Rounds of closing in.")
@SEED
@click.option("-o", "folder", type=click.Path(path_type=Path), help="Write the two tables into this folder.")
def calibrate(members: int, rounds: int, seed: int, folder: Path | None) -> None:
    """Fit the uncertain parameters to all episodes together, and say which of them history informs.

    Starts from the priors in the table of parameters. The shipped tables posterior and structural_error were made
    with the default settings.
    """
    from simulator.hindcast.calibrate import calibrate as fit
    from simulator.hindcast.episodes import shipped
    from simulator.keeping import prepare_folder
    from simulator.report import calibration
    from simulator.report.progress import progress

    if folder:
        prepare_folder(folder)
    with progress("calibrate", "replays") as advance:
        found = fit(shipped(), members, rounds, seed, advance)
    keep_then_print(
        lambda: calibration.save(found, folder) if folder else [],
        lambda: click.echo(calibration.as_text(found)),
    )


@main.command()
@click.option("--draws", type=click.IntRange(1, 100_000), default=256, show_default=True, help="Draws of each run.")
@SEED
@click.option("-o", "page", type=click.Path(path_type=Path), help="Write the page of the documentation to this file.")
@FORM
def validation(draws: int, seed: int, page: Path | None, form: str) -> None:
    """Hold the engine against published results: what it reproduces, what it misses, and why."""
    from simulator.keeping import prepare_folder
    from simulator.published.comparison import compare as compare_all
    from simulator.report.published import as_text, save

    if page:
        prepare_folder(page.parent, [page.name])
    found = compare_all(draws, seed, lambda name, number, count: click.echo(f"{number + 1}/{count} {name}", err=True))
    keep_then_print(
        lambda: [save(found, draws, seed, page)] if page else [],
        lambda: click.echo(as_text(found, form, draws=draws, seed=seed)),
    )


@main.command()
@click.argument("case", metavar="CASE")
@FORM
def gsim(case: str, form: str) -> None:
    """Solve a case of tariffs in world trade (Francois & Hall's GSIM) with the linearised market.

    CASE is a YAML file or the name of a shipped case, as francois_hall_2003. Matrices have a row per exporter and a
    column per importer; flows are values at world prices, tariff factors 1 plus the rate.

    \b
    schema: 1
    exporters: [US, EU]
    importers: [US, EU, JP]             # any number; names may stand on both sides
    flows: [[0, 200, 50], [300, 0, 100]]
    tariff_factors:
      before: [[1, 1.4, 1.2], [1.3, 1, 1.4]]
      after: {US: {EU: 1.0}}            # or a whole matrix
    elasticities:
      demand: -1.25                     # each a number, or one per country: {US: -1.2, EU: -1.3, JP: -1.1}
      supply: 1.5
      substitution: 5
    """
    from simulator.published.gsim import respond
    from simulator.published.gsim_case import find, read_case
    from simulator.report.gsim import as_text

    asked = read_case(find(case))
    click.echo(as_text(asked, respond(asked), form))


@main.command()
@click.option("--baseline", default="2025", show_default=True, help="Baseline the market starts from.")
@click.option("--draws", type=click.IntRange(1, 100_000), default=256, show_default=True, help="Draws of a run.")
@SEED
@FORM
def premium(baseline: str, draws: int, seed: int, form: str) -> None:
    """What a further barrel of China's oil imports costs beyond its price (Leiby's oil import premium)."""
    from simulator.published.premium import china_premium
    from simulator.report.premium import as_text

    click.echo(as_text(china_premium(draws, seed, baseline), baseline, draws, seed, form))


@main.command()
@click.option("--draws", type=click.IntRange(1, 200_000), default=20_000, show_default=True, help="Futures to draw.")
@SEED
@click.option("-o", "folder", type=click.Path(path_type=Path), help="Write futures as scenarios into this folder.")
@click.option("--files", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many of them.")
@click.option("--baseline", default="early_2026", show_default=True, help="Baseline of these scenarios.")
@click.option("--start", default="2026-03", show_default=True, help="First month of these scenarios.")
@FORM
def hazards(draws: int, seed: int, folder: Path | None, files: int, baseline: str, start: str, form: str) -> None:
    """Draw disruptions of the next ten years and hold their odds against published ones."""
    from simulator.published import hazards as risks
    from simulator.published.futures import odds, write_futures
    from simulator.report.hazards import as_text

    drawn = risks.futures(risks.hazards(), draws, seed)
    keep_then_print(
        lambda: write_futures(drawn, files, baseline, start, folder) if folder else [],
        lambda: click.echo(as_text(odds(drawn), draws, seed, form)),
    )
