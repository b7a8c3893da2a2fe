"""Months of the real market of 2025, built from the text of a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from simulator import Scenario, load_scenario
from simulator.axes import BUYERS
from simulator.inputs.baseline import CHINA, Baseline, baseline
from simulator.inputs.calibration import Calibration, calibrate
from simulator.inputs.compile import compile_block, uncertain
from simulator.inputs.draws import Block
from simulator.inputs.levers import Levers, levers
from simulator.inputs.market import MonthMarket, month_market
from simulator.inputs.measures import Measure
from simulator.inputs.refusals import refuse_impossible
from simulator.market.clearing import Clearing, clear
from simulator.market.dynamics import State
from simulator.market.stocks import drawn
from simulator.months import first_state
from simulator.outcomes.trade import brent, by_buyer
from simulator.paths import expectation

HEAD = "schema: 1\nname: case\nbaseline: 2025\nstart: 2026-03\nmonths: 6\n"
DAYS = 31
"""Of March."""

EVERYBODY = "[china, india, japan_korea_taiwan, other_asia, europe, turkey, united_states, rest_of_world]"


@dataclass(frozen=True)
class Month:
    """One cleared month of a scenario."""

    cal: Calibration
    acts: Levers
    state: State
    built: MonthMarket
    cleared: Clearing

    @property
    def flow_kbd(self) -> np.ndarray:
        """(draw, buyer, stream)."""
        return by_buyer(self.cleared.flow_kbd, self.built.unit_buyer)

    @property
    def brent_usd_bbl(self) -> np.ndarray:
        base = self.cal.base
        weight = base.exports_kbd * base.labels.stream_mask(("norway", "united_kingdom", "usa_wti"))
        change = self.cleared.fob_usd_bbl - base.fob_usd_bbl
        return brent(base.brent_usd_bbl, change, self.built.trading, weight)

    @property
    def exports_kbd(self) -> np.ndarray:
        """(draw, stream): what leaves the sellers; buyers also take cargo that was afloat."""
        afloat, _ = drawn(self.built.market.floating, self.cleared.fob_usd_bbl)
        return (self.flow_kbd.sum(axis=1) - afloat) / self.built.market.landed_share

    def to(self, buyer: str, *streams: str) -> np.ndarray:
        """(draw,): flow of some streams to a buyer, `china` for its three segments together."""
        who = CHINA if buyer == "china" else [BUYERS.index(buyer)]
        which = self.cal.base.labels.stream_mask(streams)
        return self.flow_kbd[:, who][:, :, which].sum(axis=(1, 2))


@pytest.fixture(scope="session")
def base() -> Baseline:
    return baseline("2025")


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[..., Scenario]:
    def write_and_load(body: str = "") -> Scenario:
        path = tmp_path / "case.yaml"
        path.write_text(HEAD + body, encoding="utf-8")
        return load_scenario(path)

    return write_and_load


@pytest.fixture
def compiled(scenario: Callable[..., Scenario], base: Baseline) -> Callable[..., tuple[dict, tuple[Measure, ...]]]:
    """Parameters and measures of a scenario's text, at mid values or for the first block of draws."""

    def compile_(body: str = "", draws: bool = False) -> tuple[dict, tuple[Measure, ...]]:
        asked = scenario(body)
        refuse_impossible(asked)
        return compile_block(asked, base, uncertain(asked), Block(seed=1, first=0, mid_only=not draws))

    return compile_


@pytest.fixture
def month(compiled: Callable[..., tuple[dict, tuple[Measure, ...]]], base: Baseline) -> Callable[..., Month]:
    """Clear the first month of a scenario's text; every draw must have an answer."""

    def clear_month(body: str = "", draws: bool = False, answers: bool = True) -> Month:
        asked, measures = compiled(body, draws)
        cal = calibrate(base, asked)
        acts, state = levers(base, measures, 0), first_state(cal)
        expected = expectation(cal, measures, 0, (acts, state, DAYS))
        built = month_market(cal, acts, state, DAYS, expected)
        cleared = clear(built.market, state.fob_usd_bbl)
        assert cleared.converged.all() or not answers
        return Month(cal, acts, state, built, cleared)

    return clear_month
