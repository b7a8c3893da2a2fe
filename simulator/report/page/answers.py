"""Scenarios run and drawn, several at once: a process draws one while another still runs the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.report.language import words
from simulator.results import Results
from simulator.runs import run
from simulator.scenario import Scenario
from simulator.sweeps.engines import Crew, engine


@dataclass(frozen=True)
class Answer:
    """One scenario, what came out, and its pictures as SVG by name, in reading order."""

    scenario: Scenario
    results: Results
    pictures: dict[str, str]


@dataclass(frozen=True)
class Asked:
    """One scenario to run and draw; `drawn` as for `run`: draws, seed, sampling."""

    scenario: Scenario
    language: str
    drawn: dict[str, Any]


def answers(
    scenarios: Sequence[Scenario],
    language: str,
    progress: Callable[[int, int], None] | None = None,
    **drawn: Any,
) -> list[Answer]:
    """Run and draw scenarios; the figures are those of `run`, whoever did the work.

    Parameters
    ----------
    language : of the pictures     progress : called with the scenarios done and wanted
    drawn : as for `run`: draws, seed, sampling
    """
    asked = [Asked(scenario, language, drawn) for scenario in scenarios]
    found: list[Answer] = []
    with engine(Crew(workers=min(len(asked), Crew().count))) as do:
        for scenario, (results, pictures) in zip(scenarios, do(_answer, asked), strict=True):
            found.append(Answer(scenario, results, pictures))
            if progress:
                progress(len(found), len(asked))
    return found


def _answer(asked: Asked) -> tuple[Results, dict[str, str]]:
    """The work of one process."""
    results = run(asked.scenario, **asked.drawn)
    return results, drawn_as_svg(results, asked.language)


def drawn_as_svg(results: Results, language: str) -> dict[str, str]:
    """The pictures of one run."""
    from simulator.report.figures import Size, as_svg, pictures

    return {name: as_svg(figure) for name, figure in pictures(results, words(language), Size.REPORT).items()}
