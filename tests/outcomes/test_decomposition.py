"""Why the bill changed: against all 64 coalitions, and what any fair split must satisfy."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.outcomes.decomposition import COMPONENTS, Bill, shapley
from tests.oracles import shapley_by_enumeration

DRAWS, CELLS = 2, 5
FIELDS = {
    "world_price": ("world_price_usd_bbl",),
    "discounts": ("discount_usd_bbl",),
    "freight": ("freight_usd_bbl",),
    "tariffs": ("duty_rate", "duty_usd_bbl"),
    "mix": ("mix_share",),
    "volume": ("volume_kbd",),
}
seeds = st.integers(0, 2**32 - 1)


def bill(rng: np.random.Generator) -> Bill:
    return Bill(
        world_price_usd_bbl=rng.uniform(40, 120, (DRAWS, CELLS)),
        discount_usd_bbl=rng.uniform(-12, 3, (DRAWS, CELLS)),
        freight_usd_bbl=rng.uniform(0, 8, (DRAWS, CELLS)),
        duty_rate=rng.uniform(0, 0.3, (DRAWS, CELLS)),
        duty_usd_bbl=rng.uniform(0, 5, (DRAWS, CELLS)),
        mix_share=rng.dirichlet(np.ones(CELLS), DRAWS),
        volume_kbd=rng.uniform(8000, 13000, DRAWS),
    )


def worth(before: Bill, after: Bill, changed: tuple[bool, ...], n: int) -> float:
    """The bill of draw n, cell by cell, with some components after and the others before."""
    source = {}
    for name, is_after in zip(COMPONENTS, changed, strict=True):
        for one in FIELDS[name]:
            source[one] = getattr(after if is_after else before, one)[n]
    total = 0.0
    for cell in range(CELLS):
        price = source["world_price_usd_bbl"][cell] + source["discount_usd_bbl"][cell] + source["freight_usd_bbl"][cell]
        landed = (1 + source["duty_rate"][cell]) * price + source["duty_usd_bbl"][cell]
        total += source["mix_share"][cell] * landed
    return float(source["volume_kbd"] * total)


@pytest.mark.parametrize("seed", range(3))
def test_the_split_is_the_mean_over_all_orders(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = bill(rng), bill(rng)
    found = shapley(before, after)
    for n in range(DRAWS):
        expected = shapley_by_enumeration(lambda who, n=n: worth(before, after, tuple(who), n), len(COMPONENTS))
        np.testing.assert_allclose(found[n], expected, rtol=1e-9, atol=1e-6)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(seed=seeds)
def test_the_parts_add_up_to_the_change(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = bill(rng), bill(rng)
    change = after.value() - before.value()
    np.testing.assert_allclose(shapley(before, after).sum(axis=1), change, rtol=1e-9, atol=1e-6)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(seed=seeds)
def test_the_way_back_is_the_way_there_with_the_other_sign(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = bill(rng), bill(rng)
    np.testing.assert_allclose(shapley(after, before), -shapley(before, after), rtol=1e-9, atol=1e-6)


def test_nothing_changed_means_nothing_to_explain() -> None:
    here = bill(np.random.default_rng(0))
    assert (shapley(here, here) == 0).all()


@pytest.mark.parametrize("component", COMPONENTS)
def test_one_component_alone_explains_all_of_the_change(component: str) -> None:
    rng = np.random.default_rng(4)
    before, other = bill(rng), bill(rng)
    changed = {f.name: getattr(other if f.name in FIELDS[component] else before, f.name) for f in fields(Bill)}
    after = Bill(**changed)
    found = shapley(before, after)
    k = COMPONENTS.index(component)
    np.testing.assert_allclose(found[:, k], after.value() - before.value(), rtol=1e-9)
    assert (np.delete(found, k, axis=1) == 0).all()


def test_the_value_of_a_bill_is_volume_times_the_mean_landed_cost() -> None:
    here = bill(np.random.default_rng(5))
    for n in range(DRAWS):
        assert here.value()[n] == pytest.approx(worth(here, here, (False,) * 6, n), rel=1e-12)
