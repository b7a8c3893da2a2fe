"""The same monthly equilibria solved by us in blocks, by scipy one at a time, and by ema_workbench driving scipy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from ema_workbench import MultiprocessingEvaluator, SequentialEvaluator
from loky import cpu_count
from numpy.typing import NDArray

from bench.experiments import Equilibrium, Place, experiments, model_of, one_by_one
from bench.posed import BLOCKS, Posed, cleared, from_base, one_draw, ramped, year
from bench.turns import ratios, seconds_in_turns, spread, versions
from simulator.axes import DRAW_BLOCK
from simulator.market.clearing import TOLERANCE

Array = NDArray[np.float64]

SINGLY = 192
"""Equilibria that those who solve one at a time are given each turn: enough to keep a pool busy, few enough to wait."""
BY_DIFFERENCES = 24
"""As many where scipy has to find the Jacobian by differences, which takes several times as long."""
TURNS = 5


def measure() -> None:
    """Print the rates from last month's and from base prices, the ratios, and how far the answers lie apart."""
    plan = ramped()
    months = list(plan.scenario.month_labels)
    warm = dict(zip(months, year(plan, BLOCKS[0]), strict=True))
    buyers, streams = plan.base.flow_kbd.shape
    print(f"the same monthly equilibria by {versions('numpy', 'scipy', 'ema_workbench')}")
    print(f"({streams} streams, {buyers} buyers, {len(months)} months, median and range of {TURNS} turns;")
    print(" their markets are cut to one draw, and their processes started, before the clock starts)")
    _compare("from last month's prices", warm)
    _compare("from base prices", {month: from_base(one) for month, one in warm.items()})


def _compare(words: str, blocks: Mapping[str, Posed]) -> None:
    workers = cpu_count()
    places = _places(list(blocks))
    equilibrium = Equilibrium({(month, draw): one_draw(blocks[month], draw) for month, draw in places})
    model = model_of(equilibrium, list(blocks))
    found: dict[str, dict[str, Array]] = {}
    # The pool of processes first: a process with threads is not to be forked.
    with (
        MultiprocessingEvaluator(model, n_processes=workers) as processes,
        SequentialEvaluator(model) as sequential,
        ThreadPoolExecutor(workers) as threads,
    ):
        few = places[:BY_DIFFERENCES]
        theirs: dict[str, tuple[int, Callable[[], dict[str, Array]]]] = {
            "scipy, one draw at a time": (SINGLY, lambda: one_by_one(equilibrium, places)),
            "ema_workbench, sequential": (SINGLY, lambda: experiments(sequential, places, True)),
            f"ema_workbench, {workers} processes": (SINGLY, lambda: experiments(processes, places, True)),
            "ema_workbench, sequential, no Jacobian given": (len(few), lambda: experiments(sequential, few, False)),
            f"ema_workbench, {workers} processes, no Jacobian given": (
                len(few),
                lambda: experiments(processes, few, False),
            ),
        }

        def clear_all(_turn: int) -> None:
            list(threads.map(lambda _: [cleared(one) for one in blocks.values()], BLOCKS))

        def keep(name: str, solve: Callable[[], dict[str, Array]]) -> Callable[[int], object]:
            return lambda _turn: found.update({name: solve()})

        ours = f"clear in blocks of {DRAW_BLOCK}, {workers} threads"
        jobs = {ours: clear_all} | {name: keep(name, solve) for name, (_, solve) in theirs.items()}
        seconds = seconds_in_turns(jobs, TURNS)
    counts = {ours: len(BLOCKS) * DRAW_BLOCK * len(blocks)} | {name: count for name, (count, _) in theirs.items()}
    _tell(words, {name: [counts[name] / one for one in taken] for name, taken in seconds.items()}, ours)
    _agree(blocks, places, found)


def _places(months: Sequence[str]) -> list[Place]:
    """The equilibria solved singly: every month, draws all over the block."""
    return [(months[k % len(months)], k * DRAW_BLOCK // SINGLY) for k in range(SINGLY)]


def _tell(words: str, rates: Mapping[str, list[float]], ours: str) -> None:
    print(f"  {words}: equilibria a second, and how many times as many we solve in the same turn")
    for name, measured in rates.items():
        times = "" if name == ours else spread(ratios(rates[ours], measured), ".1f")
        print(f"    {spread(measured, ',.0f'):>26}   {times:>22}   {name}")


def _agree(blocks: Mapping[str, Posed], places: Sequence[Place], found: Mapping[str, dict[str, Array]]) -> None:
    """Largest difference of prices of streams that trade, where the other converged."""
    solved = {month: cleared(one).fob_usd_bbl for month, one in blocks.items()}
    fob = np.array([solved[month][draw] for month, draw in places])
    trading = np.array([blocks[month][0].supply.available_share[draw] > 0 for month, draw in places])
    print("  their prices beside ours, where they converge, and how often they do not")
    for name, theirs in found.items():
        count = len(theirs["residual_share"])
        met = theirs["residual_share"] <= TOLERANCE
        apart = np.abs(theirs["fob_usd_bbl"] - fob[:count])[trading[:count] & met[:, None]].max(initial=0.0)
        print(f"    {apart:.1e} USD/bbl at most   {count - met.sum():3d} of {count:3d}   {name}")
    print()
