"""The pages that are made anew at each build, and what makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from pages import commands, keys, metrics, parameters, provenance, record

GENERATED: Mapping[str, Callable[[], str]] = {
    "reference/commands.md": commands.page,
    "reference/scenario-file.md": keys.scenario_file,
    "reference/shocks.md": keys.shocks,
    "reference/metrics.md": metrics.page,
    "reference/parameters.md": parameters.page,
    "reference/data.md": provenance.page,
    "reference/decisions.md": partial(record.page, "DECISIONS.md"),
    "reference/changelog.md": partial(record.page, "CHANGELOG.md"),
}
"""By their place under docs/."""
