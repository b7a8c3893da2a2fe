"""What a run says about a target: one number a draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.hindcast.episodes import Target
from simulator.outcomes.horizon import Key

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Replay:
    """One episode as it came out of the model.

    months : YYYY-MM of each simulated month
    after : metric, by, item -> (draw, month)   before : metric, by, item -> the level without any shock
    """

    months: tuple[str, ...]
    after: Mapping[Key, Array]
    before: Mapping[Key, float]

    def path(self, target: Target, item: str) -> Array:
        """A figure of the target month by month: (draw, month)."""
        return np.sum([sign * self.after[key] for key, sign in parts(target, item)], axis=0)

    def base(self, target: Target, item: str) -> float:
        """The same before the shock."""
        return sum(sign * self.before[key] for key, sign in parts(target, item))

    def unchanged(self) -> Replay:
        """The months as they would have been without any shock, as a single draw."""
        flat = {key: np.full((1, len(self.months)), level) for key, level in self.before.items()}
        return Replay(self.months, flat, self.before)

    def mean(self, path: Array, first: str, last: str) -> Array:
        """Mean over a stretch of months: (draw,)."""
        return path[:, self.months.index(first) : self.months.index(last) + 1].mean(axis=1)


FOB_DISCOUNT = "fob_less_brent_usd_bbl"
"""The one figure of targets that is no outcome of its own: the price at the port of loading less Brent."""


def parts(target: Target, item: str) -> list[tuple[Key, float]]:
    """The outcomes a figure of the target is the sum of, each with its sign."""
    if target.metric == FOB_DISCOUNT:
        return [(("fob_usd_bbl", "stream", item), 1.0), (("brent_usd_bbl", "total", "total"), -1.0)]
    return [((target.metric, target.by, one), 1.0) for one in item.split("+")]


def wanted(target: Target) -> set[Key]:
    """The outcomes a target is read from."""
    items = (target.item, target.loser_item) if target.loser_item else (target.item,)
    return {key for item in items for key, _ in parts(target, item)}


def read(replay: Replay, target: Target) -> Array:
    """The target in every draw: (draw,), in the target's unit."""
    return STATISTICS[target.statistic](replay, target)


def _level(replay: Replay, target: Target) -> Array:
    return replay.mean(replay.path(target, target.item), target.first, target.last)


def _since(replay: Replay, target: Target) -> Array:
    if target.since_value is not None:
        return np.array([target.since_value])
    if target.since_first is None or target.since_last is None:
        return np.array([replay.base(target, target.item)])
    return replay.mean(replay.path(target, target.item), target.since_first, target.since_last)


def _change(replay: Replay, target: Target) -> Array:
    return _level(replay, target) - _since(replay, target)


def _change_pct(replay: Replay, target: Target) -> Array:
    return 100.0 * (_level(replay, target) / _since(replay, target) - 1.0)


def _change_pp(replay: Replay, target: Target) -> Array:
    return 100.0 * _change(replay, target)


def _share_of_loss_pct(replay: Replay, target: Target) -> Array:
    """What one gained of what another lost. Where nothing was lost there is nothing to gain."""
    assert target.loser_item is not None
    loser = replay.path(target, target.loser_item)
    lost = replay.base(target, target.loser_item) - replay.mean(loser, target.first, target.last)
    return np.where(lost > 0, 100.0 * _change(replay, target) / np.where(lost > 0, lost, 1.0), 0.0)


def _months_until_below(replay: Replay, target: Target) -> Array:
    """Months from the start of the window until it is at the threshold or below; the whole window where it never is."""
    window, level = _window(replay, target)
    passed = window <= level
    return np.where(passed.any(axis=1), passed.argmax(axis=1), window.shape[1]).astype(float)


def _months_from_trough_to(replay: Replay, target: Target) -> Array:
    """Months from the lowest of the window until the threshold is reached; the whole window where it never is."""
    window, level = _window(replay, target)
    trough = window.argmin(axis=1)
    reached = (window >= level) & (np.arange(window.shape[1]) >= trough[:, None])
    return np.where(reached.any(axis=1), reached.argmax(axis=1) - trough, window.shape[1]).astype(float)


def _window(replay: Replay, target: Target) -> tuple[Array, float]:
    """The window's months, (draw, month), and the level that counts as reached."""
    assert target.threshold_share is not None
    first, last = replay.months.index(target.first), replay.months.index(target.last)
    level = target.threshold_share * replay.base(target, target.item)
    return replay.path(target, target.item)[:, first : last + 1], level


STATISTICS: dict[str, Callable[[Replay, Target], Array]] = {
    "level": _level,
    "change": _change,
    "change_pct": _change_pct,
    "change_pp": _change_pp,
    "share_of_loss_pct": _share_of_loss_pct,
    "months_until_below": _months_until_below,
    "months_from_trough_to": _months_from_trough_to,
}
