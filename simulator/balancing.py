"""Fitting a table to known row and column totals (biproportional fitting, RAS).

It serves two inferences: how China's imports of each stream split over its three refiner segments,
and how the trade matrix of one year is moved to the totals of another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ROUNDS = 100_000


def balance(
    seed: NDArray[np.float64],
    row_totals: NDArray[np.float64],
    column_totals: NDArray[np.float64],
    tolerance: float = 1e-12,
) -> NDArray[np.float64]:
    """The table nearest to a first guess that has the totals asked for.

    Of all tables with these totals it is the one with the least relative entropy against `seed`:
    nothing is added but the totals. A zero of the seed stays zero, so a pipeline that ends at one
    buyer stays with that buyer.

    Parameters
    ----------
    seed : (row, column), first guess in any unit, each cell 0 or more
    row_totals, column_totals : (row,) and (column,), 0 or more, in the unit of the result (such as kb/d);
        they must have the same sum
    tolerance : largest miss of a row total, as a share of the grand total, above 0

    Returns
    -------
    (row, column), in the unit of the totals; the columns meet theirs to rounding

    Raises
    ------
    ValueError naming the rows or columns that cannot be met: a total above zero where the seed is all
    zero, unequal sums, or a pattern of zeros that no table with these totals can have.

    Notes
    -----
    x_ij = r_i seed_ij s_j, with r and s alternately set to meet rows and columns.
    Source: Deming & Stephan (1940), Annals of Mathematical Statistics 11; Stone's RAS method.

    >>> balance(np.array([[1.0, 1.0], [1.0, 0.0]]), np.array([6.0, 4.0]), np.array([7.0, 3.0]))
    array([[3., 3.],
           [4., 0.]])
    """
    _refuse_impossible(seed, row_totals, column_totals)
    total = float(row_totals.sum())
    table = seed.astype(float)
    for _ in range(ROUNDS):
        table = table * _factors(row_totals, table.sum(axis=1))[:, None]
        table = table * _factors(column_totals, table.sum(axis=0))[None, :]
        miss = np.abs(table.sum(axis=1) - row_totals)
        if miss.max(initial=0.0) <= tolerance * total:
            return table
    worst = np.flatnonzero(miss > tolerance * total).tolist()
    raise ValueError(f"the zeros of the first guess leave no table with these totals: rows {worst} cannot be met")


def _factors(wanted: NDArray[np.float64], found: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) scale factors `wanted / found`; 1 where both are zero."""
    return np.divide(wanted, found, out=np.ones_like(found), where=found > 0.0)


def _refuse_impossible(
    seed: NDArray[np.float64], row_totals: NDArray[np.float64], column_totals: NDArray[np.float64]
) -> None:
    """Raise on what no scaling can repair, before any round is spent on it."""
    if seed.shape != (row_totals.size, column_totals.size):
        raise ValueError(f"seed is {seed.shape}, totals ask for {(row_totals.size, column_totals.size)}")
    for name, values in (("seed", seed), ("row totals", row_totals), ("column totals", column_totals)):
        if not np.all(np.isfinite(values)) or np.any(values < 0.0):
            raise ValueError(f"{name}: every value must be a number of 0 or more")
    rows = np.flatnonzero((seed.sum(axis=1) == 0.0) & (row_totals > 0.0)).tolist()
    columns = np.flatnonzero((seed.sum(axis=0) == 0.0) & (column_totals > 0.0)).tolist()
    if rows or columns:
        raise ValueError(f"no cell to fill: rows {rows}, columns {columns} are all zero in the first guess")
    if not np.isclose(row_totals.sum(), column_totals.sum(), rtol=1e-9, atol=0.0):
        raise ValueError(
            f"rows add up to {row_totals.sum():.12g} and columns to {column_totals.sum():.12g}: no table has both"
        )
