"""From a checked scenario to numbers: whose value counts, and which names stand for whom."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator import Scenario
from simulator.axes import BUYERS
from simulator.inputs.baseline import Baseline
from simulator.inputs.compile import opened_pairs, uncertain

Write = Callable[..., Scenario]


def shocks(*lines: str) -> str:
    return "shocks:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


def test_the_users_value_replaces_the_tables_and_a_buyers_own_stands_beside_it(scenario: Write) -> None:
    parameters, _ = uncertain(
        scenario("parameters: {unused_pair_factor: 0.7, dispersion_within_usd_bbl.india: {low: 1, mid: 2, high: 4}}\n")
    )
    assert parameters["unused_pair_factor"].is_constant and parameters["unused_pair_factor"].mid == 0.7
    assert parameters["dispersion_within_usd_bbl"].mid == 4.0
    own = parameters["dispersion_within_usd_bbl.india"]
    assert (own.low, own.mid, own.high, own.in_logs) == (1.0, 2.0, 4.0, True)
    assert (own.minimum, own.maximum) == (0.2, 50.0)


def test_every_number_of_a_shock_is_a_range_by_its_path(scenario: Write) -> None:
    line = (
        "type: sanction, streams: [iran], buyers: [china], leave_share: 0.4, risk_usd_bbl: {low: -1, mid: 2, high: 3}"
    )
    _, numbers = uncertain(scenario(shocks("type: embargo, streams: [oman], buyers: [india]", line)))
    assert set(numbers) == {"shocks.1.leave_share", "shocks.1.risk_usd_bbl"}
    assert not numbers["shocks.1.risk_usd_bbl"].in_logs, "a range that crosses 0 has no logs"
    assert numbers["shocks.1.leave_share"].maximum == 1.0


def test_countries_groups_and_streams_of_a_shock_are_a_set(compiled: Callable[..., tuple], base: Baseline) -> None:
    _, (measure,) = compiled(shocks("type: supply_outage, streams: [iran, iran_light, oman], loss_share: 0.5"))
    named = {s for s, hit in zip(base.labels.streams, measure.streams, strict=True) if hit}
    assert named == {"iran_light", "iran_heavy", "oman"}
    _, (measure,) = compiled(shocks("type: embargo, streams: [gulf], buyers: [china, cn_state]"))
    assert [b for b, hit in zip(BUYERS, measure.buyers, strict=True) if hit] == list(BUYERS[:3])
    assert measure.streams.sum() == 7


def test_workarounds_count_from_full_strength_with_the_parameters_half_life(compiled: Callable[..., tuple]) -> None:
    line = "type: sanction, streams: [iran], buyers: [china], leave_share: 0.4, ramp_months: 1"
    _, (measure,) = compiled("parameters: {workaround_half_life_months: 2}\n" + shocks(line))
    np.testing.assert_allclose(measure.workaround[:, 0], [1, 1, 0.5**0.5, 0.5, 0.5**1.5, 0.25])
    assert measure.strength[:3] == (0.5, 1.0, 1.0)


def test_pairs_that_open_are_those_of_new_capacity_and_of_lifted_sanctions(scenario: Write, base: Baseline) -> None:
    here = scenario(
        shocks(
            "type: capacity, streams: [usa_ans], change_kbd: 100",
            "type: capacity, streams: [brazil], change_kbd: -100",
            "type: sanction, streams: [iran], buyers: [india], leave_share: 0, risk_usd_bbl: -5",
            "type: sanction, streams: [venezuela], buyers: [turkey], risk_usd_bbl: 5",
        )
    )
    opened = opened_pairs(here, base, uncertain(here)[1])
    at, iran = base.labels.streams.index, base.labels.stream_mask(("iran_light", "iran_heavy"))
    assert opened[BUYERS.index("india")][iran].all()
    assert opened[:, at("usa_ans")].tolist() == base.pairs.unused[:, at("usa_ans")].tolist()
    assert opened.sum() == 2 + base.pairs.unused[:, at("usa_ans")].sum()
