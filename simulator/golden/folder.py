"""A folder of golden tables: which runs are kept in it, read from its `golden.yaml`."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from simulator.errors import InputError, Problem
from simulator.golden.tolerances import Tolerance
from simulator.reading.nodes import Node
from simulator.reading.page import Bounds, Page
from simulator.reading.scalars import shown

FILE = "golden.yaml"
DEFAULT = Path("tests") / "golden"
SCHEMA = 1
RUN_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,59}", re.ASCII)
DRAWS = Bounds(1, 100_000, whole=True)
SEED = Bounds(0, 2**53, whole=True)
MONTHS = Bounds(1, 600, whole=True)
SIZE = Bounds(0.0, math.inf, above=True)
REPOSITORY = ".git"


@dataclass(frozen=True)
class Run:
    """One run that is kept.

    scenario : its file, as the user would name it   settings : values put over it, by dotted path
    metrics : what its table holds, as `share` or `share/group`; None: all   fitted : False draws every parameter from
    its own table, as before they were fitted to history
    """

    name: str
    scenario: Path
    settings: Mapping[str, object] = field(default_factory=dict)
    metrics: tuple[str, ...] | None = None
    fitted: bool = True
    node: Node | None = None


@dataclass(frozen=True)
class Folder:
    """A folder of golden tables: its runs, how many draws each has, and tolerances of its own."""

    where: Path
    draws: int
    seed: int
    runs: tuple[Run, ...]
    tolerances: Mapping[str, Tolerance]

    def sheet(self, name: str) -> Path:
        """The table of a run."""
        return self.where / f"{name}.csv"


def find(asked: Path | None) -> Path:
    """The folder a user means, by default tests/golden of the current folder; InputError where there is none."""
    where = asked or DEFAULT
    if (where / FILE).is_file():
        return where
    what = f"holds no {FILE}" if where.is_dir() else "is no folder" if where.exists() else "there is no such folder"
    hint = "a folder with a golden.yaml: docs/regression.md says how to make one"
    raise InputError([Problem("--against", what, given=str(where), allowed=hint)])


def repository(where: Path) -> Path:
    """The folder that scenarios may be named in: the repository this folder is part of, else itself."""
    here = where.resolve()
    return next((one for one in (here, *here.parents) if (one / REPOSITORY).exists()), here)


def read_folder(where: Path) -> Folder:
    """The folder as its `golden.yaml` describes it; scenarios are found here and loaded later.

    Keys: `schema: 1`, `draws`, `seed`, `runs: {NAME: {scenario, set, months, metrics, fitted}}` and
    `tolerances: {METRIC: {size, reason}}`; the last, and all of a run but `scenario`, may be left out.

    Raises
    ------
    InputError : every problem of the file at once.
    """
    page = _FolderPage()
    root = page.open(where / FILE)
    top = page.keys(root, (), ("schema", "draws", "seed", "runs"), ("tolerances",)) if root else {}
    if "schema" in top and top["schema"].plain() != SCHEMA:
        page.wrong(("schema",), f"must be {SCHEMA}", top["schema"], given=shown(top["schema"].plain()))
    draws = page.number(("draws",), top["draws"], DRAWS) if "draws" in top else math.nan
    seed = page.number(("seed",), top["seed"], SEED) if "seed" in top else math.nan
    runs = page.runs(top["runs"], where) if "runs" in top else ()
    tolerances = page.tolerances(top["tolerances"]) if "tolerances" in top else {}
    page.close()
    return Folder(where, int(draws), int(seed), runs, tolerances)


class _FolderPage(Page):
    """Reads runs and tolerances."""

    def runs(self, node: Node, where: Path) -> tuple[Run, ...]:
        """The runs in the order of the file."""
        if not isinstance(node.content, dict) or not node.content:
            self.wrong(("runs",), "must name at least one run", node, given=shown(node.plain()))
            return ()
        return tuple(self._run(name, entry, where) for name, entry in node.content.items())

    def _run(self, name: str, node: Node, where: Path) -> Run:
        at = ("runs", name)
        if not RUN_NAME.fullmatch(name):
            self.wrong(at, "cannot name a table", node, given=name, allowed="a-z, 0-9 and _, up to 60 of them")
        keys = self.keys(node, at, ("scenario",), ("set", "months", "metrics", "fitted"))
        scenario = self._scenario((*at, "scenario"), keys["scenario"], where) if "scenario" in keys else Path()
        settings = self._settings((*at, "set"), keys["set"]) if "set" in keys else {}
        if "months" in keys:
            if "months" in settings:
                self.wrong((*at, "months"), "is given twice: here and under set", keys["months"])
            months = self.number((*at, "months"), keys["months"], MONTHS)
            settings["months"] = 0 if math.isnan(months) else int(months)
        metrics = self._metrics((*at, "metrics"), keys["metrics"]) if "metrics" in keys else None
        fitted = keys["fitted"].plain() if "fitted" in keys else True
        if not isinstance(fitted, bool):
            self.wrong((*at, "fitted"), "must be true or false", keys["fitted"], given=shown(fitted))
        return Run(name, scenario, settings, metrics, bool(fitted), node)

    def _scenario(self, at: tuple[str | int, ...], node: Node, where: Path) -> Path:
        from simulator import library

        link = self.text(at, node)
        if not link:
            return Path()
        try:
            if len(Path(link).parts) == 1 and not Path(link).suffix:
                return library.find(link)
            target, tree = (where / link).resolve(), repository(where)
            if Path(link).is_absolute() or not target.is_relative_to(tree):
                self.wrong(at, "must name a file inside the repository of this folder", node, given=shown(link))
            elif not target.is_file():
                self.wrong(at, "there is no such file", node, given=shown(link))
        except InputError as error:
            self.wrong(at, error.problems[0].what, node, given=shown(link), meant=error.problems[0].meant)
        except (OSError, ValueError, RuntimeError):
            self.wrong(at, "cannot be the name of a file", node, given=shown(link))
        return Path(os.path.normpath(where / link))

    def _settings(self, at: tuple[str | int, ...], node: Node) -> dict[str, object]:
        if isinstance(node.content, dict):
            return {path: value.plain() for path, value in node.content.items()}
        self.wrong(at, "must hold paths and values", node, given=shown(node.plain()))
        return {}

    def _metrics(self, at: tuple[str | int, ...], node: Node) -> tuple[str, ...]:
        from simulator.outcomes.metrics import wanted_metrics

        names = self.names(at, node)
        try:
            wanted_metrics(names)
        except InputError as error:
            for one in error.problems:
                self.wrong(at, one.what, node, given=str(one.given), allowed=one.allowed, meant=one.meant)
        return names

    def tolerances(self, node: Node) -> dict[str, Tolerance]:
        """Tolerances of the folder's own, by metric; each needs its reason."""
        from simulator.outcomes.metrics import known_metrics

        found = {}
        for metric, entry in self.keys(node, ("tolerances",), (), tuple(known_metrics())).items():
            at = ("tolerances", metric)
            given = self.keys(entry, at, ("size", "reason"))
            size = self.number((*at, "size"), given["size"], SIZE) if "size" in given else math.nan
            reason = self.text((*at, "reason"), given["reason"]) if "reason" in given else ""
            found[metric] = Tolerance(metric, size, reason)
        return found
