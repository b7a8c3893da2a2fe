"""Which losses of oil the next years may bring: futures drawn from what experts judged likely.

A future is ten years of months. Regions and straits have disruptions at random times, of random size and length;
spare capacity elsewhere makes up for a part. Sizes, lengths and frequencies are those of `data/hazards.csv` and
`data/hazard_settings.csv`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

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
MOST_EVENTS = 100
SIZE_EDGES_KBD = (0.0, 2000.0, 3500.0, 5500.0, np.inf)
"""Events are drawn size by size, so that the large ones are spread evenly over futures."""
NEVER_IN_STEP = 1.1673039782614187
"""The positive root of x^5 = x + 1: multiples of its powers never fall into step."""


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
    parts = [_regional(given, sizes, rng, count) for sizes in pairwise(SIZE_EDGES_KBD)]
    parts += [_at_strait(given, number, rng, count) for number, one in enumerate(given.sources) if one.is_strait]
    events = Events(*(np.concatenate(values) for values in zip(*parts, strict=True)))
    return Futures(given, events, spare, _net_kbd(given, events, spare))


Columns = tuple[Counts, Counts, Counts, Counts, Array]


def _regional(given: Hazards, sizes_kbd: tuple[float, float], rng: np.random.Generator, futures: int) -> Columns:
    """Disruptions of regions with gross losses between two sizes, in the order of the fields of `Events`.

    Independent of those of other sizes, as parts of a Poisson process are.
    """
    regions = [number for number, source in enumerate(given.sources) if not source.is_strait]
    exports = np.array([given.sources[number].exports_kbd for number in regions])
    rates = np.array([given.sources[number].events_per_decade for number in regions])
    low, high = (_smaller(given, size / exports) for size in sizes_kbd)
    rate = rates * (high - low)
    counts = _poisson(float(rate.sum()), _evenly(rng, futures))
    where, begins, lasts, takes = _evenly_together(rng, int(counts.sum()))
    source = np.searchsorted(np.cumsum(rate) / rate.sum(), where)
    level = low[source] + takes * (high - low)[source]
    lost_share = np.minimum(_weibull(given.size_scale_share, given.size_shape, level), MOST_LOST_SHARE)
    months = np.ceil(_weibull(given.length_scale_months, given.length_shape, lasts)).astype(np.int64)
    start = (MONTHS * begins).astype(np.int64)
    future = np.repeat(np.arange(futures), counts)
    return future, np.array(regions)[source], start, np.maximum(months, 1), lost_share * exports[source]


def _at_strait(given: Hazards, number: int, rng: np.random.Generator, futures: int) -> Columns:
    """Disruptions of a strait, in the order of the fields of `Events`."""
    source = given.sources[number]
    counts = _poisson(source.events_per_decade, _evenly(rng, futures))
    total = int(counts.sum())
    start = (MONTHS * _evenly(rng, total)).astype(np.int64)
    future, months = np.repeat(np.arange(futures), counts), np.full(total, source.fixed_months)
    return future, np.full(total, number), start, months, np.full(total, source.fixed_kbd)


def _smaller(given: Hazards, lost_share: Array) -> Array:
    """Probability of an event with a smaller loss than this share of exports."""
    chance = -np.expm1(-((lost_share / given.size_scale_share) ** given.size_shape))
    return np.where(lost_share > MOST_LOST_SHARE, 1.0, chance)


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
    """Sets of four numbers between 0 and 1 that fill their space evenly, in random order: (4, count).

    Notes
    -----
    Roberts' additive sequence, frac(shift + k g^-j), g the positive root of x^5 = x + 1.
    """
    steps = NEVER_IN_STEP ** -np.arange(1.0, 5.0)
    points = (rng.random(4)[:, None] + np.outer(steps, np.arange(count))) % 1.0
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
