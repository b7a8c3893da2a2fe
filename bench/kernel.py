"""Monthly equilibria a second on all cores, and beside scipy one draw at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from loky import cpu_count

from bench.posed import BLOCKS, Posed, cleared, from_base, one_draw, ramped, year
from bench.single import clear_one
from bench.turns import ratios, seconds_in_turns, spread
from simulator.axes import DRAW_BLOCK
from simulator.market.clearing import TOLERANCE

SCIPY_DRAWS, TURNS = 24, 7


def measure() -> None:
    """Print the rates, and how far both answers lie apart."""
    plan, workers = ramped(), cpu_count()
    warm = list(year(plan, BLOCKS[0]))
    cold = [from_base(one) for one in warm]
    missed: list[bool] = []
    with ThreadPoolExecutor(workers) as pool:
        ours: dict[str, Callable[[int], object]] = {
            "year": lambda _: list(pool.map(lambda block: list(year(plan, block)), BLOCKS)),
            "warm": lambda _: list(pool.map(lambda _: [cleared(one) for one in warm], BLOCKS)),
            "cold": lambda _: list(pool.map(lambda _: [cleared(one) for one in cold], BLOCKS)),
        }
        theirs: dict[str, Callable[[int], object]] = {
            "scipy warm": lambda turn: missed.extend(_one_by_one(warm, turn)),
            "scipy cold": lambda turn: missed.extend(_one_by_one(cold, turn)),
        }
        seconds = seconds_in_turns({**ours, **theirs}, TURNS)
    counts = dict.fromkeys(ours, len(BLOCKS) * DRAW_BLOCK * len(warm)) | dict.fromkeys(theirs, SCIPY_DRAWS)
    rates = {name: [counts[name] / one for one in taken] for name, taken in seconds.items()}
    buyers, streams = plan.base.flow_kbd.shape
    print(f"monthly equilibria a second, {streams} streams, {buyers} buyers, 3 types, tolerance {TOLERANCE:.0e}")
    print(f"(a year of Iran going offline by twelfths, {len(BLOCKS)} blocks of {DRAW_BLOCK} draws, median of {TURNS})")
    for name, words in (
        ("warm", f"clear, from last month's prices, {workers} threads"),
        ("cold", f"clear, from base prices, {workers} threads"),
        ("year", f"build, clear and hand on the state, {workers} threads"),
        ("scipy warm", "scipy hybr, analytic Jacobian, one draw at a time, from last month's prices"),
        ("scipy cold", "the same from base prices"),
    ):
        print(f"  {spread(rates[name], ',.0f'):>28}   {words}")
    for name in ("warm", "cold"):
        print(f"  {spread(ratios(rates[name], rates[f'scipy {name}']), '.0f'):>28}   times scipy, {name}")
    print(f"  {sum(missed)} of {len(missed)} scipy solutions miss the tolerance")
    print(f"  largest difference of prices where both converge: {_difference(warm):.1e} USD/bbl\n")


def _one_by_one(posed: list[Posed], turn: int) -> list[bool]:
    """A few draws of a few months solved singly; which of them missed the tolerance."""
    tasks = [(posed[(turn + draw) % len(posed)], draw) for draw in range(SCIPY_DRAWS)]
    return [clear_one(*one_draw(month, draw))[1] > TOLERANCE for month, draw in tasks]


def _difference(posed: list[Posed]) -> float:
    """Ours against scipy where scipy converges; both solve the same equations by different code."""
    worst = 0.0
    for number, month in enumerate(posed):
        ours = cleared(month).fob_usd_bbl[number]
        market, start = one_draw(month, number)
        theirs, residual = clear_one(market, start)
        trading = market.supply.available_share[0] > 0
        worst = max(worst, float(np.abs(ours - theirs)[trading].max()) if residual <= TOLERANCE else 0.0)
    return worst
