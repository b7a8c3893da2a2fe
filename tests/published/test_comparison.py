"""The table: every published figure has an answer, a gate that is its own, and a reason only where it is missed."""

import pytest

from simulator import datasets
from simulator.errors import DataError
from simulator.published import comparison
from simulator.published.answers import Answer, exact
from simulator.published.comparison import Finding, findings
from simulator.report.published import as_text, page, save


def finding(value: float, low: float | None = 2.0, high: float | None = 3.0, tolerance: float | None = 0.5) -> Finding:
    return Finding("x", "1 One", "they", "it", "%", low, high, tolerance, exact(value), "because", None)


@pytest.mark.parametrize(("value", "within"), [(1.4, False), (1.5, True), (3.5, True), (3.6, False)])
def test_the_gate_is_the_range_and_its_tolerance(value, within):
    assert finding(value).within is within
    reason = "because" if value < 2.0 else "We do not know why."
    assert finding(value).why_outside == ("" if within else reason)


def test_nothing_published_has_no_gate():
    alone = finding(1.0, None, None, None)
    assert alone.within is None and alone.in_band is None and alone.why_outside == ""


def test_a_band_that_reaches_the_range_holds_it():
    wide = Finding("x", "s", "t", "c", "%", 2.0, 3.0, 0.0, Answer(0.0, 1.0, 2.1), None, None)
    assert wide.in_band is True and wide.within is False
    assert finding(2.5).in_band is None


def test_every_answer_has_its_published_row():
    rows = datasets.table("published_results").column("check")
    assert [one.check for one in findings({name: exact(0.0) for name in rows})] == list(rows)
    with pytest.raises(DataError, match="odd"):
        findings({name: exact(0.0) for name in rows[1:]})


def test_rows_that_can_be_missed_say_why():
    for row in datasets.table("published_results").rows:
        if row["section"][0] in "458" and row["low"] is not None and row["check"] != "size.qualities":
            assert row["why_below"] or row["why_above"], row["check"]


def test_the_whole_comparison_runs():
    found = comparison.compare(2, 1)
    assert {one.check for one in found} == set(datasets.table("published_results").column("check"))
    formulas = [one for one in found if one.check.startswith(("gsim", "premium", "hazard", "savings"))]
    assert all(one.within is not False for one in formulas)


def test_the_page_holds_every_row(tmp_path):
    found = [finding(1.0), finding(2.0)]
    text = page(found, 10, 1)
    assert "1 of 2 rows with a gate" in text and text.count("| they | it |") == 2 and "because" in text
    save(found, 10, 1, tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == text
    assert "within_gate" in as_text(found, "csv") and '"rows"' in as_text(found, "json")
