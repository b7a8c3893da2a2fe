"""Money counted with our outcome code on figures of others: what discounts saved China, what Russia earned less."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.outcomes.decomposition import COMPONENTS, Bill, shapley
from simulator.outcomes.landing import Landing
from simulator.outcomes.savings import saved_usd_bn
from simulator.published.answers import Answers, exact

Array = NDArray[np.float64]

DAYS = 273
"""January to September 2023."""
RUSSIA_SAVED_USD_BN = 4.34
"""What Reuters says Russian crude saved; its spread is not given."""
LEVEL_USD_BBL = 80.0
"""Price of every reference. Only spreads count: any level gives the same."""
PARTS = ("volume", "world_price", "discounts")


def savings() -> Answers:
    """What the discounts of 2023 saved China, bn USD, and the spreads on Russian crude implied by 4.34 bn, USD/bbl.

    Each crude stands beside a barrel a day of what the report compares it with, as the only other crude of its type.
    """
    rows = datasets.table("savings_2023").rows
    references = list(dict.fromkeys(row["reference"] for row in rows))
    kind = np.array([*(references.index(row["reference"]) for row in rows), *range(len(references))])
    volume = np.array([*(row["volume_kbd"] for row in rows), *(1e-3 for _ in references)])
    spread = np.array([*(row["spread_usd_bbl"] for row in rows), *(0.0 for _ in references)])
    theirs = np.array([*(1.0 for _ in rows), *(0.0 for _ in references)])
    saved = saved_usd_bn(_arrived(volume, spread), theirs, kind, DAYS)[0]
    by_stream = {row["stream"]: value for row, value in zip(rows, saved[: len(rows)], strict=True)}
    sea, pipeline = by_stream["russia_sea"], by_stream["russia_pipeline"]
    # A spread of one dollar stands in the data: saving is proportional to it.
    return {
        "savings.iran": exact(by_stream["iran"]),
        "savings.venezuela": exact(by_stream["venezuela"]),
        "savings.russia_sea": exact(RUSSIA_SAVED_USD_BN / sea),
        "savings.russia_all": exact(RUSSIA_SAVED_USD_BN / (sea + pipeline)),
    }


def _arrived(volume_kbd: Array, spread_usd_bbl: Array) -> Landing:
    """Arrivals of one draw and one buyer, delivered at the level plus a spread."""
    shape = (1, 1, len(volume_kbd))
    level, nothing = np.full(shape, LEVEL_USD_BBL), np.zeros(shape)
    return Landing(volume_kbd.reshape(shape), level, spread_usd_bbl.reshape(shape), nothing, nothing, nothing)


def revenue() -> Answers:
    """Why Russia earned less from oil in 2023Q1 than the quarter before, bn USD, split by our decomposition."""
    before, after = (_quarter(row) for row in datasets.table("russia_revenue").rows)
    total = float((after.value() - before.value())[0]) / 1e3
    parts = dict(zip(COMPONENTS, shapley(before, after)[0] / 1e3, strict=True))
    by_order = _mean_over_orders(before, after)
    gap = max(abs(parts[name] - by_order[name]) for name in PARTS)
    return {
        "revenue.total": exact(total),
        "revenue.volume": exact(parts["volume"]),
        "revenue.world_price": exact(parts["world_price"]),
        "revenue.discount": exact(parts["discounts"]),
        "revenue.residual": exact(total - sum(parts.values())),
        "revenue.order": exact(gap),
    }


def _quarter(row: datasets.Row) -> Bill:
    """A quarter as one cell; volume in million barrels, so that values are USD m."""
    one, nothing = np.ones((1, 1)), np.zeros((1, 1))
    return Bill(
        world_price_usd_bbl=one * row["brent_usd_bbl"],
        discount_usd_bbl=one * row["discount_usd_bbl"],
        freight_usd_bbl=nothing,
        duty_rate=nothing,
        duty_usd_bbl=nothing,
        mix_share=one,
        volume_kbd=np.array([row["volume_kbd"] * row["days"] / 1e3]),
    )


def _mean_over_orders(before: Bill, after: Bill) -> dict[str, float]:
    """The effect of each part, mean over all orders in which they could have changed, by enumeration; bn USD."""
    fields = {"volume": "volume_kbd", "world_price": "world_price_usd_bbl", "discounts": "discount_usd_bbl"}
    total = dict.fromkeys(PARTS, 0.0)
    orders = list(permutations(PARTS))
    for order in orders:
        stages = [_partly(before, after, [fields[name] for name in order[:k]]) for k in range(len(order) + 1)]
        for name, (old, new) in zip(order, pairwise(stages), strict=True):
            total[name] += float((new.value() - old.value())[0]) / 1e3 / len(orders)
    return total


def _partly(before: Bill, after: Bill, moved: list[str]) -> Bill:
    return Bill(**{name: getattr(after if name in moved else before, name) for name in Bill.__dataclass_fields__})
