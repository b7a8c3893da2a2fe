"""The baselines of past months, built again from what was known then: `python -m simulator.rebase.history [NAME...]`.

A past month is the matrix of 2025 fitted to the cells, exports and imports in its folder `data/history/NAME/`. This
writes the fitted flows and China's segments there; everything else in the folder is kept by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from simulator import datasets
from simulator.keeping import write_texts
from simulator.rebase.build import Built, shipped
from simulator.rebase.store import Sheet, flows_sheet, segments_sheet


def sheets(built: Built, name: str) -> tuple[Sheet, ...]:
    """The two tables of a past month that follow from the others: flows, segments."""
    cells = datasets.table(f"cells_{name}", name).meta
    meta = {**{field: cells[field] for field in ("url", "dates", "licence")}, "producer": PRODUCER}
    return flows_sheet(built, name, meta), segments_sheet(built, name, meta)


PRODUCER = "oilsim: the matrix of 2025 fitted to what was known of the month"


def write(name: str) -> Built:
    """Build a past month and write what follows from its tables; raises InputError where its cells contradict."""
    built = shipped(name)
    for sheet in sheets(built, name):
        write_texts(datasets.own_folders()[name], sheet.texts)
    datasets.forget()
    return built


def main(names: Sequence[str]) -> None:
    """Write the months named, all of them by default."""
    for name in names or datasets.history():
        fit = write(name).rebased
        print(
            f"{name}: gap {fit.gap_kbd:,.0f} kb/d, exports x {fit.export_factor:.4f}, imports x {fit.import_factor:.4f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
