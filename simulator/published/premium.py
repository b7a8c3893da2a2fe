"""What a further barrel of imports costs China beyond its price, on our own engine.

The same three parts as Leiby's, but every price in them comes out of the market: China's requirement is cut a little,
with and without disruptions, and what changes is divided by the barrels not imported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.outcomes.horizon import Key
from simulator.published.hazards import Futures, futures, hazards
from simulator.published.monthly import BRENT, Monthly, monthly, scenario
from simulator.published.sizes import gdp_usd_bn
from simulator.units import DAYS_PER_YEAR

Array = NDArray[np.float64]

IMPORTS: Key = ("imports_kbd", "total", "total")
OUTPUT: Key = ("gdp_effect_pct", "total", "total")
PRICED: tuple[Key, ...] = tuple(
    ("bill_change_usd_bn", "component", part) for part in ("world_price", "discounts", "freight")
)
"""The parts of a change of the bill that are prices, not barrels."""
FUTURES = 20_000
FUTURES_SEED = 1
SETTLED = 12
"""Months China's lower need runs before a disruption begins; what it does to prices is read in the last twelve."""
FIRST_MONTH = 13
MOST_MONTHS = 23


@dataclass(frozen=True)
class Kind:
    """Disruptions of like size: how many a year, what is missing on the mean, for how long."""

    least_kbd: float
    per_year: float
    loss_kbd: float
    months: int


@dataclass(frozen=True)
class ChinaPremium:
    """USD per barrel imported, beyond its price, (draw,) each.

    kinds : the disruptions counted   rise_usd_bbl : (draw, kind), what each adds to Brent while it lasts
    """

    monopsony: Array
    disruption_imports: Array
    disruption_output: Array
    kinds: tuple[Kind, ...]
    rise_usd_bbl: Array

    @property
    def total(self) -> Array:
        """The sum, (draw,)."""
        total: Array = self.monopsony + self.disruption_imports + self.disruption_output
        return total


def china_premium(draws: int, seed: int, baseline: str = "2025") -> ChinaPremium:
    """The premium of China on a baseline.

    Notes
    -----
    W are the parts of the bill that are prices, G output lost, q imports a year, ' a world in which China needs a
    hundredth less, n disruptions of kind j a year, dP what one adds to the price over its months:

        monopsony   (W' - W)/(q' - q)   without disruptions, in the third year
        imports     sum_j n_j { ([W_j - W] - [W'_j - W'])/(q - q') - anticipated dP_j }
        output      sum_j n_j ([G_j - G] - [G'_j - G'])/(q - q')
    """
    kinds = disruptions(futures(hazards(), FUTURES, FUTURES_SEED))
    assumed = {row["name"]: row["value"] for row in datasets.table("premium_assumptions").rows}
    cut = -assumed["cut_share"]
    keys = (BRENT, IMPORTS, OUTPUT, *PRICED)
    calm = monthly(scenario("china_buys_less", {"shocks.0.change_share": cut, "baseline": baseline}), keys, draws, seed)
    forgone = -_sum(calm.change(IMPORTS) * np.array(calm.days), calm, 2 * SETTLED) / 1e6
    on_imports, on_output, rises = np.zeros_like(forgone), np.zeros_like(forgone), []
    for kind in kinds:
        whole, less = (_disrupted(kind, share, baseline, keys, (draws, seed)) for share in (0.0, cut))
        dearer = _priced(whole) - (_priced(less) - _priced(calm))
        rise = _sum(whole.change(BRENT) * np.array(whole.days), whole, SETTLED) / DAYS_PER_YEAR
        on_imports = on_imports + kind.per_year * (dearer / forgone - assumed["anticipated_share"] * rise)
        lost = _lost_output(whole) - (_lost_output(less) - _lost_output(calm))
        on_output = on_output + kind.per_year * lost / forgone
        rises.append(rise * DAYS_PER_YEAR / sum(whole.days[SETTLED : SETTLED + kind.months]))
    monopsony = -_sum(_over_parts(calm), calm, 2 * SETTLED) / forgone
    return ChinaPremium(monopsony, on_imports, on_output, kinds, np.stack(rises, axis=1))


def disruptions(drawn: Futures) -> tuple[Kind, ...]:
    """Stretches of months with losses above the least counted, sorted by their mean size into kinds."""
    edges = [
        row["value"] for row in datasets.table("premium_assumptions").rows if row["name"].startswith("kind_from_kbd")
    ]
    missing = drawn.net_kbd >= edges[0]
    padded = np.pad(missing, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(padded, axis=1)
    future, first = np.nonzero(change == 1)
    _, last = np.nonzero(change == -1)
    so_far = np.concatenate([np.zeros((len(missing), 1)), drawn.net_kbd.cumsum(axis=1)], axis=1)
    months = last - first
    size = (so_far[future, last] - so_far[future, first]) / months
    years = len(missing) * drawn.net_kbd.shape[1] / 12.0
    kinds = []
    for low, high in zip(edges, [*edges[1:], np.inf], strict=True):
        own = (size >= low) & (size < high)
        length = min(round(float(months[own].mean())), MOST_MONTHS)
        kinds.append(Kind(low, float(own.sum()) / years, float(size[own].mean()), length))
    return tuple(kinds)


def _disrupted(kind: Kind, cut: float, baseline: str, keys: tuple[Key, ...], sample: tuple[int, int]) -> Monthly:
    """Three years with a disruption of a kind from the second on, China needing less or not."""
    last = SETTLED + kind.months
    settings = {
        "baseline": baseline,
        "shocks.0.loss_kbd": kind.loss_kbd,
        "shocks.0.start": "2027-01",
        "shocks.0.end": f"{2026 + (last - 1) // 12}-{(last - 1) % 12 + 1:02d}",
        "shocks.1.change_share": cut,
    }
    return monthly(scenario("disruption", settings), keys, *sample)


def _sum(values: Array, run: Monthly, first: int) -> Array:
    """Sum over the months from number `first` (from 0) to the end, (draw,)."""
    total: Array = values[:, first : len(run.months)].sum(axis=1)
    return total


def _over_parts(run: Monthly) -> Array:
    parts: Array = np.sum([run.values[key] for key in PRICED], axis=0)
    return parts


def _priced(run: Monthly) -> Array:
    """What prices add to the bill from the second year on, bn USD, (draw,)."""
    return _sum(_over_parts(run), run, SETTLED)


def _lost_output(run: Monthly) -> Array:
    """Output lost from the second year on, bn USD, (draw,)."""
    yearly = gdp_usd_bn() * np.array(run.days) / DAYS_PER_YEAR
    return _sum(-run.values[OUTPUT] / 100.0 * yearly, run, SETTLED)
