"""What all pages start from: who answers, and the first question with its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.explorer.question import Question
from simulator.results import Results
from simulator.scenario import Scenario


@dataclass(frozen=True)
class Desk:
    """Answers questions of all pages.

    answer : computes, safe to call from several threads
    first, first_results : what a page shows when it is opened
    draws, seed : of every answer
    """

    answer: Callable[[Scenario], Results]
    first: Question
    first_results: Results
    draws: int
    seed: int

    def ask(self, question: Question) -> Results:
        """The answer to a question.

        Raises
        ------
        InputError : the model cannot be asked this.
        """
        return self.answer(question.scenario)


def opened_desk(scenario: Scenario, answer: Callable[[Scenario], Results], draws: int, seed: int) -> Desk:
    """A desk that knows its first answer."""
    return Desk(answer, Question.of(scenario), answer(scenario), draws, seed)
