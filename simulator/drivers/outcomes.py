"""One outcome of a scenario, draw by draw: which one is asked for, and its values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.axes import DRAW_BLOCK
from simulator.blocks import MOST_WORKERS, BlockRun, Plan, in_order, run_block
from simulator.errors import InputError, Problem, nearest
from simulator.inputs.draws import Block
from simulator.inputs.sampling import Given
from simulator.outcomes.horizon import Key
from simulator.results import HORIZON, HORIZON_ONLY

Array = NDArray[np.float64]

Progress = Callable[[int, int], None]
TOTAL = "total"


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
    """What a user's word means, or what is wrong with it."""
    parts = metric.split("/")
    whole = (parts[0], TOTAL, TOTAL) if len(parts) == 1 else tuple(parts)
    for key in keys:
        if key == whole:
            return key, []
    known = {key[0] for key in keys}
    if parts[0] not in known:
        meant = nearest(parts[0], sorted(known)) or min((k for k in known if k.startswith(parts[0])), default=None)
        allowed = None if meant else _some(known)
        return None, [Problem("metric", "there is no such outcome", given=metric, allowed=allowed, meant=meant)]
    items = {key[1]: [k[2] for k in keys if k[:2] == key[:2]] for key in keys if key[0] == parts[0]}
    return None, [_unknown_item(parts, items)]


def _unknown_item(parts: list[str], items: Mapping[str, list[str]]) -> Problem:
    """The metric is right, what follows is not."""
    given, metric = "/".join(parts), parts[0]
    if len(parts) == 3 and parts[1] in items:
        meant = nearest(parts[2], items[parts[1]])
        spelt = f"{metric}/{parts[1]}/{meant}" if meant else None
        allowed = None if meant else _some(items[parts[1]])
        return Problem("metric", f"{metric} has no such {parts[1]}", given=given, allowed=allowed, meant=spelt)
    ways = ", ".join(metric if by == TOTAL else f"{metric}/{by}/ITEM" for by in items)
    by = nearest(parts[1], items) if len(parts) == 3 else None
    meant = f"{metric}/{by}/{parts[2]}" if by and by != TOTAL and parts[2] in items[by] else None
    return Problem("metric", "does not name one outcome", given=given, allowed=ways, meant=meant)


def _some(words: Iterable[str], most: int = 12) -> str:
    names = sorted(words)
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


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
    sampling = Given(given)
    blocks = [Block(0, first, sampling=sampling) for first in range(0, rows, DRAW_BLOCK)]
    found: list[Array] = []
    with ThreadPoolExecutor(min(len(blocks), len(os.sched_getaffinity(0)), MOST_WORKERS)) as pool:
        for part in pool.map(lambda block: _values(run_block(plan, block, rows - block.first), what), blocks):
            found.append(part)
            if progress:
                progress(min(len(found) * DRAW_BLOCK, rows), rows)
    return np.concatenate(found)


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
