"""The answer behind the page: the figures of a run, fast enough to follow a lever."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from itertools import count, pairwise
from threading import Lock
from types import TracebackType

from simulator.axes import DRAW_BLOCK
from simulator.blocks import BlockRun, Plan, prepare
from simulator.collector import Collector
from simulator.errors import InputError, Problem
from simulator.explorer.outcomes import METRICS
from simulator.explorer.part import Share
from simulator.explorer.worker import Errand, Foresight, Lost, Worker
from simulator.manifest import Background, Sample, manifest, refuse_mixed
from simulator.results import Results
from simulator.runs import DEFAULT_SEED, check_numbers
from simulator.scenario import DEFAULT_SAMPLING, Scenario, to_document

DEFAULT_DRAWS = 256
MOST_WORKERS = 4
FEWEST_DRAWS = 32
"""A worker with fewer draws spends its time on everything but arithmetic."""


class Solver:
    """Answers scenarios one after the other with the same draws, in a few processes that remember the last answers.

    Figures are those of `simulator.run` with as many draws and the same seed, for the metrics of the page. Prices are
    looked for from elsewhere and found within the tolerance of the search: prices and money agree to a millionth of a
    dollar or a billion of them, flows to a ten-thousandth of a kb/d, and to twenty times that where purchases are
    promised. Asked to be `exact`, they agree to the last digits. Several threads may ask; each waits its turn.

    Parameters
    ----------
    draws : 1 or more     seed : of the random numbers
    workers : processes; None: one a core, four at most
    """

    def __init__(self, draws: int = DEFAULT_DRAWS, seed: int = DEFAULT_SEED, workers: int | None = None) -> None:
        check_numbers(draws, seed, None)
        self._draws, self._seed = draws, seed
        self._turn = Lock()
        self._numbers = count()
        self._backgrounds: dict[str, Background] = {}
        self._workers = [Worker(shares) for shares in shares(draws, seed, workers or _cores())]

    def __enter__(self) -> Solver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """The numbers of the worker processes."""
        return [worker.pid for worker in self._workers]

    def close(self) -> None:
        """Send the workers home. Nothing can be asked afterwards."""
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.close()

    def run(self, scenario: Scenario, exact: bool = False) -> Results:
        """Run a scenario and compare it with its baseline.

        Parameters
        ----------
        exact : look for prices as `simulator.run` does, whatever was answered before

        Raises
        ------
        InputError : the scenario asks for something that cannot be.
        DataError : a table is missing or changed.
        """
        if not self._workers:
            raise RuntimeError("the solver is closed")
        plan = prepare(scenario, metrics=METRICS)
        refuse_mixed(scenario.baseline)
        collector = Collector({})
        for part in self._parts(Errand(next(self._numbers), scenario, exact)):
            collector.add(part)
        sample = Sample(self._draws, self._seed, scenario.sampling or DEFAULT_SAMPLING)
        return Results(
            scenario=scenario.name,
            baseline=scenario.baseline,
            months=scenario.month_labels,
            draws=collector.seen,
            unconverged=collector.seen - collector.counted,
            manifest=manifest(plan, sample, collector, self._background(plan)),
            rows=collector.rows(scenario.month_labels),
            bargain=collector.bargain,
        )

    def foresee(self, scenarios: Sequence[Scenario]) -> None:
        """Say what may be asked next, the likeliest first: workers look into it while nobody asks."""
        with self._turn:
            for worker in self._workers:
                with suppress(Lost):  # found out, and mended, when something is asked
                    worker.ask(Foresight(tuple(scenarios)))

    def _background(self, plan: Plan) -> Background:
        """Where the figures come from, looked up once for each baseline and set of parameters."""
        asked = plan.scenario
        key = json.dumps([asked.baseline, to_document(asked).get("parameters")])
        if key not in self._backgrounds:
            self._backgrounds[key] = Background.of(plan)
        return self._backgrounds[key]

    def _parts(self, errand: Errand) -> list[BlockRun]:
        """The outcomes of all draws, in their order."""
        with self._turn:
            lost = self._asked(self._workers, errand)
            found: dict[Worker, list[BlockRun]] = {}
            for worker in self._workers:
                try:
                    found[worker] = [] if worker in lost else worker.answer(errand.number)
                except Lost:
                    lost.append(worker)
            for worker in lost:
                found[worker] = _again(worker, errand)
        return [part for worker in self._workers for part in found[worker]]

    @staticmethod
    def _asked(workers: Sequence[Worker], errand: Errand) -> list[Worker]:
        """Send all workers on an errand; those that have gone."""
        lost = []
        for worker in workers:
            try:
                worker.ask(errand)
            except Lost:
                lost.append(worker)
        return lost


def _again(worker: Worker, errand: Errand) -> list[BlockRun]:
    """Ask another process in the place of one that has gone."""
    worker.restart()
    try:
        worker.ask(errand)
        return worker.answer(errand.number)
    except Lost as error:
        what = "the process that computes them was lost twice in a row, perhaps for want of memory"
        raise InputError([Problem("draws", what)]) from error


def _cores() -> int:
    from loky import cpu_count

    return min(int(cpu_count()), MOST_WORKERS)


def shares(draws: int, seed: int, workers: int) -> list[list[Share]]:
    """The draws of a run dealt out, in order: each worker has one stretch of them."""
    workers = max(1, min(workers, draws // FEWEST_DRAWS))
    ends = [draws * k // workers for k in range(workers + 1)]
    return [_stretch(draws, seed, first, last) for first, last in pairwise(ends)]


def _stretch(draws: int, seed: int, first: int, last: int) -> list[Share]:
    found = []
    for block in range(first // DRAW_BLOCK * DRAW_BLOCK, last, DRAW_BLOCK):
        rows = max(first - block, 0), min(last - block, DRAW_BLOCK)
        found.append(Share(draws, seed, block, rows))
    return found
