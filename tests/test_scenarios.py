"""The shipped scenarios: sound, cleared, physical; and they go the way an economist would insist on."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

import pytest

from simulator import library
from simulator.results import HORIZON, HORIZON_ONLY, NEVER, Results
from simulator.runs import run
from simulator.scenario import load_scenario

NAMES = [file.stem for file in library.files()]
MAY_BE_MISSING = ("fob_usd_bbl", "delivered_usd_bbl", "discount_usd_bbl", "landed_cost_usd_bbl")
"""Prices of what is not traded do not exist."""

NEVER_NEGATIVE = ("flow_kbd", "imports_kbd", "import_bill_usd_bn", "share", "share_declared", "unmet_kbd", "hhi",
                  "seller_revenue_usd_bn", "tariff_revenue_usd_bn", "hormuz_share", "malacca_share")  # fmt: skip
LONGEST_SUMMARY = 110
LIBRARY = set(
    """
    alaska_energy_deal baseline buy_american demand_slump grand_bargain hormuz_closed hormuz_closed_1q hormuz_closed_2q
    hormuz_closed_3q hormuz_closed_with_release india_returns_to_russia iran_deal_without_china iran_offline
    iran_offline_quarter malacca_disturbed price_cap_lowered reserve_filling russia_all_china_stops
    russia_state_majors_stop secondary_tariff_100_unenforced secondary_tariff_100_us secondary_tariff_100_us_eu
    secondary_tariff_500_us shadow_fleet_squeezed teapots_sanctioned us_crude_tariff_10 us_crude_tariff_20
    us_crude_tariff_lifted venezuela_cut_off worst_case
    """.split()  # noqa: SIM905, a list of thirty lines would say no more
)
RUSSIAN_BY_SEA = ("russia_espo_kozmino", "russia_urals")


@cache
def result(name: str, *settings: tuple[str, object]) -> Results:
    return run(load_scenario(library.find(name), set=dict(settings)), draws=16)


def change(results: Results, metric: str, by: str = "total", item: str = "total", month: str = HORIZON) -> float:
    row = results.get(metric, by, item, month)
    return row.mean - row.baseline


def test_the_library_is_complete() -> None:
    assert set(NAMES) == LIBRARY
    assert all(Path(file).is_file() for file in library.files())


def test_every_scenario_is_described_and_nothing_else_is() -> None:
    page = (Path(__file__).parents[1] / "docs" / "scenarios.md").read_text(encoding="utf-8")

    assert sorted(re.findall(r"^## (\S+)$", page, flags=re.MULTILINE)) == sorted(NAMES)


def test_scenarios_of_2026_start_from_early_2026() -> None:
    other = {name for name in NAMES if load_scenario(library.find(name)).baseline != "early_2026"}

    assert other == {"russia_state_majors_stop"}, "what it shows has happened before 2026"


def test_each_covers_one_to_two_years_and_every_shock_says_where_it_comes_from() -> None:
    for name in NAMES:
        scenario = load_scenario(library.find(name))
        assert 12 <= scenario.months <= 24, name
        assert all(shock.note for shock in scenario.shocks), name


def test_iran_is_let_through_hormuz() -> None:
    for name in NAMES:
        if name.startswith("hormuz"):
            (closure,) = [s for s in load_scenario(library.find(name)).shocks if s.type == "chokepoint"]
            assert closure.except_streams == ("iran",), name


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name: str) -> None:
    scenario = load_scenario(library.find(name))

    assert scenario.name and scenario.name != name, "a name of its own, in words"
    assert scenario.summary and scenario.summary.endswith(".")
    assert len(scenario.summary) < LONGEST_SUMMARY, "one line in `oilsim list`"


def test_no_two_scenarios_share_a_name() -> None:
    names = [load_scenario(file).name for file in library.files()]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", NAMES)
def test_it_clears_in_every_draw(name: str) -> None:
    results = result(name)

    assert results.unconverged == 0
    assert results.manifest["solver"]["largest_residual"] <= results.manifest["solver"]["tolerance"]


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_physical(name: str) -> None:
    odd = []
    for row in result(name).rows:
        figures = (row.mean, row.p05, row.p50, row.p95)
        if row.metric not in HORIZON_ONLY:  # what a policy costs has no baseline
            figures = (row.baseline, *figures)
        if row.metric not in (*MAY_BE_MISSING, *NEVER) and not all(map(math.isfinite, figures)):
            odd.append(("missing", row))
        if any(map(math.isinf, figures)):
            odd.append(("infinite", row))
        if row.metric in NEVER_NEGATIVE and min(figures) < -1e-9:
            odd.append(("negative", row))
        if row.metric in ("fob_usd_bbl", "brent_usd_bbl", "delivered_usd_bbl") and not math.isnan(row.mean):
            odd.extend([("a price at or below 0", row)] if row.p05 <= 0 else [])
    assert not odd


@pytest.mark.parametrize("name", NAMES)
def test_shares_add_up_and_replacements_balance(name: str) -> None:
    rows = [row for row in result(name).rows if row.month == HORIZON]

    for by in ("group", "country", "stream", "segment"):
        assert sum(r.mean for r in rows if (r.metric, r.by) == ("share", by)) == pytest.approx(1.0)
    moved = sum(r.mean for r in rows if (r.metric, r.by) == ("replacement_kbd", "country"))
    assert moved == pytest.approx(change(result(name), "imports_kbd"), abs=1e-6)


def test_in_the_baseline_nothing_moves_and_no_draw_differs() -> None:
    found_brent = result("baseline").get("brent_usd_bbl").baseline
    found_imports = result("baseline").get("imports_kbd").baseline
    for row in result("baseline").rows:
        if row.by == "segment" or row.metric in ("flow_kbd", "share_declared", "days_of_cover"):
            continue  # how refiners split the crude, how customs name it and what is in store: uncertain even at rest
        figures = [row.mean, row.p05, row.p50, row.p95]
        expected = [row.baseline] * 4
        # What is the small difference of large figures is as flat as those are.
        # Keen holders turn the rest of the clearing, 1e-8, into some 1e-6 kb/d.
        rooms = {"discount_usd_bbl": 1e-6 * found_brent, "unmet_kbd": 1e-9 * found_imports, "stock_draw_kbd": 1e-5}
        room = rooms.get(row.metric, 1e-6)
        assert figures == pytest.approx(expected, rel=1e-6, abs=room, nan_ok=True), row


def test_iran_offline() -> None:
    found = result("iran_offline")

    assert found.get("brent_usd_bbl").p05 > found.get("brent_usd_bbl").baseline
    assert change(found, "import_bill_usd_bn") > 0
    assert found.get("share", "group", "iran", found.months[0]).mean > 0, "what was loaded before still arrives"
    last = found.get("share", "group", "iran", found.months[-1])
    assert last.mean < 0.1 * last.baseline, "most of what was afloat is sold by then"
    revenue = found.get("seller_revenue_usd_bn", "group", "iran")
    assert revenue.p95 < 0.3 * revenue.baseline, "only what was afloat is sold"
    for stream in RUSSIAN_BY_SEA:
        assert change(found, "discount_usd_bbl", "stream", stream) > 0, f"{stream}: the discount narrows"
    assert change(found, "seller_revenue_usd_bn", "group", "russia") > 0
    assert change(found, "imports_kbd") < 0 < change(found, "unmet_kbd", "buyer", "china")
    teapot, state = (
        change(found, "unmet_kbd", "buyer", buyer) / found.get("imports_kbd", "segment", buyer).baseline
        for buyer in ("cn_teapot", "cn_state")
    )
    assert teapot > state, "those that bought it miss it most"


def test_half_the_loss_hurts_less_than_the_whole() -> None:
    whole, half = result("iran_offline"), result("iran_offline", ("shocks.0.loss_share", 0.5))

    for metric in ("brent_usd_bbl", "import_bill_usd_bn"):
        assert 0 < change(half, metric) < change(whole, metric)
    assert change(half, "share", "group", "iran") > change(whole, "share", "group", "iran")


def test_a_longer_outage_costs_more() -> None:
    short, whole = result("iran_offline_quarter"), result("iran_offline")

    assert 0 < change(short, "import_bill_usd_bn") < change(whole, "import_bill_usd_bn")
    same = ("brent_usd_bbl", "total", "total", "2026-04")
    assert change(short, *same) == pytest.approx(change(whole, *same)), "nobody knows how long it will last"


def test_iran_back_without_china_changes_hands_and_not_the_world_price() -> None:
    found = result("iran_deal_without_china")
    last = found.months[-1]

    assert change(found, "flow_kbd", "buyer_group", "china:iran", last) < -1000
    assert change(found, "flow_kbd", "buyer_group", "india:iran", last) > 0
    assert abs(change(found, "brent_usd_bbl")) < 0.02 * found.get("brent_usd_bbl").baseline
    assert change(found, "discount_usd_bbl", "stream", RUSSIAN_BY_SEA[0]) > 0, "independents turn to Russia"


@pytest.mark.parametrize("name", ["hormuz_closed_1q", "hormuz_closed_2q", "hormuz_closed_3q"])
def test_hormuz_closed(name: str) -> None:
    found = result(name)
    end = {"1q": "2026-05", "2q": "2026-08", "3q": "2026-11"}[name[-2:]]

    brent = {month: change(found, "brent_usd_bbl", month=month) for month in found.months}
    assert max(brent, key=lambda month: brent[month]) <= end, "never dearer than while the strait is shut"
    after = [value for month, value in brent.items() if month > end]
    assert brent[end] > after[0] > after[1] > after[2], "two months of recovery"
    assert change(found, "share", "group", "gulf", "2026-05") < 0
    assert change(found, "hormuz_share", month="2026-04") < 0
    assert change(found, "flow_kbd", "buyer_group", "china:iran", "2026-04") > -400, "Iran's tankers pass"
    assert brent[end] > change(result("iran_offline"), "brent_usd_bbl", month="2026-05"), "Iran is one of many"


def test_a_longer_closure_is_not_cheaper_and_a_release_lowers_the_price_from_april() -> None:
    one, two, three, eased = (result(f"hormuz_closed_{which}") for which in ("1q", "2q", "3q", "with_release"))

    for month in one.months[:9]:
        prices = [change(found, "brent_usd_bbl", month=month) for found in (one, two, three)]
        assert prices == sorted(prices) or max(prices) - min(prices) < 0.05, month
    for month in one.months[1:6]:
        assert change(eased, "brent_usd_bbl", month=month) < change(one, "brent_usd_bbl", month=month)


def test_the_short_name_of_hormuz_is_the_one_quarter_file() -> None:
    short, long = result("hormuz_closed"), result("hormuz_closed_1q")

    assert short.csv_lines() == long.csv_lines()


def test_the_duty_on_us_crude() -> None:
    lifted, half, kept = (result(f"us_crude_tariff_{which}") for which in ("lifted", "10", "20"))

    flow = [change(found, "flow_kbd", "buyer_group", "china:us") for found in (lifted, half, kept)]
    assert flow[0] > flow[1] > flow[2] == pytest.approx(0.0, abs=1e-6)
    assert lifted.get("tariff_revenue_usd_bn").p95 == pytest.approx(0.0, abs=1e-9)
    assert abs(change(lifted, "brent_usd_bbl")) < 0.01 * lifted.get("brent_usd_bbl").baseline


def test_the_yardstick_of_the_duties_does_not_move() -> None:
    for row in result("us_crude_tariff_20").rows:
        if row.by == "total" and row.metric != "bill_change_usd_bn":
            assert [row.mean, row.p05, row.p95] == pytest.approx([row.baseline] * 3, rel=1e-6, abs=1e-6), row


def test_venezuela_cut_off() -> None:
    found = result("venezuela_cut_off")

    assert found.get("share", "group", "venezuela", found.months[-1]).p95 == 0.0
    assert change(found, "seller_revenue_usd_bn", "group", "venezuela") < 0
    assert change(found, "fob_usd_bbl", "stream", "venezuela_merey") < 0, "its seller must find others"
    assert change(found, "flow_kbd", "buyer_group", "united_states:venezuela") > 0
    iran = change(result("iran_offline"), "brent_usd_bbl")
    assert change(found, "brent_usd_bbl") < iran, "a barrel that finds another buyer is not a barrel lost"


def test_state_majors_stop_buying_russian_cargoes() -> None:
    found = result("russia_state_majors_stop")

    for stream in RUSSIAN_BY_SEA:
        assert change(found, "discount_usd_bbl", "stream", stream) < 0, f"{stream}: the discount widens"
        assert change(found, "flow_kbd", "buyer_stream", f"cn_teapot:{stream}") > 0, "those that stay take more"
    assert change(found, "flow_kbd", "buyer_group", "cn_state:russia") < 0
    assert change(found, "flow_kbd", "buyer_group", "india:russia") < 0
    assert change(found, "seller_revenue_usd_bn", "group", "russia") < 0
    assert change(found, "discount_usd_bbl", "stream", "iran_light") < 0, "nothing happened to Iran"
    kozmino = [change(found, "discount_usd_bbl", "stream", RUSSIAN_BY_SEA[0], month) for month in found.months[:3]]
    assert kozmino[0] > kozmino[1] > kozmino[2], "two months of ramp, full in the third"


def test_all_of_china_stops_and_india_returns() -> None:
    stop, back = result("russia_all_china_stops"), result("india_returns_to_russia")

    assert stop.get("flow_kbd", "buyer_group", "china:russia", stop.months[-1]).p95 == pytest.approx(0.0, abs=1e-6)
    assert change(stop, "seller_revenue_usd_bn", "group", "russia") < 0
    for metric, by, item in (("fob_usd_bbl", "stream", "oman"), ("landed_cost_usd_bbl", "total", "total")):
        assert change(stop, metric, by, item) > 0, "oil like that of the pipeline; light sweet is run less with it"
    assert change(back, "flow_kbd", "buyer_group", "india:russia") > 0 > change(back, "share", "group", "russia")
    for stream in RUSSIAN_BY_SEA:
        port = change(stop, "fob_usd_bbl", "stream", stream) - change(stop, "brent_usd_bbl")
        assert port < 0 < change(back, "discount_usd_bbl", "stream", stream)


@pytest.mark.parametrize("name", ["shadow_fleet_squeezed", "price_cap_lowered"])
def test_fewer_ships_for_sanctioned_oil_cost_buyer_and_seller(name: str) -> None:
    found = result(name)

    assert (
        change(found, "delivered_usd_bbl", "stream", "russia_urals")
        > 0
        > change(found, "fob_usd_bbl", "stream", "russia_urals")
    )


def test_a_cap_in_five_months_changes_nothing_before() -> None:
    found = result("price_cap_lowered")

    assert change(found, "brent_usd_bbl", month="2026-07") == pytest.approx(0.0, abs=1e-6)
    assert abs(change(found, "brent_usd_bbl", month="2026-09")) > 1e-3


def test_sanctioned_independents() -> None:
    found = result("teapots_sanctioned")

    assert change(found, "discount_usd_bbl", "stream", "iran_light") < 0
    assert change(found, "flow_kbd", "buyer_group", "cn_teapot:iran") < 0


def test_a_detour_loses_no_oil() -> None:
    found = result("malacca_disturbed")

    assert abs(change(found, "brent_usd_bbl")) < 1.0
    assert 0 < change(found, "import_bill_usd_bn") < 0.02 * found.get("import_bill_usd_bn").baseline


def test_promises_to_buy_american_cost_a_subsidy() -> None:
    promise, alaska = result("buy_american"), result("alaska_energy_deal")

    for found in (promise, alaska):
        assert change(found, "flow_kbd", "buyer_group", "china:us") > 0
    assert promise.get("commitment_subsidy_usd_bbl", "stream", "usa_wti").p05 > 0
    assert promise.get("commitment_shortfall_kbd", "stream", "usa_wti").mean > 0, "the ceiling binds"
    assert alaska.get("commitment_shortfall_kbd", "stream", "usa_ans").p95 == pytest.approx(0.0, abs=1e-3)
    assert alaska.get("energy_commitment_usd_bn").p05 < alaska.get("energy_commitment_usd_bn").p95
    last = alaska.months[-1]
    assert alaska.get("imports_kbd", "stream", "usa_ans", last).mean == pytest.approx(200.0, rel=0.01)


def test_secondary_tariffs() -> None:
    us, wider, doubted, steep = (
        result(f"secondary_tariff_{which}") for which in ("100_us", "100_us_eu", "100_unenforced", "500_us")
    )

    cost = us.get("comply_cost_usd_bn").mean
    assert 0 < cost < us.get("defy_cost_usd_bn").mean < steep.get("defy_cost_usd_bn").mean
    for found in (wider, doubted, steep):
        assert found.get("comply_cost_usd_bn").mean == pytest.approx(cost), "the oil costs the same"
    for found in (wider, steep):
        assert found.get("breakeven_enforcement").p50 < us.get("breakeven_enforcement").p50
    assert steep.get("defy_cost_usd_bn").mean < 5 * us.get("defy_cost_usd_bn").mean, "concave in the rate"
    assert doubted.get("share_without_breakeven").mean > us.get("share_without_breakeven").mean
    assert doubted.get("share", "group", "russia").mean > us.get("share", "group", "russia").mean


def test_the_grand_bargain_and_the_worst_case() -> None:
    bargain, worst = result("grand_bargain"), result("worst_case")

    assert change(bargain, "share", "group", "us") > 0 > change(bargain, "share", "group", "russia")
    assert change(bargain, "share", "group", "iran") < 0
    assert change(worst, "brent_usd_bbl") > change(result("iran_offline"), "brent_usd_bbl")
    assert change(worst, "unmet_kbd", "buyer", "china") > change(result("iran_offline"), "unmet_kbd", "buyer", "china")


def test_demand_and_reserves_pull_both_ways() -> None:
    slump, filling = result("demand_slump"), result("reserve_filling")

    assert change(slump, "brent_usd_bbl", month="2026-09") < 0 < change(filling, "brent_usd_bbl", month="2026-09")
    stored = -filling.get("stock_mb", "buyer", "china", "2026-08").mean
    assert abs(stored) > 0 and change(filling, "imports_kbd") > 0
