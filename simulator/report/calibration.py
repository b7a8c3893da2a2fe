"""What history says about the parameters: on the screen, and as the two tables that runs draw from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from simulator.hindcast.calibrate import Posterior
from simulator.hindcast.history import ALL, STRUCTURAL
from simulator.hindcast.misfit import MOST_STRUCTURAL
from simulator.inputs.compile import parameter_ranges
from simulator.inputs.fitted import MISFIT, TABLE
from simulator.rebase.store import Sheet

BAND = (0.05, 0.5, 0.95)
INFORMED_SHARE = 0.25
"""A parameter whose spread history narrows by less than this part stays where it was."""
DIGITS = 6
MOST_MEMBERS, LEAST_MISFIT = 1_000_000, -10_000
LICENCE = "own estimate, no licence claimed"


def narrowed(found: Posterior) -> dict[str, float]:
    """By how much of its prior spread each parameter is narrowed, 0-1 (below 0: wider); spread is 5 to 95 %."""
    ranges = parameter_ranges()
    narrower = {}
    for number, name in enumerate(found.names):
        low, high = np.quantile(found.values[:, number], (BAND[0], BAND[2]))
        prior = ranges[name]
        if prior.in_logs:
            narrower[name] = 1.0 - float(np.log(high / low) / np.log(prior.high / prior.low))
        else:
            narrower[name] = 1.0 - float((high - low) / (prior.high - prior.low))
    return narrower


def as_text(found: Posterior) -> str:
    """Every fitted parameter before and after, and the directions that history informs."""
    return "\n".join(_screen(found))


def _screen(found: Posterior) -> Iterator[str]:
    yield f"{len(found.episodes)} episodes; the search was worth {found.effective:,.0f} members of equal weight."
    yield ""
    yield f"{'parameter':<30}{'prior: 5, 50, 95 %':>28}{'after history':>28}   narrower by"
    ranges, narrower = parameter_ranges(), narrowed(found)
    for number, name in enumerate(found.names):
        prior = ranges[name]
        before = f"{prior.low:.3g}  {prior.mid:.3g}  {prior.high:.3g}"
        after = "  ".join(f"{value:.3g}" for value in np.quantile(found.values[:, number], BAND))
        told = "informed" if narrower[name] >= INFORMED_SHARE else "stays at its prior"
        yield f"{name:<30}{before:>28}{after:>28}   {100 * narrower[name]:4.0f} %  {told}"
    yield ""
    yield (
        f"Directions that history narrows by a quarter or more: {directions(found)}. Error that no parameter explains: "
        f"{found.scale:.2f} tolerances."
    )


def directions(found: Posterior) -> int:
    """Independent combinations of parameters that history narrows by a quarter or more of their prior spread."""
    ranges = parameter_ranges()
    scores = np.stack([_score(found.values[:, i], ranges[name].in_logs) for i, name in enumerate(found.names)], axis=1)
    prior = np.array([_prior_sigma(name) for name in found.names])
    spread = np.linalg.eigvalsh(np.cov((scores / prior).T))
    return int((np.sqrt(np.maximum(spread, 0.0)) < 1.0 - INFORMED_SHARE).sum())


def _score(values: np.ndarray, in_logs: bool) -> np.ndarray:
    return np.log(values) if in_logs else values


def _prior_sigma(name: str) -> float:
    prior = parameter_ranges()[name]
    low, high = (np.log(v) if prior.in_logs else v for v in (prior.low, prior.high))
    return float((high - low) / 3.28971)


def save(found: Posterior, folder: Path) -> tuple[Path, ...]:
    """Write the tables `posterior` and `structural_error` with their sidecars; returns the paths."""
    written = []
    for sheet in (_posterior(found), _structural(found)):
        for path, text in (
            (folder / f"{sheet.name}.csv", sheet.csv_text),
            (folder / f"{sheet.name}.yaml", sheet.sidecar_text),
        ):
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(path)
    return tuple(written)


def _meta(title: str, key: list[str], columns: dict[str, object], caveats: list[str]) -> dict[str, object]:
    return {
        "title": title,
        "producer": "oilsim calibrate",
        "url": None,
        "dates": {"covers": "2018 to 2026", "retrieved": date.today().isoformat()},
        "licence": LICENCE,
        "key": key,
        "columns": columns,
        "caveats": caveats,
    }


def _posterior(found: Posterior) -> Sheet:
    ranges = parameter_ranges()
    columns: dict[str, object] = {
        "member": {"type": "int", "low": 0, "high": MOST_MEMBERS, "meaning": "number of the set of values"}
    }
    for name in found.names:
        limits = {"low": ranges[name].minimum, "high": ranges[name].maximum}
        columns[name] = {"type": "float", **limits, "meaning": f"parameter {name}, drawn together with the others"}
    for episode in found.episodes:
        meaning = f"log likelihood of episode {episode}"
        columns[f"{MISFIT}{episode}"] = {"type": "float", "low": LEAST_MISFIT, "high": 0, "meaning": meaning}
    rows = []
    for member, (values, fit) in enumerate(zip(found.values, found.misfit, strict=True)):
        numbers = [float(f"{value:.{DIGITS}g}") for value in (*values, *fit)]
        rows.append(dict(zip(columns, (member, *numbers), strict=True)))
    caveats = [
        "Standing: estimated, from the priors in parameters and the targets in targets; a parameter that history does "
        "not inform has the spread of its prior.",
        f"The search was worth {found.effective:,.0f} members of equal weight; some members repeat.",
        "Members of one weight; without an episode a member weighs exp(-log likelihood) of that episode.",
    ]
    return Sheet(TABLE, _meta("Parameters fitted to ten episodes, drawn together", ["member"], columns, caveats), rows)


def _structural(found: Posterior) -> Sheet:
    columns: dict[str, object] = {
        "without": {"type": "str", "meaning": f"episode left out; {ALL}: all ten count"},
        "tolerances": {
            "type": "float",
            "low": 0,
            "high": MOST_STRUCTURAL,
            "meaning": "standard deviation of the error that parameters do not explain, in tolerances of the targets",
        },
    }
    rows = [{"without": ALL, "tolerances": round(found.scale, 4)}]
    pairs = zip(found.episodes, found.scale_without, strict=True)
    rows += [{"without": episode, "tolerances": round(scale, 4)} for episode, scale in pairs]
    caveats = ["Estimated from predictions that never saw their own episode; every episode weighs once."]
    return Sheet(STRUCTURAL, _meta("Structural error of hindcasts", ["without"], columns, caveats), rows)
