"""Which outcomes a sweep keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from simulator.errors import InputError, Problem
from simulator.outcomes.bargain import BARGAIN
from simulator.outcomes.horizon import Key
from simulator.outcomes.metrics import OTHER_FUELS, known_metrics
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
    *BARGAIN,
    OTHER_FUELS,
)
"""Metrics kept unless others are asked for, where the scenario has them."""
FEW = 8
"""Most names that are all told where the one that was meant is clear."""


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
        Problem("--metric", "is no outcome", given=word, allowed="metric, metric/by or metric/by/item")
        for word in words
        if _odd(word)
    ]
    if problems:
        raise InputError(problems)
    return tuple(Asked(*word.split("/")) for word in words)


@cache
def needed(asked: tuple[Asked, ...]) -> tuple[str, ...]:
    """What has to be computed for these choices, as `metric/by`."""
    known = known_metrics()
    if not asked:
        return tuple(f"{metric}/{by}" for metric in USUAL for by in known[metric] if by in WHOLE)
    return tuple(f"{one.metric}/{by}" for one in asked for by in ([one.by] if one.by else _ways(known[one.metric])))


def _ways(known: Sequence[str]) -> Sequence[str]:
    """A metric without breakdown means its totals and groups, where it has any; else all of it."""
    return [by for by in known if by in WHOLE] or known


def _odd(word: str) -> bool:
    parts = word.split("/")
    return len(parts) > 3 or not all(parts)


def refuse_unknown(asked: Sequence[Asked], runs: Iterable[Sequence[Key]]) -> None:
    """Refuse choices that fit no outcome of any run; runs are looked at until every choice has been found.

    Raises
    ------
    InputError : choices that fit nothing, each with the nearest spelling.
    """
    seen: dict[Key, None] = {}
    for keys in runs:
        seen.update(dict.fromkeys(keys))
        if all(any(one.fits(key) for key in seen) for one in asked):
            return
    raise InputError([nothing(one, list(seen)) for one in asked if not any(one.fits(key) for key in seen)])


def chosen(keys: Sequence[Key], asked: tuple[Asked, ...]) -> list[int]:
    """The columns to keep, in the order of the result table; what a run does not have is left out."""
    ways = needed(asked)
    here = [f"{metric}/{by}" in ways for metric, by, _ in keys]
    return [k for k, key in enumerate(keys) if here[k] and (not asked or any(one.fits(key) for one in asked))]


def nothing(asked: Asked, keys: Sequence[Key], key: str = "--metric") -> Problem:
    """Why a choice fits none of the outcomes; `key` is what the problem is filed under."""
    written = [part for part in (asked.metric, asked.by, asked.item) if part]
    depth = next(d for d in range(len(written)) if not any(list(one[: d + 1]) == written[: d + 1] for one in keys))
    known = list(dict.fromkeys(one[depth] for one in keys if list(one[:depth]) == written[:depth]))
    what = (
        "there is no such outcome",
        f"{asked.metric} has no such breakdown",
        f"{asked.metric} has no such {asked.by}",
    )
    meant = closest(written[depth], known) or next((one for one in known if one.startswith(written[depth])), None)
    spelt = None if meant is None else "/".join([*written[:depth], meant, *written[depth + 1 :]])
    allowed = None if meant and len(known) > FEW else ", ".join(known)
    return Problem(key, what[depth], given="/".join(written), allowed=allowed, meant=spelt)
