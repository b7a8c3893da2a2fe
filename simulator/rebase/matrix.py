"""A trade matrix moved to what is known of another month, everything else as near the old one as can be.

Known cells are met exactly. What nobody named follows from assumptions: a stream in no cell ships what it is
assumed to ship, a buyer without a total takes what it is assumed to take. The two assumptions seldom agree; half of
the gap goes to either side, in proportion. A stream with a known cell has no assumed total unless one is stated: its
other sales stay as they were and its exports follow. Where the fit would ship more than a stream can, the stream is
held just below its capacity and others take the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import InputError
from simulator.rebase.fitting import SAME_KBD, Target, meet
from simulator.rebase.known import TOTAL, Cell

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

DIGITS = 8
"""Decimals kept of a flow in kb/d: coarser than the noise of arithmetic, finer than what tells two months apart."""

FULL_SHARE = 0.99
"""Part of its capacity that a stream ships at most: closer to it the market has no room for a supply curve."""


@dataclass(frozen=True)
class Matrix:
    """Who ships what to whom.

    landed_kbd : (stream, buyer), buyers are regions, China as one
    afloat_share : (stream,), 0-1, part of exports that does not land
    """

    streams: tuple[str, ...]
    buyers: tuple[str, ...]
    landed_kbd: Array
    afloat_share: Array

    @property
    def exports_kbd(self) -> Array:
        """(stream,) arrivals and what stays afloat."""
        exports: Array = self.landed_kbd.sum(axis=1) / (1.0 - self.afloat_share)
        return exports

    @property
    def afloat_kbd(self) -> Array:
        """(stream,)"""
        return self.exports_kbd * self.afloat_share


@dataclass(frozen=True)
class Assumed:
    """What is assumed where nothing is known.

    exports_kbd, capacity_kbd : (stream,), what streams in no cell export; most each stream can export
    arrivals_kbd : (buyer,), what buyers without a total take
    stated : (stream,), streams whose exports are assumed although cells name some of their flows
    """

    exports_kbd: Array
    capacity_kbd: Array
    arrivals_kbd: Array
    stated: Mask


@dataclass(frozen=True)
class Rebased:
    """The matrix before and after.

    gap_kbd : assumed landings less assumed arrivals, before either side moved
    export_factor, import_factor : what closed it, on streams in no cell and on buyers without a total
    held : streams kept at their capacity
    miss_kbd : largest miss of a known cell
    """

    before: Matrix
    after: Matrix
    gap_kbd: float
    export_factor: float
    import_factor: float
    held: tuple[str, ...]
    miss_kbd: float


def rebase(base: Matrix, cells: Sequence[Cell], assumed: Assumed, impossible: Mask) -> Rebased:
    """Fit the matrix to known cells and assumed totals (biproportional, with sums over blocks of cells).

    Parameters
    ----------
    cells : what is known; cells may nest, as a country and its grades, or a group and a total
    impossible : (stream, buyer), pairs no oil can flow on

    Returns
    -------
    Rebased; flows are rounded to 1e-8 kb/d. Pairs without flow stay without, but for cells that name one stream.

    Raises
    ------
    InputError : cells that cannot be met, alone or together.

    Notes
    -----
    The matrix of least relative entropy against the old one (RAS: Deming & Stephan 1940, with sums over blocks).
    """
    targets = [_target(base, cell) for cell in cells]
    seed = _seed(base, targets, impossible)
    known = [_less_parts(target, targets, seed) for target in targets]
    known = _usable(known, seed)
    most = FULL_SHARE * assumed.capacity_kbd
    held = np.zeros(len(base.streams), dtype=bool)
    while True:
        full = [_less_parts(_held(base, i, most[i]), targets, seed) for i in np.flatnonzero(held).tolist()]
        _refuse_overfull(full, seed, cells, assumed.capacity_kbd[held])
        start = meet(seed, [*full, *known])
        ships = replace(assumed, exports_kbd=np.where(held, most, assumed.exports_kbd))
        rows, columns, gap, factors = _assumed(base, cells, start, ships, held)
        rows = [_less_parts(row, targets, seed) for row in rows]
        columns = [_less_parts(column, targets, seed) for column in columns]
        _refuse_overdrawn(rows, seed, targets)
        _refuse_crowded(columns, targets)
        after = replace(base, landed_kbd=meet(start, [*full, *rows, *columns, *known]))
        over = (after.exports_kbd > most * (1.0 + 1e-9)) & ~held
        if not over.any():
            break
        held |= over
    after = replace(after, landed_kbd=np.round(after.landed_kbd, DIGITS))
    miss = max((abs(float((t.weight * after.landed_kbd).sum()) - t.kbd) for t in targets), default=0.0)
    names = tuple(stream for stream, full_up in zip(base.streams, held, strict=True) if full_up)
    return Rebased(base, after, gap, *factors, names, miss)


def _held(base: Matrix, stream: int, most_kbd: float) -> Target:
    weight = np.zeros(base.landed_kbd.shape)
    weight[stream] = 1.0 / (1.0 - base.afloat_share[stream])
    return Target(weight, most_kbd, item=base.streams[stream])


def _refuse_overfull(full: list[Target], seed: Array, cells: Sequence[Cell], capacity_kbd: Array) -> None:
    """Refuse cells that alone ask a stream for more than it can ship."""
    problems = []
    for target, capacity in zip(full, capacity_kbd, strict=True):
        named = [cell for cell in cells if target.item in cell.streams and cell.name != TOTAL]
        alone = [cell for cell in named if cell.buyer == TOTAL and cell.streams == (target.item,)]
        free = ((target.weight > 0) & (seed > 0)).any()
        if alone or not free or target.kbd < -SAME_KBD:
            what = f"asks {target.item} for more than {FULL_SHARE:.0%} of its capacity of {capacity:,.0f} kb/d"
            problems += [cell.problem(what) for cell in alone or named]
    if problems:
        raise InputError(problems)


def _target(base: Matrix, cell: Cell) -> Target:
    row = np.isin(base.streams, cell.streams)[:, None]
    if cell.buyer == TOTAL:
        per_landed: Array = 1.0 / (1.0 - base.afloat_share)
        return Target(np.where(row, per_landed[:, None], 0.0) * np.ones(len(base.buyers)), cell.kbd, cell)
    return Target(np.where(row & np.isin(base.buyers, cell.buyer), 1.0, 0.0), cell.kbd, cell)


def _seed(base: Matrix, targets: list[Target], impossible: Mask) -> Array:
    """Where oil may flow: the old matrix, without cells known to be empty, with single pairs that a cell opens."""
    seed = base.landed_kbd.copy()
    problems = []
    for target in targets:
        inside = target.weight > 0
        if target.kbd == 0.0:
            seed[inside] = 0.0
    for target in targets:
        inside, cell = target.weight > 0, target.cell
        assert cell is not None
        if target.kbd == 0.0 or (seed[inside] > 0).any():
            continue
        if impossible[inside].all():
            problems.append(cell.problem("no oil can flow this way"))
        elif inside.sum() > 1:
            what = "no such flow in the baseline, or all its parts are 0: name one stream"
            problems.append(cell.problem(what, allowed=", ".join(cell.streams[:8])))
        elif (base.landed_kbd[inside] > 0).any():
            problems.append(cell.problem("another cell says it is 0"))
        else:
            seed[inside] = target.kbd
    if problems:
        raise InputError(problems)
    return seed


def _less_parts(target: Target, known: list[Target], seed: Array) -> Target:
    """The target without the parts that are known themselves, the largest first: what is left to be scaled."""
    left, kbd = target.weight.copy(), target.kbd
    size = np.count_nonzero(target.weight)
    for part in sorted(known, key=lambda one: -np.count_nonzero(one.weight)):
        inside = (part.weight > 0) & (seed > 0)
        weights = target.weight[inside]
        smaller = np.count_nonzero(part.weight) < size and part is not target
        of_exports = part.cell is not None and part.cell.buyer == TOTAL
        if not smaller or of_exports or not inside.any() or not (left[inside] > 0).all() or np.ptp(weights) > 0:
            continue
        kbd -= float(weights[0]) * part.kbd
        left[inside] = 0.0
    return replace(target, weight=left, kbd=kbd)


def _usable(targets: list[Target], seed: Array) -> list[Target]:
    """Targets with something left to scale; those that contradict their own parts are refused."""
    problems, usable = [], []
    for target in targets:
        free = ((target.weight > 0) & (seed > 0)).any()
        if target.cell is None or (free and target.kbd > -SAME_KBD):
            usable.append(replace(target, kbd=max(target.kbd, 0.0)))
        elif target.kbd < -SAME_KBD:
            problems.append(target.cell.problem(f"is {-target.kbd:,.1f} kb/d less than its known parts"))
        elif target.kbd > SAME_KBD:
            what = f"is {target.kbd:,.1f} kb/d more than its known parts, and no other flow can fill it"
            problems.append(target.cell.problem(what))
    if problems:
        raise InputError(problems)
    return usable


def _assumed(
    base: Matrix, cells: Sequence[Cell], start: Array, assumed: Assumed, held: Mask
) -> tuple[list[Target], list[Target], float, tuple[float, float]]:
    """Totals nobody named, moved towards each other until landings and arrivals agree.

    Returns
    -------
    rows of streams not held that are in no cell or whose exports are stated, columns of buyers without a total,
    the gap (kb/d), factors on both.
    """
    told = {stream for cell in cells if cell.name != TOTAL for stream in cell.streams}
    untold = np.array([stream not in told for stream in base.streams]) | assumed.stated
    given = {cell.buyer: cell.kbd for cell in cells if cell.name == TOTAL}
    unnamed = np.array([buyer not in given for buyer in base.buyers])
    landed = assumed.exports_kbd * (1.0 - base.afloat_share)
    arrivals = np.array([given.get(buyer, assumed.arrivals_kbd[j]) for j, buyer in enumerate(base.buyers)])
    free = untold & ~held
    supply, demand = landed[free].sum(), arrivals[unnamed].sum()
    gap = float(landed[untold].sum() + start[~untold].sum() - arrivals.sum())
    # Neither side is known better than the other; where one has nothing assumed, the other takes it all.
    on_supply = 0.0 if supply == 0 else 0.5 if demand > 0 else 1.0
    on_demand = 0.0 if demand == 0 else 1.0 - on_supply
    factors = (
        float(1.0 - on_supply * gap / supply) if supply else 1.0,
        float(1.0 + on_demand * gap / demand) if demand else 1.0,
    )
    if min(factors) <= 0.0:
        raise InputError([cell.problem("leaves the rest of the world without oil") for cell in cells if cell.kbd > 0])
    size = base.landed_kbd.shape
    streams, buyers = np.flatnonzero(free), np.flatnonzero(unnamed)
    rows = [Target(_line(size, (i,)), landed[i] * factors[0], item=base.streams[i]) for i in streams]
    columns = [Target(_line(size, (slice(None), j)), arrivals[j] * factors[1], item=base.buyers[j]) for j in buyers]
    return rows, columns, gap, factors


def _line(size: tuple[int, ...], where: tuple[Any, ...]) -> Array:
    weight = np.zeros(size)
    weight[where] = 1.0
    return weight


def _refuse_overdrawn(rows: list[Target], seed: Array, known: list[Target]) -> None:
    """Refuse cells that add up to more than their stream is said to export, or that leave its rest no way to go."""
    problems = []
    for row in rows:
        free = ((row.weight > 0) & (seed > 0)).any()
        if row.kbd < -SAME_KBD or (not free and row.kbd > SAME_KBD):
            what = f"the cells of {row.item} leave {row.kbd:,.0f} kb/d of its assumed exports"
            problems += [t.cell.problem(what) for t in known if t.cell is not None and row.item in t.cell.streams]
    if problems:
        raise InputError(problems)


def _refuse_crowded(columns: list[Target], known: list[Target]) -> None:
    """Refuse cells that add up to more than their buyer is assumed to take."""
    problems = []
    for column in (one for one in columns if one.kbd < -SAME_KBD):
        buyer = column.item
        what = f"the cells of {buyer} are {-column.kbd:,.0f} kb/d above all it is taken to import"
        named = [t.cell for t in known if t.cell is not None and t.cell.buyer == buyer]
        problems += [cell.problem(what, allowed=f"with a cell {TOTAL},{buyer} that has room") for cell in named]
    if problems:
        raise InputError(problems)
