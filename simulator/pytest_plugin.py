"""pytest collects a golden folder as one test per run.

Light on purpose: nothing numerical is loaded until there is such a folder. A golden.yaml of other programs, without
`schema` and `runs` at the margin, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from simulator.golden.folder import Folder, Run

FILE = "golden.yaml"
MARKS = (re.compile(r"^schema\s*:", re.MULTILINE), re.compile(r"^runs\s*:", re.MULTILINE))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A golden folder, by its golden.yaml."""
    if file_path.name != FILE:
        return None
    text = file_path.read_text(encoding="utf-8", errors="replace")
    return GoldenFile.from_parent(parent, path=file_path) if all(mark.search(text) for mark in MARKS) else None


class GoldenFile(pytest.File):
    """A golden folder: one test per run."""

    def collect(self) -> Iterator[pytest.Item]:
        """The runs in the order of the file."""
        from simulator.errors import OilsimError
        from simulator.golden.folder import read_folder

        try:
            folder = read_folder(self.path.parent)
        except OilsimError as error:
            raise self.CollectError(str(error)) from None
        for run in folder.runs:
            yield GoldenRun.from_parent(self, name=run.name, folder=folder, run=run)


class Drifted(Exception):
    """A run no longer gives the figures that were kept; the message says which, and why as far as it can be known."""


class GoldenRun(pytest.Item):
    """One run held against its table."""

    def __init__(self, *, folder: Folder, run: Run, **given: Any) -> None:
        super().__init__(**given)
        self.folder = folder
        self.run = run

    def runtest(self) -> None:
        """Run the scenario and compare."""
        from dataclasses import replace

        from simulator.golden.check import check
        from simulator.report.golden import run_as_text

        checked = check(replace(self.folder, runs=(self.run,)))
        if self.run.name in checked.without_table or checked.runs[self.run.name].drifted or checked.unconverged:
            raise Drifted(run_as_text(checked, self.run.name))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What moved, without a traceback."""
        from simulator.errors import OilsimError

        if isinstance(excinfo.value, Drifted | OilsimError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the run is named."""
        return self.path, None, f"{self.path.parent.name}: {self.name}"
