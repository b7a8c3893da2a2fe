"""From months to the horizon: sums of money, means of flows, the bill over the volume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.outcomes.outcome import BILL, EVERYTHING, LANDED, SHARES, VOLUME, Outcome, Wanted
from simulator.units import usd_bn

Array = NDArray[np.float64]

Key = tuple[str, str, str]


@dataclass(frozen=True)
class OutcomeColumns:
    """Outcomes of all months side by side.

    keys : metric, by, item of each column
    values : (draw, month + 1, column), the horizon last
    """

    keys: tuple[Key, ...]
    values: Array


class MonthColumns:
    """Outcomes of the months as they come, in one array: the months themselves need not be kept.

    kept : (column,)   which columns are wanted; the others are there for the horizon of those that are
    """

    def __init__(self, first: Sequence[Outcome], shape: tuple[int, int], wanted: Wanted = EVERYTHING) -> None:
        draws, months = shape
        self.keys = tuple((o.metric, o.by, item) for o in first for item in o.items)
        self.kept = np.array([wanted.keeps(metric, by) for metric, by, _ in self.keys], dtype=bool)
        self.values = np.empty((draws, months + 1, len(self.keys)))
        self._spans = _spans(first)

    def put(self, month: int, outcomes: Sequence[Outcome]) -> None:
        """Write down month number `month`."""
        if outcomes:
            np.concatenate([o.values for o in outcomes], axis=1, out=self.values[:, month])

    def or_else(self, other: MonthColumns, ours: NDArray[np.bool_]) -> MonthColumns:
        """These outcomes in some draws, `ours` (draw,), and those of another path in the rest."""
        mixed = copy(self)
        mixed.values = np.where(ours[:, None, None], self.values, other.values)
        return mixed

    def with_horizon(self, days: Sequence[int], extra: Sequence[Outcome] = ()) -> OutcomeColumns:
        """Add the horizon, and outcomes that exist for the horizon alone.

        Money (`_usd_bn`) adds up; flows (`_kbd`) are means by calendar days; landed cost is bill over volume;
        shares are means by imports; stocks are those of the last month; everything else is a plain mean over the
        months in which it exists.
        """
        weight = np.asarray(days, dtype=float)
        monthly, horizon = self.values[:, :-1], self.values[:, -1]
        total = self._spans.get((VOLUME, "total"))
        imports = np.zeros(0) if total is None else monthly[:, :, total.start] * weight
        for (metric, by), span in self._spans.items():
            part = monthly[:, :, span]
            if metric.endswith("_usd_bn"):
                horizon[:, span] = part.sum(axis=1)
            elif metric.endswith("_kbd"):
                horizon[:, span] = _weighted(part, weight / weight.sum())
            elif metric == "stock_mb":
                horizon[:, span] = part[:, -1]
            elif metric == LANDED:
                horizon[:, span] = _bill_over_volume(monthly, self._spans, by, weight)
            elif metric in SHARES:
                horizon[:, span] = _mean_by_imports(part, imports)
            else:
                horizon[:, span] = _mean_where_known(part)
        keys = tuple(key for key, kept in zip(self.keys, self.kept, strict=True) if kept)
        values = self.values if self.kept.all() else self.values[:, :, self.kept]
        return _with_extra(OutcomeColumns(keys, values), extra)


def calm_sums(months: Mapping[int, Sequence[Outcome]], days: Sequence[int], good: NDArray[np.bool_]) -> Array:
    """Sum and count over draws of every column of a path whose months are all alike but for their length.

    Parameters
    ----------
    months : outcomes by days of the month   good : (draw,), the draws that count

    Returns
    -------
    (2, month + 1, column). Only money depends on the length of a month, so the horizon is a sum of money and a plain
    month of all else.
    """
    first = months[days[0]]
    # Columns first: each adds up its draws in the same order, whatever stands beside it.
    none = np.zeros((0, int(good.sum())))
    columns = {n: np.concatenate([none, *(o.values[good].T for o in outcomes)]) for n, outcomes in months.items()}
    money = np.array([o.metric.endswith("_usd_bn") for o in first for _ in o.items], dtype=bool)
    horizon = np.where(money[:, None], sum(columns[n] for n in days), columns[days[0]])
    known = ~np.isnan(horizon)
    counts = np.broadcast_to(known.sum(axis=1), (len(days) + 1, len(money)))
    sums = {n: np.where(np.isnan(values), 0.0, values).sum(axis=1) for n, values in columns.items()}
    last = np.where(known, horizon, 0.0).sum(axis=1)
    return np.stack([np.stack([*(sums[n] for n in days), last]), counts])


def _with_extra(columns: OutcomeColumns, extra: Sequence[Outcome]) -> OutcomeColumns:
    if not extra:
        return columns
    keys = tuple((o.metric, o.by, item) for o in extra for item in o.items)
    added = np.full((*columns.values.shape[:2], len(keys)), np.nan)
    added[:, -1] = np.concatenate([o.values for o in extra], axis=1)
    return OutcomeColumns((*columns.keys, *keys), np.concatenate([columns.values, added], axis=2))


def _spans(month: Sequence[Outcome]) -> dict[tuple[str, str], slice]:
    spans, start = {}, 0
    for outcome in month:
        spans[outcome.metric, outcome.by] = slice(start, start + len(outcome.items))
        start += len(outcome.items)
    return spans


def _bill_over_volume(monthly: Array, spans: dict[tuple[str, str], slice], by: str, days: Array) -> Array:
    bill = monthly[:, :, spans[BILL, by]].sum(axis=1)
    volume = usd_bn(_weighted(monthly[:, :, spans[VOLUME, by]], days), 1.0, 1.0)
    return np.divide(bill, volume, out=np.full_like(bill, np.nan), where=volume > 0)


def _weighted(part: Array, weight: Array) -> Array:
    """Months added up with weights (month,) or (draw, month): (draw, column), whatever else stands in the array."""
    total = np.zeros((len(part), part.shape[2]))
    for month in range(part.shape[1]):
        total += part[:, month] * weight[..., month, None]
    return total


def _mean_by_imports(part: Array, imports: Array) -> Array:
    total = imports.sum(axis=1, keepdims=True)
    known = np.where(imports[:, :, None] > 0, part, 0.0)  # a month without imports has no shares and no weight
    mean = _weighted(known, imports / np.where(total > 0, total, 1.0))
    return np.where(total > 0, mean, np.nan)


def _mean_where_known(part: Array) -> Array:
    if not np.isnan(part).any():
        return part.mean(axis=1)
    known = ~np.isnan(part)
    count = known.sum(axis=1)
    total = np.where(known, part, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
