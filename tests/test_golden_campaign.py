"""A thousandth of a number of the data shows, in the right metric: three of the changes of `python -m fuzz.golden`."""

from __future__ import annotations

import pytest

from fuzz import golden as campaign
from tests.golden_folder import written

CHANGES = {
    "elasticity": next(one for one in campaign.fitted() if one.column == "supply_elasticity_month"),
    "flow": next(one for one in campaign.flows() if one.table == "flows_early_2026"),
    "freight": next(one for one in campaign.freights() if one.label == "oman early_2026"),
}
LEADS = {"elasticity": {"brent_usd_bbl", "imports_kbd"}, "flow": {"flow_kbd"}, "freight": {"fob_usd_bbl"}}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, campaign.Answer]:
    folder = written(tmp_path_factory.mktemp("golden"))
    found = campaign.ask_all(CHANGES.values(), 2, lambda answer: None, folder)
    return {kind: next(one for one in found if one.change == change) for kind, change in CHANGES.items()}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_thousandth_shows_in_the_right_metric_with_its_cause(kind: str, answers: dict[str, campaign.Answer]) -> None:
    answer = answers[kind]
    assert answer.verdict == "caught", answer
    assert answer.metrics[0] in LEADS[kind] and answer.tables == (CHANGES[kind].table,)


def test_the_smallest_flow_is_the_one_tried() -> None:
    smallest = min(float(row["kbd"]) for row in campaign.rows_of("flows_early_2026") if float(row["kbd"]) > 0)
    assert CHANGES["flow"].label.endswith(str(smallest))


def test_a_change_without_effect_counts_as_missed(answers: dict[str, campaign.Answer]) -> None:
    silent = campaign.Answer(CHANGES["flow"], (), 0.0, ("flows_2025",))
    assert silent.verdict == "missed"
    assert campaign.Answer(CHANGES["flow"], ("share",), 9.0, ()).verdict == "seen"
