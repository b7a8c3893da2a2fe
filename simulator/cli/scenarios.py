"""Commands about scenarios: run, compare, breakeven, list, show, validate, explain."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.group import main
from simulator.cli.loading import (
    load,
    load_all,
    name_open_draws,
    print_kept,
    print_results,
    refuse_open_draws,
    refuse_unshowable,
    run_all,
    run_kept,
)
from simulator.cli.options import DRAW, DRAWS, FORM, LANG, RUNS, SAMPLING, SEED, SETTINGS, Word

if TYPE_CHECKING:
    from simulator.errors import Problem


@main.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@RUNS
@DRAW
@FORM
@LANG
def run(scenarios: tuple[str, ...], form: str, lang: str, **how: Any) -> None:
    """Run scenarios and print what China pays, whose oil it burns, and who replaces whom.

    SCENARIO is a YAML file or the name of a shipped scenario (oilsim list). Draw K comes out to the same bits as among
    all of them: --draws and --seed as in the run it is of.
    """
    refuse_unshowable(form, lang)
    asked, results, unkept = run_kept(scenarios, **how)
    print_kept(partial(print_results, asked, results, form, lang), unkept)
    name_open_draws(scenarios, results, how["settings"])
    refuse_open_draws(results)


@main.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO SCENARIO...")
@RUNS
@FORM
@LANG
def compare(scenarios: tuple[str, ...], form: str, lang: str, **how: Any) -> None:
    """Show what differs in the inputs of scenarios, then their outcomes side by side."""
    from simulator.errors import InputError, Problem

    if len(scenarios) < 2:
        raise InputError([Problem("SCENARIO", "compare needs two scenarios or more", given=scenarios[0])])
    refuse_unshowable(form, lang)
    asked, results, unkept = run_kept(scenarios, **how)
    from simulator.report.compare import as_csv, as_json

    def show() -> None:
        if form == "json":
            click.echo(as_json(asked, results))
        elif form == "csv":
            click.echo(as_csv(results), nl=False)
        else:
            from simulator.report.beside import screen
            from simulator.report.language import words
            from simulator.report.page import Page

            click.echo(screen(asked, results, words(lang), Page()), nl=False, color=True)

    print_kept(show, unkept)
    name_open_draws(scenarios, results, how["settings"])
    refuse_open_draws(results)


@main.command()
@click.argument("scenario", metavar="SCENARIO")
@DRAWS
@SEED
@SAMPLING
@SETTINGS
@FORM
def breakeven(
    scenario: str, draws: int | None, seed: int, sampling: str | None, settings: tuple[str, ...], form: str
) -> None:
    """At what secondary tariff, and how likely enforced, complying becomes cheaper for China than defying."""
    from simulator.report.breakeven import as_text

    (result,) = run_all(load_all((scenario,), settings), draws=draws, seed=seed, sampling=sampling)
    click.echo(as_text(result, form))
    name_open_draws((scenario,), [result], settings)


@main.command("list")
def list_() -> None:
    """List the shipped scenarios."""
    from simulator import library

    for file in library.files():
        scenario = load(str(file), ())
        click.echo(f"{file.stem:<32} {scenario.summary or scenario.name}")


@main.command()
@click.argument("scenario", metavar="SCENARIO")
@SETTINGS
@click.option("--format", "form", type=Word(["table", "json"]), default="table", show_default=True)
def show(scenario: str, settings: tuple[str, ...], form: str) -> None:
    """Show a scenario in words, merged with what it extends, and where each value comes from."""
    from simulator.report.scenario import as_json, in_words

    asked = load(scenario, settings)
    click.echo(json.dumps(as_json(asked), indent=1) if form == "json" else in_words(asked))


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def validate(files: tuple[str, ...]) -> None:
    """Check scenario files without running them."""
    from simulator.errors import InputError, printable

    problems: list[Problem] = []
    for file in files:
        try:
            load_all((file,))
        except InputError as error:
            problems += error.problems
        else:
            click.echo(f"{printable(file)}: in order")
    if problems:
        raise InputError(problems)


@main.command()
@click.argument("key", metavar="KEY")
def explain(key: str) -> None:
    """Explain a key of scenario files, a type of shock or a parameter: meaning, unit, range, default, source."""
    from simulator.report.explain import in_words

    click.echo(in_words(key))
