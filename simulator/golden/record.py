"""What golden tables were written with, and how that differs from now: why figures may have moved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator import __version__, datasets
from simulator.errors import DataError, InputError
from simulator.golden.folder import RUN_NAME, Folder, Run
from simulator.inputs import fitted
from simulator.kept import read_json
from simulator.machine import libraries, python
from simulator.manifest import code_digest, digests
from simulator.scenario import Scenario, to_document

FILE = "written_with.json"
SCHEMA = 1
REMARKS = ("name", "summary", "note")
"""Keys of a scenario that the model ignores."""

Document = dict[str, Any]


@dataclass(frozen=True)
class Cause:
    """Something that is not as it was when the tables were written.

    kind : parameter, table, scenario, settings, program, library or machine; before, now : None where there is none
    """

    kind: str
    what: str
    before: str | None
    now: str | None


def document(folder: Folder, scenarios: Iterable[Scenario]) -> Document:
    """Everything the figures rest on, as plain data that JSON gives back unchanged."""
    pairs = list(zip(folder.runs, scenarios, strict=True))
    members = fitted.shipped()
    medians = members.quantiles((0.5,))[0].tolist()
    return {
        "schema": SCHEMA,
        "program": {"version": __version__, "code_sha256": code_digest()},
        "libraries": libraries(),
        "machine": python(),
        "settings": {"draws": folder.draws, "seed": folder.seed},
        "runs": {run.name: _described(run, scenario) for run, scenario in pairs},
        "parameters": {
            row["name"]: {key: row[key] for key in ("low", "mid", "high")} for row in datasets.table("parameters").rows
        },
        "fitted": {name: {"median": float(f"{m:.6g}")} for name, m in zip(members.names, medians, strict=True)},
        "data": digests(*(scenario.baseline for _, scenario in pairs)),
    }


def _described(run: Run, scenario: Scenario) -> Document:
    kept = {"metrics": list(run.metrics)} if run.metrics else {}
    return {"scenario": to_document(scenario), "fitted": run.fitted, **kept}


def as_text(found: Document, tables: Mapping[str, str]) -> str:
    """The record as a file; `tables` holds the digest of every golden table."""
    return json.dumps({**found, "tables": dict(tables)}, indent=1, sort_keys=True) + "\n"


def read(where: Path) -> Document:
    """What the tables of a folder were written with.

    Raises
    ------
    DataError : there is no such record, or it is damaged.
    """
    path = where / FILE
    if not path.is_file():
        raise DataError(f"{path}: the record of what the golden tables were written with is missing")
    try:
        found = read_json(path)
    except InputError as error:
        raise DataError(f"{path}: the record is damaged: {error.problems[0].what}") from None
    expected = ("program", "libraries", "settings", "runs", "parameters", "fitted", "data", "tables")
    sound = isinstance(found, dict) and found.get("schema") == SCHEMA
    if not sound or not all(isinstance(found.get(part), dict) for part in expected):
        raise DataError(f"{path}: the record is damaged: expected schema {SCHEMA} with {', '.join(expected)}")
    if not all(RUN_NAME.fullmatch(name) for name in found["tables"]):
        raise DataError(f"{path}: the record is damaged: it names tables that no run can have")
    return found


def causes(before: Document, now: Document) -> tuple[Cause, ...]:
    """What differs, from what says most about a figure to what says least."""
    found = []
    for kind, part in (("parameter", "parameters"), ("parameter", "fitted"), ("table", "data")):
        found += [Cause(kind, *one) for one in _differences(before[part], now[part])]
    for name in dict.fromkeys((*before["runs"], *now["runs"])):
        then, today = ({"run": one["runs"].get(name)} if name in one["runs"] else {} for one in (before, now))
        found += [
            Cause("scenario", f"{name}: {path.removeprefix('run.').removeprefix('scenario.')}", old, new)
            for path, old, new in _differences(then, today)
            if path.rpartition(".")[2] not in REMARKS
        ]
    for kind, part in (("settings", "settings"), ("program", "program"), ("library", "libraries")):
        found += [Cause(kind, *one) for one in _differences(before[part], now[part])]
    found += [Cause("machine", *one) for one in _differences({"": before.get("machine")}, {"": now["machine"]})]
    return tuple(found)


def _differences(before: Document, now: Document) -> Iterator[tuple[str, str | None, str | None]]:
    """Leaves that differ: path, value before and now, None where there is none."""
    then, today = dict(_leaves(before, "")), dict(_leaves(now, ""))
    for path in dict.fromkeys((*then, *today)):
        if then.get(path) != today.get(path):
            yield path, then.get(path), today.get(path)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inside is None:
        yield path, json.dumps(value) if not isinstance(value, str) else value
    else:
        for key, part in inside:
            yield from _leaves(part, f"{path}.{key}" if path else str(key))
