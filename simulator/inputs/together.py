"""Uncertain numbers that move together: rank correlations turned into normal scores, or refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.errors import Problem
from simulator.inputs.draws import Block, Range, normal_score
from simulator.scenario import Correlation, Scenario
from simulator.scenario.names import closest

Array = NDArray[np.float64]

PARAMETERS = "parameters."
LEAST_EIGENVALUE = 1e-9
"""Below, a matrix of correlations is as good as singular."""


def joint_scores(correlations: Sequence[Correlation], block: Block) -> dict[str, Array]:
    """Normal scores of the numbers that are correlated, name -> (draw,); draw k depends on draw k of their names alone.

    Notes
    -----
    A Gaussian copula: with r the rank correlation (Spearman) asked for, the scores correlate by 2 sin(pi r/6), which
    gives back r exactly where both numbers are continuous. Scores of their own are mixed by the Cholesky factor.
    """
    if not correlations or block.mid_only:
        return {}
    names, matrix = score_correlations(correlations)
    own = np.stack([normal_score(name, block) for name in names])
    return dict(zip(names, np.linalg.cholesky(matrix) @ own, strict=True))


def score_correlations(correlations: Sequence[Correlation]) -> tuple[tuple[str, ...], Array]:
    """Names in order, and the correlations of their normal scores: (name, name), 0 between pairs not mentioned.

    Notes
    -----
    Pearson (1907): rho = 2 sin(pi r/6) for a bivariate normal.
    """
    names = tuple(sorted({_name(path) for one in correlations for path in one.between}))
    matrix = np.eye(len(names))
    for one in correlations:
        here, there = (names.index(_name(path)) for path in one.between)
        matrix[here, there] = matrix[there, here] = 2.0 * np.sin(np.pi * one.rank / 6.0)
    return names, matrix


def correlation_problems(scenario: Scenario, numbers: Mapping[str, Range], fitted: Collection[str]) -> list[Problem]:
    """Correlations of what is not drawn on its own here, and those that cannot hold together.

    Parameters
    ----------
    numbers : every number of the run by its name, as it is drawn
    fitted : names of the parameters that are drawn from what was fitted to history
    """
    if not scenario.correlations:
        return []
    joint = set(fitted) - scenario.parameters.keys()
    problems = [
        problem
        for index, one in enumerate(scenario.correlations)
        for path in one.between
        for problem in _unfit(scenario, f"correlations.{index}.between", path, (numbers, joint))
    ]
    return problems or list(_contradictions(scenario))


def _unfit(
    scenario: Scenario, key: str, path: str, known: tuple[Mapping[str, Range], Collection[str]]
) -> Iterator[Problem]:
    """What keeps one path from being correlated."""
    numbers, joint = known
    name = _name(path)
    if name not in numbers or path != _path(name):
        free = [_path(one) for one, here in numbers.items() if one not in joint and not here.is_constant]
        what = "is not an uncertain number of this scenario"
        yield scenario.problem(key, what, given=path, meant=closest(path, free))
    elif name in joint:
        what = (
            "is fitted to history and drawn with the correlations found there; "
            "a range of its own under parameters would free it"
        )
        yield scenario.problem(key, what, given=path)
    elif numbers[name].is_constant:
        yield scenario.problem(key, "is a constant here: nothing is drawn", given=f"{path}: {numbers[name].mid:g}")


def _contradictions(scenario: Scenario) -> Iterator[Problem]:
    """Groups of correlations that no numbers can have all at once."""
    left = list(scenario.correlations)
    while left:
        group, left = _linked(left)
        least = float(np.linalg.eigvalsh(score_correlations(group)[1])[0])
        if least < LEAST_EIGENVALUE:
            said = "; ".join(f"{' and '.join(one.between)} {one.rank:g}" for one in group)
            what = f"cannot hold together (smallest eigenvalue {least:.2g}): {said}"
            index = scenario.correlations.index(group[0])
            yield scenario.problem(f"correlations.{index}", what, allowed="ranks that do not contradict each other")


def _linked(correlations: Sequence[Correlation]) -> tuple[list[Correlation], list[Correlation]]:
    """The correlations that hang together with the first, and the rest."""
    reached, size = set(correlations[0].between), 0
    while len(reached) > size:
        size = len(reached)
        reached |= {path for one in correlations if reached & set(one.between) for path in one.between}
    group = [one for one in correlations if reached & set(one.between)]
    return group, [one for one in correlations if one not in group]


def _name(path: str) -> str:
    """The name a number is drawn by."""
    return path.removeprefix(PARAMETERS)


def _path(name: str) -> str:
    """The path a number has in the scenario."""
    return name if name.startswith("shocks.") else PARAMETERS + name
