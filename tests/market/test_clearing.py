"""The cleared month against an independent solver, a linear programme, and the laws of a market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from simulator.market import clearing
from simulator.market.balance import Market, balance, newton_step, rows
from simulator.market.clearing import Clearing, clear
from simulator.market.requirement import Requirement
from simulator.market.supply import Supply
from tests import oracles
from tests.market.small import (
    DRAWS,
    NESTS,
    STREAMS,
    base_world,
    disturbed,
    in_motion,
    kernel,
    sourcing,
    specific_only,
    units,
)
from tests.oracles import World

SEEDS = range(5)


def worlds(seed: int, ad_valorem: bool = True, moving: bool = False) -> list[World]:
    """Two markets in a month in which everything happens; `moving`: and with stocks, nominations and new habits."""
    rng = np.random.default_rng(seed)
    made = [disturbed(base_world(rng), rng, ad_valorem) for _ in range(DRAWS)]
    made = [in_motion(world, rng) for world in made] if moving else made
    return made if ad_valorem else [specific_only(world) for world in made]


def solved(market: Market) -> Clearing:
    found = clear(market, market.base_fob_usd_bbl)
    assert found.converged.all()
    return found


def with_change(world: World, buyers: Sequence[int], stream: int, **dollars: float) -> World:
    """The world with USD added to a cost of one stream for some buyers."""
    changed = []
    for b, buyer in enumerate(world.buyers):
        now = list(buyer.now)
        if b in buyers:
            added = {name: getattr(now[stream], name) + value for name, value in dollars.items()}
            now[stream] = replace(now[stream], **added)
        changed.append(replace(buyer, now=now))
    return World(world.nests, changed, world.sellers)


def with_seller(world: World, stream: int, **changed: float) -> World:
    """The world with another seller of one stream."""
    sellers = [replace(s, **changed) if i == stream else s for i, s in enumerate(world.sellers)]
    return World(world.nests, world.buyers, sellers)


# --- against the oracle ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("moving", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_prices_and_flows_are_those_of_the_oracle(seed: int, moving: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's own tolerance is a share of exports, worth up to 1e-5 USD; here it is tightened."""
    monkeypatch.setattr(clearing, "TOLERANCE", 1e-12)
    here = worlds(seed, moving=moving)
    found = solved(kernel(here))
    for n, world in enumerate(here):
        fob = oracles.solve(world, steps=3)
        np.testing.assert_allclose(found.fob_usd_bbl[n], fob, atol=1e-7)
        expected = oracles.flows(world, fob)
        by_unit = [expected[b][g] for b, g in units(world)]
        np.testing.assert_allclose(found.flow_kbd[n], by_unit, atol=1e-5)


def test_the_usual_tolerance_is_worth_less_than_a_thousandth_of_a_cent() -> None:
    here = worlds(3)
    found = solved(kernel(here))
    for n, world in enumerate(here):
        np.testing.assert_allclose(found.fob_usd_bbl[n], oracles.solve(world, steps=3), atol=1e-5)


def test_a_market_at_rest_stays_at_its_base_prices() -> None:
    rng = np.random.default_rng(8)
    here = [base_world(rng) for _ in range(DRAWS)]
    market = kernel(here)
    found = solved(market)
    np.testing.assert_allclose(found.fob_usd_bbl, market.base_fob_usd_bbl, rtol=1e-12)
    np.testing.assert_allclose(found.flow_kbd, [[b.flows for b in world.buyers] for world in here], atol=1e-9)
    assert (found.iterations == 0).all()


def test_an_answer_does_not_depend_on_where_the_search_began() -> None:
    market = kernel(worlds(4))
    near = clear(market, market.base_fob_usd_bbl)
    far = clear(market, market.base_fob_usd_bbl + np.linspace(-60, 120, STREAMS))
    assert far.converged.all()
    np.testing.assert_allclose(far.fob_usd_bbl, near.fob_usd_bbl, atol=1e-5)


# --- against a linear programme -------------------------------------------------------------------------------


def transport_problem(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Costs (unit, stream), requirements and capacities with one least-cost plan; capacity to spare."""
    rng = np.random.default_rng(seed)
    cost = rng.uniform(0, 25, (3, STREAMS))
    need = rng.uniform(300, 900, 3)
    capacity = rng.dirichlet(np.full(STREAMS, 4.0)) * need.sum() * 1.3
    return cost, need, capacity


def least_cost_plan(cost: np.ndarray, need: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    buyers, streams = cost.shape
    by_buyer = np.kron(np.eye(buyers), np.ones(streams))
    by_stream = np.kron(np.ones(buyers), np.eye(streams))
    plan = linprog(cost.ravel(), A_ub=by_stream, b_ub=capacity, A_eq=by_buyer, b_eq=need, method="highs")
    assert plan.success
    return plan.x.reshape(cost.shape)


def nearly_linear(cost: np.ndarray, need: np.ndarray, capacity: np.ndarray, dispersion: float) -> Market:
    """One draw: memory off, needs fixed, every seller at capacity above a FOB of 0, equal tastes."""
    within = np.full((1, 3), dispersion)
    count = np.array([nest.stop - nest.start for nest in NESTS])
    log_appeal = -np.log(np.repeat(count, count)) - cost[None] / dispersion
    nest = np.broadcast_to(np.log(count / STREAMS), (1, 3, len(NESTS)))
    choice = sourcing(log_appeal, nest, np.ones((1, 3, STREAMS)), within, within, NESTS)
    zeros = np.zeros((1, STREAMS))
    supply = Supply(
        steady_kbd=capacity[None],
        shut_in_usd_bbl=zeros,
        shut_in_spread_usd_bbl=zeros + dispersion,
        flexible_kbd=zeros,
        middle_usd_bbl=zeros,
        spread_usd_bbl=zeros + 1.0,
        available_share=zeros + 1.0,
        offer_shift_usd_bbl=zeros,
        planned_share=zeros,
        free_share=zeros + 1.0,
    )
    requirement = Requirement(2 * need[None], np.full((1, 3), 0.5), np.full((1, 3), 1e12))
    return Market(choice, requirement, supply, zeros + 1.0, zeros, capacity[None])


@pytest.mark.parametrize("seed", SEEDS)
def test_without_dispersion_and_memory_trade_is_the_least_cost_plan(seed: int) -> None:
    cost, need, capacity = transport_problem(seed)
    fob = np.zeros((1, STREAMS))
    for dispersion in (8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.12, 0.06, 0.03):
        found = clear(nearly_linear(cost, need, capacity, dispersion), fob)
        assert found.converged.all()
        fob = found.fob_usd_bbl
    plan = least_cost_plan(cost, need, capacity)
    # What is left of dispersion can cost at most m ln(streams) a barrel.
    spread_cost = 0.03 * np.log(STREAMS) * need.sum()
    assert (cost * found.flow_kbd[0]).sum() <= (cost * plan).sum() + spread_cost
    np.testing.assert_allclose(found.flow_kbd[0], plan, atol=0.02 * need.mean())


# --- slopes ---------------------------------------------------------------------------------------------------


def jacobian(market: Market, fob: np.ndarray) -> np.ndarray:
    """Slopes of excess supply by central differences over two steps: (draw, stream, price)."""

    def between(i: int, step: float) -> np.ndarray:
        up, down = fob.copy(), fob.copy()
        up[:, i] += step
        down[:, i] -= step
        return (balance(market, up).excess_kbd - balance(market, down).excess_kbd) / (2 * step)

    step = 1e-3
    return np.stack([(4 * between(i, step) - between(i, 2 * step)) / 3 for i in range(STREAMS)], axis=2)


@pytest.mark.parametrize("moving", [False, True])
@pytest.mark.parametrize("ad_valorem", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_newton_step_solves_the_linear_market_of_finite_differences(
    seed: int, ad_valorem: bool, moving: bool
) -> None:
    market = kernel(worlds(seed, ad_valorem, moving))
    rng = np.random.default_rng(seed)
    fob = market.base_fob_usd_bbl + rng.uniform(-10, 20, (DRAWS, STREAMS))
    at = balance(market, fob)
    expected = -np.linalg.solve(jacobian(market, fob), at.excess_kbd[:, :, None])[:, :, 0]
    np.testing.assert_allclose(newton_step(market, at), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("moving", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_without_ad_valorem_duty_the_slopes_are_symmetric_and_positive_definite(seed: int, moving: bool) -> None:
    market = kernel(worlds(seed, ad_valorem=False, moving=moving))
    rng = np.random.default_rng(seed)
    slopes = jacobian(market, market.base_fob_usd_bbl + rng.uniform(-20, 40, (DRAWS, STREAMS)))
    scale = np.abs(slopes).max()
    np.testing.assert_allclose(slopes, slopes.transpose(0, 2, 1), atol=1e-6 * scale)
    assert (np.linalg.eigvalsh((slopes + slopes.transpose(0, 2, 1)) / 2) > 0).all()


def test_streams_are_substitutes_and_a_higher_price_leaves_more_of_the_stream_over() -> None:
    market = kernel(worlds(1))
    slopes = jacobian(market, market.base_fob_usd_bbl)
    own = np.einsum("nii->ni", slopes)
    assert (own > 0).all()
    assert (slopes.sum(axis=2) - own < 0).all(), "dearer others lift the demand for it"


# --- the laws -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_barrels_are_conserved_by_stream_and_by_buyer(seed: int) -> None:
    here = worlds(seed)
    found = solved(kernel(here))
    for n, world in enumerate(here):
        for i, seller in enumerate(world.sellers):
            landed = (1 - seller.afloat) * oracles.shipped(seller, float(found.fob_usd_bbl[n, i]))
            assert found.flow_kbd[n, :, i].sum() == pytest.approx(landed, abs=1e-8 * seller.exports * 1.01)
            assert landed <= seller.room * seller.availability
        for u, (b, g) in enumerate(units(world)):
            buyer = world.buyers[b]
            index = oracles.taste(world, buyer).index + found.cost_change_usd_bbl[n, u]
            wanted = buyer.layers[g][0] * oracles.requirement(world, buyer, float(index))
            assert found.flow_kbd[n, u].sum() == pytest.approx(wanted, rel=1e-10)
    assert (found.flow_kbd >= 0).all()


@pytest.mark.parametrize("buyer", [0, 1])
def test_a_barrel_made_dearer_to_one_buyer_is_bought_less_by_it(buyer: int) -> None:
    for seed in SEEDS:
        here = worlds(seed)
        before = solved(kernel(here))
        after = solved(kernel([with_change(world, [buyer], 4, cash=3.0) for world in here]))
        rows_of = [u for u, (b, _) in enumerate(units(here[0])) if b == buyer]
        moved = (after.flow_kbd - before.flow_kbd)[:, rows_of, 4].sum(axis=1)
        assert (moved < 0).all()
        assert (after.fob_usd_bbl[:, 4] < before.fob_usd_bbl[:, 4]).all(), "the seller takes a lower price"


def test_freight_for_all_buyers_of_an_inelastic_stream_falls_on_its_fob_price() -> None:
    """A seller that ships the same at any price bears it all: FOB falls by the freight, nobody else notices."""
    rng = np.random.default_rng(2)
    here = [specific_only(base_world(rng)) for _ in range(DRAWS)]
    fixed = [with_seller(world, 5, elasticity=1e-7, shut_in=-500.0) for world in here]
    before = solved(kernel(fixed))
    after = solved(kernel([with_change(w, range(3), 5, cash=4.0) for w in fixed]))
    moved = after.fob_usd_bbl - before.fob_usd_bbl
    np.testing.assert_allclose(moved[:, 5], -4.0, atol=1e-3)
    np.testing.assert_allclose(np.delete(moved, 5, axis=1), 0.0, atol=1e-3)
    np.testing.assert_allclose(after.flow_kbd, before.flow_kbd, atol=0.05)


def test_duty_and_price_agree_at_the_solution() -> None:
    """An ad valorem duty clears to the same market as its amount at the solution, given as a fixed sum."""
    here = worlds(0)
    ad_valorem = solved(kernel(here))
    as_sums = []
    for n, world in enumerate(here):
        buyers = []
        for buyer in world.buyers:
            now = [
                replace(
                    pair,
                    rate=0.0,
                    specific=pair.specific + pair.rate * (float(ad_valorem.fob_usd_bbl[n, i]) + pair.cash),
                )
                for i, pair in enumerate(buyer.now)
            ]
            buyers.append(replace(buyer, now=now))
        as_sums.append(World(world.nests, buyers, world.sellers))
    specific = solved(kernel(as_sums))
    np.testing.assert_allclose(specific.fob_usd_bbl, ad_valorem.fob_usd_bbl, atol=1e-5)
    np.testing.assert_allclose(specific.flow_kbd, ad_valorem.flow_kbd, atol=1e-3)


def test_the_same_dollars_on_every_cost_leave_the_shares_where_needs_are_fixed() -> None:
    rng = np.random.default_rng(6)
    here = [specific_only(base_world(rng)) for _ in range(DRAWS)]
    fixed = [World(w.nests, [replace(b, elasticity=1e-9) for b in w.buyers], w.sellers) for w in here]
    dearer = fixed
    for i in range(STREAMS):
        dearer = [with_change(w, range(3), i, steer=7.0) for w in dearer]
    before, after = solved(kernel(fixed)), solved(kernel(dearer))
    np.testing.assert_allclose(after.flow_kbd, before.flow_kbd, atol=1e-3)
    np.testing.assert_allclose(after.fob_usd_bbl, before.fob_usd_bbl, atol=1e-3)


def reordered(world: World, streams: Sequence[int], buyers: Sequence[int]) -> World:
    """The same market with its streams (inside their types) and its buyers in another order."""
    place = {old: new for new, old in enumerate(streams)}
    moved = [
        replace(
            world.buyers[b],
            flows=[world.buyers[b].flows[i] for i in streams],
            before=[world.buyers[b].before[i] for i in streams],
            now=[world.buyers[b].now[i] for i in streams],
            layers=[(mass, frozenset(place[i] for i in barred)) for mass, barred in world.buyers[b].layers],
        )
        for b in buyers
    ]
    return World(world.nests, moved, [world.sellers[i] for i in streams])


def test_the_order_of_streams_and_buyers_does_not_matter() -> None:
    streams, buyers = [1, 0, 4, 2, 3, 8, 5, 7, 6], [2, 0, 1]
    here = worlds(2)
    there = [reordered(world, streams, buyers) for world in here]
    usual, other = solved(kernel(here)), solved(kernel(there))
    np.testing.assert_allclose(other.fob_usd_bbl, usual.fob_usd_bbl[:, streams], atol=1e-9)
    for n in range(DRAWS):
        for u, (b, g) in enumerate(units(there[n])):
            old = units(here[n]).index((buyers[b], g))
            np.testing.assert_allclose(other.flow_kbd[n, u], usual.flow_kbd[n, old, streams], atol=1e-7)


# --- draws ----------------------------------------------------------------------------------------------------


def test_a_draw_alone_equals_the_same_draw_in_its_block() -> None:
    rng = np.random.default_rng(9)
    block = kernel([disturbed(base_world(rng), rng) for _ in range(7)])
    together = solved(block)
    assert len(set(together.iterations.tolist())) > 1, "draws that finish at different times are the point"
    for n in range(7):
        alone = rows(block, np.arange(7) == n)
        found = solved(alone)
        np.testing.assert_allclose(found.fob_usd_bbl[0], together.fob_usd_bbl[n], rtol=1e-9)
        np.testing.assert_allclose(found.flow_kbd[0], together.flow_kbd[n], rtol=1e-9, atol=1e-12)
        assert found.iterations[0] == together.iterations[n]


def test_a_draw_that_does_not_get_there_is_marked_and_the_others_are_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One draw at rest and one in turmoil, with a single look allowed: only the first is an answer."""
    monkeypatch.setattr(clearing, "MAX_ITERATIONS", 1)
    monkeypatch.setattr(clearing, "SOFTER", ())
    rng = np.random.default_rng(0)
    rest = base_world(rng)
    turmoil = disturbed(rest, rng)
    # The same layers in both draws, but nobody in those that leave.
    buyers = [
        replace(quiet, layers=[(float(g == 0), barred) for g, (_, barred) in enumerate(loud.layers)])
        for quiet, loud in zip(rest.buyers, turmoil.buyers, strict=True)
    ]
    market = kernel([World(rest.nests, buyers, rest.sellers), turmoil])
    found = clear(market, market.base_fob_usd_bbl)
    assert found.converged.tolist() == [True, False]
    assert found.residual_share[0] <= clearing.TOLERANCE < found.residual_share[1]


@pytest.mark.parametrize("softer", clearing.SOFTER)
def test_a_lost_draw_that_is_sought_again_finds_the_same_prices(
    softer: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever way it goes: softer markets are on the way only, the answer is that of the market asked about."""
    market = kernel(worlds(2, moving=True))
    usual = solved(market)
    monkeypatch.setattr(clearing, "MAX_ITERATIONS", 2)
    monkeypatch.setattr(clearing, "SOFTER", ((), softer))
    found = solved(market)
    np.testing.assert_allclose(found.fob_usd_bbl, usual.fob_usd_bbl, rtol=1e-6)
    np.testing.assert_allclose(found.flow_kbd, usual.flow_kbd, rtol=1e-5, atol=1e-5)


def test_the_residual_is_the_largest_excess_over_base_exports() -> None:
    market = kernel(worlds(1))
    found = solved(market)
    miss = np.abs(balance(market, found.fob_usd_bbl).excess_kbd) / market.base_exports_kbd
    np.testing.assert_allclose(found.residual_share, miss.max(axis=1), rtol=1e-6, atol=1e-16)
    assert (found.residual_share <= 1e-8).all()


def test_a_stream_that_ships_nothing_keeps_its_price_and_disturbs_nobody() -> None:
    """No oil and no pull: the system stays solvable, and the rest clears as if the stream were not there."""
    market = kernel([with_seller(world, 7, room=0.0) for world in worlds(0)])
    market.sourcing.log_appeal[:, :, 7] = -np.inf
    found = solved(market)
    assert (found.flow_kbd[:, :, 7] == 0).all()
    np.testing.assert_allclose(found.fob_usd_bbl[:, 7], market.base_fob_usd_bbl[:, 7], atol=1e-9)
