"""How long the page waits for its answer when a lever moves, beside a plain run of the same scenario.

Turns: a plain run of 256 draws, then a few moves, so that a busy machine slows both. Levers are moved one after the
other over a scenario, by small steps and by large ones, as a person would.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
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


def measure() -> None:
    """Print milliseconds from question to answer, by lever, and the same as a part of a plain run."""
    import tempfile

    print(f"The answer behind the page ({versions('numpy', 'scipy')}); 256 draws, {MOVES} moves of each lever")
    with tempfile.TemporaryDirectory() as folder, Solver() as solver:
        found = [_moved(solver, lever, Path(folder)) for lever in LEVERS]
    moves = sorted(one for first, later, plain in found for one in (first, *later))
    share = statistics.median(one / plain for first, later, plain in found for one in (first, *later))
    median, worst = 1e3 * statistics.median(moves), 1e3 * moves[-1]
    print(f"{len(moves)} moves: median {median:.0f} ms, worst {worst:.0f} ms; {share:.2f} of a plain run")
    print(f"aimed at {TARGET_MS[0]} and {TARGET_MS[1]} ms, on a machine that does nothing else")


def _moved(solver: Solver, lever: Lever, folder: Path) -> tuple[float, list[float], float]:
    """Seconds of the first position, of every later one, and of a plain run."""
    waits, plain = [], []
    for number, value in enumerate(lever.positions()):
        scenario = lever.at(folder, value)
        if number % 3 == 0:
            plain.append(_seconds(lambda scenario=scenario: run(scenario, draws=256)))
        waits.append(_seconds(lambda scenario=scenario: solver.run(scenario)))
    usual = statistics.median(plain)
    first, *later = waits
    text = f"{1e3 * statistics.median(later):.0f} ms, worst {1e3 * max(later):.0f}"
    print(f"  {lever.name}: first {1e3 * first:.0f} ms, then {text}; a plain run takes {1e3 * usual:.0f} ms")
    return first, later, usual


def _seconds(job: Any) -> float:
    began = time.perf_counter()
    job()
    return time.perf_counter() - began
