"""Does `oilsim check` notice? One cell of the data is changed by a thousandth, and the golden folder is asked.

    python -m fuzz.golden --parameters 59 --fitted 27 --flows 40 --freights 40

Each change works on a copy of data/ in a process of its own. A change counts as caught where a metric of its kind leads
the list of what moved, as seen where it moved but another metric leads, else as missed.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
DATA, GOLDEN = ROOT / "data", ROOT / "tests" / "golden"
FACTOR = 1.001
VOLUMES, PRICES = ("flow_kbd", "imports_kbd"), ("fob_usd_bbl", "delivered_usd_bbl")
ANY = ()
FLOWS = ("flows_2025", "flows_early_2026")


@dataclass(frozen=True)
class Change:
    """A cell, or with `row` None a whole column, a thousandth larger; `leads` are the metrics that should say so."""

    kind: str
    table: str
    row: int | None
    column: str
    label: str
    leads: tuple[str, ...] = ANY


@dataclass(frozen=True)
class Answer:
    """What the check said: metrics that moved, furthest first, and how far the first one did in tolerances."""

    change: Change
    metrics: tuple[str, ...]
    furthest: float
    tables: tuple[str, ...]
    refused: str = ""

    @property
    def verdict(self) -> str:
        """caught, seen, missed or, where the program will not run on such data, refused."""
        if self.refused:
            return "refused"
        if not self.metrics:
            return "missed"
        return "caught" if not self.change.leads or self.metrics[0] in self.change.leads else "seen"


def rows_of(table: str, data: Path = DATA) -> list[dict[str, str]]:
    """A table as it is written."""
    with (data / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parameters() -> list[Change]:
    """The middle of every parameter."""
    return [
        Change("parameter", "parameters", i, "mid", row["name"])
        for i, row in enumerate(rows_of("parameters"))
        if float(row["mid"]) != 0
    ]


def fitted() -> list[Change]:
    """Every column of the parameters that were fitted to history."""
    names = [name for name in rows_of("posterior")[0] if name != "member" and not name.startswith("misfit_")]
    return [Change("fitted", "posterior", None, name, name) for name in names]


def flows() -> list[Change]:
    """Every cell of the two matrices, smallest first."""
    cells = [
        (float(row["kbd"]), Change("flow", table, i, "kbd", f"{row['buyer']}:{row['stream']} {row['kbd']}", VOLUMES))
        for table in FLOWS
        for i, row in enumerate(rows_of(table))
        if float(row["kbd"]) != 0
    ]
    return [change for _, change in sorted(cells, key=lambda cell: cell[0])]


def freights() -> list[Change]:
    """Freight to China by stream and baseline."""
    return [
        Change("freight", "prices", i, "freight_usd_bbl", f"{row['stream']} {row['baseline']}", PRICES)
        for i, row in enumerate(rows_of("prices"))
        if float(row["freight_usd_bbl"]) != 0
    ]


def distances() -> list[Change]:
    """Miles to the other buyers, which make their freight; and what detours cost."""
    found = [
        Change("distance", "routes", i, "distance_nm", f"{row['load_region']} to {row['buyer_region']}")
        for i, row in enumerate(rows_of("routes"))
        if float(row["distance_nm"]) != 0
    ]
    detours = enumerate(rows_of("passages"))
    return found + [Change("detour", "passages", i, "detour_usd_bbl", row["passage"]) for i, row in detours]


def sample(changes: list[Change], most: int, seed: int) -> list[Change]:
    """So many of them: the first three, which are the smallest flows, and the rest by lot."""
    if most >= len(changes):
        return changes
    rest = changes[3:]
    return [*changes[:3], *random.Random(seed).sample(rest, max(0, most - 3))][:most]


def apply(change: Change, data: Path) -> None:
    """Change a copy of the data and seal it; all other tables are links to ours."""
    for path in DATA.iterdir():
        if path.stem == change.table:
            shutil.copy(path, data / path.name)
        else:
            (data / path.name).symlink_to(path)
    rows = rows_of(change.table, data)
    sidecar = yaml.safe_load((DATA / f"{change.table}.yaml").read_text(encoding="utf-8"))
    most = sidecar["columns"][change.column].get("high", math.inf)
    for i, row in enumerate(rows):
        if change.row in (None, i):
            row[change.column] = enlarged(row[change.column], change.column == "distance_nm", most)
    with (data / f"{change.table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def enlarged(text: str, whole: bool, most: float = math.inf) -> str:
    """A thousandth more, but no more than is legal; a whole number by at least one.

    >>> enlarged("5.0", False), enlarged("200", True), enlarged("11000", True), enlarged("1.0", False, 1.0)
    ('5.005', '201', '11011', '1')
    """
    if whole:
        return str(int(text) + max(1, round(int(text) * (FACTOR - 1))))
    return f"{min(float(text) * FACTOR, most):.12g}"


def ask(change: Change, golden: Path = GOLDEN) -> Answer:
    """What the check of a golden folder says to a change; only in a process that has read no table yet."""
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        apply(change, data)
        os.environ["OILSIM_DATA"] = name
        from simulator import datasets
        from simulator.errors import OilsimError
        from simulator.golden.check import check
        from simulator.golden.comparison import by_metric
        from simulator.golden.folder import read_folder

        try:
            datasets.seal(change.table)
            checked = check(read_folder(golden))
        except OilsimError as error:
            return Answer(change, (), 0.0, (), str(error))
        groups = by_metric(checked.moved)
        furthest = max((one.tolerances for one in checked.moved), default=0.0)
        tables = tuple(cause.what for cause in checked.causes if cause.kind == "table")
    return Answer(change, tuple(groups), furthest, tables)


def at_mid_values(where: Path) -> Path:
    """A copy of our golden folder with a single draw, written anew: what moves in it moves in ours as well."""
    from simulator.golden.folder import FILE, read_folder
    from simulator.golden.rewrite import measure, rewrite

    for path in GOLDEN.glob("*.yaml"):
        shutil.copy(path, where / path.name)
    text = (GOLDEN / FILE).read_text(encoding="utf-8")
    (where / FILE).write_text(re.sub(r"^draws:.*$", "draws: 1", text, flags=re.MULTILINE), encoding="utf-8")
    checked, _ = measure(read_folder(where))
    rewrite(checked, "Mid values for a campaign.")
    return where


def drifted() -> bool:
    """Whether our folder does not hold as it is."""
    from simulator.golden.check import check
    from simulator.golden.folder import read_folder

    return bool(check(read_folder(GOLDEN)).moved)


def ask_all(
    changes: Iterable[Change],
    workers: int,
    told: Callable[[Answer], None],
    golden: Path = GOLDEN,
    until: float = math.inf,
) -> list[Answer]:
    """The same for many, each in a process of its own; no further one after `until` on the monotonic clock."""
    answers = []
    with multiprocessing.get_context("spawn").Pool(workers, maxtasksperchild=1) as pool:
        for answer in pool.imap_unordered(partial(ask, golden=golden), changes):
            told(answer)
            answers.append(answer)
            if time.monotonic() > until:
                break
    return answers


def tell(answer: Answer) -> None:
    """One line of JSON."""
    one = answer.change
    said = {"verdict": answer.verdict, "kind": one.kind, "table": one.table, "label": one.label, "column": one.column}
    said |= {"tolerances": round(answer.furthest, 2), "metrics": answer.metrics[:4], "tables": answer.tables}
    said |= {"refused": answer.refused} if answer.refused else {}
    print(json.dumps(said), flush=True)


def main(given: Sequence[str] | None = None) -> int:
    """Run the campaign; 1 where a change was missed, or the wrong metric led."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    sets = {"parameters": parameters, "fitted": fitted, "flows": flows, "freights": freights, "distances": distances}
    for name in sets:
        parser.add_argument(f"--{name}", type=int, default=3, help="how many of them (default 3)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0, help="ask no further after so long")
    parser.add_argument(
        "--mid", action="store_true", help="hold mid values alone against each other: five times as fast"
    )
    asked = parser.parse_args(given)
    changes = [one for name, all_of in sets.items() for one in sample(all_of(), getattr(asked, name), asked.seed)]
    began = time.monotonic()
    if not asked.mid and drifted():
        print("tests/golden has drifted already, so every change would count as caught: mend it first", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        golden = at_mid_values(Path(name)) if asked.mid else GOLDEN
        answers = ask_all(changes, asked.workers, tell, golden, began + 60 * asked.minutes)
    for kind in dict.fromkeys(one.change.kind for one in answers):
        verdicts = [one.verdict for one in answers if one.change.kind == kind]
        counts = ", ".join(f"{verdicts.count(word)} {word}" for word in ("caught", "seen", "missed", "refused"))
        print(f"{kind}: {len(verdicts)} changes, {counts}", file=sys.stderr)
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    return int(not answers or any(one.verdict != "caught" for one in answers))


if __name__ == "__main__":
    sys.exit(main())
