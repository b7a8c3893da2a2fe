"""The shipped scenarios: sound, cleared, physical; and they go the way an economist would insist on."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import pytest

from simulator import library
from simulator.results import HORIZON, Results
from simulator.runs import run
from simulator.scenario import load_scenario

NAMES = [file.stem for file in library.files()]
MAY_BE_MISSING = ("fob_usd_bbl", "delivered_usd_bbl", "discount_usd_bbl", "landed_cost_usd_bbl")
"""Prices of what is not traded do not exist."""

NEVER_NEGATIVE = ("flow_kbd", "imports_kbd", "import_bill_usd_bn", "share", "share_declared", "unmet_kbd", "hhi",
                  "seller_revenue_usd_bn", "tariff_revenue_usd_bn", "hormuz_share", "malacca_share")  # fmt: skip
RUSSIAN_BY_SEA = ("russia_espo_kozmino", "russia_urals")


@cache
def result(name: str, *settings: tuple[str, object]) -> Results:
    return run(load_scenario(library.find(name), set=dict(settings)), draws=16)


def change(results: Results, metric: str, by: str = "total", item: str = "total", month: str = HORIZON) -> float:
    row = results.get(metric, by, item, month)
    return row.mean - row.baseline


def test_there_are_scenarios_and_each_has_its_file() -> None:
    assert {"baseline", "iran_offline", "hormuz_closed"} <= set(NAMES)
    assert all(Path(file).is_file() for file in library.files())


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name: str) -> None:
    scenario = load_scenario(library.find(name))

    assert scenario.name and scenario.name != name, "a name of its own, in words"
    assert scenario.summary and scenario.summary.endswith(".")


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
        figures = (row.baseline, row.mean, row.p05, row.p50, row.p95)
        if row.metric not in MAY_BE_MISSING and not all(map(math.isfinite, figures)):
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
    for row in result("baseline").rows:
        if row.by == "segment" or row.metric in ("flow_kbd", "share_declared"):
            continue  # how China's refiners split the crude, and how customs name it, are uncertain even at rest
        figures = [row.mean, row.p05, row.p50, row.p95]
        expected = [row.baseline] * 4
        assert figures == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True), row


def test_iran_offline() -> None:
    found = result("iran_offline")

    assert found.get("brent_usd_bbl").p05 > found.get("brent_usd_bbl").baseline
    assert found.get("import_bill_usd_bn").p05 > found.get("import_bill_usd_bn").baseline
    assert found.get("share", "group", "iran").p95 == 0.0
    assert found.get("seller_revenue_usd_bn", "group", "iran").p95 == 0.0
    for stream in (*RUSSIAN_BY_SEA, "venezuela_merey"):
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
    short = result("iran_offline", ("shocks.0.end", "2026-05"))

    assert 0 < change(short, "import_bill_usd_bn") < change(result("iran_offline"), "import_bill_usd_bn")


def test_hormuz_closed() -> None:
    found = result("hormuz_closed")

    brent = {month: change(found, "brent_usd_bbl", month=month) for month in found.months}
    assert brent["2026-05"] > brent["2026-06"] > brent["2026-07"] > 0, "full, then two months of recovery"
    assert max(brent, key=lambda month: brent[month]) <= "2026-05", "never dearer than while the strait is shut"
    assert change(found, "share", "group", "gulf", "2026-04") < 0
    assert change(found, "hormuz_share", month="2026-04") < 0
    assert brent["2026-05"] > change(result("iran_offline"), "brent_usd_bbl", month="2026-05"), "Iran is one of many"


def test_the_duty_on_us_crude_lifted() -> None:
    found = result("us_crude_tariff_lifted")

    assert change(found, "share", "group", "us") > 0
    assert change(found, "flow_kbd", "buyer_group", "china:us") > 0
    assert found.get("tariff_revenue_usd_bn").p95 == pytest.approx(0.0, abs=1e-9)
    assert abs(change(found, "brent_usd_bbl")) < 0.01 * found.get("brent_usd_bbl").baseline


def test_venezuela_cut_off() -> None:
    found = result("venezuela_cut_off")

    assert found.get("share", "group", "venezuela").p95 == 0.0
    assert change(found, "seller_revenue_usd_bn", "group", "venezuela") < 0
    assert change(found, "fob_usd_bbl", "stream", "venezuela_merey") < 0, "its seller must find others"
    assert change(found, "import_bill_usd_bn") > 0
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
    kozmino = [change(found, "discount_usd_bbl", "stream", RUSSIAN_BY_SEA[0], month) for month in found.months[:3]]
    assert kozmino[0] > kozmino[1] > kozmino[2], "two months of ramp, full in the third"


def test_alaskan_crude_comes_to_asia() -> None:
    found = result("alaska_energy_deal")

    assert change(found, "flow_kbd", "buyer_group", "china:us") > 0
    assert change(found, "share", "group", "us") > change(result("us_crude_tariff_lifted"), "share", "group", "us")
    assert change(found, "fob_usd_bbl", "stream", "usa_ans") < 0, "more of a grade sells for less"
