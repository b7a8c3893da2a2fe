"""What is likely to be asked next, and that its answer is then there."""

from __future__ import annotations

from collections import deque

import pytest

from simulator import library, load_scenario, paths
from simulator.explorer import worker
from simulator.explorer.foresight import STEPS_AHEAD, first_steps, going_on
from simulator.explorer.levers import LEVERS
from simulator.explorer.part import Part, Share
from simulator.explorer.question import Question
from simulator.explorer.worker import Errand


@pytest.fixture(scope="module")
def start() -> Question:
    return Question.of(load_scenario(library.find("iran_offline")))


def test_a_lever_goes_on_the_way_it_went(start: Question) -> None:
    before, here = start.moved("iran_loss", 0.9), start.moved("iran_loss", 0.8)
    assert [one.moves["iran_loss"] for one in going_on(here, before)] == [0.7, 0.6]
    assert len(list(going_on(start.moved("iran_loss", 0.05), start.moved("iran_loss", 0.1)))) == 1 < STEPS_AHEAD


def test_who_has_moved_nothing_or_begun_anew_goes_nowhere(start: Question) -> None:
    assert list(going_on(start, start)) == []
    assert list(going_on(start.moved("iran_loss", 0.5), Question.of(start.start.scenario))) == []


def test_other_levers_take_one_step_the_nearest_first(start: Question) -> None:
    here = start.moved("cn_teapot_leaves", 0.2)
    found = list(first_steps(here, start))
    moved = [next(iter(one.moves.keys() - here.moves.keys())) for one in found]
    assert moved[:2] == ["cn_private_leaves", "threat_rate"]
    assert {"iran_loss", "venezuela_loss"} < set(moved)
    # What only shapes a shock that is not there does nothing yet.
    assert set(moved) == {lever.name for lever in LEVERS if not lever.of} - {"cn_teapot_leaves"}
    (down,) = (one for one in found if "iran_loss" in one.moves)
    assert down.moves["iran_loss"] == 0.95  # from its upper end


class Line:
    """A line on which something is asked after so many looks."""

    def __init__(self, quiet_looks: int, asked: object) -> None:
        self._left, self._asked = quiet_looks, asked

    def poll(self) -> bool:
        self._left -= 1
        return self._left < 0

    def recv(self) -> object:
        return self._asked


@pytest.fixture
def cleared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The months that were cleared."""
    months: list[int] = []
    follow = paths.clear_month

    def counted(cal: object, now: object, *others: object) -> object:
        months.append(1)
        return follow(cal, now, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(paths, "clear_month", counted)
    return months


def test_what_was_foreseen_is_known_and_gives_way_to_who_asks(start: Question, cleared: list[int]) -> None:
    part = Part(Share(draws=8, seed=1, first=0, rows=(0, 8)))
    foreseen, other = (start.moved("iran_loss", at).scenario for at in (0.5, 0.6))
    part.run(start.scenario, exact=False)
    cleared.clear()
    elsewhere, same = Errand(1, other, exact=False), Errand(2, foreseen, exact=False)
    assert worker._look_ahead([part], deque([foreseen]), Line(3, elsewhere)) is elsewhere  # type: ignore[arg-type]
    assert len(cleared) == 3
    cleared.clear()
    assert worker._look_ahead([part], deque([foreseen]), Line(3, same)) is same  # type: ignore[arg-type]
    assert len(cleared) == foreseen.months
    part.run(foreseen, exact=False)
    assert len(cleared) == foreseen.months  # nothing is cleared again
    assert worker._look_ahead([part], deque([other]), Line(1000, None)) is None  # type: ignore[arg-type]
