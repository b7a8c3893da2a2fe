"""Runs that pictures are made of, each computed once."""

from functools import cache

import pytest

from simulator import load_scenario, run
from simulator.library import find
from simulator.results import Results

pytest.importorskip("matplotlib")


@cache
def result(name: str, draws: int = 24, months: int | None = None) -> Results:
    """A shipped scenario, run with few draws."""
    return run(load_scenario(find(name)), draws=draws, months=months)


@pytest.fixture(scope="session")
def of():
    """Results by name, draws and months."""
    return result
