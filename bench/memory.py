"""Peak memory and rate of one large run in its own process."""

from __future__ import annotations

import time

from bench.posed import SCENARIO
from bench.watched import HOW, python

MONTHS = 12


def measure(draws: int = 100_000) -> None:
    """Print megabytes, seconds and months a second."""
    began = time.perf_counter()
    run = python(f"from simulator import run; print(run({str(SCENARIO)!r}, draws={draws}).unconverged)")
    seconds = time.perf_counter() - began
    print(f"{draws:,} draws x {MONTHS} months with all outcomes and bands, one process")
    print(f"({HOW})")
    print(
        f"  {run.main_mb:6.0f} MB peak   {seconds:.0f} s   {draws * MONTHS / seconds:,.0f} months a second   ", end=""
    )
    print(f"{run.output} draws did not converge\n")
