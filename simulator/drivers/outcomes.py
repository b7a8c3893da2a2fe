"""One outcome of a scenario, draw by draw: which one is asked for, and its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.axes import DRAW_BLOCK
from simulator.blocks import BlockRun, Plan, in_order, run_block
from simulator.errors import InputError, Problem, nearest
from simulator.inputs.draws import Block
from simulator.inputs.sampling import Given
from simulator.outcomes.horizon import Key
from simulator.outcomes.outcome import Wanted
from simulator.results import HORIZON, HORIZON_ONLY
from simulator.sweeps.engines import Crew, engine
from simulator.sweeps.wanted import nothing, parse

Array = NDArray[np.float64]

Progress = Callable[[int, int], None]
TOTAL = "total"
FEWEST_TO_SHARE = 4
"""Blocks of a design from which on it is worth the start of several processes."""


@dataclass(frozen=True)
class Asked:
    """One outcome of one month, or of the horizon; `index` is the month's place among a run's months."""

    key: Key
    month: str
    index: int

    @property
    def name(self) -> str:
        """As a user writes it: `brent_usd_bbl`, `share/group/iran`."""
        return self.key[0] if self.key[1:] == (TOTAL, TOTAL) else "/".join(self.key)


@dataclass(frozen=True)
class Band:
    """Mean, 5, 50 and 95 % point of an outcome over draws."""

    mean: float
    p05: float
    p50: float
    p95: float


def band(values: Array) -> Band:
    """Mean and quantiles over the draws, (draw,), that have a value; NaN where none has."""
    known = values[np.isfinite(values)]
    if not len(known):
        return Band(*[float("nan")] * 4)
    return Band(float(known.mean()), *np.quantile(known, [0.05, 0.5, 0.95]).tolist())


def asked(plan: Plan, metric: str, month: str = HORIZON) -> Asked:
    """The outcome that `metric` or `metric/by/item` names.

    Raises
    ------
    InputError : there is no such outcome, or not in that month; with the nearest spelling.
    """
    keys = run_block(plan, Block(0, 0, mid_only=True), 1).after.keys
    months = (*plan.scenario.month_labels, HORIZON)
    key, problems = _key(metric, keys)
    if month not in months:
        allowed = f"{HORIZON}, {months[0]}" + (f" to {months[-2]}" if len(months) > 2 else "")
        problems.append(
            Problem("month", "is not in the run", given=month, allowed=allowed, meant=nearest(month, months))
        )
    elif key and key[0] in HORIZON_ONLY and month != HORIZON:
        problems.append(Problem("month", f"{key[0]} exists for the horizon alone", given=month, allowed=HORIZON))
    if problems or key is None:
        raise InputError(problems)
    return Asked(key, month, months.index(month))


def _key(metric: str, keys: tuple[Key, ...]) -> tuple[Key | None, list[Problem]]:
    """The one outcome that a user's word means, or what is wrong with it."""
    (choice,) = parse([metric])
    fitting = [key for key in keys if choice.fits(key)]
    found = [key for key in fitting if choice.by or key[1:] == (TOTAL, TOTAL)] or fitting
    if not found:
        return None, [nothing(choice, keys, "metric")]
    if len(found) > 1:
        ways = dict.fromkeys(f"{choice.metric}/{key[1]}/ITEM" for key in found)
        return None, [Problem("metric", "names several outcomes: choose one", given=metric, allowed=", ".join(ways))]
    return found[0], []


def outcome_of(plan: Plan, given: Mapping[str, Array], what: Asked, progress: Progress | None = None) -> Array:
    """The outcome where every uncertain number stands at a given place of its range.

    Parameters
    ----------
    given : place between 0 and 1 of every uncertain number of the plan: name -> (row,)
    progress : called with rows done and rows in all

    Returns
    -------
    (row,); NaN where a row did not clear, inf where it has no such outcome.
    """
    rows = len(next(iter(given.values())))
    narrow = replace(plan, wanted=Wanted(frozenset({"/".join(what.key[:2])})))
    parts = [
        _Part(narrow, {name: places[first : first + DRAW_BLOCK] for name, places in given.items()}, what)
        for first in range(0, rows, DRAW_BLOCK)
    ]
    found: list[Array] = []
    with engine(Crew(workers=1 if len(parts) < FEWEST_TO_SHARE else None)) as do:
        for values in do(_computed, parts):
            found.append(values)
            if progress:
                progress(min(len(found) * DRAW_BLOCK, rows), rows)
    return np.concatenate(found)


@dataclass(frozen=True)
class _Part:
    """A block of rows of a design, at most: name -> (row,)."""

    plan: Plan
    given: dict[str, Array]
    what: Asked


def _computed(part: _Part) -> Array:
    """The outcome of a block of rows: (row,)."""
    rows = len(next(iter(part.given.values())))
    return _values(run_block(part.plan, Block(0, 0, sampling=Given(part.given)), rows), part.what)


def drawn_outcome(
    plan: Plan, draws: int, seed: int, what: Asked, progress: Progress | None = None
) -> tuple[dict[str, Array], Array]:
    """The outcome in the draws of an ordinary run, and what was drawn: name -> (draw,), and (draw,) as above."""
    inputs: dict[str, list[Array]] = {}
    found: list[Array] = []
    for block in in_order(plan, draws, seed):
        found.append(_values(block, what))
        for name, values in block.drawn.items():
            inputs.setdefault(name, []).append(values)
        if progress:
            progress(min(len(found) * DRAW_BLOCK, draws), draws)
    return {name: np.concatenate(parts) for name, parts in inputs.items()}, np.concatenate(found)


def _values(block: BlockRun, what: Asked) -> Array:
    """One outcome of a block; the rest of it can be forgotten."""
    values = block.after.values[:, what.index, block.after.keys.index(what.key)].copy()
    values[~np.isfinite(values)] = np.inf
    values[~block.converged] = np.nan
    return values
