"""From known cells to a baseline: the matrix, China's segments, the checks that a run needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.axes import CHINA_SEGMENTS
from simulator.balancing import balance
from simulator.datasets import Row
from simulator.errors import InputError, Problem
from simulator.rebase.known import CHINA, TOTAL, Cell, regions
from simulator.rebase.matrix import DIGITS, Matrix, Rebased, rebase

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


def build(
    cells: Sequence[Cell],
    start: str = "2025",
    exports_kbd: Mapping[str, float] | None = None,
    first_guess: Sequence[Row] | None = None,
) -> Built:
    """Move baseline `start` to the known cells.

    Parameters
    ----------
    cells : what is known of the new month
    exports_kbd : stream -> assumed exports, for streams in no cell; by default those of `start`
    first_guess : rows with stream, standing, source and first-guess shares of China's segments; default `start`'s

    Raises
    ------
    InputError : what cannot be met, or cannot be run, naming the cells.
    """
    base = matrix_of(start)
    known = _in_barrels(cells, base)
    exports = base.exports_kbd.copy()
    for stream, kbd in (exports_kbd or {}).items():
        exports[base.streams.index(stream)] = kbd
    room = {row["stream"]: float(row["capacity_kbd"]) for row in datasets.table("supply").rows}
    capacity = np.array([room[stream] for stream in base.streams])
    rebased = rebase(base, known, exports, capacity, _impossible(base))
    _refuse_unrunnable(rebased.after, known)
    table = datasets.segments(start)
    return Built(start, known, rebased, _segments(rebased, table.rows, first_guess or table.rows))


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


def _segments(rebased: Rebased, before: Sequence[Row], guess: Sequence[Row]) -> tuple[Row, ...]:
    """China's column over its three segments, whose totals move with China's; shares are those of the first guess."""
    matrix = rebased.after
    china = matrix.landed_kbd[:, matrix.buyers.index(CHINA)]
    totals = np.array([sum(row[f"{segment}_kbd"] for row in before) for segment in CHINA_SEGMENTS])
    rows = {row["stream"]: row for row in guess}
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
    """A shipped baseline built again from its tables: cells, assumed exports, first guesses of the segments."""
    words = datasets.vocabulary()
    cells = tuple(
        Cell(
            row["stream_or_group"],
            words.streams if row["stream_or_group"] == TOTAL else words.expand_streams([row["stream_or_group"]]),
            row["buyer"],
            row["kbd"],
            row["standing"],
            row["source"],
            row["basis"] == "customs",
        )
        for row in datasets.table(f"cells_{baseline}").rows
    )
    exports = {row["stream"]: row["exports_kbd"] for row in datasets.table(f"exports_{baseline}").rows}
    return build(cells, CUSTOMS_YEAR, exports, datasets.table(f"china_segments_{baseline}").rows)
