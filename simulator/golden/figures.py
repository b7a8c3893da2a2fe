"""The figures of a run that a golden table keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from simulator.blocks import Plan, prepare
from simulator.collector import gathered
from simulator.errors import InputError, Problem
from simulator.golden.folder import Folder, Run
from simulator.inputs.fitted import Fitted
from simulator.inputs.refusals import refuse_impossible
from simulator.manifest import refuse_mixed
from simulator.outcomes.metrics import known_metrics
from simulator.results import FIGURES as OF_DRAWS
from simulator.results import HORIZON, Row
from simulator.scenario import Scenario, load_scenario

Key = tuple[str, str, str, str]
"""Metric, by, item, month."""
Figures = tuple[float, ...]
"""One value per name in `FIGURES`; NaN where there is none."""

FIGURES = ("mid", *OF_DRAWS)
"""`mid` is the outcome of the one draw with every parameter at its mid value; the others are of all draws."""
MONTHLY = ("brent_usd_bbl/total", "import_bill_usd_bn/total", "imports_kbd/total")
"""What is kept for every month and not only over the horizon."""
UNFITTED = Fitted((), np.zeros((1, 0)), np.ones(1))
"""Nothing is drawn together: every parameter comes from its own table."""


@dataclass(frozen=True)
class Computed:
    """A run as the program gives it now; `unconverged` counts draws, that at mid values included."""

    run: Run
    scenario: Scenario
    lines: dict[Key, Figures]
    unconverged: int


def load_runs(folder: Folder) -> list[Scenario]:
    """The scenarios of all runs, checked; InputError with the problems of all of them at once."""
    problems: list[Problem] = []
    loaded = []
    for run in folder.runs:
        try:
            loaded.append(_loaded(run))
        except InputError as error:
            problems += [_placed(one, run) for one in error.problems]
    if problems:
        raise InputError(problems)
    return loaded


def _loaded(run: Run) -> Scenario:
    scenario = load_scenario(run.scenario, set=run.settings)
    refuse_impossible(scenario)
    return scenario


def _placed(problem: Problem, run: Run) -> Problem:
    """A problem with what a run sets has its place in `golden.yaml`."""
    if problem.place or run.node is None:
        return problem
    key = f"runs.{run.name}.set.{problem.key}"
    return Problem(key, problem.what, run.node.place, problem.given, problem.allowed, problem.meant)


def compute(
    run: Run, scenario: Scenario, draws: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> Computed:
    """Run a scenario twice, at mid values and with draws, and keep what a table holds.

    Parameters
    ----------
    draws : 1 or more   seed : of the random numbers
    progress : called with the draws done and the draws wanted

    Raises
    ------
    DataError : a table changed while others were read.
    """
    plan = prepare(scenario, None if run.fitted else UNFITTED, kept_metrics(run.metrics))
    refuse_mixed(scenario.baseline)
    middle, open_middle = _rows(plan, 1, seed, None)
    rows, open_draws = (middle, 0) if draws == 1 else _rows(plan, draws, seed, progress)
    lines: dict[Key, Figures] = {
        key: (middle[key].mean, *(getattr(row, name) for name in OF_DRAWS))
        for key, row in sorted(rows.items())
        if key in middle and _is_kept(row)
    }
    return Computed(run, scenario, lines, open_middle + open_draws)


def kept_metrics(metrics: Iterable[str] | None) -> tuple[str, ...]:
    """What a table holds: the metrics asked for and those of every month; by default every metric, but by country
    only where it is not seen by stream or group."""
    known = known_metrics()
    whole = [f"{metric}/{by}" for metric, ways in known.items() for by in ways if by != "country" or len(ways) == 1]
    return tuple(dict.fromkeys((*(whole if metrics is None else metrics), *MONTHLY)))


def _is_kept(row: Row) -> bool:
    return row.month == HORIZON or f"{row.metric}/{row.by}" in MONTHLY


def _rows(plan: Plan, draws: int, seed: int, progress: Callable[[int, int], None] | None) -> tuple[dict[Key, Row], int]:
    """Rows by key, and how many draws did not converge."""
    collector = gathered(plan, draws, seed, progress=progress)
    rows = collector.rows(plan.scenario.month_labels)
    return {(row.metric, row.by, row.item, row.month): row for row in rows}, draws - collector.counted
