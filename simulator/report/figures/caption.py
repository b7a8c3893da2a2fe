"""What stands below a picture: how to read it, how many draws, where it comes from."""

from __future__ import annotations

from typing import Any

from simulator.report.figures.lettering import readable
from simulator.report.language import Words
from simulator.report.wording import number
from simulator.results import Results

COMMIT_DIGITS = 7


def caption(results: Results, told: Words, reading: str, bands: bool = True) -> str:
    """The line below a picture of one run; `reading` says how to read it, `bands` whether it shows any."""
    return told.paragraph([reading, sample(results, told, bands), source(results.manifest, results.baseline, told)])


def sample(results: Results, told: Words, bands: bool = True) -> str:
    """How many draws, and which points of them the bands are."""
    alone = results.manifest.get("draw")
    if alone is not None:
        return told("figures.one_draw", draw=number(alone, 0))
    if results.draws == 1:
        return told("figures.mid_values")
    drawn = told("figures.draws", draws=number(results.draws, 0))
    return told.paragraph([drawn, told("figures.bands") if bands else ""])


def source(manifest: dict[str, Any], baseline: str, told: Words) -> str:
    """The program, its commit where it is known, and the baseline."""
    commit = (manifest["commit"] or "")[:COMMIT_DIGITS]
    if commit and manifest["code_changed"]:
        commit = told("figures.changed", commit=commit)
    named = told("figures.commit", commit=commit) if commit else ""
    return told("figures.source", version=manifest["version"], baseline=readable(baseline), commit=named)


def title(results: Results, told: Words, key: str) -> str:
    """A title that names the scenario as its file does."""
    return told(key, scenario=scenario_name(results.scenario, told))


def scenario_name(scenario: str, told: Words) -> str:
    """A scenario's name as far as it fits into a title."""
    name = readable(told.remark(scenario))
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


LONGEST_NAME = 80
