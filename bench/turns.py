"""Measuring side by side: contenders take turns, so that a busy machine slows all of them."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version


def seconds_in_turns(jobs: Mapping[str, Callable[[int], object]], turns: int) -> dict[str, list[float]]:
    """Wall-clock seconds of every job in every turn; a job is told the number of the turn."""
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(turns):
        for name, job in jobs.items():
            began = time.perf_counter()
            job(turn)
            seconds[name].append(time.perf_counter() - began)
    return seconds


def ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """One ratio a turn: what was measured together is divided by each other."""
    return [a / b for a, b in zip(over, under, strict=True)]


def spread(values: Sequence[float], form: str) -> str:
    """Median and range of what was measured, as `12 (11 to 14)`."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):{form}} ({low:{form}} to {high:{form}})"


def versions(*names: str) -> str:
    """Who was measured: Python and the packages named, as installed."""
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names)])
