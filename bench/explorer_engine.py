"""How long the page waits for its answer when a lever moves, beside a plain run of the same scenario.

Turns: a plain run of 256 draws, then a few moves, so that a busy machine slows both. Levers are moved one after the
other over a scenario, by small steps and by large ones, as a person would.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.turns import versions
from simulator.explorer.solver import Solver
from simulator.runs import run
from simulator.scenario import Scenario, load_scenario

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
MOVES = 6
"""Of each lever."""
RUSSIAN_SEA = ["russia_espo_kozmino", "russia_sokol", "russia_arctic", "russia_urals"]
TARGET_MS = (110, 300)


@dataclass(frozen=True)
class Lever:
    """One number of one shock, moved between bounds by steps; `months` of the scenario it is moved in.

    beside : other shocks of that scenario, which stay
    """

    name: str
    shock: dict[str, Any]
    key: str
    bounds: tuple[float, float]
    step: float
    months: int = 12
    beside: tuple[dict[str, Any], ...] = ()

    def at(self, folder: Path, value: float) -> Scenario:
        """The scenario with the lever at a position."""
        document = {
            "schema": 1,
            "name": self.name,
            "baseline": "early_2026",
            "start": "2026-03",
            "months": self.months,
            "shocks": [*self.beside, {**self.shock, self.key: value}],
        }
        import yaml

        file = folder / "moved.yaml"
        file.write_text(yaml.safe_dump(document))
        return load_scenario(file)

    def positions(self) -> Iterator[float]:
        """Where it stands in turn: small steps one way, then jumps."""
        low, high = self.bounds
        chance = random.Random(self.name)
        here = low + 0.4 * (high - low)
        for number in range(MOVES):
            jump = number % 3 == 2
            here = chance.uniform(low, high) if jump else min(here + self.step, high)
            yield round(here, 4)


IRAN = {"type": "supply_outage", "streams": ["iran"], "loss_share": 0.5}
HORMUZ = {"type": "chokepoint", "chokepoint": "hormuz", "end": "2026-08"}
THREAT = {
    "type": "secondary_tariff",
    "coalition": ["us"],
    "target": "china",
    "streams": ["russia", "iran"],
    "threshold_kbd": 0,
    "rate": 1.0,
    "enforcement_probability": 0.5,
}
LEVERS = (
    Lever("Iran's loss", {"type": "supply_outage", "streams": ["iran"]}, "loss_share", (0.0, 1.0), 0.05),
    Lever("Hormuz closed", HORMUZ, "closed_share", (0.0, 1.0), 0.05, 18),
    *(
        Lever(
            f"Russia without {buyer}",
            {"type": "sanction", "streams": RUSSIAN_SEA, "buyers": [buyer]},
            "leave_share",
            (0.0, 1.0),
            0.05,
        )
        for buyer in ("cn_state", "cn_private", "cn_teapot")
    ),
    Lever("duty on US crude", {"type": "tariff", "streams": ["us"], "buyers": ["china"]}, "rate", (-0.2, 1.0), 0.05),
    Lever("secondary tariff", THREAT, "rate", (0.0, 5.0), 0.1),
    Lever("its enforcement", THREAT, "enforcement_probability", (0.0, 1.0), 0.05),
    Lever("Iran's loss under threat", IRAN, "loss_share", (0.0, 1.0), 0.05, beside=(THREAT,)),
    Lever(
        "purchases of US crude",
        {"type": "purchase_commitment", "streams": ["us"], "buyers": ["china"]},
        "volume_kbd",
        (0.0, 1500.0),
        50.0,
    ),
    Lever(
        "reserve release",
        {"type": "stock_release", "buyers": ["china"]},
        "rate_kbd",
        (0.0, 1500.0),
        50.0,
        beside=(IRAN,),
    ),
)


@dataclass(frozen=True)
class Wait:
    """Seconds for one answer: by the clock, and of computing in the asking process and the busier worker, which is what
    the clock would show on a machine that does nothing else."""

    clock: float
    computing: float


def measure() -> None:
    """Print milliseconds from question to answer, by lever, and the same as a part of a plain run."""
    print(f"The answer behind the page ({versions('numpy', 'scipy')}); 256 draws, {MOVES} moves of each lever")
    moves: list[Wait] = []
    plain: list[Wait] = []
    with tempfile.TemporaryDirectory() as folder, Solver() as solver:
        for lever in LEVERS:
            waits, beside = _moved(solver, lever, Path(folder))
            print(f"  {lever.name}: first {_told(waits[:1])}, then {_told(waits[1:])}; plain runs {_told(beside)}")
            moves, plain = moves + waits, plain + beside
    print(f"{len(moves)} moves: {_told(moves)}; plain runs {_told(plain)}")
    print(f"aimed at a median of {TARGET_MS[0]} and at most {TARGET_MS[1]} ms on an idle machine")


def _told(waits: Sequence[Wait]) -> str:
    clock, computing = ([1e3 * getattr(one, kind) for one in waits] for kind in ("clock", "computing"))
    worst = f", worst {max(clock):.0f} ({max(computing):.0f})" if len(waits) > 1 else ""
    return f"{statistics.median(clock):.0f} ms ({statistics.median(computing):.0f} of computing){worst}"


def _moved(solver: Solver, lever: Lever, folder: Path) -> tuple[list[Wait], list[Wait]]:
    """Every position of a lever in turn, and a few plain runs in between."""
    waits, plain = [], []
    for number, value in enumerate(lever.positions()):
        scenario = lever.at(folder, value)
        if number % 3 == 0:
            plain.append(_wait(lambda scenario=scenario: run(scenario, draws=256), []))
        waits.append(_wait(lambda scenario=scenario: solver.run(scenario), solver.pids))
    return waits, plain


def _wait(job: Callable[[], object], workers: Sequence[int]) -> Wait:
    before, began, own = _computed(workers), time.perf_counter(), time.process_time()
    job()
    clock, own = time.perf_counter() - began, time.process_time() - own
    theirs = [now - then for now, then in zip(_computed(workers), before, strict=True)]
    return Wait(clock, own + max(theirs, default=0.0))


def _computed(workers: Sequence[int]) -> list[float]:
    """Seconds that other processes have computed so far."""
    import psutil

    times = [psutil.Process(pid).cpu_times() for pid in workers]
    return [one.user + one.system for one in times]
