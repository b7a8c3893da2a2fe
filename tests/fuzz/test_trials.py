"""What goes wrong in a trial is counted, whatever it is."""

from __future__ import annotations

import os
import random
import sys
import time

import pytest

from fuzz import trials
from fuzz.trials import ACCEPTED, HANG, REFUSED, SILENT, TRACEBACK, Case, Silent, run_trials
from simulator.errors import InputError, Problem


def _refused(key: str = "months") -> None:
    raise InputError([Problem(key, "is wrong")])


class _Raw(InputError):
    def __init__(self) -> None:
        super().__init__([])
        self.args = ("raw \x1b[31m",)


def _raw() -> None:
    raise _Raw


def _silent() -> None:
    raise Silent("months")


ENDS = {
    REFUSED: _refused,
    ACCEPTED: lambda: None,
    TRACEBACK: lambda: 1 / 0,
    HANG: lambda: time.sleep(60),
    SILENT: _silent,
    "raw": _raw,
}


def test_each_way_to_end_is_told_apart(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(trials, "WAIT_SECONDS", 0.5)
    kinds = list(ENDS.items())
    score = run_trials("ends", lambda _, number: Case(*kinds[number], kinds[number][0]), len(ENDS), 1, 1.0)
    assert score.counts == {(kind, TRACEBACK if kind == "raw" else kind): 1 for kind in ENDS}
    assert score.tell() == 4
    assert "ends" in capfd.readouterr().out


def test_a_process_that_dies_is_a_failure_and_the_next_case_is_tried() -> None:
    def make(rng: random.Random, _: int) -> Case:
        ends = rng.random() < 0.5
        return Case("deaths", lambda: os._exit(3) if ends else None, "")

    score = run_trials("deaths", make, 6, 1, 1.0)
    died = score.counts["died", TRACEBACK]
    assert 0 < died < 6 and score.counts["deaths", ACCEPTED] == 6 - died == 6 - score.failures


def test_a_campaign_that_tried_nothing_has_failed() -> None:
    assert run_trials("nothing", lambda *_: Case("x", _refused, ""), 9, 1, minutes=0.0).tell() == 1


def test_an_attempt_that_ends_the_program_is_a_failure() -> None:
    score = run_trials("ends", lambda *_: Case("exit", sys.exit, ""), 2, 1, 1.0)
    assert score.counts == {("exit", TRACEBACK): 2}


def test_a_case_depends_on_its_number_and_the_seed_alone() -> None:
    def make(rng: random.Random, _: int) -> Case:
        shown = str(rng.random())
        return Case("numbers", _silent, shown)

    first = [one["shown"] for one in run_trials("", make, 4, 7, 1.0).failed]
    assert first == [trials.attempt(make, number, 7)["shown"] for number in range(4)]
    assert len(set(first)) == 4
