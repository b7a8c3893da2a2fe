"""A grid of points in worker processes: seconds, memory, one worker beside two; and one large run beside it."""

from __future__ import annotations

import math
from functools import partial

from bench.posed import SCENARIO
from bench.turns import ratios, seconds_in_turns, spread
from bench.watched import HOW, Watched, python
from simulator.sweeps.engines import ONE_THREAD

DRAWS, MONTHS, WORKERS = 256, 12, 2
SMALL = 49
"""Points of the grid that one worker and two do in turns."""
LARGE = 10_000
"""Draws of the large run."""
TURNS = 3

GRID = """
import time
from tempfile import TemporaryDirectory
import numpy as np
from simulator import sweep
over = {{
    "shocks.0.loss_share": np.linspace(0, 1, {side}).tolist(),
    "parameters.fear": np.linspace(0.1, 0.6, {side}).tolist(),
}}
with TemporaryDirectory() as folder:
    began = time.perf_counter()
    found = sweep({scenario!r}, over, draws={draws}, months={months}, store=folder, workers={workers})
    seconds = time.perf_counter() - began
    missing = int(found["brent_usd_bbl"].sel(month="horizon", item="total").isnull().sum())
    print(seconds, missing)
"""
RUN = """
from simulator import run
run({scenario!r}, draws={draws}, months={months}).table
"""
ONE_POINT = """
from tempfile import TemporaryDirectory
from simulator import sweep
with TemporaryDirectory() as folder:
    sweep({scenario!r}, {{"parameters.fear": [0.4]}}, draws={draws}, months={months}, store=folder, workers={workers})
"""


def measure(points: int = 41 * 41) -> None:
    """Print the figures of the grid, of one worker beside two, and of the large run."""
    _grid(math.isqrt(points))
    _workers(math.isqrt(SMALL))
    _large()


def _grid(side: int) -> None:
    points = side * side
    done = _swept(side, WORKERS)
    seconds, missing = done.output.split()
    took = float(seconds)
    solved = points * DRAWS * MONTHS
    print(f"a sweep of {side} x {side} points x {DRAWS} draws x {MONTHS} months, usual outcomes, {WORKERS} workers")
    print(f"({HOW})")
    print(f"  {took:8.1f} s, kept in a store and read back: {points / took:.1f} points a second")
    print(f"  {solved / took:8,.0f} monthly equilibria a second; the month without shocks beside them is not counted")
    print(f"  {done.main_mb:8.0f} MB peak of the main process, {done.workers_mb:.0f} MB of the workers together")
    print(f"  {missing} figures of the horizon's Brent missing\n")


def _workers(side: int) -> None:
    took: dict[int, list[float]] = {1: [], WORKERS: []}
    for _ in range(TURNS):
        for workers, seconds in took.items():
            seconds.append(float(_swept(side, workers).output.split()[0]))
    print(f"one worker beside {WORKERS}, {side} x {side} points, one thread each, {TURNS} turns, with their start")
    for workers, seconds in took.items():
        print(f"  {spread(seconds, '.1f'):>22} s   workers: {workers}")
    print(f"  {spread(ratios(took[1], took[WORKERS]), '.2f'):>22} times as fast\n")


def _large() -> None:
    asked = {"scenario": str(SCENARIO), "draws": LARGE, "months": MONTHS}
    codes = {
        "run": RUN.format(**asked),
        f"sweep of one point, {WORKERS} workers": ONE_POINT.format(**asked, workers=WORKERS),
    }
    jobs = {name: partial(_process, code) for name, code in codes.items()}
    print(f"{LARGE:,} draws x {MONTHS} months of one scenario, whole processes, {TURNS} turns")
    for name, seconds in seconds_in_turns(jobs, TURNS).items():
        print(f"  {spread(seconds, '.1f'):>22} s   {name}")
    print()


def _swept(side: int, workers: int) -> Watched:
    return python(
        GRID.format(side=side, scenario=str(SCENARIO), draws=DRAWS, months=MONTHS, workers=workers), ONE_THREAD
    )


def _process(code: str, _turn: int) -> None:
    python(code)
