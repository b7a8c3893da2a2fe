"""What sellers offer this month: capacity that straits let out, availability, cargo afloat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulator.inputs.buying import Expected
from simulator.inputs.calibration import Calibration
from simulator.inputs.levers import Levers
from simulator.inputs.shipping import usable_bypass
from simulator.market.chokepoints import open_capacity
from simulator.market.dynamics import State
from simulator.market.stocks import LEAST_RATE_KBD, Stocks, most_kbd
from simulator.market.supply import Supply, curve, programmed

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

LAST_CARGOES_SHARE = 0.05
"""A stream that loads nothing is out of the market once less than this part of its exports can be sold from afloat:
the last few cargoes have no market price."""
ALWAYS_ROOM = 1.01
"""A stream can always ship a hundredth more than before, below its capacity: the curve needs room to have a slope."""
FLOATING_LEAST, FLOATING_MOST = 0.25, 1.75
"""Cargo afloat stays between these multiples of what was afloat at the start: ships in use, ships to be had."""


def sellers_supply(cal: Calibration, acts: Levers, state: State, most: Array, expected: Expected | None) -> Supply:
    """The month's supply curves, (draw, stream), below the `most` kb/d that straits and pipes let out.

    Loading was planned for what was expected; None: nothing surprises.
    """
    new = _new_kbd(acts)
    # Spare capacity comes into use over some months: no more this month than a part of it above the last.
    spare = np.maximum(cal.base.capacity_kbd - cal.base.exports_kbd, 0.0) / cal.tempo.spare_ramp_months[:, None]
    reach = ALWAYS_ROOM * np.maximum(state.exports_kbd, cal.supply.exports_kbd + new) + spare
    available = acts.available_share * (1.0 - np.minimum(acts.lost_kbd / cal.base.exports_kbd, 1.0))
    # Wells that were shut for want of room come back over some months.
    running = (1.0 - state.idle_share) * (cal.base.capacity_kbd + new)
    # Wells drilled at high prices fill pipes and ports; they do not widen them.
    room = np.minimum(np.minimum(most, reach), running) / np.exp(np.maximum(state.supply_drift, 0.0))
    offer = curve(
        replace(cal.supply, exports_kbd=cal.supply.exports_kbd + new),
        room,
        available * np.exp(state.supply_drift),
        np.broadcast_to(acts.offer_shift_usd_bbl, reach.shape),
    )
    if expected is None:
        return offer
    asked = expected.fob_usd_bbl - expected.offer_shift_usd_bbl
    return programmed(offer, asked, cal.tempo.first_month_response_share[:, None])


def let_out_kbd(cal: Calibration, acts: Levers, ready: Array) -> Array:
    """Export capacity that straits and pipes let out, (draw, stream) kb/d."""
    built = np.maximum(cal.base.capacity_kbd + acts.capacity_change_kbd, 0.0)
    capacity = built
    for outlet, exposed in enumerate(cal.base.geography.outlet_exposed_share):
        closed = acts.outlet_closed_share[:, outlet]
        if closed.any():
            left = open_capacity(built, exposed, usable_bypass(cal, acts, outlet, ready), closed)
            capacity = capacity - (built - left)
    return np.maximum(capacity, 0.0)


def _new_kbd(acts: Levers) -> Array:
    """New capacity brings its own oil: wells or a pipe that would stand idle without it."""
    return np.maximum(acts.capacity_change_kbd, 0.0)


def floating_stocks(cal: Calibration, state: State, wanted: Mask, loading: Mask, days: float) -> Stocks:
    """What sellers would do with their cargo afloat this month, (draw, stream).

    It is sold even when nothing more is loaded, but for the last of it; what nobody may buy stays where it is.
    """
    store = cal.store
    afloat = store.floating_mb + state.floating_change_mb
    out = most_kbd(store.floating_rate_kbd, afloat - FLOATING_LEAST * store.floating_mb, days)
    into = most_kbd(store.floating_rate_kbd, FLOATING_MOST * store.floating_mb - afloat, days)
    sold = wanted & (loading | (out > LAST_CARGOES_SHARE * cal.supply.exports_kbd))
    return Stocks(
        most_drawn_kbd=np.where(sold, out, LEAST_RATE_KBD),
        most_filled_kbd=np.where(sold, into, LEAST_RATE_KBD),
        response=store.floating_response,
        reference_usd_bbl=state.floating_reference_usd_bbl,
        lean=cal.store.floating_lean[:, None] * state.floating_change_mb / np.maximum(store.floating_mb, 1e-9),
    )
