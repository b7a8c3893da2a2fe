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
from simulator.market.fleets import FLEETS

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

    available_share, lost_kbd, capacity_change_kbd, offer_shift_usd_bbl : (draw, stream)
    outlet_closed_share : (draw, outlet, stream)
    outlet_bypass_kbd : (draw, outlet, stream), usable if the scenario says so, infinite where it does not
    outlet_premium_usd_bbl : (draw, outlet, stream), on cargo that crosses
    passage_closed_share, passage_premium_usd_bbl : (draw, passage, stream)
    freight_usd_bbl, discount_usd_bbl, duty_rate, duty_usd_bbl, risk_usd_bbl : (draw, buyer, stream), changes
    requirement_factor, requirement_change_kbd : (draw, buyer)
    promised : (draw, buyer, stream), 0-1, pairs opened by a promise to buy
    released_kbd : (draw, buyer), announced, out of reserves (negative: into them)
    perceived_kbd : (draw,), loss that holders of stocks fear
    fleet_left_share : (draw, fleet), in the order of `FLEETS`
    cap_usd_bbl : (draw, stream), infinite without a cap; coalition_share : (draw, stream), of cargo under it
    surprise : whether a shock begins this month: most cargoes of the month are nominated already
    under_way : whether any shock is at work
    """

    available_share: Array
    lost_kbd: Array
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
    requirement_factor: Array
    requirement_change_kbd: Array
    promised: Array
    released_kbd: Array
    perceived_kbd: Array
    fleet_left_share: Array
    cap_usd_bbl: Array
    coalition_share: Array
    leaving: list[Leaving] = field(default_factory=list)
    surprise: bool = False
    under_way: bool = False


def no_levers(streams: int) -> Levers:
    """The month in which nothing happens."""
    buyers = len(BUYERS)
    by_stream, by_pair = (1, streams), (1, buyers, streams)
    by_outlet, by_passage = (1, len(OUTLETS), streams), (1, len(PASSAGES), streams)
    return Levers(
        available_share=np.ones(by_stream),
        lost_kbd=np.zeros(by_stream),
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
        requirement_factor=np.ones((1, buyers)),
        requirement_change_kbd=np.zeros((1, buyers)),
        promised=np.zeros(by_pair),
        released_kbd=np.zeros((1, buyers)),
        perceived_kbd=np.zeros(1),
        fleet_left_share=np.ones((1, len(FLEETS))),
        cap_usd_bbl=np.full(by_stream, np.inf),
        coalition_share=np.zeros(by_stream),
    )


def levers(base: Baseline, measures: tuple[Measure, ...], month: int) -> Levers:
    """Add up what the measures do in month number `month` of the scenario."""
    total = no_levers(len(base.labels.streams))
    for measure in measures:
        if measure.kind not in ANNOUNCED:
            total.surprise |= month == measure.first_month
            _perceive(total, base, measure, month)
        total.under_way |= measure.strength[month] > 0
        # Kinds without an entry set bounds on trade or are costed beside it.
        if measure.strength[month] > 0 and measure.kind in _ADD:
            _ADD[measure.kind](total, base, measure, month)
    return total


def _supply_outage(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    strength = measure.strength[month]
    if measure.has("loss_share"):
        left = 1.0 - strength * measure.value("loss_share")
        total.available_share = total.available_share * np.where(measure.streams, left[:, None], 1.0)
    else:
        lost = _split(strength * measure.value("loss_kbd"), base.exports_kbd * measure.streams)
        total.lost_kbd = total.lost_kbd + lost


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
        exposed = base.geography.outlet_exposed_share[index]
        bypass = np.where(touched & (exposed > 0), _round(measure.value("bypass_kbd"), base, exposed * touched), np.inf)
        _widen(total, "outlet_bypass_kbd", index, bypass, np.minimum)


def _round(total_kbd: Array, base: Baseline, exposed_share: Array) -> Array:
    """A total that can go round a strait, by stream: what goes round anyhow, the rest by exposed capacity."""
    anyhow = (1.0 - exposed_share) * base.capacity_kbd * (exposed_share > 0)
    rest = np.maximum(total_kbd - anyhow.sum(), 0.0)
    return anyhow + _split(rest, exposed_share * base.capacity_kbd)


def _tariff(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    name = "rate" if measure.has("rate") else "usd_bbl"
    change = measure.strength[month] * measure.value(name)
    _add(total, "duty_rate" if name == "rate" else "duty_usd_bbl", measure, change)


def _sanction(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    strength = measure.strength[month]
    left = strength * measure.workaround[month]
    if measure.has("risk_usd_bbl"):
        risk = measure.value("risk_usd_bbl")
        # Workarounds wear down a new risk. Relief from an old one stays, or comes as they form where that is asked for.
        relief = strength - left if measure.has("half_life_months") else strength
        _add(total, "risk_usd_bbl", measure, risk * np.where(risk > 0, left, relief))
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


def _perceive(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    """Loss that is feared: what the scenario says, or the loss itself, for as many months from its start."""
    since = month - measure.first_month
    months = measure.value("perceived_months") if measure.has("perceived_months") else np.ones(1)
    if since < 0 or since >= months.max():
        return
    if measure.has("perceived_loss_kbd"):
        loss = measure.value("perceived_loss_kbd")
    else:
        loss = np.maximum(measure.strength[month], 0.0) * _loss_kbd(base, measure)
    total.perceived_kbd = total.perceived_kbd + np.where(since < months, loss, 0.0)


def _loss_kbd(base: Baseline, measure: Measure) -> Array:
    """Barrels a shock takes off the market at first sight, (draw,) kb/d."""
    exports = base.exports_kbd
    if measure.kind == "supply_outage" and measure.has("loss_kbd"):
        return measure.value("loss_kbd")
    if measure.kind == "supply_outage":
        return measure.value("loss_share") * exports[measure.streams].sum()
    if measure.kind == "chokepoint" and measure.chokepoint in OUTLETS and measure.has("closed_share"):
        exposed = base.geography.outlet_exposed_share[OUTLETS.index(measure.chokepoint)]
        return measure.value("closed_share") * (exports * exposed * ~measure.except_streams).sum()
    return np.zeros(1)


def _fleet_sanction(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    left = 1.0 - measure.strength[month] * measure.workaround[month] * measure.value("fleet_loss_share")
    hit = np.array([fleet == measure.fleet for fleet in FLEETS])
    total.fleet_left_share = total.fleet_left_share * np.where(hit, left[:, None], 1.0)


def _price_cap(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    cap = np.where(measure.streams, measure.value("cap_usd_bbl")[:, None], np.inf)
    share = measure.strength[month] * measure.value("coalition_shipping_share")
    total.cap_usd_bbl = np.minimum(total.cap_usd_bbl, cap)
    total.coalition_share = np.maximum(total.coalition_share, share[:, None] * measure.streams)


def _commitment(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    """Who promises to buy what it never bought opens the way to it; the bound itself is set where months clear."""
    total.promised = np.maximum(total.promised, measure.pairs[None] * measure.strength[month])


def _reserves(total: Levers, base: Baseline, measure: Measure, month: int) -> None:
    """Announced flow out of reserves, until the total is reached."""
    rate = measure.value("rate_kbd")
    flow = rate * measure.strength[month]
    if measure.has("total_mb"):
        done = rate * sum(s * d for s, d in zip(measure.strength[:month], measure.days[:month], strict=True)) / 1e3
        flow = np.minimum(flow, np.maximum(measure.value("total_mb") - done, 0.0) * 1e3 / measure.days[month])
    sign = 1.0 if measure.kind == "stock_release" else -1.0
    imports = base.flow_kbd.sum(axis=1) * measure.buyers
    total.released_kbd = total.released_kbd + sign * _split(flow, imports)


ANNOUNCED = ("stock_release", "stock_fill", "purchase_commitment", "energy_commitment")
"""Shocks that surprise nobody: they are announced."""

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
    "fleet_sanction": _fleet_sanction,
    "price_cap": _price_cap,
    "purchase_commitment": _commitment,
    "stock_release": _reserves,
    "stock_fill": _reserves,
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
