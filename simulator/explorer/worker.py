"""The process that has a part of the draws: it answers one question after the other until nobody asks any more."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from simulator.blocks import BlockRun
from simulator.errors import OilsimError
from simulator.explorer.part import ROOM, Part, Share
from simulator.inputs.baseline import baseline
from simulator.inputs.fitted import shipped
from simulator.scenario import Scenario

USUAL_BASELINE = "2025"
"""Read before anybody asks: the first answer need not wait for it."""


@dataclass(frozen=True)
class Errand:
    """A scenario to be answered; `number` goes back with the answer."""

    number: int
    scenario: Scenario
    exact: bool


@dataclass(frozen=True)
class Foresight:
    """Scenarios that may be asked next, the likeliest first: to be looked into while nobody asks."""

    scenarios: tuple[Scenario, ...]


class Interrupted(Exception):
    """Somebody asks: what was only foreseen can wait."""


class Lost(Exception):
    """A worker has gone."""


class Worker:
    """A process for some of the draws; started at once, and again whenever it was lost."""

    def __init__(self, shares: Sequence[Share]) -> None:
        self._shares = tuple(shares)
        self._start()

    def _start(self) -> None:
        from loky.backend import get_context

        # Loky's processes begin without the caller's main module, whatever that is.
        context = get_context("loky")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(theirs, self._shares), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        """The process's number."""
        return int(self._process.pid)

    def ask(self, errand: Errand | Foresight) -> None:
        """Hand an errand over, or what may be asked next.

        Raises
        ------
        Lost : the process has gone.
        """
        try:
            self._line.send(errand)
        except OSError as error:
            raise Lost from error

    def answer(self, number: int) -> list[BlockRun]:
        """The answer to errand `number`; answers nobody waited for are dropped.

        Raises
        ------
        Lost : the process has gone.     Exception : what went wrong there.
        """
        while True:
            try:
                answered, found = self._line.recv()
            except (EOFError, OSError) as error:
                raise Lost from error
            if answered == number:
                break
        if isinstance(found, BaseException):
            raise found
        return list(found)

    def restart(self) -> None:
        """Take another process."""
        self.close()
        self._start()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._line.close()
        self._process.terminate()
        self._process.join()


def _answer(line: Connection, shares: tuple[Share, ...]) -> None:
    """Answer until the line is cut, which it is when the asking process ends, however it ends."""
    from threadpoolctl import threadpool_limits

    # An interrupt from the keyboard reaches all processes of a terminal: the asking one decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threadpool_limits(1)
    if hasattr(os, "nice"):
        os.nice(5)  # the page that shows one answer goes before the next one
    with suppress(OilsimError):  # the asking process will be told so itself
        baseline(USUAL_BASELINE), shipped()
    parts = [Part(share, ROOM // len(shares)) for share in shares]
    ahead: deque[Scenario] = deque()
    try:
        while True:
            asked = _look_ahead(parts, ahead, line) if ahead and not line.poll() else line.recv()
            if isinstance(asked, Foresight):
                ahead = deque(asked.scenarios)
            elif asked is not None:
                line.send((asked.number, _found(parts, asked)))
    except (EOFError, OSError):
        return


def _found(parts: Sequence[Part], errand: Errand) -> list[BlockRun] | Exception:
    """The answer, or what went wrong."""
    try:
        return [part.run(errand.scenario, errand.exact) for part in parts]
    except Exception as error:
        return error


def _look_ahead(parts: Sequence[Part], ahead: deque[Scenario], line: Connection) -> Errand | Foresight | None:
    """Follow the likeliest scenario, so that its paths are known, until something else is asked; what was asked.

    Who asks for this very scenario meanwhile finds the way half gone.
    """
    scenario = ahead.popleft()
    asked: Errand | Foresight | None = None

    def interrupt() -> None:
        nonlocal asked
        if asked is None and line.poll():
            asked = line.recv()
            if not (isinstance(asked, Errand) and asked.scenario == scenario and not asked.exact):
                raise Interrupted

    # What goes wrong here is told when it is asked.
    with suppress(Interrupted, OilsimError):
        for part in parts:
            part.run(scenario, exact=False, before_month=interrupt)
    return asked
