"""The base month as arrays: totals, order and pairs of the market of 2025."""

from __future__ import annotations

import pytest

from simulator import datasets
from simulator.axes import BUYERS, QUALITIES
from simulator.inputs.baseline import Baseline


def test_chinas_imports_and_brent_are_the_published_ones(base: Baseline) -> None:
    assert base.flow_kbd[:3].sum() == pytest.approx(11_755.0, rel=1e-12)
    assert base.brent_usd_bbl == 69.10


def test_the_segments_of_china_add_up_to_the_country_row_of_the_flow_table(base: Baseline) -> None:
    for row in datasets.table("flows_2025").rows:
        i = base.labels.streams.index(row["stream"])
        if row["buyer"] == "china":
            assert base.flow_kbd[:3, i].sum() == pytest.approx(row["kbd"], abs=1e-9), row["stream"]
        elif row["buyer"] == "afloat":
            assert base.afloat_kbd[i] == row["kbd"]
        else:
            assert base.flow_kbd[BUYERS.index(row["buyer"]), i] == row["kbd"]


def test_streams_stand_sorted_by_quality_and_the_nests_cut_them_there(base: Baseline) -> None:
    quality = {row["stream"]: row["quality_type"] for row in datasets.table("streams").rows}
    assert sorted(base.labels.streams) == sorted(quality)
    for name, nest in zip(QUALITIES, base.labels.nests, strict=True):
        assert {quality[stream] for stream in base.labels.streams[nest]} == {name}
    assert [nest.stop - nest.start for nest in base.labels.nests] == [18, 21, 7]


def test_every_stream_has_room_above_its_exports_and_stands_clear_of_shutting_in(base: Baseline) -> None:
    assert (base.exports_kbd < 0.995 * base.capacity_kbd).all()
    assert (base.fob_usd_bbl > base.shut_in_usd_bbl + 10).all()
    assert (base.afloat_kbd[~base.three_sellers] == 0).all()


def test_a_pair_is_traded_unused_barred_or_shut_and_only_one_of_them(base: Baseline) -> None:
    kinds = (base.flow_kbd > 0).astype(int) + base.pairs.unused + base.pairs.barred
    assert kinds.max() == 1
    india, iran = BUYERS.index("india"), base.labels.streams.index("iran_light")
    assert base.pairs.barred[india, iran] and base.pairs.reference_share[india, iran] == 0.07016
    druzhba = base.labels.streams.index("russia_druzhba")
    assert kinds[:3, druzhba].sum() == 0, "the western pipelines end in Europe"


def test_duty_stands_on_us_crude_in_all_three_segments_with_the_flow_of_2024(base: Baseline) -> None:
    us = base.labels.stream_mask(("usa_wti", "usa_ans"))
    assert (base.duty_rate[:3][:, us] == 0.2).all()
    assert base.duty_rate[3:].sum() == 0 and base.duty_rate[:3][:, ~us].sum() == 0
    assert base.duty_free_flow_kbd.sum() == pytest.approx(190.0, rel=1e-12)
