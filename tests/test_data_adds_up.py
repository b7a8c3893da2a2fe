"""What the tables say together: totals come back, every stream is everywhere, provenance is complete."""

from __future__ import annotations

import re

import numpy as np
import pytest

from simulator import axes, datasets
from simulator.balancing import balance
from simulator.datasets import table

STANDINGS = ("measured", "published", "estimated", "guessed")
STREAMS = datasets.vocabulary().streams
SEGMENTS = ("state", "private", "teapot")
SEGMENT_TOTALS = {"state": 7355.0, "private": 1800.0, "teapot": 2600.0}
REGIONS = ("china", *axes.BUYERS[3:])


def flow(stream: str, buyer: str) -> int:
    rows = table("flows_2025").where(stream=stream, buyer=buyer)
    return rows[0]["kbd"] if rows else 0


def test_the_trade_matrix_balances_to_the_barrel() -> None:
    flows = table("flows_2025")
    assert sum(flows.column("kbd")) == 46730
    afloat = sum(row["kbd"] for row in flows.where(buyer="afloat"))
    assert afloat == 360
    assert sum(row["kbd"] for row in flows.rows if row["buyer"] != "afloat") == 46370
    assert sum(row["kbd"] for row in flows.where(buyer="china")) == 11755
    assert all(kbd > 0 for kbd in flows.column("kbd"))


@pytest.mark.parametrize(
    ("buyer", "kbd"),
    [
        ("india", 5205), ("japan_korea_taiwan", 5980), ("other_asia", 3820), ("europe", 9900),
        ("turkey", 660), ("united_states", 6170), ("rest_of_world", 2880),
    ],
)  # fmt: skip
def test_imports_by_region(buyer: str, kbd: int) -> None:
    assert sum(row["kbd"] for row in table("flows_2025").where(buyer=buyer)) == kbd


def test_only_sanctioned_crude_is_left_afloat() -> None:
    afloat = {row["stream"] for row in table("flows_2025").where(buyer="afloat")}
    assert afloat == {"russia_urals", "iran_light", "iran_heavy", "venezuela_merey"}


@pytest.mark.parametrize("name", ["streams", "supply", "china_segments_2025", "china_segments_early_2026"])
def test_every_stream_has_one_row_in_order(name: str) -> None:
    assert table(name).column("stream") == STREAMS


def test_every_stream_has_flows_and_both_prices() -> None:
    assert set(table("flows_2025").column("stream")) == set(STREAMS)
    for baseline in table("baselines").column("baseline"):
        assert tuple(row["stream"] for row in table("prices").where(baseline=baseline)) == STREAMS


def test_segments_are_the_fit_of_their_first_guess() -> None:
    segments = table("china_segments_2025")
    china = np.array([float(flow(stream, "china")) for stream in STREAMS])
    guess = np.array([segments.column(f"first_guess_{who}_share") for who in SEGMENTS]).T
    fitted = balance(guess * china[:, None], china, np.array(list(SEGMENT_TOTALS.values())), tolerance=1e-14)
    kept = np.array([segments.column(f"cn_{who}_kbd") for who in SEGMENTS]).T
    np.testing.assert_allclose(kept, fitted, atol=1e-8)
    np.testing.assert_allclose(kept.sum(axis=1), china, atol=1e-9)
    np.testing.assert_allclose(kept.sum(axis=0), list(SEGMENT_TOTALS.values()), atol=1e-8)


def test_segments_keep_what_is_known() -> None:
    rows = {row["stream"]: row for row in table("china_segments_2025").rows}
    assert rows["russia_espo_pipeline"]["cn_private_kbd"] == rows["russia_espo_pipeline"]["cn_teapot_kbd"] == 0.0
    for grade in ("iran_light", "iran_heavy"):
        assert 0.85 < rows[grade]["cn_teapot_kbd"] / flow(grade, "china") < 0.97
    assert "inferred" in str(table("china_segments_2025").meta["title"])
    assert all(row["standing"] in ("estimated", "guessed") for row in rows.values())
    groups = {row["stream"]: row["group"] for row in table("streams").rows}
    ordinary = sum(
        row["cn_teapot_kbd"] for row in rows.values() if groups[row["stream"]] not in ("russia", "iran", "venezuela")
    )
    known = table("parameters").where(name="teapot_ordinary_crude_share")[0]
    assert known["low"] < ordinary / 2600.0 < known["high"]


def test_nobody_ships_above_capacity_and_prices_are_above_shut_in() -> None:
    brent = {row["baseline"]: row["brent_usd_bbl"] for row in table("baselines").rows}
    prices = table("prices")
    for row in table("supply").rows:
        stream = row["stream"]
        assert row["capacity_low_kbd"] <= row["capacity_kbd"] <= row["capacity_high_kbd"]
        for flows in ("flows_2025", "flows_early_2026"):
            exports = sum(cell["kbd"] for cell in table(flows).where(stream=stream))
            assert exports <= row["capacity_kbd"], (stream, flows)
        for price in prices.where(stream=stream):
            fob = brent[price["baseline"]] + price["delivered_vs_brent_usd_bbl"] - price["freight_usd_bbl"]
            assert fob > row["shut_in_price_usd_bbl"], (stream, price["baseline"])


def test_brent_is_the_brent_of_the_baselines() -> None:
    brent = {row["baseline"]: row["brent_usd_bbl"] for row in table("baselines").rows}
    assert brent == {"2025": 69.10, "early_2026": 68.75}
    for row in table("baselines").rows:
        assert row["flows"] == f"flows_{row['baseline']}"
        assert row["prices_of"] == row["baseline"]


def test_prices_lie_in_their_ranges() -> None:
    for row in table("prices").rows:
        mid = row["delivered_vs_brent_usd_bbl"]
        assert row["delivered_low"] <= mid <= row["delivered_high"], (row["stream"], row["baseline"])
    assert not [
        row for row in table("prices").where(baseline="early_2026") if row["customs_vs_brent_usd_bbl"] is not None
    ]


def test_quality_types_follow_the_rule_in_the_sidecar() -> None:
    for row in table("streams").rows:
        if row["api"] >= 33.0 and row["sulphur_pct"] <= 0.6:
            expected = "light_sweet"
        elif row["api"] <= 28.0 and row["sulphur_pct"] >= 1.6:
            expected = "heavy_sour"
        else:
            expected = "medium_sour"
        assert row["quality_type"] == expected, row["stream"]
    assert set(table("streams").column("quality_type")) == set(axes.QUALITIES)


def test_density_follows_gravity() -> None:
    # A tonne holds 6.2898 / d barrels, d = 141.5 / (131.5 + API); means of mixed grades differ a little.
    for row in table("streams").rows:
        density = 141.5 / (131.5 + row["api"])
        assert row["barrels_per_tonne"] == pytest.approx(6.2898 / density, rel=0.025), row["stream"]


def test_iran_is_split_sixty_forty() -> None:
    for buyer in (*REGIONS, "afloat"):
        light, heavy = flow("iran_light", buyer), flow("iran_heavy", buyer)
        assert light * 2 == heavy * 3


def test_production_covers_exports() -> None:
    country = {row["stream"]: row["country"] for row in table("streams").rows}
    exports: dict[str, int] = {}
    for row in table("flows_2025").rows:
        exports[country[row["stream"]]] = exports.get(country[row["stream"]], 0) + row["kbd"]
    rows = table("production").rows
    assert tuple(row["country"] for row in rows) == datasets.vocabulary().countries
    for row in rows:
        assert row["exports_kbd"] == exports[row["country"]]
        assert row["domestic_runs_kbd"] == max(0.0, row["crude_production_kbd"] - row["exports_kbd"])
        assert row["exports_kbd"] <= 1.1 * row["crude_production_kbd"], row["country"]
    places = {row["country"]: row["runs_in_buyer"] for row in rows}
    assert (places["usa"], places["norway"], places["malaysia"]) == ("united_states", "europe", "other_asia")


def test_runs_add_up_to_the_world() -> None:
    buyers = {row["buyer"]: row for row in table("buyers").rows}
    assert sum(row["refinery_runs_kbd"] for row in buyers.values()) == 83800.0
    assert sum(buyers[who]["refinery_runs_kbd"] for who in axes.CHINA_SEGMENTS) == 14750.0
    assert sum(buyers[who]["own_crude_kbd"] for who in axes.CHINA_SEGMENTS) == 4321.0
    assert 1100.0 <= sum(buyers[who]["stocks_mb"] for who in axes.CHINA_SEGMENTS) <= 1500.0
    for who, row in buyers.items():
        assert row["refinery_runs_kbd"] <= row["capacity_kbd"], who
        assert row["strategic_stocks_mb"] <= row["stocks_mb"], who
        assert (row["quota_kbd"] is None) == (who != "cn_teapot")
    assert buyers["cn_teapot"]["quota_kbd"] == table("parameters").where(name="teapot_quota_kbd")[0]["mid"]


def test_runs_are_fed() -> None:
    """Imports, own crude and domestic use of a region come near its runs; China's surplus fills stocks."""
    home: dict[str, float] = {}
    for row in table("production").rows:
        home[row["runs_in_buyer"]] = home.get(row["runs_in_buyer"], 0.0) + row["domestic_runs_kbd"]
    buyers = {row["buyer"]: row for row in table("buyers").rows}
    for region in REGIONS[1:]:
        imports = sum(row["kbd"] for row in table("flows_2025").where(buyer=region))
        fed = imports + buyers[region]["own_crude_kbd"] + home.get(region, 0.0)
        assert fed == pytest.approx(buyers[region]["refinery_runs_kbd"], rel=0.06), region
    assert 300.0 < 11755.0 + 4321.0 - 14750.0 < 1500.0


def test_outlets() -> None:
    rows = table("chokepoints").rows
    capacity = {row["stream"]: row["capacity_kbd"] for row in table("supply").rows}
    for stream in {row["stream"] for row in rows}:
        own = [row for row in rows if row["stream"] == stream]
        assert sum(row["exposed_share"] for row in own) <= 1.0
        assert sum(row["bypass_kbd"] for row in own) <= capacity[stream]
    behind = {row["stream"]: row for row in table("chokepoints").where(chokepoint="hormuz")}
    assert "oman" not in behind, "Oman loads outside the Strait"
    assert behind["saudi_arabia"]["bypass_kbd"] == 4091.0
    assert behind["iraq_basrah"]["exposed_share"] == 1.0
    china = sum(flow(stream, "china") * row["exposed_share"] for stream, row in behind.items())
    assert 4500.0 < china < 5600.0, "close to EIA's 5.4 mb/d of crude through Hormuz to China"


def test_every_flow_has_a_route_and_every_gap_is_impossible() -> None:
    region_of = dict(zip(STREAMS, table("streams").column("load_region"), strict=True))
    ways = {(row["load_region"], row["buyer_region"]): row for row in table("routes").rows}
    impossible = {(row["stream"], row["buyer"]) for row in table("pairs").where(status="impossible")}
    for stream in STREAMS:
        for buyer in REGIONS:
            if (region_of[stream], buyer) not in ways:
                assert flow(stream, buyer) == 0, (stream, buyer)
                assert (stream, buyer) in impossible, (stream, buyer)
    for row in ways.values():
        assert (row["distance_nm"] == 0) == bool(row["by_pipeline"])
        if row["by_pipeline"]:
            assert row["malacca"] == row["bab_el_mandeb"] == row["cape"] == 0
        assert row["bab_el_mandeb"] + row["cape"] <= 1.0


def test_known_ways() -> None:
    ways = {(row["load_region"], row["buyer_region"]): row for row in table("routes").rows}
    assert (
        ways["siberia_overland", "china"]["by_pipeline"] == ways["canada_inland", "united_states"]["by_pipeline"] == 1
    )
    urals, gulf, kozmino = (ways[place, "china"] for place in ("baltic_black_sea", "gulf", "kozmino"))
    assert (urals["malacca"], urals["bab_el_mandeb"], urals["cape"]) == (1, 1, 0)
    assert (gulf["malacca"], gulf["bab_el_mandeb"], gulf["cape"]) == (1, 0, 0)
    assert kozmino["distance_nm"] < gulf["distance_nm"] < urals["distance_nm"] < ways["us_gulf", "china"]["distance_nm"]


def test_passages_are_those_of_the_routes() -> None:
    passages = table("passages")
    assert set(passages.column("passage")) <= set(table("routes").meta["columns"])
    for row in passages.rows:
        assert row["detour_days"] == pytest.approx(row["detour_nm"] / 300.0)


def test_pairs_carry_nothing() -> None:
    pairs = table("pairs")
    for row in pairs.rows:
        if row["buyer"] in REGIONS:
            assert flow(row["stream"], row["buyer"]) == 0, row
        assert (row["reference_share"] is None) == (row["reference_year"] is None)
    status = {(row["stream"], row["buyer"]): row["status"] for row in pairs.rows}
    for buyer in ("india", "europe", "united_states", "japan_korea_taiwan", "turkey"):
        assert status["iran_light", buyer] == "barred"
    assert status["russia_urals", "europe"] == "barred"
    assert status["russia_druzhba", "china"] == "impossible"
    assert all(status["russia_espo_pipeline", buyer] == "impossible" for buyer in REGIONS[1:])
    shares = {(row["stream"], row["buyer"]): row["reference_share"] for row in pairs.rows}
    iran = (shares["iran_light", "india"] or 0.0) + (shares["iran_heavy", "india"] or 0.0)
    assert iran == pytest.approx(531 / 4541, abs=1e-4), "India's imports of 2018"


def test_duties_on_us_crude() -> None:
    for row in table("duties").rows:
        assert (row["buyer"], row["rate"], row["usd_bbl"]) == ("china", 0.2, 0.0)
    known = {(row["stream"], row["baseline"]): row["reference_flow_kbd"] for row in table("duties").rows}
    assert known["usa_wti", "2025"] == known["usa_wti", "early_2026"] == 190.0
    assert known["usa_ans", "2025"] == 0.0


def test_labels_and_true_origins_are_the_same_barrels() -> None:
    moved = table("relabelling")
    assert sum(row["kbd"] for row in moved.where(country="iran")) == flow("iran_light", "china") + flow(
        "iran_heavy", "china"
    )
    assert sum(row["kbd"] for row in moved.where(country="venezuela")) == flow("venezuela_merey", "china")
    customs = {row["country"]: row["customs_kbd"] for row in table("customs_2025").rows}
    for label in ("malaysia", "indonesia"):
        assert sum(row["kbd"] for row in moved.where(declared_as=label)) + flow(label, "china") == customs[label]
    assert customs["malaysia"] == 1297
    assert customs["indonesia"] == 293
    assert "iran" not in customs


def test_customs_add_up() -> None:
    customs = table("customs_2025")
    assert sum(customs.column("customs_kbd")) == 11555
    assert sum(customs.column("mt")) == pytest.approx(577.73, abs=0.05)
    for row in customs.rows:
        assert row["mt"] == pytest.approx(row["customs_kbd"] * 365 / 7.3 / 1000), row["country"]


def test_unit_values_agree_with_customs_weights() -> None:
    customs = {row["country"]: row["mt"] for row in table("customs_2025").rows}
    for row in table("unit_values_2025").rows:
        assert row["mt"] == pytest.approx(customs[row["country"]], rel=0.012, abs=0.05), row["country"]


def test_parameters_are_ordered_and_inside_their_bounds() -> None:
    for row in table("parameters").rows:
        assert row["minimum"] <= row["low"] < row["mid"] < row["high"] <= row["maximum"], row["name"]
        if row["scale"] == "log":
            assert row["low"] > 0.0, row["name"]
        if row["standing"] == "guessed":
            assert row["url"] is None
        else:
            assert str(row["url"]).startswith("http"), row["name"]


def test_spread_across_types_is_never_below_spread_within() -> None:
    rows = {row["name"]: row for row in table("parameters").rows}
    for point in ("low", "mid", "high"):
        assert rows["dispersion_across_usd_bbl"][point] >= rows["dispersion_within_usd_bbl"][point]


COMPUTED = ("posterior", "structural_error")
"""Tables that a command writes: a caveat says their standing, the producer which command."""
OWN = (*COMPUTED, "tolerances")
"""Tables without a figure of anybody else."""


@pytest.mark.parametrize("name", COMPUTED)
def test_what_a_command_computed_says_which_and_its_standing(name: str) -> None:
    meta = table(name).meta
    assert meta["producer"].startswith("oilsim ")
    assert name == "structural_error" or any("Standing: estimated" in caveat for caveat in meta["caveats"])


@pytest.mark.parametrize("name", sorted(set(datasets.names()) - set(COMPUTED)))
def test_every_row_has_standing_and_source(name: str) -> None:
    columns = table(name).meta["columns"]
    source = "source" if "source" in columns else "citation"
    for row in table(name).rows:
        assert row["standing"] in STANDINGS
        assert row[source]


@pytest.mark.parametrize("name", datasets.names())
def test_sidecars_are_complete(name: str) -> None:
    meta = table(name).meta
    licence = meta["licence"]
    known = "facts quoted from public reports" if name not in OWN else "own estimate"
    assert licence in ("public domain", f"{known}, no licence claimed") or "CC" in licence
    assert meta["url"] is None or meta["url"].startswith("http")
    assert set(meta["dates"]) == {"covers", "retrieved"}
    assert meta["caveats"]
    for column, rule in meta["columns"].items():
        assert rule["meaning"], column
        assert rule["type"] in ("str", "int", "float"), column
        if rule["type"] != "str" and name != "parameters":
            assert "low" in rule and "high" in rule, column
        if name in COMPUTED:
            continue  # a parameter has its unit in its own row
        if column.endswith("_usd_bbl"):
            assert rule["unit"] == "USD/bbl"
        if column.endswith("_kbd"):
            assert rule["unit"] == "kb/d"


@pytest.mark.parametrize("name", datasets.names())
def test_sources_are_public_pages_and_no_machine_shows(name: str) -> None:
    where = datasets.folder()
    for suffix in ("csv", "yaml"):
        text = (where / f"{name}.{suffix}").read_text(encoding="utf-8")
        assert not re.search(r"https?://\d+\.\d+\.\d+\.\d+", text), "a bare address is cited as a press report"
        assert not re.search(r"aHR0c|/p5/index\.php|general knowledge|judgement|looked up|my estimate", text)
        assert not re.search(r"(^|[\s\"'(])/(work|tmp|home|root)/", text)
        assert "\r" not in text
