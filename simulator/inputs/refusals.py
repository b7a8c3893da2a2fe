"""What the file's form allows and the market does not: found in the tables, without any arithmetic on arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from simulator import datasets
from simulator.axes import CHINA_SEGMENTS
from simulator.errors import InputError, Problem
from simulator.scenario import Distribution, Scenario
from simulator.scenario.shocks import Tariff

BUYER_PARAMETERS = ("dispersion_within_usd_bbl", "dispersion_across_usd_bbl", "demand_elasticity_month")
"""Parameters a scenario may set for one buyer alone, as `name.buyer`."""

ROUNDING = 1e-9


def refuse_impossible(scenario: Scenario) -> None:
    """Refuse to take away more than there is, to push a duty below 0, to set what nobody hears.

    Raises
    ------
    InputError : every such shock and parameter at once, at its place in the file.
    """
    problems = [*_deaf_overrides(scenario), *_too_much(scenario), *_duties_below_zero(scenario)]
    if problems:
        raise InputError(problems)


def _deaf_overrides(scenario: Scenario) -> Iterator[Problem]:
    """Overrides for one buyer of a parameter that all buyers share: they would change nothing."""
    allowed = ", ".join(f"{name}.BUYER" for name in BUYER_PARAMETERS)
    for name in scenario.parameters:
        if "." in name and name.partition(".")[0] not in BUYER_PARAMETERS:
            yield scenario.problem(f"parameters.{name}", "is the same for all buyers", allowed=allowed)


def _too_much(scenario: Scenario) -> Iterator[Problem]:
    """Losses above exports, lost capacity above capacity, less demand than nothing."""
    capacity = {row["stream"]: row["capacity_kbd"] for row in datasets.table("supply").rows}
    flows = _flows(scenario.baseline)
    imported = _imports(scenario.baseline, flows)
    for index, shock in enumerate(scenario.shocks):
        streams = set(datasets.vocabulary().expand_streams(getattr(shock, "streams", None) or ()))
        buyers = datasets.vocabulary().expand_buyers(getattr(shock, "buyers", None) or ())
        path = f"shocks.{index}"
        loss, change = (_number(shock, key) for key in ("loss_kbd", "change_kbd"))
        exports = sum(row["kbd"] for row in flows if row["stream"] in streams)
        if loss and loss.high > exports:
            what = f"is more than these streams export, {exports:,.0f} kb/d"
            yield scenario.problem(f"{path}.loss_kbd", what, given=f"{loss.high:g}")
        if change and shock.type == "capacity":
            # Split by base flow, the loss can exceed one stream's capacity while the total is there.
            taken = {s: -change.low * _exports(flows, s) / exports for s in streams} if exports else {}
            if any(kbd > capacity[stream] for stream, kbd in taken.items()):
                what = f"takes away more capacity than there is, {sum(capacity[s] for s in streams):,.0f} kb/d in all"
                yield scenario.problem(f"{path}.change_kbd", what, given=f"{change.low:g}")
        imports = sum(imported[buyer] for buyer in buyers)
        if change and shock.type == "demand" and -change.low > imports:
            what = f"takes away more than these buyers import, {imports:,.0f} kb/d"
            yield scenario.problem(f"{path}.change_kbd", what, given=f"{change.low:g}")


def _duties_below_zero(scenario: Scenario) -> Iterator[Problem]:
    """Tariff cuts that leave a duty below 0, alone or with those before them."""
    for key in ("rate", "usd_bbl"):
        left: dict[tuple[str, str], float] = defaultdict(float)
        for row in datasets.table("duties").where(baseline=datasets.about(scenario.baseline)["prices_of"]):
            for buyer in datasets.vocabulary().expand_buyers([row["buyer"]]):
                left[buyer, row["stream"]] = row[key]
        in_force = dict(left)
        for index, shock in enumerate(scenario.shocks):
            duty = _number(shock, key)
            if duty is None or not isinstance(shock, Tariff):
                continue
            pairs = [
                (buyer, stream)
                for buyer in datasets.vocabulary().expand_buyers(shock.buyers)
                for stream in datasets.vocabulary().expand_streams(shock.streams)
            ]
            for pair in pairs:
                left[pair] += duty.low
            below = [pair for pair in pairs if left[pair] < -ROUNDING]
            if below:
                buyer, stream = below[0]
                buyer = "china" if {(segment, stream) for segment in CHINA_SEGMENTS} <= set(below) else buyer
                what = f"leaves a duty below 0 for {buyer} on {stream}, where {in_force.get(below[0], 0):g} is in force"
                yield scenario.problem(f"shocks.{index}.{key}", what, given=f"{duty.low:g}")


def _flows(baseline: str) -> tuple[datasets.Row, ...]:
    return datasets.flows(baseline).rows


def _exports(flows: Iterable[datasets.Row], stream: str) -> float:
    return sum(row["kbd"] for row in flows if row["stream"] == stream)


def _imports(baseline: str, flows: Iterable[datasets.Row]) -> dict[str, float]:
    """Imports of every buyer, kb/d; China's in its segments."""
    found: dict[str, float] = defaultdict(float)
    for row in flows:
        found[row["buyer"]] += row["kbd"]
    for row in datasets.segments(baseline).rows:
        for segment in CHINA_SEGMENTS:
            found[segment] += row[f"{segment}_kbd"]
    return found


def _number(shock: Any, key: str) -> Distribution | None:
    value = getattr(shock, key, None)
    return value if isinstance(value, Distribution) else None
