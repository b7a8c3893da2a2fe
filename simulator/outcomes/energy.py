"""A promise to buy another fuel, costed beside the crude market."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.units import MMBTU_PER_TONNE

Array = NDArray[np.float64]


def energy_cost_usd_bn(commodity: str, mt_year: Array, premium_usd_mmbtu: Array, years: float) -> Array:
    """What the fuel costs more than its alternative: (draw,) bn USD; below 0 where it is cheaper.

    >>> energy_cost_usd_bn("lng", np.array([10.0]), np.array([1.0]), 1.0).tolist()
    [0.517]
    """
    return mt_year * MMBTU_PER_TONNE[commodity] * premium_usd_mmbtu * years / 1e3
