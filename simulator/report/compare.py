"""Several scenarios side by side: what differs in the inputs, and their outcomes as JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

from simulator.report.scenario import leaves
from simulator.results import Results
from simulator.scenario import UNCERTAIN_KEYS, Scenario, to_document

REMARKS = ("name", "summary", "note")
"""Keys the model ignores."""


def differences(scenarios: Sequence[Scenario]) -> dict[str, list[tuple[Any, str] | None]]:
    """Values that differ, by dotted path: per scenario the value and its origin, None where it has no such key.

    Remarks are left out, and defaults of shocks that the others do not have.
    """
    written = [_values(scenario) for scenario in scenarios]
    found: dict[str, list[tuple[Any, str] | None]] = {}
    for path in dict.fromkeys(path for values in written for path in values):
        here = [
            (values[path], _origin(scenario, path)) if path in values else None
            for scenario, values in zip(scenarios, written, strict=True)
        ]
        known = [one for one in here if one is not None]
        alike = len(known) == len(here) and all(one[0] == known[0][0] for one in known)
        unsaid = len(known) < len(here) and all(origin == "default" for _, origin in known)
        if not (alike or unsaid or path.rpartition(".")[2] in REMARKS):
            found[path] = here
    return found


def _values(scenario: Scenario) -> dict[str, Any]:
    """Every value by its dotted path; an uncertain number as one, as {low, mid, high}."""
    values: dict[str, Any] = {}
    for path, value in leaves(to_document(scenario)):
        whole, _, key = path.rpartition(".")
        if key in UNCERTAIN_KEYS:
            values.setdefault(whole, {})[key] = value
        else:
            values[path] = value
    return values


def _origin(scenario: Scenario, path: str) -> str:
    """Where a value was written; of an uncertain number where its median or its distribution was."""
    places = (scenario.origin(one) for one in (path, f"{path}.mid", f"{path}.distribution"))
    return next((origin for origin in places if origin != "default"), "default")


def as_json(scenarios: Sequence[Scenario], results: Sequence[Results]) -> str:
    """The results as an array, each with the inputs in which it differs from the others."""
    differing = differences(scenarios)
    documents = []
    for position, result in enumerate(results):
        own = {path: values[position] for path, values in differing.items()}
        said = {path: {"value": one[0], "origin": one[1]} for path, one in own.items() if one is not None}
        documents.append({**result.document(), "differing_inputs": said})
    return json.dumps(documents)


def as_csv(results: Sequence[Results]) -> str:
    """The rows of all results under one header, the first column naming the scenario."""
    return "".join(result.csv_lines(with_scenario=True, header=number == 0) for number, result in enumerate(results))


def letter_of(position: int) -> str:
    """A short name for the scenario at a position.

    >>> letter_of(0), letter_of(25), letter_of(26)
    ('A', 'Z', 'A1')
    """
    again, at = divmod(position, len(ascii_uppercase))
    return ascii_uppercase[at] + (str(again) if again else "")
