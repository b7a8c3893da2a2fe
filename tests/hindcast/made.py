"""Targets and episodes made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from simulator.hindcast.episodes import Episode, Target
from simulator.hindcast.scores import Judged
from simulator.scenario import load_scenario

CALM = Path(__file__).parents[2] / "scenarios" / "baseline.yaml"


def target(**given: object) -> Target:
    """Brent of the second month, within 2 of 10 %, unless said otherwise."""
    usual: dict[str, object] = {
        **dict.fromkeys(Target.__dataclass_fields__),
        "episode": "made",
        "target": "figure",
        "target_class": "monthly",
        "statistic": "change_pct",
        "metric": "brent_usd_bbl",
        "by": "total",
        "item": "total",
        "first": "2020-02",
        "last": "2020-02",
        "observed": 10.0,
        "tolerance": 2.0,
        "unit": "%",
        "kind": "Brent",
    }
    return Target(**{**usual, **given})  # type: ignore[arg-type]


def episode(name: str, month: str, *targets: Target, lost: float = 0.0, displaced: float = 0.0) -> Episode:
    """Five months from `month` on with these targets."""
    scenario = load_scenario(CALM, set={"start": month, "months": 5})
    return Episode(name, False, lost, displaced, scenario, targets)


def judged(off: float, episode: str = "made", **given: object) -> Judged:
    """A target whose median is `off` tolerances above what was observed, in a band of two either way."""
    one = target(episode=episode, **given)
    median = one.observed + off * one.tolerance
    room = 2.0 * one.tolerance
    return Judged(one, 0.0, median - room, median, median + room, (0.0, 12.0, 14.0), True)


def normal(mean: float, sigma: float, count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, sigma, count)
