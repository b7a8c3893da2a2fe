"""What a strait that closes in part still lets out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.market.chokepoints import crossing_share, open_capacity


def left(capacity: float, exposed: float, bypass: float, closed: float) -> float:
    return open_capacity(np.array(capacity), np.array(exposed), np.array(bypass), np.array(closed)).item()


def crossing(capacity: float, exposed: float, bypass: float, closed: float) -> float:
    return crossing_share(np.array(capacity), np.array(exposed), np.array(bypass), np.array(closed)).item()


@pytest.mark.parametrize(
    ("closed", "bypass", "expected"),
    [
        (0.0, 0.0, 1000.0),  # open
        (1.0, 0.0, 200.0),  # shut: the part that never crossed
        (1.0, 350.0, 350.0),  # shut: the way round, which holds that part too
        (0.9, 350.0, 430.0),  # a tenth of 800 crosses, 350 go round
        (0.5, 900.0, 1000.0),  # never more than there was
    ],
)
def test_what_is_left_is_crossing_plus_around(closed: float, bypass: float, expected: float) -> None:
    assert left(1000.0, 0.8, bypass, closed) == pytest.approx(expected, rel=1e-12)


shares = st.floats(0, 1)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(capacity=st.floats(1, 9000), exposed=shares, bypass=st.floats(0, 9000), closed=shares, more=shares)
def test_wider_closure_never_lets_out_more_and_more_bypass_never_less(
    capacity: float, exposed: float, bypass: float, closed: float, more: float
) -> None:
    here = left(capacity, exposed, bypass, closed)
    assert left(capacity, exposed, bypass, closed + (1 - closed) * more) <= here * (1 + 1e-12)
    assert left(capacity, exposed, bypass + 1000 * more, closed) >= here * (1 - 1e-12)
    assert (1 - exposed) * capacity * (1 - 1e-12) <= here <= capacity


def test_the_crossing_share_is_what_crosses_over_what_leaves() -> None:
    assert crossing(1000.0, 0.8, 0.0, 0.0) == pytest.approx(0.8)
    assert crossing(1000.0, 0.8, 350.0, 0.9) == pytest.approx(80 / 430)
    assert crossing(1000.0, 0.8, 350.0, 1.0) == 0.0


def test_a_stream_that_cannot_leave_at_all_crosses_nothing() -> None:
    assert left(1000.0, 1.0, 0.0, 1.0) == 0.0
    assert crossing(1000.0, 1.0, 0.0, 1.0) == 0.0
