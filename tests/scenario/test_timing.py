"""Strength by month, worked out by hand as fractions."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.timing import months_since_full, strength
from simulator.scenario.values import Month

JANUARY = Month.parse("2026-01")
HALF_YEAR = tuple(JANUARY + k for k in range(6))


@pytest.mark.parametrize(
    ("start", "end", "ramp", "recovery", "wanted"),
    [
        (0, 5, 0, 0, [1, 1, 1, 1, 1, 1]),
        (2, 3, 0, 0, [0, 0, 1, 1, 0, 0]),
        (1, 1, 0, 0, [0, 1, 0, 0, 0, 0]),
        (0, 5, 2, 0, [F(1, 3), F(2, 3), 1, 1, 1, 1]),
        (1, 3, 1, 0, [0, F(1, 2), 1, 1, 0, 0]),
        (0, 1, 0, 3, [1, 1, F(3, 4), F(1, 2), F(1, 4), 0]),
        (0, 2, 1, 2, [F(1, 2), 1, 1, F(2, 3), F(1, 3), 0]),
        # Running already: the ramp counts from its own first month.
        (-2, 5, 3, 0, [F(3, 4), 1, 1, 1, 1, 1]),
        (-9, 5, 3, 0, [1, 1, 1, 1, 1, 1]),
        # Over before the first month, and still fading.
        (-9, -2, 0, 3, [F(1, 2), F(1, 4), 0, 0, 0, 0]),
        (-9, -2, 0, 0, [0, 0, 0, 0, 0, 0]),
        # An end after the last month changes nothing.
        (3, 40, 1, 5, [0, 0, 0, F(1, 2), 1, 1]),
        # Ended while building up: it falls from where it got to.
        (0, 1, 3, 3, [F(1, 4), F(1, 2), F(1, 4), 0, 0, 0]),
    ],
)
def test_table(start: int, end: int, ramp: int, recovery: int, wanted: Any) -> None:
    found = strength(HALF_YEAR, JANUARY + start, JANUARY + end, ramp, recovery)
    assert found == pytest.approx([float(value) for value in wanted], abs=1e-12)


SMALL = st.integers(0, 30)


@given(st.integers(-30, 30), SMALL, SMALL, SMALL)
def test_never_outside_0_to_1_and_up_before_down(start: int, length: int, ramp: int, recovery: int) -> None:
    months = tuple(JANUARY + k for k in range(-40, 100))
    first, last = JANUARY + start, JANUARY + (start + length)
    found = strength(months, first, last, ramp, recovery)
    assert all(0 <= value <= 1 for value in found)
    turn = months.index(last)
    assert list(found[: turn + 1]) == sorted(found[: turn + 1])
    assert list(found[turn:]) == sorted(found[turn:], reverse=True)
    assert all(value == 0 for month, value in zip(months, found, strict=True) if month < first)
    assert all(value == 0 for month, value in zip(months, found, strict=True) if month - last > recovery)
    if length >= ramp:
        assert found[turn] == 1.0


@given(st.integers(-30, 30), SMALL)
def test_the_clock_of_a_half_life_starts_at_full_strength(start: int, ramp: int) -> None:
    months = tuple(JANUARY + k for k in range(60))
    since = months_since_full(months, JANUARY + start, ramp)
    full = strength(months, JANUARY + start, months[-1], ramp)
    for month, count, now in zip(months, since, full, strict=True):
        assert count == max(0, month.index - JANUARY.index - start - ramp)
        assert now == 1.0 or count == 0


def test_scenario_fills_in_its_own_months(load: Any) -> None:
    body = "shocks:\n  - {type: embargo, streams: [usa], buyers: [china], ramp_months: 1}\n"
    scenario = load(body + "  - {type: embargo, streams: [usa], buyers: [china], start: 2027-02}\n")
    first, second = scenario.shocks
    assert scenario.strength(first) == (0.5,) + (1.0,) * 11
    assert scenario.strength(second) == (0.0,) * 11 + (1.0,)
    assert scenario.months_since_full(first) == (0, 0, *range(1, 11))
    assert [str(month) for month in scenario.span(first)] == ["2026-03", "2027-02"]


@given(st.integers(1, 9998), st.integers(1, 12), st.integers(-11, 11))
def test_month_arithmetic(year: int, month: int, shift: int) -> None:
    here = Month.of(year, month)
    assert (here.year, here.month) == (year, month)
    assert Month.parse(str(here)) == here
    assert (here + shift) - here == shift and (here + shift) - shift == here
    assert (here < here + shift) == (shift > 0)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-3", "202603", "2026-03-01", "x", "", "\uff12\uff10\uff12\uff16-03"]
)
def test_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)
