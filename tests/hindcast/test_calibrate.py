"""A search too small to find much: what it hands on has the right form and comes again with its seed."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simulator import datasets, verification
from simulator.hindcast.calibrate import FITTED, MEMBERS, Posterior, calibrate
from simulator.hindcast.episodes import shipped
from simulator.inputs.compile import parameter_ranges
from simulator.report.calibration import as_text, save, scores

EPISODES = ("venezuela_cnpc_stop_2019", "twelve_day_war_2025")
TRIED = 64


@cache
def found(seed: int = 5, rounds: int = 1) -> Posterior:
    return calibrate(shipped(EPISODES), TRIED, rounds, seed)


def test_every_fitted_name_is_a_parameter() -> None:
    assert set(FITTED) <= set(parameter_ranges())
    assert len(set(FITTED)) == len(FITTED)


def test_members_are_kept_with_their_values_and_how_they_fit_each_episode() -> None:
    one = found()
    assert one.names == FITTED and one.episodes == EPISODES
    assert one.values.shape == (MEMBERS, len(FITTED)) and one.misfit.shape == (MEMBERS, 2)
    assert (one.misfit <= 0).all() and np.isfinite(one.misfit).all()
    assert 1 <= one.effective <= TRIED and len(np.unique(one.values, axis=0)) <= TRIED
    assert one.scale > 0 and len(one.scale_without) == 2 and min(one.scale_without) > 0
    for name, column in zip(one.names, one.values.T, strict=True):
        limits = parameter_ranges()[name]
        assert limits.minimum <= column.min() and column.max() <= limits.maximum, name


def test_what_fits_better_is_kept_more_often() -> None:
    total, often = np.unique(found().misfit.sum(axis=1), return_counts=True)
    assert np.corrcoef(total, often)[0, 1] > 0.5


def test_the_same_seed_finds_the_same_and_another_another() -> None:
    again = calibrate(shipped(EPISODES), TRIED, 1, 5)
    np.testing.assert_array_equal(again.values, found().values)
    assert (again.scale, again.scale_without, again.effective) == (
        found().scale,
        found().scale_without,
        found().effective,
    )
    assert not np.array_equal(found(seed=6).values, found().values)


def test_a_second_round_tries_as_many_again_and_says_where_it_is() -> None:
    heard: list[tuple[int, int]] = []
    calibrate(shipped(EPISODES[1:]), TRIED, 2, 5, lambda done, wanted: heard.append((done, wanted)))
    assert heard == [(1, 2), (2, 2)]


def test_the_tables_it_writes_are_tables_of_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    shutil.copytree(datasets.folder(), data)
    written = save(found(), data)
    assert sorted(path.name for path in written) == [
        "posterior.csv",
        "posterior.yaml",
        "structural_error.csv",
        "structural_error.yaml",
    ]
    monkeypatch.setenv("OILSIM_DATA", str(data))
    left_out = "expected a row for"
    assert all(left_out in line for line in verification.verify()), "the episodes of the data that were not fitted"
    table = datasets.table("posterior")
    np.testing.assert_allclose(table.column("fear"), found().values[:, FITTED.index("fear")], rtol=1e-5)
    assert datasets.table("structural_error").column("without") == ("none", *EPISODES)


def test_the_screen_names_every_parameter_and_what_history_says_of_it() -> None:
    lines = as_text(found()).splitlines()
    for name in FITTED:
        (line,) = [line for line in lines if line.split()[:1] == [name]]
        assert line.endswith(("informed", "stays at its prior"))
    assert lines[0].startswith("2 episodes;") and any(line.startswith("Error that no parameter") for line in lines)
    assert lines[-1].startswith("The search was worth fewer than 200 members")


def test_scores_stand_in_prior_standard_deviations() -> None:
    one, name = found(), "first_month_response_share"
    limits = parameter_ranges()[name]
    sigma = (limits.high - limits.low) / (2 * 1.644854)
    by_hand = (one.values[:, FITTED.index(name)] - limits.mid) / sigma
    np.testing.assert_allclose(scores(one)[:, FITTED.index(name)], by_hand, rtol=1e-4)
