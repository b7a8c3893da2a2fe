"""Sobol designs and indices: time to lay out the points and to analyse what they gave, beside SALib."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import sobol as salib_analysis
from SALib.sample import sobol as salib_design
from scipy.stats import qmc, sobol_indices

from bench.turns import ratios, seconds_in_turns, spread, versions

Array = NDArray[np.float64]

ROWS, SEED, TURNS = 4096, 1, 3
RESAMPLES = 100
"""Bootstrap samples: as many as SALib takes unless told."""


@dataclass(frozen=True)
class Case:
    """A function of numbers between 0 and 1: (row, factor) to (row,)."""

    name: str
    factors: int
    function: Callable[[Array], Array]

    @property
    def problem(self) -> dict[str, object]:
        """The factors as SALib wants them."""
        names = [f"x{k}" for k in range(self.factors)]
        return {"num_vars": self.factors, "names": names, "bounds": [[0.0, 1.0]] * self.factors}


@dataclass(frozen=True)
class Answers:
    """A function's values at the points of a design, as SALib orders them: (row, factor + 2), A, mixed points, B."""

    values: Array

    @property
    def a(self) -> Array:
        """Values at A, (row,)."""
        return self.values[:, 0]

    @property
    def b(self) -> Array:
        """Values at B, (row,)."""
        return self.values[:, -1]

    @property
    def ab(self) -> Array:
        """Values at A with one factor from B, (factor, row)."""
        return self.values[:, 1:-1].T


def ishigami(x: Array) -> Array:
    """Ishigami and Homma (1990), with a = 7 and b = 0.1."""
    one, two, three = (np.pi * (2.0 * x - 1.0)).T
    return np.sin(one) + 7.0 * np.sin(two) ** 2 + 0.1 * three**4 * np.sin(one)


def sobol_g(x: Array) -> Array:
    """Sobol's g: a product of |4 x_i - 2|, each flatter than the one before."""
    flat = np.arange(x.shape[1]) / 2.0
    return np.prod((np.abs(4.0 * x - 2.0) + flat) / (1.0 + flat), axis=1)


CASES = (Case("Ishigami", 3, ishigami), Case("Sobol's g", 30, sobol_g))
Design = Callable[..., object]
"""Lays out the points of a case; told the number of the turn as well."""
Analysis = Callable[..., Array]
"""First and total order indices of a case from its answers, (2, factor); told the number of the turn as well."""


def measure() -> None:
    """Print seconds, ratios and the largest difference of indices for both functions."""
    print(f"Sobol indices by {versions('numpy', 'scipy', 'SALib')}")
    print(f"({ROWS} base rows, {RESAMPLES} bootstrap samples, no second order, median and range of {TURNS} turns)")
    for case in CASES:
        print(f"  {case.name}, {case.factors} factors, {ROWS * (case.factors + 2):,} points")
        designs, analyses = _contenders()
        _tell("lay out", seconds_in_turns({name: partial(do, case) for name, do in designs.items()}, TURNS))
        answers = Answers(case.function(_salib_design(case)).reshape(ROWS, -1))
        _tell("analyse", seconds_in_turns({name: partial(do, case, answers) for name, do in analyses.items()}, TURNS))
        theirs = _salib_indices(case, answers)
        for name, do in analyses.items():
            apart = np.abs(do(case, answers) - theirs).max()
            print(f"    {apart:26.1e} from SALib's indices at most, first and total order   {name}")
    print()


def _contenders() -> tuple[dict[str, Design], dict[str, Analysis]]:
    """Who lays out designs and who analyses them, SALib first."""
    designs: dict[str, Design] = {"SALib": _salib_design, "scipy": _scipy_design}
    analyses: dict[str, Analysis] = {"SALib": _salib_indices, "scipy": _scipy_indices}
    if find_spec("simulator.drivers"):
        designs["oilsim"], analyses["oilsim"] = _our_design, _our_indices
    return designs, analyses


def _tell(what: str, seconds: dict[str, list[float]]) -> None:
    for name, taken in seconds.items():
        times = "" if name == "SALib" else f"{spread(ratios(seconds['SALib'], taken), '.2f')} times as fast as SALib"
        print(f"    {spread(taken, '.4f'):>26} s to {what}   {name:<6}   {times}")


def _salib_design(case: Case, _turn: int = 0) -> Array:
    return salib_design.sample(case.problem, ROWS, calc_second_order=False, seed=SEED)


def _scipy_design(case: Case, _turn: int = 0) -> Array:
    """A, B and A with one factor after the other from B: (factor + 2, row, factor)."""
    both = qmc.Sobol(2 * case.factors, scramble=True, rng=SEED).random(ROWS)
    points = np.tile(both[:, : case.factors], (case.factors + 2, 1, 1))
    points[1] = both[:, case.factors :]
    for k in range(case.factors):
        points[k + 2, :, k] = points[1, :, k]
    return points


def _our_design(case: Case, _turn: int = 0) -> object:
    from simulator.drivers.design import design

    return design([(f"x{k}",) for k in range(case.factors)], ROWS, SEED)


def _salib_indices(case: Case, answers: Answers, _turn: int = 0) -> Array:
    found = salib_analysis.analyze(
        case.problem, answers.values.ravel(), calc_second_order=False, num_resamples=RESAMPLES, seed=SEED
    )
    return np.array([found["S1"], found["ST"]])


def _scipy_indices(_case: Case, answers: Answers, _turn: int = 0) -> Array:
    """Bootstrap with acceleration, the only one scipy has here: it leaves out every base row once."""
    values = {"f_A": answers.a[None], "f_B": answers.b[None], "f_AB": answers.ab[:, None]}
    found = sobol_indices(func=values, n=ROWS)
    found.bootstrap(n_resamples=RESAMPLES)
    return np.array([found.first_order, found.total_order])


def _our_indices(_case: Case, answers: Answers, _turn: int = 0) -> Array:
    from simulator.drivers.indices import indices

    found = indices(answers.a, answers.b, answers.ab, SEED, RESAMPLES)
    return np.array([found.first.value, found.total.value])
