"""Months of the real market one after the other, from the shocks of a scenario or from levers set by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from simulator.inputs.baseline import baseline as base_month
from simulator.inputs.buying import Expected
from simulator.inputs.calibration import Calibration, calibrate
from simulator.inputs.compile import compile_block, uncertain
from simulator.inputs.draws import Block
from simulator.inputs.levers import Levers, levers, no_levers
from simulator.inputs.market import MonthMarket
from simulator.inputs.measures import Measure
from simulator.market.clearing import Clearing
from simulator.market.dynamics import State
from simulator.months import first_state, next_state
from simulator.outcomes.trade import Trade
from simulator.paths import clear_month, expectation
from simulator.scenario import load_scenario

CALM = Path(__file__).parents[1] / "scenarios" / "baseline.yaml"
START = "2026-03"
Shock = dict[str, object]


@dataclass(frozen=True)
class Case:
    """What shocks do to a calibrated market: measures and the days of each month."""

    cal: Calibration
    measures: tuple[Measure, ...]
    days: tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """One month: what was done, the state it began with, the market, its prices, the trade, the state it left."""

    acts: Levers
    before: State
    days: float
    built: MonthMarket
    cleared: Clearing
    trade: Trade
    after: State

    @property
    def brent(self) -> np.ndarray:
        return self.trade.brent_usd_bbl

    @property
    def imports(self) -> np.ndarray:
        """China's arrivals, (draw,) kb/d."""
        return self.trade.landing.kbd.sum(axis=(1, 2))

    @property
    def shares(self) -> np.ndarray:
        """Shares of streams in China's arrivals, (draw, stream)."""
        return self.trade.landing.kbd.sum(axis=1) / self.imports[:, None]

    @property
    def bill(self) -> np.ndarray:
        """China's bill with duty, (draw,) thousand USD a day."""
        here = self.trade.landing
        landed = (1.0 + here.duty_rate) * here.delivered_usd_bbl + here.duty_usd_bbl
        return (here.kbd * landed).sum(axis=(1, 2))


def case(shocks: Sequence[Shock] = (), draws: int | slice = 1, months: int = 12, **settings: object) -> Case:
    """A scenario on the real market; one draw stands at mid values, more, or a slice, are cut from the first block."""
    given = {"baseline": "2025", "start": START, "months": months, "shocks": list(shocks)}
    asked = load_scenario(CALM, set={**given, **settings})
    base = base_month(asked.baseline)
    drawn, measures = compile_block(asked, base, uncertain(asked), Block(seed=1, first=0, mid_only=draws == 1))
    cut = draws if isinstance(draws, slice) else slice(draws)
    drawn = {name: values[cut] for name, values in drawn.items()}
    measures = tuple(
        replace(m, workaround=m.workaround[:, cut], numbers={k: v[cut] for k, v in m.numbers.items()}) for m in measures
    )
    return Case(calibrate(base, drawn), measures, tuple(month.days for month in asked.calendar))


def step(cal: Calibration, acts: Levers, state: State, days: float, expected: Expected | None = None) -> Step:
    """One month; every draw must have an answer."""
    built, cleared, trade, _ = clear_month(cal, (acts, state, days), (), expected)
    assert cleared.converged.all()
    return Step(acts, state, days, built, cleared, trade, next_state(cal, (acts, state, days), built, cleared, trade))


def walk(
    here: Case, state: State | None = None, first: int = 0, act: Callable[[Levers, int], None] | None = None
) -> list[Step]:
    """All months from number `first` on; `act` may change the levers of a month by hand."""
    state = state or first_state(here.cal)
    steps = []
    for number in range(first, len(here.days)):
        acts = levers(here.cal.base, here.measures, number)
        if act:
            act(acts, number)
        days = float(here.days[number])
        expected = expectation(here.cal, here.measures, number, (acts, state, days))
        steps.append(step(here.cal, acts, state, days, expected))
        state = steps[-1].after
    return steps


def nothing(cal: Calibration) -> Levers:
    return no_levers(len(cal.base.labels.streams))


def mean(steps: Sequence[Step], name: str) -> np.ndarray:
    """Mean over months of a property of the steps."""
    return np.mean([getattr(one, name) for one in steps], axis=0)
