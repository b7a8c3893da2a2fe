"""A scenario's draws, block by block: the block is the unit of arithmetic, so that neither threads nor the number
of draws change a digit."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.axes import DRAW_BLOCK
from simulator.inputs.baseline import Baseline, baseline
from simulator.inputs.calibration import Calibration, calibrate
from simulator.inputs.compile import Numbers, compile_block, opened_pairs, uncertain
from simulator.inputs.draws import Block
from simulator.inputs.levers import Levers, levers, no_levers
from simulator.inputs.market import MonthMarket, hormuz_crossing, month_market
from simulator.inputs.refusals import refuse_impossible
from simulator.inputs.views import views
from simulator.market.clearing import Clearing, clear, first_guess
from simulator.outcomes.horizon import OutcomeColumns, over_months
from simulator.outcomes.month import Drawn, Outcome, flow_outcomes, month_outcomes
from simulator.outcomes.trade import Trade, brent, by_buyer
from simulator.outcomes.views import Views
from simulator.scenario import Scenario

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Plan:
    """What all blocks of a run share."""

    scenario: Scenario
    base: Baseline
    views: Views
    numbers: tuple[Numbers, Numbers]
    pairs: Mask


@dataclass(frozen=True)
class BlockRun:
    """The outcomes of a block with and without the shocks.

    converged : (draw,)   in every month     residual_share : (draw,)   the largest of all months
    worst_month : (draw,)   number of the month with that residual
    drawn : what was drawn, by name, (draw,)
    """

    after: OutcomeColumns
    before: OutcomeColumns
    drawn: dict[str, Array]
    converged: Mask
    residual_share: Array
    worst_month: NDArray[np.int64]


def prepare(scenario: Scenario) -> Plan:
    """Read the baseline, lay out the uncertain numbers and refuse what cannot be."""
    refuse_impossible(scenario)
    base = baseline(scenario.baseline)
    numbers = uncertain(scenario)
    pairs = (base.flow_kbd > 0) | opened_pairs(scenario, base, numbers[1])
    return Plan(scenario, base, views(base), numbers, pairs)


def in_order(plan: Plan, draws: int, seed: int) -> Iterator[BlockRun]:
    """Run all blocks on the machine's cores and hand them over in order, few at a time.

    The last block is computed whole and cut to the draws wanted.
    """
    blocks = [Block(seed, first, mid_only=draws == 1) for first in range(0, draws, DRAW_BLOCK)]
    workers = min(len(blocks), os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[BlockRun]] = deque()
        for block in blocks:
            waiting.append(pool.submit(run_block, plan, block))
            if len(waiting) > workers:
                yield _cut(waiting.popleft().result(), draws)
                draws -= DRAW_BLOCK
        while waiting:
            yield _cut(waiting.popleft().result(), draws)
            draws -= DRAW_BLOCK


def run_block(plan: Plan, block: Block) -> BlockRun:
    """Clear every month of a block of draws and read the outcomes."""
    drawn, measures = compile_block(plan.scenario, plan.base, plan.numbers, block)
    cal = calibrate(plan.base, drawn)
    extra = Drawn(drawn["gdp_oil_elasticity"], drawn["relabelled_share"])
    start = np.broadcast_to(plan.base.fob_usd_bbl, (block.size, len(plan.base.labels.streams)))
    idle, undisturbed = _clear_month(plan, cal, no_levers(start.shape[1]), start)
    converged, residual = idle.converged, idle.residual_share
    worst = np.zeros(block.size, dtype=np.int64)
    months: list[list[Outcome]] = []
    idle_months: dict[int, list[Outcome]] = {}
    fob = before = start
    for number, month in enumerate(plan.scenario.calendar):
        cleared, trade = _clear_month(plan, cal, levers(plan.base, measures, number), first_guess(fob, before))
        converged = converged & cleared.converged
        worst = np.where(cleared.residual_share > residual, number, worst)
        residual = np.maximum(residual, cleared.residual_share)
        before, fob = fob, np.where(cleared.converged[:, None], cleared.fob_usd_bbl, start)
        months.append(_outcomes(plan, trade, undisturbed, extra, month.days))
        if month.days not in idle_months:
            idle_months[month.days] = _outcomes(plan, undisturbed, undisturbed, extra, month.days)
    days = [month.days for month in plan.scenario.calendar]
    ranges = {**plan.numbers[0], **plan.numbers[1]}
    varying = {name: values for name, values in drawn.items() if not ranges[name].is_constant}
    with_shocks, without = over_months(months, days), over_months([idle_months[n] for n in days], days)
    return BlockRun(with_shocks, without, varying, converged, residual, worst)


def _outcomes(plan: Plan, trade: Trade, before: Trade, drawn: Drawn, days: int) -> list[Outcome]:
    outcomes = month_outcomes(trade, before, plan.views, drawn, days)
    return outcomes + flow_outcomes(trade, plan.views, plan.pairs)


def _clear_month(plan: Plan, cal: Calibration, acts: Levers, start: Array) -> tuple[Clearing, Trade]:
    built = month_market(cal, acts)
    cleared = clear(built.market, start)
    return cleared, _trade(plan, cal, acts, built, cleared)


def _trade(plan: Plan, cal: Calibration, acts: Levers, built: MonthMarket, cleared: Clearing) -> Trade:
    change = cleared.fob_usd_bbl - plan.base.fob_usd_bbl
    return Trade(
        brent_usd_bbl=brent(plan.base.brent_usd_bbl, change, built.trading, plan.views.brent_weight),
        fob_usd_bbl=cleared.fob_usd_bbl,
        flow_kbd=by_buyer(cleared.flow_kbd, built.unit_buyer),
        freight_usd_bbl=built.cash.freight_usd_bbl,
        discount_usd_bbl=built.cash.discount_usd_bbl,
        duty_rate=built.cash.duty_rate,
        duty_usd_bbl=built.cash.duty_usd_bbl,
        trading=built.trading,
        requirement_kbd=built.requirement_kbd,
        hormuz_share=hormuz_crossing(cal, acts),
    )


def _cut(block: BlockRun, draws: int) -> BlockRun:
    if draws >= len(block.converged):
        return block
    return BlockRun(
        OutcomeColumns(block.after.keys, block.after.values[:draws]),
        OutcomeColumns(block.before.keys, block.before.values[:draws]),
        {name: values[:draws] for name, values in block.drawn.items()},
        block.converged[:draws],
        block.residual_share[:draws],
        block.worst_month[:draws],
    )
