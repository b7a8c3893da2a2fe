"""Which losses of oil the next years may bring: futures drawn from what experts judged likely.

A future is ten years of months. Regions and straits have disruptions at random times, of random size and length;
spare capacity elsewhere makes up for a part. Sizes, lengths and frequencies are those of `data/hazards.csv` and
`data/hazard_settings.csv`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from simulator import datasets

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

MONTHS = 120
"""The ten years the probabilities are stated for."""
MOST_LOST_SHARE = 0.95
"""No disruption stops all of a region."""
MOST_EVENTS = 40
CUBE_ROOT = 1.2207440846057596
"""The positive root of x^4 = x + 1: multiples of its powers never fall into step."""


@dataclass(frozen=True)
class Source:
    """Where disruptions begin. fixed_kbd and fixed_months are 0 where size and length are drawn."""

    name: str
    streams: tuple[str, ...]
    exports_kbd: float
    events_per_decade: float
    fixed_kbd: float
    fixed_months: int
    holds_spare: bool

    @property
    def is_strait(self) -> bool:
        """Whether it is a passage with losses of a stated size, net of what goes round."""
        return self.fixed_kbd > 0


@dataclass(frozen=True)
class Hazards:
    """Sources and what they have in common.

    size_scale_share, size_shape : of the gross loss over the region's exports (Weibull; a shape of 1 is exponential)
    length_scale_months, length_shape : of their length (Weibull; a shape above 1: the longer, the sooner it ends)
    spare_low_kbd, spare_high_kbd : spare capacity of a future, any value between as likely
    most_offset_share : 0-1, of a loss that spare capacity makes up for at most
    """

    sources: tuple[Source, ...]
    size_scale_share: float
    size_shape: float
    length_scale_months: float
    length_shape: float
    spare_low_kbd: float
    spare_high_kbd: float
    most_offset_share: float


@dataclass(frozen=True)
class Events:
    """Disruptions one after the other: which future and source, first month (from 0), months, gross loss."""

    future: Counts
    source: Counts
    start: Counts
    months: Counts
    loss_kbd: Array


@dataclass(frozen=True)
class Futures:
    """Drawn futures: events, spare_kbd (future,), and what is missing net of spare capacity, (future, month)."""

    hazards: Hazards
    events: Events
    spare_kbd: Array
    net_kbd: Array

    def share_with(self, loss_kbd: float, months: int) -> float:
        """Share of futures in which at least so much is missing for at least so many months on end, 0-1."""
        missing = self.net_kbd >= loss_kbd
        so_far = np.concatenate([np.zeros((len(missing), 1), dtype=np.int64), missing.cumsum(axis=1)], axis=1)
        return float((so_far[:, months:] - so_far[:, :-months] == months).any(axis=1).mean())

    def share_hit(self, name: str) -> float:
        """Share of futures with a disruption of this source, 0-1."""
        here = [source.name for source in self.hazards.sources].index(name)
        return len(np.unique(self.events.future[self.events.source == here])) / len(self.spare_kbd)


def hazards() -> Hazards:
    """The hazards of the data."""
    setting = {row["name"]: row["value"] for row in datasets.table("hazard_settings").rows}
    sources = tuple(
        Source(
            row["source"],
            tuple(row["streams"].split()),
            row["exports_kbd"],
            row["events_per_decade"] * (1.0 if row["fixed_kbd"] else setting["frequency"]),
            row["fixed_kbd"] or 0.0,
            row["fixed_months"],
            row["holds_spare"] == "yes",
        )
        for row in datasets.table("hazards").rows
    )
    return Hazards(sources, **{name: value for name, value in setting.items() if name != "frequency"})


def futures(given: Hazards, count: int, seed: int) -> Futures:
    """Draw futures, (future, month) of ten years.

    The same seed and count give the same futures. Random numbers are spread evenly over futures and over events,
    so that shares settle faster than among independent draws.

    Parameters
    ----------
    count, seed : 1 and more; 0 and more.

    Notes
    -----
    Numbers of events are Poisson, first months uniform; lengths Weibull, rounded up to months; gross losses
    Weibull in proportion to the region's exports, at most 95 % of them. What is left after several events of a
    region multiplies. Spare capacity makes up for a part of regional losses; it shrinks with the exports of its
    holder and is of no use while a strait is shut. What straits lose comes on top.
    """
    rng = np.random.default_rng(seed)
    spare = given.spare_low_kbd + (given.spare_high_kbd - given.spare_low_kbd) * _evenly(rng, count)
    parts = [_events(given, number, rng, count) for number in range(len(given.sources))]
    events = Events(*(np.concatenate(values) for values in zip(*parts, strict=True)))
    return Futures(given, events, spare, _net_kbd(given, events, spare))


def _events(given: Hazards, number: int, rng: np.random.Generator, futures: int) -> Iterable[NDArray[np.generic]]:
    """The disruptions of one source in all futures, in the order of the fields of `Events`."""
    source = given.sources[number]
    counts = _poisson(source.events_per_decade, _evenly(rng, futures))
    total = int(counts.sum())
    begins, lasts, takes = _evenly_together(rng, total)
    start = (MONTHS * begins).astype(np.int64)
    months = np.ceil(_weibull(given.length_scale_months, given.length_shape, lasts)).astype(np.int64)
    lost_share = _weibull(given.size_scale_share, given.size_shape, takes)
    loss = np.minimum(lost_share, MOST_LOST_SHARE) * source.exports_kbd
    if source.is_strait:
        months, loss = np.full(total, source.fixed_months), np.full(total, source.fixed_kbd)
    return (
        np.repeat(np.arange(futures), counts),
        np.full(total, number),
        start,
        np.maximum(months, 1),
        loss,
    )


def _net_kbd(given: Hazards, events: Events, spare_kbd: Array) -> Array:
    """What is missing, (future, month) kb/d, after spare capacity has made up for what it can."""
    shape = len(spare_kbd), MONTHS
    regional, straits, spare_left = np.zeros(shape), np.zeros(shape), np.ones(shape)
    for number, source in enumerate(given.sources):
        own = events.source == number
        when = events.future[own], events.start[own], np.minimum(events.start[own] + events.months[own], MONTHS)
        if source.is_strait:
            straits += _sum_over_months(shape, when, events.loss_kbd[own])
            continue
        left = np.exp(_sum_over_months(shape, when, np.log1p(-events.loss_kbd[own] / source.exports_kbd)))
        regional += source.exports_kbd * (1.0 - left)
        if source.holds_spare:
            spare_left = left
    offset = np.minimum(spare_kbd[:, None] * spare_left, given.most_offset_share * regional)
    return regional - np.where(straits > 0.0, 0.0, offset) + straits


def _sum_over_months(shape: tuple[int, int], when: tuple[Counts, Counts, Counts], values: Array) -> Array:
    """Add each value to the months of its future from the first up to before the last: (future, month)."""
    future, start, end = when
    change = np.zeros((shape[0], shape[1] + 1))
    np.add.at(change, (future, start), values)
    np.add.at(change, (future, end), -values)
    return change[:, :-1].cumsum(axis=1)


def _evenly(rng: np.random.Generator, count: int) -> Array:
    """Numbers between 0 and 1, one in each of `count` equal parts, in random order."""
    spread: Array = (rng.permutation(count) + rng.random(count)) / max(count, 1)
    return np.clip(spread, 1e-12, 1.0 - 1e-12)


def _evenly_together(rng: np.random.Generator, count: int) -> Array:
    """Triples of numbers between 0 and 1 that fill the cube evenly, in random order: (3, count).

    Notes
    -----
    Roberts' additive sequence, frac(shift + k g^-j), g the positive root of x^4 = x + 1.
    """
    steps = CUBE_ROOT ** -np.arange(1.0, 4.0)
    points = (rng.random(3)[:, None] + np.outer(steps, np.arange(count))) % 1.0
    return np.clip(points[:, rng.permutation(count)], 1e-12, 1.0 - 1e-12)


def _weibull(scale: float, shape: float, level: Array) -> Array:
    """The Weibull value at each level of its distribution."""
    value: Array = scale * (-np.log1p(-level)) ** (1.0 / shape)
    return value


def _poisson(mean: float, level: Array) -> Counts:
    """The Poisson count at each level of its distribution."""
    number = np.arange(MOST_EVENTS)
    chance = np.exp(number * np.log(mean) - mean - gammaln(number + 1.0))
    return np.searchsorted(np.cumsum(chance), level).astype(np.int64)
