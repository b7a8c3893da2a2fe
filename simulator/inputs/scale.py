"""From the elasticities of the world to those of the crude that is traded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.axes import BUYERS

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """Converts world elasticities to traded crude: barrels behind each barrel traded.

    runs_per_import, own_crude_per_import : (buyer,)
    production_per_export, home_runs_per_export : (stream,)
    """

    runs_per_import: Array
    own_crude_per_import: Array
    production_per_export: Array
    home_runs_per_export: Array


def scale(countries: tuple[str, ...], exports: Array, imports: Array, usual: tuple[Array, Array] | None) -> Scale:
    """Barrels refined and produced behind each barrel traded.

    Parameters
    ----------
    countries : (stream,)
    exports, imports : (stream,) and (buyer,), kb/d of the base month
    usual : the same of the year whose production and runs the tables hold, where the base month is a past one:
        what differs in trade then differed at the well and in the refinery
    """
    production = {row["country"]: row for row in datasets.table("production").rows}
    buyers = {row["buyer"]: row for row in datasets.table("buyers").rows}
    runs = np.array([buyers[buyer]["refinery_runs_kbd"] for buyer in BUYERS], dtype=float)
    own = np.array([buyers[buyer]["own_crude_kbd"] for buyer in BUYERS], dtype=float)
    made = np.array([production[name]["crude_production_kbd"] for name in countries], dtype=float)
    home = np.array(
        [
            production[name]["domestic_runs_kbd"] if production[name]["runs_in_buyer"] == "rest_of_world" else 0.0
            for name in countries
        ]
    )
    # What exporters refine at home is in the refinery runs of the rest of the world: count it once, with them.
    runs[BUYERS.index("rest_of_world")] -= sum(
        row["domestic_runs_kbd"] for row in production.values() if row["runs_in_buyer"] == "rest_of_world"
    )
    country_exports = _by_country(countries, exports)
    if usual is not None:
        made += country_exports - _by_country(countries, usual[0])
        runs += imports - usual[1]
    return Scale(runs / imports, own / imports, made / country_exports, home / country_exports)


def _by_country(countries: tuple[str, ...], exports: Array) -> Array:
    """Exports of the stream's country, (stream,)."""
    country = np.array(countries)
    return np.array([exports[country == name].sum() for name in countries])
