"""A block of draws through the months of a scenario, once for each world that has to be seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.axes import BUYERS
from simulator.inputs.bounds import COMMITMENT, month_bounds
from simulator.inputs.buying import Expected, feared
from simulator.inputs.calibration import Calibration
from simulator.inputs.levers import ANNOUNCED, Levers, levers, no_levers
from simulator.inputs.market import MonthMarket, month_market
from simulator.inputs.measures import Measure
from simulator.inputs.shipping import hormuz_crossing, malacca_crossing
from simulator.inputs.worlds import Worlds
from simulator.market.clearing import Clearing, clear, first_guess
from simulator.market.dynamics import State
from simulator.market.limits import KEPT_TO, Limit, bought_kbd, clear_within
from simulator.months import first_state, loading, next_state, stock_draw_kbd
from simulator.outcomes.bargain import Bargain
from simulator.outcomes.energy import energy_cost_usd_bn
from simulator.outcomes.horizon import MonthColumns
from simulator.outcomes.landing import landing
from simulator.outcomes.metrics import OTHER_FUELS, SHORTFALL, SUBSIDY
from simulator.outcomes.month import Drawn, Month, flow_outcomes, month_outcomes
from simulator.outcomes.outcome import EVERYTHING, Outcome, Wanted
from simulator.outcomes.surplus import oil_surplus_usd_bn
from simulator.outcomes.trade import CHINA, Trade, brent, by_buyer
from simulator.outcomes.views import Views
from simulator.stops import Stop
from simulator.units import DAYS_PER_YEAR, MEAN_MONTH_DAYS

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


Promises = list[Outcome]
"""Outcomes that only months with a promise to buy have."""

Prices = tuple[Array, Array]
"""What clears a month: FOB prices (draw, stream), and shadow prices of bounds on purchases (draw, limit)."""

Guess = Callable[[int, State], Prices]
"""Where to look first for the prices of a month: from its number and what the last month left."""


@dataclass(frozen=True)
class Reading:
    """What outcomes are read with: views, the pairs that get a row, uncertain numbers only outcomes need; which of
    them are wanted."""

    views: Views
    pairs: Mask
    drawn: Drawn
    wanted: Wanted = EVERYTHING

    def of(self, trade: Trade, before: Trade, days: int, promises: Promises) -> list[Outcome]:
        """The outcomes of a month; `before` is the month without any shock."""
        month = Month(trade, before, self.views, self.drawn, days)
        found = month_outcomes(month, self.wanted) + flow_outcomes(trade, self.views, self.pairs, self.wanted)
        return found + [one for one in promises if self.wanted.needs(one.metric, one.by)]


@dataclass(frozen=True)
class Calm:
    """The months without any shock, all alike but for their length.

    months : outcomes by days of the month   days : of each month of the scenario
    converged, residual_share : (draw,)
    """

    trade: Trade
    months: dict[int, list[Outcome]]
    days: list[int]
    converged: Mask
    residual_share: Array
    bound_missed_share: Array | None = None

    @property
    def stop(self) -> Stop:
        """The draws in which even this market did not clear."""
        return Stop.of(self, 0)


@dataclass(frozen=True)
class Path:
    """A block's months in one world.

    converged, residual_share : (draw,)   over all months     stop : where a draw did not clear
    surplus_usd_bn : (draw,)   what buying oil is worth to China over the horizon; nothing where it was not weighed
    prices : what cleared each month; nothing where draws of two worlds stand side by side
    """

    columns: MonthColumns
    converged: Mask
    residual_share: Array
    stop: Stop
    surplus_usd_bn: Array
    prices: tuple[Prices, ...]


def calm_path(cal: Calibration, measures: tuple[Measure, ...], read: Reading, days: list[int]) -> Calm:
    """Clear the month without any shock. The measures only name what gets a row."""
    acts = no_levers(len(cal.base.fob_usd_bbl))
    _, cleared, trade, _ = clear_month(cal, (acts, first_state(cal), MEAN_MONTH_DAYS), ())
    promises = _promises(cal, measures, (), cleared)
    months = {n: read.of(trade, trade, n, promises) for n in set(days)}
    return Calm(trade, months, days, cleared.converged, cleared.residual_share)


def usual_guess(_number: int, state: State) -> Prices:
    """Prices go on the way they went, and bounds on purchases cost what they did."""
    return first_guess(state.fob_usd_bbl, state.fob_before_usd_bbl, state.fob_pace_share), state.bound_usd_bbl


def follow(
    cal: Calibration,
    measures: tuple[Measure, ...],
    read: Reading,
    calm: Calm,
    weigh: bool = False,
    guess: Guess = usual_guess,
) -> Path:
    """Clear one month after the other under the measures.

    Parameters
    ----------
    weigh : whether to reckon what oil is worth, where worlds are compared
    guess : where to look first; the prices found are the same within the tolerance of the search
    """
    state = first_state(cal)
    converged, residual = calm.converged, calm.residual_share
    stop, surplus = calm.stop, np.zeros_like(residual)
    prices: list[Prices] = []
    columns = MonthColumns(calm.months[calm.days[0]], (len(residual), len(calm.days)), read.wanted)
    for number, days in enumerate(calm.days):
        now = levers(cal.base, measures, number), state, float(days)
        expected = expectation(cal, measures, number, now)
        built, cleared, trade, promises = clear_month(cal, now, (measures, number), expected, guess(number, state))
        state = next_state(cal, now, built, cleared, trade)
        prices.append((state.fob_usd_bbl, state.bound_usd_bbl))
        for solved in (cleared,) if expected is None else (expected, cleared):
            converged = converged & solved.converged
            stop = stop.or_else(Stop.of(solved, number))
            residual = np.maximum(residual, solved.residual_share)
        if weigh:
            worth = built.market, built.unit_buyer, cleared, trade, built.risk_usd_bbl
            surplus = surplus + oil_surplus_usd_bn(*worth, days)
        columns.put(number, read.of(trade, calm.trade, days, promises))
    return Path(columns, converged, residual, stop, surplus, tuple(prices))


def decide(
    split: Worlds, paths: tuple[Path, Path], days: Sequence[int], drawn: Mapping[str, Array]
) -> tuple[Path, Bargain]:
    """In each draw the world that China chooses; with what either costs, a year.

    Parameters
    ----------
    paths : if it complies, and if it defies
    """
    comply, defy = paths
    cost = (defy.surplus_usd_bn - comply.surplus_usd_bn) * DAYS_PER_YEAR / sum(days)
    bargain = Bargain(split.threats, cost, drawn["yield_cost_usd_bn"], drawn["yield_doubt_usd_bn"])
    gives_in = bargain.gives_in(split.response)
    chosen = Path(
        comply.columns.or_else(defy.columns, gives_in),
        comply.converged & defy.converged,
        np.maximum(comply.residual_share, defy.residual_share),
        comply.stop.or_else(defy.stop),
        np.where(gives_in, comply.surplus_usd_bn, defy.surplus_usd_bn),
        (),
    )
    return chosen, bargain


def beside(measures: tuple[Measure, ...], days: Sequence[int]) -> tuple[Outcome, ...]:
    """Promises to buy other fuels, over the horizon; none where there are none."""
    named = [measure for measure in measures if measure.kind == "energy_commitment"]
    if not named:
        return ()
    total = np.zeros_like(named[0].value("volume_mt_year"))
    for one in named:
        years = sum(s * d for s, d in zip(one.strength, days, strict=True)) / DAYS_PER_YEAR
        premium = one.value("price_usd_mmbtu") - one.value("alternative_usd_mmbtu")
        total = total + energy_cost_usd_bn(one.commodity, one.value("volume_mt_year"), premium, years)
    return (Outcome(OTHER_FUELS, "total", ("total",), total[:, None]),)


Now = tuple[Levers, State, float]


def expectation(cal: Calibration, measures: tuple[Measure, ...], number: int, now: Now) -> Expected | None:
    """What month number `number` was ordered for: as it would be without the shocks that begin in it.

    None where none begins by surprise. Before the first of all, nobody expected any change.
    """
    acts, state, days = now
    if not acts.surprise:
        return None
    known = tuple(m for m in measures if m.first_month < number or m.kind in ANNOUNCED)
    if not any(m.first_month < number for m in known):
        draws = len(state.fear)
        unmoved = np.zeros_like(cal.base_cost_usd_bbl)
        offer = np.zeros((1, len(cal.base.fob_usd_bbl)))
        sure = np.ones(draws, dtype=bool), np.zeros(draws)
        return Expected(state.fob_usd_bbl, offer, unmoved, state.fear, *sure)
    foreseen = levers(cal.base, known, number)
    _, cleared, _, _ = clear_month(cal, (foreseen, state, days), (known, number))
    cost = cleared.cost_change_usd_bbl[:, : len(BUYERS)]
    fear = feared(cal, foreseen, state)
    known_to = cleared.converged, cleared.residual_share, cleared.bound_missed_share
    return Expected(cleared.fob_usd_bbl, foreseen.offer_shift_usd_bbl, cost, fear, *known_to)


def clear_month(
    cal: Calibration,
    now: Now,
    bounds: tuple[tuple[Measure, ...], int] | tuple[()],
    expected: Expected | None = None,
    guess: Prices | None = None,
) -> tuple[MonthMarket, Clearing, Trade, Promises]:
    """Clear one month; a draw that does not clear goes on from base prices and is left out in the end.

    Without a `guess` prices are looked for where last month's would go on to.
    """
    acts, state, days = now
    built = month_market(cal, acts, state, days, expected)
    start, start_bounds = usual_guess(0, state)
    if guess is not None:
        # A stream without trade clears at any price: it keeps the one it had, wherever else is looked.
        start, start_bounds = np.where(built.trading, guess[0], start), guess[1]
    limits = month_bounds(cal, bounds[0], bounds[1], built, state) if bounds else ()
    promises: Promises = []
    if limits:
        known = start_bounds.shape[1] == len(limits)
        cleared = clear_within(
            built.market, limits, start, start_bounds if known else np.zeros((len(start), len(limits)))
        )
    else:
        cleared = clear(built.market, start)
    if bounds:
        promises = _promises(cal, bounds[0], limits, cleared)
    cleared = _stand_in(cal, state, built, cleared)
    return built, cleared, _trade(cal, now, built, cleared), promises


def _stand_in(cal: Calibration, state: State, built: MonthMarket, cleared: Clearing) -> Clearing:
    """Base prices and last month's flows for draws that did not clear: finite figures to go on from."""
    if cleared.converged.all():
        return cleared
    units = np.bincount(built.unit_buyer)[built.unit_buyer]
    before = state.flow_kbd.take(built.unit_buyer, axis=1) / units[:, None]
    good = cleared.converged
    fob = np.where(good[:, None], cleared.fob_usd_bbl, cal.supply.fob_usd_bbl)
    cost = np.where(good[:, None], cleared.cost_change_usd_bbl, 0.0)
    flow = np.where(good[:, None, None], cleared.flow_kbd, before)
    bound = None if cleared.bound_usd_bbl is None else np.where(good[:, None], cleared.bound_usd_bbl, 0.0)
    return replace(cleared, fob_usd_bbl=fob, cost_change_usd_bbl=cost, flow_kbd=flow, bound_usd_bbl=bound)


def _promises(
    cal: Calibration, measures: tuple[Measure, ...], limits: tuple[Limit, ...], cleared: Clearing
) -> Promises:
    """Implicit subsidy and shortfall of purchase commitments, for the streams of any of them."""
    named = [measure.streams for measure in measures if measure.kind == COMMITMENT]
    if not named:
        return []
    listed = np.any(named, axis=0)
    price = cleared.bound_usd_bbl
    subsidy = np.zeros((len(cleared.converged), len(listed)))
    shortfall = np.zeros_like(subsidy)
    for number, limit in enumerate(limits):
        if limit.sense < 0 or price is None:
            continue
        touched = limit.pairs.any(axis=0)
        missing = np.maximum(limit.kbd - bought_kbd(limit, cleared), 0.0)
        missing = np.where(missing > KEPT_TO * limit.kbd, missing, 0.0)
        flow = (cleared.flow_kbd * limit.pairs).sum(axis=1)
        weight = np.where(flow.sum(axis=1, keepdims=True) > 0, flow, touched.astype(float))
        subsidy = np.maximum(subsidy, price[:, number, None] * touched)
        shortfall = shortfall + missing[:, None] * weight / weight.sum(axis=1, keepdims=True)
    items = tuple(stream for stream, hit in zip(cal.base.labels.streams, listed, strict=True) if hit)
    return [
        Outcome(SUBSIDY, "stream", items, subsidy[:, listed]),
        Outcome(SHORTFALL, "stream", items, shortfall[:, listed]),
    ]


def _trade(cal: Calibration, now: Now, built: MonthMarket, cleared: Clearing) -> Trade:
    acts, state, days = now
    base, cash, plans = cal.base, built.cash, built.market.plans
    assert plans is not None
    flow = by_buyer(cleared.flow_kbd, built.unit_buyer)
    world = brent(base.brent_usd_bbl, cleared.fob_usd_bbl - base.fob_usd_bbl, built.trading, base.brent_weight)
    out = stock_draw_kbd(plans, cleared, built)
    loaded = loading(flow, world, cleared.fob_usd_bbl, cash.discount_usd_bbl, cash.freight_usd_bbl)
    duty = cash.duty_rate[:, CHINA], cash.duty_usd_bbl[:, CHINA]
    return Trade(
        brent_usd_bbl=world,
        fob_usd_bbl=cleared.fob_usd_bbl,
        flow_kbd=flow,
        freight_usd_bbl=cash.freight_usd_bbl,
        discount_usd_bbl=cash.discount_usd_bbl,
        duty_rate=cash.duty_rate,
        duty_usd_bbl=cash.duty_usd_bbl,
        trading=built.trading,
        requirement_kbd=built.requirement_kbd,
        hormuz_share=hormuz_crossing(cal, acts, built.bypass_ready_share),
        malacca_share=malacca_crossing(cal, acts),
        stock_draw_kbd=out,
        stock_change_mb=state.stock_change_mb - out * days / 1e3,
        landing=landing((*state.loadings, loaded), base.voyage_months, *duty),
        loaded=loaded,
    )
