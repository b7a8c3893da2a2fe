"""Small random markets, once for the oracle and once for the kernel: all axis lengths differ, none is 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.market.balance import Market
from simulator.market.choice import Sourcing
from simulator.market.participation import Habits, appeal
from simulator.market.plans import Plans
from simulator.market.requirement import Requirement, spread_usd_bbl
from simulator.market.stocks import Stocks
from simulator.market.supply import SupplyBase, curve
from tests.oracles import Buyer, Pair, Seller, Store, World, taste

NESTS = (slice(0, 2), slice(2, 5), slice(5, 9))
STREAMS = 9
BUYERS = 3
DRAWS = 2


def base_world(rng: np.random.Generator) -> World:
    """A market at rest: three buyers, nine streams in nests of two, three and four, some pairs empty."""
    flow = rng.uniform(50, 900, (BUYERS, STREAMS))
    flow[0, 3] = flow[1, 7] = 0.0
    flow[2, 0:2] = 0.0  # the third buyer takes nothing of the first type
    fob = rng.uniform(50, 75, STREAMS)
    pace = rng.uniform(0.15, 0.6)
    buyers = []
    for b in range(BUYERS):
        rate = rng.uniform(0, 0.25, STREAMS) * (rng.random(STREAMS) < 0.3)
        before = [Pair(rng.uniform(0.5, 6), r, rng.uniform(0, 1), rng.uniform(-3, 3)) for r in rate]
        within = rng.uniform(1.5, 6)
        cost = sum(flow[b, i] * before[i].cost(fob[i]) for i in range(STREAMS)) / flow[b].sum()
        buyers.append(
            Buyer(
                flows=[float(q) for q in flow[b]],
                before=before,
                now=before,
                within=within,
                across=within * rng.uniform(1.2, 4),
                pace=pace,
                utilisation=rng.uniform(0.6, 0.95),
                elasticity=rng.uniform(0.05, 0.4),
                landed_cost=float(cost),
            )
        )
    afloat = rng.uniform(0, 0.1, STREAMS)
    exports = flow.sum(axis=0) / (1 - afloat)
    sellers = [
        Seller(
            exports=float(exports[i]),
            fob=float(fob[i]),
            elasticity=rng.uniform(0.05, 0.4),
            steady=rng.uniform(0.6, 0.9),
            shut_in=rng.uniform(10, 30),
            shut_in_spread=rng.uniform(2, 4),
            room=float(exports[i] * rng.uniform(1.03, 1.3)),
            afloat=float(afloat[i]),
        )
        for i in range(STREAMS)
    ]
    return World([list(range(nest.start, nest.stop)) for nest in NESTS], buyers, sellers)


def disturbed(world: World, rng: np.random.Generator, ad_valorem: bool = True) -> World:
    """The same market in a month in which everything happens at once, within reason."""
    buyers = []
    for b, buyer in enumerate(world.buyers):
        now = [
            replace(
                pair,
                cash=pair.cash + rng.uniform(-2, 5),
                rate=pair.rate + (rng.uniform(0, 0.2) if ad_valorem and rng.random() < 0.3 else 0.0),
                specific=pair.specific + rng.uniform(0, 3),
                steer=pair.steer + rng.uniform(-2, 6),
            )
            for pair in buyer.before
        ]
        layers: Sequence[tuple[float, frozenset[int]]] = ((1.0, frozenset()),)
        if b == 1:
            deep, light = rng.uniform(0.1, 0.4), rng.uniform(0.1, 0.4)
            layers = (
                (1 - deep - light, frozenset()),
                (deep, frozenset({0, 1, 4})),
                (light, frozenset({4})),
            )
        buyers.append(replace(buyer, now=now, need=rng.uniform(0.9, 1.1), layers=layers))
    sellers = [
        replace(
            seller,
            availability=rng.uniform(0.75, 1.0),
            room=seller.room * (rng.uniform(0.6, 0.95) if i == 6 else 1.0),
            shift=rng.uniform(-5, 5),
        )
        for i, seller in enumerate(world.sellers)
    ]
    return World(world.nests, buyers, sellers)


def in_motion(world: World, rng: np.random.Generator) -> World:
    """The same month with a past: other habits, stocks and cargo afloat that answer, nominations, a release."""
    buyers = []
    for buyer in world.buyers:
        imports = sum(buyer.flows)
        buyers.append(
            replace(
                buyer,
                used_to=[float(q) * rng.uniform(0.4, 1.6) for q in buyer.flows],
                store=_store(rng, 0.1 * imports, buyer.landed_cost),
                free=rng.uniform(0.3, 1.0),
                nominated=[float(q) * rng.uniform(0.6, 1.0) for q in buyer.flows],
                released=imports * rng.uniform(-0.03, 0.05),
                passed_on=rng.uniform(-3, 8),
            )
        )
    sellers = [
        replace(seller, floating=_store(rng, 0.2 * seller.exports if i % 2 else 1e-6, seller.fob))
        for i, seller in enumerate(world.sellers)
    ]
    return World(world.nests, buyers, sellers)


def _store(rng: np.random.Generator, most: float, price: float) -> Store:
    out, into = most * rng.uniform(0.5, 1.5), most * rng.uniform(0.5, 1.5)
    return Store(float(out), float(into), rng.uniform(2, 12), price * rng.uniform(0.8, 1.2))


def specific_only(world: World) -> World:
    """The same world without ad valorem duties, before and now."""
    buyers = [
        replace(b, before=[replace(x, rate=0.0) for x in b.before], now=[replace(x, rate=0.0) for x in b.now])
        for b in world.buyers
    ]
    return World(world.nests, buyers, world.sellers)


def units(world: World) -> list[tuple[int, int]]:
    """Buyer and layer of every unit: the buyers first, then their further layers."""
    firsts = [(b, 0) for b in range(len(world.buyers))]
    return firsts + [(b, g) for b, x in enumerate(world.buyers) for g in range(1, len(x.layers))]


def kernel(worlds: Sequence[World]) -> Market:
    """The worlds as one block of draws."""
    return Market(
        sourcing=_sourcing(worlds),
        requirement=_requirement(worlds),
        supply=_supply(worlds),
        landed_share=1.0 - _sellers(worlds, "afloat"),
        base_fob_usd_bbl=_sellers(worlds, "fob"),
        base_exports_kbd=_sellers(worlds, "exports"),
        plans=_plans(worlds) if worlds[0].buyers[0].store else None,
        floating=_floating(worlds) if worlds[0].sellers[0].floating else None,
    )


def _plans(worlds: Sequence[World]) -> Plans:
    def by_buyer(read) -> np.ndarray:  # type: ignore[no-untyped-def]
        return np.array([[read(world.buyers[b]) for b, _ in units(world)] for world in worlds])

    def cargo(buyer: Buyer, layer: int) -> float:
        return sum(kbd for i, kbd in enumerate(buyer.nominated) if i not in buyer.layers[layer][1])

    mass = np.array([[world.buyers[b].layers[g][0] for b, g in units(world)] for world in worlds])
    ordered = np.array([[cargo(world.buyers[b], g) for b, g in units(world)] for world in worlds])
    return Plans(
        stocks=Stocks(
            most_drawn_kbd=mass * by_buyer(lambda x: x.store.out),
            most_filled_kbd=mass * by_buyer(lambda x: x.store.into),
            response=by_buyer(lambda x: x.store.response),
            reference_usd_bbl=by_buyer(lambda x: x.store.reference),
            lean=np.zeros_like(mass),
        ),
        base_cost_usd_bbl=by_buyer(lambda x: x.landed_cost),
        passed_on_usd_bbl=by_buyer(lambda x: x.passed_on),
        nominated_kbd=mass * ordered,
        free_share=by_buyer(lambda x: x.free),
        released_kbd=mass * by_buyer(lambda x: x.released),
        ordered_draw_kbd=np.zeros_like(mass),
        trickle_kbd=1e-3 * mass * by_buyer(lambda x: sum(x.flows)),
    )


def _floating(worlds: Sequence[World]) -> Stocks:
    def of(name: str) -> np.ndarray:
        return np.array([[getattr(seller.floating, name) for seller in world.sellers] for world in worlds])

    return Stocks(of("out"), of("into"), of("response"), of("reference"), np.zeros((len(worlds), STREAMS)))


def _nests(world: World) -> tuple[slice, ...]:
    return tuple(slice(nest[0], nest[-1] + 1) for nest in world.nests)


def _sellers(worlds: Sequence[World], name: str) -> np.ndarray:
    return np.array([[getattr(seller, name) for seller in world.sellers] for world in worlds])


def _sourcing(worlds: Sequence[World]) -> Sourcing:
    nests = _nests(worlds[0])
    streams = len(worlds[0].sellers)
    log_appeal, nest_log_appeal, per_fob, within, across = [], [], [], [], []
    for b, g in units(worlds[0]):
        buyers = [world.buyers[b] for world in worlds]
        liked = [taste(world, buyer) for world, buyer in zip(worlds, buyers, strict=True)]
        share = np.array([[t.within_share.get(i, 0.0) for i in range(streams)] for t in liked])
        nest_share = np.array([[t.nest_share.get(k, 0.0) for k in range(len(nests))] for t in liked])
        allowed = np.array([[float(i not in x.layers[g][1]) for i in range(streams)] for x in buyers])
        pace = np.array([x.pace for x in buyers])
        pull, nest_pull = appeal(share, nest_share, _habits(buyers, nests), allowed, nests)
        wedge = np.array(
            [
                [x.now[i].cost(w.sellers[i].fob) - x.before[i].cost(w.sellers[i].fob) for i in range(streams)]
                for w, x in zip(worlds, buyers, strict=True)
            ]
        )
        m = np.array([x.within for x in buyers]) / pace
        log_appeal.append(pull - wedge / m[:, None])
        nest_log_appeal.append(nest_pull)
        per_fob.append([[1.0 + pair.rate for pair in x.now] for x in buyers])
        within.append(m)
        across.append(np.array([x.across for x in buyers]) / pace)
    return sourcing(
        np.stack(log_appeal, axis=1),
        np.stack(nest_log_appeal, axis=1),
        np.stack([np.array(one) for one in per_fob], axis=1),
        np.stack(within, axis=1),
        np.stack(across, axis=1),
        nests,
    )


def _habits(buyers: Sequence[Buyer], nests: tuple[slice, ...]) -> Habits:
    flow = np.array([x.used_to or x.flows for x in buyers], dtype=float)
    by_nest = np.stack([flow[:, nest].sum(axis=1) for nest in nests], axis=1)
    share = flow.copy()
    for k, nest in enumerate(nests):
        share[:, nest] /= np.where(by_nest[:, k] > 0, by_nest[:, k], 1.0)[:, None]
    return Habits(share, by_nest / flow.sum(axis=1, keepdims=True), np.array([1.0 - x.pace for x in buyers]))


def sourcing(
    log_appeal: np.ndarray,
    nest_log_appeal: np.ndarray,
    cost_per_fob: np.ndarray,
    within: np.ndarray,
    across: np.ndarray,
    nests: tuple[slice, ...],
) -> Sourcing:
    """A Sourcing from the analyst's numbers: USD of cost per USD of FOB, m/w and M/w in USD/bbl."""
    return Sourcing(
        log_appeal=log_appeal,
        nest_log_appeal=nest_log_appeal,
        pull_per_usd=np.broadcast_to(cost_per_fob, log_appeal.shape) / within[:, :, None],
        within_usd_bbl=within,
        across_usd_bbl=across,
        nests=nests,
        belongs=np.repeat(np.eye(len(nests)), [nest.stop - nest.start for nest in nests], axis=0),
    )


def _requirement(worlds: Sequence[World]) -> Requirement:
    def per_unit(read) -> np.ndarray:  # type: ignore[no-untyped-def]
        return np.array([[read(world.buyers[b], g) for b, g in units(world)] for world in worlds])

    use = per_unit(lambda x, g: x.utilisation)
    return Requirement(
        ceiling_kbd=per_unit(lambda x, g: x.need * x.layers[g][0] * sum(x.flows)) / use,
        utilisation_share=use,
        spread_usd_bbl=spread_usd_bbl(use, per_unit(lambda x, g: x.landed_cost), per_unit(lambda x, g: x.elasticity)),
    )


def _supply(worlds: Sequence[World]):  # type: ignore[no-untyped-def]
    base = SupplyBase(
        exports_kbd=_sellers(worlds, "exports"),
        fob_usd_bbl=_sellers(worlds, "fob"),
        elasticity=_sellers(worlds, "elasticity"),
        steady_share=_sellers(worlds, "steady"),
        shut_in_usd_bbl=_sellers(worlds, "shut_in"),
        shut_in_spread_usd_bbl=_sellers(worlds, "shut_in_spread"),
    )
    return curve(base, _sellers(worlds, "room"), _sellers(worlds, "availability"), _sellers(worlds, "shift"))
