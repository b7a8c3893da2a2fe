"""Every published figure beside ours: what was published, what the engine says, and whether it lies within the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator import datasets
from simulator.errors import DataError
from simulator.published import accounts, cases, losses, sizes
from simulator.published.answers import Answer, Answers
from simulator.published.substitution import substitution

NO_REASON = "We do not know why."

Step = tuple[str, Callable[[int, int], Answers]]
STEPS: tuple[Step, ...] = (
    ("tariffs in world trade", lambda draws, seed: cases.tariffs()),
    ("oil import premium", lambda draws, seed: cases.import_premium()),
    ("oil import premium of China", cases.china),
    ("disruptions in ten years", lambda draws, seed: cases.disruption_odds()),
    ("losses and prices", losses.world_bank),
    ("Hormuz", losses.hormuz),
    ("what discounts saved", lambda draws, seed: accounts.savings()),
    ("Russia's revenue", lambda draws, seed: accounts.revenue()),
    ("reserves", sizes.reserves),
    ("duty on American crude", sizes.duty),
    ("output and dear oil", sizes.output),
    ("output and tariffs", lambda draws, seed: sizes.tariffs()),
    ("substitution", substitution),
)


@dataclass(frozen=True)
class Finding:
    """One published figure and ours. low, high, tolerance are None where nothing is published."""

    check: str
    section: str
    source: str
    case: str
    unit: str
    low: float | None
    high: float | None
    tolerance: float | None
    ours: Answer
    why_below: str | None
    why_above: str | None

    @property
    def within(self) -> bool | None:
        """Whether our median lies within the gate; None where there is none."""
        if self.low is None or self.high is None or self.tolerance is None:
            return None
        return self.low - self.tolerance <= self.ours.p50 <= self.high + self.tolerance

    @property
    def in_band(self) -> bool | None:
        """Whether the published figure, or a part of its range, lies in our 90 % band; None without a band."""
        if self.low is None or self.high is None or self.ours.p05 == self.ours.p95:
            return None
        return self.ours.p05 <= self.high and self.low <= self.ours.p95

    @property
    def why_outside(self) -> str:
        """Why ours lies outside, nothing where it does not."""
        if self.low is None or self.within is not False:
            return ""
        known = self.why_below if self.ours.p50 < self.low else self.why_above
        return known or NO_REASON


def compare(draws: int, seed: int, progress: Callable[[str, int, int], None] | None = None) -> list[Finding]:
    """Compute all of it, in the order of the table.

    Parameters
    ----------
    progress : called before each step with its name, its number (from 0) and how many there are.

    Raises
    ------
    DataError : a published figure has no answer, or an answer no published figure.
    """
    found: Answers = {}
    for number, (name, step) in enumerate(STEPS):
        if progress:
            progress(name, number, len(STEPS))
        found |= step(draws, seed)
    return findings(found)


def findings(found: Answers) -> list[Finding]:
    """Answers beside what was published."""
    rows = datasets.table("published_results").rows
    odd = {row["check"] for row in rows} ^ set(found)
    if odd:
        raise DataError(f"published_results: expected one row for each answer; odd ones: {', '.join(sorted(odd))}")
    return [
        Finding(
            row["check"],
            row["section"],
            row["source"],
            row["case"],
            row["unit"],
            row["low"],
            row["high"],
            row["tolerance"],
            found[row["check"]],
            row["why_below"],
            row["why_above"],
        )
        for row in rows
    ]
