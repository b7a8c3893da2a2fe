"""Where a result comes from: enough to get the same numbers again, and to see what they rest on."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator import __version__, datasets
from simulator.axes import DRAW_BLOCK
from simulator.inputs.baseline import Baseline
from simulator.inputs.worlds import coalition
from simulator.market.clearing import TOLERANCE
from simulator.scenario import Scenario, to_document

if TYPE_CHECKING:
    from simulator.results import Collector

LIBRARIES = ("numpy", "scipy", "pydantic", "pyyaml")
FAILURES_NAMED = 20


def manifest(scenario: Scenario, seed: int, collector: Collector, sampling: str) -> dict[str, Any]:
    """What was run, on which data, how exactly.

    `sampling` is where random numbers come from; `data` holds the digest of every table; `bands` says whether
    quantiles are order statistics of all draws or read off histograms; `guessed` how much of the input has no source.
    """
    document = to_document(scenario)
    return {
        "version": __version__,
        "scenario": document,
        "scenario_sha256": hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest(),
        "data": digests(scenario.baseline),
        "seed": seed,
        "sampling": sampling,
        **({"sampling_note": "bands settle best at powers of two"} if sampling == "sobol" else {}),
        "draw_block": DRAW_BLOCK,
        "solver": {"tolerance": TOLERANCE, "largest_residual": collector.residual_share},
        "bands": "order statistics of all draws" if collector.exact_bands else "histograms of all draws",
        "libraries": libraries(),
        "machine": machine(),
        "guessed": guessed(scenario.baseline),
        "unconverged_draws": [
            {**vars(failure), "month": scenario.month_labels[failure.month]}
            for failure in collector.failed[:FAILURES_NAMED]
        ],
    }


def digests(baseline: str) -> dict[str, str]:
    """sha256 of every shipped table, and of those in the baseline's own folder as `NAME/TABLE`."""
    found = {name: datasets.table(name).meta["sha256"] for name in datasets.names()}
    if baseline in datasets.own_folders():
        for name in datasets.names(baseline):
            found[f"{baseline}/{name}"] = datasets.table(name, baseline).meta["sha256"]
    return found


def libraries() -> dict[str, str]:
    """Versions of the libraries that figures rest on."""
    return {name: metadata.version(name) for name in LIBRARIES}


def machine() -> str:
    """The kind of processor and of Python."""
    return f"{platform.machine()} {platform.python_implementation()} {platform.python_version()}"


@cache
def code_digest() -> str:
    """sha256 of the program's own source: what computed a figure, between two versions."""
    package = Path(__file__).parent
    whole = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
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
