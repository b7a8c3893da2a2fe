"""Distributions of other shapes in the file: read, shown, set, compared, and the same after a round trip."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
from simulator.report.beside import screen
from simulator.report.compare import differences
from simulator.report.language import words
from simulator.report.page import Page
from simulator.report.scenario import in_words
from simulator.runs import run
from simulator.scenario import Distribution, load_scenario, to_document
from simulator.scenario.shapes import Discrete, Lognormal, Pert, Triangular, Uniform

OUTAGE = "shocks:\n  - type: supply_outage\n    streams: [iran]\n    loss_share: {}\n"
WRITTEN = {
    "{distribution: triangular, minimum: 0.2, mode: 0.5, maximum: 0.9}": Triangular(0.2, 0.9, 0.5),
    "{distribution: pert, minimum: 0.2, mode: 0.2, maximum: 0.9}": Pert(0.2, 0.9, 0.2),
    "{distribution: lognormal, low: 0.2, high: 0.8}": Lognormal(0.2, 0.8),
    "{distribution: uniform, minimum: 0, maximum: 1}": Uniform(0.0, 1.0),
    "{distribution: discrete, values: [0.5, 1], weights: [3, 1]}": Discrete((0.5, 1.0), (3.0, 1.0)),
    "{distribution: discrete, values: [1, 0.2, 0.5]}": Discrete((0.2, 0.5, 1.0), (1.0, 1.0, 1.0)),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_shape_is_read_and_comes_back(load: Any, tmp_path: Path, words: Any, written: str) -> None:
    scenario = load(OUTAGE.format(written))
    value = scenario.shocks[0].loss_share
    assert value == Distribution.of(WRITTEN[written]) and not value.is_constant
    (tmp_path / "again.yaml").write_text(str(to_document(scenario)), encoding="utf-8")
    again = load_scenario(tmp_path / "again.yaml", vocabulary=words)
    assert again.shocks == scenario.shocks and to_document(again) == to_document(scenario)
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert scenario.with_horizon(3).shocks == scenario.shocks
    assert "shocks.0.loss_share" in scenario.uncertain()


@pytest.mark.parametrize(
    "written",
    [
        "{distribution: discrete, values: [0.5, 0.5, 1], weights: [1, 2, 0]}",
        "{distribution: pert, minimum: 0.5, mode: 0.5, maximum: 0.5}",
        "{distribution: lognormal, low: 0.5, high: 0.5}",
        "{distribution: split_normal, low: 0.5, mid: 0.5, high: 0.5}",
    ],
)
def test_what_can_take_one_value_is_a_constant(load: Any, written: str) -> None:
    scenario = load(OUTAGE.format(written))
    assert scenario.shocks[0].loss_share == Distribution.constant(0.5)
    assert to_document(scenario)["shocks"][0]["loss_share"] == 0.5


def test_the_same_content_gives_the_same_document(load: Any) -> None:
    one = load(OUTAGE.format("{distribution: discrete, values: [1, 0.5, 0.5], weights: [2, 1, 1]}"))
    other = load(OUTAGE.format("{distribution: discrete, values: [0.5, 1]}"))
    assert to_document(one) == to_document(other)


def test_the_split_normal_has_a_name_too(load: Any) -> None:
    value = load(OUTAGE.format("{distribution: split_normal, low: 0.1, mid: 0.2, high: 0.4}")).shocks[0].loss_share
    assert value == Distribution(0.1, 0.2, 0.4)


def test_a_shape_may_be_set_whole_or_in_part(load: Any) -> None:
    plain = OUTAGE.format("0.5")
    uniform = {"distribution": "uniform", "minimum": 0.1, "maximum": 0.3}
    assert load(plain, set={"shocks.0.loss_share": uniform}).shocks[0].loss_share.shape == Uniform(0.1, 0.3)
    given = Distribution.of(Uniform(0.1, 0.3))
    assert load(plain, set={"shocks.0.loss_share": given}).shocks[0].loss_share == given
    shaped = OUTAGE.format("{distribution: discrete, values: [0.5, 1]}")
    assert load(shaped, set={"shocks.0.loss_share.values.0": 0.7}).shocks[0].loss_share.lowest == 0.7


def test_a_parameter_of_one_buyer_may_be_set_in_part(load: Any) -> None:
    body = "parameters: {pull.india: {distribution: uniform, minimum: 1, maximum: 2}}\n"
    scenario = load(body, set={"parameters.pull.india.maximum": 3})
    assert scenario.parameters["pull.india"].shape == Uniform(1.0, 3.0)


def test_a_set_shape_that_is_wrong_is_said_in_the_same_words(load: Any) -> None:
    with pytest.raises(InputError) as caught:
        load(OUTAGE.format("0.5"), set={"shocks.0.loss_share": {"distribution": "uniform", "minimun": 0.1}})
    assert str(caught.value).splitlines() == [
        "shocks.0.loss_share.minimun: is not a key of uniform (allowed minimum, maximum; did you mean minimum?)",
        "shocks.0.loss_share.minimum: is required",
        "shocks.0.loss_share.maximum: is required",
    ]


def test_a_share_that_may_be_a_word_may_have_a_shape(load: Any) -> None:
    threat = "shocks: [{type: secondary_tariff, coalition: [us], streams: [iran], rate: 1, others: %s}]\n"
    value = load(threat % "{distribution: discrete, values: [0, 1]}").shocks[0].others
    assert (value.lowest, value.mid, value.highest) == (0.0, 0.0, 1.0)


def test_show_says_the_shape_in_words_and_each_value_with_its_origin(load: Any) -> None:
    said = in_words(load(OUTAGE.format("{distribution: discrete, values: [0.5, 1], weights: [3, 1]}")))
    assert "loss_share 0.5 (0.5 to 1, discrete)" in said
    for path, value in (("distribution", "discrete"), ("values", "0.5, 1"), ("weights", "3, 1")):
        assert f"shocks.0.loss_share.{path:<14} {value:<28} " in said


def test_compare_shows_a_shape_as_one_value(load: Any, tmp_path: Path) -> None:
    plain = load(OUTAGE.format("0.5"))
    shaped = load(OUTAGE.format("{distribution: pert, minimum: 0, mode: 0.5, maximum: 1}"))
    found = differences([plain, shaped])
    assert list(found) == ["shocks.0.loss_share"]
    one, other = found["shocks.0.loss_share"]
    assert one and other
    assert one[0] == 0.5 and other[0] == {"distribution": "pert", "minimum": 0.0, "mode": 0.5, "maximum": 1.0}
    assert other[1].endswith("case.yaml:8")
    results = [run(scenario, draws=1, months=1) for scenario in (plain, shaped)]
    assert "0.5 (0.189255 to 0.810745, pert)" in screen([plain, shaped], results, words(), Page())
