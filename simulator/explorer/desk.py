"""What all pages start from: who answers, and the first question with its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from simulator.errors import InputError
from simulator.explorer.question import Question
from simulator.results import Results
from simulator.scenario import Scenario

Foreseeing = Callable[[Sequence[Scenario]], None]


@dataclass(frozen=True)
class Desk:
    """Answers questions of all pages.

    answer : computes     foresee : takes what may be asked next; both safe to call from several threads
    first, first_results : what a page shows when it is opened
    draws, seed : of every answer
    """

    answer: Callable[[Scenario], Results]
    foresee: Foreseeing
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

    def prepare(self, questions: Iterable[Question]) -> None:
        """Have questions looked into that may come next; those that cannot be asked are left out."""
        scenarios = []
        for question in questions:
            with suppress(InputError):
                scenarios.append(question.scenario)
        self.foresee(scenarios)


def opened_desk(
    scenario: Scenario, answer: Callable[[Scenario], Results], foresee: Foreseeing, draws: int, seed: int
) -> Desk:
    """A desk that knows its first answer."""
    return Desk(answer, foresee, Question.of(scenario), answer(scenario), draws, seed)
