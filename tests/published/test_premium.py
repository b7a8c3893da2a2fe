"""China's premium on the engine: what must hold whatever the parameters."""

import numpy as np
import pytest

from simulator.published import premium as module
from simulator.published.monthly import BRENT, monthly, scenario
from simulator.published.premium import IMPORTS, PRICED, Kind, china_premium


@pytest.fixture
def one_kind(monkeypatch):
    """A single rare kind of disruption, so that three runs are enough."""
    monkeypatch.setattr(module, "disruptions", lambda drawn: (Kind(2000.0, 0.1, 2500.0, 3),))


def test_a_further_barrel_makes_the_others_dearer(one_kind):
    found = china_premium(1, 1)
    assert found.monopsony[0] > 0
    assert found.rise_usd_bbl[0, 0] > 0
    assert found.total == pytest.approx(found.monopsony + found.disruption_imports + found.disruption_output)


def test_monopsony_is_the_slope_of_the_price_times_imports():
    """The slope read off the world price alone, times all imports, is the same but for discounts and freight."""
    run = monthly(scenario("china_buys_less"), (BRENT, IMPORTS, *PRICED[:1]), 1, 1)
    last = slice(24, 36)
    days = np.array(run.days[last])
    barrels = (run.change(IMPORTS)[0, last] * days).sum() / 1e6
    world = run.values[PRICED[0]][0, last].sum() / barrels
    price = (run.change(BRENT)[0, last] * days).sum() / days.sum()
    by_slope = price / (barrels * 1e6 / days.sum()) * run.base[IMPORTS].mean()
    assert world == pytest.approx(by_slope, rel=0.03)


def test_a_draw_alone_equals_the_draw_among_others():
    few, more = (monthly(scenario("loss_everywhere"), (BRENT,), draws, 7).values[BRENT] for draws in (3, 5))
    assert few == pytest.approx(more[:3], abs=1e-9)
