"""What crude under sanctions saves China against what else it could have bought."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.outcomes.landing import Landing
from simulator.units import usd_bn

Array = NDArray[np.float64]


def saved_usd_bn(arrived: Landing, three_sellers: Array, quality: NDArray[np.int64], days: int) -> Array:
    """What Russian, Iranian and Venezuelan crude saves China against its other crude of the same type.

    Parameters
    ----------
    three_sellers : (stream,) 1 where the stream is theirs   quality : (stream,) index of the type

    Returns
    -------
    (draw, stream) bn USD, 0 for other sellers and where China buys nothing else of the type.
    """
    kbd = arrived.kbd.sum(axis=1)
    cost = (arrived.kbd * arrived.delivered_usd_bbl).sum(axis=1)
    own = cost / np.where(kbd > 0, kbd, 1.0)
    ordinary = 1.0 - three_sellers
    basket = np.zeros_like(kbd)
    for kind in np.unique(quality):
        same = quality == kind
        volume = (kbd * ordinary)[:, same].sum(axis=1)
        basket[:, same] = ((cost * ordinary)[:, same].sum(axis=1) / np.where(volume > 0, volume, 1.0))[:, None]
    return usd_bn(kbd * three_sellers * (basket > 0), basket - own, days)
