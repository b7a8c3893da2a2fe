"""A scenario's draws, block by block: the block is the unit of arithmetic, so that neither threads nor the number
of draws change a digit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.axes import DRAW_BLOCK
from simulator.inputs import fitted
from simulator.inputs.baseline import Baseline, baseline
from simulator.inputs.calibration import calibrate
from simulator.inputs.compile import Numbers, compile_block, names_drawn, opened_pairs, uncertain
from simulator.inputs.draws import Block
from simulator.inputs.fitted import Fitted
from simulator.inputs.measures import Measure
from simulator.inputs.refusals import refuse_impossible
from simulator.inputs.sampling import Sampling, sampling
from simulator.inputs.views import views
from simulator.inputs.worlds import existing_rates, worlds
from simulator.outcomes.bargain import Bargain, only_draws
from simulator.outcomes.horizon import OutcomeColumns, calm_sums
from simulator.outcomes.metrics import wanted_metrics
from simulator.outcomes.month import Drawn
from simulator.outcomes.outcome import EVERYTHING, Wanted
from simulator.outcomes.views import Views
from simulator.paths import Calm, Path, Reading, beside, calm_path, decide, follow
from simulator.scenario import DEFAULT_SAMPLING, Scenario
from simulator.stops import Stop

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_WORKERS = 4
"""Blocks in work at once, at most: each needs some 70 MB."""


@dataclass(frozen=True)
class Plan:
    """What all blocks of a run share."""

    scenario: Scenario
    base: Baseline
    views: Views
    numbers: tuple[Numbers, Numbers]
    pairs: Mask
    fitted: Fitted
    wanted: Wanted = EVERYTHING


@dataclass(frozen=True)
class BlockRun:
    """The outcomes of a block with and without the shocks, cut to the draws wanted.

    after : outcomes under the shocks   before : (2, month + 1, column), sums and counts over the converged draws
    drawn : what was drawn, by name, (draw,)
    converged : (draw,)   in every month     residual_share : (draw,)   the largest of all months
    stop : where a draw did not clear
    bargain : what a threat came to; None without one
    """

    after: OutcomeColumns
    before: Array
    drawn: dict[str, Array]
    converged: Mask
    residual_share: Array
    stop: Stop
    bargain: Bargain | None


def prepare(scenario: Scenario, members: Fitted | None = None, metrics: Iterable[str] | None = None) -> Plan:
    """Read the baseline, lay out the uncertain numbers and refuse what cannot be.

    Parameters
    ----------
    members : parameters to draw together; None: those fitted to history
    metrics : the outcomes to compute and keep, as `share` or `share/group`; None: all

    Raises
    ------
    InputError : the scenario asks for something that cannot be, or a metric is not known.
    """
    refuse_impossible(scenario)
    return laid_out(scenario, members, metrics)


def laid_out(scenario: Scenario, members: Fitted | None = None, metrics: Iterable[str] | None = None) -> Plan:
    """The same as `prepare` for a scenario that has been found to be possible."""
    wanted = wanted_metrics(metrics)
    base = baseline(scenario.baseline)
    parameters, sizes = uncertain(scenario)
    numbers = parameters, {**sizes, **existing_rates(scenario, base)}
    pairs = (base.flow_kbd > 0) | opened_pairs(scenario, base, numbers[1])
    return Plan(scenario, base, views(scenario.baseline), numbers, pairs, members or fitted.shipped(), wanted)


def in_order(plan: Plan, draws: int, seed: int, source: str | None = None) -> Iterator[BlockRun]:
    """Run all blocks on a few cores and hand them over in order, no more at a time than there are cores.

    The last block is computed whole and cut to the draws wanted.

    Parameters
    ----------
    source : where random numbers come from, in the word of scenario files; None: as the scenario says
    """
    drawn = sampled(plan, draws, source)
    blocks = [Block(seed, first, mid_only=draws == 1, sampling=drawn) for first in range(0, draws, DRAW_BLOCK)]
    workers = min(len(blocks), _cores(), MOST_WORKERS) if len(blocks) > 1 else 1
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[BlockRun]] = deque()
        for block in blocks:
            if len(waiting) == workers:
                yield waiting.popleft().result()
            waiting.append(pool.submit(run_block, plan, block, draws - block.first))
        while waiting:
            yield waiting.popleft().result()


def _cores() -> int:
    """Cores that this process may use, on any system and inside a container."""
    from loky import cpu_count

    return int(cpu_count())


def one_draw(plan: Plan, draw: int, draws: int, seed: int, source: str | None = None) -> BlockRun:
    """One draw of a run of so many, to the bit: the block it stands in is solved, and cut to it.

    Of a draw that did not clear, the months before it stopped have values and the others none.
    """
    first = draw // DRAW_BLOCK * DRAW_BLOCK
    solved = solve(plan, Block(seed, first, mid_only=draws == 1, sampling=sampled(plan, draws, source)))
    found = cut(solved, slice(draw - first, draw - first + 1))
    if found.converged[0]:
        return found
    values = found.after.values.copy()
    values[:, int(found.stop.month[0]) :] = np.nan
    alone = np.arange(len(solved.path.converged)) == draw - first
    return replace(found, after=replace(found.after, values=values), before=_before(solved, alone))


def sampled(plan: Plan, draws: int, source: str | None = None) -> Sampling:
    """Where the random numbers of a run come from; `source` as for `in_order`."""
    word = source or plan.scenario.sampling or DEFAULT_SAMPLING
    return sampling(word, names_drawn(plan.scenario, plan.numbers, plan.fitted), draws)


def run_block(plan: Plan, block: Block, wanted: int) -> BlockRun:
    """Clear every month of a block of draws and read the outcomes of the first of them."""
    return cut(solve(plan, block), slice(0, min(wanted, block.size)))


@dataclass(frozen=True)
class Solved:
    """A block as it came out, every draw of it.

    after : outcomes under the shocks   calm : the same market without any   numbers : all that was drawn
    """

    plan: Plan
    after: OutcomeColumns
    calm: Calm
    path: Path
    numbers: Mapping[str, Array]
    bargain: Bargain | None


def solve(plan: Plan, block: Block, held: Mapping[str, Array] | None = None) -> Solved:
    """Clear every month of a block and read the outcomes; twice where a threat splits the future.

    Parameters
    ----------
    held : numbers that are given instead of drawn, name or path -> (draw,)
    """
    drawn, measures = compile_block(plan.scenario, plan.base, plan.numbers, block, plan.fitted, held)
    cal = calibrate(plan.base, drawn)
    read = reading(plan, drawn)
    calm = calm_path(cal, measures, read, days_of(plan.scenario))
    return conclude(plan, drawn, measures, calm, partial(follow, cal, read=read, calm=calm))


def days_of(scenario: Scenario) -> list[int]:
    """The days of each month of a scenario."""
    return [month.days for month in scenario.calendar]


def reading(plan: Plan, drawn: Mapping[str, Array]) -> Reading:
    """What the outcomes of a block are read with; `drawn` its numbers by name, (draw,)."""
    return Reading(plan.views, plan.pairs, Drawn(drawn["gdp_oil_elasticity"], drawn["relabelled_share"]), plan.wanted)


class Following(Protocol):
    """Clears month after month under measures, and weighs what oil is worth where that is asked."""

    def __call__(self, measures: tuple[Measure, ...], *, weigh: bool = False) -> Path: ...


def conclude(
    plan: Plan, drawn: Mapping[str, Array], measures: tuple[Measure, ...], calm: Calm, follow: Following
) -> Solved:
    """The outcomes of a block under the measures, once they have been followed: through both worlds of a threat."""
    extra = beside(measures, calm.days)
    split = worlds(plan.base, measures, drawn)
    if split is None:
        path, bargain = follow(measures), None
    else:
        paths = follow(split.comply, weigh=True), follow(split.defy, weigh=True)
        path, bargain = decide(split, paths, calm.days, drawn)
        extra = (*bargain.outcomes(), *extra)
    extra = tuple(one for one in extra if plan.wanted.keeps(one.metric, one.by))
    return Solved(plan, path.columns.with_horizon(calm.days, extra), calm, path, drawn, bargain)


def cut(solved: Solved, rows: slice) -> BlockRun:
    """Some of the draws of a block, as a block of their own."""
    path, after = solved.path, solved.after
    kept = np.zeros(len(path.converged), dtype=bool)
    kept[rows] = True
    good = path.converged & kept
    ranges = {**solved.plan.numbers[0], **solved.plan.numbers[1]}
    return BlockRun(
        OutcomeColumns(after.keys, after.values[rows]),
        _before(solved, good),
        {name: values[rows] for name, values in solved.numbers.items() if not ranges[name].is_constant},
        path.converged[rows],
        path.residual_share[rows],
        path.stop.rows(rows),
        None if solved.bargain is None else only_draws(solved.bargain, good),
    )


def _before(solved: Solved, good: Mask) -> Array:
    """Sums and counts of the market without any shock over some draws of the block, as `BlockRun.before`."""
    before = np.zeros((2, *solved.after.values.shape[1:]))
    monthly = calm_sums(solved.calm.months, solved.calm.days, good)[:, :, solved.path.columns.kept]
    before[:, :, : monthly.shape[2]] = monthly
    return before
