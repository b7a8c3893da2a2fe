"""What a run says about a target, by hand: two draws, five months, three items."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.hindcast.readings import FOB_DISCOUNT, STATISTICS, Replay, read, wanted
from tests.hindcast.made import target

MONTHS = ("2020-01", "2020-02", "2020-03", "2020-04", "2020-05")
FLOW = ("flow_kbd", "buyer_stream")
AFTER = {
    ("brent_usd_bbl", "total", "total"): np.array([[60.0, 66.0, 72.0, 63.0, 60.0], [60.0, 54.0, 48.0, 57.0, 60.0]]),
    ("fob_usd_bbl", "stream", "oman"): np.array([[58.0, 62.0, 66.0, 59.0, 58.0], [58.0, 53.0, 49.0, 57.0, 58.0]]),
    (*FLOW, "a"): np.array([[100.0, 80.0, 40.0, 4.0, 2.0], [100.0, 60.0, 90.0, 110.0, 120.0]]),
    (*FLOW, "b"): np.array([[50.0, 60.0, 80.0, 98.0, 99.0], [50.0, 70.0, 50.0, 45.0, 40.0]]),
    (*FLOW, "c"): np.array([[10.0, 12.0, 14.0, 16.0, 18.0], [10.0, 9.0, 8.0, 7.0, 6.0]]),
}
BEFORE = {key: float(path[0, 0]) for key, path in AFTER.items()}
REPLAY = Replay(MONTHS, AFTER, BEFORE)


def said(statistic: str, **given: object) -> list[float]:
    return read(REPLAY, target(statistic=statistic, first="2020-02", last="2020-03", **given)).tolist()


def flow(statistic: str, item: str, **given: object) -> list[float]:
    return said(statistic, metric=FLOW[0], by=FLOW[1], item=item, **given)


def months(statistic: str, item: str, threshold: float, first: str = "2020-01", last: str = "2020-05") -> list[float]:
    one = target(
        statistic=statistic,
        metric=FLOW[0],
        by=FLOW[1],
        item=item,
        first=first,
        last=last,
        threshold_share=threshold,
    )
    return read(REPLAY, one).tolist()


def test_levels_and_changes_are_means_of_the_window_against_the_time_before() -> None:
    assert said("level") == [69.0, 51.0]
    assert said("change") == [9.0, -9.0]
    assert said("change_pct") == pytest.approx([15.0, -15.0])
    assert said("change_pp") == [900.0, -900.0]


def test_a_window_is_compared_with_another_or_with_a_known_level_where_one_is_named() -> None:
    assert said("change", since_first="2020-04", since_last="2020-05") == [7.5, -7.5]
    assert said("change", since_value=50.0) == [19.0, 1.0]
    assert said("change_pct", since_value=50.0) == pytest.approx([38.0, 2.0])


def test_items_joined_by_plus_are_added_up_before_anything_else() -> None:
    assert flow("level", "a+b+c") == [143.0, 143.5]
    assert flow("change_pct", "a+b") == pytest.approx([-100 * 20 / 150, -100 * 15 / 150])


def test_a_price_at_the_port_is_read_against_brent_of_its_own_month() -> None:
    found = said("change", metric=FOB_DISCOUNT, by="stream", item="oman")
    assert found == [(62 - 66 + 66 - 72) / 2 + 2, (53 - 54 + 49 - 48) / 2 + 2]
    assert wanted(target(metric=FOB_DISCOUNT, by="stream", item="oman")) == {
        ("fob_usd_bbl", "stream", "oman"),
        ("brent_usd_bbl", "total", "total"),
    }


def test_a_share_of_a_loss_is_what_one_gained_of_what_another_lost() -> None:
    assert flow("share_of_loss_pct", "b", loser_item="a") == pytest.approx([50.0, 40.0])


def test_where_nothing_was_lost_there_is_nothing_to_take_over() -> None:
    assert flow("share_of_loss_pct", "a", loser_item="c") == pytest.approx([0.0, -100 * 25 / 1.5])


def test_months_until_a_flow_is_gone_count_from_the_start_of_the_window() -> None:
    assert months("months_until_below", "a", 0.05) == [3.0, 5.0], "never: the whole window"
    assert months("months_until_below", "a", 0.8) == [1.0, 1.0]
    assert months("months_until_below", "a", 0.05, first="2020-03") == [1.0, 3.0]


def test_months_until_a_flow_is_back_count_from_the_trough() -> None:
    assert months("months_from_trough_to", "a", 1.0) == [5.0, 2.0], "never: the whole window"
    assert months("months_from_trough_to", "b", 1.0) == [0.0, 5.0], "never below the start; and never back"


def test_if_nothing_had_happened_every_change_is_nothing() -> None:
    calm = REPLAY.unchanged()
    for statistic in STATISTICS.keys() - {"months_until_below", "months_from_trough_to", "level"}:
        one = target(statistic=statistic, metric=FLOW[0], by=FLOW[1], item="a+c", loser_item="b")
        assert read(calm, one).tolist() == [0.0], statistic
    assert read(calm, target(statistic="level")).tolist() == [60.0]
