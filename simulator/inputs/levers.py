"""What the shocks of one month do, added up: outages, closures, cash, duties, risk, who leaves.

Shares left over multiply, USD and kb/d add, limits take the tightest; the order of the shocks never matters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.axes import BUYERS
from simulator.inputs.baseline import OUTLETS, PASSAGES, Baseline
from simulator.inputs.measures import Measure

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Leaving:
    """Units that stop buying: buyers (buyer,), streams (stream,), leave_share (draw,)."""

    buyers: Mask
    streams: Mask
    leave_share: Array


@dataclass
class Levers:
    """The sum of all shocks in one month; every array starts at "nothing happens".

    The leading axis is draw, or of length 1 where nothing uncertain touched the array.

    available_share, capacity_change_kbd, offer_shift_usd_bbl : (draw, stream)
    outlet_closed_share : (draw, outlet, stream)
    outlet_bypass_kbd : (draw, outlet, stream), usable if the scenario says so, infinite where it does not
    outlet_premium_usd_bbl : (draw, outlet, stream), on cargo that crosses
    passage_closed_share, passage_premium_usd_bbl : (draw, passage, stream)
    freight_usd_bbl, discount_usd_bbl, duty_rate, duty_usd_bbl, risk_usd_bbl : (draw, buyer, stream), changes
    opened_share : (draw, buyer, stream), of a barred pair let back in
    requirement_factor, requirement_change_kbd : (draw, buyer)
    """

    available_share: Array
    capacity_change_kbd: Array
    offer_shift_usd_bbl: Array
    outlet_closed_share: Array
    outlet_bypass_kbd: Array
    outlet_premium_usd_bbl: Array
    passage_closed_share: Array
    passage_premium_usd_bbl: Array
    freight_usd_bbl: Array
    discount_usd_bbl: Array
    duty_rate: Array
    duty_usd_bbl: Array
    risk_usd_bbl: Array
    opened_share: Array
    requirement_factor: Array
    requirement_change_kbd: Array
    leaving: list[Leaving] = field(default_factory=list)


def no_levers(streams: int) -> Levers:
    """The month in which nothing happens."""
    buyers = len(BUYERS)
    by_stream, by_pair = (1, streams), (1, buyers, streams)
    by_outlet, by_passage = (1, len(OUTLETS), streams), (1, len(PASSAGES), streams)
    return Levers(
        available_share=np.ones(by_stream),
        capacity_change_kbd=np.zeros(by_stream),
        offer_shift_usd_bbl=np.zeros(by_stream),
        outlet_closed_share=np.zeros(by_outlet),
        outlet_bypass_kbd=np.full(by_outlet, np.inf),
        outlet_premium_usd_bbl=np.zeros(by_outlet),
        passage_closed_share=np.zeros(by_passage),
        passage_premium_usd_bbl=np.zeros(by_passage),
        freight_usd_bbl=np.zeros(by_pair),
        discount_usd_bbl=np.zeros(by_pair),
        duty_rate=np.zeros(by_pair),
        duty_usd_bbl=np.zeros(by_pair),
        risk_usd_bbl=np.zeros(by_pair),
        opened_share=np.zeros(by_pair),
        requirement_factor=np.ones((1, buyers)),
        requirement_change_kbd=np.zeros((1, buyers)),
    )


def levers(base: Baseline, measures: tuple[Measure, ...], month: int) -> Levers:
    """Add up what the measures do in month number `month` of the scenario."""
    total = no_levers(len(base.labels.streams))
    for measure in measures:
        if measure.strength[month] > 0:
            _ADD[measure.kind](total, base, measure, month)
    return total


def _supply_outage(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    strength = measure.strength[month]
    if measure.has("loss_share"):
        loss = measure.value("loss_share")
    else:
        loss = measure.value("loss_kbd") / base.exports_kbd[measure.streams].sum()
    left = 1.0 - strength * np.minimum(loss, 1.0)
    total.available_share = total.available_share * np.where(measure.streams, left[:, None], 1.0)


def _capacity(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    change = measure.strength[month] * measure.value("change_kbd")
    total.capacity_change_kbd = total.capacity_change_kbd + _split(change, base.exports_kbd * measure.streams)


def _chokepoint(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    strength = measure.strength[month]
    place = measure.chokepoint
    outlet = place in OUTLETS
    index = OUTLETS.index(place) if outlet else PASSAGES.index(place)
    touched = ~measure.except_streams
    share = measure.value("closed_share") if measure.has("closed_share") else np.zeros(1)
    closed = np.where(touched, strength * share[:, None], 0.0)
    kind = "outlet" if outlet else "passage"
    # Of several closures of one strait the largest counts once.
    _widen(total, f"{kind}_closed_share", index, closed, np.maximum)
    if measure.has("war_risk_usd_bbl"):
        premium = np.where(touched, strength * measure.value("war_risk_usd_bbl")[:, None], 0.0)
        _widen(total, f"{kind}_premium_usd_bbl", index, premium, np.add)
    if outlet and measure.has("bypass_kbd"):
        around = base.geography.outlet_bypass_kbd[index] * touched
        bypass = np.where(touched, _split(measure.value("bypass_kbd"), around), np.inf)
        _widen(total, "outlet_bypass_kbd", index, bypass, np.minimum)


def _tariff(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    name = "rate" if measure.has("rate") else "usd_bbl"
    change = measure.strength[month] * measure.value(name)
    _add(total, "duty_rate" if name == "rate" else "duty_usd_bbl", measure, change)


def _sanction(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    strength = measure.strength[month]
    left = strength * measure.workaround[month]
    if measure.has("risk_usd_bbl"):
        risk = measure.value("risk_usd_bbl")
        # Workarounds wear down a new risk; relief from an old one stays.
        _add(total, "risk_usd_bbl", measure, risk * np.where(risk > 0, left, strength))
        let_in = np.where(risk < 0, strength, 0.0)[:, None, None] * measure.pairs
        total.opened_share = np.maximum(total.opened_share, let_in)
    if measure.has("leave_share"):
        total.leaving.append(Leaving(measure.buyers, measure.streams, left * measure.value("leave_share")))


def _embargo(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    everyone = np.full(1, measure.strength[month])
    total.leaving.append(Leaving(measure.buyers, measure.streams, everyone))


def _discount(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    change = measure.strength[month] * measure.value("change_usd_bbl")
    if measure.buyers.any():
        _add(total, "discount_usd_bbl", measure, change)
    else:
        total.offer_shift_usd_bbl = total.offer_shift_usd_bbl + change[:, None] * measure.streams


def _freight(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    _add(total, "freight_usd_bbl", measure, measure.strength[month] * measure.value("change_usd_bbl"))


def _demand(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    strength = measure.strength[month]
    if measure.has("change_share"):
        factor = 1.0 + strength * measure.value("change_share")
        total.requirement_factor = total.requirement_factor * np.where(measure.buyers, factor[:, None], 1.0)
    else:
        imports = base.flow_kbd.sum(axis=1) * measure.buyers
        change = _split(strength * measure.value("change_kbd"), imports)
        total.requirement_change_kbd = total.requirement_change_kbd + change


_ADD = {
    "supply_outage": _supply_outage,
    "capacity": _capacity,
    "chokepoint": _chokepoint,
    "tariff": _tariff,
    "sanction": _sanction,
    "embargo": _embargo,
    "discount": _discount,
    "freight": _freight,
    "demand": _demand,
}


def _split(total_kbd: Array, weight: Array) -> Array:
    """A total over a list, split by base flow: (draw, item)."""
    return total_kbd[:, None] * (weight / max(weight.sum(), 1e-300))


def _add(total: Levers, name: str, measure: Measure, change: Array) -> None:
    setattr(total, name, getattr(total, name) + change[:, None, None] * measure.pairs)


def _widen(total: Levers, name: str, index: int, change: Array, combine: np.ufunc) -> None:
    """Combine a change into one strait's row, giving the array a draw axis where it needs one."""
    before = getattr(total, name)
    after = np.broadcast_to(before, (max(len(before), len(change)), *before.shape[1:])).copy()
    after[:, index] = combine(after[:, index], change)
    setattr(total, name, after)
