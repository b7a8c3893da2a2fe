"""Pictures of results, in English and Chinese, for a page and for a slide. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from simulator.drivers.outcomes import Asked
from simulator.drivers.tornado import Bar
from simulator.hindcast.history import Hindcast
from simulator.report.figures import (
    bill,
    discounts,
    fan,
    flows,
    history,
    replacements,
    shares,
    side_by_side,
    threat,
    tornado,
)
from simulator.report.figures.formats import FORMATS, Wanted, drawable, parts, save, wanted
from simulator.report.figures.look import REPORT, SIZES, SLIDE, Size, drawn
from simulator.report.figures.vector import as_svg
from simulator.report.language import Words
from simulator.results import Results
from simulator.scenario import Scenario

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
    with drawn(size):
        return {name: draw(results, told, size) for name, draw in (ONE | threatened).items()}


def of_several(results: Sequence[Results], told: Words, size: Size = REPORT) -> dict[str, Figure]:
    """Pictures of several runs side by side, by name; those in which no draw cleared are left out."""
    known = [one for one in results if one.unconverged < one.draws]
    if not known:
        return {}
    with drawn(size):
        return {name: draw(known, told, size) for name, draw in OF_SEVERAL.items()}


def of_history(found: Hindcast, told: Words, size: Size = REPORT) -> dict[str, Figure]:
    """The picture of a hindcast, by name."""
    with drawn(size):
        return {"hindcast": history.history(found, told, size)}


def of_drivers(
    bars: Sequence[Bar], what: Asked, scenario: Scenario, told: Words, size: Size = REPORT
) -> dict[str, Figure]:
    """The picture of which numbers move an outcome one at a time, by name.

    Parameters
    ----------
    bars, what : as `simulator.drivers.analysis.one_at_a_time` gives them
    """
    with drawn(size):
        return {"tornado": tornado.tornado(bars, what, scenario, told, size)}


__all__ = [
    "FORMATS",
    "REPORT",
    "SIZES",
    "SLIDE",
    "Size",
    "Wanted",
    "as_svg",
    "drawable",
    "of_drivers",
    "of_history",
    "of_several",
    "parts",
    "pictures",
    "save",
    "wanted",
]
