"""ema_workbench driving scipy: each equilibrium is an experiment, its uncertain inputs the month and the draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ema_workbench import (
    ArrayOutcome,
    BooleanParameter,
    CategoricalParameter,
    IntegerParameter,
    Model,
    ScalarOutcome,
    Scenario,
)
from ema_workbench.em_framework.evaluators import BaseEvaluator
from numpy.typing import NDArray

from bench.single import clear_one
from simulator.axes import DRAW_BLOCK
from simulator.market.balance import Market

Array = NDArray[np.float64]
Place = tuple[str, int]
"""A month and the number of a draw in its block: which equilibrium is meant."""


@dataclass(frozen=True)
class Equilibrium:
    """A model as ema_workbench wants it: a function of its inputs, with everything ready to solve."""

    posed: Mapping[Place, tuple[Market, Array]]

    def __call__(self, month: str, draw: int, slopes: bool) -> dict[str, Array | float]:
        """FOB prices, (stream,), and the largest excess supply as a share of base exports."""
        fob, residual = clear_one(*self.posed[month, draw], slopes=slopes)
        return {"fob_usd_bbl": fob, "residual_share": residual}


def model_of(equilibrium: Equilibrium, months: Sequence[str]) -> Model:
    """The equilibrium as a model of ema_workbench; `slopes`: scipy is given the analytic Jacobian."""
    streams = next(iter(equilibrium.posed.values()))[1].size
    model = Model("oil", function=equilibrium)
    model.uncertainties = [
        CategoricalParameter("month", months),
        IntegerParameter("draw", 0, DRAW_BLOCK - 1),
        BooleanParameter("slopes"),
    ]
    model.outcomes = [ArrayOutcome("fob_usd_bbl", shape=(streams,), dtype=float), ScalarOutcome("residual_share")]
    return model


def experiments(evaluator: BaseEvaluator, places: Sequence[Place], slopes: bool) -> dict[str, Array]:
    """Outcomes of experiments, one a place and in their order: (place, ...)."""
    asked = [Scenario(f"{month} {draw}", month=month, draw=draw, slopes=slopes) for month, draw in places]
    done, outcomes = evaluator.perform_experiments(scenarios=asked, log_progress=True)
    order = {place: row for row, place in enumerate(zip(done["month"], done["draw"].astype(int), strict=True))}
    rows = [order[place] for place in places]
    return {name: np.asarray(values)[rows] for name, values in outcomes.items()}


def one_by_one(equilibrium: Equilibrium, places: Sequence[Place]) -> dict[str, Array]:
    """The same without ema_workbench."""
    solved = [equilibrium(month, draw, slopes=True) for month, draw in places]
    return {name: np.array([one[name] for one in solved]) for name in solved[0]}
