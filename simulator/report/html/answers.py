"""Scenarios run and drawn, several at once: a process draws one while another still runs the next."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from simulator.errors import InputError, Problem
from simulator.report.html.outcomes import METRICS
from simulator.report.language import Words, words
from simulator.results import Results
from simulator.runs import run
from simulator.scenario import Scenario
from simulator.sweeps.engines import Crew, engine

LIBRARIES = ("jinja2", "matplotlib")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Answer:
    """One scenario, what came out, and its pictures as SVG by name, in reading order."""

    scenario: Scenario
    results: Results
    pictures: dict[str, str]


@dataclass(frozen=True)
class Task:
    """One scenario to run and draw; `drawn` as for `run`: draws, seed, sampling."""

    scenario: Scenario
    language: str
    drawn: dict[str, Any]


def refuse_without_libraries() -> None:
    """Refuse where a library that pages need is not installed, before anything is computed."""
    missing = [library for library in LIBRARIES if find_spec(library) is None]
    if missing:
        what = f"needs {' and '.join(missing)}: pip install 'oilsim[report]'"
        raise InputError([Problem("report", what)])


def answers(
    scenarios: Sequence[Scenario], language: str, progress: Progress | None = None, **drawn: Any
) -> list[Answer]:
    """Run and draw scenarios; the figures are those of `run`, whoever did the work.

    Parameters
    ----------
    language : of the pictures
    progress : called with the scenarios done and wanted; with the draws, where there is one scenario
    drawn : as for `run`: draws, seed, sampling
    """
    if len(scenarios) == 1:
        results = run(scenarios[0], progress=progress, metrics=METRICS, **drawn)
        return [Answer(scenarios[0], results, pictures_of(results, language))]
    tasks = [Task(scenario, language, drawn) for scenario in scenarios]
    found: list[Answer] = []
    if progress:
        progress(0, len(tasks))
    with engine(Crew(workers=min(len(tasks), Crew().count))) as do:
        for scenario, (results, pictures) in zip(scenarios, do(_answer, tasks), strict=True):
            found.append(Answer(scenario, results, pictures))
            if progress:
                progress(len(found), len(tasks))
    return found


def _answer(task: Task) -> tuple[Results, dict[str, str]]:
    """The work of one process."""
    results = run(task.scenario, metrics=METRICS, **task.drawn)
    return results, pictures_of(results, task.language)


def pictures_of(results: Results, language: str) -> dict[str, str]:
    """The pictures of one run as SVG, by name."""
    from simulator.report.figures import as_svg, pictures

    told, letters = words(language), set[str]()
    with _nothing_collected():
        drawn = pictures(_named(results, told), told)
        return {name: as_svg(figure, letters) for name, figure in drawn.items()}


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Look for no garbage meanwhile: beside results of many rows that takes a quarter of the time of drawing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def pictures_of_several(answers: Sequence[Answer], language: str) -> dict[str, str]:
    """The pictures that hold all runs, where there are several."""
    from simulator.report.figures import as_svg, of_several

    told, letters = words(language), set[str]()
    results = [_named(answer.results, told) for answer in answers]
    drawn = of_several(results, told) if len(results) > 1 else {}
    return {name: as_svg(figure, letters) for name, figure in drawn.items()}


def _named(results: Results, told: Words) -> Results:
    """Results under their scenario's name in a language."""
    return replace(results, scenario=told.remark(results.scenario))
