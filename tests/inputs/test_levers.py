"""How shocks of one month add up: order-free, shares multiply, money and barrels add, limits bind tightest."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from simulator.axes import BUYERS
from simulator.inputs.baseline import OUTLETS, PASSAGES, Baseline
from simulator.inputs.levers import Levers, levers, no_levers

NUMBERS = (
    "available_share",
    "lost_kbd",
    "capacity_change_kbd",
    "offer_shift_usd_bbl",
    "outlet_closed_share",
    "outlet_bypass_kbd",
    "outlet_premium_usd_bbl",
    "passage_closed_share",
    "passage_premium_usd_bbl",
    "freight_usd_bbl",
    "discount_usd_bbl",
    "duty_rate",
    "duty_usd_bbl",
    "risk_usd_bbl",
    "requirement_factor",
    "requirement_change_kbd",
    "released_kbd",
    "perceived_kbd",
    "fleet_left_share",
    "cap_usd_bbl",
    "coalition_share",
)
Compiled = Callable[..., tuple]


def shocks(*lines: str) -> str:
    return "shocks:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


@pytest.fixture
def acts(compiled: Compiled, base: Baseline) -> Callable[..., Levers]:
    def of_month(lines: Sequence[str], month: int = 0, draws: bool = False) -> Levers:
        return levers(base, compiled(shocks(*lines), draws)[1], month)

    return of_month


@pytest.fixture
def at(base: Baseline) -> Callable[[str], int]:
    return base.labels.streams.index


EVERYTHING = (
    "type: supply_outage, streams: [iran], loss_share: 0.4",
    "type: supply_outage, streams: [iran_light, norway], loss_kbd: 300",
    "type: capacity, streams: [usa_ans], change_kbd: 200",
    "type: capacity, streams: [usa], change_kbd: -100",
    "type: chokepoint, chokepoint: hormuz, closed_share: 0.5, bypass_kbd: 4000, war_risk_usd_bbl: 2",
    "type: chokepoint, chokepoint: hormuz, closed_share: 0.8, bypass_kbd: 5000, except_streams: [iran]",
    "type: chokepoint, chokepoint: malacca, closed_share: 0.3, war_risk_usd_bbl: 1",
    "type: tariff, streams: [gulf], buyers: [china], rate: 0.1",
    "type: tariff, streams: [gulf], buyers: [china], rate: 0.05",
    "type: discount, streams: [russia], change_usd_bbl: -3",
    "type: discount, streams: [russia], buyers: [india], change_usd_bbl: -1",
    "type: freight, streams: [norway], buyers: [china], change_usd_bbl: 1.5",
    "type: demand, buyers: [india], change_share: -0.1",
    "type: demand, buyers: [india, europe], change_kbd: 150",
    "type: sanction, streams: [russia_urals], buyers: [india], leave_share: 0.3, risk_usd_bbl: 4",
    "type: fleet_sanction, fleet: shadow, fleet_loss_share: 0.3",
    "type: fleet_sanction, fleet: shadow, fleet_loss_share: 0.1",
    "type: price_cap, streams: [russia], cap_usd_bbl: 50, coalition_shipping_share: 0.3",
    "type: price_cap, streams: [russia_urals], cap_usd_bbl: 45, coalition_shipping_share: 0.2",
    "type: stock_release, buyers: [europe], rate_kbd: 400",
    "type: stock_fill, buyers: [europe, india], rate_kbd: 100",
    "type: embargo, streams: [venezuela], buyers: [china]",
)


def test_the_order_of_shocks_never_matters(acts: Callable[..., Levers]) -> None:
    forward = acts(EVERYTHING)
    rng = np.random.default_rng(0)
    for _ in range(6):
        other = acts([EVERYTHING[i] for i in rng.permutation(len(EVERYTHING))])
        for name in NUMBERS:
            np.testing.assert_allclose(getattr(other, name), getattr(forward, name), rtol=1e-13, err_msg=name)
        ranked = [
            sorted((x.leave_share.tolist(), x.streams.tolist(), x.buyers.tolist()) for x in one.leaving)
            for one in (forward, other)
        ]
        assert ranked[0] == ranked[1]


def test_every_lever_is_moved_by_some_shock_and_starts_at_nothing(acts: Callable[..., Levers], base: Baseline) -> None:
    still = no_levers(len(base.labels.streams))
    moved = acts((*EVERYTHING, "type: sanction, streams: [iran], buyers: [india], risk_usd_bbl: -5"))
    more = acts(("type: tariff, streams: [oman], buyers: [india], usd_bbl: 2",))
    for name in NUMBERS:
        source = more if name == "duty_usd_bbl" else moved
        changed = ~np.isclose(getattr(source, name), getattr(still, name))
        assert changed.any(), name


def test_what_outages_leave_over_multiplies_and_barrels_lost_add(
    acts: Callable[..., Levers], at: Callable[[str], int], base: Baseline
) -> None:
    found = acts((*EVERYTHING[:2], "type: supply_outage, streams: [iran], loss_share: 0.5", EVERYTHING[1]))
    both = base.exports_kbd[at("iran_light")] + base.exports_kbd[at("norway")]
    assert found.available_share[0, at("iran_heavy")] == pytest.approx(0.6 * 0.5)
    assert found.available_share[0, at("oman")] == found.available_share[0, at("norway")] == 1.0
    for stream in ("iran_light", "norway"):
        part = base.exports_kbd[at(stream)] / both
        assert found.lost_kbd[0, at(stream)] == pytest.approx(2 * 300 * part)
    assert found.lost_kbd.sum() == pytest.approx(600.0)


def test_ships_left_multiply_the_tightest_cap_binds_and_reserves_net_out(
    acts: Callable[..., Levers], at: Callable[[str], int], base: Baseline
) -> None:
    found = acts(EVERYTHING)
    assert found.fleet_left_share.tolist() == [[1.0, pytest.approx(0.7 * 0.9)]]
    assert found.cap_usd_bbl[0, at("russia_urals")] == 45.0 and found.cap_usd_bbl[0, at("oman")] == np.inf
    assert found.cap_usd_bbl[0, at("russia_espo_kozmino")] == 50.0
    assert found.coalition_share[0, at("russia_urals")] == 0.3 and found.coalition_share[0, at("oman")] == 0.0
    imports = base.flow_kbd.sum(axis=1)
    europe, india = BUYERS.index("europe"), BUYERS.index("india")
    filled = 100 * imports[[europe, india]] / imports[[europe, india]].sum()
    assert found.released_kbd[0, [europe, india]] == pytest.approx([400 - filled[0], -filled[1]])


def test_a_release_stops_when_its_total_is_reached(acts: Callable[..., Levers]) -> None:
    """20 mb at 300 kb/d: 9.3 mb in March, 9 in April, the last 1.7 in May."""
    line = "type: stock_release, buyers: [europe], rate_kbd: 300, total_mb: 20"
    kbd = [acts((line,), month).released_kbd.sum() for month in range(4)]
    assert kbd == pytest.approx([300.0, 300.0, 1.7e3 / 31, 0.0])


def test_a_surprise_is_the_first_month_of_a_shock_that_was_not_announced(acts: Callable[..., Levers]) -> None:
    late = "type: freight, streams: [oman], buyers: [china], change_usd_bbl: 1, start: 2026-05"
    release = "type: stock_release, buyers: [europe], rate_kbd: 300"
    assert [acts((late, release), month).surprise for month in range(4)] == [False, False, True, False]


def test_a_loss_is_feared_by_its_barrels_or_by_what_the_scenario_says_and_as_long(
    acts: Callable[..., Levers], at: Callable[[str], int], base: Baseline
) -> None:
    iran = base.exports_kbd[at("iran_light")] + base.exports_kbd[at("iran_heavy")]
    assert acts(EVERYTHING[:1]).perceived_kbd == pytest.approx([0.4 * iran])
    said = "type: supply_outage, streams: [iran], loss_share: 0, perceived_loss_kbd: 900, perceived_months: 2"
    assert [acts((said,), month).perceived_kbd.sum() for month in range(4)] == [900.0, 900.0, 0.0, 0.0]
    exposed = base.geography.outlet_exposed_share[OUTLETS.index("hormuz")]
    spared = acts(("type: chokepoint, chokepoint: hormuz, closed_share: 0.5, except_streams: [iran]",)).perceived_kbd
    ours = base.labels.stream_mask(("iran_light", "iran_heavy"))
    assert spared == pytest.approx([0.5 * (base.exports_kbd * exposed)[~ours].sum()])


def test_dollars_and_barrels_add(acts: Callable[..., Levers], at: Callable[[str], int], base: Baseline) -> None:
    found = acts(EVERYTHING)
    india, teapot = BUYERS.index("india"), BUYERS.index("cn_teapot")
    assert found.duty_rate[0, teapot, at("oman")] == pytest.approx(0.15)
    assert found.duty_rate[0, india, at("oman")] == 0.0
    assert found.discount_usd_bbl[0, india, at("russia_urals")] == -1.0
    assert found.offer_shift_usd_bbl[0, at("russia_urals")] == -3.0
    assert found.freight_usd_bbl[0, teapot, at("norway")] == 1.5
    assert found.capacity_change_kbd.sum() == pytest.approx(100.0)
    imports = base.flow_kbd.sum(axis=1)
    both = imports[india] + imports[BUYERS.index("europe")]
    assert found.requirement_change_kbd[0, india] == pytest.approx(150 * imports[india] / both)
    assert found.requirement_factor[0, india] == pytest.approx(0.9)


def test_of_several_closures_of_one_strait_the_largest_counts_once(
    acts: Callable[..., Levers], at: Callable[[str], int]
) -> None:
    found = acts(EVERYTHING[4:7])
    hormuz = OUTLETS.index("hormuz")
    assert found.outlet_closed_share[0, hormuz, at("oman")] == 0.8
    assert found.outlet_closed_share[0, hormuz, at("iran_light")] == 0.5, "the exception holds for its own shock"
    assert found.passage_closed_share[0, PASSAGES.index("malacca"), at("oman")] == 0.3
    assert found.outlet_closed_share[0, OUTLETS.index("danish_straits")].max() == 0.0
    assert found.outlet_premium_usd_bbl[0, hormuz, at("oman")] == 2.0


def test_the_tightest_bypass_binds(acts: Callable[..., Levers], at: Callable[[str], int], base: Baseline) -> None:
    """5,500 kb/d in all: what never crosses, and the rest by capacity that does; oil that need not cross is free."""
    hormuz = OUTLETS.index("hormuz")
    line = "type: chokepoint, chokepoint: hormuz, closed_share: 0.1, bypass_kbd: "
    found = acts((line + "5500", line + "7000")).outlet_bypass_kbd[0, hormuz]
    exposed = base.geography.outlet_exposed_share[hormuz]
    behind = exposed > 0
    assert (found[~behind] == np.inf).all()
    assert found[behind].sum() == pytest.approx(5500.0)
    anyhow = (1 - exposed) * base.capacity_kbd * behind
    share = exposed * base.capacity_kbd / (exposed * base.capacity_kbd).sum()
    saudi = at("saudi_arabia")
    assert found[saudi] == pytest.approx(anyhow[saudi] + share[saudi] * (5500 - anyhow.sum()))


def test_a_shock_builds_up_holds_and_fades(acts: Callable[..., Levers], at: Callable[[str], int]) -> None:
    """Two months of build-up and one of recovery: a third, two thirds, full, full, half, nothing."""
    line = "type: supply_outage, streams: [oman], loss_share: 0.6, end: 2026-06, ramp_months: 2, recovery_months: 1"
    lost = [1 - acts((line,), month).available_share[0, at("oman")] for month in range(6)]
    assert lost == pytest.approx([0.2, 0.4, 0.6, 0.6, 0.3, 0.0])


def test_a_new_risk_wears_off_and_relief_stays_or_comes_as_workarounds_form(
    acts: Callable[..., Levers], at: Callable[[str], int]
) -> None:
    india = BUYERS.index("india")
    new = "type: sanction, streams: [oman], buyers: [india], risk_usd_bbl: 8, leave_share: 0.4, half_life_months: 2"
    risk = [acts((new,), n).risk_usd_bbl[0, india, at("oman")] for n in range(5)]
    assert risk == pytest.approx([8 * 0.5 ** (n / 2) for n in range(5)])
    left = [acts((new,), n).leaving[0].leave_share.item() for n in range(5)]
    assert left == pytest.approx([0.4 * 0.5 ** (n / 2) for n in range(5)])
    relief = "type: sanction, streams: [oman], buyers: [india], risk_usd_bbl: -8"
    assert [acts((relief,), n).risk_usd_bbl[0, india, at("oman")] for n in range(5)] == [-8.0] * 5
    slow = [acts((relief + ", half_life_months: 2",), n).risk_usd_bbl[0, india, at("oman")] for n in range(5)]
    assert slow == pytest.approx([-8 * (1 - 0.5 ** (n / 2)) for n in range(5)])


def test_ships_that_are_lost_are_made_good_as_others_are_found(acts: Callable[..., Levers]) -> None:
    line = "type: fleet_sanction, fleet: shadow, fleet_loss_share: 0.4, half_life_months: 2"
    left = [acts((line,), n).fleet_left_share for n in range(5)]
    assert [one[0, 1] for one in left] == pytest.approx([1 - 0.4 * 0.5 ** (n / 2) for n in range(5)])
    assert [one[0, 0] for one in left] == [1.0] * 5


def test_an_embargo_does_not_wear_off(acts: Callable[..., Levers]) -> None:
    shares = [acts((EVERYTHING[-1],), n).leaving[0].leave_share.tolist() for n in range(6)]
    assert shares == [[1.0]] * 6


def test_a_shock_that_has_not_begun_does_nothing(acts: Callable[..., Levers], base: Baseline) -> None:
    found, still = acts(("type: embargo, streams: [iran], buyers: [china], start: 2026-05",), 1), no_levers(46)
    assert not found.leaving
    for name in NUMBERS:
        np.testing.assert_array_equal(getattr(found, name), getattr(still, name))


def test_an_uncertain_number_moves_each_draw_by_its_own_value(
    acts: Callable[..., Levers], at: Callable[[str], int]
) -> None:
    line = "type: discount, streams: [oman], change_usd_bbl: {low: -6, mid: -3, high: -1}"
    found = acts((line,), draws=True).offer_shift_usd_bbl[:, at("oman")]
    assert len(np.unique(found)) == len(found)
    assert np.quantile(found, [0.05, 0.5, 0.95]) == pytest.approx([-6, -3, -1], abs=0.6)


@pytest.mark.parametrize("pair", list(itertools.combinations(EVERYTHING[:4], 2)))
def test_two_shocks_side_by_side_never_touch_a_third_lever(acts: Callable[..., Levers], pair: tuple[str, str]) -> None:
    found, still = acts(pair), no_levers(46)
    for name in NUMBERS[3:]:
        if name == "perceived_kbd":
            continue  # a loss of supply is feared as well
        np.testing.assert_array_equal(getattr(found, name), getattr(still, name))


def test_a_strait_may_be_dangerous_without_being_closed(acts: Callable[..., Levers], at: Callable[[str], int]) -> None:
    found = acts(("type: chokepoint, chokepoint: hormuz, war_risk_usd_bbl: 3",))
    hormuz = OUTLETS.index("hormuz")
    assert found.outlet_premium_usd_bbl[0, hormuz, at("oman")] == 3.0
    assert found.outlet_closed_share.max() == 0.0


def test_a_bypass_nobody_can_use_is_no_bypass(acts: Callable[..., Levers]) -> None:
    """Of the streams behind the Danish straits only Kazakhstan's has a way round, and it is let through."""
    line = (
        "type: chokepoint, chokepoint: danish_straits, closed_share: 0.5, bypass_kbd: 100, "
        "except_streams: [kazakhstan_other]"
    )
    assert not np.isnan(acts((line,)).outlet_bypass_kbd).any()
