"""The same month cleared the usual way: scipy's hybr, one draw at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import root

from simulator.market.balance import Balance, Market, balance
from simulator.market.clearing import TOLERANCE

Array = NDArray[np.float64]


def clear_one(market: Market, start_fob_usd_bbl: Array, slopes: bool = True) -> tuple[Array, float]:
    """FOB prices of a market of one draw, (stream,), and the largest excess supply as a share of base exports.

    Parameters
    ----------
    slopes : give scipy the analytic Jacobian; without, it takes differences
    """
    scale = market.base_exports_kbd[0]

    def excess(fob: Array) -> Array:
        return balance(market, fob[None]).excess_kbd[0] / scale

    def excess_and_slopes(fob: Array) -> tuple[Array, Array]:
        at = balance(market, fob[None])
        return at.excess_kbd[0] / scale, dense_slopes(market, at) / scale[:, None]

    asked = excess_and_slopes if slopes else excess
    found = root(asked, start_fob_usd_bbl, jac=slopes, method="hybr", options={"xtol": TOLERANCE})
    return found.x, float(np.abs(found.fun).max())


def dense_slopes(market: Market, at: Balance) -> Array:
    """Slopes of excess supply, (stream, stream), written out as the model's documentation prints them.

    Notes
    -----
    D_b (-d2P_b) - D_b' s_b s_b', with -d2P = diag(s)/m - sum_k s_k (1/m - 1/M) e_k e_k' - s s'/M;
    the duty scales columns.
    """
    sourcing = market.sourcing
    within, across = sourcing.within_usd_bbl[0], sourcing.across_usd_bbl[0]
    kbd, kbd_slope = at.bought_kbd[0], at.bought_slope[0]
    in_nest = at.choice.share_in_nest[0]
    share = in_nest * (at.choice.nest_share[0] @ sourcing.belongs.T)
    priced = share * sourcing.pull_per_usd[0] * within[:, None]
    slopes = -(share.T * (kbd / across + kbd_slope)) @ priced
    same_type = sourcing.belongs @ sourcing.belongs.T
    slopes -= same_type * ((in_nest.T * (kbd * (1 / within - 1 / across))) @ priced)
    slopes[np.diag_indices_from(slopes)] += (kbd / within) @ priced + at.offered_slope[0]
    return slopes
