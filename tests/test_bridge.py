"""The checks of the baseline: shares add up, the bridge closes, price anchors differ by the known gap."""

from __future__ import annotations

import pytest

from simulator import bridge
from simulator.datasets import table

STEPS = ("physical_kbd", "density_kbd", "venezuelan_blend_kbd", "relabelling_kbd", "unexplained_kbd")


def test_import_shares_of_2025() -> None:
    rows = {row["item"]: row for row in bridge.import_shares()}
    assert list(rows) == ["russia", "iran", "venezuela", "gulf", "us", "other", "total"]
    assert rows["total"]["kbd"] == 11755.0
    assert sum(row["kbd"] for item, row in rows.items() if item != "total") == 11755.0
    assert sum(row["share"] for item, row in rows.items() if item != "total") == pytest.approx(1.0)
    assert (rows["iran"]["kbd"], rows["venezuela"]["kbd"], rows["us"]["kbd"]) == (1380.0, 450.0, 48.0)
    sanctioned = rows["russia"]["share"] + rows["iran"]["share"] + rows["venezuela"]["share"]
    assert 0.31 < sanctioned < 1 / 3, "just under a third in calendar 2025"


def test_import_shares_of_other_flows() -> None:
    rows = {row["item"]: row for row in bridge.import_shares({"iran_light": 30.0, "iraq_basrah": 50.0, "oman": 20.0})}
    assert (rows["iran"]["share"], rows["gulf"]["share"], rows["us"]["kbd"]) == (0.3, 0.7, 0.0)


def test_every_line_of_the_bridge_closes() -> None:
    rows = bridge.customs_bridge()
    for row in rows:
        assert sum(row[step] for step in STEPS) == pytest.approx(row["customs_kbd"], abs=1e-9), row["origin"]
    total = rows[-1]
    assert (total["origin"], total["physical_kbd"], total["customs_kbd"]) == ("total", 11755.0, 11555.0)
    assert total["venezuelan_blend_kbd"] == -265.0
    assert total["relabelling_kbd"] == 0.0, "a label moves barrels between origins and makes none"


def test_the_bridge_explains_most_of_the_difference_by_origin() -> None:
    rows = {row["origin"]: row for row in bridge.customs_bridge()}
    assert rows["iran"]["relabelling_kbd"] == -1380.0
    assert rows["iran"]["customs_kbd"] == rows["venezuela"]["customs_kbd"] == 0.0
    assert rows["malaysia"]["relabelling_kbd"] == 1062.0 + 185.0
    assert rows["iraq"]["density_kbd"] > 0 > rows["russia"]["density_kbd"], "heavy crude weighs more a barrel"
    assert abs(rows["total"]["unexplained_kbd"]) < 50.0
    for origin, row in rows.items():
        assert abs(row["unexplained_kbd"]) < 50.0, origin


def test_density_step_by_hand() -> None:
    # Kuwait: 374 kb/d at 7.184 barrels a tonne are 19.00 Mt; at 7.3 barrels these are 380.04 kb/d.
    row = next(row for row in bridge.customs_bridge() if row["origin"] == "kuwait")
    assert row["density_kbd"] == pytest.approx(374 * 365 / 7.184 * 7.3 / 365 - 374)


def test_price_anchors_show_both_and_their_gap() -> None:
    rows = {row["origin"]: row for row in bridge.price_anchors()}
    saudi = rows["saudi_arabia"]
    assert saudi["customs_vs_brent_usd_bbl"] == pytest.approx(74.52 - 69.10)
    assert saudi["gap_usd_bbl"] == pytest.approx(74.52 - 69.10 - 3.8)
    for origin in ("saudi_arabia", "iraq", "uae", "kuwait", "oman"):
        assert 1.0 < rows[origin]["gap_usd_bbl"] < 4.5, origin
    assert -4.0 < rows["russia"]["gap_usd_bbl"] < -1.0
    assert rows["iran"]["customs_usd_bbl"] is rows["iran"]["gap_usd_bbl"] is None
    assert "malaysia" not in rows, "the label hides Iranian crude; its unit value says nothing of Malaysian crude"


def test_the_price_used_for_russia_is_the_customs_mean() -> None:
    rows = {row["origin"]: row for row in bridge.price_anchors()}
    anchors = {row["stream"]: row for row in table("prices").where(baseline="2025")}
    anchor = anchors["russia_urals"]["customs_vs_brent_usd_bbl"]
    assert rows["russia"]["used_vs_brent_usd_bbl"] == pytest.approx(anchor, abs=0.05)
