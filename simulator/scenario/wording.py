"""From what pydantic found to what the user is told: every message in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from simulator.reading.findings import Finding, Path
from simulator.reading.scalars import shown
from simulator.scenario.checks import combination_findings, timing_findings
from simulator.scenario.correlation import Correlation
from simulator.scenario.names import Vocabulary, closest
from simulator.scenario.schema import Scenario
from simulator.scenario.shock import known_keys
from simulator.scenario.shocks import SHOCKS


def examine(document: Any, vocabulary: Vocabulary, whole: bool = True) -> tuple[Scenario | None, list[Finding]]:
    """The scenario a document describes, or everything that is wrong with it.

    Where it is not `whole`, as a parent, its months may still change and top-level keys may be missing.
    """
    found: list[Finding] = []
    scenario = None
    try:
        scenario = Scenario.model_validate(document, context=vocabulary)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            found += _findings(one, document)
    found += combination_findings(document)
    if whole:
        found += timing_findings(document)
    else:
        found = [one for one in found if not (one.missing and len(one.path) == 1)]
    # A model checks its keys' combination too, once its values are sound: say it once.
    return scenario, list(dict.fromkeys(found))


def _findings(error: Mapping[str, Any], document: Any) -> list[Finding]:
    path = _path(error["loc"])
    kind = error["type"]
    if kind == "refused":
        return [one.under(path) for one in error["ctx"]["findings"]]
    if kind == "missing":
        return [Finding(path, "is required", missing=True)]
    if kind == "extra_forbidden":
        return [_unknown_key(path, error["loc"])]
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return [_unknown_type(path, error["input"])]
    if kind in ("model_type", "model_attributes_type"):
        holds = "`between` and `rank`" if path[0] == "correlations" else "keys and values, one of them `type`"
        return [Finding(path, f"must hold {holds}", given=shown(error["input"]))]
    if kind == "tuple_type":
        return [Finding(path, "must be a list", given=shown(error["input"]))]
    return [Finding(path, "is not what this key takes", given=shown(error["input"]))]


def _path(location: tuple[str | int, ...]) -> Path:
    # Inside a shock pydantic names its type as a step of the path; the file has no such step.
    inside_shock = len(location) > 2 and location[0] == "shocks"
    return location[:2] + location[3:] if inside_shock else location


def _unknown_key(path: Path, location: tuple[str | int, ...]) -> Finding:
    key = str(path[-1])
    owner, keys = "a scenario", known_keys(Scenario)
    if path[0] == "correlations" and len(path) > 1:
        owner, keys = "a correlation", known_keys(Correlation)
    elif len(path) > 2:
        owner = str(location[2])
        keys = known_keys(SHOCKS[owner])
    what = f"is not a key of {owner}"
    return Finding(path, what, allowed=", ".join(keys), meant=closest(key, keys), at_key=True)


def _unknown_type(path: Path, shock: Any) -> Finding:
    kind = shock.get("type") if isinstance(shock, Mapping) else None
    allowed = ", ".join(SHOCKS)
    if kind is None:
        return Finding((*path, "type"), "is required", allowed=allowed, missing=True)
    meant = closest(kind, SHOCKS) if isinstance(kind, str) else None
    what = "there is no such type of shock"
    return Finding((*path, "type"), what, given=shown(kind), allowed=allowed, meant=meant)
