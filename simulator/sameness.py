"""Whether figures are those they were: two tables side by side, and what they depend on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas

from simulator.results import FIGURES

SAME, CLOSE, DIFFERENT = "same", "close", "different"
"""To the last bit; within `TOLERANCE` of the larger of figure and 1; anything else."""
TOLERANCE = 1e-9
FURTHEST = 20
"""Figures named, at most."""
PLAIN = ("version", "commit", "code_changed", "code_sha256", "machine", "parameters_sha256", "draw_block")
NOT_ALWAYS_TOLD = (("blas", "kernel"), ("processor", "model"))
"""What some machines do not tell: silence on one side is no change."""
PARTS = {"solver": "solver", "blas": "blas", "processor": "processor", "libraries": "library", "data": "table"}


@dataclass(frozen=True)
class Change:
    """Something figures depend on that is not as it was; None: not there then, or not there now."""

    what: str
    kept: str | None
    now: str | None


@dataclass(frozen=True)
class Off:
    """A figure that is not what was kept; NaN where there is no such value.

    where : its labels     figure : baseline, mean, p05, p50 or p95
    apart : the distance, as a part of the larger of figure and 1
    """

    where: Mapping[str, str]
    figure: str
    kept: float
    now: float
    apart: float


@dataclass(frozen=True)
class Compared:
    """Two tables of figures side by side.

    figures, off : how many there are, and how many of them are further apart than `TOLERANCE`
    furthest_apart : the largest distance of all     furthest : the first of those that are off, furthest apart first
    alike : whether all are the same to the last bit
    """

    figures: int
    off: int
    furthest_apart: float
    furthest: tuple[Off, ...]
    alike: bool

    @property
    def verdict(self) -> str:
        """In one word."""
        return SAME if self.alike else DIFFERENT if self.off else CLOSE


def compared(kept: pandas.DataFrame, now: pandas.DataFrame, labels: list[str]) -> Compared:
    """Two tables side by side, row by row of the same labels; a row that only one of them has is off in all figures."""
    both = kept.merge(now, on=labels, how="outer", suffixes=("_kept", "_now"), indicator=True)
    then, today = (both[[f"{name}_{side}" for name in FIGURES]].to_numpy(dtype=float) for side in ("kept", "now"))
    alone = (both["_merge"] != "both").to_numpy()[:, None]
    alike = (then.view(np.int64) == today.view(np.int64)) | (np.isnan(then) & np.isnan(today))
    alike &= ~alone
    with np.errstate(invalid="ignore"):
        apart = np.abs(then - today) / np.maximum(np.maximum(np.abs(then), np.abs(today)), 1.0)
    # Infinite: a value on one side alone, or infinite there.
    apart = np.where(alike, 0.0, np.where(alone | np.isnan(apart), np.inf, apart))
    order = np.argsort(-apart, axis=None, kind="stable")[:FURTHEST]
    named = []
    for row, column in zip(*np.unravel_index(order, apart.shape), strict=True):
        if apart[row, column] > TOLERANCE:
            where = {name: str(both[name].iat[row]) for name in labels}
            values = float(then[row, column]), float(today[row, column]), float(apart[row, column])
            named.append(Off(where, FIGURES[column], *values))
    off = int((apart > TOLERANCE).sum())
    return Compared(apart.size, off, float(apart.max(initial=0.0)), tuple(named), bool(alike.all()))


def changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """What figures depend on that is not as it was; what an older manifest does not say is passed over."""
    for name in PLAIN:
        if then.get(name) is not None and then[name] != now.get(name):
            yield _change(name.replace("_", " "), then[name], now.get(name))
    for part, singular in PARTS.items():
        old, new = then.get(part), now.get(part) or {}
        if old is None:
            continue
        for name in dict.fromkeys([*old, *new]):
            silent = (part, name) in NOT_ALWAYS_TOLD and None in (old.get(name), new.get(name))
            if old.get(name) != new.get(name) and not silent:
                yield _change(f"{singular} {name}", old.get(name), new.get(name))


def _change(what: str, then: object, now: object) -> Change:
    return Change(what, *(None if value is None else _text(value) for value in (then, now)))


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
