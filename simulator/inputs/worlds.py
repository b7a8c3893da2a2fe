"""A secondary tariff splits the future in two: China gives the oil up, or it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.axes import BUYERS
from simulator.cells import Row
from simulator.inputs.baseline import CHINA, Baseline
from simulator.inputs.bounds import THRESHOLD
from simulator.inputs.draws import Range
from simulator.inputs.measures import Measure
from simulator.outcomes.bargain import Threat
from simulator.scenario import Scenario

Array = NDArray[np.float64]

SECONDARY_TARIFF = "secondary_tariff"
USUAL_COALITIONS = (("us",), ("us", "eu"))
COALITION_BUYERS = {"us": "united_states", "eu": "europe"}
OUT_OF_REACH_KBD = 1e9
"""A bound on purchases that never binds."""


@dataclass(frozen=True)
class Worlds:
    """The measures in force if China complies and if it defies, and what it is threatened with, by coalition.

    The scenario's own coalition comes first; then those a reader will ask about.
    """

    comply: tuple[Measure, ...]
    defy: tuple[Measure, ...]
    threats: dict[str, Threat]
    response: str


def existing_rates(scenario: Scenario, base: Baseline) -> dict[str, Range]:
    """The duties in force, `existing_rate.MEMBER`, where somebody threatens and the scenario does not say them."""
    threats = [shock for shock in scenario.shocks if shock.type == SECONDARY_TARIFF]
    if all(getattr(shock, "existing_rate", None) is not None for shock in threats):
        return {}
    return {f"existing_rate.{row['member']}": _rate(row) for row in coalition(base)}


def coalition(base: Baseline) -> tuple[Row, ...]:
    """What is known of those who may threaten, in the year of a baseline."""
    table = datasets.table("coalition")
    return table.where(baseline=base.name if base.name in table.column("baseline") else DEFAULT_BASELINE)


def worlds(base: Baseline, measures: tuple[Measure, ...], drawn: Mapping[str, Array]) -> Worlds | None:
    """Both worlds, or None where nobody is threatened.

    The other buyers under threat (all but China and the coalition) do the same in both.

    Parameters
    ----------
    drawn : the parameters, and `existing_rates` where there are any, (draw,)
    """
    asked = next((measure for measure in measures if measure.kind == SECONDARY_TARIFF), None)
    if asked is None:
        return None
    coalition = [COALITION_BUYERS[member] for member in asked.coalition]
    others = np.array([buyer not in coalition for buyer in BUYERS])
    others[CHINA] = False
    for_ever = np.ones_like(asked.workaround)
    leave = replace(
        asked, kind="sanction", buyers=others, workaround=for_ever, numbers={"leave_share": asked.value("others")}
    )
    defy = (*measures, leave)
    coalitions = dict.fromkeys([tuple(sorted(set(asked.coalition), reverse=True)), *USUAL_COALITIONS])
    threats = {" and ".join(members): _threat(base, asked, members, drawn) for members in coalitions}
    return Worlds((*defy, *_giving_up(asked)), defy, threats, asked.response)


def _giving_up(asked: Measure) -> tuple[Measure, ...]:
    """What China does when it complies: it leaves where it may buy nothing, and keeps a bound where it may buy some.

    Draws with a threshold of 0 and others may stand beside each other in a block; neither must change the other.
    """
    china = np.arange(len(BUYERS)) < CHINA.stop
    threshold = asked.value("threshold_kbd")
    nothing = threshold == 0
    if nothing.all():
        return (replace(asked, kind="embargo", buyers=china),)
    bound = replace(asked, kind=THRESHOLD, buyers=china)
    if not nothing.any():
        return (bound,)
    for_ever = np.ones_like(asked.workaround)
    leave = replace(
        asked, kind="sanction", buyers=china, workaround=for_ever, numbers={"leave_share": nothing.astype(float)}
    )
    some = {**asked.numbers, "threshold_kbd": np.where(nothing, OUT_OF_REACH_KBD, threshold)}
    return leave, replace(bound, numbers=some)


def _threat(base: Baseline, asked: Measure, names: tuple[str, ...], drawn: Mapping[str, Array]) -> Threat:
    economy = {row["item"]: row["value"] for row in datasets.table("china_economy").rows}
    members = [row for row in coalition(base) if row["member"] in names]
    exports = sum(row["exports_usd_bn"] for row in members)
    if asked.has("existing_rate"):
        rate = asked.value("existing_rate")
    else:
        rate = sum(row["exports_usd_bn"] * drawn[f"existing_rate.{row['member']}"] for row in members) / exports
    return Threat(
        exports_usd_bn=np.full(len(rate), exports),
        total_exports_usd_bn=economy["exports_usd_bn"],
        gdp_usd_bn=economy["gdp_usd_bn"],
        existing_rate=rate,
        added_rate=asked.value("rate"),
        diversion_share=asked.value("diversion_share") if asked.has("diversion_share") else drawn["diversion_share"],
        enforcement_probability=asked.value("enforcement_probability"),
    )


def _rate(row: Row) -> Range:
    return Range(row["existing_low"], row["existing_rate"], row["existing_high"], 0.0, 10.0)


DEFAULT_BASELINE = "2025"
"""Whose exports and duties count for a baseline that the user built."""
