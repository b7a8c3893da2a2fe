"""Hostile tables and sidecars: `python -m fuzz.tables`.

Every case changes one table in a copy of the data, of a baseline built from it, or of the user's own files, and asks
`data verify`, `validate` of two scenarios and `run --draws 1 --months 1` about it, each within five seconds. It must be
refused in words that name the table, or be used.

What is a silent acceptance: anything of `REFUSED` or `UNSEALED` that `data verify` or `run` takes without a word, and
a harmless change that is taken without being used: another cell in memory than in the file, another digest in the
manifest, figures that vanish. Another legal number in a table that was sealed again is no fault: it is what sealing is
for, and the digest in the manifest tells it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fuzz.table_cases import OWN_CELLS, OWN_TARGETS, Case, Kept, apply, cases, sidecar
from fuzz.table_trial import Seen, Unchanged, faults, preload, try_out

ROOT = Path(__file__).resolve().parents[1]
FAULTS = ("crash", "hang", "silent", "NaN", "unnamed", "blind", "wrong code")
SHOWN = 12
"""Examples told of each fault."""

Met = tuple[Case, Seen, list[str]]


def prepare(root: Path, data: Path) -> None:
    """A copy of the data, a baseline built from it, and files of a user's own."""
    shutil.copytree(data, root / "data")
    (root / "own" / "episodes").mkdir(parents=True)
    cells = (root / "data" / "cells_early_2026.csv").read_text(encoding="utf-8")
    (root / OWN_CELLS).write_text(cells, encoding="utf-8")
    shutil.copy(root / "data" / "targets.csv", root / OWN_TARGETS)
    for scenario in (root / "data" / "episodes").glob("*.yaml"):
        shutil.copy(scenario, root / "own" / "episodes")
    command = [sys.executable, "-m", "simulator.cli", "data", "build", OWN_CELLS, "-o", "mine"]
    own = {"OILSIM_DATA": str(root / "data"), "OILSIM_BASELINES": str(root / "built")}
    subprocess.run(command, cwd=root, env={**os.environ, **own}, check=True, capture_output=True)


def campaign(asked: Sequence[Case], data: Path, until: float) -> list[Met]:
    """Try the cases one after the other in a copy of their own; those that touch nothing are left out.

    until : time of the clock `time.monotonic` after which no further case is begun
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        prepare(root, data)
        metas = {file: sidecar(root, file) for file in dict.fromkeys(case.file for case in asked)}
        unchanged = Unchanged(root)
        usual = _missing_figures(asked, root, unchanged)
        met: list[Met] = []
        for case in asked:
            if time.monotonic() > until:
                break
            kept = Kept((root / case.file).parent)
            try:
                if apply(case, root, metas):
                    seen = try_out(case, root, unchanged)
                    met.append((case, seen, faults(case, seen, usual.get(_run_of(case), 0))))
            finally:
                kept.put_back()
        return met


def _run_of(case: Case) -> str:
    from fuzz.table_trial import baseline_of

    return baseline_of(case.file) if case.kind == "table" else case.kind


def _missing_figures(asked: Sequence[Case], root: Path, unchanged: Unchanged) -> dict[str, int]:
    """Figures without a value in a run of each baseline as it is."""
    found: dict[str, int] = {}
    for case in asked:
        if _run_of(case) not in found:
            seen = try_out(case, root, unchanged)
            last = seen.get("run") or seen.get("build") or seen.get("hindcast") or {}
            if "ok" not in last:
                raise SystemExit(f"the unchanged tables are refused: {seen}")
            found[_run_of(case)] = last["missing"]
    return found


def table_of(met: Iterable[Met]) -> str:
    """A line a change: cases, refused, accepted, and every fault."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case, seen, wrong in met:
        refused = any("refused" in one for one in seen.values())
        for row in (case.what, "all"):
            counts[row].update(
                {"cases": 1, "refused": int(refused), "accepted": int(not refused)} | dict.fromkeys(wrong, 1)
            )
    columns = ("cases", "refused", "accepted", *FAULTS)
    head = f"{'change':<34}" + "".join(f"{name:>11}" for name in columns)
    order = sorted(counts, key=lambda what: (what == "all", what))
    return "\n".join([head, *(f"{what:<34}" + "".join(f"{counts[what][c]:>11}" for c in columns) for what in order)])


def examples(met: Iterable[Met]) -> str:
    """The first cases of each fault, with what was said."""
    lines: list[str] = []
    told: Counter[tuple[str, str]] = Counter()
    for case, seen, wrong in met:
        for fault in wrong:
            told[fault, case.what] += 1
            if told[fault, case.what] <= SHOWN:
                short = {stage: next((str(v)[:200] for k, v in one.items()), "") for stage, one in seen.items()}
                lines.append(f"{fault}: case {case.number}: {case.file}: {case.what}: {short}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign; 1 where anything was met wrongly, or nothing was tried."""
    parser = argparse.ArgumentParser(
        prog="python -m fuzz.tables", description=__doc__.split("\n")[0] if __doc__ else ""
    )
    parser.add_argument("--cases", type=int, default=2500, help="changed tables")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="cases at once")
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no further case after that")
    parser.add_argument("--only", type=int, action="append", help="number of a case to try alone")
    asked = parser.parse_args(arguments)
    data = ROOT / "data"
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), data)
        chosen = cases(Path(folder), asked.cases, asked.seed)
    if asked.only:
        chosen = [case for case in chosen if case.number in asked.only]
    preload()
    until = time.monotonic() + 60.0 * asked.minutes
    parts = [chosen[k :: asked.jobs] for k in range(asked.jobs)]
    with ThreadPoolExecutor(asked.jobs) as pool:
        tried = pool.map(lambda part: campaign(part, data, until) if part else [], parts)
        met = [one for part in tried for one in part]
    met.sort(key=lambda one: one[0].number)
    print(table_of(met))
    if wrong := examples(met):
        print("\n" + wrong, file=sys.stderr)
    return 1 if not met or any(one[2] for one in met) else 0


if __name__ == "__main__":
    sys.exit(main())
