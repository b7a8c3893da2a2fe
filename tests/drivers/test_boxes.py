"""Boxes on made-up draws: a corner that is there, and noise in which none is."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("prim")

from simulator.drivers import boxes as module
from simulator.drivers.boxes import boxes, need_library
from simulator.errors import InputError


def made(draws: int = 1500, numbers: int = 8, seed: int = 1) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {f"shocks.0.n{i}": rng.random(draws) for i in range(numbers)}


def test_a_corner_is_found_with_its_ranges() -> None:
    inputs = made()
    cases = (inputs["shocks.0.n0"] > 0.7) & (inputs["shocks.0.n3"] < 0.4)
    (box,) = boxes(inputs, cases)
    ranges = {one.name: one for one in box.ranges}
    assert set(ranges) == {"shocks.0.n0", "shocks.0.n3"}
    assert ranges["shocks.0.n0"].low == pytest.approx(0.7, abs=0.03) and ranges["shocks.0.n0"].high == math.inf
    assert ranges["shocks.0.n3"].high == pytest.approx(0.4, abs=0.03) and ranges["shocks.0.n3"].low == -math.inf
    judging = np.arange(len(cases)) % 2 == 1
    inside = judging & (inputs["shocks.0.n0"] >= ranges["shocks.0.n0"].low)
    inside &= inputs["shocks.0.n3"] <= ranges["shocks.0.n3"].high
    assert (box.draws, box.cases) == (inside.sum(), cases[inside].sum())
    assert box.density == cases[inside].mean() > 0.95
    assert box.coverage == cases[inside].sum() / cases[judging].sum() > 0.9
    assert box.mass == pytest.approx(inside.sum() / judging.sum())
    assert box.base == cases[judging].mean()
    assert max(one.p for one in box.ranges) < 1e-10


def test_two_corners_are_two_boxes() -> None:
    inputs = made(3000)
    cases = (inputs["shocks.0.n0"] > 0.85) | (inputs["shocks.0.n5"] < 0.1)
    found = boxes(inputs, cases)
    assert [box.ranges[0].name for box in found] in (["shocks.0.n0", "shocks.0.n5"], ["shocks.0.n5", "shocks.0.n0"])
    assert sum(box.coverage for box in found) > 0.9


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_no_box(seed: int) -> None:
    inputs = made(seed=seed)
    assert boxes(inputs, np.random.default_rng(100 + seed).random(1500) < 0.1) == ()


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIBRARY", "no_such_library")
    with pytest.raises(InputError) as refused:
        need_library()
    assert str(refused.value) == "above or below: boxes need the library prim: pip install 'oilsim[discovery]'"
