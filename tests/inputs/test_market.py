"""One month of the real market: against the oracle, and how it answers to each kind of shock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from simulator import datasets
from simulator.axes import BUYERS
from simulator.inputs.baseline import Baseline, region
from simulator.market.choice import choose
from tests import oracles
from tests.inputs.conftest import DAYS, EVERYBODY, Month
from tests.oracles import Buyer, Pair, Seller, Store, World

Clear = Callable[..., Month]


def shocks(*lines: str, parameters: str = "") -> str:
    head = f"parameters: {{{parameters}}}\n" if parameters else ""
    return head + "shocks:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


# --- against the oracle ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tables:
    """What the oracle reads by itself: parameters at mid, refineries, output."""

    mid: dict[str, float]
    buyers: dict[str, datasets.Row]
    output: dict[str, datasets.Row]

    def of(self, name: str, buyer: str) -> float:
        """A parameter at mid for one buyer: its own row, else that of all."""
        return self.mid.get(f"{name}.{buyer}", self.mid[name])


def read_tables() -> Tables:
    return Tables(
        {row["name"]: row["mid"] for row in datasets.table("parameters").rows},
        {row["buyer"]: row for row in datasets.table("buyers").rows},
        {row["country"]: row for row in datasets.table("production").rows},
    )


def world_of_2025(base: Baseline, flow: np.ndarray) -> World:
    """The base month for the oracle; flow (buyer, stream) carries the split of China over its segments."""
    tables = read_tables()
    nests = [list(range(nest.start, nest.stop)) for nest in base.labels.nests]
    buyers = [_buyer(base, tables, b, flow[b]) for b in range(len(BUYERS))]
    return World(nests, buyers, [_seller(base, tables, i) for i in range(len(base.labels.streams))])


def _buyer(base: Baseline, tables: Tables, b: int, flow: np.ndarray) -> Buyer:
    name, mid = BUYERS[b], tables.mid
    within = tables.of("dispersion_within_usd_bbl", name)
    before = []
    for i, stream in enumerate(base.labels.streams):
        taxed = region(name) == "china" and stream.startswith("usa")
        pair = Pair(cash=base.freight_usd_bbl[b, i], rate=0.2 if taxed else 0.0)
        if region(name) == "china" and stream == "usa_wti":
            # What lies between the flow of 2024 and that under the duty and is not the cash is guidance.
            steer = within * np.log(190 / base.flow_kbd[:3, i].sum()) - 0.2 * (base.fob_usd_bbl[i] + pair.cash)
            pair = replace(pair, steer=float(steer))
        before.append(pair)
    imports = flow.sum()
    runs, own = tables.buyers[name]["refinery_runs_kbd"], tables.buyers[name]["own_crude_kbd"]
    if name == "rest_of_world":
        runs -= sum(r["domestic_runs_kbd"] for r in tables.output.values() if r["runs_in_buyer"] == name)
    use = mid["capacity_utilisation_other"]
    if name == "cn_teapot":
        use = imports / (mid["quota_month_factor"] * (mid["teapot_quota_kbd"] + 252.0))
    elif name.startswith("cn_"):
        use = tables.buyers[name]["refinery_runs_kbd"] / tables.buyers[name]["capacity_kbd"]
    landed = [(1 + x.rate) * (p + x.cash) for x, p in zip(before, base.fob_usd_bbl, strict=True)]
    cost = float(np.dot(flow, landed) / imports)
    elasticity = (
        # By the imports of the tables: a draw that shifts crude between segments shifts their runs with it.
        (tables.of("demand_elasticity_month", name) * runs + mid["supply_elasticity_month"] * own)
        / base.flow_kbd[b].sum()
    )
    return Buyer(
        flows=[float(q) for q in flow],
        before=before,
        now=before,
        within=within,
        across=max(mid["dispersion_across_usd_bbl"], within),
        pace=1 - 0.5 ** (1 / mid["habit_half_life_months"]),
        utilisation=float(use),
        elasticity=float(mid["teapot_run_elasticity"] if name == "cn_teapot" else elasticity),
        landed_cost=cost,
        store=_stocks(tables, name, cost),
        nominated=[float(q) for q in flow],
    )


def _stocks(tables: Tables, name: str, cost: float) -> Store:
    """Crude in store: above a floor and below a ceiling, at most half of either in a month."""
    mid, held = tables.mid, tables.buyers[name]["stocks_mb"]
    china = sum(row["stocks_mb"] for buyer, row in tables.buyers.items() if region(buyer) == "china")
    if region(name) == "china":
        out, into = (mid[f"china_{way}_max_kbd"] * held / china for way in ("draw", "fill"))
    else:
        out = into = mid["stock_rate_share"] * tables.buyers[name]["refinery_runs_kbd"]
    most_out = held * (1 - mid["stock_floor_share"]) * 1e3 / (2 * DAYS)
    most_in = held * mid["stock_room_share"] * 1e3 / (2 * DAYS)
    return Store(min(out, most_out), min(into, most_in), tables.of("stock_response", name), cost)


def _afloat(mid: dict[str, float], exports: float, fob: float) -> Store:
    """Cargo afloat: between a quarter and 175 % of what was afloat, at most half of either in a month."""
    most = min(mid["floating_rate_share"], 0.75 * mid["floating_days"] / (2 * DAYS)) * exports
    return Store(most, most, mid["floating_response"], fob)


def _seller(base: Baseline, tables: Tables, i: int) -> Seller:
    country, mid = base.labels.countries[i], tables.mid
    shipped = sum(q for q, c in zip(base.exports_kbd, base.labels.countries, strict=True) if c == country)
    row = tables.output[country]
    home = row["domestic_runs_kbd"] if row["runs_in_buyer"] == "rest_of_world" else 0.0
    fob, shut_in = base.fob_usd_bbl[i], base.shut_in_usd_bbl[i]
    spare = base.capacity_kbd[i] - base.exports_kbd[i]
    elasticity = mid["supply_elasticity_month"] * row["crude_production_kbd"] + mid["demand_elasticity_month"] * home
    return Seller(
        exports=float(base.exports_kbd[i]),
        fob=float(fob),
        elasticity=float(elasticity / shipped),
        steady=mid["base_supply_share"],
        shut_in=float(shut_in),
        shut_in_spread=float(min(mid["shut_in_steepness_usd_bbl"], (fob - shut_in) / 6)),
        # A hundredth more than the last month, and a part of the room above it, come into use in one month.
        room=float(min(base.capacity_kbd[i], 1.01 * base.exports_kbd[i] + spare / mid["spare_ramp_months"])),
        afloat=float(base.afloat_kbd[i] / base.exports_kbd[i]),
        floating=_afloat(mid, float(base.exports_kbd[i]), float(fob)) if base.afloat_kbd[i] > 0 else None,
    )


EVENTFUL = (
    "type: supply_outage, streams: [venezuela], loss_share: 0.4",
    "type: chokepoint, chokepoint: hormuz, closed_share: 0.3, war_risk_usd_bbl: 2",
    "type: tariff, streams: [us], buyers: [china], rate: -0.1",
    "type: tariff, streams: [saudi_arabia], buyers: [europe], usd_bbl: 1.2",
    "type: sanction, streams: [russia_urals], buyers: [india], leave_share: 0.5, risk_usd_bbl: 4",
    "type: freight, streams: [norway], buyers: [china], change_usd_bbl: 1.5",
    "type: discount, streams: [oman], change_usd_bbl: -3",
    "type: discount, streams: [brazil], buyers: [india], change_usd_bbl: -1",
    "type: demand, buyers: [europe], change_share: -0.05",
)


def eventful(world: World, base: Baseline) -> World:
    """The same month for the oracle, shock by shock: a surprise, so much is nominated and programmed already."""
    mid, at = read_tables().mid, base.labels.streams.index
    open_part = mid["first_month_response_share"]
    sellers = [replace(seller, free=open_part) for seller in world.sellers]
    premium = [0.0] * len(sellers)
    feared = 0.4 * sellers[at("venezuela_merey")].exports
    for row in datasets.table("chokepoints").rows:
        if row["chokepoint"] == "hormuz":
            i = at(row["stream"])
            built, exposed = float(base.capacity_kbd[i]), row["exposed_share"]
            crossing = 0.7 * exposed * built
            # The ways round the strait take months to fill.
            used = (1 - exposed) * built
            spare = mid["hormuz_bypass_scale"] * max(row["bypass_kbd"] - used, 0.0) / mid["bypass_ramp_months"]
            left = min(built, crossing + used + spare)
            premium[i] = 2.0 * min(1.0, crossing / left)
            feared += 0.3 * exposed * sellers[i].exports
            sellers[i] = replace(sellers[i], room=min(left, sellers[i].room))
    sellers[at("venezuela_merey")] = replace(sellers[at("venezuela_merey")], availability=0.6)
    sellers[at("oman")] = replace(sellers[at("oman")], shift=-3.0)
    net_elasticity = mid["demand_elasticity_month"] + mid["supply_elasticity_month"]
    scare = float(np.exp(mid["fear"] * feared / 103_000 / net_elasticity))
    can_load = [min(1.0, oracles.shipped(s, s.fob) / s.exports) for s in sellers]
    buyers = []
    for name, buyer in zip(BUYERS, world.buyers, strict=True):
        now = [replace(pair, cash=pair.cash + premium[i]) for i, pair in enumerate(buyer.now)]
        if region(name) == "china":
            for stream in ("usa_wti", "usa_ans"):
                pair = now[at(stream)]
                now[at(stream)] = replace(pair, rate=0.1, steer=pair.steer / 2)
            now[at("norway")] = replace(now[at("norway")], cash=now[at("norway")].cash + 1.5)
        changed = replace(
            buyer,
            now=now,
            free=open_part,
            nominated=[kbd * part for kbd, part in zip(buyer.flows, can_load, strict=True)],
        )
        if region(name) != "china" and buyer.store:
            changed = replace(changed, store=replace(buyer.store, reference=scare * buyer.store.reference))
        if name == "europe":
            now[at("saudi_arabia")] = replace(now[at("saudi_arabia")], specific=1.2)
            # What is needed is known when it is ordered; what it will cost is not.
            changed = replace(changed, need=0.95, nominated=[0.95 * kbd for kbd in changed.nominated])
        if name == "india":
            urals = at("russia_urals")
            now[urals] = replace(now[urals], steer=4.0)
            now[at("brazil")] = replace(now[at("brazil")], cash=now[at("brazil")].cash - 1.0)
            changed = replace(changed, layers=((0.5, frozenset()), (0.5, frozenset({urals}))))
        buyers.append(changed)
    return World(world.nests, buyers, sellers)


def test_an_eventful_month_is_that_of_the_oracle(month: Clear, base: Baseline) -> None:
    """Nine shocks at once on the real market; the oracle reads tables and shocks for itself."""
    here = month(shocks(*EVENTFUL))
    world = eventful(world_of_2025(base, here.cal.flow_kbd[0]), base)
    fob = oracles.solve(world, steps=2)
    np.testing.assert_allclose(here.cleared.fob_usd_bbl[0], fob, atol=1e-5)
    expected = [np.sum(layers, axis=0) for layers in oracles.flows(world, fob)]
    np.testing.assert_allclose(here.flow_kbd[0], expected, atol=1e-3)
    assert np.abs(np.array(fob) - base.fob_usd_bbl).max() > 5, "the month is eventful"


# --- barrels --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        EVENTFUL,
        ("type: supply_outage, streams: [iran], loss_share: 1.0",),
        ("type: chokepoint, chokepoint: hormuz, closed_share: 1.0",),
        (f"type: sanction, streams: [russia], buyers: {EVERYBODY}, leave_share: 0.7",),
        ("type: embargo, streams: [gulf, russia], buyers: [japan_korea_taiwan, india]",),
    ],
)
def test_barrels_bought_are_barrels_shipped_in_every_draw(month: Clear, base: Baseline, lines: tuple[str, ...]) -> None:
    here = month(shocks(*lines), draws=True)
    supply, fob = here.built.market.supply, here.cleared.fob_usd_bbl
    room = supply.available_share * (supply.steady_kbd + supply.flexible_kbd)
    cleared_to = 2e-8 * base.exports_kbd
    assert (here.exports_kbd <= room + cleared_to).all(), "nobody ships above capacity"
    assert (here.flow_kbd >= 0).all() and np.isfinite(fob).all()
    offered = np.array([_offer(supply, fob, n) for n in range(4)])
    assert (np.abs(here.exports_kbd[:4] - offered) <= cleared_to).all()


def _offer(supply, fob: np.ndarray, n: int) -> list[float]:  # type: ignore[no-untyped-def]
    """The offer of one draw in scalars."""
    found = []
    for i in range(fob.shape[1]):
        ask = fob[n, i] - supply.offer_shift_usd_bbl[n, i]
        holds = oracles.logistic((ask - supply.shut_in_usd_bbl[n, i]) / supply.shut_in_spread_usd_bbl[n, i])
        follows = oracles.logistic((ask - supply.middle_usd_bbl[n, i]) / supply.spread_usd_bbl[n, i])
        free = supply.free_share[n, i]
        used = free * follows + (1 - free) * supply.planned_share[n, i]
        running = supply.steady_kbd[n, i] + supply.flexible_kbd[n, i] * used
        found.append(supply.available_share[n, i] * holds * running)
    return found


def test_a_pair_without_base_flow_stays_at_zero(month: Clear, base: Baseline) -> None:
    here = month(shocks(*EVENTFUL), draws=True)
    assert (here.flow_kbd[:, base.flow_kbd == 0] == 0).all()


# --- pairs that open ------------------------------------------------------------------------------------------


def test_a_barred_pair_opens_when_the_sanction_is_lifted_and_only_for_whom_it_is(month: Clear, base: Baseline) -> None:
    let_in = "type: sanction, streams: [iran], buyers: [india, turkey], leave_share: 0, risk_usd_bbl: -10"
    here = month(shocks(let_in))
    assert here.to("india", "iran_light") > 1.0
    assert here.to("turkey", "iran_heavy") > 1.0
    assert here.to("europe", "iran_light", "iran_heavy") == 0.0
    assert here.to("india", "venezuela_merey") == pytest.approx(month().to("india", "venezuela_merey"), rel=0.2)
    assert here.to("china", "iran_light") < month().to("china", "iran_light"), "what India takes China loses"


def test_a_new_risk_opens_no_barred_pair(month: Clear) -> None:
    here = month(shocks("type: sanction, streams: [iran], buyers: [china, india], risk_usd_bbl: 5"))
    assert here.to("india", "iran_light", "iran_heavy") == 0.0


def test_impossible_pairs_stay_shut_whatever_opens(month: Clear, base: Baseline) -> None:
    here = month(
        shocks(
            "type: capacity, streams: [russia_druzhba, russia_espo_pipeline], change_kbd: 400",
            "type: sanction, streams: [russia], buyers: [japan_korea_taiwan, europe, united_states], risk_usd_bbl: -10",
        )
    )
    assert here.to("china", "russia_druzhba") == 0.0
    assert here.to("japan_korea_taiwan", "russia_espo_pipeline", "russia_druzhba") == 0.0
    assert here.to("europe", "russia_urals") > 0.0


def test_new_capacity_opens_unused_pairs(month: Clear, base: Baseline) -> None:
    india, ans = BUYERS.index("india"), base.labels.streams.index("usa_ans")
    assert base.pairs.unused[india, ans]
    assert month(shocks("type: capacity, streams: [usa_ans], change_kbd: 300")).to("india", "usa_ans") > 1.0
    assert month(shocks("type: capacity, streams: [usa_ans], change_kbd: -20")).to("india", "usa_ans") == 0.0


NOTHING_NOMINATED = "first_month_response_share: 1.0"
"""The whole answer comes in the first month."""

# --- the answer to shocks -------------------------------------------------------------------------------------


def test_oil_that_is_both_shipped_and_needed_leaves_the_price_where_it_was(month: Clear, base: Baseline) -> None:
    """Alaska ships 300 kb/d and the United States need them: trade grows by about as much, the mean price stays."""
    here = month(
        shocks(
            "type: capacity, streams: [usa_ans], change_kbd: 300",
            "type: demand, buyers: [united_states], change_kbd: 300",
            parameters=NOTHING_NOMINATED,
        ),
        draws=True,
    )
    more = here.exports_kbd.sum(axis=1) - base.exports_kbd.sum()
    assert 250 < np.median(more) < 310
    needed = "type: demand, buyers: [united_states], change_kbd: 300"
    alone = month(shocks(needed, parameters=NOTHING_NOMINATED), draws=True)
    weight = base.exports_kbd / base.exports_kbd.sum()
    moved, moved_alone = ((one.cleared.fob_usd_bbl - base.fob_usd_bbl) @ weight for one in (here, alone))
    assert (moved_alone > 0.02).all(), "without the new oil the price would rise"
    # Brent is the price of light sweet: medium sour is added, and mostly light sweet is asked for.
    assert np.abs(np.median(moved)) < 0.15 * np.median(moved_alone)


def test_without_memory_lifting_the_duty_brings_back_the_odds_of_2024_at_given_prices(
    month: Clear, base: Baseline
) -> None:
    """At base FOB prices a segment's odds of WTI in its type grow by the ratio of the two years' flows."""
    here = month(
        shocks("type: tariff, streams: [us], buyers: [china], rate: -0.20", parameters="habit_half_life_months: 0.1")
    )
    wti, light = base.labels.streams.index("usa_wti"), base.labels.nests[0]
    chosen = choose(here.built.market.sourcing, np.zeros((1, len(base.labels.streams)))).share_in_nest[0]
    for segment in range(3):
        before = base.flow_kbd[segment, wti] / (base.flow_kbd[segment, light].sum() - base.flow_kbd[segment, wti])
        after = chosen[segment, wti] / (1 - chosen[segment, wti])
        ratio = 190 / base.flow_kbd[:3, wti].sum()
        assert after / before == pytest.approx(ratio, rel=0.02)


def test_lifting_the_duty_on_us_crude_brings_it_back_at_once_only_without_memory(month: Clear) -> None:
    lifted = "type: tariff, streams: [us], buyers: [china], rate: -0.20"
    without = month(shocks(lifted, parameters="habit_half_life_months: 0.1"), draws=True).to("china", "usa_wti")
    assert 0.7 * 190 < np.median(without) < 1.1 * 190, "near the 190 kb/d of 2024; the price takes the rest"
    with_memory = month(shocks(lifted)).to("china", "usa_wti")
    assert 48 < with_memory < np.median(without)


@pytest.mark.parametrize("streams", ["iran", "venezuela", "kuwait"])
def test_all_of_it_lost_is_almost_all_of_it_lost(month: Clear, streams: str) -> None:
    """0.9999 against 1: the stream leaves every choice, and nothing jumps."""
    line = f"type: supply_outage, streams: [{streams}], loss_share: "
    almost, all_of_it = month(shocks(line + "0.9999")), month(shocks(line + "1.0"))
    assert all_of_it.brent_usd_bbl == pytest.approx(almost.brent_usd_bbl, abs=0.01)
    np.testing.assert_allclose(all_of_it.flow_kbd, almost.flow_kbd, atol=2.0)


def test_a_stream_that_is_all_lost_has_no_flow_and_keeps_its_price(month: Clear, base: Baseline) -> None:
    here = month(shocks("type: supply_outage, streams: [kuwait, oman], loss_share: 1.0"), draws=True)
    gone = base.labels.stream_mask(("kuwait", "oman"))
    assert (here.built.trading == ~gone).all()
    assert (here.flow_kbd[:, :, gone] == 0).all()
    np.testing.assert_array_equal(here.cleared.fob_usd_bbl[:, gone], np.tile(base.fob_usd_bbl[gone], (256, 1)))


def test_a_buyer_with_nothing_left_to_buy_buys_nothing_and_breaks_nothing(month: Clear) -> None:
    everything = "streams: [russia, iran, venezuela, gulf, us, other]"
    here = month(shocks(f"type: embargo, {everything}, buyers: [turkey]"), draws=True)
    assert (here.to("turkey", *here.cal.base.labels.streams) == 0).all()
    # Brent alone need not fall: Turkey runs more medium sour than others.
    others = here.built.unit_buyer != BUYERS.index("turkey")
    assert (here.cleared.cost_change_usd_bbl[:, others] < 0).all(), "crude costs all others less"
    assert here.brent_usd_bbl.mean() < 69.1


@pytest.mark.parametrize("closer", [(0.2, 0.5), (0.5, 0.9), (0.9, 1.0)])
def test_a_wider_closure_is_never_cheaper(month: Clear, closer: tuple[float, float]) -> None:
    """Crude costs every buyer more in every draw. Brent alone need not rise: where habits are strong, buyers short
    of medium sour run less of everything."""
    less, more = (
        month(shocks(f"type: chokepoint, chokepoint: hormuz, closed_share: {share}"), draws=True) for share in closer
    )
    assert (more.cleared.cost_change_usd_bbl > less.cleared.cost_change_usd_bbl).all()
    assert more.brent_usd_bbl.mean() > less.brent_usd_bbl.mean()


def test_more_bypass_is_never_dearer(month: Clear) -> None:
    prices = [
        month(shocks(f"type: chokepoint, chokepoint: hormuz, closed_share: 1.0, bypass_kbd: {kbd}")).brent_usd_bbl
        for kbd in (0, 2000, 4000, 6000)
    ]
    # What never crosses the strait goes round it anyhow, so the first 2,000 kb/d may be no news.
    assert (np.diff(prices, axis=0) <= 0).all() and (np.diff(prices[1:], axis=0) < 0).all()


def test_a_stream_let_through_the_strait_ships_on(month: Clear, base: Baseline) -> None:
    line = "type: chokepoint, chokepoint: hormuz, closed_share: 0.95"
    shut, spared = month(shocks(line)), month(shocks(line + ", except_streams: [iran]"))
    iran = base.labels.streams.index("iran_light")
    assert shut.exports_kbd[0, iran] < 0.4 * base.exports_kbd[iran]
    assert spared.exports_kbd[0, iran] > base.exports_kbd[iran]
    assert spared.brent_usd_bbl < shut.brent_usd_bbl


def test_a_passage_limits_no_seller_and_costs_the_detour_on_the_pairs_that_pass(month: Clear, base: Baseline) -> None:
    at_once = "spare_ramp_months: 1.0"
    here = month(shocks("type: chokepoint, chokepoint: malacca, closed_share: 0.5", parameters=at_once))
    dearer = here.built.cash.freight_usd_bbl[0] - base.freight_usd_bbl
    np.testing.assert_allclose(dearer, 0.5 * 0.4 * base.geography.passage_share[0], atol=1e-12)
    supply = here.built.market.supply
    np.testing.assert_allclose(supply.steady_kbd[0] + supply.flexible_kbd[0], base.capacity_kbd)


def test_in_a_passage_closed_in_part_each_cargo_pays_either_the_detour_or_the_premium(
    month: Clear, base: Baseline
) -> None:
    """A quarter goes round for 3 USD, three quarters pass for 2: 2.25 on the pairs that pass."""
    here = month(shocks("type: chokepoint, chokepoint: bab_el_mandeb, closed_share: 0.25, war_risk_usd_bbl: 2"))
    dearer = here.built.cash.freight_usd_bbl[0] - base.freight_usd_bbl
    np.testing.assert_allclose(dearer, 2.25 * base.geography.passage_share[1], atol=1e-12)


def test_buyers_that_all_leave_take_nothing_and_those_that_stay_pay_less(month: Clear, base: Baseline) -> None:
    here = month(shocks("type: embargo, streams: [iran], buyers: [cn_state, cn_private]"))
    assert here.flow_kbd[0, :2][:, base.labels.stream_mask(("iran_light", "iran_heavy"))].sum() == 0.0
    iran = base.labels.streams.index("iran_light")
    assert here.cleared.fob_usd_bbl[0, iran] < base.fob_usd_bbl[iran]
    assert here.to("cn_teapot", "iran_light") > month().to("cn_teapot", "iran_light")


def test_measures_on_different_streams_rank_the_units_by_compliance(month: Clear, base: Baseline) -> None:
    """60 % leave Urals and 20 % Arctic: three layers, and the keenest fifth buys neither."""
    here = month(
        shocks(
            "type: sanction, streams: [russia_urals], buyers: [india], leave_share: 0.6",
            "type: sanction, streams: [russia_arctic], buyers: [india], leave_share: 0.2",
        )
    )
    india = BUYERS.index("india")
    units = np.flatnonzero(here.built.unit_buyer == india)
    ceiling = here.built.market.requirement.ceiling_kbd[0, units]
    np.testing.assert_allclose(sorted(ceiling / ceiling.sum()), [0.2, 0.4, 0.4])
    flow = here.cleared.flow_kbd[0, units]
    urals, arctic = (base.labels.streams.index(s) for s in ("russia_urals", "russia_arctic"))
    assert sorted((flow[:, urals] > 0).tolist()) == [False, False, True]
    assert sorted((flow[:, arctic] > 0).tolist()) == [False, True, True]
    assert flow[flow[:, arctic] == 0][:, urals].sum() == 0.0


def test_two_measures_on_one_stream_leave_over_what_both_leave_over(month: Clear) -> None:
    """30 % and then 50 % of the rest leave: 65 % in all, as one measure of 0.65 does."""
    two = month(
        shocks(
            "type: sanction, streams: [russia_urals], buyers: [india], leave_share: 0.3",
            "type: sanction, streams: [russia_urals], buyers: [india], leave_share: 0.5",
        )
    )
    one = month(shocks("type: sanction, streams: [russia_urals], buyers: [india], leave_share: 0.65"))
    np.testing.assert_allclose(two.flow_kbd, one.flow_kbd, atol=1e-5)


def test_a_draw_is_the_same_in_its_block_and_alone(month: Clear) -> None:
    """The mid draw of a scenario against a block of constants: sizes 1 and 256."""
    constants = ", ".join(f"{row['name']}: {row['mid']}" for row in datasets.table("parameters").rows)
    alone, block = month(shocks(*EVENTFUL)), month(shocks(*EVENTFUL, parameters=constants), draws=True)
    np.testing.assert_allclose(block.cleared.fob_usd_bbl, np.repeat(alone.cleared.fob_usd_bbl, 256, axis=0), rtol=1e-9)
    np.testing.assert_allclose(block.flow_kbd[17], alone.flow_kbd[0], rtol=1e-9, atol=1e-12)


# --- found wanting --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("streams", ["venezuela", "norway"])
def test_a_stream_that_nobody_may_buy_is_left_in_the_ground(month: Clear, streams: str) -> None:
    here = month(shocks(f"type: embargo, streams: [{streams}], buyers: {EVERYBODY}"), draws=True, answers=False)
    assert here.cleared.converged.all()
    assert (here.brent_usd_bbl > 69.1).all()
    assert (here.cleared.fob_usd_bbl > 0).all()


def test_nobody_needs_less_than_nothing(month: Clear) -> None:
    here = month(
        shocks(
            "type: demand, buyers: [turkey], change_share: -0.9",
            "type: demand, buyers: [turkey], change_kbd: -300",
        )
    )
    assert (here.flow_kbd >= 0).all()


def test_no_draw_pays_a_negative_duty(month: Clear) -> None:
    line = "type: tariff, streams: [us], buyers: [china], rate: {low: -0.2, mid: -0.15, high: -0.1}"
    assert month(shocks(line), draws=True).built.cash.duty_rate.min() >= 0.0


def test_a_bypass_given_by_the_user_is_the_bypass(month: Clear) -> None:
    """`bypass_kbd` is what can go round in all; left out, what the data has. 14 mb/d is all but everything."""
    line = "type: chokepoint, chokepoint: hormuz, closed_share: 1.0"
    assert month(shocks(line + ", bypass_kbd: 14000")).brent_usd_bbl < month(shocks(line)).brent_usd_bbl - 5


def test_new_capacity_behind_a_shut_strait_stays_behind_it(month: Clear) -> None:
    closed = "type: chokepoint, chokepoint: hormuz, closed_share: 1.0, bypass_kbd: 0"
    new = "type: capacity, streams: [kuwait], change_kbd: 1000"
    with_new, without = month(shocks(closed, new)), month(shocks(closed))
    assert with_new.brent_usd_bbl == pytest.approx(without.brent_usd_bbl, abs=0.5)


def test_the_narrowest_legal_dispersion_clears_when_heavy_crude_is_lost(month: Clear) -> None:
    heavy = "venezuela, iraq_basrah, canada, mexico, colombia, ecuador"
    narrow = "dispersion_within_usd_bbl: 0.2, habit_half_life_months: 0.1, dispersion_across_usd_bbl: 200"
    here = month(shocks(f"type: supply_outage, streams: [{heavy}], loss_share: 0.99", parameters=narrow), answers=False)
    assert here.cleared.converged.all()
