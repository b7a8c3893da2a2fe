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
from simulator.inputs.draws import P05_TO_P50_IN_SIGMA
from simulator.inputs.fitted import MISFIT, TABLE
from simulator.keeping import write_texts
from simulator.rebase.store import Sheet

BAND = (0.05, 0.5, 0.95)
SPREAD_IN_SIGMA = 2.0 * P05_TO_P50_IN_SIGMA
CHANCE_TRIALS = 50
FEWEST_EFFECTIVE = 200
"""A search worth fewer members says little."""
INFORMED_SHARE, INFORMED_SIGMA = 0.15, 0.25
"""History informs a parameter whose prior spread it narrows by this part, or whose middle it moves by so many prior
standard deviations."""
NARROW_SHARE = 0.25
"""A direction counts as informed when its spread is narrowed by this part beyond what chance does."""
DIGITS = 6
MOST_MEMBERS, LEAST_MISFIT = 1_000_000, -10_000
LICENCE = "own estimate, no licence claimed"


def scores(found: Posterior) -> np.ndarray:
    """The members in prior standard deviations from the prior's middle: (member, name)."""
    columns, ranges = [], parameter_ranges()
    for number, name in enumerate(found.names):
        prior, values = ranges[name], found.values[:, number]
        low, mid, high = (np.log(v) if prior.in_logs else v for v in (prior.low, prior.mid, prior.high))
        columns.append(((np.log(values) if prior.in_logs else values) - mid) / ((high - low) / SPREAD_IN_SIGMA))
    return np.stack(columns, axis=1)


def as_text(found: Posterior) -> str:
    """Every fitted parameter before and after, and the directions that history informs."""
    return "\n".join(_screen(found))


def _screen(found: Posterior) -> Iterator[str]:
    yield f"{len(found.episodes)} episodes; the search was worth {found.effective:,.0f} members of equal weight."
    yield ""
    yield f"{'parameter':<37}{'prior: 5, 50, 95 %':>22}{'after history':>24}  narrower  moved"
    low, mid, high = np.quantile(scores(found), BAND, axis=0)
    ranges = parameter_ranges()
    for number, name in enumerate(found.names):
        prior = ranges[name]
        before = f"{prior.low:.3g}  {prior.mid:.3g}  {prior.high:.3g}"
        after = "  ".join(f"{value:.3g}" for value in np.quantile(found.values[:, number], BAND))
        narrower = 1.0 - (high[number] - low[number]) / SPREAD_IN_SIGMA
        informed = narrower >= INFORMED_SHARE or abs(mid[number]) >= INFORMED_SIGMA
        told = "informed" if informed else "stays at its prior"
        yield f"{name:<37}{before:>22}{after:>24}  {100 * narrower:6.0f} %  {mid[number]:+5.1f}  {told}"
    yield ""
    yield "Narrower: part of the prior spread; moved: the middle, in prior standard deviations."
    yield f"Directions that history narrows by a quarter or more, beyond chance: {directions(found)}."
    yield f"Error that no parameter explains: {found.scale:.2f} tolerances."
    if found.effective < FEWEST_EFFECTIVE:
        yield f"The search was worth fewer than {FEWEST_EFFECTIVE} members: try more of them, or more rounds."


def directions(found: Posterior) -> int:
    """Independent combinations of parameters that history narrows by a quarter or more of their prior spread.

    Notes
    -----
    Eigenvalues of the covariance of scores, against the lowest that as many effective members drawn from the prior show
    by chance (median of simulated ones).
    """
    generator = np.random.default_rng(0)
    shape = max(round(found.effective), 2), len(found.names)
    by_chance = np.median([_eigenvalues(generator.standard_normal(shape))[0] for _ in range(CHANCE_TRIALS)])
    return int((_eigenvalues(scores(found)) < (1.0 - NARROW_SHARE) ** 2 * by_chance).sum())


def _eigenvalues(members: np.ndarray) -> np.ndarray:
    return np.linalg.eigvalsh(np.cov(members.T))


def save(found: Posterior, folder: Path) -> tuple[Path, ...]:
    """Write the tables `posterior` and `structural_error` with their sidecars; returns the paths."""
    return tuple(write_texts(folder, {**_posterior(found).texts, **_structural(found).texts}))


def _meta(title: str, key: list[str], columns: dict[str, object], caveats: list[str]) -> dict[str, object]:
    return {
        "title": title,
        "producer": "oilsim calibrate",
        "url": None,
        "dates": {"covers": "2018 to 2026", "retrieved": date.today().isoformat()},
        "licence": LICENCE,
        "key": key,
        **({} if key == ["member"] else {"counts": dict.fromkeys(key)}),
        "columns": columns,
        "caveats": caveats,
    }


def _posterior(found: Posterior) -> Sheet:
    ranges = parameter_ranges()
    columns: dict[str, object] = {
        "member": {
            "type": "int",
            "unit": "count",
            "low": 0,
            "high": MOST_MEMBERS,
            "meaning": "number of the set of values",
        }
    }
    for name in found.names:
        limits = {"low": ranges[name].minimum, "high": ranges[name].maximum}
        unit = "as in parameters"
        columns[name] = {
            "type": "float",
            "unit": unit,
            **limits,
            "meaning": f"parameter {name}, drawn together with the others",
        }
    for episode in found.episodes:
        meaning = f"log likelihood of episode {episode}"
        limits = {"low": LEAST_MISFIT, "high": 0}
        columns[f"{MISFIT}{episode}"] = {"type": "float", "unit": "log likelihood", **limits, "meaning": meaning}
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
    return Sheet(
        TABLE,
        _meta(f"Parameters fitted to {len(found.episodes)} episodes, drawn together", ["member"], columns, caveats),
        rows,
    )


def _structural(found: Posterior) -> Sheet:
    columns: dict[str, object] = {
        "without": {
            "type": "str",
            "allowed": ["episodes.episode", ALL],
            "meaning": f"episode left out; {ALL}: all count",
        },
        "tolerances": {
            "type": "float",
            "unit": "tolerance",
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
