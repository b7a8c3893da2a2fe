"""What the file's form allows and the market does not: refused at its place, all of it at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator import InputError, Scenario, datasets
from simulator.inputs.baseline import Baseline
from simulator.inputs.refusals import refuse_impossible

Write = Callable[..., Scenario]


def shocks(*lines: str) -> str:
    return "shocks:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


def refused(scenario: Scenario) -> str:
    with pytest.raises(InputError) as caught:
        refuse_impossible(scenario)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("type: supply_outage, streams: [iran], loss_kbd: 3000", "is more than these streams export"),
        ("type: demand, buyers: [turkey], change_kbd: -700", "takes away more than these buyers import"),
        ("type: capacity, streams: [usa_ans], change_kbd: -60", "takes away more capacity than there is"),
        ("type: tariff, streams: [us], buyers: [china], rate: -0.21", "leaves a duty below 0 for china"),
        ("type: tariff, streams: [oman], buyers: [india], usd_bbl: -1", "leaves a duty below 0 for india"),
    ],
)
def test_what_the_market_cannot_do_is_refused_at_its_place(scenario: Write, line: str, words: str) -> None:
    found = refused(scenario(shocks("type: embargo, streams: [oman], buyers: [india]", line)))
    assert words in found and "shocks.1." in found


def test_all_that_is_refused_is_refused_at_once(scenario: Write) -> None:
    found = refused(
        scenario(
            shocks(
                "type: supply_outage, streams: [iran], loss_kbd: 3000",
                "type: tariff, streams: [us], buyers: [china], rate: -0.15",
                "type: tariff, streams: [us], buyers: [cn_state], rate: -0.15",
            )
        )
    )
    assert "shocks.0.loss_kbd" in found and "shocks.1.rate" in found and "shocks.2.rate" in found


def test_the_whole_duty_may_be_lifted_and_all_exports_lost(scenario: Write, base: Baseline) -> None:
    oman = base.exports_kbd[base.labels.streams.index("oman")]
    fine = scenario(
        shocks(
            "type: tariff, streams: [us], buyers: [china], rate: -0.20",
            "type: supply_outage, streams: [iran], loss_share: 1.0",
            f"type: supply_outage, streams: [oman], loss_kbd: {oman}",
        )
    )
    refuse_impossible(fine)
    assert len(fine.shocks) == 3


def test_a_parameter_all_buyers_share_cannot_be_set_for_one(scenario: Write) -> None:
    found = refused(scenario("parameters: {habit_half_life_months.india: 2, demand_elasticity_month.india: 0.1}\n"))
    assert "parameters.habit_half_life_months.india" in found and "same for all buyers" in found
    assert "parameters.demand_elasticity_month.india:" not in found


def test_a_segment_cannot_need_less_than_it_imports(scenario: Write) -> None:
    """Independents import 2,600 kb/d; China as a whole 11,755."""
    refused(scenario(shocks("type: demand, buyers: [cn_teapot], change_kbd: -5000")))


def test_the_duty_may_be_lifted_segment_by_segment(scenario: Write) -> None:
    line = "type: tariff, streams: [us], rate: -0.15, buyers: "
    refuse_impossible(scenario(shocks(line + "[cn_state]", line + "[cn_private]", line + "[cn_teapot]")))


CAPACITY_ANS_KBD = next(row["capacity_kbd"] for row in datasets.table("supply").rows if row["stream"] == "usa_ans")
THREAT = "type: secondary_tariff, coalition: [us], rate: 1, "
PROMISE = "type: purchase_commitment, buyers: [china], "


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ("type: stock_release, buyers: [turkey], rate_kbd: 100, total_mb: 41", "total_mb", "stock of 40 mb"),
        (
            "type: stock_release, buyers: [turkey], rate_kbd: 100, total_mb: {low: 5, mid: 10, high: 41}",
            "total_mb",
            "releases 41 mb from turkey",
        ),
        ("type: stock_release, buyers: [turkey], rate_kbd: 220", "rate_kbd", "releases 40.48 mb from turkey"),
        ("type: stock_release, buyers: [turkey, india], rate_kbd: 1, total_mb: 400", "total_mb", "by base flow"),
        (THREAT + "streams: [russia_druzhba]", "streams", "cannot reach china"),
        (PROMISE + "streams: [russia_druzhba], volume_kbd: 1", "streams", "cannot reach these buyers"),
        (
            "type: purchase_commitment, buyers: [india], streams: [russia_espo_pipeline], value_usd_bn_year: 1",
            "streams",
            "cannot reach these buyers: there is no way for any of these streams (given russia_espo_pipeline)",
        ),
        (PROMISE + "streams: [usa_ans], volume_kbd: 1000", "volume_kbd", "is more than these streams can export"),
        (
            PROMISE + "streams: [usa_ans], volume_kbd: {low: 1, mid: 2, high: 1000}",
            "volume_kbd",
            f"to these buyers, {CAPACITY_ANS_KBD:,.0f} kb/d (given 1000)",
        ),
    ],
)
def test_promises_threats_and_reserves_that_cannot_be(scenario: Write, line: str, key: str, words: str) -> None:
    found = refused(scenario(shocks("type: embargo, streams: [oman], buyers: [india]", line)))
    assert f": shocks.1.{key}: " in found and words in found and "\n" not in found


def test_a_stream_out_of_reach_adds_nothing_to_a_promise(scenario: Write) -> None:
    line = PROMISE + f"streams: [usa_ans, russia_druzhba], volume_kbd: {CAPACITY_ANS_KBD + 1}"
    assert "is more than these streams can export" in refused(scenario(shocks(line)))
    line = PROMISE + f"streams: [usa_ans, russia_druzhba], volume_kbd: {CAPACITY_ANS_KBD}"
    refuse_impossible(scenario(shocks(line)))


def test_new_capacity_makes_room_for_a_promise(scenario: Write) -> None:
    promise = PROMISE + f"streams: [usa_ans], volume_kbd: {CAPACITY_ANS_KBD + 300}"
    refused(scenario(shocks(promise, "type: capacity, streams: [usa_ans], change_kbd: 299")))
    refuse_impossible(scenario(shocks(promise, "type: capacity, streams: [usa_ans], change_kbd: 300")))


def test_one_stream_within_reach_is_enough(scenario: Write) -> None:
    streams = "streams: [russia_druzhba, russia_urals]"
    refuse_impossible(scenario(shocks(THREAT + streams, PROMISE + streams + ", value_usd_bn_year: 5")))


def test_releases_of_one_holder_add_up(scenario: Write) -> None:
    line = "type: stock_release, rate_kbd: 100, total_mb: 25, buyers: "
    found = refused(scenario(shocks(line + "[turkey]", line + "[india]", line + "[turkey]")))
    assert "shocks.2.total_mb" in found and "shocks.0" not in found and "shocks.1" not in found


def test_a_release_counts_the_days_it_runs(scenario: Write) -> None:
    """40 mb are 1,290 kb/d for a month of 31 days, and half of it while it builds up."""
    line = "type: stock_release, buyers: [turkey], start: 2026-03, end: 2026-03, rate_kbd: "
    refuse_impossible(scenario(shocks(line + "1290")))
    refused(scenario(shocks(line + "1291")))
    refuse_impossible(scenario(shocks(line + "2580, ramp_months: 1")))
    refused(scenario(shocks(line + "2581, ramp_months: 1")))
