"""The linearised market against the matrices of Francois & Hall (2003), written out in loops."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.published.gsim import Case, respond
from simulator.published.gsim_case import find, read_case


def textbook(case: Case) -> np.ndarray:
    """World price changes by the N matrices of the paper, one pair at a time."""
    exporters, importers = case.flows.shape
    system, answer = np.zeros((exporters, exporters)), np.zeros(exporters)
    for r in range(exporters):
        exports = sum(case.flows[r])
        system[r, r] += case.supply_elasticity[r]
        for v in range(importers):
            spending = sum(case.flows[s, v] * case.tariff_before[s, v] for s in range(exporters))
            share_of_exports = case.flows[r, v] / exports
            for s in range(exporters):
                if not spending:
                    continue
                theta = case.flows[s, v] * case.tariff_before[s, v] / spending
                n = theta * (case.demand_elasticity[v] + case.substitution[v])
                if s == r:
                    n -= case.substitution[v]
                duty = (case.tariff_after[s, v] - case.tariff_before[s, v]) / case.tariff_before[s, v]
                system[r, s] -= share_of_exports * n
                answer[r] += share_of_exports * n * duty
    return np.linalg.solve(system, answer)


def random_case(seed: int, exporters: int, importers: int, empty: float = 0.3) -> Case:
    rng = np.random.default_rng(seed)
    flows = rng.uniform(1.0, 100.0, (exporters, importers)) * (rng.random((exporters, importers)) > empty)
    flows[:, 0] += 1.0
    before = rng.uniform(1.0, 2.0, flows.shape)
    return Case(
        "drawn",
        tuple(f"X{r}" for r in range(exporters)),
        tuple(f"M{v}" for v in range(importers)),
        flows,
        before,
        before * rng.uniform(0.6, 1.5, flows.shape),
        -rng.uniform(0.2, 3.0, importers),
        rng.uniform(0.3, 4.0, exporters),
        rng.uniform(1.5, 9.0, importers),
    )


def test_the_worked_example_comes_back():
    case = read_case(find("francois_hall_2003"))
    assert respond(case).world_price == pytest.approx([0.0792, -0.0316, 0.0480, -0.0184], abs=1e-4)


@pytest.mark.parametrize("shape", [(2, 5), (5, 2), (3, 3), (2, 3)])
@pytest.mark.parametrize("seed", range(4))
def test_any_case_agrees_with_the_textbook(seed, shape):
    case = random_case(seed, *shape)
    assert respond(case).world_price == pytest.approx(textbook(case), abs=1e-8)


@given(seed=st.integers(0, 10_000))
def test_without_a_change_of_tariffs_nothing_moves(seed):
    case = random_case(seed, 3, 5)
    still = Case(**{**vars(case), "tariff_after": case.tariff_before})
    found = respond(still)
    assert not found.world_price.any()
    assert not np.nan_to_num(found.flow).any()


def test_scaling_all_flows_leaves_prices_alone():
    case = random_case(7, 3, 5)
    larger = Case(**{**vars(case), "flows": 1e6 * case.flows})
    assert respond(larger).world_price == pytest.approx(respond(case).world_price, abs=1e-9)


def test_what_is_sold_more_is_supplied_more():
    case = random_case(11, 5, 3)
    found = respond(case)
    more = (case.flows * np.nan_to_num(found.flow)).sum(axis=1) / case.flows.sum(axis=1)
    assert more == pytest.approx(case.supply_elasticity * found.world_price, abs=1e-8)


def test_who_trades_nothing_has_no_answer_and_disturbs_nobody():
    case = random_case(3, 3, 5, empty=0.0)
    flows = np.vstack([case.flows, np.zeros((1, 5))])
    flows[:, 4] = 0.0
    wider = {
        **vars(case),
        "flows": flows,
        "exporters": (*case.exporters, "idle"),
        "tariff_before": np.vstack([case.tariff_before, np.ones((1, 5))]),
        "tariff_after": np.vstack([case.tariff_after, np.ones((1, 5))]),
        "supply_elasticity": np.append(case.supply_elasticity, 1.0),
    }
    found = respond(Case(**wider))
    without = Case(**{**vars(case), "flows": flows[:3]})
    assert found.world_price[:3] == pytest.approx(respond(without).world_price, abs=1e-9)
    assert np.isnan(found.world_price[3])
    assert np.isnan(found.composite_price[4])


def test_supply_that_never_answers_leaves_the_sold_quantity():
    case = random_case(5, 3, 2, empty=0.0)
    fixed = Case(**{**vars(case), "supply_elasticity": np.zeros(3)})
    found = respond(fixed)
    assert (case.flows * found.flow).sum(axis=1) == pytest.approx(np.zeros(3), abs=1e-5)


GOOD = """\
schema: 1
exporters: [A, B, C]
importers: [X, Y]
flows: [[1, 2], [3, 4], [5, 0]]
tariff_factors:
  before: [[1, 1.1], [1.2, 1], [1, 1]]
  after: {A: {Y: 1.0}}
elasticities: {demand: -1, supply: {A: 1, B: 1, C: 2}, substitution: 5}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_rectangular_case_is_read(tmp_path):
    case = read_case(written(tmp_path, GOOD))
    assert case.flows.shape == (3, 2)
    assert case.tariff_after[0, 1] == 1.0
    assert case.supply_elasticity.tolist() == [1.0, 1.0, 2.0]
    assert case.name == "case"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[5, 0]", "[5, -1]", "4:29: flows.2.1: is outside its range (given -1; allowed 0 and more)"),
        ("[5, 0]", "[5]", "flows.2: is not a row of the matrix (given 1 numbers; allowed 3 rows (exporters) of 2"),
        ("[[1, 2], [3, 4], [5, 0]]", "[[0, 0], [0, 0], [0, 0]]", "flows: nothing is traded"),
        ("[[1, 2], [3, 4], [5, 0]]", "[[1, 2], [3, 4]]", "flows: must be a matrix (given 2 rows; allowed 3 rows"),
        ("demand: -1", "demand: 1", "elasticities.demand: is outside its range (given 1; allowed -1000 to 0)"),
        ("substitution: 5", "substitution: 0", "elasticities.substitution: is outside its range (given 0"),
        ("demand: -1, supply: {A: 1, B: 1, C: 2}", "demand: 0, supply: 0", "elasticities: nobody answers to price"),
        ("C: 2}", "D: 2}", "elasticities.supply.D: is not a key here (allowed A, B, C"),
        ("C: 2}", "D: 2}", "elasticities.supply.C: is required"),
        ("{Y: 1.0}", "{Z: 1.0}", "tariff_factors.after.A.Z: is not a key here (allowed X, Y"),
        ("1.1]", "0]", "tariff_factors.before.0.1: is outside its range (given 0; allowed above 0)"),
        ("[A, B, C]", "[A, B, A]", "exporters.2: is named twice (given A)"),
        ("schema: 1", "schema: 2", "schema: must be 1 (given 2)"),
        ("importers:", "importer:", "importer: is not a key here"),
        ("flows: [[1", "flows: [[one", "flows.0.0: must be a number (given one; allowed 0 and more)"),
    ],
)
def test_a_broken_case_is_named(tmp_path, old, new, said):
    from simulator.errors import InputError

    with pytest.raises(InputError) as caught:
        read_case(written(tmp_path, GOOD.replace(old, new)))
    assert said in str(caught.value)


def test_a_case_that_is_not_there_is_named():
    from simulator.errors import InputError

    with pytest.raises(InputError, match="did you mean francois_hall_2003"):
        find("francois_hal_2003")
