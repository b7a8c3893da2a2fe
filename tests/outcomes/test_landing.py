"""Arrivals: cargo of earlier months, at the prices of its loading."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.market.dynamics import Loading
from simulator.outcomes.landing import landing

VOYAGE = np.array([0.0, 0.4, 1.0, 1.6, 2.0])
DRAWS, SEGMENTS, STREAMS = 2, 3, 5
NO_DUTY = np.zeros((1, SEGMENTS, STREAMS))


def loading(rng: np.random.Generator) -> Loading:
    shape = (DRAWS, SEGMENTS, STREAMS)
    return Loading(
        rng.uniform(10, 400, shape), rng.uniform(50, 120, DRAWS), rng.uniform(-9, 2, shape), rng.uniform(0, 8, shape)
    )


def months(count: int = 4, seed: int = 0) -> list[Loading]:
    rng = np.random.default_rng(seed)
    return [loading(rng) for _ in range(count)]


def parts(voyage: float) -> dict[int, float]:
    """A voyage of 1.6 months: 40 % one month later, 60 % two months later."""
    whole = int(voyage)
    return {whole: 1 - (voyage - whole), whole + 1: voyage - whole}


def test_a_voyage_of_1_6_months_is_40_percent_after_one_month_and_60_after_two() -> None:
    sent = months()
    found = landing(sent, VOYAGE, NO_DUTY, NO_DUTY)
    expected = 0.4 * sent[-2].kbd[:, :, 3] + 0.6 * sent[-3].kbd[:, :, 3]
    np.testing.assert_allclose(found.kbd[:, :, 3], expected, rtol=1e-14)


def test_every_cell_is_its_loadings_one_voyage_ago_at_their_mean_cost() -> None:
    sent = months()
    found = landing(sent, VOYAGE, NO_DUTY, NO_DUTY)
    for n in range(DRAWS):
        for segment in range(SEGMENTS):
            for i, voyage in enumerate(VOYAGE):
                cargo = [(part * sent[-1 - lag].kbd[n, segment, i], sent[-1 - lag]) for lag, part in
                         parts(float(voyage)).items() if part > 0]  # fmt: skip
                total = sum(kbd for kbd, _ in cargo)
                assert found.kbd[n, segment, i] == pytest.approx(total, rel=1e-12)
                for name, cost in (
                    ("world_price_usd_bbl", lambda x, n=n: x.brent_usd_bbl[n]),
                    ("discount_usd_bbl", lambda x, n=n, s=segment, i=i: x.discount_usd_bbl[n, s, i]),
                    ("freight_usd_bbl", lambda x, n=n, s=segment, i=i: x.freight_usd_bbl[n, s, i]),
                ):
                    mean = sum(kbd * cost(one) for kbd, one in cargo) / total
                    assert getattr(found, name)[n, segment, i] == pytest.approx(mean, rel=1e-12), name
    np.testing.assert_allclose(
        found.delivered_usd_bbl, found.world_price_usd_bbl + found.discount_usd_bbl + found.freight_usd_bbl
    )


def test_what_is_loaded_arrives_all_of_it_and_once() -> None:
    """Loadings of one month alone, seen over the months after."""
    rng = np.random.default_rng(1)
    one = loading(rng)
    none = Loading(np.zeros_like(one.kbd), one.brent_usd_bbl, one.discount_usd_bbl, one.freight_usd_bbl)
    queue, arrived = [none] * 3 + [one], np.zeros_like(one.kbd)
    for _ in range(4):
        arrived += landing(queue, VOYAGE, NO_DUTY, NO_DUTY).kbd
        queue = [*queue[1:], none]
    np.testing.assert_allclose(arrived, one.kbd, rtol=1e-12)


def test_the_same_month_over_and_over_arrives_as_it_is_loaded() -> None:
    one = months(1)[0]
    found = landing([one] * 4, VOYAGE, NO_DUTY, NO_DUTY)
    np.testing.assert_allclose(found.kbd, one.kbd, rtol=1e-14)
    np.testing.assert_allclose(found.discount_usd_bbl, one.discount_usd_bbl, rtol=1e-13)


def test_a_cell_in_which_nothing_arrives_has_todays_prices() -> None:
    sent = months()
    for one in sent[:-1]:
        one.kbd[:, :, 2] = 0.0
    found = landing(sent, VOYAGE, NO_DUTY, NO_DUTY)
    assert (found.kbd[:, :, 2] == 0).all()
    np.testing.assert_array_equal(found.freight_usd_bbl[:, :, 2], sent[-1].freight_usd_bbl[:, :, 2])
    np.testing.assert_array_equal(found.world_price_usd_bbl[:, 0, 2], sent[-1].brent_usd_bbl)


def test_duty_is_that_of_the_month_of_arrival() -> None:
    rate = np.random.default_rng(2).uniform(0, 0.3, (1, SEGMENTS, STREAMS))
    found = landing(months(), VOYAGE, rate, 2 * rate)
    np.testing.assert_array_equal(found.duty_rate, np.broadcast_to(rate, found.kbd.shape))
    np.testing.assert_array_equal(found.duty_usd_bbl, np.broadcast_to(2 * rate, found.kbd.shape))
