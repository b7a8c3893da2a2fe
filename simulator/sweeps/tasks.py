"""The work of a sweep, cut so that it comes out the same whoever does it: what a task is, and doing it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator import __version__, datasets
from simulator.axes import DRAW_BLOCK
from simulator.blocks import BlockRun, Plan, cut, prepare, sampled, solve
from simulator.collector import Collector
from simulator.errors import DataError
from simulator.inputs.compile import opened_pairs
from simulator.inputs.draws import Block
from simulator.inputs.sampling import Repeated
from simulator.manifest import code_digest, digests, refuse_mixed
from simulator.outcomes.horizon import Key, OutcomeColumns
from simulator.scenario import Scenario, to_document
from simulator.stops import Stop
from simulator.sweeps.wanted import Asked, chosen, needed

if TYPE_CHECKING:
    from simulator.sweeps.layout import Layout

Array = NDArray[np.float64]

BLOCKS_A_TASK = 8
"""Most blocks of draws in a task: seconds of work, lost at most when a sweep is killed."""
TASKS_AT_LEAST = 16
"""A sweep is cut into this many tasks before they get longer, so that every worker has some."""


@dataclass(frozen=True)
class Question:
    """What all points of a group share, in plain words that travel and compare.

    reach : path, lowest and highest value of every number that varies     data, code : digests of tables and program
    """

    scenario: str
    reach: tuple[tuple[str, float, float], ...]
    asked: tuple[Asked, ...]
    data: tuple[tuple[str, str], ...]
    code: str = field(default_factory=code_digest)


@dataclass(frozen=True)
class Task:
    """Some points that follow each other, (point, number) held values; or some of the draws of one with many.

    span : first draw and the one after the last
    """

    first: int
    question: Question
    held: Array
    draws: int
    seed: int
    span: tuple[int, int]

    def has(self, point: int) -> bool:
        """Whether a point is among them."""
        return self.first <= point < self.first + len(self.held)


@dataclass(frozen=True)
class Found:
    """What a task came to.

    figures : (point, figure, month + 1, column): baseline, mean, 5, 50, 95 % points; the horizon last
    draws : (point, draw, column), horizon values, NaN where the draw did not converge
    converged, residual_share : (point, draw), whether it cleared and its largest excess supply over base exports
    stop : (point, draw), where a draw did not clear
    """

    first: int
    keys: tuple[Key, ...]
    figures: Array
    draws: Array
    converged: NDArray[np.bool_]
    residual_share: Array
    stop: Stop


@dataclass(frozen=True)
class Piece:
    """Some of the draws of a point, block by block."""

    first: int
    runs: tuple[BlockRun, ...]


def tasks(layout: Layout, asked: tuple[Asked, ...], draws: int, seed: int) -> Iterator[Task]:
    """Cut a sweep into tasks, by the sweep alone and not by who works on it."""
    together = _points_at_once(draws)
    blocks = -(-draws // DRAW_BLOCK)
    chunks = max(min(BLOCKS_A_TASK // blocks, layout.count // (TASKS_AT_LEAST * together)), 1)
    size = together * chunks
    questions = [_question(layout, index, asked) for index in range(len(layout.groups))]
    most = BLOCKS_A_TASK * DRAW_BLOCK
    spans = [(first, min(first + most, draws)) for first in range(0, draws, most)]
    for index, run in groupby(range(layout.count), key=lambda point: int(layout.group[point])):
        points = list(run)
        for start in range(0, len(points), size):
            part = points[start : start + size]
            yield from (Task(part[0], questions[index], layout.held[part], draws, seed, span) for span in spans)


def work(task: Task) -> Found | Piece:
    """Solve the points of a task, block by block of draws."""
    plan = _planned(task.question)
    if task.span != (0, task.draws):
        return Piece(task.first, tuple(_blocks(plan, task, task.held[0])))
    together = _points_at_once(task.draws)
    found: list[_Point] = []
    for start in range(0, len(task.held), together):
        part = task.held[start : start + together]
        found += [_gathered(_blocks(plan, task, part[0]))] if together == 1 else _side_by_side(plan, task, part)
    return _found(task.first, found)


def joined(results: Iterable[Found | Piece]) -> Iterator[Found]:
    """What tasks came to, the pieces of a point put together."""
    for first, parts in groupby(results, key=lambda one: one.first):
        head = next(parts)
        # The rest of the parts is read here, once.
        yield head if isinstance(head, Found) else _found(first, [_gathered(chain(head.runs, _runs(parts)))])  # noqa: B031


def _runs(parts: Iterable[Found | Piece]) -> Iterator[BlockRun]:
    return (run for part in parts if isinstance(part, Piece) for run in part.runs)


def _points_at_once(draws: int) -> int:
    """Points that share a block of draws: several where a point has few."""
    return max(DRAW_BLOCK // draws, 1)


def _question(layout: Layout, index: int, asked: tuple[Asked, ...]) -> Question:
    scenario = layout.groups[index]
    here = layout.held[layout.group == index]
    reach = zip(layout.numbers, here.min(axis=0).tolist(), here.max(axis=0).tolist(), strict=True)
    return Question(json.dumps(to_document(scenario)), tuple(reach), asked, _data(scenario.baseline))


def _data(baseline: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(digests(baseline).items()))


@lru_cache(maxsize=16)
def _planned(question: Question) -> Plan:
    """The plan of a question, once in every process.

    Raises
    ------
    DataError : this worker has another program or other tables than those who ask.
    """
    scenario = Scenario.model_validate(json.loads(question.scenario), context=datasets.vocabulary())
    if question.code != code_digest():
        raise DataError(f"a worker has another oilsim ({__version__}) than those who started the sweep")
    _refuse_other_tables(scenario.baseline, question.data)
    plan = prepare(scenario, metrics=needed(question.asked))
    refuse_mixed(scenario.baseline)
    shocks = dict(plan.numbers[1])
    for path, low, high in question.reach:
        if path in shocks:
            shocks[path] = replace(shocks[path], low=low, high=high)
    return replace(plan, pairs=plan.pairs | opened_pairs(scenario, plan.base, shocks))


def _refuse_other_tables(baseline: str, wanted: tuple[tuple[str, str], ...]) -> None:
    """Refuse tables that are not those of the sweep's label; what an earlier sweep had read is read anew first."""
    for again in (True, False):
        mine = digests(baseline)
        other = [name for name in dict.fromkeys([*dict(wanted), *mine]) if mine.get(name) != dict(wanted).get(name)]
        if other and again:
            datasets.forget()
    if other:
        what = "changed while the sweep ran, or a worker has others than those who started it"
        raise DataError("\n".join(f"{name}: {what}" for name in other))


@dataclass
class _Point:
    """One point in the making."""

    collector: Collector
    draws: Array
    converged: NDArray[np.bool_]
    residual_share: Array
    stop: Stop


def _blocks(plan: Plan, task: Task, held: Array) -> Iterator[BlockRun]:
    """The draws of one point, which fill a block or more."""
    source = sampled(plan, task.draws)
    for first in range(*task.span, DRAW_BLOCK):
        block = Block(task.seed, first, sampling=source)
        solved = solve(plan, block, _held(task, np.broadcast_to(held, (block.size, len(held)))))
        yield _kept(cut(solved, slice(0, min(task.draws - first, block.size))), task)


def _side_by_side(plan: Plan, task: Task, held: Array) -> list[_Point]:
    """Several points with few draws each, in one block; the rows behind the last point repeat it."""
    rows = np.minimum(np.arange(DRAW_BLOCK) // task.draws, len(held) - 1)
    if task.draws == 1:
        block = Block(task.seed, 0, mid_only=True, copies=DRAW_BLOCK)
    else:
        block = Block(task.seed, 0, sampling=Repeated(sampled(plan, task.draws), task.draws))
    solved = solve(plan, block, _held(task, held[rows]))
    parts = (slice(k * task.draws, (k + 1) * task.draws) for k in range(len(held)))
    return [_gathered([_kept(cut(solved, part), task)]) for part in parts]


def _gathered(runs: Iterable[BlockRun]) -> _Point:
    """The blocks of a point, in order."""
    collector = Collector({})
    draws, converged, residual, stops = [], [], [], []
    for run in runs:
        draws.append(np.where(run.converged[:, None], run.after.values[:, -1], np.nan))
        converged.append(run.converged)
        residual.append(run.residual_share)
        stops.append(run.stop)
        collector.add(run)  # last: it blanks out what has no mean
    return _Point(
        collector,
        np.concatenate(draws),
        np.concatenate(converged),
        np.concatenate(residual),
        Stop.put_together(stops, np.concatenate),
    )


def _found(first: int, points: Sequence[_Point]) -> Found:
    return Found(
        first,
        points[0].collector.keys,
        np.stack([one.collector.figures() for one in points]),
        np.stack([one.draws for one in points]),
        np.stack([one.converged for one in points]),
        np.stack([one.residual_share for one in points]),
        Stop.put_together([one.stop for one in points], np.stack),
    )


def _held(task: Task, rows: Array) -> dict[str, Array]:
    paths = [path for path, _, _ in task.question.reach]
    return {path.removeprefix("parameters."): rows[:, k] for k, path in enumerate(paths)}


def _kept(run: BlockRun, task: Task) -> BlockRun:
    """The outcomes asked for."""
    columns = chosen(run.after.keys, task.question.asked)
    keys = tuple(run.after.keys[k] for k in columns)
    return replace(run, after=OutcomeColumns(keys, run.after.values[:, :, columns]), before=run.before[:, :, columns])
