"""Whether the program still gives the figures of a golden folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.errors import DataError
from simulator.golden import record, sheets
from simulator.golden.comparison import Compared, Moved, compare
from simulator.golden.figures import Computed, Figures, Key, compute, load_runs
from simulator.golden.folder import Folder
from simulator.golden.record import Cause, Document
from simulator.golden.tolerances import Tolerances, shipped
from simulator.scenario import Scenario

Lines = Mapping[Key, Figures]


@dataclass(frozen=True)
class Kept:
    """What lies in a folder: tables by run, the record, and what is wrong with either, one line each."""

    tables: dict[str, Lines] = field(default_factory=dict)
    record: Document | None = None
    wrong: tuple[str, ...] = ()

    @property
    def gone(self) -> tuple[str, ...]:
        """Tables that were written of runs."""
        return tuple(self.record["tables"]) if self.record else ()


@dataclass(frozen=True)
class Checked:
    """A folder held against the program.

    runs : what each run came to, by name   computed : the same runs as they are now
    without_table : runs that have no sound table   taken_out : tables whose run is no longer in golden.yaml
    causes : what differs from when the tables were written   now : what they would be written with today
    """

    folder: Folder
    runs: dict[str, Compared]
    computed: dict[str, Computed]
    without_table: tuple[str, ...]
    taken_out: tuple[str, ...]
    causes: tuple[Cause, ...]
    now: Document

    @property
    def moved(self) -> tuple[Moved, ...]:
        """Every figure beyond its tolerance, over all runs."""
        return tuple(one for compared in self.runs.values() for one in compared.moved)

    @property
    def drifted(self) -> bool:
        """Whether anything is not as it was."""
        return bool(self.without_table or self.taken_out) or any(one.drifted for one in self.runs.values())

    @property
    def unconverged(self) -> dict[str, int]:
        """Draws that did not converge, by run, where there are any."""
        return {name: one.unconverged for name, one in self.computed.items() if one.unconverged}


def kept(folder: Folder) -> Kept:
    """Read every table and the record; what cannot be used is named in `wrong`."""
    problems: list[str] = []
    found: Document | None = None
    try:
        found = record.read(folder.where)
    except DataError as error:
        problems.append(str(error))
    tables: dict[str, Lines] = {}
    for run in folder.runs:
        try:
            tables[run.name] = _table(folder, run.name, found)
        except DataError as error:
            problems += str(error).splitlines()
    return Kept(tables, found, tuple(problems))


def _table(folder: Folder, name: str, found: Document | None) -> Lines:
    path = folder.sheet(name)
    if not path.is_file():
        raise DataError(f"{path}: the golden table is missing; oilsim golden --reason TEXT writes it")
    lines = sheets.read(path)
    if found is not None and found["tables"].get(name) != sheets.digest(path):
        raise DataError(f"{path}: is not the table that was written; only oilsim golden --reason TEXT may change it")
    return lines


def check(folder: Folder, progress: Callable[[str, int, int], None] | None = None) -> Checked:
    """Run everything a folder names and compare it with its tables.

    Parameters
    ----------
    progress : called with the name of a run, draws done and draws wanted

    Raises
    ------
    InputError : a scenario cannot be.   DataError : a golden table is missing or damaged, all of them at once.
    """
    scenarios = load_runs(folder)
    there = kept(folder)
    if there.wrong:
        raise DataError("\n".join(there.wrong))
    return held_against(folder, there, compute_all(folder, scenarios, progress))


def compute_all(
    folder: Folder, scenarios: list[Scenario], progress: Callable[[str, int, int], None] | None = None
) -> dict[str, Computed]:
    """Every run as it is now, by name."""
    found = {}
    for run, scenario in zip(folder.runs, scenarios, strict=True):

        def advance(done: int, wanted: int, name: str = run.name) -> None:
            if progress:
                progress(name, done, wanted)

        found[run.name] = compute(run, scenario, folder.draws, folder.seed, advance)
    return found


def held_against(folder: Folder, there: Kept, computed: dict[str, Computed]) -> Checked:
    """Runs as they are now beside the tables that were kept, as far as there are any."""
    tolerances = tolerances_of(folder)
    runs = {
        name: compare(name, there.tables[name], one.lines, tolerances)
        for name, one in computed.items()
        if name in there.tables
    }
    now = record.document(folder, [one.scenario for one in computed.values()])
    return Checked(
        folder,
        runs,
        computed,
        tuple(name for name in computed if name not in there.tables),
        tuple(name for name in there.gone if name not in computed),
        record.causes(there.record, now) if there.record else (),
        now,
    )


def tolerances_of(folder: Folder) -> Tolerances:
    """Tolerances of a folder: the shipped ones, its own put over them."""
    return {**shipped(), **folder.tolerances}
