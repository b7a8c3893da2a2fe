"""One scenario from start to finish, one line per step."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from simulator.blocks import Plan, one_draw, prepare
from simulator.collector import Collector, gathered
from simulator.errors import InputError, Problem, nearest
from simulator.manifest import Sample, manifest, refuse_mixed, standings_beside
from simulator.precision import HEADLINES
from simulator.reading.scalars import is_whole, shown
from simulator.results import Results
from simulator.scenario import DEFAULT_SAMPLING, SAMPLINGS, Scenario, load_scenario

DEFAULT_DRAWS = 1024
DEFAULT_SEED = 1
DRIVEN_OUTCOMES = HEADLINES
HEADLINE_METRICS = tuple("/".join(key[:2]) for key in HEADLINES.values())
DRIVERS_SHOWN = 5


def run(
    scenario: Scenario | str | os.PathLike[str],
    draws: int | None = None,
    seed: int = DEFAULT_SEED,
    months: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    sampling: str | None = None,
    *,
    draw: int | None = None,
    metrics: Iterable[str] | None = None,
) -> Results:
    """Run one scenario and compare it with its baseline.

    Parameters
    ----------
    scenario : a loaded scenario, or the path of one.
    draws : sets of uncertain parameters, 1 or more; by default the scenario's own number, else 1024. With 1
        every parameter stands at its mid value.
    seed : of the random numbers; the same seed gives the same draws, however many there are.
    months : replaces the scenario's horizon.
    progress : called with the draws done and the draws wanted.
    sampling : where random numbers come from: monte_carlo, sobol or latin_hypercube; by default as the scenario
        says, else monte_carlo.
    draw : run this draw alone of so many `draws`, numbered from 0, to the same bits. One that does not clear has
        values in the months before it stopped.
    metrics : the outcomes to compute, as `share` or `share/group`, Brent and the bill beside them; None: all. What is
        computed does not change by it.

    Raises
    ------
    InputError : the scenario asks for something that cannot be, or a metric is not known.
    DataError : a table is missing or changed.
    """
    check_numbers(draws, seed, months, sampling)
    asked = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    asked = asked if months is None else asked.with_horizon(months)
    wanted = draws or asked.draws or DEFAULT_DRAWS
    source = sampling or asked.sampling or DEFAULT_SAMPLING
    plan = prepare(asked, metrics=metrics if metrics is None else (*HEADLINE_METRICS, *metrics))
    refuse_mixed(asked.baseline)
    if draw is not None:
        return _alone(plan, draw, Sample(wanted, seed, source))
    collector = gathered(plan, wanted, seed, source, DRIVEN_OUTCOMES, progress)
    return _results(plan, Sample(wanted, seed, source), collector)


def _alone(plan: Plan, draw: int, sample: Sample) -> Results:
    """One draw by itself; of one that stopped, what is known until then."""
    _refuse_unknown_draw(draw, sample.draws)
    block = one_draw(plan, draw, sample.draws, sample.seed, sample.sampling)
    collector = Collector(DRIVEN_OUTCOMES, first=draw)
    collector.add(block)
    results = _results(plan, replace(sample, draw=draw), collector)
    if block.converged[0]:
        return results
    until = Collector({})
    until.add(replace(block, converged=np.ones(1, dtype=bool)))
    return replace(results, rows=until.rows(results.months))


def _refuse_unknown_draw(draw: int, draws: int) -> None:
    if not 0 <= draw < draws:
        raise InputError([Problem("draw", "there is no such draw", given=draw, allowed=f"0 to {draws - 1}")])


def _results(plan: Plan, sample: Sample, collector: Collector) -> Results:
    asked = plan.scenario
    return Results(
        scenario=asked.name,
        baseline=asked.baseline,
        months=asked.month_labels,
        draws=collector.seen,
        unconverged=collector.seen - collector.counted,
        manifest=manifest(plan, sample, collector),
        rows=collector.rows(asked.month_labels),
        drivers=collector.drivers(standings_beside(plan.base), DRIVERS_SHOWN),
        bargain=collector.bargain,
        errors=collector.precision(asked.month_labels),
    )


def _wrong_number(value: int, low: int) -> str | None:
    if not is_whole(value):
        return "must be a whole number"
    return "is outside its range" if value < low else None


def check_numbers(draws: int | None, seed: int, months: int | None, sampling: str | None = None) -> None:
    """Refuse numbers that mean nothing, all of them at once."""
    least = {"draws": (draws, 1), "seed": (seed, 0), "months": (months, 1)}
    problems = [
        Problem(name, what, given=shown(value), allowed=f"{low} and more")
        for name, (value, low) in least.items()
        if value is not None and (what := _wrong_number(value, low))
    ]
    if sampling is not None and not (isinstance(sampling, str) and sampling in SAMPLINGS):
        what, allowed, meant = "there is no such sampling", ", ".join(SAMPLINGS), nearest(shown(sampling), SAMPLINGS)
        problems.append(Problem("sampling", what, given=shown(sampling), allowed=allowed, meant=meant))
    if problems:
        raise InputError(problems)
