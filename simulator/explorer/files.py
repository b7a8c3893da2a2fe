"""Scenarios that come from a person's machine, and those that go back to it."""

from __future__ import annotations

import re

import yaml

from simulator.errors import InputError
from simulator.explorer.question import Question
from simulator.reading.reader import LARGEST_FILE_BYTES
from simulator.scenario import Scenario
from simulator.scenario.load import load_bytes

MOST_BYTES = LARGEST_FILE_BYTES
"""The largest file that is taken: what a scenario may have."""
LONGEST_NAME = 100
MOVED = ", levers moved"
"""What a saved scenario adds to the name of the one it was made from."""
MOST_MONTHS = 60
AT_ONCE = {"ramp_months": 0, "recovery_months": 0}
"""What a shock says as well by leaving it out."""


def opened(raw: bytes, name: str) -> Scenario:
    """The scenario of an uploaded file.

    Raises
    ------
    InputError : with every problem, its line and column.
    """
    scenario = load_bytes(raw, name or "scenario.yaml")
    refuse_long(scenario)
    return scenario


def refuse_long(scenario: Scenario) -> None:
    """Refuse what would keep everybody waiting at every move.

    Raises
    ------
    InputError : the scenario runs over too many months.
    """
    if scenario.months > MOST_MONTHS:
        what, allowed = "are too many for the page", f"up to {MOST_MONTHS}; oilsim run takes more"
        raise InputError([scenario.problem("months", what, given=scenario.months, allowed=allowed)])


def saved(question: Question, draws: int) -> str:
    """The question as a scenario file: `oilsim run` on it gives the figures that the page showed.

    Parameters
    ----------
    draws : how many the page used; the file names them
    """
    document = {**question.document, "name": name(question), "draws": draws}
    given = document.pop("shocks", [])
    shocks = [{key: value for key, value in one.items() if value != AT_ONCE.get(key)} for one in given]
    whole = {key: value for key, value in {**document, "shocks": shocks}.items() if value not in ({}, [])}
    text: str = yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)
    return text


def name(question: Question) -> str:
    """What the question is called: as the scenario it started from, unless levers have been moved since.

    >>> from simulator import load_scenario
    >>> from simulator.library import find
    >>> name(Question.of(load_scenario(find("iran_offline"))).moved("iran_loss", 0.5))
    'Iran offline, levers moved'
    """
    given = question.start.scenario.name
    if not question.moves or given.endswith(MOVED):
        return given
    return given[: LONGEST_NAME - len(MOVED)] + MOVED


def file_name(question: Question) -> str:
    """A name for the file: that of the question, without what file systems do not take.

    >>> from simulator import load_scenario
    >>> from simulator.library import find
    >>> file_name(Question.of(load_scenario(find("iran_offline"))))
    'iran_offline.yaml'
    """
    stem = re.sub(r"\W+", "_", name(question).lower()).strip("_")[:LONGEST_NAME]
    return f"{stem or 'scenario'}.yaml"
