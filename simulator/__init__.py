"""oilsim: whose crude China buys, at what price, and what changes when a supplier, route, tariff or sanction does.

from simulator import load_scenario, run
print(run(load_scenario("scenarios/iran_offline.yaml")).table)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "DataError",
    "InputError",
    "Results",
    "Scenario",
    "discover",
    "load_scenario",
    "open_sweep",
    "replay",
    "run",
    "sensitivity",
    "sweep",
]

if TYPE_CHECKING:
    from simulator.drivers.analysis import sensitivity
    from simulator.drivers.discovery import discover
    from simulator.errors import DataError, InputError
    from simulator.replays import replay
    from simulator.results import Results
    from simulator.runs import run
    from simulator.scenario import Scenario, load_scenario
    from simulator.sweeps.dataset import open_sweep
    from simulator.sweeps.sweep import sweep

_HOME = {
    "DataError": "simulator.errors",
    "InputError": "simulator.errors",
    "Results": "simulator.results",
    "Scenario": "simulator.scenario",
    "discover": "simulator.drivers.discovery",
    "load_scenario": "simulator.scenario",
    "open_sweep": "simulator.sweeps.dataset",
    "replay": "simulator.replays",
    "run": "simulator.runs",
    "sensitivity": "simulator.drivers.analysis",
    "sweep": "simulator.sweeps.sweep",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that the command line starts without numpy."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_HOME[name]), name)
    globals()[name] = found
    return found
