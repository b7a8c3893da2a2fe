"""A result that was kept, computed again: the same, or what differs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas

from simulator import datasets
from simulator.errors import DataError, InputError, Problem, printable
from simulator.kept import KEPT, KeptManifest, KeptResult, KeptSweep, checked, read_json, results_of
from simulator.manifest import program, scenario_digest
from simulator.results import COLUMNS, FIGURES, LABELS, Results, csv_text, text_digest
from simulator.runs import run
from simulator.sameness import DIFFERENT, Change, Compared, changes, compared
from simulator.scenario import Scenario
from simulator.scenario.load import from_document
from simulator.sweeps.dataset import tidy
from simulator.sweeps.engines import Crew
from simulator.sweeps.layout import from_label
from simulator.sweeps.store import LABEL, TABLE
from simulator.sweeps.sweep import Asked, prepare_sweep, run_sweep, what_varies

MOST_TOLD = 200
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Replayed:
    """One result beside the same run of today.

    name, what : of which scenario, and which draws     verdict : `SAME`, `CLOSE` or `DIFFERENT`
    touched : whether the rows of the file are not those it was kept with
    stray : name of the table beside it, where that is of another run or was changed
    """

    name: str
    what: str
    verdict: str
    compared: Compared
    changes: tuple[Change, ...]
    touched: bool = False
    stray: str | None = None

    @property
    def same(self) -> bool:
        """Whether the figures are had again, and no table beside them is of another run."""
        return self.verdict != DIFFERENT and self.stray is None


def replay(path: str | os.PathLike[str], progress: Progress | None = None) -> tuple[Replayed, ...]:
    """Run again what was kept, from what the file says and not from the scenario's own file, and compare.

    Parameters
    ----------
    path : JSON that `oilsim run` or `compare` kept or printed, or the folder or `sweep.json` of a sweep
    progress : called with what is done and wanted, of each run

    Raises
    ------
    InputError : the file is none of these, or damaged.
    DataError : a table is missing, or the baseline of the user's own that it was run on.
    """
    if Path(path).is_dir() or Path(path).name == LABEL:
        return (_replayed_sweep(Path(path), progress),)
    file = os.fspath(path)
    document = read_json(path)
    found = results_of(document, file)
    scenarios = [_scenario(one, file) for one in found]
    beside = None if isinstance(document, list) else Path(path).with_suffix(".csv")
    return tuple(_replayed(*pair, beside, progress) for pair in zip(found, scenarios, strict=True))


def _scenario(kept: KeptResult, file: str) -> Scenario:
    """The scenario of a result, checked; with what the result says of itself."""
    manifest = kept.manifest
    problems = []
    if scenario_digest(manifest.scenario) != manifest.scenario_sha256:
        problems.append(Problem(f"{file}: manifest.scenario", "is not what was run: its digest is another"))
    refuse_missing_baselines(manifest.data)
    scenario = from_document(manifest.scenario, f"{file}: manifest.scenario")
    if tuple(kept.months) != scenario.month_labels:
        problems.append(Problem(f"{file}: months", "are not those of the scenario"))
    labels = pandas.DataFrame([[getattr(row, name) for name in LABELS] for row in kept.rows], columns=list(LABELS))
    if labels.duplicated().any():
        problems.append(Problem(f"{file}: rows", "name an outcome twice"))
    if problems:
        raise InputError(problems)
    return scenario


def refuse_missing_baselines(data: Mapping[str, object]) -> None:
    """Refuse to go on without the baselines of the user's own that tables in use belonged to.

    Raises
    ------
    DataError : one is not among those that are here.
    """
    here = datasets.vocabulary().baselines
    gone = {table.partition("/")[0] for table in data if "/" in table} - {*here}
    if gone:
        names = printable(", ".join(sorted(gone)))[:MOST_TOLD]
        raise DataError(f"{names}: what this was run on is not here: its folder belongs into {datasets.built_folder()}")


def _replayed(kept: KeptResult, scenario: Scenario, beside: Path | None, progress: Progress | None) -> Replayed:
    then = kept.manifest
    draws = then.draws or kept.draws
    results = run(scenario, draws, then.seed, progress=progress, sampling=then.sampling, draw=then.draw)
    now = KeptManifest.model_validate(results.document()["manifest"])
    rows = [one.row() for one in kept.rows]
    digest = text_digest(csv_text(rows))
    found = compared(pandas.DataFrame(rows, columns=COLUMNS), results.table, list(LABELS))
    which = f"{draws:,} draws" if then.draw is None else f"draw {then.draw} of {draws:,}"
    return Replayed(
        name=scenario.name,
        what=f"{which}, seed {then.seed}",
        verdict=found.verdict if _left_out_alike(kept, results) else DIFFERENT,
        compared=found,
        changes=(*_left_out(kept, results), *changes(then.model_dump(), now.model_dump())),
        touched=then.table_sha256 not in (None, digest),
        stray=_stray(beside, then.table_sha256 or digest),
    )


def _left_out_alike(kept: KeptResult, results: Results) -> bool:
    """Whether the same draws did not clear, in the same months; older editions name some of them."""
    now = {(one["draw"], one["month"]) for one in results.manifest["unconverged_draws"]}
    then = {(one.draw, one.month) for one in kept.manifest.unconverged_draws}
    return kept.unconverged == results.unconverged and then <= now


def _left_out(kept: KeptResult, results: Results) -> Iterator[Change]:
    if not _left_out_alike(kept, results):
        yield Change("draws that did not clear", str(kept.unconverged), str(results.unconverged))


def _stray(beside: Path | None, digest: str) -> str | None:
    """The name of the table beside a result, where it is there and has another digest."""
    odd = beside is not None and beside.is_file() and _file_digest(beside) != digest
    return beside.name if beside is not None and odd else None


def _replayed_sweep(path: Path, progress: Progress | None) -> Replayed:
    """A sweep's points that are done, run again in a folder that goes away."""
    label = path / LABEL if path.is_dir() else path
    if path.is_dir() and not label.exists():
        raise InputError([Problem(printable(os.fspath(path)), f"holds no {LABEL}", allowed=KEPT)])
    about: KeptSweep = checked(KeptSweep, read_json(label), os.fspath(label))
    asked = _swept(about, os.fspath(label))
    kept = _tidy(label.parent)
    points = kept["point"].unique().tolist()
    if not points or not set(points) <= set(range(asked.layout.count)):
        raise InputError([Problem(os.fspath(label), "belongs to no point that is done, or to other points")])
    whole = len(points) == asked.layout.count
    with TemporaryDirectory() as folder:
        run_sweep(asked, Path(folder), Crew(), () if whole else points, progress)
        today = _tidy(Path(folder))
        found = compared(kept, today[today["point"].isin(points)], ["point", *LABELS])
        table = _file_digest(Path(folder) / TABLE) if whole and found.alike else None
    said = about.made_with.model_dump() if about.made_with else {}
    then = {**said, "version": about.version, "code_sha256": about.code, "data": about.data}
    return Replayed(
        name=about.name,
        what=f"sweep of {asked.layout.count:,} points, {about.draws:,} draws, seed {about.seed}",
        verdict=found.verdict,
        compared=found,
        changes=tuple(changes(then, {**program(), "data": asked.about()["data"]})),
        stray=_stray(label.parent / TABLE, table) if table else None,
    )


def _swept(about: KeptSweep, file: str) -> Asked:
    """The sweep that a label describes, checked; points that were spread over a space are taken as they came out."""
    refuse_missing_baselines(about.data)
    scenario = from_document(about.scenario, f"{file}: scenario")
    over = {path: [from_label(path, one) for one in values] for path, values in about.levers.items()}
    design = "grid" if about.design == "grid" else "list"
    varied = what_varies(scenario, over, design)
    asked = prepare_sweep(scenario, varied, about.draws, about.seed, ["/".join(one) for one in about.outcomes])
    now = asked.about()
    for name in ("months", "levers"):
        if now[name] != getattr(about, name):
            raise InputError([Problem(f"{file}: {name}", "does not fit the scenario in the label")])
    return asked


def _tidy(folder: Path) -> pandas.DataFrame:
    """The bands of a sweep with plain labels."""
    table = tidy(folder)
    if missing := [name for name in ("point", *LABELS, *FIGURES) if name not in table]:
        raise InputError([Problem(os.fspath(folder), f"has chunks without {', '.join(missing)}")])
    return table.astype(dict.fromkeys(LABELS, str))[["point", *LABELS, *FIGURES]]


def _file_digest(path: Path) -> str:
    """sha256 of a file; DataError where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
