"""What the file's form allows and the market does not: refused at its place, all of it at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator import InputError, Scenario
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
    assert "shocks.0.loss_kbd" in found and "shocks.2.rate" in found and "shocks.1.rate" not in found


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
