"""A part of the draws: the same numbers as in the whole block, lost draws told as in any run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator import load_scenario
from simulator.blocks import prepare, solve
from simulator.explorer import trails
from simulator.explorer.outcomes import METRICS
from simulator.explorer.part import Part, Share
from simulator.explorer.solver import shares
from simulator.inputs.draws import Block
from simulator.market import clearing
from simulator.scenario import Scenario

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
ROWS = (100, 132)


def asked(loss_share: float, months: int = 3) -> Scenario:
    return load_scenario(SCENARIOS / "iran_offline.yaml", set={"shocks.0.loss_share": loss_share, "months": months})


def test_its_draws_are_those_of_the_block() -> None:
    part = Part(Share(256, 1, 0, ROWS))
    found = part.run(asked(1.0), exact=True)
    whole = solve(prepare(asked(1.0), metrics=METRICS), Block(1, 0))
    assert found.after.keys == whole.after.keys
    np.testing.assert_allclose(found.after.values, whole.after.values[slice(*ROWS)], rtol=1e-8, atol=1e-8)


def test_draws_that_do_not_clear_are_those_of_any_run(monkeypatch: pytest.MonkeyPatch) -> None:
    part = Part(Share(256, 1, 0, ROWS))
    part.run(asked(0.5), exact=False)
    monkeypatch.setattr(clearing, "MAX_ITERATIONS", 5)
    monkeypatch.setattr(clearing, "SOFTER", ())
    whole = solve(prepare(asked(0.9), metrics=METRICS), Block(1, 0))
    expected = whole.path.converged[slice(*ROWS)]
    assert 0 < expected.sum() < len(expected)
    found = part.run(asked(0.9), exact=False)
    np.testing.assert_array_equal(found.converged, expected)
    np.testing.assert_array_equal(found.stop.month, whole.path.stop.month[slice(*ROWS)])


def test_a_rate_moves_no_barrel_and_an_answer_is_not_sought_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = SCENARIOS / "secondary_tariff_100_us.yaml"
    part = Part(Share(256, 1, 0, ROWS))
    before = part.run(load_scenario(scenario, set={"months": 2}), exact=False)
    monkeypatch.setattr(trails, "follow", lambda *_, **__: pytest.fail("a path was followed again"))
    after = part.run(load_scenario(scenario, set={"months": 2, "shocks.0.rate": 0.01}), exact=False)
    assert before.bargain is not None
    assert after.bargain is not None
    np.testing.assert_array_equal(after.bargain.comply_cost_usd_bn, before.bargain.comply_cost_usd_bn)
    assert (after.bargain.threat.added_rate != before.bargain.threat.added_rate).all()


def test_few_steps_are_needed_beside_a_path_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    search = clearing._search

    def counted(*given: object) -> clearing.Clearing:
        found = search(*given)  # type: ignore[arg-type]
        steps.append(int(found.iterations.sum()))
        return found

    monkeypatch.setattr(clearing, "_search", counted)
    part = Part(Share(256, 1, 0, ROWS))
    needed = []
    for share in (1.0, 0.9, 0.85, 0.8):
        steps.clear()
        part.run(asked(share), exact=False)
        needed.append(sum(steps))
    assert needed[3] < 0.6 * needed[0]


@pytest.mark.parametrize(("draws", "workers"), [(1, 4), (31, 2), (64, 2), (257, 2), (1000, 3)])
def test_every_draw_is_dealt_out_once_and_in_order(draws: int, workers: int) -> None:
    dealt = shares(draws, 1, workers)
    rows = [share.first + row for stretch in dealt for share in stretch for row in range(*share.rows)]
    assert rows == list(range(draws))
    assert len(dealt) <= workers


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    part = Part(Share(256, 1, 0, ROWS), room=1)
    for share in (0.5, 0.6, 0.7):
        part.run(asked(share, months=1), exact=False)
    assert len(part._trails._kept) == 1


def test_a_stream_without_trade_keeps_its_price_whatever_was_asked_before() -> None:
    threat = load_scenario(SCENARIOS / "secondary_tariff_100_us.yaml", set={"months": 2})
    outage = load_scenario(SCENARIOS / "iran_offline.yaml", set={"months": 2})
    both = threat.model_copy(update={"shocks": (*outage.shocks, *threat.shocks), "baseline": outage.baseline})
    part = Part(Share(256, 1, 0, ROWS))
    part.run(outage, exact=False)
    found, expected = part.run(both, exact=False), part.run(both, exact=True)
    np.testing.assert_allclose(found.after.values, expected.after.values, rtol=1e-6, atol=1e-3)
