"""A sweep from start to finish, one line per step."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from simulator import __version__
from simulator.blocks import prepare, run_block
from simulator.errors import InputError, Problem
from simulator.inputs.draws import Block
from simulator.manifest import code_digest, digests, program, refuse_mixed
from simulator.outcomes.horizon import Key
from simulator.reading.findings import Finding, dotted
from simulator.runs import DEFAULT_SEED, check_numbers
from simulator.scenario import Scenario, load_scenario, to_document
from simulator.scenario.load import with_values
from simulator.scenario.sweeping import GRID, Sweeping, sweeping
from simulator.sweeps import wanted
from simulator.sweeps.engines import Crew, engine
from simulator.sweeps.layout import Layout, lay_out, unknown_paths
from simulator.sweeps.store import MADE_WITH, Store, lever_columns, open_store
from simulator.sweeps.tasks import Task, joined, tasks, work

if TYPE_CHECKING:
    import xarray

DEFAULT_DRAWS = 256


@dataclass(frozen=True)
class Asked:
    """A sweep that has been checked and can be started or gone on with."""

    scenario: Scenario
    layout: Layout
    outcomes: tuple[wanted.Asked, ...]
    design: str
    draws: int
    seed: int

    @property
    def tasks(self) -> list[Task]:
        """The work, in order of the points."""
        return list(tasks(self.layout, self.outcomes, self.draws, self.seed))

    def about(self) -> dict[str, Any]:
        """The label of its store: equal for equal sweeps, whenever and wherever they run, but for `made_with`."""
        paths, columns = self.layout.paths, lever_columns(self.layout)
        if self.layout.shape is not None:
            columns = [list(dict.fromkeys(values)) for values in columns]
        document = to_document(self.scenario)
        document.pop("sweep", None)
        return {
            "schema": 1,
            "version": __version__,
            "code": code_digest(),
            "name": self.scenario.name,
            "baseline": self.scenario.baseline,
            "scenario": document,
            "design": self.design,
            "levers": dict(zip(paths, columns, strict=True)),
            "months": list(self.scenario.month_labels),
            "draws": self.draws,
            "seed": self.seed,
            "outcomes": [[part for part in vars(one).values() if part] for one in self.outcomes],
            "data": {name: one for group in self.layout.groups for name, one in digests(group.baseline).items()},
            MADE_WITH: program(),
        }


def sweep(
    scenario: Scenario | str | os.PathLike[str],
    over: Mapping[str, object] | None = None,
    draws: int | None = None,
    seed: int = DEFAULT_SEED,
    months: int | None = None,
    *,
    design: str | None = None,
    points: int | None = None,
    sampling: str | None = None,
    metrics: Sequence[str] = (),
    store: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    engine: str = "local",
    scheduler: str | None = None,
    only: Sequence[int] = (),
    progress: Callable[[int, int], None] | None = None,
) -> xarray.Dataset:
    """Run a scenario at many points of its inputs, the same draws at each.

    Parameters
    ----------
    scenario : a loaded scenario, or the path of one.
    over : values by dotted path, as {"shocks.0.loss_share": [0, 0.5, 1]}; any key that `--set` takes. With `lhs` and
        `sobol` the two ends. None: the scenario's own `sweep:` block.
    draws : sets of uncertain parameters at each point; by default the scenario's own number, else 256. 1: mid values.
    seed : of the random numbers.   months : replaces the scenario's horizon.
    design : `grid` (every combination, the default), `list` (one value of each lever a point), `lhs`, `sobol`.
    points : of a Latin hypercube or Sobol design.
    sampling : where random numbers come from, as for `run`; None: as the scenario says.
    metrics : outcomes to keep, each `metric`, `metric/by` or `metric/by/item`; by default the usual ones.
    store : folder to keep the sweep in; the same call again goes on where it stopped. None: nothing is kept.
    workers : processes; None: one a core.   engine : `local` or `dask`.   scheduler : address of a Dask scheduler.
    only : numbers of points, from 0, to run without the others: they come out to the same bits. None: all.
    progress : called with the points done and all points.

    Returns
    -------
    As `open_sweep`; without a store with the values of every draw.

    Raises
    ------
    InputError : with every problem of the levers and their values, or of the store.
    DataError : a table is missing or changed.
    """
    check_numbers(draws, seed, months, sampling)
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    loaded = with_settings(loaded, months, sampling)
    asked = prepare_sweep(loaded, what_varies(loaded, over, design, points), draws, seed, metrics)
    from simulator.sweeps.dataset import open_sweep

    with kept_in(store) as folder:
        run_sweep(asked, folder, Crew(engine, workers, scheduler), only, progress)
        return open_sweep(folder, draws=store is None)


@contextmanager
def kept_in(store: str | os.PathLike[str] | None) -> Iterator[Path]:
    """The folder of a store; one that goes away again where nothing is to be kept."""
    if store is not None:
        yield Path(store)
        return
    with TemporaryDirectory() as folder:
        yield Path(folder)


def with_settings(scenario: Scenario, months: int | None, sampling: str | None) -> Scenario:
    """The scenario over another number of months, with other random numbers; None: as it says itself."""
    longer = scenario if months is None else scenario.with_horizon(months)
    return longer if sampling is None else with_values(longer, {"sampling": sampling})


def what_varies(
    scenario: Scenario, over: Mapping[str, object] | None, design: str | None = None, points: int | None = None
) -> Sweeping:
    """What varies: as asked, or as the scenario itself says; design and points may be said anew.

    Raises
    ------
    InputError : nothing varies, values that make no points, paths that do not exist.
    """
    own = scenario.sweep
    if not over and own is None:
        what = "nothing varies: give --over PATH=LO:HI:N, or a sweep: block in the scenario"
        raise InputError([Problem("--over", what)])
    values = dict(over) if over else dict(own.over) if own else {}
    taken = own if own and not over else Sweeping((), GRID)
    try:
        return sweeping(values, design or taken.design, taken.points if points is None else points)
    except PydanticCustomError as error:
        problems = [_outside(one) for one in (error.context or {})["findings"]]
        raise InputError([*problems, *unknown_paths(scenario, values)]) from None


def prepare_sweep(
    scenario: Scenario, varied: Sweeping, draws: int | None, seed: int, metrics: Sequence[str] = ()
) -> Asked:
    """Check everything that can be checked before the first point is run; parameters as for `sweep`."""
    outcomes = wanted.parse(metrics)
    layout = lay_out(scenario, varied, seed)
    for group in layout.groups:
        refuse_mixed(group.baseline)
    if outcomes:
        wanted.refuse_unknown(outcomes, map(_outcomes_of, layout.groups))
    return Asked(layout.scenario, layout, outcomes, varied.design, draws or scenario.draws or DEFAULT_DRAWS, seed)


def run_sweep(
    asked: Asked,
    folder: Path,
    crew: Crew,
    only: Sequence[int] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Store:
    """Do the tasks that are not done yet, keep each as it comes, and write the table."""
    _refuse_unknown_points(only, asked.layout.count)
    everything = [task for task in asked.tasks if not only or any(task.has(point) for point in only)]
    with open_store(folder, asked.about(), asked.layout) as store:
        _go_on(everything, store, crew, progress)
    return store


def _go_on(everything: list[Task], store: Store, crew: Crew, progress: Callable[[int, int], None] | None) -> None:
    """Do what a store does not keep yet."""
    left = [task for task in everything if not store.keeps(task.first)]
    wanted, missing = (sum(len(task.held) for task in part if task.span[0] == 0) for part in (everything, left))
    done = wanted - missing
    if progress:
        progress(done, wanted)
    if left:
        with engine(crew) as do:
            for found in joined(do(work, left)):
                store.keep(found)
                done += len(found.figures)
                if progress:
                    progress(done, wanted)
    store.finish()


def _refuse_unknown_points(only: Sequence[int], count: int) -> None:
    unknown = [point for point in only if not 0 <= point < count]
    if unknown:
        allowed = f"0 to {count - 1}"
        raise InputError([Problem("--only", "there is no such point", None, point, allowed) for point in unknown])


def _outcomes_of(scenario: Scenario) -> tuple[Key, ...]:
    """What a run of this scenario tells, found by one draw of it."""
    return run_block(prepare(scenario), Block(DEFAULT_SEED, 0, mid_only=True), 1).after.keys


def _outside(found: Finding) -> Problem:
    """A finding about a sweep as a problem of the call, which has no place in a file."""
    key = dotted(found.path[1:]) if found.path[0] == "over" and len(found.path) > 1 else f"--{found.path[0]}"
    return Problem(key, found.what, None, found.given, found.allowed, found.meant)
