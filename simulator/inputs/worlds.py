"""A secondary tariff splits the future in two: China gives the oil up, or it does not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.axes import BUYERS
from simulator.inputs.baseline import CHINA, Baseline
from simulator.inputs.bounds import THRESHOLD
from simulator.inputs.draws import Block, Range, draw
from simulator.inputs.measures import Measure
from simulator.outcomes.bargain import Threat
from simulator.scenario import Scenario

Array = NDArray[np.float64]

SECONDARY_TARIFF = "secondary_tariff"
USUAL_COALITIONS = (("us",), ("us", "eu"))
COALITION_BUYERS = {"us": "united_states", "eu": "europe"}


@dataclass(frozen=True)
class Worlds:
    """The measures in force if China complies and if it defies, and what it is threatened with, by coalition.

    The scenario's own coalition comes first; then those a reader will ask about.
    """

    comply: tuple[Measure, ...]
    defy: tuple[Measure, ...]
    threats: dict[str, Threat]
    response: str


def worlds(base: Baseline, measures: tuple[Measure, ...], drawn: dict[str, Array], block: Block) -> Worlds | None:
    """Both worlds, or None where nobody is threatened.

    The other buyers under threat (all but China and the coalition) do the same in both.
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
    china = np.arange(len(BUYERS)) < CHINA.stop
    if asked.value("threshold_kbd").any():
        stop = replace(asked, kind=THRESHOLD, buyers=china)
    else:
        stop = replace(asked, kind="embargo", buyers=china)
    coalitions = dict.fromkeys([tuple(sorted(set(asked.coalition), reverse=True)), *USUAL_COALITIONS])
    threats = {" and ".join(members): _threat(base, asked, members, (drawn, block)) for members in coalitions}
    return Worlds((*defy, stop), defy, threats, asked.response)


def rate_names(scenario: Scenario) -> tuple[str, ...]:
    """Names under which duties in force are drawn: none where nobody is threatened."""
    threatened = any(shock.type == SECONDARY_TARIFF for shock in scenario.shocks)
    return tuple(_rate_name(member) for member in COALITION_BUYERS) if threatened else ()


def _rate_name(member: str) -> str:
    return f"existing_rate.{member}"


def _threat(
    base: Baseline, asked: Measure, coalition: tuple[str, ...], where: tuple[dict[str, Array], Block]
) -> Threat:
    drawn, block = where
    economy = {row["item"]: row["value"] for row in datasets.table("china_economy").rows}
    name = base.name if base.name in datasets.table("coalition").column("baseline") else DEFAULT_BASELINE
    members = [row for row in datasets.table("coalition").where(baseline=name) if row["member"] in coalition]
    exports = sum(row["exports_usd_bn"] for row in members)
    rates = [
        draw(
            _rate_name(row["member"]),
            Range(row["existing_low"], row["existing_rate"], row["existing_high"], 0.0, 10.0),
            block,
        )
        for row in members
    ]
    mean_rate = sum(row["exports_usd_bn"] * rate for row, rate in zip(members, rates, strict=True)) / exports
    diversion = asked.value("diversion_share") if asked.has("diversion_share") else drawn["diversion_share"]
    return Threat(
        exports_usd_bn=np.full(block.size, exports),
        total_exports_usd_bn=economy["exports_usd_bn"],
        gdp_usd_bn=economy["gdp_usd_bn"],
        existing_rate=asked.value("existing_rate") if asked.has("existing_rate") else mean_rate,
        added_rate=asked.value("rate"),
        diversion_share=diversion,
        enforcement_probability=asked.value("enforcement_probability"),
    )


DEFAULT_BASELINE = "2025"
"""Whose exports and duties count for a baseline that the user built."""
