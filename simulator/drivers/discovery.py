"""Scenario discovery: which ranges of uncertain inputs push an outcome beyond a threshold."""

from __future__ import annotations

import math
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.blocks import Plan
from simulator.collector import OUTCOME_ONLY
from simulator.drivers.analysis import DEFAULT_METRIC, Stages, planned
from simulator.drivers.boxes import Box, boxes, need_library
from simulator.drivers.factors import Factor, factors
from simulator.drivers.outcomes import Asked, asked, drawn_outcome
from simulator.drivers.sensitivity import LeftOut, heading
from simulator.errors import InputError, Problem
from simulator.results import HORIZON
from simulator.scenario import Scenario

if TYPE_CHECKING:
    import pandas
    import xarray

Array = NDArray[np.float64]

DEFAULT_DRAWS = 4096
FEWEST_CASES = 40
"""Draws beyond the threshold, and draws not beyond it: half of them to find boxes, half to judge them."""
HINTS = (0.25, 0.1, 0.05)
COLUMNS = ("box", "factor", "standing", "unit", "low", "high", "p", "density", "coverage", "mass", "base")


@dataclass(frozen=True)
class Discovery:
    """Boxes of inputs behind an outcome beyond a threshold.

    side : `above` or `below`   cases : draws beyond the threshold among `draws` that count
    boxes : none where none beats chance
    """

    scenario: Scenario
    asked: Asked
    seed: int
    side: str
    threshold: float
    draws: int
    cases: int
    left_out: LeftOut
    boxes: tuple[Box, ...]
    factors: dict[str, Factor]

    @property
    def table(self) -> pandas.DataFrame:
        """One row per range of a box, as a pandas table."""
        import pandas

        return pandas.DataFrame(self.rows(), columns=COLUMNS)

    def rows(self) -> list[dict[str, Any]]:
        """One plain row per range of a box; None where a range is open."""
        found = []
        for number, box in enumerate(self.boxes, start=1):
            shared = {name: getattr(box, name) for name in COLUMNS[-4:]}
            for one in box.ranges:
                factor = self.factors[one.name]
                ends = {"low": _end(one.low), "high": _end(one.high), "p": one.p}
                named = {"box": number, "factor": one.name, "standing": factor.standing, "unit": factor.unit}
                found.append({**named, **ends, **shared})
        return found

    def to_xarray(self) -> xarray.Dataset:
        """Low, high and p of every range over (box, factor), NaN where a box has none; density and the like by box."""
        table = self.table.astype({"low": float, "high": float})
        ranges = table.set_index(["box", "factor"])[["low", "high", "p"]].to_xarray()
        return ranges.merge(table.groupby("box")[list(COLUMNS[-4:])].first().to_xarray())

    def document(self) -> dict[str, Any]:
        """The JSON form: full precision, null where a range is open."""
        return {
            **heading(self.scenario, self.asked, self.seed),
            self.side: self.threshold,
            "draws": self.draws,
            "cases": self.cases,
            "left_out": asdict(self.left_out),
            "boxes": [_box(box) for box in self.boxes],
            "rows": self.rows(),
        }


def discover(
    scenario: Scenario | str | os.PathLike[str],
    metric: str = DEFAULT_METRIC,
    month: str = HORIZON,
    above: float | None = None,
    below: float | None = None,
    draws: int = DEFAULT_DRAWS,
    seed: int = 1,
    months: int | None = None,
    stages: Stages | None = None,
) -> Discovery:
    """Which ranges of the uncertain inputs push an outcome above or below a threshold.

    The draws are those of an ordinary run, with fitted parameters drawn together.

    Parameters
    ----------
    scenario, metric, month, seed, months, stages : as for `sensitivity`
    above, below : the threshold, in the outcome's unit; one of the two
    draws : of the run, 128 or more

    Raises
    ------
    InputError : no such outcome, too few draws beyond the threshold or on this side of it, prim not installed.
    """
    need_library()
    if (above is None) == (below is None):
        raise InputError([Problem("above or below", "give one of the two: the value the outcome has to pass")])
    plan = planned(scenario, months, {"draws": (draws, 128), "seed": (seed, 0)})
    what = asked(plan, metric, month)
    told = f"{draws:,} ordinary draws"
    inputs, outcome = drawn_outcome(plan, draws, seed, what, lambda done, all_: stages and stages(told, done, all_))
    side, threshold = ("above", above) if above is not None else ("below", below)
    assert threshold is not None
    return _discovery(plan, what, seed, (side, threshold), inputs, outcome)


def _discovery(
    plan: Plan, what: Asked, seed: int, beyond: tuple[str, float], inputs: dict[str, Array], outcome: Array
) -> Discovery:
    side, threshold = beyond
    good = np.isfinite(outcome)
    failed = int(np.isnan(outcome).sum())
    left_out = LeftOut(failed, int(np.isinf(outcome).sum()), failed)
    values = outcome[good]
    cases = values > threshold if side == "above" else values < threshold
    _refuse_few(values, int(cases.sum()), side, threshold)
    numbers = {factor.name: factor for factor in factors(plan)}
    varying = {
        name: part[good]
        for name, part in inputs.items()
        if name in numbers and np.ptp(part[good]) > 0 and OUTCOME_ONLY.get(name, what.key[0]) == what.key[0]
    }
    found = boxes(varying, cases)
    return Discovery(
        plan.scenario, what, seed, side, threshold, len(values), int(cases.sum()), left_out, found, numbers
    )


def _refuse_few(values: Array, cases: int, side: str, threshold: float) -> None:
    """Refuse a threshold with too few draws on one side, with values to choose from."""
    least = min(cases, len(values) - cases)
    if least >= FEWEST_CASES:
        return
    if not len(values):
        raise InputError([Problem("metric", "no draw has such an outcome")])
    share = f"{cases:,} of {len(values):,} draws ({cases / len(values):.1%}) are {side} it".replace("%", " %")
    what = f"{share}; {FEWEST_CASES} have to be, and {FEWEST_CASES} must not"
    levels = [1 - hint if side == "above" else hint for hint in HINTS]
    points = zip(HINTS, np.quantile(values, levels), strict=True)
    hints = ", ".join(f"{hint:.0%} of the draws are {side} {point:.5g}".replace("%", " %") for hint, point in points)
    raise InputError([Problem(side, what, given=threshold, allowed=hints)])


def _box(box: Box) -> dict[str, Any]:
    ranges = [{**asdict(one), "low": _end(one.low), "high": _end(one.high)} for one in box.ranges]
    return {**asdict(box), "ranges": ranges}


def _end(value: float) -> float | None:
    return value if math.isfinite(value) else None
