"""What buyers want this month: who takes part, what draws them, what they run, hold and have ordered."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.axes import BUYERS
from simulator.inputs.baseline import CHINA
from simulator.inputs.calibration import TEAPOT, Calibration
from simulator.inputs.levers import Leaving, Levers
from simulator.inputs.shipping import Cash
from simulator.market.choice import Sourcing
from simulator.market.dynamics import State
from simulator.market.participation import Habits, appeal, layers
from simulator.market.plans import TRICKLE_SHARE, Plans, ordered
from simulator.market.requirement import Requirement, bought
from simulator.market.stocks import LEAST_RATE_KBD, Stocks, drawn, most_kbd
from simulator.units import WORLD_USE_KBD

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

PASSED_ON_BETWEEN_USD_BBL = (40.0, 130.0)
"""China's product prices follow crude between these prices of Brent."""


@dataclass(frozen=True)
class Expected:
    """The month as it was ordered for, before the news of a surprise.

    fob_usd_bbl, offer_shift_usd_bbl : (draw, stream), the second in one row where it is the same in all draws
    cost_change_usd_bbl : (draw, buyer), cost index against the base month
    fear : (draw,), as in `State`
    converged, residual_share, bound_missed_share : (draw,), of the market that was expected
    """

    fob_usd_bbl: Array
    offer_shift_usd_bbl: Array
    cost_change_usd_bbl: Array
    fear: Array
    converged: Mask
    residual_share: Array
    bound_missed_share: Array | None = None


def units(leaving: list[Leaving], draws: int) -> tuple[NDArray[np.int64], Array, Array]:
    """Split the buyers that some units leave into layers.

    Returns
    -------
    unit_buyer (unit,); mass (draw, unit); allowed (draw, unit, stream), 1 where the unit may buy. The first
    units are the buyers themselves, with the layer that obeys least; further layers follow.
    """
    unit_buyer = list(range(len(BUYERS)))
    mass = [np.ones(draws) for _ in BUYERS]
    allowed: list[Array | None] = [None for _ in BUYERS]
    for buyer in range(len(BUYERS)):
        # A layer in which nobody ever is would be carried along for nothing.
        named = [one for one in leaving if one.buyers[buyer] and one.leave_share.any()]
        if not named:
            continue
        masks, shares = _distinct(named, draws)
        layer_mass, obeys = layers(shares)
        for layer in range(layer_mass.shape[1]):
            barred = np.any(obeys[:, layer, :, None] & masks, axis=1).astype(float)
            if layer == layer_mass.shape[1] - 1:
                mass[buyer], allowed[buyer] = layer_mass[:, layer], 1.0 - barred
            else:
                unit_buyer.append(buyer)
                mass.append(layer_mass[:, layer])
                allowed.append(1.0 - barred)
    streams = next((a.shape[1] for a in allowed if a is not None), 1)
    full = np.ones((draws, streams))
    return (
        np.array(unit_buyer),
        np.stack(mass, axis=1),
        np.stack([full if a is None else a for a in allowed], axis=1),
    )


def _distinct(named: list[Leaving], draws: int) -> tuple[Mask, Array]:
    """Streams grouped by which measures name them: masks (group, stream) and leave shares (draw, group).

    Measures on the same stream combine: what each leaves over multiplies.
    """
    touched = np.stack([one.streams for one in named])
    patterns = np.unique(touched[:, touched.any(axis=0)], axis=1).T
    masks = np.stack([(touched == pattern[:, None]).all(axis=0) for pattern in patterns])
    stay = [np.broadcast_to(1.0 - one.leave_share, draws) for one in named]
    shares = [1.0 - np.prod([s for s, hit in zip(stay, pattern, strict=True) if hit], axis=0) for pattern in patterns]
    return masks, np.stack(shares, axis=1)


def of_units(by_buyer: Array, unit_buyer: NDArray[np.int64]) -> Array:
    """What holds for a buyer, for each of its units: (draw, unit, ...); the same array where no buyer is split."""
    return by_buyer if len(unit_buyer) == by_buyer.shape[1] else by_buyer.take(unit_buyer, axis=1)


def sourcing(
    cal: Calibration,
    costs: tuple[Array, Array],
    pulls: tuple[Array, Array],
    units: tuple[NDArray[np.int64], Mask],
) -> tuple[Sourcing, Mask]:
    unit_buyer, trading = units
    within = cal.within_usd_bbl.take(unit_buyer, axis=1) / cal.memory_pace[:, None]
    across = cal.across_usd_bbl.take(unit_buyer, axis=1) / cal.memory_pace[:, None]
    # A stream that ships nothing is what an ever dearer stream becomes: habits go on missing it.
    pull, nest_pull = pulls if trading.all() else (np.where(trading[:, None, :], pulls[0], -np.inf), pulls[1])
    can_buy: Mask = pull.max(axis=2) > -np.inf
    if not can_buy.all():
        # A unit with nothing left to buy keeps a choice on paper and has no requirement.
        pull = np.where(can_buy[:, :, None], pull, 0.0)
        nest_pull = np.where(can_buy[:, :, None], nest_pull, 0.0)
    wedge, cost_per_fob = costs
    per_usd = (1.0 / within)[:, :, None]
    if wedge.any():
        pull = pull - of_units(wedge, unit_buyer) * per_usd
    pull_per_usd = of_units(cost_per_fob, unit_buyer) * per_usd
    labels = cal.base.labels
    return Sourcing(pull, nest_pull, pull_per_usd, within, across, labels.nests, labels.belongs), can_buy


def appeals(
    cal: Calibration, state: State, opened: Array, units: tuple[NDArray[np.int64], Array]
) -> tuple[Array, Array]:
    """Log of the pull of streams and types at base prices: (draw, unit, stream) and (draw, unit, quality)."""
    unit_buyer, allowed = units
    keep = 1.0 - cal.memory_pace
    memory, taste, log_taste = state.memory_share, cal.share_in_nest, cal.log_share_in_nest
    with np.errstate(divide="ignore"):
        if opened.any():
            # A pair that has just opened starts from the habit its weight stands for.
            memory = np.where(memory > 0, memory, opened)
            taste = taste + opened
            log_taste = np.log(taste)
        pull = cal.memory_pace[:, None, None] * log_taste
        pull += keep[:, None, None] * np.log(memory)
        nest_pull = cal.memory_pace[:, None, None] * cal.log_nest_share
        nest_pull = nest_pull + keep[:, None, None] * np.log(state.memory_nest_share)
    pull, nest_pull = of_units(pull, unit_buyer), of_units(nest_pull, unit_buyer)
    restricted = np.any(allowed < 1.0, axis=(0, 2)) | np.any(opened > 0.0, axis=(0, 2))[unit_buyer]
    for unit in np.flatnonzero(restricted):
        buyer = unit_buyer[unit]
        habits = Habits(memory[:, buyer], state.memory_nest_share[:, buyer], keep)
        pull[:, unit], nest_pull[:, unit] = appeal(
            taste[:, buyer], cal.nest_share[:, buyer], habits, allowed[:, unit], cal.base.labels.nests
        )
    return pull, nest_pull


def opened_weight(cal: Calibration, acts: Levers, cash: Cash) -> Array:
    """Weight of pairs without base flow that open this month, as a share inside the type: (draw, buyer, stream).

    New barrels are offered to everyone who could take them: the pair opens by the new part of the stream's
    capacity, with the stream's part of the world's trade in its type, times a declared factor. A promise to buy
    opens the pair it names in the same way. A pair barred by sanctions comes back as far as the risk that bars it is
    lifted, with its old share, or with that same weight where none is known. A pair that a duty has closed comes
    back with the duty, to the flow of the duty-free year.
    """
    base = cal.base
    new = np.maximum(acts.capacity_change_kbd, 0.0)
    relief = np.maximum(-acts.risk_usd_bbl, 0.0) * base.pairs.barred
    undone = _duty_undone(cal, cash)
    if not (new.any() or relief.any() or acts.promised.any() or undone.any()):
        return np.zeros((1, *base.flow_kbd.shape))
    exports = base.exports_kbd + new
    world_share = np.empty_like(exports)
    for nest in base.labels.nests:
        world_share[:, nest] = exports[:, nest] / exports[:, nest].sum(axis=1, keepdims=True)
    usual = cal.unused_pair_factor[:, None, None] * world_share[:, None, :]
    new_share = (new / (base.capacity_kbd + new))[:, None, :]
    weight = np.maximum(new_share, acts.promised) * base.pairs.unused * usual
    let_in = np.minimum(relief / cal.barred_risk_usd_bbl[:, None, None], 1.0)
    known = base.pairs.reference_share > 0
    weight = weight + let_in * np.where(known, _in_nest(cal, base.pairs.reference_share), usual)
    before_duty = base.duty_free_flow_kbd / cal.flow_kbd.sum(axis=2)[:, :, None]
    return np.maximum(weight, undone * _in_nest(cal, before_duty))


def _duty_undone(cal: Calibration, cash: Cash) -> Array:
    """Part of the duty in force that is lifted where it had closed the trade, 0-1: (draw, buyer, stream)."""
    base = cal.base
    closed = base.pairs.unused & (base.duty_free_flow_kbd > 0)
    price = base.fob_usd_bbl + base.freight_usd_bbl
    before = base.duty_rate * price + base.duty_usd_bbl
    now = cash.duty_rate * price + cash.duty_usd_bbl
    return np.where(closed & (before > 0), np.clip(1.0 - now / np.where(before > 0, before, 1.0), 0.0, 1.0), 0.0)


def _in_nest(cal: Calibration, share: Array) -> Array:
    """A share of all imports as a share inside the quality type: (draw, buyer, stream)."""
    inside = np.zeros_like(cal.share_in_nest)
    for k, nest in enumerate(cal.base.labels.nests):
        nest_share = cal.nest_share[:, :, k, None]
        here = share[..., nest] / np.where(nest_share > 0, nest_share, 1.0)
        inside[:, :, nest] = np.where(nest_share > 0, here, 0.0)
    return np.minimum(inside, 1.0)


def cost_wedge(cal: Calibration, acts: Levers, cash: Cash) -> tuple[Array, Array]:
    """Change of the choice cost at base FOB prices, and USD of cost per USD of FOB: (draw, buyer, stream).

    The duty's guidance moves with the duty. Relief of risk for a barred pair is what opens it, not a bonus.
    """
    base = cal.base
    before = base.fob_usd_bbl + base.freight_usd_bbl
    now = base.fob_usd_bbl + cash.freight_usd_bbl + cash.discount_usd_bbl
    duty_before = base.duty_rate * before + base.duty_usd_bbl
    # A pair without base flow was never weighed under its duty: it opens with the duty on top.
    weighed = np.where(base.flow_kbd > 0, duty_before, 0.0)
    duty_at_base = cash.duty_rate * before + cash.duty_usd_bbl
    guided = np.where(duty_before > 0, duty_at_base / np.where(duty_before > 0, duty_before, 1.0) - 1.0, 0.0)
    risk = np.where(base.pairs.barred, np.maximum(acts.risk_usd_bbl, 0.0), acts.risk_usd_bbl)
    duty = cash.duty_rate * now + cash.duty_usd_bbl - weighed
    wedge = now - before + duty + risk
    if guided.any():
        wedge = wedge + cal.duty_guidance_usd_bbl * guided
    return wedge, 1.0 + cash.duty_rate


def buyers_plans(
    cal: Calibration,
    acts: Levers,
    state: State,
    units: tuple[NDArray[np.int64], Array, Array],
    requirement: Requirement,
    month: tuple[float, Array, Expected | None],
) -> Plans:
    """What stands between runs and purchases this month.

    Parameters
    ----------
    units : unit_buyer (unit,); mass (draw, unit); loadable (draw, unit), part of usual cargo that can still load
    month : its days; fear in it (draw,); what it was ordered for, None where nothing surprises
    """
    days, fear, foreseen = month
    unit_buyer, mass, loadable = units
    store, usual_kbd = cal.store, cal.ceiling_kbd * cal.utilisation_share
    stock = store.stock_mb + state.stock_change_mb
    most_drawn = most_kbd(store.draw_rate_kbd, stock - store.floor_mb, days)
    # Reserves hold what they hold, whatever was announced.
    out_of_reserves = np.minimum(acts.released_kbd, np.maximum(stock * 1e3 / days - most_drawn, 0.0))
    passed_on = np.zeros_like(stock)
    inside = np.clip(state.brent_usd_bbl, *PASSED_ON_BETWEEN_USD_BBL) - cal.base.brent_usd_bbl
    passed_on[:, TEAPOT] = cal.tempo.product_pass_through * inside
    open_plans = Plans(
        stocks=Stocks(
            most_drawn_kbd=most_drawn.take(unit_buyer, axis=1) * mass + LEAST_RATE_KBD,
            most_filled_kbd=most_kbd(store.fill_rate_kbd, store.ceiling_mb - stock, days).take(unit_buyer, axis=1)
            * mass
            + LEAST_RATE_KBD,
            response=store.response.take(unit_buyer, axis=1),
            reference_usd_bbl=(state.reference_usd_bbl * _lift(fear)).take(unit_buyer, axis=1),
            # What governments take out or put in is no reason for holders to fill or draw.
            lean=(store.lean * (state.stock_change_mb + state.released_mb) / store.stock_mb).take(unit_buyer, axis=1),
        ),
        base_cost_usd_bbl=cal.base_cost_usd_bbl.take(unit_buyer, axis=1),
        passed_on_usd_bbl=passed_on.take(unit_buyer, axis=1),
        nominated_kbd=np.zeros_like(mass),
        free_share=np.ones_like(mass),
        ordered_draw_kbd=np.zeros_like(mass),
        released_kbd=out_of_reserves.take(unit_buyer, axis=1) * mass,
        trickle_kbd=TRICKLE_SHARE * usual_kbd.take(unit_buyer, axis=1) * mass,
    )
    if foreseen is None:
        # A unit without mass answers to nothing: the least rate of its stocks would buy barred crude.
        return replace(open_plans, free_share=np.where(mass > 0, open_plans.free_share, 0.0))
    # Ordered before the news, and without the fear that came with it.
    reference = state.reference_usd_bbl * _lift(foreseen.fear)
    calmer = replace(open_plans.stocks, reference_usd_bbl=reference.take(unit_buyer, axis=1))
    before = replace(open_plans, stocks=calmer, released_kbd=np.zeros_like(mass))
    price = foreseen.cost_change_usd_bbl.take(unit_buyer, axis=1)
    kbd, _ = ordered(before, bought(requirement, price - open_plans.passed_on_usd_bbl), price)
    out, _ = drawn(calmer, open_plans.base_cost_usd_bbl + price)
    # Nor has a unit without mass ordered anything: the least rate would pass for purchases in its habits.
    there = mass > 0
    return replace(
        open_plans,
        nominated_kbd=np.where(there, kbd * loadable, 0.0),
        free_share=np.where(there, cal.tempo.first_month_response_share[:, None], 0.0),
        ordered_draw_kbd=np.where(there, out, 0.0),
    )


def loadable_share(state: State, programme_kbd: Array, unit_buyer: NDArray[np.int64], allowed: Array) -> Array:
    """Part of what units have ordered before the month that can still load and that they still want: (draw, unit).

    Parameters
    ----------
    programme_kbd : (draw, stream), what sellers still load of what they had planned
    """
    loadable = np.minimum(programme_kbd / np.where(state.exports_kbd > 0, state.exports_kbd, 1.0), 1.0)
    usual = state.flow_kbd.take(unit_buyer, axis=1)
    cargo = (state.flow_kbd * loadable[:, None, :]).take(unit_buyer, axis=1) * allowed
    total = usual.sum(axis=2)
    return cargo.sum(axis=2) / np.where(total > 0, total, 1.0)


def _lift(fear: Array) -> Array:
    """What fear makes of the price that holders outside China think normal: a factor, (draw, buyer)."""
    factor = np.ones((len(fear), len(BUYERS)))
    factor[:, CHINA.stop :] = np.exp(fear)[:, None]
    return factor


def feared(cal: Calibration, acts: Levers, state: State) -> Array:
    """Log of the lift of reference prices by fear this month: (draw,). A new scare counts if it is the worse one."""
    fading = state.fear * 0.5 ** (1.0 / cal.tempo.fear_half_life_months)
    return np.maximum(fading, cal.tempo.fear_per_share * acts.perceived_kbd / WORLD_USE_KBD)
