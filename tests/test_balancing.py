"""Biproportional fitting: totals met, zeros kept, the impossible refused, least entropy by an own oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy.optimize import minimize

from simulator.balancing import balance

SEED = np.array([[1.0, 2.0, 0.5], [3.0, 0.2, 1.0]])
ROWS = np.array([7.0, 5.0])
COLUMNS = np.array([4.0, 6.0, 2.0])


@given(hnp.arrays(np.float64, (2, 3), elements=st.floats(0.01, 100.0)), st.integers(1, 50), st.integers(1, 50))
def test_totals_are_met(seed: NDArray[np.float64], first: int, second: int) -> None:
    rows = np.array([float(first), float(second)])
    columns = np.array([0.5, 0.3, 0.2]) * rows.sum()
    table = balance(seed, rows, columns)
    np.testing.assert_allclose(table.sum(axis=1), rows, atol=1e-11 * rows.sum())
    np.testing.assert_allclose(table.sum(axis=0), columns, atol=1e-11 * rows.sum())


def test_it_is_the_table_of_least_relative_entropy() -> None:
    def distance(cells: NDArray[np.float64]) -> float:
        return float(np.sum(cells * np.log(cells / SEED.ravel()) - cells))

    margins: list[Any] = [{"type": "eq", "fun": lambda x, i=i: x.reshape(2, 3)[i].sum() - ROWS[i]} for i in range(2)]
    margins += [{"type": "eq", "fun": lambda x, j=j: x.reshape(2, 3)[:, j].sum() - COLUMNS[j]} for j in range(2)]
    precise: Any = {"ftol": 1e-12}
    found = minimize(
        distance,
        np.full(6, 2.0),
        method="SLSQP",
        bounds=[(1e-6, None)] * 6,
        constraints=margins,
        options=precise,
    )
    assert found.success
    np.testing.assert_allclose(balance(SEED, ROWS, COLUMNS).ravel(), found.x, atol=1e-4)


def test_cross_ratios_of_the_seed_survive() -> None:
    table = balance(SEED, ROWS, COLUMNS)
    before = SEED[0, 0] * SEED[1, 1] / (SEED[0, 1] * SEED[1, 0])
    assert table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]) == pytest.approx(before, rel=1e-9)


def test_a_table_that_already_fits_does_not_move() -> None:
    np.testing.assert_array_equal(balance(SEED, SEED.sum(axis=1), SEED.sum(axis=0)), SEED)


def test_zeros_stay_zero_and_empty_rows_are_allowed() -> None:
    seed = np.array([[1.0, 0.0, 0.0], [2.0, 3.0, 4.0], [5.0, 6.0, 7.0]])
    table = balance(seed, np.array([3.0, 6.0, 0.0]), np.array([4.0, 3.0, 2.0]))
    assert table[0].tolist() == pytest.approx([3.0, 0.0, 0.0])
    assert table[0, 1] == table[0, 2] == 0.0
    assert not table[2].any()


@pytest.mark.parametrize(
    ("seed", "rows", "columns", "words"),
    [
        ([[0.0, 0.0], [1.0, 1.0]], [1.0, 1.0], [1.0, 1.0], r"rows \[0\], columns \[\]"),
        ([[1.0, 0.0], [1.0, 0.0]], [1.0, 1.0], [1.0, 1.0], r"rows \[\], columns \[1\]"),
        ([[1.0, 1.0], [1.0, 1.0]], [1.0, 1.0], [1.0, 2.0], "add up to 2 and columns to 3"),
        ([[1.0, -1.0], [1.0, 1.0]], [1.0, 1.0], [1.0, 1.0], "seed: every value"),
        ([[1.0, 1.0]], [1.0, 1.0], [1.0, 1.0], r"seed is \(1, 2\)"),
        ([[1.0, 0.0], [1.0, 1.0]], [3.0, 1.0], [1.0, 3.0], r"rows \[0\b.*cannot be met"),
    ],
)
def test_what_cannot_be_met_is_named(
    seed: list[list[float]], rows: list[float], columns: list[float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        balance(np.array(seed), np.array(rows), np.array(columns))
