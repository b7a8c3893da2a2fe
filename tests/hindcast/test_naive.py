"""Forecasts without a model, by hand."""

from __future__ import annotations

from simulator.hindcast.naive import forecasts
from tests.hindcast.made import episode, target

THEN = {"last": "2018-09"}
OLD = episode(
    "old",
    "2018-05",
    target(observed=3.0, **THEN),
    target(observed=4.0, **THEN),
    target(observed=9.0, kind="flow", **THEN),
)
LATER = episode(
    "later",
    "2019-05",
    target(observed=7.0, last="2019-09"),
    target(observed=1.0, target_class="daily", last="2019-09"),
    target(observed=2.0, last="2020-01"),
)
HERE = episode("here", "2020-01", target(), lost=2000.0, displaced=1500.0)
NEXT = episode("next", "2021-01", target(observed=50.0))
HISTORY = (NEXT, LATER, HERE, OLD)


def test_nothing_changes() -> None:
    assert forecasts(target(), HERE, 0.5, HISTORY)[0] == 0.5


def test_as_last_time_is_the_last_scored_figure_of_its_kind_before_the_episode() -> None:
    assert forecasts(target(), HERE, 0.0, HISTORY)[1] == 7.0
    assert forecasts(target(kind="flow"), HERE, 0.0, HISTORY)[1] == 9.0
    assert forecasts(target(), LATER, 0.0, HISTORY)[1] == 4.0, "only what was earlier"


def test_what_was_not_over_when_the_episode_began_was_not_known() -> None:
    late = episode("late", "2020-02", target())
    assert forecasts(target(), late, 0.0, HISTORY)[1] == 2.0
    assert forecasts(target(unit="USD/bbl"), late, 0.5, HISTORY)[1] == 0.5, "another unit is another kind"


def test_without_an_earlier_one_of_its_kind_nothing_changes() -> None:
    assert forecasts(target(kind="unheard of"), HERE, 2.5, HISTORY)[1] == 2.5
    assert forecasts(target(), OLD, 2.5, HISTORY)[1] == 2.5


def test_brent_rises_5_percent_for_each_mbd_lost() -> None:
    assert forecasts(target(), HERE, 0.0, HISTORY)[2] == 10.0
    assert forecasts(target(statistic="change", unit="USD/bbl"), HERE, 1.0, HISTORY)[2] == 1.0, "the rule is in percent"


def test_a_discount_widens_by_a_dollar_for_each_100_kbd_that_need_new_buyers() -> None:
    discount = target(statistic="level", metric="discount_usd_bbl", by="stream", item="oman", unit="USD/bbl")
    assert forecasts(discount, HERE, -3.0, HISTORY)[2] == -18.0


def test_of_flows_the_rule_says_nothing() -> None:
    flow = target(metric="imports_kbd", statistic="change", unit="kb/d")
    assert forecasts(flow, HERE, 4.0, HISTORY)[2] == 4.0
