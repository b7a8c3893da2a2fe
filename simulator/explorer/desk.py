"""What all pages start from: who answers, and the first question with its answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from simulator.explorer.question import Question
from simulator.results import Results
from simulator.scenario import Scenario

Answering = Callable[[Scenario], Results]


@dataclass(frozen=True)
class Desk:
    """Answers questions of all pages.

    answer : computes, safe to call from several threads
    first, first_answer : what a page shows when it is opened
    draws, seed : of every answer
    """

    answer: Answering
    first: Question
    first_answer: Future[Results]
    draws: int
    seed: int

    def ask(self, question: Question) -> Results:
        """The answer to a question.

        Raises
        ------
        InputError : the model cannot be asked this.
        """
        return self.answer(question.scenario)


def opened_desk(scenario: Scenario, answer: Answering, draws: int, seed: int) -> Desk:
    """A desk whose first answer is under way."""
    worker = ThreadPoolExecutor(1, thread_name_prefix="first answer")
    first = worker.submit(answer, scenario)
    worker.shutdown(wait=False)
    return Desk(answer, Question(scenario), first, draws, seed)
