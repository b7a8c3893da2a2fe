"""The one-month market a second time, in scalars and loops: what the kernel is compared with.

Written from the formulas of the model, one buyer and one stream at a time, in levels of cost where the kernel
works in changes. It shares no line with `simulator.market` and is solved by another algorithm.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import root


@dataclass(frozen=True)
class Pair:
    """Cost of one stream to one buyer: (1 + rate)(FOB + cash) + specific + steer, in USD/bbl.

    cash is freight, premia and rebates; steer is what moves choices without being paid.
    """

    cash: float = 0.0
    rate: float = 0.0
    specific: float = 0.0
    steer: float = 0.0

    def cost(self, fob: float) -> float:
        return (1.0 + self.rate) * (fob + self.cash) + self.specific + self.steer


@dataclass(frozen=True)
class Store:
    """Crude in store: most that flows out and in, kb/d, the strength of the answer, the price thought normal, and
    how far what is in store leans towards drawing."""

    out: float
    into: float
    response: float
    reference: float
    lean: float = 0.0

    def drawn(self, price: float) -> float:
        """lo + (hi-lo) G( ln(-lo/hi) + k (P - Pref)/Pref + lean )."""
        odds = math.log(self.into / self.out) + self.response * (price - self.reference) / self.reference + self.lean
        return -self.into + (self.out + self.into) * logistic(odds)


@dataclass(frozen=True)
class Buyer:
    """One buyer. flows, before, now: one entry per stream; layers: mass and the streams it may not buy.

    used_to are the flows its habits stand for, by default those of the base. Of what it runs and stores only the
    free part answers; nominated is the cargo ordered before, by stream. passed_on is paid by those who buy its
    products.
    """

    flows: Sequence[float]
    before: Sequence[Pair]
    now: Sequence[Pair]
    within: float
    across: float
    pace: float
    utilisation: float
    elasticity: float
    landed_cost: float
    need: float = 1.0
    layers: Sequence[tuple[float, frozenset[int]]] = ((1.0, frozenset()),)
    used_to: Sequence[float] = ()
    store: Store | None = None
    free: float = 1.0
    nominated: Sequence[float] = ()
    released: float = 0.0
    passed_on: float = 0.0


@dataclass(frozen=True)
class Seller:
    """One stream. room is the capacity of the month; availability scales the whole curve; floating, cargo afloat.

    Only the free part answers to price; the rest is loaded as planned at the base price, until it is shut in.
    """

    exports: float
    fob: float
    elasticity: float
    steady: float
    shut_in: float
    shut_in_spread: float
    room: float
    availability: float = 1.0
    shift: float = 0.0
    afloat: float = 0.0
    floating: Store | None = None
    free: float = 1.0


@dataclass(frozen=True)
class World:
    nests: Sequence[Sequence[int]]
    buyers: Sequence[Buyer]
    sellers: Sequence[Seller]


@dataclass(frozen=True)
class Taste:
    """What the base month says of a buyer: conditional shares, and weights a and alpha in levels of cost."""

    within_share: dict[int, float] = field(default_factory=dict)
    nest_share: dict[int, float] = field(default_factory=dict)
    log_a: dict[int, float] = field(default_factory=dict)
    log_alpha: dict[int, float] = field(default_factory=dict)
    index: float = 0.0


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > 0 else math.exp(x) / (1.0 + math.exp(x))


def log_sum(values: Sequence[float]) -> float:
    top = max(values)
    return top + math.log(math.fsum(math.exp(v - top) for v in values))


def taste(world: World, buyer: Buyer) -> Taste:
    """A_k0 = sum s c0, P0 = sum s_k A_k0, a = s exp((c0 - A0)/m), alpha = s_k exp((A_k0 - P0)/M)."""
    total = math.fsum(buyer.flows)
    share, nest_share, cost, mean = {}, {}, {}, {}
    for k, nest in enumerate(world.nests):
        bought = math.fsum(buyer.flows[i] for i in nest)
        if bought == 0:
            continue
        nest_share[k] = bought / total
        for i in nest:
            if buyer.flows[i] > 0:
                share[i] = buyer.flows[i] / bought
                cost[i] = buyer.before[i].cost(world.sellers[i].fob)
        mean[k] = math.fsum(share[i] * cost[i] for i in nest if i in share)
    index = math.fsum(nest_share[k] * mean[k] for k in nest_share)
    log_a = {
        i: math.log(share[i]) + (cost[i] - mean[k]) / buyer.within
        for k, nest in enumerate(world.nests)
        for i in nest
        if i in share
    }
    log_alpha = {k: math.log(s) + (mean[k] - index) / buyer.across for k, s in nest_share.items()}
    return Taste(share, nest_share, log_a, log_alpha, index)


def choice(world: World, buyer: Buyer, barred: frozenset[int], fob: Sequence[float]) -> tuple[dict[int, float], float]:
    """Shares by stream and cost index of one layer: A_k, P and the logit of each, as the model prints them."""
    liked, w = taste(world, buyer), buyer.pace
    open_ = {k: [i for i in nest if i in liked.within_share and i not in barred] for k, nest in enumerate(world.nests)}
    open_ = {k: streams for k, streams in open_.items() if streams}
    used_to = buyer.used_to or buyer.flows
    left = {k: math.fsum(used_to[i] for i in streams) for k, streams in open_.items()}
    total_left = math.fsum(left.values())
    pull: dict[int, float] = {}
    nest_pull: dict[int, float] = {}
    for k, streams in open_.items():
        for i in streams:
            habit = used_to[i] / left[k]
            cost = buyer.now[i].cost(fob[i])
            pull[i] = w * liked.log_a[i] + (1 - w) * math.log(habit) - w * cost / buyer.within
        nest_index = -buyer.within / w * log_sum([pull[i] for i in streams])
        habit = left[k] / total_left
        nest_pull[k] = w * liked.log_alpha[k] + (1 - w) * math.log(habit) - w * nest_index / buyer.across
    total = log_sum(list(nest_pull.values()))
    shares = {}
    for k, streams in open_.items():
        inside = log_sum([pull[i] for i in streams])
        for i in streams:
            shares[i] = math.exp(nest_pull[k] - total + pull[i] - inside)
    return shares, -buyer.across / w * total


def requirement(world: World, buyer: Buyer, index: float) -> float:
    """D = Qmax G((mid - P)/h), h = (1 - u) P0/eps with P0 the landed cost, mid = P0 + h ln(u/(1 - u))."""
    u = buyer.utilisation
    spread = (1 - u) * buyer.landed_cost / buyer.elasticity
    middle = taste(world, buyer).index + spread * math.log(u / (1 - u))
    return buyer.need * math.fsum(buyer.flows) / u * logistic((middle - index) / spread)


def purchases(world: World, buyer: Buyer, barred: frozenset[int], index: float) -> float:
    """free { runs - draw } + (1 - free) nominated - released, if all units were in the layer; without a store, runs."""
    runs = requirement(world, buyer, index - buyer.passed_on)
    if buyer.store is None:
        return runs
    price = buyer.landed_cost + index - taste(world, buyer).index
    open_part = runs - buyer.store.drawn(price)
    ordered = math.fsum(kbd for i, kbd in enumerate(buyer.nominated) if i not in barred)
    return max(buyer.free * open_part + (1 - buyer.free) * ordered - buyer.released, 0.0)


def landed(seller: Seller, fob: float) -> float:
    """What reaches buyers: exports less what stays afloat, and cargo drawn from what was."""
    out = seller.floating.drawn(fob) if seller.floating else 0.0
    return (1 - seller.afloat) * shipped(seller, fob) + out


def shipped(seller: Seller, fob: float) -> float:
    """free S(p) + (1 - free) S(p0) G((p-psi)/hs) / G((p0-psi)/hs), S(p0) without a shift nobody knew of."""
    planned = replace(seller, shift=0.0)
    given_up = holds(seller, fob) / holds(planned, planned.fob)
    return seller.free * answer(seller, fob) + (1 - seller.free) * answer(planned, planned.fob) * given_up


def holds(seller: Seller, fob: float) -> float:
    """G((p-psi)/hs)"""
    return logistic((fob - seller.shift - seller.shut_in) / seller.shut_in_spread)


def answer(seller: Seller, fob: float) -> float:
    """S = N G((p-psi)/hs) { l F + (K - l F) G((p-mid)/h) }, F = S0/G0 cut to 99.5 % of K."""
    if seller.room == 0:
        return 0.0
    ask = fob - seller.shift
    l, at_base = seller.steady, logistic((seller.fob - seller.shut_in) / seller.shut_in_spread)  # noqa: E741
    full = min(seller.exports / at_base, 0.995 * seller.room)
    use = (1 - l) * full / (seller.room - l * full)
    spread = (1 - use) * (1 - l) * seller.fob / seller.elasticity
    middle = seller.fob - spread * math.log(use / (1 - use))
    running = l * full + (seller.room - l * full) * logistic((ask - middle) / spread)
    return seller.availability * holds(seller, fob) * running


def flows(world: World, fob: Sequence[float]) -> list[list[list[float]]]:
    """kb/d by buyer, layer and stream."""
    found = []
    for buyer in world.buyers:
        by_layer = []
        for mass, barred in buyer.layers:
            shares, index = choice(world, buyer, barred, fob)
            kbd = mass * purchases(world, buyer, barred, index)
            by_layer.append([kbd * shares.get(i, 0.0) for i in range(len(world.sellers))])
        found.append(by_layer)
    return found


def excess(world: World, fob: Sequence[float]) -> np.ndarray:
    """Landed offers less purchases of every stream, kb/d."""
    bought = [0.0] * len(world.sellers)
    for by_layer in flows(world, fob):
        for layer in by_layer:
            for i, kbd in enumerate(layer):
                bought[i] += kbd
    return np.array([landed(s, p) - q for s, p, q in zip(world.sellers, fob, bought, strict=True)])


def solve(world: World, steps: int = 1) -> list[float]:
    """Prices that clear the market, by Powell's hybrid method; an AssertionError where it finds none.

    With `steps` above 1 the shocks are turned on bit by bit, each solution the start of the next.
    """
    fob = np.array([seller.fob for seller in world.sellers])
    size = np.array([seller.exports for seller in world.sellers])
    for step in range(1, steps + 1):
        here = partial_world(world, step / steps)

        def miss(p: np.ndarray, here: World = here) -> np.ndarray:
            return excess(here, list(p)) / size

        fob = root(miss, fob, method="hybr", options={"xtol": 1e-14, "maxfev": 20_000}).x
    assert np.abs(excess(world, list(fob)) / size).max() < 1e-11, "the oracle itself found no answer"
    return [float(p) for p in fob]


def partial_world(world: World, part: float) -> World:
    """The same world with that part of every change of cost, need, availability and capacity."""

    def between(a: float, b: float) -> float:
        return a + part * (b - a)

    def pair(old: Pair, new: Pair) -> Pair:
        names = ("cash", "rate", "specific", "steer")
        return Pair(**{name: between(getattr(old, name), getattr(new, name)) for name in names})

    buyers = [
        replace(
            b,
            now=[pair(old, new) for old, new in zip(b.before, b.now, strict=True)],
            need=between(1.0, b.need),
        )
        for b in world.buyers
    ]
    sellers = [
        replace(
            s,
            room=between(max(s.room, 1.02 * s.exports), s.room),
            availability=between(1.0, s.availability),
            shift=part * s.shift,
        )
        for s in world.sellers
    ]
    return World(world.nests, buyers, sellers)


def shapley_by_enumeration(value: Callable[[Sequence[bool]], float], players: int) -> list[float]:
    """Each player's mean effect over all orders, from the value of every coalition that has already changed."""
    worth = {who: value(who) for who in itertools.product((False, True), repeat=players)}
    effects = [0.0] * players
    for who, before in worth.items():
        size = sum(who)
        weight = (
            math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)
            if size < players
            else 0.0
        )
        for player in range(players):
            if not who[player]:
                joined = tuple(one or n == player for n, one in enumerate(who))
                effects[player] += weight * (worth[joined] - before)
    return effects
