"""The scenario file: reading it strictly, and saying plainly what is wrong with it."""

from simulator.scenario.keys import Key, explain, keys
from simulator.scenario.load import load_scenario, parse_set
from simulator.scenario.schema import Scenario, to_document
from simulator.scenario.values import Distribution, Month

__all__ = [
    "Distribution",
    "Key",
    "Month",
    "Scenario",
    "explain",
    "keys",
    "load_scenario",
    "parse_set",
    "to_document",
]
