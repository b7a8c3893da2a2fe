"""Whether the draws are enough: standard errors of every row, the rule, and what the reader is told."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simulator.precision import COLUMNS, ENOUGH_SHARE, Check, Ends, check
from simulator.report.language import words
from simulator.report.sentences import precision
from simulator.results import HORIZON, Results
from simulator.runs import run
from simulator.scenario import Scenario, load_scenario

ROOT = Path(__file__).parents[1]


def scenario(name: str = "iran_offline", **settings: object) -> Scenario:
    return load_scenario(ROOT / "scenarios" / f"{name}.yaml", set={"months": 2, **settings})


@cache
def few() -> Results:
    return run(scenario(), draws=64)


@cache
def many() -> Results:
    return run(scenario(), draws=512)


def test_every_row_has_its_standard_errors() -> None:
    table = few().precision

    assert tuple(table.columns) == COLUMNS
    rows = [(row.metric, row.by, row.item, row.month) for row in few().rows]
    assert list(table[list(COLUMNS[:4])].itertuples(index=False, name=None)) == rows
    for row, error in zip(few().rows, few().errors, strict=True):
        assert math.isnan(error.se_p50) or error.se_p50 >= 0
        assert math.isfinite(error.se_mean) or math.isnan(row.mean)


def test_errors_say_how_far_another_seed_lies_away() -> None:
    """Means of Brent by eight seeds: their spread is the standard error, known from one."""
    means = [run(scenario(months=1), draws=64, seed=seed).get("brent_usd_bbl").mean for seed in range(8)]
    known = run(scenario(months=1), draws=64).precision.query("metric == 'brent_usd_bbl' and month == 'horizon'")
    assert 0.5 < np.std(means, ddof=1) / known["se_mean"].item() < 1.8


def test_eight_times_the_draws_are_known_better() -> None:
    before, after = few().precision, many().precision
    moving = before["se_p95"] > 1e-6
    assert np.median(after["se_p95"][moving] / before["se_p95"][moving]) == pytest.approx(1 / math.sqrt(8), rel=0.25)


def test_with_one_draw_there_is_nothing_to_say() -> None:
    results = run(scenario(months=1), draws=1)
    assert results.precision.empty and results.errors == () and check(results) is None
    document = results.document()
    assert document["precision"] == [] and document["precision_check"] is None


def test_where_nothing_moves_nothing_is_said() -> None:
    assert check(run(scenario("baseline", months=1), draws=16)) is None


def test_the_document_has_errors_over_the_horizon_and_the_rule() -> None:
    document = json.loads(json.dumps(many().document(), allow_nan=False))
    assert {row["month"] for row in document["precision"]} == {HORIZON}
    assert len(document["precision"]) == sum(row["month"] == HORIZON for row in document["rows"])
    assert list(document["precision"][0]) == list(COLUMNS)
    known = check(many())
    assert known and document["precision_check"] == known.document()
    assert document["precision_check"]["allowed_share_of_width"] == 0.05


def test_the_ends_are_those_of_brent_and_the_bill() -> None:
    known = check(many())
    assert known and list(known.ends) == ["Brent", "import bill"]
    row = many().get("brent_usd_bbl")
    assert known.ends["Brent"].width == row.p95 - row.p05
    assert known.draws == 512


@pytest.mark.parametrize(("error", "enough", "needed"), [(0.19, True, 930), (0.2, False, 1100), (0.8, False, 17000)])
def test_the_rule(error: float, enough: bool, needed: int) -> None:
    """A standard error below a twentieth of the width, for both ends; N grows with the square."""
    for ends in (Ends(error, 0.1, 4.0), Ends(0.1, error, 4.0)):
        known = Check({"Brent": ends, "import bill": Ends(0.0, 0.0, 1.0)}, 1024, "monte_carlo")
        assert known.enough is enough
        assert known.needed == pytest.approx(needed, rel=0.05)
        exact = 1024 * (error / 4 / ENOUGH_SHARE) ** 2
        assert exact <= known.needed * (1 + 1e-9) <= 1.1 * exact + 1


def test_draws_that_did_not_clear_do_not_count() -> None:
    known = check(replace(many(), unconverged=12))
    assert known and known.draws == 500


def test_the_line_of_enough_draws() -> None:
    known = Check({"Brent": Ends(0.0301, 0.0612, 3.0), "import bill": Ends(0.1, 0.2, 10.0)}, 1024, "monte_carlo")
    assert precision(known, words("en")) == (
        "1,024 draws: 5 and 95 % points are known to ±0.03 and ±0.061 USD for Brent, "
        "±0.1 and ±0.2 bn USD for the import bill (standard errors): enough."
    )


def test_the_line_of_too_few() -> None:
    known = Check({"Brent": Ends(0.1, 0.3, 4.0)}, 256, "monte_carlo")
    assert precision(known, words("en")) == (
        "256 draws: 5 and 95 % points are known to ±0.1 and ±0.3 USD for Brent (standard errors): "
        "not enough, about 580 draws would be."
    )


def test_even_sampling_has_upper_bounds_and_says_so() -> None:
    ends = {"Brent": Ends(0.1, 0.1, 4.0)}
    plain, sobol, hypercube = (
        precision(Check(ends, 256, word), words("en")) for word in ("monte_carlo", "sobol", "latin_hypercube")
    )
    assert "upper bounds" not in plain
    assert sobol.endswith("upper bounds: sobol fills the space evenly and settles sooner, best at powers of two.")
    assert hypercube.endswith("upper bounds: latin_hypercube fills the space evenly and settles sooner.")
    known = check(run(scenario(months=1), draws=32, sampling="sobol"))
    assert known and known.upper_bound and known.document()["upper_bound"] is True


@pytest.mark.parametrize("draws", [2, 3, 7])
def test_very_few_draws_are_no_obstacle(draws: int) -> None:
    results = run(scenario("secondary_tariff_100_us", months=1), draws=draws)
    assert len(results.errors) == len(results.rows)


def test_a_break_even_has_errors_of_its_quantiles_and_none_of_a_mean() -> None:
    results = run(scenario("secondary_tariff_100_us", months=1), draws=64)
    (error,) = [one for one in results.errors if one.metric == "breakeven_enforcement"]
    assert math.isnan(error.se_mean)
    assert len(results.errors) == len(results.rows)
