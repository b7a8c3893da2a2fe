"""One answer at a time for each page: while one is being computed, only the newest question waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulator.errors import OilsimError
from simulator.explorer.question import Question
from simulator.results import Results

Answering = Callable[[Question], Results]


class Latest:
    """Answers questions beside the event loop, so that pages do not wait for each other.

    Parameters
    ----------
    answer : computes; called in a thread
    shown : told of each answer      refused : told of what cannot be asked
    """

    def __init__(
        self,
        answer: Answering,
        shown: Callable[[Question, Results], None],
        refused: Callable[[Question, OilsimError], None],
    ) -> None:
        self._answer, self._shown, self._refused = answer, shown, refused
        self._waiting: Question | None = None
        self._at_work = False

    async def ask(self, question: Question) -> None:
        """Answer a question as soon as the one at work is done, unless a newer one comes before that."""
        self._waiting = question
        if self._at_work:
            return
        self._at_work = True
        try:
            while (asked := self._waiting) is not None:
                self._waiting = None
                await self._settle(asked)
        finally:
            self._at_work = False

    async def _settle(self, asked: Question) -> None:
        try:
            found = await asyncio.to_thread(self._answer, asked)
        except OilsimError as error:
            self._refused(asked, error)
        else:
            self._shown(asked, found)
