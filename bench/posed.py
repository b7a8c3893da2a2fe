"""The equilibria all contenders are set: a year of Iran going offline, month by month, in blocks of draws."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.axes import DRAW_BLOCK
from simulator.blocks import Plan, prepare
from simulator.inputs.calibration import calibrate
from simulator.inputs.compile import compile_block
from simulator.inputs.draws import Block
from simulator.inputs.levers import levers
from simulator.market.balance import Market, rows
from simulator.market.clearing import Clearing, clear, first_guess
from simulator.months import first_state, next_state
from simulator.paths import clear_month
from simulator.scenario import load_scenario

Array = NDArray[np.float64]

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ROOT / "scenarios" / "iran_offline.yaml"
# A ramp over the whole year: every month is another market, none is solved by the one before.
RAMP = {"shocks.0.ramp_months": 11}
BLOCKS = [Block(1, first) for first in range(0, 4 * DRAW_BLOCK, DRAW_BLOCK)]

Posed = tuple[Market, Array]
"""A month's market and the prices the search for its own starts from, (draw, stream)."""


def ramped() -> Plan:
    """The scenario of the benchmark, checked and ready to run."""
    return prepare(load_scenario(SCENARIO, set=RAMP))


def year(plan: Plan, block: Block) -> Iterator[Posed]:
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


def from_base(posed: Posed) -> Posed:
    """The same market, its search started from base prices instead of last month's."""
    return posed[0], posed[0].base_fob_usd_bbl


def cleared(posed: Posed) -> Clearing:
    """Our answer, which has to have converged."""
    found = clear(*posed)
    assert found.converged.all(), "a draw of the benchmark did not converge"
    return found


def one_draw(posed: Posed, draw: int) -> tuple[Market, Array]:
    """The market of one draw of a block and its starting prices, (stream,)."""
    market, start = posed
    return rows(market, np.arange(len(start)) == draw), start[draw]
