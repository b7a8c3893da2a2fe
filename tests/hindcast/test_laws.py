"""What must hold of history as a whole: the model knows no episode, and a scare leaves nothing behind."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from simulator import datasets
from simulator.hindcast.episodes import shipped
from simulator.hindcast.history import Hindcast, hindcast
from simulator.results import Results
from simulator.runs import run

ROOT = Path(__file__).parents[2]
STORED = ROOT / "docs" / "hindcast" / "hindcast.csv"
NAMES = datasets.table("episodes").column("episode")
DEFAULT_START = "2026-03"
SAME_TOLERANCES = 0.02
"""A stored median may differ by so many tolerances, from one library or machine to another."""


def test_no_module_knows_an_episode_or_its_months() -> None:
    """Names and months of episodes are data. A module that knew one could answer for it. Months from the
    default start of scenarios on may be named, and those of figures that others published."""
    months = {month for one in shipped() for month in one.scenario.month_labels if month < DEFAULT_START}
    for path in (ROOT / "simulator").rglob("*.py"):
        barred = NAMES if "published" in path.parts else (*NAMES, *sorted(months))
        words = re.compile("|".join(map(re.escape, barred)))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert ">>>" in line or not words.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


@cache
def scare() -> Results:
    (one,) = shipped(["twelve_day_war_2025"])
    return run(one.scenario, draws=256, months=12)


@pytest.mark.parametrize(
    ("metric", "by", "item", "month"),
    [
        ("brent_usd_bbl", "total", "total", "2025-11"),
        ("imports_kbd", "total", "total", "2025-11"),
        ("brent_usd_bbl", "total", "total", "2026-05"),
        ("imports_kbd", "total", "total", "2026-05"),
        ("imports_kbd", "country", "iran", "2026-05"),
        ("flow_kbd", "buyer_group", "china:iran", "2026-05"),
    ],
)
def test_a_scare_without_loss_leaves_the_market_within_1_percent_of_base(
    metric: str, by: str, item: str, month: str
) -> None:
    """In the median of draws. Measured in the last month of the episode: Brent -0.3 %, China's imports +0.1 %. What
    Iran loads for China is then 1.2 % low, as the cargo afloat that it sold in the scare is put back, and 0.1 % half a
    year later."""
    row = scare().get(metric, by, item, month)
    assert row.p50 == pytest.approx(row.baseline, rel=0.01)


def test_the_scare_was_one() -> None:
    first = scare().get("brent_usd_bbl", month=scare().months[0])
    assert first.p05 > 1.01 * first.baseline


@cache
def replayed() -> Hindcast:
    return hindcast(shipped(), draws=1024, seed=1)


def stored() -> dict[tuple[str, str], dict[str, str]]:
    with STORED.open(encoding="utf-8", newline="") as file:
        return {(row["episode"], row["target"]): row for row in csv.DictReader(file) if row["p50"]}


def test_history_replayed_is_history_as_it_is_told() -> None:
    """Ten episodes at default settings: the medians and hits of the table in docs."""
    told = stored()
    assert len(told) == len(replayed().judged)
    for row in replayed().judged:
        kept = told[row.target.episode, row.target.target]
        where = f"{row.target.episode}.{row.target.target}"
        assert row.p50 == pytest.approx(float(kept["p50"]), abs=SAME_TOLERANCES * row.target.tolerance), where
        assert str(row.hit) == kept["hit"], where
        assert float(kept["observed"]) == row.target.observed and float(kept["tolerance"]) == row.target.tolerance


def test_the_model_beats_forecasts_without_one() -> None:
    total = replayed().score
    assert all(skill > 0 for skill in total.skill)
    assert total.effective <= total.targets
    assert replayed().unconverged == 0
