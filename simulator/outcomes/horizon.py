"""From months to the horizon: sums of money, means of flows, the bill over the volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.outcomes.month import Outcome
from simulator.units import usd_bn

Array = NDArray[np.float64]

Key = tuple[str, str, str]
SHARES = ("share", "share_declared", "sanctioned_share", "hormuz_share", "malacca_share")


@dataclass(frozen=True)
class OutcomeColumns:
    """Outcomes of all months side by side.

    keys : metric, by, item of each column
    values : (draw, month + 1, column), the horizon last
    """

    keys: tuple[Key, ...]
    values: Array


def over_months(months: Sequence[list[Outcome]], days: Sequence[int]) -> OutcomeColumns:
    """Put the months side by side and add the horizon.

    Money (`_usd_bn`) adds up; flows (`_kbd`) are means by calendar days; landed cost is bill over volume;
    shares are means by imports; everything else is a plain mean over the months in which it exists.
    """
    keys = tuple((o.metric, o.by, item) for o in months[0] for item in o.items)
    values = np.empty((len(months[0][0].values), len(months) + 1, len(keys)))
    for m, month in enumerate(months):
        np.concatenate([o.values for o in month], axis=1, out=values[:, m])
    weight = np.asarray(days, dtype=float)
    spans = _spans(months[0])
    monthly, horizon = values[:, :-1], values[:, -1]
    imports = monthly[:, :, spans["imports_kbd", "total"].start] * weight
    for (metric, by), span in spans.items():
        part = monthly[:, :, span]
        if metric.endswith("_usd_bn"):
            horizon[:, span] = part.sum(axis=1)
        elif metric.endswith("_kbd"):
            horizon[:, span] = np.einsum("dmi,m->di", part, weight / weight.sum())
        elif metric == "landed_cost_usd_bbl":
            horizon[:, span] = _bill_over_volume(monthly, spans, by, weight)
        elif metric in SHARES:
            horizon[:, span] = _mean_by_imports(part, imports)
        else:
            horizon[:, span] = _mean_where_known(part)
    return OutcomeColumns(keys, values)


def _spans(month: list[Outcome]) -> dict[tuple[str, str], slice]:
    spans, start = {}, 0
    for outcome in month:
        spans[outcome.metric, outcome.by] = slice(start, start + len(outcome.items))
        start += len(outcome.items)
    return spans


def _bill_over_volume(monthly: Array, spans: dict[tuple[str, str], slice], by: str, days: Array) -> Array:
    bill = monthly[:, :, spans["import_bill_usd_bn", by]].sum(axis=1)
    volume = usd_bn(np.einsum("dmi,m->di", monthly[:, :, spans["imports_kbd", by]], days), 1.0, 1.0)
    return np.divide(bill, volume, out=np.full_like(bill, np.nan), where=volume > 0)


def _mean_by_imports(part: Array, imports: Array) -> Array:
    total = imports.sum(axis=1, keepdims=True)
    known = np.where(imports[:, :, None] > 0, part, 0.0)  # a month without imports has no shares and no weight
    mean = np.einsum("dmi,dm->di", known, imports / np.where(total > 0, total, 1.0))
    return np.where(total > 0, mean, np.nan)


def _mean_where_known(part: Array) -> Array:
    if not np.isnan(part).any():
        return part.mean(axis=1)
    known = ~np.isnan(part)
    count = known.sum(axis=1)
    total = np.where(known, part, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
