"""The matrix nearest to a first guess that meets sums over any blocks of its cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.errors import InputError, Problem
from simulator.rebase.known import Cell

Array = NDArray[np.float64]

CLOSE_KBD = 1e-10
SAME_KBD = 1e-6
"""Two statements that differ by less are the same statement."""

MOST_STEPS = 200
"""Newton needs about ten; what is not met by then cannot be met."""

LARGEST_LIFT = 3.0
"""Most that the log of a flow moves in one step."""

SHORTEST_STEP = 1e-9
MOST_NAMED = 5


@dataclass(frozen=True)
class Target:
    """A sum to be met: sum of weight x landed = kbd.

    weight : (stream, buyer), 0 outside the sum, 1 for arrivals, above 1 where exports include cargo afloat
    cell : what was said; None where the sum is an assumption about `item`, a stream or a buyer
    """

    weight: Array
    kbd: float
    cell: Cell | None = None
    item: str = ""


def meet(start: Array, targets: list[Target]) -> Array:
    """The matrix of least relative entropy against `start` that meets all targets: (stream, buyer).

    Raises
    ------
    InputError : the cells among the targets that stay apart, or those that share a flow with what does.

    Notes
    -----
    x = start exp(sum over targets of multiplier x weight); Newton on the multipliers, whose convex potential is
    sum x - sum multiplier x target. Scaling sum by sum finds the same matrix in up to a thousand times the steps.
    """
    if not targets:
        return start.copy()
    open_to_flow = start > 0
    for target in targets:
        if target.kbd == 0.0:
            open_to_flow &= target.weight == 0
    weight = np.array([target.weight[open_to_flow] for target in targets])
    wanted = np.array([target.kbd for target in targets])
    first = start[open_to_flow]
    scale = 1.0 / np.sqrt(np.maximum((weight**2) @ first, SAME_KBD))
    lift, flow = np.zeros_like(first), first
    for _ in range(MOST_STEPS):
        miss = weight @ flow - wanted
        if np.abs(miss).max() <= CLOSE_KBD:
            landed = np.zeros_like(start)
            landed[open_to_flow] = flow
            return landed
        slope = (scale[:, None] * weight * flow) @ (weight.T * scale)
        # Targets may repeat one another, so the least of all steps that solve it is taken.
        step = -scale * np.linalg.lstsq(slope, scale * miss, rcond=1e-13)[0]
        lift, flow = _descend(first, lift, weight.T @ step, (flow.sum(), float(step @ miss), float(step @ wanted)))
    raise InputError(_apart(targets, miss))


def _descend(first: Array, lift: Array, move: Array, about: tuple[float, float, float]) -> tuple[Array, Array]:
    """Go along `move` as far as the potential falls as its slope promises; flows at most grow by LARGEST_LIFT.

    lift, move : (cell,), logs; about : sum of flows, slope of the potential, change of multiplier x target.
    """
    total, slope, reward = about
    length = min(1.0, LARGEST_LIFT / max(float(np.abs(move).max()), 1e-300))
    while True:
        flow = first * np.exp(lift + length * move)
        fall = flow.sum() - total - length * reward
        if fall <= 1e-4 * length * slope + 1e-13 * total or length < SHORTEST_STEP:
            return lift + length * move, flow
        length *= 0.5


def _apart(targets: list[Target], miss: Array) -> list[Problem]:
    apart = [target for target, kbd in zip(targets, miss, strict=True) if abs(kbd) > SAME_KBD] or targets
    told = [target for target in apart if target.cell is not None]
    items = [target.item for target in apart if target.cell is None]
    lines = ", ".join(items) if len(items) <= MOST_NAMED else f"{len(items)} other sellers and buyers"
    if not told:
        touched = np.any([target.weight > 0 for target in apart], axis=0)
        told = [target for target in targets if target.cell is not None and (touched & (target.weight > 0)).any()]
    rest = f" and what {lines} can trade" if lines else ""
    what = f"cannot be met together with the other cells{rest}"
    return [target.cell.problem(what) for target in told if target.cell is not None] or [Problem("cells", what)]
