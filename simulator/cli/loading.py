"""From the words of a command to loaded scenarios and results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import MOST_UNCONVERGED_SHARE, NOT_CONVERGED

if TYPE_CHECKING:
    from simulator.errors import Problem
    from simulator.results import Results
    from simulator.scenario import Scenario


def load_all(names: tuple[str, ...], settings: tuple[str, ...] = ()) -> list[Scenario]:
    """Load several scenarios and check what the market can do; the problems of all of them at once."""
    from simulator.errors import InputError
    from simulator.inputs.refusals import refuse_impossible

    problems: list[Problem] = []
    loaded = []
    for name in names:
        try:
            scenario = load(name, settings)
            refuse_impossible(scenario)
            loaded.append(scenario)
        except InputError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise InputError(problems)
    return loaded


def refuse_same_names(scenarios: tuple[str, ...]) -> None:
    from simulator.errors import InputError, Problem

    stems = [Path(name).stem for name in scenarios]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if twice:
        what = "two scenarios would be kept under one name"
        raise InputError([Problem("-o", what, given=", ".join(twice))])


def parse_settings(settings: tuple[str, ...]) -> dict[str, object]:
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


def load(name: str, settings: tuple[str, ...]) -> Scenario:
    from simulator.library import find
    from simulator.scenario import load_scenario

    return load_scenario(find(name), set=parse_settings(settings))


def run_all(asked: list[Scenario], **drawn: Any) -> list[Results]:
    """Run scenarios one after the other; `drawn` as for `run`: draws, seed, sampling, draw."""
    from simulator.report.progress import progress
    from simulator.runs import run as run_scenario

    results = []
    for scenario in asked:
        with progress(scenario.name) as advance:
            results.append(run_scenario(scenario, progress=advance, **drawn))
    return results


def run_kept(
    scenarios: tuple[str, ...], *, months: int | None, settings: tuple[str, ...], folder: Path | None, **drawn: Any
) -> tuple[list[Scenario], list[Results]]:
    """Load, run, and keep the full results where a folder is given."""
    from simulator.keeping import prepare_folder

    extra = () if months is None else (f"months={months}",)
    asked = load_all(scenarios, (*settings, *extra))
    if folder:
        refuse_same_names(scenarios)
        prepare_folder(folder)
    results = run_all(asked, **drawn)
    if folder:
        for name, result in zip(scenarios, results, strict=True):
            for path in result.save(folder, Path(name).stem):
                click.echo(f"written: {path}", err=True)
    return asked, results


def name_open_draws(scenarios: tuple[str, ...], results: list[Results], settings: tuple[str, ...]) -> None:
    """Say which draws did not clear, and how to run each by itself: a line a draw, on standard error."""
    from simulator.report.failures import lines

    for name, result in zip(scenarios, results, strict=True):
        for line in lines(name, result, settings):
            click.echo(line, err=True)


def refuse_open_draws(results: list[Results]) -> None:
    if any(result.unconverged > MOST_UNCONVERGED_SHARE * result.draws for result in results):
        raise click.exceptions.Exit(NOT_CONVERGED)


def print_results(asked: list[Scenario], results: list[Results], form: str) -> None:
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
