"""From known cells to a baseline: the matrix, China's segments, the checks that a run needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from simulator import datasets, verification
from simulator.axes import CHINA_SEGMENTS
from simulator.balancing import balance
from simulator.datasets import Row
from simulator.errors import InputError, Problem
from simulator.rebase.known import CHINA, TOTAL, Cell, regions
from simulator.rebase.matrix import DIGITS, Assumed, Matrix, Rebased, rebase

Array = NDArray[np.float64]

AFLOAT = "afloat"
OUTSIDE_CUSTOMS = "outside_customs"
CUSTOMS_YEAR = "2025"
"""The year whose matrix and customs figures are both known: how customs barrels become true ones."""

BLEND_ORIGIN = "venezuela"
GUESSES = tuple(f"first_guess_{segment.removeprefix('cn_')}_share" for segment in CHINA_SEGMENTS)


@dataclass(frozen=True)
class Built:
    """A baseline ready to be written.

    cells : as met, China's customs total turned into true barrels
    segments : one row per stream, as in the table `china_segments_2025`
    """

    start: str
    cells: tuple[Cell, ...]
    rebased: Rebased
    segments: tuple[Row, ...]


@dataclass(frozen=True)
class Assumptions:
    """What stands in for cells nobody knows; by default all is as in the baseline one starts from.

    exports_kbd : stream -> assumed exports; holds for streams with known cells too
    imports_kbd : buyer -> assumed arrivals, for buyers without a total
    afloat_share : stream -> part of its exports that does not land, 0-1
    first_guess : stream -> row with standing, source and first-guess shares of China's segments
    limited : nobody ships more than the capacity of 2025
    """

    exports_kbd: Mapping[str, float] = field(default_factory=dict)
    imports_kbd: Mapping[str, float] = field(default_factory=dict)
    afloat_share: Mapping[str, float] = field(default_factory=dict)
    first_guess: Mapping[str, Row] = field(default_factory=dict)
    limited: bool = True


AS_BEFORE = Assumptions()


def build(cells: Sequence[Cell], start: str = CUSTOMS_YEAR, assumptions: Assumptions = AS_BEFORE) -> Built:
    """Move baseline `start` to the known cells.

    Raises
    ------
    InputError : what cannot be met, or cannot be run, naming the cells.
    """
    verification.agree(start)
    base = matrix_of(start)
    afloat = [assumptions.afloat_share.get(s, old) for s, old in zip(base.streams, base.afloat_share, strict=True)]
    exports_before = base.exports_kbd
    base = replace(base, afloat_share=np.array(afloat))
    known = _in_barrels(cells, base)
    rebased = rebase(base, known, _assumed(base, exports_before, assumptions), _impossible(base))
    _refuse_unrunnable(rebased.after, known)
    table = datasets.segments(start)
    guesses = {row["stream"]: row for row in table.rows} | dict(assumptions.first_guess)
    return Built(start, known, rebased, _segments(rebased, table.rows, guesses))


def _assumed(base: Matrix, exports_kbd: Array, assumptions: Assumptions) -> Assumed:
    exports = [assumptions.exports_kbd.get(s, old) for s, old in zip(base.streams, exports_kbd, strict=True)]
    before = base.landed_kbd.sum(axis=0)
    arrivals = [assumptions.imports_kbd.get(b, old) for b, old in zip(base.buyers, before, strict=True)]
    room = {row["stream"]: float(row["capacity_kbd"]) for row in datasets.table("supply").rows}
    capacity = [room[stream] if assumptions.limited else np.inf for stream in base.streams]
    stated = [stream in assumptions.exports_kbd for stream in base.streams]
    return Assumed(np.array(exports), np.array(capacity), np.array(arrivals), np.array(stated))


def matrix_of(baseline: str) -> Matrix:
    """The trade matrix of a baseline."""
    streams, buyers = datasets.vocabulary().streams, regions()
    landed, afloat = np.zeros((len(streams), len(buyers))), np.zeros(len(streams))
    for row in datasets.flows(baseline).rows:
        i = streams.index(row["stream"])
        if row["buyer"] == AFLOAT:
            afloat[i] = row["kbd"]
        else:
            landed[i, buyers.index(row["buyer"])] = row["kbd"]
    return Matrix(streams, buyers, landed, afloat / (landed.sum(axis=1) + afloat))


def _in_barrels(cells: Sequence[Cell], base: Matrix) -> tuple[Cell, ...]:
    """The cells with China's customs total in true barrels.

    Customs count tonnes at 7.3 and leave out bitumen blend: the total moves by what the matrix of 2025 holds of
    customs crude against customs of 2025, and the blend is added as its share of Venezuela's crude was then.
    """
    moved = datasets.table("relabelling").where(country=BLEND_ORIGIN)
    blend_2025 = float(sum(row["kbd"] for row in moved if row["declared_as"] == OUTSIDE_CUSTOMS))
    blend_share = blend_2025 / sum(row["kbd"] for row in moved)
    flows = datasets.table(f"flows_{CUSTOMS_YEAR}").where(buyer=CHINA)
    customs_2025 = sum(datasets.table(f"customs_{CUSTOMS_YEAR}").column("customs_kbd"))
    density = (sum(row["kbd"] for row in flows) - blend_2025) / customs_2025
    streams = datasets.vocabulary().expand_streams([BLEND_ORIGIN])
    landed = float(base.landed_kbd[np.isin(base.streams, streams), base.buyers.index(CHINA)].sum())
    venezuelan = next((cell.kbd for cell in cells if (cell.streams, cell.buyer) == (streams, CHINA)), landed)
    return tuple(
        replace(cell, kbd=cell.kbd * density + blend_share * venezuelan, customs=False) if cell.customs else cell
        for cell in cells
    )


def _impossible(base: Matrix) -> NDArray[np.bool_]:
    shut = {(row["stream"], row["buyer"]) for row in datasets.table("pairs").where(status="impossible")}
    return np.array([[(stream, buyer) in shut for buyer in base.buyers] for stream in base.streams])


def _refuse_unrunnable(matrix: Matrix, cells: Sequence[Cell]) -> None:
    """Refuse a month the market cannot start from: a seller or a buyer without any oil."""
    problems = []
    for stream, exports in zip(matrix.streams, matrix.exports_kbd, strict=True):
        if exports <= 0.0:
            what = f"leaves {stream} without exports: keep a little, and stop it by an outage in the scenario"
            problems += [cell.problem(what) for cell in cells if stream in cell.streams and cell.name != TOTAL]
    for buyer, arrivals in zip(matrix.buyers, matrix.landed_kbd.sum(axis=0), strict=True):
        if arrivals <= 0.0:
            blamed = [cell for cell in cells if cell.buyer == buyer]
            problems.append(blamed[0].problem(f"leaves {buyer} without any import"))
    if problems:
        raise InputError(problems)


def _segments(rebased: Rebased, before: Sequence[Row], rows: Mapping[str, Row]) -> tuple[Row, ...]:
    """China's column over its three segments, whose totals move with China's; shares are those of the first guess."""
    matrix = rebased.after
    china = matrix.landed_kbd[:, matrix.buyers.index(CHINA)]
    totals = np.array([sum(row[f"{segment}_kbd"] for row in before) for segment in CHINA_SEGMENTS])
    shares = np.array([[rows[stream][column] for column in GUESSES] for stream in matrix.streams])
    try:
        parts = balance(shares * china[:, None], china, totals * china.sum() / totals.sum(), tolerance=1e-14)
    except ValueError as error:
        raise InputError([Problem(f"{TOTAL},{CHINA}", f"no split over China's refiners fits: {error}")]) from None
    parts = np.round(parts, DIGITS)
    # The largest part takes the rounding, so that the three add up to the stream's flow.
    largest = parts.argmax(axis=1)
    at = np.arange(len(parts)), largest
    parts[at] = np.round(parts[at] + china - parts.sum(axis=1), DIGITS)
    return tuple(
        {
            "stream": stream,
            **{f"{segment}_kbd": float(kbd) for segment, kbd in zip(CHINA_SEGMENTS, line, strict=True)},
            **{column: rows[stream][column] for column in (*GUESSES, "standing", "source")},
        }
        for stream, line in zip(matrix.streams, parts, strict=True)
    )


def shipped(baseline: str) -> Built:
    """A shipped baseline built again from its tables: cells, assumed totals, first guesses of the segments."""
    exports = datasets.table(f"exports_{baseline}", baseline).rows
    assumptions = Assumptions(
        exports_kbd={row["stream"]: row["exports_kbd"] for row in exports},
        imports_kbd={row["buyer"]: row["imports_kbd"] for row in datasets.past_rows("imports", baseline)},
        afloat_share={row["stream"]: row["afloat_share"] for row in datasets.past_rows("afloat", baseline)},
        first_guess={row["stream"]: row for row in _guesses(baseline)},
        limited=baseline not in datasets.history(),
    )
    return build(_cells(baseline), CUSTOMS_YEAR, assumptions)


def _cells(baseline: str) -> tuple[Cell, ...]:
    words = datasets.vocabulary()
    return tuple(
        Cell(
            row["stream_or_group"],
            words.streams if row["stream_or_group"] == TOTAL else words.expand_streams([row["stream_or_group"]]),
            row["buyer"],
            row["kbd"],
            row["standing"],
            row["source"],
            row["basis"] == "customs",
        )
        for row in datasets.table(f"cells_{baseline}", baseline).rows
    )


def _guesses(baseline: str) -> tuple[Row, ...]:
    """First guesses of the segments: those of a past month in a table of their own, else beside the result."""
    past = baseline in datasets.history()
    return datasets.past_rows("first_guess", baseline) if past else datasets.segments(baseline).rows
