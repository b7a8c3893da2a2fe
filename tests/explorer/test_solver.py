"""The answer behind the page is that of a run, whatever was asked before, by whom, and whoever was killed meanwhile."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from simulator import load_scenario, run
from simulator.errors import InputError
from simulator.explorer.outcomes import METRICS
from simulator.explorer.solver import Solver
from simulator.outcomes.metrics import wanted_metrics
from simulator.results import FIGURES, HORIZON_ONLY, Results
from simulator.scenario import Scenario

HERE = Path(__file__).resolve().parent
SCENARIOS = HERE.parents[1] / "scenarios"
DRAWS, MONTHS = 64, 4
CLOSE = 1e-6
"""Of the largest figure of a metric: prices are searched to a hundredth of this, and a market may hang on it more."""

MOVES: Mapping[str, tuple[dict[str, object], ...]] = {
    "iran_offline": tuple({"shocks.0.loss_share": share} for share in (0.2, 0.9, 0.7, 0.65)),
    "hormuz_closed_1q": tuple({"shocks.0.closed_share": share} for share in (1.0, 0.9, 0.8, 0.7)),
    "secondary_tariff_100_us": ({"shocks.0.rate": 0.5}, {"shocks.0.enforcement_probability": 0.9}),
    "us_crude_tariff_20": ({"shocks.0.rate": 0.1}, {"shocks.0.rate": 0.3}),
    "russia_state_majors_stop": ({"shocks.0.leave_share": 0.5}, {"shocks.0.leave_share": 0.55}),
    "promise": ({"shocks.0.value_usd_bn_year": 20}, {"shocks.0.value_usd_bn_year": 25}),
}


def asked(name: str, changes: Mapping[str, object] | None = None) -> Scenario:
    here = HERE if name == "promise" else SCENARIOS
    return load_scenario(here / f"{name}.yaml", set={"months": MONTHS, **(changes or {})})


@cache
def in_full(scenario_name: str, changes: tuple[tuple[str, object], ...]) -> Results:
    return run(asked(scenario_name, dict(changes)), draws=DRAWS, seed=1)


@pytest.fixture(scope="module")
def solver() -> Iterator[Solver]:
    with Solver(draws=DRAWS, workers=2) as one:
        yield one


def farthest_share(found: Results, expected: Results) -> float:
    """The largest difference of two results in the page's metrics, as a part of the metric's largest figure; of a
    hundred kb/d or one of anything else where that is more."""
    wanted = wanted_metrics(METRICS)
    there = {(r.metric, r.by, r.item, r.month): r for r in expected.rows if wanted.keeps(r.metric, r.by)}
    here = {(r.metric, r.by, r.item, r.month): r for r in found.rows}
    assert here.keys() == there.keys()
    size = {metric: 100.0 if metric.endswith("_kbd") else 1.0 for metric, *_ in there}
    apart: dict[str, float] = {}
    for key, row in there.items():
        for name in FIGURES:
            ours, theirs = getattr(here[key], name), getattr(row, name)
            assert math.isnan(ours) == math.isnan(theirs), (key, name)
            if not math.isnan(theirs):
                size[key[0]] = max(size[key[0]], abs(theirs))
                apart[key[0]] = max(apart.get(key[0], 0.0), abs(ours - theirs))
    return max(apart[metric] / size[metric] for metric in apart)


@pytest.mark.parametrize("name", MOVES)
def test_after_moves_of_a_lever_the_figures_are_those_of_a_run(solver: Solver, name: str) -> None:
    for changes in ({}, *MOVES[name]):
        found = solver.run(asked(name, changes))
    expected = in_full(name, tuple(MOVES[name][-1].items()))
    assert farthest_share(found, expected) < CLOSE
    exact = solver.run(asked(name, MOVES[name][-1]), exact=True)
    assert farthest_share(exact, expected) < 1e-9
    assert (exact.months, exact.draws, exact.unconverged) == (expected.months, expected.draws, expected.unconverged)
    assert exact.manifest["scenario_sha256"] == expected.manifest["scenario_sha256"]
    assert exact.manifest["data"] == expected.manifest["data"]


def test_a_promise_or_threat_has_its_own_outcomes(solver: Solver) -> None:
    threat = solver.run(asked("secondary_tariff_100_us"))
    assert {row.metric for row in threat.rows} >= {one for one in HORIZON_ONLY if not one.startswith("energy")}
    assert threat.bargain is not None
    assert len(threat.bargain.comply_cost_usd_bn) == DRAWS
    promise = solver.run(asked("promise"))
    assert any(row.metric == "commitment_subsidy_usd_bbl" and row.mean > 0 for row in promise.rows)


def test_another_way_to_the_same_position_gives_the_same_answer(solver: Solver) -> None:
    ways = (0.1, 0.95, 0.5), (0.6, 0.55, 0.5)
    ends = []
    for way in ways:
        for share in way:
            found = solver.run(asked("iran_offline", {"shocks.0.loss_share": share, "start": "2026-04"}))
        solver.run(asked("baseline"))
        ends.append(found)
    assert farthest_share(*ends) < CLOSE


def test_other_baselines_and_parameters_are_not_mixed_up(solver: Solver) -> None:
    kinds: tuple[dict[str, object], ...] = (
        {},
        {"baseline": "early_2026"},
        {"parameters.habit_half_life_months": 12.0},
        {"sampling": "sobol"},
        {},
    )
    for changes in kinds:
        found = solver.run(asked("iran_offline", changes))
        assert farthest_share(found, in_full("iran_offline", tuple(changes.items()))) < CLOSE


def test_several_may_ask_at_once(solver: Solver) -> None:
    shares = [0.1 * k for k in range(1, 9)]
    with ThreadPoolExecutor(4) as several:
        found = list(
            several.map(lambda share: solver.run(asked("iran_offline", {"shocks.0.loss_share": share})), shares)
        )
    assert [one.manifest["scenario"]["shocks"][0]["loss_share"] for one in found] == shares
    assert farthest_share(found[3], in_full("iran_offline", (("shocks.0.loss_share", shares[3]),))) < CLOSE


def test_what_cannot_be_is_refused_and_the_next_question_answered(solver: Solver) -> None:
    with pytest.raises(InputError, match="duty"):
        solver.run(asked("us_crude_tariff_20", {"shocks.0.rate": -0.9}))
    assert solver.run(asked("us_crude_tariff_20")).draws == DRAWS


def test_a_killed_worker_is_replaced(solver: Solver) -> None:
    before = solver.run(asked("iran_offline"), exact=True)
    pids = solver.pids
    os.kill(pids[0], signal.SIGKILL)
    assert farthest_share(solver.run(asked("iran_offline"), exact=True), before) == 0.0
    assert solver.pids[0] != pids[0]
    assert solver.pids[1] == pids[1]


def test_workers_that_cannot_be_kept_alive_are_told_in_one_line(
    solver: Solver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulator.explorer.worker import Worker

    begin = Worker.restart

    def begin_and_die(worker: Worker) -> None:
        begin(worker)
        os.kill(worker.pid, signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(Worker, "restart", begin_and_die)
        os.kill(solver.pids[1], signal.SIGKILL)
        with pytest.raises(InputError, match="was lost twice in a row") as told:
            solver.run(asked("iran_offline"))
    assert len(str(told.value).splitlines()) == 1
    assert solver.run(asked("iran_offline")).draws == DRAWS


def test_nothing_stays_when_it_is_closed() -> None:
    one = Solver(draws=DRAWS, workers=2)
    pids = one.pids
    one.close()
    assert gone(pids)
    with pytest.raises(RuntimeError, match="closed"):
        one.run(asked("iran_offline"))


ASKING = """
import sys, time
from simulator.explorer.solver import Solver
solver = Solver(draws=64, workers=2)
print(*solver.pids, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_nothing_stays_when_whoever_asked_is_killed(how: signal.Signals) -> None:
    asking = subprocess.Popen(
        [sys.executable, "-c", ASKING], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert asking.stdout is not None
    pids = [int(word) for word in asking.stdout.readline().split()]
    assert len(pids) == 2
    asking.send_signal(how)
    asking.wait()
    asking.stdout.close()
    assert gone(pids)


def gone(pids: list[int]) -> bool:
    """Whether processes have ended, or do so within twenty seconds."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if not any(runs(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
