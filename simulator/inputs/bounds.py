"""Promises to buy and bans above a threshold, as bounds on the purchases of one month."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.inputs.calibration import Calibration
from simulator.inputs.market import MonthMarket
from simulator.inputs.measures import Measure
from simulator.market.dynamics import State
from simulator.market.limits import AT_LEAST, AT_MOST, DEAREST_PROMISE_USD_BBL, Limit
from simulator.units import DAYS_PER_YEAR

Array = NDArray[np.float64]

LEAST_PRICE_USD_BBL = 1.0
"""Below it a value says nothing about a volume."""
COMMITMENT, THRESHOLD = "purchase_commitment", "threshold"


def month_bounds(
    cal: Calibration, measures: tuple[Measure, ...], month: int, built: MonthMarket, state: State
) -> tuple[Limit, ...]:
    """The bounds in force in month number `month`."""
    return tuple(
        _limit(cal, measure, month, built, state)
        for measure in measures
        if measure.kind in (COMMITMENT, THRESHOLD) and measure.strength[month] > 0
    )


def _limit(cal: Calibration, measure: Measure, month: int, built: MonthMarket, state: State) -> Limit:
    pairs = measure.pairs[built.unit_buyer]
    draws = len(cal.memory_pace)
    if measure.kind == THRESHOLD:
        return Limit(pairs, measure.value("threshold_kbd"), AT_MOST, np.full(draws, np.inf))
    kbd = measure.value("volume_kbd") if measure.has("volume_kbd") else _worth(cal, measure, built, state)
    dearest = np.full(draws, DEAREST_PROMISE_USD_BBL)
    ceiling = measure.value("max_subsidy_usd_bbl") if measure.has("max_subsidy_usd_bbl") else dearest
    return Limit(pairs, measure.strength[month] * kbd, AT_LEAST, ceiling)


def _worth(cal: Calibration, measure: Measure, built: MonthMarket, state: State) -> Array:
    """A value a year as a volume, (draw,) kb/d, at last month's FOB prices of the streams promised, delivered with
    this month's freight and rebates.

    The mean is by last month's purchases, and by plain count where there were none.
    """
    added = built.cash.freight_usd_bbl + built.cash.discount_usd_bbl
    price = state.fob_usd_bbl[:, None, :] + np.broadcast_to(added, state.flow_kbd.shape)
    weight = state.flow_kbd * measure.pairs
    total = weight.sum(axis=(1, 2), keepdims=True)
    weight = np.where(total > 0, weight, measure.pairs)
    mean = (price * weight).sum(axis=(1, 2)) / weight.sum(axis=(1, 2))
    return measure.value("value_usd_bn_year") * 1e6 / (np.maximum(mean, LEAST_PRICE_USD_BBL) * DAYS_PER_YEAR)
