"""Pictures of what drives an outcome and of history carry their numbers, in both languages and sizes."""

from functools import cache

import numpy as np
import pytest

from simulator import load_scenario
from simulator.drivers.factors import Factor
from simulator.drivers.outcomes import Asked
from simulator.drivers.tornado import Bar
from simulator.hindcast.episodes import named
from simulator.hindcast.history import Hindcast, hindcast
from simulator.library import find
from simulator.report.figures import REPORT, SIZES, SLIDE, of_drivers, of_history
from simulator.report.figures.history import WIDEST
from simulator.report.language import LANGUAGES, words
from tests.report.figures.seen import faults, said

SHARE = Asked(("share", "group", "iran"), "horizon", -1)
BARS = (
    Bar(Factor("stock_response", "1", "guessed"), 1.0, 2.0, 4.0, 0.02, 0.03, 0.07, 0.05),
    Bar(Factor("demand_elasticity_month.cn_state", "1", "estimated"), 0.1, 0.2, 0.3, 0.05, 0.03, 0.01, 0.04),
    Bar(Factor("shocks.0.loss_share", "share", "scenario"), 0.5, 0.7, 1.0, float("nan"), 0.03, 0.01, float("nan")),
)


@cache
def replayed() -> Hindcast:
    return hindcast(named(("hormuz_closure_2026", "us_tariff_2018_2019")), 16, 1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_they_fit_their_page(language, size):
    scenario = load_scenario(find("iran_offline"))
    found = of_history(replayed(), words(language), size) | of_drivers(BARS, SHARE, scenario, words(language), size)
    assert list(found) == ["hindcast", "tornado"]
    for figure in found.values():
        assert len(said(figure).splitlines()) > 8
        assert faults(figure) == []


def test_a_tornado_has_both_ends_of_each_number():
    figure = of_drivers(BARS, SHARE, load_scenario(find("iran_offline")), words("en"), REPORT)["tornado"]
    ends = [(c[0].get_x(), c[0].get_width()) for c in figure.axes[0].containers]
    assert np.array(ends) == pytest.approx(np.array([(3, -1), (3, 4), (3, 2), (3, -2)], float))
    text = said(figure)
    assert "Share of imports, Iran, %, whole period; one number at a time" in text
    assert "1 to 4" in text and "0.1 to 0.3" in text and "0.5 to 1" not in text


def test_history_has_each_target_s_median_and_band_in_tolerances():
    found = replayed()
    figure = of_history(found, words("en"), SLIDE)["hindcast"]
    lines = [line for axes in figure.axes for line in axes.lines]
    marks = [line for line in lines if line.get_label() not in ("band",) and len(line.get_xdata()) == 1]
    bands = [line for line in lines if line.get_label() == "band"]
    assert len(marks) == len(bands) == len(found.judged) == found.score.targets
    for row, mark, band in zip(found.judged, marks, bands, strict=True):
        low, mid, high = ((v - row.target.observed) / row.target.tolerance for v in (row.p05, row.p50, row.p95))
        assert mark.get_xdata()[0] == pytest.approx(np.clip(mid, -WIDEST, WIDEST))
        assert list(band.get_xdata()) == pytest.approx([max(low, -WIDEST), min(high, WIDEST)])
        assert (mark.get_color() == "#009E73") == row.hit
    total = found.score
    assert f"{total.hits} of {total.targets} within tolerance" in said(figure)
