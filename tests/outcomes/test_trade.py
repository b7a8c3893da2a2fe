"""Brent and the flows of layers, by hand."""

from __future__ import annotations

import numpy as np

from simulator.axes import BUYERS
from simulator.outcomes.trade import brent, by_buyer

WEIGHT = np.array([3.0, 1.0, 0.0])
CHANGE = np.array([[4.0, 8.0, 99.0], [-2.0, 6.0, 99.0]])


def test_brent_moves_with_the_export_weighted_price_of_its_streams() -> None:
    trading = np.ones((2, 3), dtype=bool)
    np.testing.assert_allclose(brent(69.1, CHANGE, trading, WEIGHT), [69.1 + 5.0, 69.1])


def test_a_stream_that_ships_nothing_leaves_brent() -> None:
    trading = np.array([[False, True, True], [True, False, True]])
    np.testing.assert_allclose(brent(69.1, CHANGE, trading, WEIGHT), [69.1 + 8.0, 69.1 - 2.0])


def test_without_its_streams_brent_is_read_off_those_that_still_trade() -> None:
    trading = np.array([[False, False, True], [False, False, True]])
    np.testing.assert_allclose(brent(69.1, CHANGE, trading, WEIGHT), 69.1 + 99.0)


def test_layers_are_added_to_the_buyer_they_belong_to() -> None:
    units = np.array([*range(len(BUYERS)), 3, 3, 0])
    flow = np.arange(2.0 * len(units) * 3).reshape(2, len(units), 3)
    total = by_buyer(flow, units)
    assert total.shape == (2, len(BUYERS), 3)
    np.testing.assert_allclose(total[:, 3], flow[:, 3] + flow[:, len(BUYERS)] + flow[:, len(BUYERS) + 1])
    np.testing.assert_allclose(total[:, 0], flow[:, 0] + flow[:, -1])
    np.testing.assert_allclose(total.sum(axis=1), flow.sum(axis=1))
