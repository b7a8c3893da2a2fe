"""Pictures of results, in English and Chinese, for a page and for a slide. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from simulator.report.figures import bill, discounts, fan, flows, replacements, shares, side_by_side, threat
from simulator.report.figures.formats import FORMATS, as_svg, save
from simulator.report.figures.look import REPORT, SIZES, SLIDE, Size, drawn
from simulator.report.language import Words
from simulator.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[Results, Words, Size], "Figure"]

ONE: dict[str, Draw] = {
    "shares": shares.shares,
    "fan": fan.fan,
    "bill_change": bill.bill_change,
    "discounts": discounts.discounts,
    "replacements": replacements.replacements,
    "flows": flows.flows,
}
"""Pictures of one run, in reading order."""


OF_SEVERAL: dict[str, Callable[[Sequence[Results], Words, Size], Figure]] = {
    "changes": side_by_side.changes_of,
    "shares": side_by_side.shares_of,
}
"""Pictures of several runs, in reading order."""


def pictures(results: Results, told: Words, size: Size = REPORT) -> dict[str, Figure]:
    """Every picture of one run by name, in reading order; none where no draw cleared.

    Parameters
    ----------
    told : the language     size : REPORT, a page's width, or SLIDE, 16:9
    """
    if results.unconverged == results.draws:
        return {}
    threatened = {"breakeven": threat.breakeven} if results.bargain else {}
    with drawn(size, told.language):
        return {name: draw(results, told, size) for name, draw in (ONE | threatened).items()}


def of_several(results: Sequence[Results], told: Words, size: Size = REPORT) -> dict[str, Figure]:
    """Pictures of several runs side by side, by name; those in which no draw cleared are left out."""
    known = [one for one in results if one.unconverged < one.draws]
    if not known:
        return {}
    with drawn(size, told.language):
        return {name: draw(known, told, size) for name, draw in OF_SEVERAL.items()}


__all__ = ["FORMATS", "REPORT", "SIZES", "SLIDE", "Size", "as_svg", "of_several", "pictures", "save"]
