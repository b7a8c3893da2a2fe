"""The scenario file: reading it strictly, and saying plainly what is wrong with it."""

from simulator.scenario.correlation import Correlation
from simulator.scenario.fields import DEFAULT_SAMPLING, SAMPLINGS
from simulator.scenario.forms import KEYS as UNCERTAIN_KEYS
from simulator.scenario.keys import Key, explain, keys
from simulator.scenario.load import load_scenario, parse_set
from simulator.scenario.ranges import distribution
from simulator.scenario.schema import Scenario, to_document
from simulator.scenario.values import Distribution, Month

__all__ = [
    "DEFAULT_SAMPLING",
    "SAMPLINGS",
    "UNCERTAIN_KEYS",
    "Correlation",
    "Distribution",
    "Key",
    "Month",
    "Scenario",
    "distribution",
    "explain",
    "keys",
    "load_scenario",
    "parse_set",
    "to_document",
]
