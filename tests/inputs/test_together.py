"""Correlated numbers: the rank correlation asked for, each number as it would be alone, and what is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from simulator import InputError, Scenario, load_scenario, run
from simulator.axes import DRAW_BLOCK
from simulator.inputs import fitted
from simulator.inputs.baseline import Baseline
from simulator.inputs.compile import compile_block, uncertain
from simulator.inputs.draws import Block
from simulator.inputs.refusals import refuse_impossible
from simulator.inputs.together import score_correlations

Write = Callable[..., Scenario]

BODY = """
parameters:
  fear: {{distribution: lognormal, low: 0.4, high: 1.5}}
  stock_lean: 15
  stock_response.india: {{low: 10, mid: 30, high: 90}}
shocks:
  - {{type: supply_outage, streams: [iran], loss_share: {{low: 0.3, mid: 0.6, high: 0.8}}}}
  - {{type: discount, streams: [iran], change_usd_bbl: {{distribution: pert, minimum: -9, mode: -2, maximum: 1}}}}
correlations:
{}
"""
LOSS, CASH = "shocks.0.loss_share", "shocks.1.change_usd_bbl"
THREE = (
    f"  - {{between: [{LOSS}, parameters.fear], rank: 0.7}}\n"
    f"  - {{between: [{CASH}, {LOSS}], rank: -0.5}}\n"
    "  - {between: [parameters.stock_response.india, parameters.detour_cost_scale], rank: 0.3}\n"
)
BLOCKS = 40


def drawn(asked: Scenario, base: Baseline, blocks: int = BLOCKS) -> dict[str, np.ndarray]:
    numbers = uncertain(asked)
    found = [compile_block(asked, base, numbers, Block(5, k * DRAW_BLOCK), fitted.shipped())[0] for k in range(blocks)]
    return {name: np.concatenate([one[name] for one in found]) for name in found[0]}


@pytest.fixture
def three(scenario: Write) -> Scenario:
    asked = scenario(BODY.format(THREE))
    refuse_impossible(asked)
    return asked


@pytest.mark.parametrize(
    ("one", "other", "rank"),
    [
        (LOSS, "fear", 0.7),
        (LOSS, CASH, -0.5),
        ("stock_response.india", "detour_cost_scale", 0.3),
        ("fear", CASH, 0.0),
        (LOSS, "detour_cost_scale", 0.0),
        ("stock_response.india", "yield_cost_usd_bn", 0.0),
    ],
)
def test_draws_have_the_rank_correlation_asked_for(
    three: Scenario, base: Baseline, one: str, other: str, rank: float
) -> None:
    """Spearman of 10,240 draws, within four standard errors of about 1/sqrt(n); pairs not mentioned have none."""
    values = drawn(three, base)
    found = stats.spearmanr(values[one], values[other]).statistic
    assert found == pytest.approx(rank, abs=4 / math.sqrt(BLOCKS * DRAW_BLOCK))


def test_each_number_alone_keeps_its_distribution(three: Scenario, base: Baseline) -> None:
    values = drawn(three, base)
    fear = stats.lognorm(math.log(1.5 / 0.4) / (2 * stats.norm.ppf(0.95)), scale=math.sqrt(0.4 * 1.5))
    assert stats.kstest(values["fear"], fear.cdf).pvalue > 1e-4
    assert np.mean(values[LOSS] < 0.3) == pytest.approx(0.05, abs=0.01)
    assert np.mean(values[LOSS] < 0.6) == pytest.approx(0.5, abs=0.02)


def test_what_is_not_named_is_drawn_as_without_correlations(three: Scenario, scenario: Write, base: Baseline) -> None:
    together, apart = drawn(three, base, 1), drawn(scenario(BODY.format("  []")), base, 1)
    changed = {name for name in apart if not np.array_equal(together[name], apart[name])}
    # The first name of a group keeps its own numbers, here in the order of the names.
    assert changed == {LOSS, CASH, "stock_response.india"}


def test_a_draw_is_the_same_in_any_block(three: Scenario, base: Baseline) -> None:
    numbers = uncertain(three)
    last = compile_block(three, base, numbers, Block(5, 3 * DRAW_BLOCK))[0]
    whole = [compile_block(three, base, numbers, Block(5, k * DRAW_BLOCK))[0] for k in range(4)]
    for name in ("fear", LOSS, CASH, "stock_response.india"):
        np.testing.assert_array_equal(last[name], whole[3][name])


def test_mid_values_stay_where_they_are(three: Scenario, base: Baseline) -> None:
    found, _ = compile_block(three, base, uncertain(three), Block(1, 0, mid_only=True))
    assert found[LOSS].tolist() == [0.6] and found["fear"][0] == pytest.approx(math.sqrt(0.6))


def test_scores_correlate_by_pearsons_formula(three: Scenario) -> None:
    names, matrix = score_correlations(three.correlations[:1])
    assert names == ("fear", LOSS)
    np.testing.assert_allclose(matrix[0, 1], 2 * math.sin(math.pi * 0.7 / 6))


def test_a_run_is_wider_where_losses_and_fear_come_together(scenario: Write) -> None:
    def band(rank: float) -> float:
        pairs = f"  - {{between: [{LOSS}, parameters.fear], rank: {rank}}}\n"
        row = run(scenario(BODY.format(pairs)), draws=256, months=1).get("brent_usd_bbl")
        return row.p95 - row.p05

    assert band(0.9) > band(-0.9)


def test_the_example_of_the_documentation_is_in_order(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "uncertainty.md").read_text(encoding="utf-8")
    (written,) = re.findall(r"^```yaml\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "example.yaml").write_text(written, encoding="utf-8")
    asked = load_scenario(tmp_path / "example.yaml")
    refuse_impossible(asked)
    assert asked.sampling == "sobol" and len(asked.uncertain()) == 2 and len(asked.correlations) == 1


def refused(asked: Scenario) -> list[str]:
    with pytest.raises(InputError) as caught:
        refuse_impossible(asked)
    return [re.sub(r"^.*case\.yaml:\d+:\d+: ", "", str(problem)) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("between", "words"),
    [
        (
            f"{LOSS}, parameters.stock_lean",
            "correlations.0.between: is a constant here: nothing is drawn (given parameters.stock_lean: 15)",
        ),
        (
            f"{LOSS}, parameters.stock_response",
            "correlations.0.between: is fitted to history and drawn with the correlations found there; "
            "a range of its own under parameters would free it (given parameters.stock_response)",
        ),
        (
            f"{LOSS}, parameters.detour_cost_scal",
            "correlations.0.between: is not an uncertain number of this scenario "
            "(given parameters.detour_cost_scal; did you mean parameters.detour_cost_scale?)",
        ),
        (
            f"{LOSS}, detour_cost_scale",
            "correlations.0.between: is not an uncertain number of this scenario "
            "(given detour_cost_scale; did you mean parameters.detour_cost_scale?)",
        ),
        (
            f"shocks.7.loss_share, {CASH}",
            "correlations.0.between: is not an uncertain number of this scenario "
            "(given shocks.7.loss_share; did you mean shocks.0.loss_share?)",
        ),
        (
            f"{LOSS}, shocks.0.streams",
            "correlations.0.between: is not an uncertain number of this scenario (given shocks.0.streams",
        ),
    ],
)
def test_what_cannot_be_correlated_is_said_at_its_place(scenario: Write, between: str, words: str) -> None:
    (said,) = refused(scenario(BODY.format(f"  - {{between: [{between}], rank: 0.5}}\n")))
    assert said.startswith(words)


def test_all_of_it_is_said_at_once(scenario: Write) -> None:
    pairs = "".join(f"  - {{between: [{LOSS}, parameters.{name}], rank: 0.5}}\n" for name in ("stock_lean", "x"))
    assert len(refused(scenario(BODY.format(pairs)))) == 2


def test_correlations_that_contradict_each_other_are_named(scenario: Write) -> None:
    pairs = (
        "  - {between: [parameters.stock_response.india, parameters.detour_cost_scale], rank: 0.3}\n"
        f"  - {{between: [{LOSS}, parameters.fear], rank: 0.9}}\n"
        f"  - {{between: [{CASH}, {LOSS}], rank: 0.9}}\n"
        f"  - {{between: [{CASH}, parameters.fear], rank: -0.9}}\n"
    )
    (said,) = refused(scenario(BODY.format(pairs)))
    assert said == (
        "correlations.1: cannot hold together (smallest eigenvalue -0.82): "
        f"parameters.fear and {LOSS} 0.9; {LOSS} and {CASH} 0.9; parameters.fear and {CASH} -0.9 "
        "(allowed ranks that do not contradict each other)"
    )
