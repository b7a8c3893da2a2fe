"""One case tried in a child of its own, with a limit on time: what `data verify`, `validate` and `run` make of it."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import multiprocessing
import os
import re
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from fuzz.table_cases import CELLS, REFUSE, TABLE, Case

Seen = dict[str, Any]
SECONDS, WAIT_SECONDS = 5, 40
"""Processor time a stage may take; a case that waits for ever is ended after `WAIT_SECONDS`."""

OUTAGE = "shocks:\n  - {type: supply_outage, streams: [gulf], loss_share: 0.1}\n"
THREAT = (
    "shocks:\n"
    "  - {type: secondary_tariff, coalition: [us], target: china, streams: [russia], threshold_kbd: 0, rate: 1.0,\n"
    "     enforcement_probability: 0.5}\n"
    "  - {type: tariff, streams: [us], buyers: [china], rate: 0.1}\n"
    "  - {type: chokepoint, chokepoint: malacca, closed_share: 0.1}\n"
)


class Hang(Exception):
    """A stage took longer than it may."""


def preload() -> None:
    """Import the program once, so that every child has it; no table is read."""
    import_module("simulator.runs")
    import_module("simulator.hindcast.episodes")
    import_module("simulator.rebase.build")


class Unchanged:
    """The tables of a campaign as they are, read once: a child reads anew only what a case can have touched."""

    def __init__(self, root: Path) -> None:
        from simulator import tables

        self.data = root / "data"
        sidecars = [path for top in ("data", "built") for path in (root / top).rglob("*.yaml")]
        self.texts = {path: path.read_text(encoding="utf-8") for path in sidecars if path.with_suffix(".csv").is_file()}
        self.tables = {path.with_suffix(""): tables.read(path.parent, path.stem, self.data) for path in self.texts}

    def use(self, case: Case) -> None:
        """Hand over the tables that neither are changed nor refer to the one that is."""
        from simulator import tables

        changed = self.data.parent / case.file
        refers = re.compile(rf"\b{re.escape(case.name)}\.")
        apart = {path.with_suffix("") for path, text in self.texts.items() if refers.search(text)}
        apart.add(changed.with_suffix(""))
        afresh = tables.read.__wrapped__
        used = getattr(tables, "_used", {})
        for path in [one for one in used if one.with_suffix("") in apart or self.data.parent not in one.parents]:
            del used[path]
        if hasattr(tables, "_described"):
            tables._described.cache_clear()

        def read(where: Path, name: str, shipped: Path) -> Any:
            at = where / name
            return self.tables[at] if at in self.tables and at not in apart else afresh(where, name, shipped)

        tables.read = cache(read)


def baseline_of(file: str) -> str:
    """The baseline whose run reads a table."""
    parts = Path(file).parts
    if parts[0] == "built" or parts[1] == "history":
        return parts[-2]
    return "2025" if parts[-1].endswith("2025.csv") else "early_2026"


def try_out(case: Case, root: Path, unchanged: Unchanged) -> Seen:
    """What comes of a case, stage by stage; `hang` for all where the child had to be killed."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(case, root, unchanged, theirs))
    child.start()
    theirs.close()
    try:
        seen: Seen = json.loads(ours.recv()) if ours.poll(WAIT_SECONDS) else {"all": {"hang": True}}
    except EOFError:
        child.join()
        seen = {"all": {"crash": f"the child died: {child.exitcode}"}}
    child.kill()
    child.join()
    return seen


def _child(case: Case, root: Path, unchanged: Unchanged, pipe: Any) -> None:
    os.environ |= {"OILSIM_DATA": str(root / "data"), "OILSIM_BASELINES": str(root / "built")}
    os.chdir(root)
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    warnings.simplefilter("error")
    unchanged.use(case)
    pipe.send(json.dumps(_stages(case, root)))


def _stages(case: Case, root: Path) -> Seen:
    if case.kind == CELLS:
        return {"build": _staged(lambda: _build(root / case.file))}
    if case.kind != TABLE:
        return {"hindcast": _staged(lambda: _targets((root / case.file).parent))}
    baseline = baseline_of(case.file)
    outage, threat = (_scenario(root, name, baseline, text) for name, text in (("o", OUTAGE), ("t", THREAT)))
    return {
        "verify": _staged(_verify),
        "validate": _staged(lambda: _validate(outage)),
        "validate again": _staged(lambda: _validate(threat)),
        "run": _staged(lambda: _run(threat, case, root)),
    }


def _scenario(root: Path, name: str, baseline: str, shocks: str) -> Path:
    path = root / f"{name}.yaml"
    path.write_text(f"schema: 1\nname: {name}\nbaseline: {baseline}\nstart: 2026-03\nmonths: 1\n{shocks}")
    return path


def _staged(stage: Callable[[], Seen]) -> Seen:
    from simulator.errors import OilsimError

    def late(*_: object) -> None:
        raise Hang

    signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return stage()
    except OilsimError as error:
        return {"refused": str(error), "code": error.exit_code}
    except Hang:
        return {"hang": True}
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return {"crash": f"{type(error).__name__}: {str(error)[:120]} ({Path(where.filename).name}:{where.lineno})"}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _verify() -> Seen:
    from simulator import verification
    from simulator.errors import DataError

    if found := verification.verify():
        raise DataError("\n".join(found))
    return {"ok": True}


def _validate(path: Path) -> Seen:
    from simulator.inputs.refusals import refuse_impossible
    from simulator.scenario import load_scenario

    refuse_impossible(load_scenario(path))
    return {"ok": True}


def _run(path: Path, case: Case, root: Path) -> Seen:
    from simulator.runs import run

    result = run(path, draws=1, months=1)
    figures = [one for row in result.rows for one in (row.baseline, row.mean)]
    return {
        "ok": True,
        "missing": sum(one is None or not math.isfinite(one) for one in figures),
        "figures": hashlib.sha256(repr(figures).encode()).hexdigest(),
        "unconverged": result.unconverged,
        "in_use": _in_use(root / case.file, case.name, result.manifest["data"]),
    }


def _in_use(path: Path, name: str, digests: dict[str, str]) -> bool:
    """Whether the program holds every cell as it stands in the file, and the manifest names its bytes."""
    from simulator import datasets

    if not path.is_file():
        return False
    owner = path.parent.name if path.parent.name != "data" else None
    known = f"{owner}/{name}" if owner else name
    if digests.get(known) != hashlib.sha256(path.read_bytes()).hexdigest():
        return False
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file))
    rows = datasets.table(name, owner).rows
    return len(rows) == len(lines) and all(
        _same(row[column], text)
        for row, line in zip(rows, lines, strict=True)
        for column, text in zip(header, line, strict=True)
    )


def _same(value: object, text: str) -> bool:
    if value is None:
        return text == ""
    return value == text if isinstance(value, str) else value == float(text)


def _build(path: Path) -> Seen:
    from simulator.rebase import build, known

    built = build.build(known.read_cells(path), "2025")
    return {"ok": True, "missing": 0 if bool((built.rebased.after.exports_kbd > 0).all()) else 1}


def _targets(folder: Path) -> Seen:
    from simulator.hindcast import episodes

    read = episodes.own(folder)
    numbers = [number for one in read for target in one.targets for number in (target.observed, target.tolerance)]
    return {"ok": True, "missing": sum(not math.isfinite(number) for number in numbers)}


def faults(case: Case, seen: Seen, missing: int) -> list[str]:
    """What is wrong with how a case was met: nothing, or some of crash, hang, silent, NaN, unnamed, blind.

    missing : figures without a value in an unchanged run
    """
    found = [word for word in ("crash", "hang") if any(word in one for one in seen.values())]
    refusals = [one["refused"] for one in seen.values() if "refused" in one]
    if any(not _says_where(text, case) for text in refusals):
        found.append("unnamed")
    last = seen.get("run") or seen.get("build") or seen.get("hindcast") or {}
    if case.wanted == REFUSE:
        found += (
            ["silent"] if any("ok" in seen.get(stage, {}) for stage in ("verify", "run", "build", "hindcast")) else []
        )
        if not case.sealed and case.kind == TABLE and any(one.get("code") == 2 for one in seen.values()):
            found.append("wrong code")
    elif "ok" in last:
        if last["missing"] != missing and not last.get("unconverged"):
            found.append("NaN")
        if not last.get("in_use", True):
            found.append("silent")
    met = [seen[stage] for stage in ("verify", "run") if stage in seen]
    if len(met) == 2 and ("refused" in met[0]) != ("refused" in met[1]):
        found.append("blind")
    return found


def _says_where(text: str, case: Case) -> bool:
    """One line per problem, each with a place before its first colon and one with the table changed."""
    lines = text.split("\n")
    whole = all(line.strip() and ":" in line and line.isprintable() and len(line) < 2_000 for line in lines)
    return whole and any(case.name in line for line in lines)
