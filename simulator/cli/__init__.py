"""The command line: parse, call, print, exit code."""

from simulator.cli import evidence, explorer, many, pages, pictures, regression, replay, scenarios, tables
from simulator.cli.group import main

__all__ = ["evidence", "explorer", "main", "many", "pages", "pictures", "regression", "replay", "scenarios", "tables"]
