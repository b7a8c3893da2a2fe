"""Words and figures that indices, tornado and boxes share."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator

from simulator.drivers.outcomes import Asked
from simulator.drivers.sensitivity import LeftOut
from simulator.report.wording import number
from simulator.scenario import Scenario

WIDTH = 110


def folded(lines: Iterable[str]) -> str:
    """Lines as text; sentences are folded, rows of tables are narrow enough already."""
    return "\n".join(part for line in lines for part in textwrap.wrap(line, WIDTH, break_on_hyphens=False) or [""])


def title(scenario: Scenario, what: Asked) -> str:
    """Scenario, outcome and months in one line."""
    first, last = scenario.month_labels[0], scenario.month_labels[-1]
    span = first if first == last else f"{first} to {last}"
    where = f"over {span}" if what.month == "horizon" else f"in {what.month}"
    return f"{scenario.name} · baseline {scenario.baseline} · {what.name} {where}"


def left_out(rows: LeftOut, among: str) -> Iterator[str]:
    """How many rows do not count, and why."""
    if rows.unconverged:
        yield f"Left out of {among} because a run did not clear: {rows.unconverged}."
    if rows.without_value:
        yield f"Left out of {among} because a run has no such outcome: {rows.without_value}."


def percent(share: float) -> str:
    """A share in per cent, with a decimal where it is small.

    >>> percent(0.451), percent(0.0123), percent(0.0997)
    ('45', '1.2', '10')
    """
    return number(100 * share, 0 if abs(share) >= 0.095 else 1)


def figure(value: float) -> str:
    """Four significant digits, without powers of ten.

    >>> figure(12345.6), figure(0.0123456), figure(70.797), figure(0.0)
    ('12,346', '0.01235', '70.8', '0')
    """
    if not math.isfinite(value) or value == 0:
        return number(value, 0)
    text = number(value, min(max(3 - math.floor(math.log10(abs(value))), 0), 6))
    return text.rstrip("0").rstrip(".") if "." in text else text
