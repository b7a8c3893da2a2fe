"""A threat of tariffs on all goods: what defying costs, what complying costs, and where the two meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from simulator.outcomes.outcome import Outcome

Array = NDArray[np.float64]

DEEPEST_LOSS_SHARE = 0.04254
"""A: GDP lost at an infinite tariff on the reference exports (fitted to Goldman Sachs, April 2025)."""
STEEPNESS = 1.165
"""s of the same fit: 2.4 % of GDP at 104 %, 2.6 % at 125 %."""
REFERENCE_EXPORTS_USD_BN, REFERENCE_GDP_USD_BN, REFERENCE_TOTAL_USD_BN = 525.0, 18_750.0, 3_575.0
REFERENCE_DIVERSION_SHARE = 0.3


@dataclass(frozen=True)
class Threat:
    """What China stands to lose.

    exports_usd_bn : (draw,) goods exports to the coalition a year, at the duty in force
    total_exports_usd_bn, gdp_usd_bn : of all goods; a year
    existing_rate, added_rate, diversion_share, enforcement_probability : (draw,)
    """

    exports_usd_bn: Array
    total_exports_usd_bn: float
    gdp_usd_bn: float
    existing_rate: Array
    added_rate: Array
    diversion_share: Array
    enforcement_probability: Array


def deepest_loss_usd_bn(threat: Threat) -> Array:
    """Y A b: income lost a year were the tariff without bounds, (draw,) bn USD.

    Notes
    -----
    b = (X/Y) / (525/18,750) x (1-d)/(1-d_ref),  d = d0 (1 - X/X_total): the wider the coalition, the less is diverted.
    """
    diverted = threat.diversion_share * (1.0 - threat.exports_usd_bn / threat.total_exports_usd_bn)
    at_reference = REFERENCE_DIVERSION_SHARE * (1.0 - REFERENCE_EXPORTS_USD_BN / REFERENCE_TOTAL_USD_BN)
    exposure = threat.exports_usd_bn / threat.gdp_usd_bn / (REFERENCE_EXPORTS_USD_BN / REFERENCE_GDP_USD_BN)
    return threat.gdp_usd_bn * DEEPEST_LOSS_SHARE * exposure * (1.0 - diverted) / (1.0 - at_reference)


def lost_income_usd_bn(threat: Threat) -> Array:
    """L(tau): income lost a year if the added tariff is imposed, (draw,) bn USD.

    Notes
    -----
    L = Y A b { 1 - [(1+tau0+tau)/(1+tau0)]^(-s) }: concave, bounded, zero without an added tariff.
    """
    ratio = 1.0 + threat.added_rate / (1.0 + threat.existing_rate)
    return deepest_loss_usd_bn(threat) * (1.0 - ratio**-STEEPNESS)


def breakeven_probability(threat: Threat, comply_cost_usd_bn: Array) -> Array:
    """Enforcement probability at which complying becomes cheaper: (draw,), 0 where it costs nothing, inf if never.

    Oil alone is counted, not what yielding itself costs a state.
    """
    needed = np.maximum(comply_cost_usd_bn, 0.0) / np.maximum(lost_income_usd_bn(threat), 1e-12)
    return np.where(needed > 1.0, np.inf, needed)


def breakeven_rate(threat: Threat, comply_cost_usd_bn: Array) -> Array:
    """Added tariff at which complying becomes cheaper: (draw,), 0 where it costs nothing, inf if never. Oil alone.

    Notes
    -----
    tau* = (1+tau0) { [1 - dC/(pi Y A b)]^(-1/s) - 1 }
    """
    reach = threat.enforcement_probability * deepest_loss_usd_bn(threat)
    used = np.maximum(comply_cost_usd_bn, 0.0) / np.maximum(reach, 1e-12)
    rate = (1.0 + threat.existing_rate) * (np.maximum(1.0 - used, 1e-300) ** (-1.0 / STEEPNESS) - 1.0)
    return np.where(used < 1.0, rate, np.inf)


def comply_probability(threat: Threat, comply_cost_usd_bn: Array, pride_usd_bn: Array, doubt_usd_bn: Array) -> Array:
    """How likely China complies, (draw,): logistic in what it would save, for states do not count to the dollar.

    pride_usd_bn is what yielding costs beside oil (Z), doubt_usd_bn how blurred the comparison is.
    """
    saved = threat.enforcement_probability * lost_income_usd_bn(threat) - comply_cost_usd_bn - pride_usd_bn
    return expit(saved / doubt_usd_bn)


BARGAIN = (
    "comply_cost_usd_bn",
    "defy_cost_usd_bn",
    "comply_probability",
    "breakeven_rate",
    "breakeven_enforcement",
    "share_without_breakeven",
)
"""What a bargain is told in, a year."""


@dataclass(frozen=True)
class Bargain:
    """A threat against what complying costs.

    threats : by coalition; the first is the one of the scenario
    comply_cost_usd_bn : (draw,) dC, what oil costs China more a year when it complies; below 0 it saves
    pride_usd_bn, doubt_usd_bn : (draw,) what yielding costs beside oil; how blurred the comparison is
    """

    threats: dict[str, Threat]
    comply_cost_usd_bn: Array
    pride_usd_bn: Array
    doubt_usd_bn: Array

    @property
    def threat(self) -> Threat:
        """The threat of the scenario."""
        return next(iter(self.threats.values()))

    def gives_in(self, response: str) -> NDArray[np.bool_]:
        """Draws in which China complies: (draw,).

        `least_cost` is a benchmark, not a forecast: it gives in where the expected loss exceeds the cost of oil and
        what yielding itself costs.
        """
        if response != "least_cost":
            return np.full(len(self.comply_cost_usd_bn), response == "comply")
        expected = self.threat.enforcement_probability * lost_income_usd_bn(self.threat)
        return expected > self.comply_cost_usd_bn + self.pride_usd_bn

    def outcomes(self) -> tuple[Outcome, ...]:
        """The bargain in figures a year."""
        threat, cost = self.threat, self.comply_cost_usd_bn
        rate = breakeven_rate(threat, cost)
        figures = (
            cost,
            threat.enforcement_probability * lost_income_usd_bn(threat),
            comply_probability(threat, cost, self.pride_usd_bn, self.doubt_usd_bn),
            rate,
            breakeven_probability(threat, cost),
            (~np.isfinite(rate)).astype(float),
        )
        return tuple(
            Outcome(name, "total", ("total",), values[:, None]) for name, values in zip(BARGAIN, figures, strict=True)
        )


def joined(parts: Sequence[Bargain]) -> Bargain:
    """The bargains of several blocks as one."""
    first = parts[0]
    threats = {
        name: replace(
            threat,
            **{key: np.concatenate([getattr(part.threats[name], key) for part in parts]) for key in DRAWN},  # type: ignore[arg-type]
        )
        for name, threat in first.threats.items()
    }
    return Bargain(
        threats,
        *(
            np.concatenate([getattr(part, key) for part in parts])
            for key in ("comply_cost_usd_bn", "pride_usd_bn", "doubt_usd_bn")
        ),
    )


def only_draws(bargain: Bargain, keep: NDArray[np.bool_]) -> Bargain:
    """The same bargain for some of its draws."""
    threats = {
        name: replace(threat, **{key: getattr(threat, key)[keep] for key in DRAWN})
        for name, threat in bargain.threats.items()
    }
    figures = (bargain.comply_cost_usd_bn, bargain.pride_usd_bn, bargain.doubt_usd_bn)
    return Bargain(threats, *(values[keep] for values in figures))


DRAWN = ("exports_usd_bn", "existing_rate", "added_rate", "diversion_share", "enforcement_probability")


def order_statistics(values: Array, levels: Sequence[float]) -> list[float]:
    """Quantiles that are values of draws, and NaN where they fall among those that are out of reach (infinite)."""
    ordered = np.sort(values)
    picked = [float(ordered[max(int(np.ceil(level * len(ordered))) - 1, 0)]) for level in levels]
    return [value if np.isfinite(value) else float("nan") for value in picked]
