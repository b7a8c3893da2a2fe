"""From a checked scenario to numbers: whose value counts, and which names stand for whom."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

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


EXPOSED = "type: sanction, streams: [russia], buyers: [india, cn_state, turkey], exposed_share: 0.5"
SURE = (
    "parameters: {compliance_share: 0.4, compliance_share.india: 0.2, sanction_risk_usd_bbl: 8,"
    " workaround_half_life_months: 2, return_half_life_months: 6}\n"
)


def left_to_experience(compiled: Callable[..., tuple], line: str) -> dict[tuple[str, str], tuple[list, list]]:
    """Numbers and workarounds of what a sanction becomes, by buyer and key."""
    found = {}
    for measure in compiled(SURE + shocks(line))[1]:
        (buyer,) = [name for name, hit in zip(BUYERS, measure.buyers, strict=True) if hit]
        ((key, value),) = measure.numbers.items()
        found[buyer, key] = value.tolist(), measure.workaround[:, 0].tolist()
    return found


def test_a_sanction_left_to_experience_is_what_each_buyer_does_and_fears(compiled: Callable[..., tuple]) -> None:
    """Half of the units are reached: of those the buyer's share stops, the rest fear half of the whole risk."""
    found = left_to_experience(compiled, EXPOSED)
    assert len(found) == 6
    for buyer, stops in (("india", 0.1), ("cn_state", 0.2), ("turkey", 0.2)):
        assert found[buyer, "leave_share"][0] == pytest.approx([stops])
        assert found[buyer, "risk_usd_bbl"][0] == pytest.approx([4.0])


def test_those_who_stopped_come_back_at_a_pace_of_their_own(compiled: Callable[..., tuple]) -> None:
    found = left_to_experience(compiled, EXPOSED)
    assert found["india", "leave_share"][1] == pytest.approx([0.5 ** (n / 6) for n in range(6)])
    assert found["india", "risk_usd_bbl"][1] == pytest.approx([0.5 ** (n / 2) for n in range(6)])


def test_a_half_life_a_risk_or_a_share_that_is_given_wins_over_experience(compiled: Callable[..., tuple]) -> None:
    found = left_to_experience(compiled, EXPOSED + ", half_life_months: 3, risk_usd_bbl: 11")
    assert found["turkey", "risk_usd_bbl"][0] == [11.0]
    for key in ("leave_share", "risk_usd_bbl"):
        assert found["turkey", key][1] == pytest.approx([0.5 ** (n / 3) for n in range(6)])
    given = left_to_experience(compiled, EXPOSED + ", leave_share: 0.3")
    assert given["india", "leave_share"][0] == [0.3] and given["india", "risk_usd_bbl"][0] == pytest.approx([4.0])
