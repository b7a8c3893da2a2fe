"""How strong a shock is, month by month: it may build up, hold, and fade."""

from __future__ import annotations

from simulator.scenario.values import Month


def strength(
    months: tuple[Month, ...], start: Month, end: Month, ramp_months: int = 0, recovery_months: int = 0
) -> tuple[float, ...]:
    """Strength of a shock in each month, 0 to 1.

    A shock builds up in equal steps, is full through its last month, and falls in equal steps
    afterwards. Its own calendar counts, not the scenario's: a shock that began before the first
    simulated month has built up by then. One that ends while it builds up falls from where it got to.

    Parameters
    ----------
    months : the months asked for
    start, end : first month, and last month at strength (inclusive)
    ramp_months : whole months of build-up below full strength, 0 or more
    recovery_months : whole months of partial strength after `end`, 0 or more

    Notes
    -----
    k/(ramp_months + 1) in the k-th month, at most 1; after `end` less 1/(recovery_months + 1) a month.

    Examples
    --------
    >>> year = tuple(Month.parse("2026-01") + k for k in range(6))
    >>> strength(year, year[1], year[3])
    (0.0, 1.0, 1.0, 1.0, 0.0, 0.0)
    >>> strength(year, year[1], year[3], ramp_months=1, recovery_months=1)
    (0.0, 0.5, 1.0, 1.0, 0.5, 0.0)
    >>> strength(year, year[0] - 1, year[5], ramp_months=3)
    (0.5, 0.75, 1.0, 1.0, 1.0, 1.0)
    """
    return tuple(_strength(month, start, end, ramp_months, recovery_months) for month in months)


def months_since_full(months: tuple[Month, ...], start: Month, ramp_months: int = 0) -> tuple[int, ...]:
    """Months since the shock first stood at full strength, the clock of a half-life; 0 until then.

    >>> year = tuple(Month.parse("2026-01") + k for k in range(5))
    >>> months_since_full(year, year[0], ramp_months=2)
    (0, 0, 0, 1, 2)
    >>> months_since_full(year, year[0] - 3)
    (3, 4, 5, 6, 7)
    """
    return tuple(max(0, month - (start + ramp_months)) for month in months)


def _strength(month: Month, start: Month, end: Month, ramp_months: int, recovery_months: int) -> float:
    # Whole steps are counted first and divided once, so that full strength is exactly 1.
    built = (min(month, end) - start + 1) / (ramp_months + 1)
    faded = max(0, month - end) / (recovery_months + 1)
    return max(0.0, min(1.0, built) - faded)
