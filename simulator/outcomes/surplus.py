"""What buying crude is worth to China: the area under its demand, duties it pays itself included."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from simulator.market.balance import Market
from simulator.market.clearing import Clearing
from simulator.outcomes.trade import CHINA, Trade
from simulator.units import usd_bn

Array = NDArray[np.float64]


def oil_surplus_usd_bn(
    market: Market, unit_buyer: NDArray[np.int64], cleared: Clearing, trade: Trade, risk_usd_bbl: Array, days: int
) -> Array:
    """Surplus of China's refiners in a month of `days` days plus the duty that stays in China: (draw,) bn USD.

    Only differences between two worlds mean anything. A risk that steers choices without being paid is taken out
    of the cost index, because nobody pays it.

    Parameters
    ----------
    unit_buyer : (unit,)   risk_usd_bbl : (draw, buyer, stream)

    Notes
    -----
    The surplus of a unit is the integral of its demand above its cost: ceiling h ln(1 + exp(logit u - dP/h)).
    """
    required, plans = market.requirement, market.plans
    assert plans is not None
    squeeze = cleared.cost_change_usd_bbl - plans.passed_on_usd_bbl
    reach = logit(required.utilisation_share) - squeeze / required.spread_usd_bbl
    area = required.ceiling_kbd * required.spread_usd_bbl * np.logaddexp(0.0, reach)
    risk = (cleared.flow_kbd * risk_usd_bbl.take(unit_buyer, axis=1)).sum(axis=2)
    arrived = trade.landing
    duty = arrived.kbd * (arrived.duty_rate * arrived.delivered_usd_bbl + arrived.duty_usd_bbl)
    china = unit_buyer < CHINA.stop
    return usd_bn(((area + risk) * china).sum(axis=1) + duty.sum(axis=(1, 2)), 1.0, days)
