"""The same month cleared the usual way: scipy's hybr with an analytic Jacobian, one draw at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import root
from scipy.special import expit, logit

from simulator.market.clearing import TOLERANCE, Market, rows

Array = NDArray[np.float64]


@dataclass(frozen=True)
class OneDraw:
    """A market with its draw axis taken off: (unit, stream), (unit,), (stream,)."""

    market: Market

    def excess_and_slopes(self, fob: Array) -> tuple[Array, Array]:
        """Excess supply over base exports, (stream,), and its Jacobian, (stream, stream)."""
        m, s = self.market, self.market.sourcing
        within, across = s.within_usd_bbl[0], s.across_usd_bbl[0]
        pull = s.log_appeal[0] - s.pull_per_usd[0] * (fob - m.base_fob_usd_bbl[0])
        best = pull.max(axis=1, keepdims=True)
        weight = np.exp(pull - best)
        nest_of = np.zeros((len(fob), len(s.nests)))
        for k, nest in enumerate(s.nests):
            nest_of[nest, k] = 1.0
        nest_sum = weight @ nest_of
        with np.errstate(divide="ignore"):
            nest_pull = s.nest_log_appeal[0] + (np.log(nest_sum) + best) * (within / across)[:, None]
        top = nest_pull.max(axis=1, keepdims=True)
        nest_share = np.exp(nest_pull - top)
        total = nest_share.sum(axis=1)
        nest_share /= total[:, None]
        cost_change = -across * (np.log(total) + top[:, 0])
        in_nest = weight / np.where(nest_sum > 0, nest_sum, 1.0)[:, np.argmax(nest_of, axis=1)]
        share = in_nest * (nest_share @ nest_of.T)
        r = m.requirement
        run = expit(logit(r.utilisation_share[0]) - cost_change / r.spread_usd_bbl[0])
        kbd = r.ceiling_kbd[0] * run
        kbd_slope = -kbd * (1 - run) / r.spread_usd_bbl[0]
        offered, offered_slope = self._offered(fob)
        excess = m.landed_share[0] * offered - kbd @ share
        priced = share * s.pull_per_usd[0] * within[:, None]
        slopes = -(share.T * (kbd / across + kbd_slope)) @ priced
        same = nest_of @ nest_of.T
        slopes -= same * ((in_nest.T * (kbd * (1 / within - 1 / across))) @ priced)
        slopes[np.diag_indices_from(slopes)] += (kbd / within) @ priced + m.landed_share[0] * offered_slope
        scale = m.base_exports_kbd[0]
        return excess / scale, slopes / scale[:, None]

    def _offered(self, fob: Array) -> tuple[Array, Array]:
        s = self.market.supply
        ask = fob - s.offer_shift_usd_bbl[0]
        holds = expit((ask - s.shut_in_usd_bbl[0]) / s.shut_in_spread_usd_bbl[0])
        follows = expit((ask - s.middle_usd_bbl[0]) / s.spread_usd_bbl[0])
        flexible = s.flexible_kbd[0] * follows
        kbd = s.available_share[0] * holds * (s.steady_kbd[0] + flexible)
        slope = kbd * (1 - holds) / s.shut_in_spread_usd_bbl[0]
        return kbd, slope + s.available_share[0] * holds * flexible * (1 - follows) / s.spread_usd_bbl[0]

    def clear(self) -> tuple[Array, bool]:
        """FOB prices, (stream,), and whether every stream balances to the kernel's tolerance."""
        found = root(
            lambda fob: self.excess_and_slopes(fob),
            self.market.base_fob_usd_bbl[0],
            jac=True,
            method="hybr",
            options={"xtol": 1e-12},
        )
        return found.x, bool(np.abs(found.fun).max() <= TOLERANCE)


def one_draw(market: Market, draw: int) -> OneDraw:
    """The market of one draw of a block."""
    keep = np.arange(len(market.base_fob_usd_bbl)) == draw
    return OneDraw(rows(market, keep))
