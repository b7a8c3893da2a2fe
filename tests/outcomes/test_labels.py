"""Names stand on the right numbers: the baseline column against the tables, read here with nothing but csv.

A swapped axis or a shifted label gives finite, plausible numbers; only the tables can tell.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from simulator.results import Results
from simulator.runs import run
from simulator.scenario import load_scenario

ROOT = Path(__file__).parents[2]
BRENT = 69.1
DAYS = 31  # March
SEGMENTS = ("cn_state", "cn_private", "cn_teapot")
MONTH = "2026-03"


def table(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def mid(scenario: str, *settings: tuple[str, object]) -> Results:
    """One month at mid values."""
    path = ROOT / "scenarios" / f"{scenario}.yaml"
    return run(load_scenario(path, set={**dict(settings), "baseline": "2025", "months": 1}), draws=1)


def baseline(metric: str, by: str) -> dict[str, float]:
    rows = mid("iran_offline").rows
    return {r.item: r.baseline for r in rows if (r.metric, r.by, r.month) == (metric, by, MONTH)}


STREAMS = {row["stream"]: row for row in table("streams")}
PRICES = {row["stream"]: row for row in table("prices") if row["baseline"] == "2025"}
FLOWS = {(row["buyer"], row["stream"]): float(row["kbd"]) for row in table("flows_2025")}
TO_CHINA = {stream: FLOWS.get(("china", stream), 0.0) for stream in STREAMS}
IMPORTS = sum(TO_CHINA.values())


def fob(stream: str) -> float:
    return BRENT + float(PRICES[stream]["delivered_vs_brent_usd_bbl"]) - float(PRICES[stream]["freight_usd_bbl"])


def added_up(label: str, by_stream: dict[str, float]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for stream, value in by_stream.items():
        total[STREAMS[stream][label]] += value
    return dict(total)


@pytest.mark.parametrize("metric", ["discount_usd_bbl", "delivered_usd_bbl"])
def test_delivered_prices_are_those_of_the_price_table(metric: str) -> None:
    found = baseline(metric, "stream")

    bought = [stream for stream, kbd in TO_CHINA.items() if kbd > 0]
    above = 0.0 if metric == "discount_usd_bbl" else BRENT
    expected = {s: above + float(PRICES[s]["delivered_vs_brent_usd_bbl"]) for s in bought}
    assert set(found) == set(STREAMS)
    assert {s: found[s] for s in bought} == pytest.approx(expected, abs=1e-5)


def test_fob_prices_are_delivered_less_freight() -> None:
    assert baseline("fob_usd_bbl", "stream") == pytest.approx({s: fob(s) for s in STREAMS}, abs=1e-5)


def test_imports_are_those_of_the_flow_table() -> None:
    assert baseline("imports_kbd", "stream") == pytest.approx(TO_CHINA, rel=1e-6, abs=1e-6)
    for label in ("country", "group"):
        assert baseline("imports_kbd", label) == pytest.approx(added_up(label, TO_CHINA), rel=1e-6, abs=1e-6)
        shares = {item: kbd / IMPORTS for item, kbd in added_up(label, TO_CHINA).items()}
        assert baseline("share", label) == pytest.approx(shares, rel=1e-6, abs=1e-9)


def test_imports_of_the_segments_are_those_of_their_table() -> None:
    rows = table("china_segments_2025")
    expected = {segment: sum(float(row[f"{segment}_kbd"]) for row in rows) for segment in SEGMENTS}

    # The teapots' ordinary crude is a parameter; its mid value is the table's to three digits.
    assert baseline("imports_kbd", "segment") == pytest.approx(expected, rel=2e-3)


def test_every_pairs_flow_stands_under_its_own_name() -> None:
    others = {f"{b}:{s}": kbd for (b, s), kbd in FLOWS.items() if b not in ("china", "afloat") and kbd > 0}
    rows = table("china_segments_2025")
    ours = {f"{segment}:{row['stream']}": float(row[f"{segment}_kbd"]) for row in rows for segment in SEGMENTS}
    ours = {pair: kbd for pair, kbd in ours.items() if kbd > 0}
    found = baseline("flow_kbd", "buyer_stream")

    assert set(found) == set(others) | set(ours)
    assert {pair: found[pair] for pair in others} == pytest.approx(others, rel=1e-6, abs=1e-5)
    # The teapots' ordinary crude is a parameter; its mid value is the table's to three digits.
    assert {pair: found[pair] for pair in ours} == pytest.approx(ours, rel=1e-2)


def test_flows_by_group_add_up_the_flow_table() -> None:
    found = baseline("flow_kbd", "buyer_group")

    for buyer in {b for b, _ in FLOWS} - {"afloat"}:
        for group in {row["group"] for row in STREAMS.values()}:
            kbd = sum(q for (b, s), q in FLOWS.items() if b == buyer and STREAMS[s]["group"] == group)
            assert found[f"{buyer}:{group}"] == pytest.approx(kbd, rel=1e-6, abs=1e-4), (buyer, group)


def test_sellers_earn_what_the_tables_say() -> None:
    landed = {s: sum(q for (b, i), q in FLOWS.items() if i == s and b not in ("afloat",)) for s in STREAMS}
    earned = {s: landed[s] * fob(s) * DAYS / 1e6 for s in STREAMS}

    for label in ("country", "group"):
        assert baseline("seller_revenue_usd_bn", label) == pytest.approx(added_up(label, earned), rel=1e-6)


def test_the_bill_is_imports_at_delivered_price_and_duty() -> None:
    landed = {s: BRENT + float(PRICES[s]["delivered_vs_brent_usd_bbl"]) for s in STREAMS}
    for row in table("duties"):
        if (row["buyer"], row["baseline"]) == ("china", "2025"):
            landed[row["stream"]] = landed[row["stream"]] * (1 + float(row["rate"])) + float(row["usd_bbl"])
    bill = {s: TO_CHINA[s] * landed[s] * DAYS / 1e6 for s in STREAMS}

    assert baseline("import_bill_usd_bn", "stream") == pytest.approx(bill, rel=1e-6, abs=1e-9)
    assert baseline("import_bill_usd_bn", "total")["total"] == pytest.approx(sum(bill.values()), rel=1e-6)


def test_exposure_to_the_straits_is_that_of_the_geography_tables() -> None:
    hormuz = {r["stream"]: float(r["exposed_share"]) for r in table("chokepoints") if r["chokepoint"] == "hormuz"}
    malacca = {r["load_region"]: float(r["malacca"]) for r in table("routes") if r["buyer_region"] == "china"}
    through_hormuz = sum(TO_CHINA[s] * share for s, share in hormuz.items()) / IMPORTS
    through_malacca = sum(q * malacca[STREAMS[s]["load_region"]] for s, q in TO_CHINA.items() if q > 0) / IMPORTS
    sanctioned = sum(q for s, q in TO_CHINA.items() if STREAMS[s]["group"] in ("russia", "iran", "venezuela")) / IMPORTS

    assert baseline("hormuz_share", "total")["total"] == pytest.approx(through_hormuz, rel=1e-6)
    assert baseline("malacca_share", "total")["total"] == pytest.approx(through_malacca, rel=1e-6)
    assert baseline("sanctioned_share", "total")["total"] == pytest.approx(sanctioned, rel=1e-6)
    squares = sum((q / IMPORTS) ** 2 for q in added_up("country", TO_CHINA).values())
    assert baseline("hhi", "total")["total"] == pytest.approx(squares, rel=1e-6)


def test_customs_names_follow_the_relabelling_table() -> None:
    (hidden,) = [float(row["mid"]) for row in table("parameters") if row["name"] == "relabelled_share"]
    renamed: dict[str, dict[str, float]] = {}
    for row in table("relabelling"):
        renamed.setdefault(row["country"], {})[row["declared_as"]] = float(row["kbd"])
    declared: dict[str, float] = defaultdict(float)
    for stream, kbd in TO_CHINA.items():
        country = STREAMS[stream]["country"]
        weighed = kbd / float(STREAMS[stream]["barrels_per_tonne"])
        names = renamed.get(country, {})
        declared[country] += (1 - hidden) * weighed if names else weighed
        for name, known in names.items():
            declared[name] += hidden * weighed * known / sum(names.values())
    declared.pop("outside_customs")  # by weight; customs' 7.3 barrels a tonne cancel out in shares

    expected = {country: tonnes / sum(declared.values()) for country, tonnes in declared.items()}
    assert baseline("share_declared", "country") == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("offline", ["iran", "norway", "usa_wti"])
def test_brent_is_read_off_the_north_sea_and_wti_that_still_ship(offline: str) -> None:
    found = mid("iran_offline", ("shocks.0.streams", (offline,)))
    change = {s: found.get("fob_usd_bbl", "stream", s, MONTH).mean - fob(s) for s in STREAMS}

    exports = {s: sum(q for (_, i), q in FLOWS.items() if i == s) for s in ("norway", "united_kingdom", "usa_wti")}
    exports.pop(offline, None)
    expected = BRENT + sum(q * change[s] for s, q in exports.items()) / sum(exports.values())
    assert found.get("brent_usd_bbl", month=MONTH).mean == pytest.approx(expected, abs=1e-9)
