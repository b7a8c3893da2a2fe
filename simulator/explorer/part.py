"""Some of the draws behind the page, kept from one position of the levers to the next.

What a lever does not touch is not computed again: the draws' calibration, the market without any shock, and in a threat
of tariffs the worlds it splits, which do not hang on its rate or enforcement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.blocks import BlockRun, Plan, conclude, cut, days_of, laid_out, reading, sampled
from simulator.explorer.outcomes import METRICS
from simulator.explorer.trails import Trails, nothing
from simulator.inputs.calibration import Calibration, calibrate
from simulator.inputs.compile import compile_block
from simulator.inputs.draws import Block
from simulator.inputs.fitted import Fitted
from simulator.inputs.measures import Measure
from simulator.inputs.sampling import MONTE_CARLO
from simulator.paths import Calm, calm_path
from simulator.scenario import Scenario

Array = NDArray[np.float64]

ROOM = 150_000_000
"""Bytes for what is remembered: of a year and 128 draws some twenty paths would fit."""


@dataclass(frozen=True)
class Share:
    """Which draws of a run: those of one block, from `first` on, between two rows of it; the run has `draws` in all."""

    draws: int
    seed: int
    first: int
    rows: tuple[int, int]


MOST_CALMS = 4
"""Markets without any shock that are remembered: of one horizon, with and without rows for promises."""


class Part:
    """The draws of one share, and what is known of them so far, in about `room` bytes."""

    def __init__(self, share: Share, room: int = ROOM) -> None:
        self._share = share
        self._trails = Trails(room)
        self._drawn_for: object = None
        self._members: Fitted | None = None
        self._parameters: dict[str, Array] = {}
        self._calibrated_for: dict[str, Array] = {}
        self._cal: Calibration | None = None
        self._calms: dict[object, Calm] = {}

    def run(self, scenario: Scenario, exact: bool, before_month: Callable[[], None] = nothing) -> BlockRun:
        """The outcomes of a scenario in these draws.

        Parameters
        ----------
        exact : nothing found before says where to look for prices
        before_month : called before each month that is cleared; what it raises ends the run
        """
        plan = laid_out(scenario, metrics=METRICS)
        drawn, measures = self._numbers(plan)
        cal = self._calibrated(plan, drawn)
        read = reading(plan, drawn)
        calm = self._quiet(plan, cal, drawn, measures)
        follow = partial(self._trails.follow, cal, read=read, calm=calm, exact=exact, before_month=before_month)
        solved = conclude(plan, drawn, measures, calm, follow)
        return replace(cut(solved, slice(None)), drawn={})

    def _numbers(self, plan: Plan) -> tuple[dict[str, Array], tuple[Measure, ...]]:
        """The same numbers as in a whole block, for the rows of this share."""
        asked, scenario = self._share, plan.scenario
        source = sampled(plan, asked.draws)
        block = Block(asked.seed, asked.first, mid_only=asked.draws == 1, sampling=source)
        # Plain random numbers have a stream for each name: what a lever adds leaves the others as they were.
        key = plan.numbers[0], scenario.correlations, source
        alone = source is MONTE_CARLO and self._members is plan.fitted and self._drawn_for == key
        known = self._parameters if alone else {}
        drawn, measures = compile_block(scenario, plan.base, plan.numbers, block, plan.fitted, known)
        self._drawn_for, self._members = key, plan.fitted
        self._parameters = {name: drawn[name] for name in plan.numbers[0]}
        rows = slice(*asked.rows)
        own = tuple(
            replace(one, workaround=one.workaround[:, rows], numbers=_rows(one.numbers, rows)) for one in measures
        )
        return _rows(drawn, rows), own

    def _calibrated(self, plan: Plan, drawn: Mapping[str, Array]) -> Calibration:
        """The calibration of these numbers: the last one, unless baseline or parameters have changed."""
        parameters = {name: drawn[name] for name in plan.numbers[0]}
        if self._cal is None or self._cal.base is not plan.base or not _alike(parameters, self._calibrated_for):
            self._calibrated_for, self._cal = parameters, calibrate(plan.base, drawn)
            self._calms.clear()
        return self._cal

    def _quiet(self, plan: Plan, cal: Calibration, drawn: Mapping[str, Array], measures: tuple[Measure, ...]) -> Calm:
        """The market without any shock, which shocks move only by what they give a row."""
        named = tuple(tuple(one.streams.tolist()) for one in measures if one.kind == "purchase_commitment")
        key = tuple(days_of(plan.scenario)), named
        if key not in self._calms:
            while len(self._calms) >= MOST_CALMS:
                self._calms.pop(next(iter(self._calms)))
            self._calms[key] = calm_path(cal, measures, reading(plan, drawn), days_of(plan.scenario))
        return self._calms[key]


def _rows(values: Mapping[str, Array], rows: slice) -> dict[str, Array]:
    return {name: one[rows] for name, one in values.items()}


def _alike(some: Mapping[str, Array], others: Mapping[str, Array]) -> bool:
    return some.keys() == others.keys() and all(np.array_equal(some[name], others[name]) for name in some)
