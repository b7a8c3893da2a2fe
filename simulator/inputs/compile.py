"""From a checked scenario to numbers: names resolved, ranges drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulator import datasets
from simulator.axes import BUYERS
from simulator.inputs.baseline import Baseline
from simulator.inputs.calibration import by_buyer
from simulator.inputs.draws import Block, Range, draw, from_normal_score
from simulator.inputs.fitted import TABLE, Fitted
from simulator.inputs.measures import Measure
from simulator.inputs.together import joint_scores
from simulator.scenario import Distribution, Scenario
from simulator.scenario.keys import limits

Array = NDArray[np.float64]

Numbers = dict[str, Range]


def uncertain(scenario: Scenario) -> tuple[Numbers, Numbers]:
    """Every number of a run as a range: parameters by name, and numbers of the shocks by path.

    The user's values replace those of the data; `name.buyer` stands beside `name` for one buyer.
    """
    rows = {row["name"]: row for row in datasets.table("parameters").rows}
    parameters = parameter_ranges()
    for name in scenario.parameters:
        # What is said for all buyers holds for those too that have a row of their own.
        parameters = {known: r for known, r in parameters.items() if known.partition(".")[0] != name or known == name}
    for name, given in scenario.parameters.items():
        row = rows.get(name) or rows[name.partition(".")[0]]
        parameters[name] = replace(_from_table(row, given.low, given.mid, given.high), shape=given.shape)
    shocks = {
        f"shocks.{i}.{key}": _from_scenario(value, shock.type, key)
        for i, shock in enumerate(scenario.shocks)
        for key, value in shock
        if isinstance(value, Distribution)
    }
    return parameters, shocks


def parameter_ranges() -> Numbers:
    """Every parameter of the data with its range."""
    rows = datasets.table("parameters").rows
    return {row["name"]: _from_table(row, row["low"], row["mid"], row["high"]) for row in rows}


def compile_block(
    scenario: Scenario,
    base: Baseline,
    numbers: tuple[Numbers, Numbers],
    block: Block,
    fitted: Fitted | None = None,
    held: Mapping[str, Array] | None = None,
) -> tuple[dict[str, Array], tuple[Measure, ...]]:
    """Draw a block's parameters and turn the shocks into measures.

    Parameters
    ----------
    fitted : parameters drawn together, but for those the scenario overrides; None: each on its own
    held : numbers that are not drawn but given, name or path -> (draw,); each must be among `numbers`
    """
    told = held or {}
    joint = fitted.draw(block, numbers[0].keys() - scenario.parameters.keys() - told.keys()) if fitted else {}
    scores = joint_scores(scenario.correlations, block)
    drawn, given = (
        {name: told[name] if name in told else _draw(name, r, block, scores) for name, r in part.items()}
        for part in ({name: r for name, r in numbers[0].items() if name not in joint}, numbers[1])
    )
    drawn |= joint
    words = datasets.vocabulary()
    measures: list[Measure] = []
    for i, shock in enumerate(scenario.shocks):
        prefix = f"shocks.{i}."
        keys = {path.removeprefix(prefix): v for path, v in given.items() if path.startswith(prefix)}
        half_life = keys.get("half_life_months", drawn["workaround_half_life_months"])
        since = np.array(scenario.months_since_full(shock), dtype=float)
        measure = Measure(
            kind=shock.type,
            streams=base.labels.stream_mask(words.expand_streams(getattr(shock, "streams", ()))),
            buyers=_buyers(words.expand_buyers(getattr(shock, "buyers", None) or ())),
            except_streams=base.labels.stream_mask(words.expand_streams(getattr(shock, "except_streams", ()))),
            chokepoint=getattr(shock, "chokepoint", ""),
            fleet=getattr(shock, "fleet", ""),
            coalition=getattr(shock, "coalition", ()),
            response=getattr(shock, "response", ""),
            commodity=getattr(shock, "commodity", ""),
            days=tuple(month.days for month in scenario.calendar),
            first_month=scenario.span(shock)[0] - scenario.start,
            strength=scenario.strength(shock),
            workaround=0.5 ** (since[:, None] / half_life),
            numbers=keys,
        )
        measures += [measure] if "exposed_share" not in keys else _as_before(measure, drawn, since)
    return {**drawn, **given}, tuple(measures)


def _as_before(measure: Measure, drawn: Mapping[str, Array], since: Array) -> list[Measure]:
    """A sanction whose effect is left to experience, buyer by buyer: how many stop, and what the rest fear.

    Those of whom experience says that they stop come back at a pace of their own, unless the scenario gives one.
    """
    exposed = measure.value("exposed_share")
    complying, risk = (by_buyer(drawn, name) for name in ("compliance_share", "sanction_risk_usd_bbl"))
    gone = measure.workaround
    if not (measure.has("half_life_months") or measure.has("leave_share")):
        gone = 0.5 ** (since[:, None] / drawn["return_half_life_months"])
    found = []
    for b in np.flatnonzero(measure.buyers).tolist():
        buyer = np.arange(len(BUYERS)) == b
        leaving = measure.numbers.get("leave_share", exposed * complying[:, b])
        feared = measure.numbers.get("risk_usd_bbl", exposed * risk[:, b])
        found += [
            replace(measure, buyers=buyer, workaround=gone, numbers={"leave_share": leaving}),
            replace(measure, buyers=buyer, numbers={"risk_usd_bbl": feared}),
        ]
    return found


def names_drawn(scenario: Scenario, numbers: tuple[Numbers, Numbers], fitted: Fitted) -> tuple[str, ...]:
    """Everything a run takes random numbers for: parameters by name, then what belongs to this scenario alone."""
    parameters, shocks = numbers
    joint = set(fitted.names) & parameters.keys() - scenario.parameters.keys()
    alone = {name for name, one in parameters.items() if not one.is_constant} - joint
    own = {name for name, one in shocks.items() if not one.is_constant}
    return (*sorted(alone | ({TABLE} if joint else set())), *sorted(own))


def opened_pairs(scenario: Scenario, base: Baseline, numbers: Numbers) -> NDArray[np.bool_]:
    """Pairs without base flow that a shock of this scenario opens: (buyer, stream)."""
    words = datasets.vocabulary()
    opened = np.zeros(base.flow_kbd.shape, dtype=bool)
    for i, shock in enumerate(scenario.shocks):
        streams = base.labels.stream_mask(words.expand_streams(getattr(shock, "streams", ())))
        buyers = _buyers(words.expand_buyers(getattr(shock, "buyers", None) or ()))
        change, risk = (numbers.get(f"shocks.{i}.{key}") for key in ("change_kbd", "risk_usd_bbl"))
        if shock.type == "capacity" and change and change.highest > 0:
            opened |= base.pairs.unused & streams
        if risk and risk.lowest < 0:
            opened |= base.pairs.barred & np.outer(buyers, streams)
        if shock.type == "tariff":
            opened |= base.pairs.unused & (base.duty_free_flow_kbd > 0) & np.outer(buyers, streams)
        if shock.type == "purchase_commitment":
            opened |= base.pairs.unused & np.outer(buyers, streams)
    return opened


def _draw(name: str, uncertain: Range, block: Block, scores: Mapping[str, Array]) -> Array:
    """One number's values: from scores it shares with others where it is correlated, else by itself."""
    return from_normal_score(scores[name], uncertain) if name in scores else draw(name, uncertain, block)


def _buyers(names: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([buyer in names for buyer in BUYERS])


def _from_table(row: Mapping[str, object], low: float, mid: float, high: float) -> Range:
    return Range(
        low, mid, high, float(str(row["minimum"])), float(str(row["maximum"])), row["scale"] == "log" and low > 0
    )


def _from_scenario(value: Distribution, kind: str, key: str) -> Range:
    legal = limits(kind, key)
    in_logs = legal.log and value.low > 0 and math.isfinite(value.high)
    return Range(value.low, value.mid, value.high, legal.minimum, legal.maximum, in_logs, value.shape)
