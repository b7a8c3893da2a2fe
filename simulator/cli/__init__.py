"""The command line: parse, call, print, exit code."""

from simulator.cli import evidence, many, pictures, regression, replay, scenarios, tables
from simulator.cli.group import main

__all__ = ["evidence", "main", "many", "pictures", "regression", "replay", "scenarios", "tables"]
