"""Where a result comes from: enough to get the same numbers again, and to see what they rest on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator import __version__, datasets, machine, verification
from simulator.axes import DRAW_BLOCK
from simulator.blocks import Plan
from simulator.checkout import checkout, sources
from simulator.inputs.baseline import Baseline
from simulator.inputs.draws import Range
from simulator.inputs.worlds import coalition
from simulator.market.clearing import TOLERANCE
from simulator.scenario import to_document

if TYPE_CHECKING:
    from simulator.collector import Collector


@dataclass(frozen=True)
class Sample:
    """Which draws a run took: so many, from these random numbers; `draw`: that one of them alone."""

    draws: int
    seed: int
    sampling: str
    draw: int | None = None


@dataclass(frozen=True)
class Background:
    """What many runs of one program with the same tables and parameters have in common; see `manifest`."""

    program: dict[str, Any]
    data: dict[str, str]
    parameters_sha256: str
    guessed: dict[str, float]

    @classmethod
    def of(cls, plan: Plan) -> Background:
        """As it is now."""
        baseline = plan.scenario.baseline
        return cls(program(), digests(baseline), parameters_digest(plan), guessed(baseline))


def manifest(plan: Plan, sample: Sample, collector: Collector, known: Background | None = None) -> dict[str, Any]:
    """What was run, on which data, how exactly: what `program` and `digests` say, and

    `scenario` and its digest; `parameters_sha256`, see there; `sampling`, where random numbers come from; `bands`,
    whether quantiles are order statistics of all draws or read off histograms; `guessed`, how much of the input has no
    source; `unconverged_draws`, every draw that was left out.

    Parameters
    ----------
    known : the background, where it has been looked up before; None: it is now
    """
    scenario, behind = plan.scenario, known or Background.of(plan)
    document = to_document(scenario)
    return {
        **behind.program,
        "scenario": document,
        "scenario_sha256": scenario_digest(document),
        "data": behind.data,
        "parameters_sha256": behind.parameters_sha256,
        "draws": sample.draws,
        **({} if sample.draw is None else {"draw": sample.draw}),
        "seed": sample.seed,
        "sampling": sample.sampling,
        **({"sampling_note": "bands settle best at powers of two"} if sample.sampling == "sobol" else {}),
        "draw_block": DRAW_BLOCK,
        "solver": {"tolerance": TOLERANCE, "largest_residual": collector.residual_share},
        "bands": "order statistics of all draws" if collector.exact_bands else "histograms of all draws",
        "guessed": behind.guessed,
        "unconverged_draws": [failure.document(scenario.month_labels) for failure in collector.failed],
    }


def origin(*baselines: str, **numbers: int) -> dict[str, Any]:
    """Where any other figures come from: the program, the machine, the tables, and numbers such as draws and seed."""
    data = digests(*baselines)
    return {**program(), "data": data, **numbers, "solver": {"tolerance": TOLERANCE}}


def program() -> dict[str, Any]:
    """What computed a figure: the same wherever and whenever this program runs on such a machine.

    `commit` is None where the program was installed and not checked out, `code_changed` whether its files differ from
    that commit's, `release` whether it is the tagged one of this version.
    """
    here = checkout(Path(__file__).parent)
    return {
        "version": __version__,
        "commit": here.commit if here else None,
        "code_changed": here.changed if here else None,
        "release": here.release if here else None,
        "code_sha256": code_digest(),
        "libraries": machine.libraries(),
        "blas": machine.blas(),
        "machine": machine.python(),
        "processor": machine.processor(),
    }


def scenario_digest(document: object) -> str:
    """sha256 of a scenario as plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def parameters_digest(plan: Plan) -> str:
    """sha256 of the parameters in force: the range of each, the scenario's own included, and those fitted together."""
    ranges = {name: _range(one) for name, one in sorted(plan.numbers[0].items())}
    whole = hashlib.sha256(json.dumps([ranges, plan.fitted.names]).encode())
    for values in (plan.fitted.values, plan.fitted.weight):
        whole.update(values.astype("<f8").tobytes())
    return whole.hexdigest()


def _range(one: Range) -> list[object]:
    shape = None if one.shape is None else one.shape.plain()
    return [one.low, one.mid, one.high, one.minimum, one.maximum, one.in_logs, shape]


def digests(*baselines: str) -> dict[str, str]:
    """sha256 of every shipped table, and of those in the baselines' own folders as `NAME/TABLE`."""
    found = {name: datasets.table(name).meta["sha256"] for name in datasets.names()}
    for baseline in (one for one in dict.fromkeys(baselines) if one in datasets.own_folders()):
        for name in datasets.names(baseline):
            found[f"{baseline}/{name}"] = datasets.table(name, baseline).meta["sha256"]
    return found


def refuse_mixed(baseline: str) -> None:
    """Read every table whose digest a manifest names, and refuse where one has changed since another was read.

    From here on a run rests on one state of the data, whatever happens on disk; raises DataError.
    """
    digests(baseline)
    verification.refuse_changed(baseline)


@cache
def code_digest() -> str:
    """sha256 of the program's own source: what computed a figure, between two versions."""
    package = Path(__file__).parent
    whole = hashlib.sha256()
    for file in sources(package):
        whole.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()


def standings() -> dict[str, str]:
    """How well each parameter is known: measured, published, estimated or guessed."""
    return {row["name"]: row["standing"] for row in datasets.table("parameters").rows}


def standings_beside(base: Baseline) -> dict[str, str]:
    """The same, and of the duties that members of a coalition have in force, `existing_rate.MEMBER`."""
    return {**standings(), **{f"existing_rate.{row['member']}": row["standing"] for row in coalition(base)}}


def guessed(baseline: str) -> dict[str, float]:
    """How much of the input is a guess.

    Returns
    -------
    `price_volume_share` : share of China's imports whose delivered price is guessed; `parameter_share` : share of
    the parameters; both 0-1.
    """
    prices = {stream: row["standing"] for stream, row in datasets.prices(baseline).items()}
    flows = datasets.flows(baseline).where(buyer="china")
    total = sum(row["kbd"] for row in flows)
    known = list(standings().values())
    return {
        "price_volume_share": sum(r["kbd"] for r in flows if prices[r["stream"]] == "guessed") / total,
        "parameter_share": known.count("guessed") / len(known),
    }
