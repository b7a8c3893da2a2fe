"""Why the bill changed: world price, discounts, freight, tariffs, mix, volume. Exact, and free of order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.outcomes.landing import Landing
from simulator.outcomes.trade import Trade

Array = NDArray[np.float64]

COMPONENTS = ("world_price", "discounts", "freight", "tariffs", "mix", "volume")


@dataclass(frozen=True)
class Bill:
    """A month's bill in its six factors; a cell is a stream bought by a segment.

    volume_kbd : (draw,)   world_price_usd_bbl : (draw, cell), of the months in which the cargo was loaded
    discount_usd_bbl (FOB less world price), freight_usd_bbl, duty_rate, duty_usd_bbl, mix_share : (draw, cell)
    """

    world_price_usd_bbl: Array
    discount_usd_bbl: Array
    freight_usd_bbl: Array
    duty_rate: Array
    duty_usd_bbl: Array
    mix_share: Array
    volume_kbd: Array

    def value(self) -> Array:
        """kb/d times USD/bbl: (draw,)."""
        before_duty = self.world_price_usd_bbl + self.discount_usd_bbl + self.freight_usd_bbl
        landed = (1.0 + self.duty_rate) * before_duty + self.duty_usd_bbl
        total: Array = self.volume_kbd * (self.mix_share * landed).sum(axis=1)
        return total


def as_bill(trade: Trade, before: Trade) -> Bill:
    """A month's arrivals as the bill they make; `before` is the month without any shock."""
    arrived = trade.landing
    volume = arrived.kbd.sum(axis=(1, 2))
    draws = len(volume)
    # A stream that ships nothing has no price: where none of it arrives it keeps its old distance from Brent.
    unpriced = ~trade.trading[:, None, :] & (arrived.kbd <= 0.0)
    discount = np.where(unpriced, before.landing.discount_usd_bbl, arrived.discount_usd_bbl)
    return Bill(
        world_price_usd_bbl=arrived.world_price_usd_bbl.reshape(draws, -1),
        discount_usd_bbl=discount.reshape(draws, -1),
        freight_usd_bbl=arrived.freight_usd_bbl.reshape(draws, -1),
        duty_rate=arrived.duty_rate.reshape(draws, -1),
        duty_usd_bbl=arrived.duty_usd_bbl.reshape(draws, -1),
        # Without any imports the mix is that of old: all of the change is volume.
        mix_share=np.where(volume[:, None, None] > 0, _mix(arrived), _mix(before.landing)).reshape(draws, -1),
        volume_kbd=volume,
    )


def _mix(arrived: Landing) -> Array:
    total = arrived.kbd.sum(axis=(1, 2), keepdims=True)
    return arrived.kbd / np.where(total > 0, total, 1.0)


def shapley(before: Bill, after: Bill) -> Array:
    """Split the change of the bill over its components: (draw, component), in the bill's unit.

    Each component gets the mean of its effect over all orders in which the six could have changed (Shapley
    1953). The bill is a sum of products, so the mean has a closed form and the parts add up to the change.

    Notes
    -----
    Every product volume x mix x (1 + rate) x part, part one of world price, discount and freight, is a game of
    four players; volume x mix x specific duty a game of three. Games add, so their Shapley values do.
    """
    volume = before.volume_kbd[:, None], after.volume_kbd[:, None]
    mix = before.mix_share, after.mix_share
    rate = 1.0 + before.duty_rate, 1.0 + after.duty_rate
    parts = {
        "world_price": (before.world_price_usd_bbl, after.world_price_usd_bbl),
        "discounts": (before.discount_usd_bbl, after.discount_usd_bbl),
        "freight": (before.freight_usd_bbl, after.freight_usd_bbl),
    }
    total = dict.fromkeys(COMPONENTS, np.zeros(len(before.volume_kbd)))
    for name, part in parts.items():
        effects = _of_product(volume, mix, rate, part)
        for player, effect in zip(("volume", "mix", "tariffs", name), effects, strict=True):
            total[player] = total[player] + effect
    specific = before.duty_usd_bbl, after.duty_usd_bbl
    if not (specific[0].any() or specific[1].any()):
        return np.stack([total[name] for name in COMPONENTS], axis=1)
    for player, effect in zip(("volume", "mix", "tariffs"), _of_product(volume, mix, specific), strict=True):
        total[player] = total[player] + effect
    return np.stack([total[name] for name in COMPONENTS], axis=1)


Change = tuple[Array, Array]


def _of_product(*factors: Change) -> list[Array]:
    """Shapley values of a product of three or four factors, summed over cells: one (draw,) per factor.

    With m the mean and d the change of a factor, the value of the first is d1 m2 m3 m4 plus d1/12 times each of
    the others' means times the two remaining changes: the weights 1/4, 1/12, 1/12, 1/4 (1/3, 1/6, 1/6, 1/3 for
    three) written around the middle.
    """
    means = [(old + new) / 2 for old, new in factors]
    moves = [new - old for old, new in factors]
    effects = []
    for i, move in enumerate(moves):
        m1, m2, *m3 = means[:i] + means[i + 1 :]
        d1, d2, *d3 = moves[:i] + moves[i + 1 :]
        weight = m1 * m2 + d1 * d2 / 12
        if m3:
            weight = weight * m3[0] + (m1 * d2 + m2 * d1) * d3[0] / 12
        effects.append((move * weight).sum(axis=1))
    return effects
