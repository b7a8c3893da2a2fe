"""Whole processes, byte-compiled, as ratios to importing numpy."""

from __future__ import annotations

import statistics
import subprocess
import sys
from functools import partial
from pathlib import Path

from bench.posed import ROOT, SCENARIO
from bench.turns import seconds_in_turns, spread

TURNS = 7
NUMPY = 'python -c "import numpy"'


def measure() -> None:
    """Print seconds of commands, and how many times an import of numpy they take."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "simulator"], cwd=ROOT, check=True)
    oilsim = Path(sys.executable).with_name("oilsim")
    commands: dict[str, list[str | Path]] = {
        NUMPY: [sys.executable, "-c", "import numpy"],
        "oilsim --help": [oilsim, "--help"],
        "oilsim validate": [oilsim, "validate", SCENARIO],
        "oilsim run iran_offline (1,024 draws, 12 months)": [oilsim, "run", SCENARIO],
    }
    jobs = {name: partial(_process, command) for name, command in commands.items()}
    times = seconds_in_turns(jobs, TURNS)
    print(f"whole processes, median of {TURNS}, in turns")
    base = statistics.median(times[NUMPY])
    for name, seconds in times.items():
        print(f"  {spread(seconds, '.2f'):>22} s   {statistics.median(seconds) / base:5.2f} x   {name}")
    print()


def _process(command: list[str | Path], _turn: int) -> None:
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
