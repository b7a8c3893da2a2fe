"""The outcomes of one small month, against numbers worked out by hand beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.axes import BUYERS, GROUPS
from simulator.market.dynamics import Loading
from simulator.outcomes.landing import Landing
from simulator.outcomes.month import Drawn, Month, flow_outcomes, month_outcomes
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.trade import Trade
from simulator.outcomes.views import View, Views, group_view, view

DAYS = 30
STREAMS = ("russia_sea", "russia_pipe", "iran", "oman", "brazil")
COUNTRIES = ("russia", "russia", "iran", "oman", "brazil")
STATE, PRIVATE, TEAPOT, INDIA, EUROPE = (
    BUYERS.index(b) for b in ("cn_state", "cn_private", "cn_teapot", "india", "europe")
)
SEA, PIPE, IRAN, OMAN, BRAZIL = range(5)

# Who buys what, kb/d. In the second draw Iran ships nothing and teapots take 300 of the Russian sea cargoes.
BOUGHT = {
    (STATE, SEA): (100, 100),
    (STATE, PIPE): (200, 200),
    (STATE, OMAN): (300, 300),
    (PRIVATE, BRAZIL): (100, 100),
    (TEAPOT, SEA): (100, 300),
    (TEAPOT, IRAN): (400, 0),
    (INDIA, SEA): (500, 500),
    (INDIA, OMAN): (50, 50),
    (EUROPE, BRAZIL): (150, 150),
}
BRENT = (70.0, 80.0)
FOB = ((60.0, 58.0, 50.0, 68.0, 65.0), (70.0, 68.0, 61.0, 78.0, 75.0))
TO_CHINA = (2.0, 0.0, 5.0, 1.0, 4.0)
TO_OTHERS = 10.0
REBATE = -3.0  # of the second draw, on Russian sea cargoes to teapots
BRAZIL_DUTY_RATE, OMAN_DUTY_USD = 0.10, 0.50
STATE_DRAW, STATE_STOCK_CHANGE, STATE_STOCK = 30.0, -4.0, 900.0


def landed_at_once(now: Trade) -> Trade:
    """The trade with its own loadings as arrivals: no voyage takes any time."""
    china = now.flow_kbd[:, :3]
    discount = (now.fob_usd_bbl - now.brent_usd_bbl[:, None])[:, None, :] + now.discount_usd_bbl[:, :3]
    freight = np.broadcast_to(now.freight_usd_bbl, now.flow_kbd.shape)[:, :3]
    rate, specific = (np.broadcast_to(duty[:, :3], china.shape) for duty in (now.duty_rate, now.duty_usd_bbl))
    world = np.broadcast_to(now.brent_usd_bbl[:, None, None], china.shape)
    return replace(
        now,
        landing=Landing(china, world, discount, freight, rate, specific),
        loaded=Loading(china, now.brent_usd_bbl, discount, freight),
    )


def changed(now: Trade, **fields: object) -> Trade:
    """The trade with other numbers, in its arrivals too."""
    return landed_at_once(replace(now, **fields))


def trade() -> Trade:
    flow = np.zeros((2, len(BUYERS), 5))
    for (buyer, stream), kbd in BOUGHT.items():
        flow[:, buyer, stream] = kbd
    freight = np.full((len(BUYERS), 5), TO_OTHERS)
    freight[:3] = TO_CHINA
    rebate = np.zeros((2, len(BUYERS), 5))
    rebate[1, TEAPOT, SEA] = REBATE
    rate, specific = np.zeros((len(BUYERS), 5)), np.zeros((len(BUYERS), 5))
    rate[:3, BRAZIL], specific[:3, OMAN] = BRAZIL_DUTY_RATE, OMAN_DUTY_USD
    rate[INDIA] = 0.25  # India's duty is not China's
    requirement = flow.sum(axis=2)
    requirement[:, [STATE, INDIA]] += 50.0
    requirement[:, PRIVATE] -= 20.0
    draw, change = np.zeros((2, len(BUYERS))), np.zeros((2, len(BUYERS)))
    draw[:, STATE], change[:, STATE] = STATE_DRAW, STATE_STOCK_CHANGE
    nothing = np.zeros((2, 3, 5))
    made = Trade(
        brent_usd_bbl=np.array(BRENT),
        fob_usd_bbl=np.array(FOB),
        flow_kbd=flow,
        freight_usd_bbl=freight[None],
        discount_usd_bbl=rebate,
        duty_rate=rate[None],
        duty_usd_bbl=specific[None],
        trading=np.array([[True] * 5, [True, True, False, True, True]]),
        requirement_kbd=requirement,
        hormuz_share=np.array([[0.0, 0.0, 1.0, 0.5, 0.0], [0.0, 0.0, 1.0, 0.2, 0.0]]),
        malacca_share=np.broadcast_to([0.0, 0.0, 1.0, 1.0, 0.5], (2, 3, 5)),
        stock_draw_kbd=draw,
        stock_change_mb=change,
        landing=Landing(*[nothing] * 6),
        loaded=Loading(nothing, np.array(BRENT), nothing, nothing),
    )
    return landed_at_once(made)


def views() -> Views:
    """Russia is declared at 0.9 customs barrels a barrel; of Iran's hidden oil 60 % is called Malaysian, 30 %
    Omani, and the rest never reaches customs."""
    items = ("russia", "iran", "oman", "brazil", "malaysia")
    openly, relabelled = np.zeros((5, 5)), np.zeros((5, 5))
    openly[[SEA, PIPE], 0], openly[IRAN, 1], openly[OMAN, 2], openly[BRAZIL, 3] = 0.9, 1.0, 1.0, 1.0
    relabelled[IRAN, 4], relabelled[IRAN, 2] = 0.6, 0.3
    return Views(
        total=View("total", ("total",), np.ones((5, 1))),
        stream=view("stream", STREAMS),
        country=view("country", COUNTRIES),
        group=group_view(("russia", "russia", "iran", "gulf", "other")),
        three_sellers=np.array([1.0, 1.0, 1.0, 0.0, 0.0]),
        stock_mb=np.array([STATE_STOCK, 80.0, 120.0, *[50.0] * 7]),
        quality=np.array([0, 1, 1, 0, 1]),
        sold_to_china=np.ones(5, dtype=bool),
        declared_openly=View("country", items, openly),
        declared_relabelled=View("country", items, relabelled),
    )


def idle() -> Trade:
    """The month without shocks: the first draw's flows in both draws, everything 10 USD cheaper, no rebate."""
    now = trade()
    return changed(
        now,
        brent_usd_bbl=np.array([60.0, 60.0]),
        fob_usd_bbl=np.array([FOB[0], FOB[0]]) - 10.0,
        flow_kbd=now.flow_kbd[[0, 0]],
        discount_usd_bbl=np.zeros((2, len(BUYERS), 5)),
        trading=np.ones((2, 5), dtype=bool),
        hormuz_share=now.hormuz_share[[0, 0]],
    )


def outcomes(now: Trade, before: Trade | None = None) -> dict[tuple[str, str], Outcome]:
    drawn = Drawn(gdp_elasticity=np.array([-0.02, -0.05]), relabelled_share=np.array([0.5, 1.0]))
    found = month_outcomes(Month(now, before or idle(), views(), drawn, DAYS))
    pairs = np.zeros((len(BUYERS), 5), dtype=bool)
    for pair in BOUGHT:
        pairs[pair] = True
    found += flow_outcomes(now, views(), pairs)
    named = {(one.metric, one.by): one for one in found}
    assert len(named) == len(found), "no table twice"
    return named


FOUND = outcomes(trade())


def of(metric: str, by: str = "total", item: str = "total") -> list[float]:
    one = FOUND[metric, by]
    return one.values[:, one.items.index(item)].tolist()


def bn(usd_bbl_kbd: float) -> float:
    """kb/d times USD/bbl over the month's 30 days, in bn USD."""
    return usd_bbl_kbd * 30e3 / 1e9


def near(*values: float) -> object:
    return pytest.approx(values, rel=1e-12, abs=1e-12)


def close(values: list[float], *expected: float) -> bool:
    return bool(np.allclose(values, expected, rtol=1e-12, atol=1e-12, equal_nan=True))


@pytest.mark.parametrize(("metric", "by"), FOUND)
def test_every_table_has_a_value_for_each_item_and_draw(metric: str, by: str) -> None:
    one = FOUND[metric, by]

    assert one.values.shape == (2, len(one.items))
    assert len(set(one.items)) == len(one.items)
    assert not np.isinf(one.values).any()


def test_prices_of_the_loading_month() -> None:
    assert of("brent_usd_bbl") == near(*BRENT)
    assert of("fob_usd_bbl", "stream", "oman") == near(68, 78)
    assert of("delivered_usd_bbl", "stream", "oman") == near(69, 79)  # before duty
    # 100 kb/d at 72 for the state refiners and 300 at 69 for the teapots, which have the rebate
    assert of("delivered_usd_bbl", "stream", "russia_sea") == near(62, (100 * 72 + 300 * 69) / 400)
    assert of("discount_usd_bbl", "stream", "russia_sea") == near(-8, -10.25)
    assert of("discount_usd_bbl", "stream", "brazil") == near(-1, -1)


@pytest.mark.parametrize("metric", ["fob_usd_bbl", "delivered_usd_bbl", "discount_usd_bbl"])
def test_a_stream_that_ships_nothing_has_no_price(metric: str) -> None:
    first, second = of(metric, "stream", "iran")

    assert np.isfinite(first) and np.isnan(second)


def test_a_stream_china_could_buy_and_does_not_has_the_plain_mean_price_of_its_segments() -> None:
    now = trade()
    flow = now.flow_kbd.copy()
    flow[:, PRIVATE, BRAZIL] = 0.0
    rebate = now.discount_usd_bbl.copy()
    rebate[:, TEAPOT, BRAZIL] = -6.0
    one = outcomes(changed(now, flow_kbd=flow, discount_usd_bbl=rebate))["delivered_usd_bbl", "stream"]

    assert one.values[:, BRAZIL].tolist() == near((69 + 69 + 63) / 3, (79 + 79 + 73) / 3)


# Landed in China in the first draw, USD/bbl: Russian sea 62, pipe 58, Iran 55, Oman 69.5, Brazil 69 x 1.1 = 75.9.
def test_the_bill_is_volume_times_landed_price() -> None:
    first = 200 * 62 + 200 * 58 + 400 * 55 + 300 * 69.5 + 100 * 75.9
    second = 100 * 72 + 300 * 69 + 200 * 68 + 0 + 300 * 79.5 + 100 * 86.9

    assert of("import_bill_usd_bn") == near(bn(first), bn(second))
    assert of("landed_cost_usd_bbl") == near(first / 1200, second / 1000)
    assert of("import_bill_usd_bn", "group", "russia") == near(bn(24_000), bn(41_500))
    assert of("import_bill_usd_bn", "country", "brazil") == near(bn(7_590), bn(8_690))
    assert of("landed_cost_usd_bbl", "stream", "oman") == near(69.5, 79.5)
    assert of("landed_cost_usd_bbl", "group", "russia") == near(60, 41_500 / 600)


def test_the_bill_by_segment() -> None:
    state, teapot = "cn_state", "cn_teapot"

    assert of("import_bill_usd_bn", "segment", state) == near(bn(6_200 + 11_600 + 20_850), bn(7_200 + 13_600 + 23_850))
    assert of("import_bill_usd_bn", "segment", teapot) == near(bn(6_200 + 22_000), bn(20_700))
    assert of("imports_kbd", "segment", teapot) == near(500, 300)
    assert of("landed_cost_usd_bbl", "segment", teapot) == near(28_200 / 500, 69)
    assert of("share", "segment", state) == near(0.5, 0.6)


def test_what_is_not_bought_has_no_landed_cost() -> None:
    assert close(of("landed_cost_usd_bbl", "stream", "iran"), 55, np.nan)
    assert close(of("landed_cost_usd_bbl", "group", "venezuela"), np.nan, np.nan)
    assert of("import_bill_usd_bn", "group", "venezuela") == [0.0, 0.0]


def test_chinas_duty_is_all_that_counts_as_revenue() -> None:
    assert of("tariff_revenue_usd_bn") == near(bn(300 * 0.5 + 100 * 6.9), bn(300 * 0.5 + 100 * 7.9))


def test_imports_and_shares() -> None:
    assert of("imports_kbd") == near(1200, 1000)
    assert of("imports_kbd", "country", "russia") == near(400, 600)
    assert of("imports_kbd", "stream", "russia_pipe") == near(200, 200)
    assert of("share", "group", "iran") == near(1 / 3, 0)
    assert of("share", "group", "gulf") == near(0.25, 0.3)
    assert of("share", "country", "oman") == near(0.25, 0.3)
    assert of("share", "stream", "russia_sea") == near(1 / 6, 0.4)


def test_replacement_is_the_change_of_imports() -> None:
    # Without shocks both draws buy what the first draw buys.
    assert of("replacement_kbd", "country", "russia") == near(0, 200)
    assert of("replacement_kbd", "group", "iran") == near(0, -400)
    assert of("replacement_kbd", "country", "oman") == near(0, 0)


def test_customs_see_relabelled_oil_under_its_label() -> None:
    # First draw: half of Iran's 400 is hidden, 120 of it Malaysian and 60 Omani. Second draw: no Iranian oil.
    first = {"russia": 360.0, "iran": 200.0, "oman": 360.0, "brazil": 100.0, "malaysia": 120.0}
    second = {"russia": 540.0, "iran": 0.0, "oman": 300.0, "brazil": 100.0, "malaysia": 0.0}

    for item in first:
        expected = first[item] / 1140, second[item] / 940
        assert of("share_declared", "country", item) == near(*expected), item


def test_what_sanctioned_oil_saves_against_ordinary_oil_of_its_type() -> None:
    # Type of the sea cargoes: only Oman is ordinary, 69 and 79. Type of the rest: only Brazil, 69 and 79.
    sea, pipe, iran = (200 * 7, 400 * 9.25), (200 * 11, 200 * 11), (400 * 14, 0)

    assert of("discount_value_usd_bn", "group", "russia") == near(bn(sea[0] + pipe[0]), bn(sea[1] + pipe[1]))
    assert of("discount_value_usd_bn", "group", "iran") == near(bn(iran[0]), 0)
    assert of("discount_value_usd_bn", "group", "gulf") == [0.0, 0.0]
    assert of("discount_value_usd_bn") == near(bn(1400 + 2200 + 5600), bn(3700 + 2200))


def test_dearer_sanctioned_oil_counts_negative() -> None:
    now = trade()
    fob = now.fob_usd_bbl.copy()
    fob[:, PIPE] = 79.0, 99.0  # 10 and 20 above Brazil's 69 and 79
    value = outcomes(changed(now, fob_usd_bbl=fob))["discount_value_usd_bn", "group"].values[:, 0]

    assert value.tolist() == near(bn(1400 - 2000), bn(3700 - 4000))


def test_sanctioned_oil_without_ordinary_oil_of_its_type_saves_nothing() -> None:
    now = trade()
    flow = now.flow_kbd.copy()
    flow[:, :3, OMAN] = 0.0
    value = outcomes(changed(now, flow_kbd=flow))["discount_value_usd_bn", "group"].values[:, 0]

    assert value.tolist() == near(bn(2200), bn(2200))


def test_sellers_earn_fob_less_rebates_from_every_buyer() -> None:
    russia = 700 * 60 + 200 * 58, 600 * 70 + 300 * 67 + 200 * 68

    assert of("seller_revenue_usd_bn", "group", "russia") == near(bn(russia[0]), bn(russia[1]))
    assert of("seller_revenue_usd_bn", "country", "iran") == near(bn(20_000), 0)
    assert of("seller_revenue_usd_bn", "group", "gulf") == near(bn(350 * 68), bn(350 * 78))
    assert of("seller_revenue_usd_bn", "country", "brazil") == near(bn(250 * 65), bn(250 * 75))


def test_unmet_is_a_shortfall_and_never_negative() -> None:
    assert FOUND["unmet_kbd", "buyer"].items == (*BUYERS, "china")
    # State refiners lack 50, and 30 of them come out of store.
    assert of("unmet_kbd", "buyer", "cn_state") == near(20, 20)
    assert of("unmet_kbd", "buyer", "cn_private") == near(0, 0)
    assert of("unmet_kbd", "buyer", "india") == near(50, 50)
    assert of("unmet_kbd", "buyer", "china") == near(20, 20)


def test_stocks_and_how_long_they_last() -> None:
    assert of("stock_draw_kbd", "buyer", "cn_state") == near(30, 30)
    assert of("stock_draw_kbd", "buyer", "china") == near(30, 30)
    assert of("stock_mb", "buyer", "cn_state") == near(-4, -4)
    assert of("stock_mb", "buyer", "india") == near(0, 0)
    # State refiners want 650 and 750 kb/d, and 896 mb are left; China as a whole 1,230 and 1,030.
    assert of("days_of_cover", "buyer", "cn_state") == near(896e3 / 650, 896e3 / 650)
    assert of("days_of_cover", "buyer", "china") == near(1096e3 / 1230, 1096e3 / 1030)


def test_prices_and_flows_are_of_loadings_and_the_bill_and_shares_of_arrivals() -> None:
    """The cargo that arrives was loaded in the calm month; what is loaded is not seen at the port yet."""
    here = outcomes(replace(trade(), landing=idle().landing))
    calm = outcomes(idle())
    assert here["brent_usd_bbl", "total"].values[:, 0].tolist() == near(*BRENT)
    for metric, by in (("flow_kbd", "buyer_stream"), ("seller_revenue_usd_bn", "group"), ("fob_usd_bbl", "stream")):
        np.testing.assert_array_equal(here[metric, by].values, FOUND[metric, by].values)
    for metric, by in (
        ("imports_kbd", "country"),
        ("import_bill_usd_bn", "segment"),
        ("landed_cost_usd_bbl", "stream"),
        ("share", "group"),
        ("share_declared", "country"),
        ("hhi", "total"),
        ("sanctioned_share", "total"),
        ("discount_value_usd_bn", "total"),
        ("tariff_revenue_usd_bn", "total"),
        ("bill_change_usd_bn", "component"),
    ):
        np.testing.assert_array_equal(here[metric, by].values, calm[metric, by].values, err_msg=metric)


def test_the_world_price_of_the_bill_is_that_of_the_months_of_loading() -> None:
    """Cargo loaded 3 USD dearer than the month's Brent: all of it stands under world price."""
    before = idle()
    late = replace(before.landing, world_price_usd_bbl=before.landing.world_price_usd_bbl + 3.0)
    parts = bill_change(replace(before, landing=late), before)
    assert parts.pop("world_price").tolist() == near(*[bn(1200 * 3 + 100 * 0.3)] * 2)
    for name, part in parts.items():
        assert part.tolist() == pytest.approx([0.0, 0.0], abs=1e-12), name


def test_loadings_by_pair() -> None:
    assert set(FOUND["flow_kbd", "buyer_stream"].items) == {f"{BUYERS[b]}:{STREAMS[i]}" for b, i in BOUGHT}
    assert of("flow_kbd", "buyer_stream", "india:russia_sea") == near(500, 500)
    assert of("flow_kbd", "buyer_stream", "cn_teapot:russia_sea") == near(100, 300)
    assert of("flow_kbd", "buyer_group", "cn_state:russia") == near(300, 300)
    assert of("flow_kbd", "buyer_group", "india:gulf") == near(50, 50)
    assert of("flow_kbd", "buyer_group", "europe:other") == near(150, 150)
    assert of("flow_kbd", "buyer_group", "china:russia") == near(400, 600)
    assert of("flow_kbd", "buyer_group", "rest_of_world:us") == [0.0, 0.0]


def test_concentration_and_exposure() -> None:
    # By country: Russia and Iran a third each, Oman a quarter, Brazil a twelfth; then 0.6, 0.3, 0.1.
    assert of("hhi") == near((16 + 16 + 9 + 1) / 144, 0.46)
    assert of("effective_suppliers") == near(144 / 42, 1 / 0.46)
    assert of("sanctioned_share") == near(2 / 3, 0.6)
    assert of("hormuz_share") == near((400 + 0.5 * 300) / 1200, 0.2 * 0.3)
    assert of("malacca_share") == near((400 + 300 + 50) / 1200, (300 + 50) / 1000)


def test_gdp_follows_brent_with_its_elasticity() -> None:
    first, second = 100 * ((70 / 60) ** -0.02 - 1), 100 * ((80 / 60) ** -0.05 - 1)

    assert of("gdp_effect_pct") == near(first, second)


def bill_change(now: Trade, before: Trade) -> dict[str, np.ndarray]:
    one = outcomes(now, before)["bill_change_usd_bn", "component"]
    return dict(zip(one.items, one.values.T, strict=True))


def bill(now: Trade) -> np.ndarray:
    return outcomes(now)["import_bill_usd_bn", "total"].values[:, 0]


def test_parts_of_the_bills_change_add_up_to_it() -> None:
    parts = bill_change(trade(), idle())

    assert list(parts) == ["world_price", "discounts", "freight", "tariffs", "mix", "volume"]
    np.testing.assert_allclose(sum(parts.values()), bill(trade()) - bill(idle()), atol=1e-9, rtol=0)


IDLE = {"brent_usd_bbl": np.array([60.0, 60.0]), "fob_usd_bbl": np.array([FOB[0], FOB[0]]) - 10.0}
LANDED_IDLE = 200 * 52 + 200 * 48 + 400 * 45 + 300 * 59.5 + 100 * 64.9


@pytest.mark.parametrize(
    ("component", "fields", "usd_bbl_kbd"),
    [
        # Brazil's 100 kb/d pay a tenth more in duty on whatever makes them dearer: of the same cause.
        ("world_price", {name: values + 5.0 for name, values in IDLE.items()}, 1200 * 5 + 100 * 0.5),
        ("discounts", {"fob_usd_bbl": IDLE["fob_usd_bbl"] - 2.0}, -1200 * 2 - 100 * 0.2),
        ("freight", {"freight_usd_bbl": idle().freight_usd_bbl + 3.0}, 1200 * 3 + 100 * 0.3),
        ("tariffs", {"duty_usd_bbl": idle().duty_usd_bbl + 1.5}, 1200 * 1.5),
        ("volume", {"flow_kbd": idle().flow_kbd * 1.5}, 0.5 * LANDED_IDLE),
    ],
)
def test_a_change_of_one_kind_stands_under_its_own_name(
    component: str, fields: dict[str, np.ndarray], usd_bbl_kbd: float
) -> None:
    parts = bill_change(changed(idle(), **fields), idle())

    assert parts.pop(component).tolist() == near(bn(usd_bbl_kbd), bn(usd_bbl_kbd))
    for name, part in parts.items():
        assert part.tolist() == pytest.approx([0.0, 0.0], abs=1e-12), name


def test_a_change_of_mix_alone() -> None:
    # 100 kb/d move from Oman, landed at 59.5, to the Russian pipe, landed at 48.
    before = idle()
    flow = before.flow_kbd.copy()
    flow[:, STATE, OMAN] -= 100.0
    flow[:, STATE, PIPE] += 100.0
    parts = bill_change(changed(before, flow_kbd=flow), before)

    assert parts["mix"].tolist() == near(bn(-1150), bn(-1150))
    assert parts["volume"].tolist() == pytest.approx([0.0, 0.0], abs=1e-12)


def test_the_carried_price_of_a_stream_that_ships_nothing_moves_no_part() -> None:
    now = trade()
    fob = now.fob_usd_bbl.copy()
    fob[1, IRAN] = 500.0
    plain, odd = bill_change(now, idle()), bill_change(changed(now, fob_usd_bbl=fob), idle())

    for name in plain:
        assert odd[name].tolist() == near(*plain[name].tolist()), name


@pytest.mark.parametrize("metric", ["import_bill_usd_bn", "imports_kbd", "share"])
@pytest.mark.parametrize("by", ["group", "country"])
def test_groups_and_countries_add_up_their_streams(metric: str, by: str) -> None:
    streams, parts = FOUND[metric, "stream"], FOUND[metric, by]
    labels = COUNTRIES if by == "country" else ("russia", "russia", "iran", "gulf", "other")

    for item, values in zip(parts.items, parts.values.T, strict=True):
        expected = sum(streams.values[:, i] for i in range(5) if labels[i] == item)
        np.testing.assert_allclose(values, expected, rtol=1e-12)
    assert parts.items == (GROUPS if by == "group" else ("russia", "iran", "oman", "brazil"))


@pytest.mark.parametrize("metric", ["import_bill_usd_bn", "imports_kbd"])
def test_segments_add_up_to_the_total(metric: str) -> None:
    assert FOUND[metric, "segment"].values.sum(axis=1).tolist() == near(*of(metric))


def nothing_bought() -> Trade:
    now = trade()
    flow = now.flow_kbd.copy()
    flow[1, :3] = 0.0
    return changed(now, flow_kbd=flow)


def test_a_china_that_imports_nothing_is_an_answer() -> None:
    parts = bill_change(nothing_bought(), idle())

    np.testing.assert_allclose(sum(parts.values())[1], -bill(idle())[1], atol=1e-9)


def test_a_trace_too_small_to_be_worth_anything_has_no_landed_cost() -> None:
    """Its value in bn USD is below the smallest number there is; a division by it would be infinite."""
    now = trade()
    flow = now.flow_kbd.copy()
    flow[:, :3, IRAN] = 5e-324
    found = outcomes(changed(now, flow_kbd=flow))["landed_cost_usd_bbl", "stream"]
    seen = dict(zip(found.items, found.values.T, strict=True))
    assert np.isnan(seen["iran"]).all()
    assert np.isfinite(seen["oman"]).all()
