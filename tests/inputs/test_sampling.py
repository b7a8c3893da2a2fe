"""Where random numbers come from: even filling, independence of blocks, and means that settle sooner."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.special import ndtri

from simulator import InputError, Scenario, library, load_scenario, run
from simulator.axes import DRAW_BLOCK
from simulator.blocks import Plan, prepare
from simulator.cli import main
from simulator.inputs.compile import compile_block, names_drawn
from simulator.inputs.draws import Block, Range, draw
from simulator.inputs.fitted import TABLE
from simulator.inputs.sampling import MONTE_CARLO, LatinHypercube, MonteCarlo, Sampling, Sobol, sampling

Write = Callable[..., Scenario]
NAMES = tuple(f"number_{k}" for k in range(9))


def numbers(source: Sampling, name: str, draws: int, seed: int = 1) -> np.ndarray:
    blocks = [source.uniform(name, seed, first, DRAW_BLOCK) for first in range(0, draws, DRAW_BLOCK)]
    return np.concatenate(blocks)[:draws]


@pytest.mark.parametrize(
    ("source", "draws"), [(Sobol(NAMES), 1024), (LatinHypercube(1024), 1024), (LatinHypercube(300), 300)]
)
def test_every_number_has_one_draw_in_each_of_as_many_slices_as_there_are_draws(source: Sampling, draws: int) -> None:
    for name in NAMES:
        slices = np.floor(draws * numbers(source, name, draws)).astype(int)
        assert sorted(slices) == list(range(draws))


def test_monte_carlo_leaves_slices_empty_so_that_the_test_above_tests_something() -> None:
    slices = np.floor(1024 * numbers(MONTE_CARLO, "number_0", 1024))
    assert len(set(slices)) < 0.7 * 1024


@pytest.mark.parametrize("source", [Sobol(NAMES), LatinHypercube(1000), MonteCarlo()])
def test_a_draw_is_the_same_in_any_block_and_order(source: Sampling) -> None:
    whole = numbers(source, "number_3", 1000)
    for first in (3, 0, 2, 1):
        part = source.uniform("number_3", 1, first * DRAW_BLOCK, DRAW_BLOCK)[: 1000 - first * DRAW_BLOCK]
        np.testing.assert_array_equal(part, whole[first * DRAW_BLOCK :][: len(part)])
    fresh = {"Sobol": Sobol(NAMES), "LatinHypercube": LatinHypercube(1000), "MonteCarlo": MonteCarlo()}
    np.testing.assert_array_equal(numbers(fresh[type(source).__name__], "number_3", 1000), whole)


def test_a_sobol_draw_does_not_depend_on_how_many_follow() -> None:
    np.testing.assert_array_equal(numbers(Sobol(NAMES), "number_1", 300), numbers(Sobol(NAMES), "number_1", 2000)[:300])


def test_blocks_of_any_size_are_parts_of_the_same_sequence() -> None:
    few = Sobol(NAMES).uniform("number_2", 1, 0, 5)
    np.testing.assert_array_equal(few, numbers(Sobol(NAMES), "number_2", 5))


@pytest.mark.parametrize("make", [lambda: Sobol(NAMES), lambda: LatinHypercube(512)])
def test_names_and_seeds_have_numbers_of_their_own(make: Callable[[], Sampling]) -> None:
    one = numbers(make(), "number_0", 512)
    assert abs(np.corrcoef(one, numbers(make(), "number_1", 512))[0, 1]) < 0.2
    assert not np.isin(one, numbers(make(), "number_0", 512, seed=2)).any()


def test_the_number_of_draws_is_part_of_a_hypercubes_seed() -> None:
    assert numbers(LatinHypercube(512), "a", 4).tolist() != numbers(LatinHypercube(513), "a", 4).tolist()


def test_a_name_outside_the_design_is_an_error_and_no_silent_copy() -> None:
    with pytest.raises(ValueError):
        Sobol(NAMES).uniform("forgotten", 1, 0, 4)


def test_further_names_at_the_end_leave_the_first_as_they_are() -> None:
    """Two scenarios with other shocks draw the same parameters: what differs between them is not noise."""
    more = Sobol((*NAMES, "shocks.0.loss_share"))
    for name in NAMES:
        np.testing.assert_array_equal(numbers(more, name, 512), numbers(Sobol(NAMES), name, 512))


# What a run takes random numbers for


@dataclass
class Recorder:
    """Monte Carlo that remembers who asked."""

    names: set[str] = field(default_factory=set)

    def uniform(self, name: str, seed: int, first: int, size: int) -> np.ndarray:
        self.names.add(name)
        return MONTE_CARLO.uniform(name, seed, first, size)


def asked_for(plan: Plan) -> set[str]:
    """Names for which a block of this plan takes random numbers."""
    recorder = Recorder()
    block = Block(1, 0, sampling=recorder)
    compile_block(plan.scenario, plan.base, plan.numbers, block, plan.fitted)
    return recorder.names


@pytest.mark.parametrize("file", library.files(), ids=lambda file: file.stem)
def test_the_names_cover_everything_that_is_drawn(file: object) -> None:
    plan = prepare(load_scenario(str(file)))
    names = names_drawn(plan.scenario, plan.numbers, plan.fitted)
    assert asked_for(plan) == set(names) and len(names) == len(set(names))


def test_the_fitted_parameters_are_one_dimension_and_overridden_ones_their_own(scenario: Write) -> None:
    plan = prepare(scenario("parameters: {fear: {low: 0.4, mid: 0.9, high: 1.5}, stock_lean: 15}\n"))
    names = names_drawn(plan.scenario, plan.numbers, plan.fitted)
    assert TABLE in names and "fear" in names
    assert not {"stock_lean", "stock_response"} & set(names)
    assert asked_for(plan) == set(names)


def test_correlated_numbers_are_covered(scenario: Write) -> None:
    plan = prepare(
        scenario(
            "shocks: [{type: supply_outage, streams: [iran], loss_share: {low: 0.1, mid: 0.5, high: 0.7}}]\n"
            "correlations: [{between: [shocks.0.loss_share, parameters.detour_cost_scale], rank: 0.5}]\n"
        )
    )
    names = names_drawn(plan.scenario, plan.numbers, plan.fitted)
    assert asked_for(plan) == set(names) and names[-1] == "shocks.0.loss_share"


# Settling


def mean_of(source: Sampling, draws: int, seed: int) -> float:
    """The mean of a curved function of nine uncertain numbers: a bill, price times volume with feedback."""
    one = Range(0.7, 1.0, 1.6, in_logs=True)
    parts = [
        np.concatenate([draw(n, one, Block(seed, f, sampling=source)) for f in range(0, draws, 256)]) for n in NAMES
    ]
    return float(np.mean(np.prod(parts[:4], axis=0) + np.sum(parts[4:], axis=0)))


def spread(make: Callable[[int], Sampling], draws: int) -> float:
    return float(np.std([mean_of(make(draws), draws, seed) for seed in range(24)]))


@pytest.mark.parametrize("make", [lambda draws: Sobol(NAMES), LatinHypercube], ids=["sobol", "hypercube"])
def test_a_mean_settles_sooner_than_by_monte_carlo(make: Callable[[int], Sampling]) -> None:
    """From seed to seed, at 2,048 draws: less than half as wide. (Equal seeds would leave nothing to compare.)"""
    assert 0 < spread(make, 2048) < 0.5 * spread(lambda draws: MONTE_CARLO, 2048)


def test_sobols_error_falls_faster_than_by_the_square_root() -> None:
    """Eight times the draws: Monte Carlo gains 2.8, Sobol more than 4."""
    gain = spread(lambda draws: Sobol(NAMES), 256) / spread(lambda draws: Sobol(NAMES), 2048)
    plain = spread(lambda draws: MONTE_CARLO, 256) / spread(lambda draws: MONTE_CARLO, 2048)
    assert gain > 4 > plain


def test_estimates_have_no_bias() -> None:
    """The split normal in logs has a mean known in closed form; Sobol's estimate of it over seeds must hold it."""
    found = [float(np.mean(ndtri(numbers(Sobol(NAMES), "number_5", 1024, seed)))) for seed in range(16)]
    assert abs(np.mean(found)) < 1e-3


# Asking for it

OUTAGE = "shocks: [{type: supply_outage, streams: [iran], loss_share: {low: 0.1, mid: 0.5, high: 0.7}}]\n"


def test_the_scenario_says_and_the_argument_wins(scenario: Write) -> None:
    asked = scenario("sampling: sobol\n" + OUTAGE)
    assert asked.sampling == "sobol"
    said, told, plain = (
        run(one, draws=64, months=1, sampling=word)
        for one, word in ((asked, None), (asked, "latin_hypercube"), (scenario(OUTAGE), None))
    )
    assert [one.manifest["sampling"] for one in (said, told, plain)] == ["sobol", "latin_hypercube", "monte_carlo"]
    assert len({one.get("brent_usd_bbl").mean for one in (said, told, plain)}) == 3
    again = run(scenario(OUTAGE), draws=64, months=1, sampling="sobol")
    assert repr(again.rows) == repr(said.rows)


@pytest.mark.parametrize("word", ["sobol", "latin_hypercube"])
def test_a_run_is_the_same_twice_and_a_single_draw_stays_at_the_middle(scenario: Write, word: str) -> None:
    asked = scenario(OUTAGE)
    first, second = (run(asked, draws=300, months=1, sampling=word) for _ in range(2))
    assert repr(first.rows) == repr(second.rows)
    assert repr(run(asked, draws=1, months=1, sampling=word).rows) == repr(run(asked, draws=1, months=1).rows)


def test_a_hypercube_has_a_largest_size() -> None:
    with pytest.raises(InputError) as caught:
        sampling("latin_hypercube", NAMES, 250_001)
    assert str(caught.value) == (
        "draws: are too many for a Latin hypercube, which is laid out before the first draw; sobol has no limit "
        "(given 250001; allowed at most 250000)"
    )


def test_a_misspelt_sampling_in_python_and_in_the_file(scenario: Write) -> None:
    with pytest.raises(InputError) as caught:
        run(scenario(OUTAGE), draws=2, sampling="sobool")
    allowed = "allowed monte_carlo, sobol, latin_hypercube; did you mean sobol?"
    assert str(caught.value) == f"sampling: there is no such sampling (given sobool; {allowed})"
    with pytest.raises(InputError) as caught:
        scenario("sampling: latin_hypercub\n")
    assert "6:11: sampling: there is no such sampling (given latin_hypercub; allowed monte_carlo" in str(caught.value)
    assert "did you mean latin_hypercube?" in str(caught.value)


def test_the_command_line_takes_it(tmp_path: object) -> None:
    words = ["run", "iran_offline", "--draws", "8", "--months", "1", "--format", "json", "--sampling", "sobol"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.stderr
    manifest = json.loads(result.stdout)["manifest"]
    assert (manifest["sampling"], manifest["sampling_note"]) == ("sobol", "bands settle best at powers of two")
    assert CliRunner().invoke(main, ["run", "iran_offline", "--sampling", "sobool"]).exit_code == 2
