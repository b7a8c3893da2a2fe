"""The uncertain numbers of a scenario, each by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.blocks import Plan
from simulator.inputs.compile import compile_block
from simulator.inputs.draws import Block, uniform
from simulator.inputs.fitted import Fitted
from simulator.inputs.sampling import Given
from simulator.manifest import standings_beside
from simulator.scenario import Scenario
from simulator.scenario.keys import keys

Array = NDArray[np.float64]

OF_THE_SCENARIO = "scenario"
"""Standing of a number whose range the user gave."""


@dataclass(frozen=True)
class Factor:
    """One uncertain number: its name or path, unit and standing (measured, published, estimated, guessed, scenario)."""

    name: str
    unit: str
    standing: str


@dataclass(frozen=True)
class Apart(Fitted):
    """Parameters fitted to history, each drawn from its own posterior: what they have to do with one another is
    left out. Sobol indices need numbers that are independent."""

    def draw(self, block: Block, names: Collection[str]) -> dict[str, Array]:
        """The values of some of the parameters in the draws of a block: name -> (draw,).

        The weighted quantile of the members at the parameter's own uniform number.
        """
        if block.mid_only:
            return super().draw(block, names)
        columns = {name: self.values[:, i] for i, name in enumerate(self.names) if name in names}
        return {name: _at(values, self.weight, uniform(name, block)) for name, values in columns.items()}


def apart(plan: Plan) -> Plan:
    """The same plan with independent parameters."""
    members = plan.fitted
    return replace(plan, fitted=Apart(members.names, members.values, members.weight))


def factors(plan: Plan) -> tuple[Factor, ...]:
    """Every number of a plan that is not constant: parameters first, then those of the shocks."""
    standing = standings_beside(plan.base)
    names = [name for part in plan.numbers for name, r in part.items() if not r.is_constant]
    given = plan.scenario.parameters
    return tuple(
        Factor(
            name, unit(name, plan.scenario), OF_THE_SCENARIO if name in given else standing.get(name, OF_THE_SCENARIO)
        )
        for name in names
    )


def unit(name: str, scenario: Scenario) -> str:
    """The unit of a parameter or of a number of a shock."""
    units = {row["name"]: row["unit"] for row in datasets.table("parameters").rows}
    if name.startswith("shocks."):
        _, number, key = name.split(".", 2)
        return keys()[f"shocks.{scenario.shocks[int(number)].type}.{key}"].unit
    return units.get(name) or units.get(name.partition(".")[0], "share")


def values_at(plan: Plan, given: Mapping[str, Array]) -> dict[str, Array]:
    """What numbers are where they stand at given places of their ranges: name -> (row,); at most a block of rows."""
    rows = len(next(iter(given.values())))
    drawn, _ = compile_block(plan.scenario, plan.base, plan.numbers, Block(0, 0, sampling=Given(given)), plan.fitted)
    return {name: drawn[name][:rows] for name in given}


def _at(values: Array, weight: Array, level: Array) -> Array:
    """Weighted quantiles of one parameter's members at many levels."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return values[order][np.minimum(np.searchsorted(reached / reached[-1], level), len(values) - 1)]
