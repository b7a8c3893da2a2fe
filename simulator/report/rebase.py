"""A baseline just built, in words: what moved, what was left over, what it takes from elsewhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.axes import GROUPS
from simulator.rebase.build import Built
from simulator.rebase.known import CHINA
from simulator.report.language import words as spoken
from simulator.report.tables import Row, grid
from simulator.report.wording import signed

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

LARGEST_MOVES = 12


def in_words(built: Built, name: str, brent_usd_bbl: float | None) -> str:
    """What `oilsim data build` prints."""
    rebased, lender = built.rebased, datasets.lender_of(built.start)
    brent = datasets.about(built.start)["brent_usd_bbl"] if brent_usd_bbl is None else brent_usd_bbl
    given = "as there" if brent_usd_bbl is None else "as given"
    lines = [
        f"Baseline {name}, from {built.start} and {len(built.cells)} known cells, kb/d",
        "",
        "China's imports by group of origins, true barrels",
        grid(china_rows(built)),
        "",
        "Arrivals by buyer",
        grid(arrival_rows(built)),
        "",
        f"The {LARGEST_MOVES} flows that moved most",
        grid(move_rows(built)),
        "",
        f"Residual: what exporters in no cell are assumed to land is {signed(rebased.gap_kbd, 1)} kb/d against what"
        " buyers are assumed to take.",
        f"Exporters in no cell were scaled by {rebased.export_factor:.4f}, buyers without a total by"
        f" {rebased.import_factor:.4f}.",
        *([f"Held at their capacity: {', '.join(rebased.held)}."] if rebased.held else []),
        f"Largest miss of a known cell: {rebased.miss_kbd:.1e} kb/d.",
        f"Prices and duties are those of baseline {lender}, on Brent {brent:.2f} USD/bbl, {given}.",
    ]
    return "\n".join(lines)


def china_rows(built: Built) -> list[Row]:
    """China's imports and their shares by group, before and after."""
    before, after = built.rebased.before, built.rebased.after
    column = after.buyers.index(CHINA)
    words = datasets.vocabulary()
    was, now = before.landed_kbd[:, column], after.landed_kbd[:, column]
    groups = {group: np.isin(after.streams, words.expand_streams([group])) for group in GROUPS}
    three = groups["russia"] | groups["iran"] | groups["venezuela"]
    parts = [(spoken().name("group", group), mask) for group, mask in groups.items()]
    parts += [("the first three", three), ("total", np.ones(len(now), dtype=bool))]
    return [_change(item, was[mask], now[mask]) | _shares(was, now, mask) for item, mask in parts]


def arrival_rows(built: Built) -> list[Row]:
    """Arrivals by buyer, what stays afloat, and exports, before and after."""
    before, after = built.rebased.before, built.rebased.after
    rows = [_change(buyer, before.landed_kbd[:, j], after.landed_kbd[:, j]) for j, buyer in enumerate(after.buyers)]
    rows.append(_change("afloat", before.afloat_kbd, after.afloat_kbd))
    return [*rows, _change("exports", before.exports_kbd, after.exports_kbd)]


def move_rows(built: Built) -> list[Row]:
    """The flows that changed most."""
    before, after = built.rebased.before.landed_kbd, built.rebased.after.landed_kbd
    largest = np.argsort(-np.abs(after - before), axis=None, kind="stable")[:LARGEST_MOVES]
    pairs = [np.unravel_index(at, after.shape) for at in largest.tolist()]
    streams, buyers = built.rebased.after.streams, built.rebased.after.buyers
    return [_change(f"{streams[i]}, {buyers[j]}", before[i, j], after[i, j]) for i, j in pairs]


def _change(item: str, before: Array, after: Array) -> Row:
    was, now = float(np.sum(before)), float(np.sum(after))
    return {"item": item, "before": was, "after": now, "change": now - was}


def _shares(before: Array, after: Array, mask: Mask) -> Row:
    return {"share_before": before[mask].sum() / before.sum(), "share_after": after[mask].sum() / after.sum()}
