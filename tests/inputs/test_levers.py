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
    "opened_share",
    "requirement_factor",
    "requirement_change_kbd",
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
    more = acts(("type: tariff, streams: [iran], buyers: [india], usd_bbl: 2",))
    for name in NUMBERS:
        source = more if name == "duty_usd_bbl" else moved
        changed = ~np.isclose(getattr(source, name), getattr(still, name))
        assert changed.any(), name


def test_what_outages_leave_over_multiplies(
    acts: Callable[..., Levers], at: Callable[[str], int], base: Baseline
) -> None:
    found = acts(EVERYTHING[:2]).available_share
    both = base.exports_kbd[at("iran_light")] + base.exports_kbd[at("norway")]
    assert found[0, at("iran_light")] == pytest.approx(0.6 * (1 - 300 / both))
    assert found[0, at("iran_heavy")] == pytest.approx(0.6)
    assert found[0, at("norway")] == pytest.approx(1 - 300 / both)
    assert found[0, at("oman")] == 1.0


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
    hormuz = OUTLETS.index("hormuz")
    found = acts((EVERYTHING[4], "type: chokepoint, chokepoint: hormuz, closed_share: 0.1, bypass_kbd: 900"))
    assert np.nansum(found.outlet_bypass_kbd[0, hormuz]) == pytest.approx(900.0)
    around = base.geography.outlet_bypass_kbd[hormuz]
    share = around[at("saudi_arabia")] / around.sum()
    assert found.outlet_bypass_kbd[0, hormuz, at("saudi_arabia")] == pytest.approx(900 * share)


def test_a_shock_builds_up_holds_and_fades(acts: Callable[..., Levers], at: Callable[[str], int]) -> None:
    """Two months of build-up and one of recovery: a third, two thirds, full, full, half, nothing."""
    line = "type: supply_outage, streams: [oman], loss_share: 0.6, end: 2026-06, ramp_months: 2, recovery_months: 1"
    lost = [1 - acts((line,), month).available_share[0, at("oman")] for month in range(6)]
    assert lost == pytest.approx([0.2, 0.4, 0.6, 0.6, 0.3, 0.0])


def test_a_new_risk_wears_off_and_relief_stays(acts: Callable[..., Levers], at: Callable[[str], int]) -> None:
    india = BUYERS.index("india")
    new = "type: sanction, streams: [oman], buyers: [india], risk_usd_bbl: 8, leave_share: 0.4, half_life_months: 2"
    risk = [acts((new,), n).risk_usd_bbl[0, india, at("oman")] for n in range(5)]
    assert risk == pytest.approx([8 * 0.5 ** (n / 2) for n in range(5)])
    left = [acts((new,), n).leaving[0].leave_share.item() for n in range(5)]
    assert left == pytest.approx([0.4 * 0.5 ** (n / 2) for n in range(5)])
    relief = "type: sanction, streams: [oman], buyers: [india], risk_usd_bbl: -8, half_life_months: 2"
    assert [acts((relief,), n).risk_usd_bbl[0, india, at("oman")] for n in range(5)] == [-8.0] * 5


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
    for name in NUMBERS[2:]:
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
