"""A small sweep that every test can afford: three losses, two levels of fear, three months."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.scenario import Scenario, load_scenario
from simulator.scenario.sweeping import sweeping
from simulator.sweeps.sweep import Asked, prepare_sweep

SCENARIO = Path(__file__).parents[2] / "scenarios" / "iran_offline.yaml"
LOSS, FEAR = "shocks.0.loss_share", "parameters.fear"
OVER = {LOSS: [0.0, 0.5, 0.9], FEAR: [0.1, 0.4]}


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return load_scenario(SCENARIO).with_horizon(3)


@pytest.fixture(scope="session")
def small(scenario: Scenario) -> Asked:
    """Six points, one draw each block of its own."""
    return prepare_sweep(scenario, sweeping(OVER), 256, 1)
