"""From the words of a command to loaded scenarios and results."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import MOST_UNCONVERGED_SHARE, NOT_CONVERGED, say_written

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


def refuse_nowhere(formats: str | None, folder: Path | None) -> None:
    """Refuse to draw pictures for which no folder is named.

    Raises
    ------
    InputError : there are formats, and no folder.
    """
    from simulator.errors import InputError, Problem

    if formats and folder is None:
        raise InputError([Problem("--as", "needs -o, a folder to keep the pictures in", given=formats)])


def refuse_same_names(scenarios: tuple[str, ...]) -> None:
    from simulator.errors import InputError, Problem

    stems = [Path(name).stem for name in scenarios]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if twice:
        what = "two scenarios would be kept under one name"
        raise InputError([Problem("-o", what, given=", ".join(twice))])


def parse_settings(settings: tuple[str, ...]) -> dict[str, object]:
    """All --set options, or every problem in them at once."""
    from simulator.errors import InputError, Problem
    from simulator.scenario import parse_set

    problems: list[Problem] = []
    values: dict[str, object] = {}
    for setting in settings:
        try:
            path, value = parse_set(setting)
            if path in values:
                problems.append(Problem(path, "is given twice", given=setting))
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
) -> tuple[list[Scenario], list[Results], list[Problem]]:
    """Load, run, and keep the full results where a folder is given, each as soon as it is there.

    What could not be kept comes back as problems: it is to be printed all the same before they are told.
    """
    from simulator.keeping import prepare_folder
    from simulator.results import kept_names

    extra = () if months is None else (f"months={months}",)
    asked = load_all(scenarios, (*settings, *extra))
    if folder:
        refuse_same_names(scenarios)
        prepare_folder(folder, [kept for name in scenarios for kept in kept_names(Path(name).stem)])
    results: list[Results] = []
    unkept: list[Problem] = []
    for name, scenario in zip(scenarios, asked, strict=True):
        results += run_all([scenario], **drawn)
        if folder:
            unkept += keep(partial(results[-1].save, folder, Path(name).stem))
    return asked, results, unkept


def keep(save: Callable[[], Iterable[Path]]) -> list[Problem]:
    """Keep something and say where; what stood in the way, if anything did."""
    from simulator.errors import InputError

    try:
        for path in save():
            say_written(path)
    except InputError as error:
        return list(error.problems)
    return []


def print_kept(show: Callable[[], object], unkept: list[Problem]) -> None:
    """Print what was computed, whether it could be kept or not; only then say that it could not.

    Raises
    ------
    InputError : with what stood in the way.
    """
    from simulator.errors import InputError

    try:
        show()
    except OSError:
        if not unkept:
            raise
    if unkept:
        raise InputError(unkept)


def keep_then_print(save: Callable[[], Iterable[Path]], show: Callable[[], object]) -> None:
    """Keep what was computed first, for a reader may go away; print it even where it cannot be kept."""
    print_kept(show, keep(save))


def name_open_draws(scenarios: tuple[str, ...], results: list[Results], settings: tuple[str, ...]) -> None:
    """Say which draws did not clear, and how to run each by itself: a line a draw, on standard error."""
    from simulator.report.failures import lines

    for name, result in zip(scenarios, results, strict=True):
        for line in lines(name, result, settings):
            click.echo(line, err=True)


def refuse_open_draws(results: list[Results]) -> None:
    if any(result.unconverged > MOST_UNCONVERGED_SHARE * result.draws for result in results):
        raise click.exceptions.Exit(NOT_CONVERGED)


def refuse_unshowable(form: str, lang: str) -> None:
    """Refuse a language that cannot be written where the table is to go, before anything runs.

    Raises
    ------
    InputError : the encoding of standard output has no letters for it.
    """
    from simulator.errors import InputError, Problem
    from simulator.report.language import words

    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        words(lang)("terminal.costs").encode(encoding)
    except UnicodeEncodeError:
        if form == "table":
            what = f"the output's encoding, {encoding}, has no letters for it; PYTHONIOENCODING=utf-8 changes it"
            raise InputError([Problem("--lang", what, given=lang)]) from None


def print_results(asked: list[Scenario], results: list[Results], form: str, lang: str) -> None:
    if form == "json":
        documents = [result.document() for result in results]
        click.echo(json.dumps(documents if len(documents) > 1 else documents[0]))
    elif form == "csv":
        several = len(results) > 1
        for number, result in enumerate(results):
            click.echo(result.csv_lines(with_scenario=several, header=number == 0), nl=False)
    else:
        from simulator.report.language import words
        from simulator.report.page import Page
        from simulator.report.terminal import screens

        summaries = (scenario.summary for scenario in asked)
        click.echo(screens(zip(results, summaries, strict=True), words(lang), Page()), nl=False, color=True)
