"""Print the figures: equilibria a second against scipy, start-up against numpy, memory of a large run."""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.single import clear_one, one_draw
from simulator.axes import DRAW_BLOCK
from simulator.blocks import Plan, prepare
from simulator.inputs.calibration import calibrate
from simulator.inputs.compile import compile_block
from simulator.inputs.draws import Block
from simulator.inputs.levers import levers
from simulator.market.clearing import Market, clear, first_guess
from simulator.months import first_state, next_state
from simulator.paths import clear_month
from simulator.scenario import load_scenario

Array = NDArray[np.float64]

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ROOT / "scenarios" / "iran_offline.yaml"
# A ramp over the whole year: every month is another market, none is solved by the one before.
RAMP = {"shocks.0.ramp_months": 11}
BLOCKS, SCIPY_DRAWS, REPEATS = 4, 24, 7


def main() -> None:
    """Run all measurements, or only those named."""
    parts = {"kernel": kernel, "startup": startup, "memory": memory}
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*parts, []], metavar="PART", help=", ".join(parts))
    parser.add_argument("--draws", type=int, default=100_000, help="draws of the memory measurement")
    asked = parser.parse_args()
    for name in asked.parts or parts:
        if name == "memory":
            memory(asked.draws)
        else:
            parts[name]()


def kernel() -> None:
    """Monthly equilibria a second on all cores, and against scipy one draw at a time, in turns."""
    plan = prepare(load_scenario(SCENARIO, set=RAMP))
    months = len(plan.scenario.calendar)
    streams, buyers = len(plan.base.labels.streams), plan.base.flow_kbd.shape[0]
    blocks = [Block(1, first) for first in range(0, BLOCKS * DRAW_BLOCK, DRAW_BLOCK)]
    workers = len(os.sched_getaffinity(0))
    posed = list(_year(plan, blocks[0]))
    everything = BLOCKS * DRAW_BLOCK * months
    rates: dict[str, list[float]] = {"year": [], "warm": [], "cold": [], "scipy warm": [], "scipy cold": []}
    missed = 0
    with ThreadPoolExecutor(workers) as pool:
        for turn in range(REPEATS):
            began = time.perf_counter()
            list(pool.map(lambda block: list(_year(plan, block)), blocks))
            rates["year"].append(everything / (time.perf_counter() - began))
            for warm in (True, False):
                name = "warm" if warm else "cold"
                began = time.perf_counter()
                list(pool.map(lambda _, warm=warm: [_clear(one, warm) for one in posed], blocks))
                rates[name].append(everything / (time.perf_counter() - began))
                began = time.perf_counter()
                for draw in range(SCIPY_DRAWS):
                    market, last = posed[(turn + draw) % months]
                    start = last if warm else market.base_fob_usd_bbl
                    missed += not clear_one(one_draw(market, draw), start[draw])[1]
                rates[f"scipy {name}"].append(SCIPY_DRAWS / (time.perf_counter() - began))
    print(f"monthly equilibria a second, {streams} streams, {buyers} buyers, 3 types, tolerance 1e-8")
    print(f"(a year of Iran going offline by twelfths, {BLOCKS} blocks of {DRAW_BLOCK} draws, median of {REPEATS})")
    for name, words in (
        ("warm", f"clear, from last month's prices, {workers} threads"),
        ("cold", f"clear, from base prices, {workers} threads"),
        ("year", f"build, clear and hand on the state, {workers} threads"),
        ("scipy warm", "scipy hybr, analytic Jacobian, one draw at a time, from last month's prices"),
        ("scipy cold", "the same from base prices"),
    ):
        print(
            f"  {statistics.median(rates[name]):>10,.0f}   {min(rates[name]):,.0f} to {max(rates[name]):,.0f}   {words}"
        )
    for name in ("warm", "cold"):
        pairs = [ours / other for ours, other in zip(rates[name], rates[f"scipy {name}"], strict=True)]
        low, high = min(pairs), max(pairs)
        print(f"  {statistics.median(pairs):>10.0f} times scipy, {name}, measured in turns ({low:.0f} to {high:.0f})")
    print(f"  {missed} of {2 * REPEATS * SCIPY_DRAWS} scipy solutions miss the tolerance")
    print(f"  largest difference of prices where both converge: {_difference(posed):.1e} USD/bbl\n")


def startup() -> None:
    """Whole processes, byte-compiled, as ratios to importing numpy."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "simulator"], cwd=ROOT, check=True)
    oilsim = Path(sys.executable).with_name("oilsim")
    commands = {
        'python -c "import numpy"': [sys.executable, "-c", "import numpy"],
        "oilsim --help": [oilsim, "--help"],
        "oilsim validate": [oilsim, "validate", SCENARIO],
        "oilsim run iran_offline (1,024 draws, 12 months)": [oilsim, "run", SCENARIO],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(REPEATS):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - began)
    print(f"whole processes, median of {REPEATS}, in turns")
    base = statistics.median(times['python -c "import numpy"'])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"  {median:6.2f} s   {median / base:5.2f} x   {name}")
    print()


def memory(draws: int = 100_000) -> None:
    """Peak memory and rate of one large run in its own process."""
    code = f"from simulator import run; print(run({str(SCENARIO)!r}, draws={draws}).unconverged)"
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{draws:,} draws x 12 months with all outcomes and bands, one process")
    print(f"  {peak:6.0f} MB peak   {seconds:.0f} s   {draws * 12 / seconds:,.0f} months a second   ", end="")
    print(f"{done.stdout.strip()} draws did not converge")


Posed = tuple[Market, Array]


def _year(plan: Plan, block: Block) -> Iterator[Posed]:
    """A year of markets and the prices their search starts from, each handed on to the next."""
    drawn, measures = compile_block(plan.scenario, plan.base, plan.numbers, block)
    cal = calibrate(plan.base, drawn)
    state = first_state(cal)
    for number, month in enumerate(plan.scenario.calendar):
        now = levers(plan.base, measures, number), state, float(month.days)
        start = first_guess(state.fob_usd_bbl, state.fob_before_usd_bbl, state.fob_pace_share)
        built, cleared, trade, _ = clear_month(cal, now, (measures, number))
        assert cleared.converged.all(), "a draw of the benchmark did not converge"
        state = next_state(cal, now, built, cleared, trade)
        yield built.market, start


def _clear(posed: Posed, warm: bool) -> None:
    market, last = posed
    assert clear(market, last if warm else market.base_fob_usd_bbl).converged.all()


def _difference(posed: list[Posed]) -> float:
    """Ours against scipy where scipy converges; both solve the same equations by different code."""
    worst = 0.0
    for number, (market, start) in enumerate(posed):
        ours = clear(market, start).fob_usd_bbl[number]
        theirs, converged = clear_one(one_draw(market, number), start[number])
        trading = market.supply.available_share[number] > 0
        worst = max(worst, float(np.abs(ours - theirs)[trading].max()) if converged else 0.0)
    return worst


if __name__ == "__main__":
    main()
