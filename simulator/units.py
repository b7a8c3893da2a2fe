"""The only file with conversion factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

CUSTOMS_BARRELS_PER_TONNE = 7.3
"""What Chinese customs statistics in kb/d use for every origin."""

DAYS_PER_YEAR = 365
MEAN_MONTH_DAYS = DAYS_PER_YEAR / 12
MMBTU_PER_TONNE = {"lng": 51.7, "ethane": 49.2, "lpg": 47.1, "coal": 23.8}
"""Heat content of fuels that are traded by weight and priced by heat."""
WORLD_USE_KBD = 103_000
"""World use of oil and other liquids in 2025, kb/d: what a feared loss is measured against."""

FREIGHT_USD_BBL_PER_1000_NM = 0.33
"""What a further 1,000 nautical miles cost: Gulf to China, 1.95 USD over about 5,900 (IEA VLCC freight, 2025)."""

LEAST_FREIGHT_USD_BBL = 0.0
"""Freight never pays the buyer."""


def usd_bn(kbd: Array, usd_bbl: Array | float, days: Array | float) -> Array:
    """A flow (kb/d) at a price (USD/bbl) over some days, in bn USD; arrays broadcast.

    >>> import numpy as np
    >>> usd_bn(np.array(1000.0), 70.0, 30).item()
    2.1
    """
    return kbd * usd_bbl * days / 1e6


def customs_kbd(kbd: float, barrels_per_tonne: float) -> float:
    """True barrels as customs count them: by weight, at 7.3 barrels per tonne.

    >>> round(customs_kbd(1000.0, 7.4), 1)
    986.5
    """
    return kbd / barrels_per_tonne * CUSTOMS_BARRELS_PER_TONNE


def freight_usd_bbl(to_china_usd_bbl: float, china_nm: float | None, distance_nm: float) -> float:
    """Freight of a stream to a buyer, USD/bbl: its known freight to China, corrected for the distance.

    Loading, waiting and transfer cost the same wherever the cargo goes; only the miles differ. Without a way
    to China (`china_nm` None) the known freight stands for any buyer.

    >>> round(freight_usd_bbl(12.5, 11000.0, 7000.0), 2)
    11.18
    """
    extra_nm = 0.0 if china_nm is None else distance_nm - china_nm
    return max(to_china_usd_bbl + FREIGHT_USD_BBL_PER_1000_NM * extra_nm / 1000.0, LEAST_FREIGHT_USD_BBL)
