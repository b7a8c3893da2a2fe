"""Which questions are likely to come next, so that their answers are under way before they are asked."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.explorer.levers import LEVERS, Lever, meant, shown
from simulator.explorer.question import Question

STEPS_AHEAD = 2
"""More would keep the machine busy when the next step is asked for."""


def going_on(question: Question, before: Question) -> Iterator[Question]:
    """The lever that was moved last goes on the way it went, as far each time.

    Parameters
    ----------
    before : the question answered before this one
    """
    lever = _moved_last(question, before)
    if lever is None:
        return
    here = shown(lever, question.value(lever))
    stride = here - shown(lever, before.value(lever))
    for steps in range(1, STEPS_AHEAD + 1):
        yield from _at(question, lever, here + steps * stride)


def first_steps(question: Question, before: Question) -> Iterator[Question]:
    """Another lever takes a step: those beside the one that was moved last come first."""
    last = _moved_last(question, before)
    near = LEVERS.index(last) if last else 0
    for lever in sorted(LEVERS, key=lambda one: abs(LEVERS.index(one) - near)):
        if lever is not last and question.acts(lever):
            here, step = shown(lever, question.value(lever)), shown(lever, lever.step)
            forward = next(_at(question, lever, here + step), None)
            yield from _at(question, lever, here - step) if forward is None else (forward,)


def _moved_last(question: Question, before: Question) -> Lever | None:
    """The lever by which two questions differ; None where it is not one lever."""
    moved = [lever for lever in LEVERS if question.value(lever) != before.value(lever)]
    return moved[0] if len(moved) == 1 and question.start is before.start else None


def _at(question: Question, lever: Lever, position: float) -> Iterator[Question]:
    """The question with a lever at a position in the units that people see; nothing where it does not go there."""
    low, high = question.start.limits[lever.name]
    value = meant(lever, round(position, 6))
    if low <= value <= high:
        yield question.moved(lever.name, value)
