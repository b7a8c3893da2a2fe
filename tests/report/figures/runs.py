"""Runs that pictures are made of, each computed once."""

from functools import cache

from simulator import load_scenario, run
from simulator.library import find
from simulator.results import Results


@cache
def of(name: str, draws: int = 24, months: int | None = None) -> Results:
    """A shipped scenario, run with few draws."""
    return run(load_scenario(find(name)), draws=draws, months=months)
