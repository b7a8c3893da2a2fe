"""Which outcomes a sweep keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.errors import InputError, Problem
from simulator.outcomes.horizon import Key
from simulator.scenario.names import closest

WHOLE = ("total", "group", "component")
"""Breakdowns kept unless another is asked for."""
USUAL = (
    "brent_usd_bbl",
    "import_bill_usd_bn",
    "landed_cost_usd_bbl",
    "imports_kbd",
    "share",
    "discount_value_usd_bn",
    "seller_revenue_usd_bn",
    "comply_cost_usd_bn",
    "defy_cost_usd_bn",
    "comply_probability",
    "breakeven_rate",
    "breakeven_enforcement",
    "share_without_breakeven",
    "energy_commitment_usd_bn",
)
"""Metrics kept unless others are asked for, where the scenario has them."""


@dataclass(frozen=True)
class Asked:
    """One choice: a metric, and perhaps a breakdown and an item of it."""

    metric: str
    by: str | None = None
    item: str | None = None

    def fits(self, key: Key) -> bool:
        """Whether an outcome is meant."""
        return key[0] == self.metric and self.by in (None, key[1]) and self.item in (None, key[2])


def parse(words: Sequence[str]) -> tuple[Asked, ...]:
    """Choices written as `metric`, `metric/by` or `metric/by/item`; none: the usual ones."""
    problems = [
        Problem(word, "is no outcome: write metric, metric/by or metric/by/item") for word in words if _odd(word)
    ]
    if problems:
        raise InputError(problems)
    return tuple(Asked(*word.split("/")) for word in words)


def _odd(word: str) -> bool:
    parts = word.split("/")
    return len(parts) > 3 or not all(parts)


def chosen(keys: Sequence[Key], asked: Sequence[Asked]) -> list[int]:
    """The columns to keep, in the order of the result table.

    Raises
    ------
    InputError : choices that fit nothing, each with the nearest spelling.
    """
    if not asked:
        return [k for k, key in enumerate(keys) if key[0] in USUAL and key[1] in WHOLE]
    problems = [_nothing(one, keys) for one in asked if not any(one.fits(key) for key in keys)]
    if problems:
        raise InputError(problems)
    return [k for k, key in enumerate(keys) if any(one.fits(key) and _plain_enough(one, key, keys) for one in asked)]


def _plain_enough(asked: Asked, key: Key, keys: Sequence[Key]) -> bool:
    """A metric without breakdown means its totals and groups, where it has any; else all of it."""
    if asked.by is not None or key[1] in WHOLE:
        return True
    return not any(other[0] == key[0] and other[1] in WHOLE for other in keys)


def _nothing(asked: Asked, keys: Sequence[Key]) -> Problem:
    written = "/".join(part for part in (asked.metric, asked.by, asked.item) if part)
    for depth, part in enumerate((asked.metric, asked.by, asked.item)):
        before = (asked.metric, asked.by)[:depth]
        known = sorted({key[depth] for key in keys if key[:depth] == before})
        if part is not None and part not in known:
            what = f"there is no such {('metric', 'breakdown', 'item')[depth]}"
            return Problem(written, what, given=part, allowed=", ".join(known), meant=closest(part, known))
    raise AssertionError(written)
