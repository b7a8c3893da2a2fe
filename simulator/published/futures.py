"""Drawn futures as ordinary scenario files, and how often they hold what the experts thought likely."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from simulator import datasets
from simulator.errors import InputError, Problem, nearest
from simulator.inputs.baseline import OUTLETS, baseline
from simulator.keeping import write_texts
from simulator.market.chokepoints import open_capacity
from simulator.published.hazards import MONTHS, Futures, Source
from simulator.scenario.fields import EARLIEST, LATEST
from simulator.scenario.values import Month

STRAIT = "strait"
LEAST_WRITTEN_KBD = 100.0
"""Smaller events are left out of the files: the market would not feel them."""
CLOSURES = 2001
"""Steps in which the share closed is looked for."""


@dataclass(frozen=True)
class Odds:
    """One kind of disruption: simulated and published probability of at least one in ten years, 0-1."""

    check: str
    loss_kbd: float
    months: int
    simulated: float
    published: float
    standard_error: float

    @property
    def within(self) -> bool:
        """Whether the two are no more than two standard errors of as many independent futures apart."""
        return abs(self.simulated - self.published) <= 2.0 * self.standard_error


def odds(drawn: Futures) -> list[Odds]:
    """Every published probability beside the share of drawn futures."""
    count = len(drawn.spare_kbd)
    found = []
    for row in datasets.table("hazard_odds").rows:
        name, chance = row["check"], row["probability"]
        share = drawn.share_hit(name) if name.startswith(STRAIT) else drawn.share_with(row["loss_kbd"], row["months"])
        error = float(np.sqrt(chance * (1.0 - chance) / count))
        found.append(Odds(name, row["loss_kbd"], row["months"], share, chance, error))
    return found


def write_futures(drawn: Futures, most: int, baseline_name: str, start: str, folder: Path) -> list[Path]:
    """Write the first futures as scenarios of ten years, `future_00001.yaml` and so on.

    A region's event is a supply_outage by the share of its exports that is lost, so events that meet multiply; a
    strait's is a closure with the stated loss after bypass. Spare capacity is not in the file: sellers of the
    market answer by themselves.

    Raises
    ------
    InputError : there is no such baseline or month, or the folder cannot be written to.
    """
    _refuse_unknown(baseline_name, start)
    closures = {s.name: closed_share(baseline_name, s) for s in drawn.hazards.sources if s.is_strait}
    texts = {}
    for number in range(min(most, len(drawn.spare_kbd))):
        document = _document(drawn, number, baseline_name, start, closures)
        texts[f"future_{number + 1:05d}.yaml"] = yaml.safe_dump(document, sort_keys=False, width=110)
    return write_texts(folder, texts)


def _refuse_unknown(baseline_name: str, start: str) -> None:
    problems = []
    known = datasets.vocabulary().baselines
    if baseline_name not in known:
        what, allowed, meant = "there is no such baseline", ", ".join(known), nearest(baseline_name, known)
        problems.append(Problem("--baseline", what, given=baseline_name, allowed=allowed, meant=meant))
    try:
        fine = EARLIEST <= Month.parse(start) <= LATEST
    except ValueError:
        fine = False
    if not fine:
        problems.append(Problem("--start", "is not a month", given=start, allowed=f"{EARLIEST} to {LATEST}"))
    if problems:
        raise InputError(problems)


def closed_share(baseline_name: str, strait: Source) -> float:
    """Part of normal traffic that must stop for the loss of a strait's event, after bypass; 1 if all is not enough."""
    base = baseline(baseline_name)
    outlet = OUTLETS.index(strait.streams[0])
    exposed, bypass = base.geography.outlet_exposed_share[outlet], base.geography.outlet_bypass_kbd[outlet]
    share = np.linspace(0.0, 1.0, CLOSURES)[:, None]
    left = np.minimum(open_capacity(base.capacity_kbd, exposed, bypass, share), base.exports_kbd)
    lost = (base.exports_kbd - left).sum(axis=1)
    return float(share[min(int(np.searchsorted(lost, strait.fixed_kbd)), CLOSURES - 1), 0])


def _document(
    drawn: Futures, number: int, baseline_name: str, start: str, closures: dict[str, float]
) -> dict[str, Any]:
    events, first = drawn.events, Month.parse(start)
    own = np.flatnonzero((events.future == number) & (events.loss_kbd >= LEAST_WRITTEN_KBD))
    own = own[np.argsort(events.start[own], kind="stable")]
    shocks = []
    for event in own:
        source = drawn.hazards.sources[events.source[event]]
        begins = int(events.start[event])
        ends = min(begins + int(events.months[event]), MONTHS) - 1
        what = _strait(source, closures) if source.is_strait else _region(source, float(events.loss_kbd[event]))
        shocks.append({**what, "start": str(first + begins), "end": str(first + ends)})
    missing = drawn.net_kbd[number]
    return {
        "schema": 1,
        "name": f"Future {number + 1}",
        "summary": f"{len(shocks)} disruptions in ten years; at most {missing.max():,.0f} kb/d missing after offsets.",
        "baseline": baseline_name,
        "start": start,
        "months": MONTHS,
        "note": f"Drawn from data/hazards.csv. Spare capacity of this future: {drawn.spare_kbd[number]:,.0f} kb/d.",
        "shocks": shocks,
    }


def _region(source: Source, loss_kbd: float) -> dict[str, Any]:
    share = round(loss_kbd / source.exports_kbd, 4)
    note = f"{source.name}: {loss_kbd:,.0f} of {source.exports_kbd:,.0f} kb/d"
    return {"type": "supply_outage", "streams": list(source.streams), "loss_share": share, "note": note}


def _strait(source: Source, closures: dict[str, float]) -> dict[str, Any]:
    note = f"{source.fixed_kbd:,.0f} kb/d after bypass"
    return {
        "type": "chokepoint",
        "chokepoint": source.streams[0],
        "closed_share": round(closures[source.name], 4),
        "note": note,
    }
