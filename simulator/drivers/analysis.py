"""From a scenario to Sobol indices: screen, lay out, compute, estimate; one line per step."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.blocks import Plan, prepare
from simulator.drivers.design import Design, Group, design
from simulator.drivers.factors import Factor, apart, factors
from simulator.drivers.indices import Indices, indices
from simulator.drivers.outcomes import Asked, asked, band, drawn_outcome, outcome_of
from simulator.drivers.sensitivity import Interval, LeftOut, Sensitivity, Share, share
from simulator.drivers.tornado import Bar, tornado
from simulator.errors import InputError, Problem
from simulator.results import HORIZON
from simulator.scenario import Scenario, load_scenario

Array = NDArray[np.float64]

Stages = Callable[[str, int, int], None]
"""Told what is being done, the rows done and the rows in all."""

DEFAULT_METRIC = "brent_usd_bbl"
DEFAULT_SAMPLES, LEAST_SAMPLES, MOST_SAMPLES = 512, 16, 2**17
SCREENING_SAMPLES = 32
KEPT_TOTAL = 0.01
"""A factor is kept where the 95 % interval of its total order in the screening reaches this."""
FEWEST_TO_SCREEN = 12
RUN_DRAWS = 1024
"""Draws of an ordinary run that the independent ones are held against."""
STILL = 1e-9
"""An outcome moves if its spread is more than this part of its size: prices are cleared to about as much."""


def sensitivity(
    scenario: Scenario | str | os.PathLike[str],
    metric: str = DEFAULT_METRIC,
    month: str = HORIZON,
    samples: int = DEFAULT_SAMPLES,
    seed: int = 1,
    months: int | None = None,
    screen: bool = True,
    stages: Stages | None = None,
) -> Sensitivity:
    """Which uncertain numbers drive an outcome: Sobol indices of first and total order, and a tornado.

    Parameters
    ----------
    scenario : a loaded scenario, or the path of one
    metric : an outcome of the result table: `brent_usd_bbl`, or `metric/by/item` as `share/group/iran`
    month : `2026-05`, or `horizon`
    samples : base rows, a power of two from 16 on; the outcome is computed samples x (numbers + 2) times
    months : replaces the scenario's horizon
    screen : put numbers that hardly move the outcome in a first, small design together as one; False: each by itself
    stages : called with what is being done, rows done and rows in all

    Raises
    ------
    InputError : no such outcome or month, a number out of range, or too few rows have the outcome.
    """
    plan = planned(scenario, months, {"samples": (samples, LEAST_SAMPLES), "seed": (seed, 0)})
    if samples > MOST_SAMPLES:
        raise InputError([Problem("samples", "are too many", given=samples, allowed=f"at most {MOST_SAMPLES}")])
    if samples & (samples - 1):
        below = 1 << samples.bit_length() - 1
        problem = Problem("samples", "must be a power of two", given=samples, allowed=f"{below}, {2 * below}")
        raise InputError([problem])
    return analyse(plan, asked(plan, metric, month), samples, seed, screen, stages or _silent)


def one_at_a_time(
    scenario: Scenario | str | os.PathLike[str],
    metric: str = DEFAULT_METRIC,
    month: str = HORIZON,
    months: int | None = None,
) -> tuple[Asked, tuple[Bar, ...]]:
    """The tornado alone: every number at its 5 and 95 % point, the others in the middle; as for `sensitivity`."""
    plan = planned(scenario, months, {})
    what = asked(plan, metric, month)
    return what, tornado(apart(plan), factors(plan), what)


def planned(scenario: Scenario | str | os.PathLike[str], months: int | None, least: dict[str, tuple[int, int]]) -> Plan:
    """Check plain numbers, name -> (value, least), and prepare a scenario."""
    wanted = {**least, **({} if months is None else {"months": (months, 1)})}
    problems = [
        Problem(name, "is outside its range", given=value, allowed=f"{low} and more")
        for name, (value, low) in wanted.items()
        if value < low
    ]
    if problems:
        raise InputError(problems)
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    return prepare(loaded if months is None else loaded.with_horizon(months))


def analyse(plan: Plan, what: Asked, samples: int, seed: int, screen: bool, stages: Stages) -> Sensitivity:
    """The same for a prepared plan."""
    alone, numbers = apart(plan), factors(plan)
    clock = _Clock(alone, what, stages)
    bars = tornado(alone, numbers, what)
    screened = _screened(clock, numbers, samples, seed) if screen and len(numbers) > FEWEST_TO_SCREEN else ()
    small = {one.factor for one in screened}
    kept = [factor for factor in numbers if factor.name not in small]
    rough = Sensitivity(plan.scenario, what, seed, samples, clock.rows, tuple(screened), bars)
    if not kept:
        return rough
    names = tuple(factor.name for factor in numbers if factor.name in small)
    groups = [*((factor.name,) for factor in kept), *([names] if names else [])]
    told = f"{len(kept)} of {len(numbers)} uncertain numbers by themselves" + (", the others as one" if names else "")
    a, b, ab, left_out = clock.computed(told, groups, samples, seed)
    rough = replace(rough, rows=clock.rows, left_out=left_out)
    if not _moves(np.concatenate([a, b])):
        return rough
    found = indices(a, b, ab, seed)
    fitted = {factor.name for factor in numbers} & (set(plan.fitted.names) - plan.scenario.parameters.keys())
    own = drawn_outcome(plan, RUN_DRAWS, seed, what)[1] if fitted else None
    return replace(
        rough,
        shares=(*_shares(found, kept, len(names)), *screened),
        first_sum=float(found.first.value.sum()),
        rest=Interval(*found.rest.of(0)),
        apart=band(np.concatenate([a, b])),
        together=None if own is None else band(own),
    )


@dataclass
class _Clock:
    """Computes designs, says beforehand what they cost, and counts."""

    plan: Plan
    what: Asked
    stages: Stages
    rows: int = 0
    seconds: float = 0.0

    def computed(
        self, told: str, groups: Sequence[Group], samples: int, seed: int
    ) -> tuple[Array, Array, Array, LeftOut]:
        """The outcome at A, B, (row,), and with every group from B, (group, row), over the base rows that count."""
        laid = design(groups, samples, seed)
        cost = f": {laid.rows:,} runs"
        if self.rows:
            cost += f", about {math.ceil(self.seconds * laid.rows / self.rows)} s"
        began = time.monotonic()
        self.stages(told + cost, 0, laid.rows)
        outcome = outcome_of(
            self.plan, laid.places, self.what, lambda done, _: self.stages(told + cost, done, laid.rows)
        )
        self.rows += laid.rows
        self.seconds += time.monotonic() - began
        return usable(laid, outcome, self.what)


def usable(laid: Design, outcome: Array, what: Asked) -> tuple[Array, Array, Array, LeftOut]:
    """A design's outcome without the base rows of which a run did not clear or has no value.

    Raises
    ------
    InputError : fewer than half of the base rows are left.
    """
    whole = outcome.reshape(-1, laid.samples)
    open_, absent = np.isnan(whole).any(axis=0), np.isinf(whole).any(axis=0)
    good = ~(open_ | absent)
    left_out = LeftOut(int(open_.sum()), int((absent & ~open_).sum()), int(np.isnan(outcome).sum()))
    if 2 * good.sum() < laid.samples:
        told = f"in {left_out.without_value} of {laid.samples} base rows a run has no such outcome"
        told += f", in {left_out.unconverged} one did not clear: too few are left" if left_out.unconverged else ""
        raise InputError([Problem("metric", told, given=what.name)])
    a, b, ab = laid.split(outcome)
    return a[good], b[good], ab[:, good], left_out


def _screened(clock: _Clock, numbers: Sequence[Factor], samples: int, seed: int) -> list[Share]:
    """The factors that a small design shows to matter next to nothing, as rough shares, largest first."""
    most = samples * (len(numbers) + 2)
    told = f"{len(numbers)} uncertain numbers, screened before at most {most:,} runs"
    a, b, ab, _ = clock.computed(told, [(factor.name,) for factor in numbers], min(samples, SCREENING_SAMPLES), seed)
    if not _moves(np.concatenate([a, b])):
        return [_rough(factor, None, 0) for factor in numbers]
    found = indices(a, b, ab, seed)
    still = [i for i in np.argsort(-found.total.value, kind="stable") if found.total.high[i] < KEPT_TOTAL]
    return [_rough(numbers[i], found, int(i)) for i in still]


def _rough(factor: Factor, found: Indices | None, i: int) -> Share:
    """A screened factor; without indices the outcome does not move at all."""
    total, low, high = (0.0, 0.0, 0.0) if found is None else found.total.of(i)
    said = "moves nothing" if high < STILL else "screened: counted among the others"
    return Share(factor.name, factor.standing, factor.unit, math.nan, math.nan, math.nan, total, low, high, said)


def _shares(found: Indices, kept: Sequence[Factor], others: int) -> list[Share]:
    """The kept factors, largest total first, and the others as one."""
    shares = [share(factor.name, factor.standing, factor.unit, found, i) for i, factor in enumerate(kept)]
    ranked = sorted(shares, key=lambda one: -one.st)
    return ranked + ([share(f"{others} others together", "", "", found, len(kept))] if others else [])


def _moves(values: Array) -> bool:
    return bool(np.ptp(values) > STILL * np.abs(values).max())


def _silent(told: str, done: int, wanted: int) -> None:
    """Nobody watches."""
