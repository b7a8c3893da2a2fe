"""The estimator against SALib, scipy and a function whose indices are known."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import sobol
from scipy.stats import sobol_indices

from simulator.drivers.design import Design, design
from simulator.drivers.indices import Indices, indices

NAMES = ("x1", "x2", "x3")
FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)


def ishigami(places: dict[str, np.ndarray]) -> np.ndarray:
    x1, x2, x3 = (np.pi * (2 * places[name] - 1) for name in NAMES)
    return np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def laid(samples: int = 1024, seed: int = 1) -> Design:
    return design([(name,) for name in NAMES], samples, seed)


def found(samples: int = 1024, seed: int = 1) -> Indices:
    here = laid(samples, seed)
    return indices(*here.split(ishigami(here.places)), seed)


@pytest.mark.parametrize("samples", [256, 2048])
def test_salib_agrees_to_three_digits(samples: int) -> None:
    here = laid(samples)
    outcome = ishigami(here.places)
    a, b, ab = here.split(outcome)
    ours = indices(a, b, ab, seed=1)
    rows = np.column_stack([a, *ab, b]).ravel()  # SALib's order: base row by base row
    problem = {"num_vars": 3, "names": list(NAMES), "bounds": [[0, 1]] * 3}
    theirs = sobol.analyze(problem, rows, calc_second_order=False, seed=1)
    np.testing.assert_allclose(ours.first.value, theirs["S1"], atol=5e-4)
    np.testing.assert_allclose(ours.total.value, theirs["ST"], atol=5e-4)
    width = (ours.total.high - ours.total.low) / 2
    np.testing.assert_allclose(width, theirs["ST_conf"], rtol=0.2)


def test_scipy_agrees() -> None:
    here = laid()
    a, b, ab = here.split(ishigami(here.places))
    theirs = sobol_indices(func={"f_A": a[None], "f_B": b[None], "f_AB": ab[:, None]}, n=len(a))
    ours = indices(a, b, ab, seed=1)
    np.testing.assert_allclose(ours.first.value, theirs.first_order, atol=1e-12)
    np.testing.assert_allclose(ours.total.value, theirs.total_order, atol=1e-12)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_known_indices_lie_inside_the_error_bars(seed: int) -> None:
    ours = found(seed=seed)
    for estimate, known in ((ours.first, FIRST), (ours.total, TOTAL)):
        assert (estimate.low <= np.array(known)).all() and (np.array(known) <= estimate.high).all()
    (rest, low, high) = ours.rest.of(0)
    assert low <= 1 - sum(FIRST) <= high and rest == pytest.approx(1 - sum(FIRST), abs=0.05)
    assert ours.extra.low[0] > 0 and ours.extra.low[2] > 0 and ours.extra.low[1] < 0 < ours.extra.high[1]


def test_a_group_counts_as_one() -> None:
    here = design([("x1", "x3"), ("x2",)], 2048, seed=1)
    ours = indices(*here.split(ishigami(here.places)), seed=1)
    np.testing.assert_allclose(ours.first.value, [0.5576, 0.4424], atol=0.02)
    np.testing.assert_allclose(ours.total.value, [0.5576, 0.4424], atol=0.02)


def test_an_outcome_that_never_moves_has_no_shares() -> None:
    ours = indices(np.ones(8), np.ones(8), np.ones((2, 8)), seed=1)
    assert ours.first.value.tolist() == [0, 0] and ours.total.high.tolist() == [0, 0]


def test_the_design_swaps_one_group_at_a_time() -> None:
    here = design([("x",), ("y", "z")], 4, seed=3)
    whole = {name: column.reshape(4, 4) for name, column in here.places.items()}
    for name, swapped in (("x", 2), ("y", 3), ("z", 3)):
        a, b, *mixed = whole[name]
        for k, part in enumerate(mixed, start=2):
            assert (part == (b if k == swapped else a)).all()
    assert (design([("x",)], 4, seed=3).places["x"] == design([("x",)], 4, seed=3).places["x"]).all()
    assert (design([("x",)], 4, seed=3).places["x"] != design([("x",)], 4, seed=4).places["x"]).any()
