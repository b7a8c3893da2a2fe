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

from bench.single import one_draw
from simulator.axes import DRAW_BLOCK
from simulator.blocks import Plan, prepare
from simulator.inputs.calibration import calibrate
from simulator.inputs.compile import compile_block
from simulator.inputs.draws import Block
from simulator.inputs.levers import levers
from simulator.inputs.market import month_market
from simulator.market.clearing import Market, clear, first_guess
from simulator.scenario import load_scenario

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
    workers = os.cpu_count() or 1
    samples = [market for _, market in zip(range(months), _markets(plan, blocks[0]), strict=False)]
    rates: dict[str, list[float]] = {"ours": [], "cold": [], "scipy": []}
    with ThreadPoolExecutor(workers) as pool:
        for turn in range(REPEATS):
            began = time.perf_counter()
            list(pool.map(lambda block: _year(plan, block, warm=True), blocks))
            rates["ours"].append(BLOCKS * DRAW_BLOCK * months / (time.perf_counter() - began))
            began = time.perf_counter()
            list(pool.map(lambda block: _year(plan, block, warm=False), blocks))
            rates["cold"].append(BLOCKS * DRAW_BLOCK * months / (time.perf_counter() - began))
            began = time.perf_counter()
            for draw in range(SCIPY_DRAWS):
                one_draw(samples[(turn + draw) % months], draw).clear()
            rates["scipy"].append(SCIPY_DRAWS / (time.perf_counter() - began))
    print(f"monthly equilibria a second, {streams} streams, {buyers} buyers, 3 types, tolerance 1e-8")
    print(f"(a year of Iran going offline by twelfths, {BLOCKS} blocks of {DRAW_BLOCK} draws, median of {REPEATS})")
    for name, words in (
        ("ours", f"build and clear, from last month's prices, {workers} threads"),
        ("cold", f"build and clear, from base prices, {workers} threads"),
        ("scipy", "scipy hybr, analytic Jacobian, one draw at a time"),
    ):
        low, high = min(rates[name]), max(rates[name])
        print(f"  {statistics.median(rates[name]):>10,.0f}   {low:,.0f} to {high:,.0f}   {words}")
    pairs = [ours / other for ours, other in zip(rates["ours"], rates["scipy"], strict=True)]
    print(f"  {statistics.median(pairs):>10.0f} times scipy, measured in turns ({min(pairs):.0f} to {max(pairs):.0f})")
    print(f"  largest difference of prices from scipy: {_difference(samples):.1e} USD/bbl\n")


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


def _year(plan: Plan, block: Block, warm: bool) -> None:
    start = fob = before = np.broadcast_to(plan.base.fob_usd_bbl, (DRAW_BLOCK, len(plan.base.labels.streams)))
    for market in _markets(plan, block):
        found = clear(market, first_guess(fob, before) if warm else start)
        assert found.converged.all(), "a draw of the benchmark did not converge"
        before, fob = fob, found.fob_usd_bbl


def _markets(plan: Plan, block: Block) -> Iterator[Market]:
    drawn, measures = compile_block(plan.scenario, plan.base, plan.numbers, block)
    cal = calibrate(plan.base, drawn)
    for month in range(len(plan.scenario.calendar)):
        yield month_market(cal, levers(plan.base, measures, month)).market


def _difference(samples: list[Market]) -> float:
    """Ours against scipy where scipy converges; both solve the same equations by different code."""
    worst = 0.0
    for number, market in enumerate(samples):
        ours = clear(market, market.base_fob_usd_bbl).fob_usd_bbl[number]
        theirs, converged = one_draw(market, number).clear()
        trading = market.supply.available_share[number] > 0
        worst = max(worst, float(np.abs(ours - theirs)[trading].max()) if converged else 0.0)
    return worst


if __name__ == "__main__":
    main()
