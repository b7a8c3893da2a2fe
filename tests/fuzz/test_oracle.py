"""The second reading finds what a lenient reader would let through."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fuzz import scenarios
from fuzz.oracle import differences
from fuzz.scenarios import elsewhere
from fuzz.trials import Silent
from simulator.scenario import load_scenario, to_document

TEXT = """\
schema: 1
name: A question
baseline: 2025
start: 2026-03
months: 12
parameters: {fear: {low: 0.5, mid: 1, high: 2}}
shocks:
  - type: supply_outage
    streams: [iran, russia]
    loss_share: {distribution: discrete, values: [0.2, 0.1], weights: [1, 3]}
    end: 2026-06
  - type: secondary_tariff
    coalition: [us]
    streams: [iran]
    rate: 1.50
    others: comply
correlations:
  - {between: [parameters.fear, shocks.0.loss_share], rank: 0.3}
sweep:
  over:
    months: [3, 6]
"""
Document = dict[str, Any]


def _document(tmp_path: Path) -> Document:
    path = tmp_path / "case.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return to_document(load_scenario(path))


def test_what_was_read_is_what_was_written(tmp_path: Path) -> None:
    assert differences(TEXT, _document(tmp_path), "case") == []


@pytest.mark.parametrize(
    "wrong",
    [
        lambda found: found.update(months=1),
        lambda found: found.pop("name"),
        lambda found: found.update(draws=64),
        lambda found: found["parameters"].pop("fear"),
        lambda found: found["parameters"]["fear"].update(mid=1.1),
        lambda found: found["shocks"].pop(),
        lambda found: found["shocks"].reverse(),
        lambda found: found["shocks"][0].pop("end"),
        lambda found: found["shocks"][0].update(end="2026-07"),
        lambda found: found["shocks"][0].update(ramp_months=1),
        lambda found: found["shocks"][0].update(streams=["iran"]),
        lambda found: found["shocks"][0]["loss_share"].update(weights=[1.0, 1.0]),
        lambda found: found["shocks"][0].update(loss_share=0.1),
        lambda found: found["shocks"][1].update(rate=150.0),
        lambda found: found["shocks"][1].update(others=0.0),
        lambda found: found["shocks"][1].update(response="comply"),
        lambda found: found["correlations"][0].update(rank=-0.3),
        lambda found: found["sweep"]["over"].update(months=[3, 7]),
    ],
)
def test_whatever_else_was_read_is_found(tmp_path: Path, wrong: Callable[[Document], object]) -> None:
    found = copy.deepcopy(_document(tmp_path))
    wrong(found)
    assert differences(TEXT, found, "case")


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("months: 12", "months: 0xC"),
        TEXT.replace("months: 12", "months: 1_2"),
        TEXT.replace("months: 12", "months: '12'"),
        TEXT.replace("months: 12", "months: 12 months"),
        TEXT.replace("rate: 1.50", "rate: 150%"),
        TEXT.replace("rate: 1.50", "rate: １.50"),
        TEXT.replace("rate: 1.50", "rate_pct: 1.50"),
        TEXT.replace("end: 2026-06", "emd: 2026-06"),
        TEXT + "draws_: null\n",
        TEXT + "Note: null\n",
    ],
)
def test_a_text_that_a_lenient_reader_would_take_for_the_same(tmp_path: Path, text: str) -> None:
    assert differences(text, _document(tmp_path), "case")


def test_a_change_far_from_the_slip_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "case.yaml"
    head = "schema: 1\nbaseline: 2025\nstart: 2026-03\nmonths: 12\n"
    elsewhere(head + "note: one\n", head + "note: two\n", path)
    read = scenarios._document

    def careless(path: Path, text: str) -> Document | None:
        return {**(read(path, text) or {}), "months": 1 if "two" in text else 12}

    monkeypatch.setattr(scenarios, "_document", careless)
    with pytest.raises(Silent, match="months: was 12 and is 1"):
        elsewhere(head + "note: one\n", head + "note: two\n", path)
