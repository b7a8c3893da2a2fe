"""The command line: parse, call, print, exit code."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from simulator.errors import Problem
    from simulator.results import Results
    from simulator.scenario import Scenario

DONE, WRONG_INPUT, WRONG_DATA, NOT_CONVERGED, INTERRUPTED = 0, 2, 3, 4, 130
MOST_UNCONVERGED_SHARE = 0.001
FORMATS = click.Choice(["table", "csv", "json"])
DRAWS = click.option("--draws", type=click.IntRange(1, 10_000_000), help="Sets of uncertain parameters; 1: mid values.")
SEED = click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the random numbers.")
MONTHS = click.option("--months", type=int, help="Months to simulate, instead of each scenario's own number.")
SETTINGS = click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change a value first.")
DESIGNS = ["grid", "list", "lhs", "sobol"]
FORM = click.option("--format", "form", type=FORMATS, default="table", show_default=True)
FOLDER = click.option("-o", "folder", type=click.Path(path_type=Path), help="Keep the full results in this folder.")


class Oilsim(click.Group):
    """Turns what can go wrong into one line per problem and the agreed exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; errors of ours become messages, a closed pipe becomes silence."""
        from simulator.errors import OilsimError

        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal that cannot show a sign shows a question mark
        try:
            return super().invoke(ctx)
        except OilsimError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            # The reader has gone, as with `| head`: nothing is left to say, not even at shutdown.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(DONE)
        except OSError as error:
            click.echo(f"output: cannot be written: {error.strerror or error}", err=True)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(WRONG_INPUT)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find a command, or name the one that was meant."""
        from simulator.errors import nearest

        if args and self.get_command(ctx, args[0]) is None:
            meant = nearest(args[0], self.list_commands(ctx))
            hint = f"; did you mean {meant}?" if meant else ""
            ctx.fail(f"{args[0]}: there is no such command (allowed {', '.join(self.list_commands(ctx))}{hint})")
        return super().resolve_command(ctx, args)


@click.group(cls=Oilsim, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="oilsim")
def main() -> None:
    """Whose crude does China buy, at what price, and what changes when a supplier, route, tariff or sanction does?

    Start with:  oilsim run iran_offline
    """


@main.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@DRAWS
@SEED
@MONTHS
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change a value, as shocks.0.end=2026-06.")
@FORM
@FOLDER
def run(
    scenarios: tuple[str, ...],
    draws: int | None,
    seed: int,
    months: int | None,
    settings: tuple[str, ...],
    form: str,
    folder: Path | None,
) -> None:
    """Run scenarios and print what China pays, whose oil it burns, and who replaces whom.

    SCENARIO is a YAML file or the name of a shipped scenario (oilsim list).
    """
    asked, results = _run_kept(scenarios, draws, seed, months, settings, folder)
    _print_results(asked, results, form)
    _refuse_open_draws(results)


@main.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO SCENARIO...")
@DRAWS
@SEED
@MONTHS
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change a value in all of them.")
@FORM
@FOLDER
def compare(
    scenarios: tuple[str, ...],
    draws: int | None,
    seed: int,
    months: int | None,
    settings: tuple[str, ...],
    form: str,
    folder: Path | None,
) -> None:
    """Show what differs in the inputs of scenarios, then their outcomes side by side."""
    from simulator.errors import InputError, Problem

    if len(scenarios) < 2:
        raise InputError([Problem("SCENARIO", "compare needs two scenarios or more", given=scenarios[0])])
    asked, results = _run_kept(scenarios, draws, seed, months, settings, folder)
    from simulator.report.compare import as_csv, as_json, as_text

    if form == "json":
        click.echo(as_json(asked, results))
    elif form == "csv":
        click.echo(as_csv(results), nl=False)
    else:
        click.echo(as_text(asked, results))
    _refuse_open_draws(results)


@main.command()
@click.argument("scenario", metavar="SCENARIO")
@click.option("--over", "overs", multiple=True, metavar="PATH=LO:HI:N", help="What varies; or PATH=[VALUE, ...].")
@click.option("--design", type=click.Choice(DESIGNS), help="How values make points; grid if nothing is said.")
@click.option("--points", type=int, help="Points of a design that fills the space (lhs, sobol; PATH=LO:HI then).")
@click.option("--metric", "metrics", multiple=True, metavar="METRIC[/BY[/ITEM]]", help="Outcomes to keep.")
@DRAWS
@SEED
@MONTHS
@SETTINGS
@FORM
@click.option("-o", "folder", type=click.Path(path_type=Path), metavar="STORE", help="Keep it here, or go on with it.")
@click.option("--workers", type=int, help="Processes; one a core if left out.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True)
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask scheduler, as tcp://127.0.0.1:8786.")
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
    workers: int | None,
    engine: str,
    scheduler: str | None,
) -> None:
    """Run a scenario at many points of its inputs, the same draws at each: how does the answer move?

    Any number of --over; values are put over the scenario as --set does. What is kept in STORE is not run again.
    """
    from simulator.report.progress import progress
    from simulator.report.sweep import show
    from simulator.sweep.overs import parse_over
    from simulator.sweep.sweeps import kept_in, prepare_sweep, run_sweep

    over = dict(parse_over(one) for one in overs)
    asked = prepare_sweep(
        _load(scenario, settings), over, draws, seed, months, design=design, points=points, metrics=metrics
    )
    with kept_in(folder) as store:
        try:
            with progress("sweep", "points") as advance:
                run_sweep(asked, store, workers, engine, scheduler, advance)
        except KeyboardInterrupt:
            go_on = "nothing is kept" if folder is None else "run it again to go on where it stopped"
            click.echo(f"stopped: {go_on}", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
        left_out = show(store, form)
    if folder:
        click.echo(f"written: {folder / 'table.csv'}", err=True)
    if left_out > MOST_UNCONVERGED_SHARE * asked.draws * asked.layout.count:
        raise click.exceptions.Exit(NOT_CONVERGED)


@main.command()
@click.argument("episodes", nargs=-1, metavar="[EPISODE...]")
@click.option("--draws", type=click.IntRange(2, 1_000_000), default=1024, show_default=True, help="Draws an episode.")
@SEED
@FORM
@click.option("-o", "folder", type=click.Path(path_type=Path), help="Keep table, score and picture in this folder.")
def hindcast(episodes: tuple[str, ...], draws: int, seed: int, form: str, folder: Path | None) -> None:
    """Replay history: what the model would have said, beside what was observed.

    EPISODE is the name of a shipped episode, or a folder of your own: targets.csv with the columns of the shipped
    table (oilsim data show targets), and a scenario NAME.yaml for every episode in it. All shipped ones if left out.
    """
    from simulator.hindcast.episodes import named
    from simulator.hindcast.history import hindcast as replay_history
    from simulator.report import hindcast as report
    from simulator.report.progress import progress
    from simulator.results import prepare_folder

    asked = named(episodes)
    if folder:
        prepare_folder(folder)
    with progress("hindcast", "episodes") as advance:
        found = replay_history(asked, draws, seed, advance)
    click.echo({"json": report.as_json, "csv": report.as_csv, "table": report.as_text}[form](found).rstrip("\n"))
    if folder:
        for path in report.save(found, folder):
            click.echo(f"written: {path}", err=True)
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
    from simulator.report import calibration
    from simulator.report.progress import progress
    from simulator.results import prepare_folder

    if folder:
        prepare_folder(folder)
    with progress("calibrate", "replays") as advance:
        found = fit(shipped(), members, rounds, seed, advance)
    click.echo(calibration.as_text(found))
    if folder:
        for path in calibration.save(found, folder):
            click.echo(f"written: {path}", err=True)


@main.command()
@click.argument("key", metavar="KEY")
def explain(key: str) -> None:
    """Explain a key of scenario files, a type of shock or a parameter: meaning, unit, range, default, source."""
    from simulator.report.explain import in_words

    click.echo(in_words(key))


@main.command("list")
def list_() -> None:
    """List the shipped scenarios."""
    from simulator import library

    for file in library.files():
        scenario = _load(str(file), ())
        click.echo(f"{file.stem:<32} {scenario.summary or scenario.name}")


@main.command()
@click.argument("scenario", metavar="SCENARIO")
@SETTINGS
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def show(scenario: str, settings: tuple[str, ...], form: str) -> None:
    """Show a scenario in words, merged with what it extends, and where each value comes from."""
    from simulator.report.scenario import as_json, in_words

    asked = _load(scenario, settings)
    click.echo(json.dumps(as_json(asked), indent=1) if form == "json" else in_words(asked))


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def validate(files: tuple[str, ...]) -> None:
    """Check scenario files without running them."""
    from simulator.errors import InputError

    problems: list[Problem] = []
    for file in files:
        try:
            _load_all((file,))
        except InputError as error:
            problems += error.problems
        else:
            click.echo(f"{file}: in order")
    if problems:
        raise InputError(problems)


@main.command()
@click.argument("scenario", metavar="SCENARIO")
@DRAWS
@SEED
@SETTINGS
@FORM
def breakeven(scenario: str, draws: int | None, seed: int, settings: tuple[str, ...], form: str) -> None:
    """At what secondary tariff, and how likely enforced, complying becomes cheaper for China than defying."""
    from simulator.report.breakeven import as_text

    (result,) = _run_all(_load_all((scenario,), settings), draws, seed)
    click.echo(as_text(result, form))


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
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change a value first.")
@FORM
@click.option("-o", "folder", type=click.Path(path_type=Path), help="Keep tables and JSON in this folder.")
def sensitivity(
    scenario: str, months: int | None, settings: tuple[str, ...], form: str, folder: Path | None, **asked: Any
) -> None:
    """Say which uncertain numbers drive an outcome: Sobol indices with error bars, and one number at a time.

    With --above or --below: which ranges of the inputs, together, push the outcome beyond a value.
    """
    from simulator.report import sensitivity as report
    from simulator.report.progress import stages
    from simulator.results import prepare_folder

    extra = () if months is None else (f"months={months}",)
    (loaded,) = _load_all((scenario,), (*settings, *extra))
    if folder:
        prepare_folder(folder)
    with stages() as told:
        answer = report.answer(loaded, asked, told)
    click.echo(answer.text(form))
    for path in report.save(answer.files, folder) if folder else ():
        click.echo(f"written: {path}", err=True)
    if answer.unconverged_share > MOST_UNCONVERGED_SHARE:
        raise click.exceptions.Exit(NOT_CONVERGED)


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

    click.echo(as_text(china_premium(draws, seed, baseline), baseline, draws, form))


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
    if folder:
        written = write_futures(drawn, files, baseline, start, folder)
        click.echo(f"written: {len(written)} futures in {folder}", err=True)
    click.echo(as_text(odds(drawn), draws, seed, form))


@main.command()
@click.option("--draws", type=click.IntRange(1, 100_000), default=256, show_default=True, help="Draws of each run.")
@SEED
@click.option("-o", "page", type=click.Path(path_type=Path), help="Write the page of the documentation to this file.")
@FORM
def validation(draws: int, seed: int, page: Path | None, form: str) -> None:
    """Hold the engine against published results: what it reproduces, what it misses, and why."""
    from simulator.published.comparison import compare as compare_all
    from simulator.report.published import as_text, save

    found = compare_all(draws, seed, lambda name, number, count: click.echo(f"{number + 1}/{count} {name}", err=True))
    click.echo(as_text(found, form))
    if page:
        save(found, draws, seed, page)
        click.echo(f"written: {page}", err=True)


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
    from simulator import datasets
    from simulator.errors import DataError

    if found := datasets.verify():
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
    folder = store.write(store.sheets(built, name, cells.name, brent), name)
    click.echo(in_words(built, name, brent))
    click.echo(f"written: {folder}", err=True)


def _load_all(names: tuple[str, ...], settings: tuple[str, ...] = ()) -> list[Scenario]:
    """Load several scenarios and check what the market can do; the problems of all of them at once."""
    from simulator.errors import InputError
    from simulator.inputs.refusals import refuse_impossible

    problems: list[Problem] = []
    loaded = []
    for name in names:
        try:
            scenario = _load(name, settings)
            refuse_impossible(scenario)
            loaded.append(scenario)
        except InputError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise InputError(problems)
    return loaded


def _refuse_same_names(scenarios: tuple[str, ...]) -> None:
    from simulator.errors import InputError, Problem

    stems = [Path(name).stem for name in scenarios]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if twice:
        what = "two scenarios would be kept under one name"
        raise InputError([Problem("-o", what, given=", ".join(twice))])


def _settings(settings: tuple[str, ...]) -> dict[str, object]:
    """All --set options, or every problem in them at once."""
    from simulator.errors import InputError
    from simulator.scenario import parse_set

    problems: list[Problem] = []
    values = {}
    for setting in settings:
        try:
            path, value = parse_set(setting)
            values[path] = value
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return values


def _load(name: str, settings: tuple[str, ...]) -> Scenario:
    from simulator.library import find
    from simulator.scenario import load_scenario

    return load_scenario(find(name), set=_settings(settings))


def _run_all(asked: list[Scenario], draws: int | None, seed: int) -> list[Results]:
    from simulator.report.progress import progress
    from simulator.runs import run as run_scenario

    results = []
    for scenario in asked:
        with progress(scenario.name) as advance:
            results.append(run_scenario(scenario, draws=draws, seed=seed, progress=advance))
    return results


def _run_kept(
    scenarios: tuple[str, ...],
    draws: int | None,
    seed: int,
    months: int | None,
    settings: tuple[str, ...],
    folder: Path | None,
) -> tuple[list[Scenario], list[Results]]:
    """Load, run, and keep the full results where a folder is given."""
    from simulator.results import prepare_folder

    extra = () if months is None else (f"months={months}",)
    asked = _load_all(scenarios, (*settings, *extra))
    if folder:
        _refuse_same_names(scenarios)
        prepare_folder(folder)
    results = _run_all(asked, draws, seed)
    if folder:
        for name, result in zip(scenarios, results, strict=True):
            for path in result.save(folder, Path(name).stem):
                click.echo(f"written: {path}", err=True)
    return asked, results


def _refuse_open_draws(results: list[Results]) -> None:
    if any(result.unconverged > MOST_UNCONVERGED_SHARE * result.draws for result in results):
        raise click.exceptions.Exit(NOT_CONVERGED)


def _print_results(asked: list[Scenario], results: list[Results], form: str) -> None:
    if form == "json":
        documents = [result.document() for result in results]
        click.echo(json.dumps(documents if len(documents) > 1 else documents[0]))
    elif form == "csv":
        several = len(results) > 1
        for number, result in enumerate(results):
            click.echo(result.csv_lines(with_scenario=several, header=number == 0), nl=False)
    else:
        from simulator.report.terminal import Page
        from simulator.report.terminal import show as show_screens

        summaries = (scenario.summary for scenario in asked)
        show_screens(zip(results, summaries, strict=True), Page())


if __name__ == "__main__":
    main()
