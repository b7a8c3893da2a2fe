"""Money of others counted with our code: the gates that are exact."""

import pytest

from simulator.published.accounts import revenue, savings


def test_what_discounts_saved_in_2023():
    found = savings()
    assert found["savings.iran"].p50 == pytest.approx(15 * 1.0 * 273 / 1e3, rel=1e-12)
    assert found["savings.iran"].p50 == pytest.approx(4.2, rel=0.03)
    assert found["savings.venezuela"].p50 == pytest.approx(1.17, rel=0.10)
    assert found["savings.russia_sea"].p50 == pytest.approx(12.2, abs=0.05)
    assert found["savings.russia_all"].p50 == pytest.approx(7.6, abs=0.05)


def test_russias_revenue_falls_apart_without_remainder():
    found = {name.removeprefix("revenue."): answer.p50 for name, answer in revenue().items()}
    assert found["volume"] + found["world_price"] + found["discount"] == pytest.approx(found["total"], abs=1e-12)
    assert abs(found["residual"]) < 1e-9
    assert found["order"] < 1e-9
