"""Who does the work: this process, a few processes, or a Dask cluster. The answer is the same."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from simulator.errors import InputError, OilsimError, Problem, nearest

Do = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""Does work on each of many things and hands the results over in their order."""

AHEAD = 3
"""Tasks a worker may have waiting: keeps it busy, and what is in memory bounded."""
ANSWER_SECONDS, IDLE_SECONDS = 10, 60
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
"""For workers: each has a core of its own, and small matrices gain nothing from more."""


ENGINES = ("local", "dask")


@dataclass(frozen=True)
class Crew:
    """Who is to do the work.

    name : `local` or `dask`     workers : processes; None: one a core (a cluster that runs has its own number)
    scheduler : address of a Dask scheduler; None: a cluster of this machine's own, bound to 127.0.0.1

    Raises
    ------
    InputError : an engine that does not exist, no workers, a scheduler without a cluster.
    """

    name: str = "local"
    workers: int | None = None
    scheduler: str | None = None

    def __post_init__(self) -> None:
        problems = []
        if self.name not in ENGINES:
            meant = nearest(self.name, ENGINES)
            problems.append(Problem("--engine", "there is no such engine", None, self.name, ", ".join(ENGINES), meant))
        if self.workers is not None and self.workers < 1:
            problems.append(Problem("--workers", "is outside its range", None, self.workers, "1 and more"))
        if self.scheduler and self.name != "dask":
            problems.append(Problem("--scheduler", "has no meaning without --engine dask", None, self.scheduler))
        if problems:
            raise InputError(problems)

    @property
    def count(self) -> int:
        """Workers to start on this machine."""
        from loky import cpu_count

        return self.workers or int(cpu_count())


@contextmanager
def engine(crew: Crew) -> Iterator[Do]:
    """Make the workers ready, and send them home.

    Raises
    ------
    InputError : a scheduler that does not answer or has no workers, an engine that is not installed.
    """
    if crew.name == "dask":
        with _dask(crew.count, crew.scheduler) as do:
            yield do
    elif crew.count == 1:
        yield lambda work, things: map(work, things)
    else:
        with _processes(crew.count) as do:
            yield do


@contextmanager
def _processes(workers: int) -> Iterator[Do]:
    from loky import get_reusable_executor
    from loky.process_executor import TerminatedWorkerError

    # One pool serves all calls of a session: starting workers takes longer than many a sweep.
    pool = get_reusable_executor(workers, timeout=IDLE_SECONDS, env=ONE_THREAD)
    try:
        yield lambda work, things: _in_order(lambda one: pool.submit(work, one), things, workers * AHEAD)
    except TerminatedWorkerError as error:
        raise _lost() from error
    except KeyboardInterrupt:
        pool.shutdown(kill_workers=True)
        raise


@contextmanager
def _dask(workers: int, scheduler: str | None) -> Iterator[Do]:
    try:
        from distributed import Client, KilledWorker, LocalCluster
        from distributed.client import FutureCancelledError
    except ImportError as error:
        raise InputError([Problem("--engine", "dask needs pip install 'oilsim[cluster]'", given="dask")]) from error
    if scheduler is None:
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            try:
                yield _submitting(client, workers)
            except KilledWorker as error:
                raise _lost() from error
        return
    client = _connected(scheduler)
    try:
        yield _submitting(client, len(client.scheduler_info(n_workers=-1)["workers"]))
    except KilledWorker as error:
        raise _lost() from error
    except FutureCancelledError as error:
        what = "was lost in mid-sweep; what is done is kept, run it again to go on"
        raise InputError([Problem("--scheduler", what, given=scheduler)]) from error
    finally:
        client.close()


def _connected(scheduler: str) -> Any:
    """A client of a scheduler that answers and has workers."""
    from distributed import Client

    try:
        client = Client(scheduler, timeout=ANSWER_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        what = f"does not answer within {ANSWER_SECONDS} s"
        raise InputError([Problem("--scheduler", what, given=scheduler, allowed="tcp://HOST:PORT")]) from error
    except TypeError as error:
        what = "needs certificates: see docs/sweeps.md"  # dask finds none in its settings
        raise InputError([Problem("--scheduler", what, given=scheduler)]) from error
    try:
        client.wait_for_workers(1, timeout=ANSWER_SECONDS)
    except TimeoutError as error:
        client.close()
        what = f"has no workers: start some with dask worker {scheduler}"
        raise InputError([Problem("--scheduler", what, given=scheduler)]) from error
    return client


def _submitting(client: Any, workers: int) -> Do:
    def do(work: Callable[[Any], Any], things: Iterable[Any]) -> Iterator[Any]:
        return _in_order(lambda one: client.submit(work, one, pure=False), things, max(workers, 1) * AHEAD)

    return do


def _in_order(submit: Callable[[Any], Any], things: Iterable[Any], ahead: int) -> Iterator[Any]:
    """Results in the order of the things, no more than `ahead` of them begun and not yet handed over."""
    waiting: deque[Any] = deque()
    try:
        for thing in things:
            if len(waiting) == ahead:
                yield waiting.popleft().result()
            waiting.append(submit(thing))
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _lost() -> OilsimError:
    what = "a worker was lost more than once, perhaps for want of memory; what is done is kept, run it again to go on"
    return InputError([Problem("--workers", what)])
