"""Levers and scenarios are two sides of one thing: positions make a scenario, a scenario sets positions."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import library, load_scenario
from simulator.errors import InputError
from simulator.explorer.files import file_name, opened, saved
from simulator.explorer.levers import BY_NAME, GROUPS, LEVERS, Lever
from simulator.explorer.question import Question
from simulator.report.language import LANGUAGES, words
from simulator.scenario import to_document

SHIPPED = [file.stem for file in library.files()]


def asked(name: str) -> Question:
    return Question.of(load_scenario(library.find(name)))


@pytest.mark.parametrize("name", SHIPPED)
def test_untouched_levers_leave_a_scenario_as_it_is(name: str) -> None:
    question = asked(name)
    assert question.document == to_document(question.start.scenario)
    assert question.scenario is question.start.scenario
    again = to_document(opened(saved(question, 256).encode(), "saved.yaml"))
    assert again.pop("draws") == 256
    loaded = to_document(question.start.scenario)
    loaded.pop("draws", None)
    assert again == loaded


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_every_lever_acts_over_its_whole_range_on_the_baseline(lever: Lever) -> None:
    question = asked("baseline")
    if lever.of:
        question = question.moved(lever.of, BY_NAME[lever.of].high)
    low, high = question.start.limits[lever.name]
    for value in (low, high):
        moved = question.moved(lever.name, value)
        assert moved.value(lever) == value
        read = Question.of(opened(saved(moved, 1).encode(), "saved.yaml"))
        assert read.value(lever) == value or (value == lever.rest and not lever.of)
        assert ("shocks" in moved.document) == (value != lever.rest or bool(lever.of))


POSITIONS = {lever.name: st.integers(0, 4).map(lambda k: k / 4) for lever in LEVERS}


@settings(max_examples=15, deadline=None)
@given(st.fixed_dictionaries({}, optional=POSITIONS), st.sampled_from(["baseline", "worst_case", "hormuz_closed"]))
def test_what_is_saved_sets_the_same_levers(positions: dict[str, float], name: str) -> None:
    question = asked(name)
    for lever, part in positions.items():
        low, high = question.start.limits[lever]
        question = question.moved(
            lever, round(low + part * (high - low)) if BY_NAME[lever].unit == "months" else low + part * (high - low)
        )
    read = Question.of(opened(saved(question, 256).encode(), "saved.yaml"))
    for lever in LEVERS:
        if question.acts(lever):
            assert read.value(lever) == question.value(lever), lever.name
    assert to_document(read.scenario).get("shocks") == to_document(question.scenario).get("shocks")


def test_positions_alone_count_not_the_way_there() -> None:
    moves = [("iran_loss", 0.5), ("hormuz_closed", 0.25), ("us_purchases", 300.0)]
    documents = []
    for order in permutations(moves):
        question = asked("worst_case").moved("iran_loss", 0.0).moved("us_duty", 0.1)
        for name, value in (*order, ("us_duty", 0.0)):
            question = question.moved(name, value)
        documents.append(question.document)
    assert all(document == documents[0] for document in documents)


def test_an_uncertain_number_stays_uncertain_until_it_is_moved() -> None:
    question, lever = asked("hormuz_closed"), BY_NAME["hormuz_closed"]
    assert (question.value(lever), question.band(lever)) == (0.9, (0.85, 0.95))
    elsewhere = question.moved("iran_loss", 0.5)
    assert elsewhere.band(lever) == (0.85, 0.95)
    assert elsewhere.document["shocks"][0]["closed_share"] == {"low": 0.85, "mid": 0.9, "high": 0.95}
    moved = question.moved("hormuz_closed", 0.9)
    assert moved.band(lever) is None
    (shock,) = moved.document["shocks"]
    assert shock["closed_share"] == 0.9
    assert "note" not in shock and shock["except_streams"] == ["iran"]
    assert moved.reset("hormuz_closed").document == question.document


def test_a_lever_at_rest_writes_no_shock_and_others_stay() -> None:
    question = asked("worst_case").moved("iran_loss", 0.0)
    assert [shock["type"] for shock in question.document["shocks"]] == ["embargo", "sanction", "fleet_sanction"]
    assert question.document["shocks"] == question.start.others()
    assert "summary" not in question.document and "summary" in question.start.document


def test_a_shock_that_others_are_counted_from_stays_in_its_place() -> None:
    text = """
schema: 1
baseline: early_2026
start: 2026-03
months: 2
shocks:
  - {type: supply_outage, streams: [iran], loss_share: 0.5}
  - {type: demand, buyers: [india], change_share: {low: -0.1, mid: 0.0, high: 0.1}}
  - {type: demand, buyers: [europe], change_share: {low: -0.1, mid: 0.0, high: 0.1}}
correlations:
  - {between: [shocks.1.change_share, shocks.2.change_share], rank: 0.5}
"""
    question = Question.of(opened(text.encode(), "together.yaml")).moved("iran_loss", 0.0)
    assert [shock.type for shock in question.scenario.shocks] == ["supply_outage", "demand", "demand"]
    assert question.document["shocks"][0]["loss_share"] == 0.0


def test_a_country_and_its_streams_are_the_same_lever() -> None:
    text = "schema: 1\nbaseline: '2025'\nstart: 2026-03\nmonths: 2\nshocks:\n"
    text += "  - {type: supply_outage, streams: [iran_heavy, iran_light], loss_share: 0.3}\n"
    text += "  - {type: supply_outage, streams: [iran_heavy], loss_share: 0.2}\n"
    question = Question.of(opened(text.encode(), "iran.yaml"))
    assert question.value(BY_NAME["iran_loss"]) == 0.3
    assert [shock["streams"] for shock in question.start.others()] == [["iran_heavy"]]


@pytest.mark.parametrize("value", [1.01, -0.01, float("nan"), float("inf"), "0.5", None, [0.5], {}, True, 10**400])
def test_a_lever_out_of_range_is_refused(value: object) -> None:
    with pytest.raises(InputError, match=r"iran_loss: is outside its range .*allowed 0 to 1"):
        asked("baseline").moved("iran_loss", value)


def test_half_months_and_unknown_levers_are_refused() -> None:
    with pytest.raises(InputError, match="hormuz_months: is outside its range"):
        asked("baseline").moved("hormuz_months", 2.5)
    with pytest.raises(InputError, match="there is no such lever"):
        asked("baseline").moved("__class__", 1.0)


def test_a_duty_goes_down_to_nothing_and_no_further() -> None:
    question = asked("baseline")
    assert question.start.limits["us_duty"] == (-0.2, 1.0)
    assert question.moved("us_duty", -0.2).scenario.shocks
    text = "schema: 1\nbaseline: jul_2018\nstart: 2018-07\nmonths: 2\n"
    assert Question.of(opened(text.encode(), "past.yaml")).start.limits["us_duty"] == (0.0, 1.0)


def test_what_the_market_cannot_do_is_told() -> None:
    text = "schema: 1\nbaseline: early_2026\nstart: 2026-03\nmonths: 2\nshocks:\n"
    text += "  - {type: tariff, streams: [us], buyers: [china], usd_bbl: -5}\n"
    question = Question.of(opened(text.encode(), "duty.yaml"))
    assert question.scenario.shocks
    with pytest.raises(InputError, match="below 0"):
        assert question.moved("us_duty", -0.2).scenario


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (
            b"schema: 1\nbaselin: '2025'\nstart: 2026-03\nmonths: 2\n",
            r"mine.yaml:2:1: baselin: .*did you mean baseline",
        ),
        (b"schema: 1\nextends: parts/hormuz.yaml\n", r"mine.yaml:2:10: extends: cannot be followed from here"),
        (b"a: {", r"mine.yaml:1:5: file: is not valid YAML here"),
        (b"\xff\xfe", "mine.yaml:1:1: file: is not UTF-8 text"),
        (b"", "mine.yaml:1:1: file: is empty"),
        (b"#" * 1_000_001, "mine.yaml:1:1: file: is too large"),
    ],
)
def test_a_broken_file_is_told_line_by_line(raw: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        opened(raw, "mine.yaml")


def test_a_bomb_of_references_is_refused_at_once() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{k}: &{k} [{', '.join([f'*{chr(ord(k) - 1)}'] * 9)}]\n" for k in "bcdefghi"
    )
    with pytest.raises(InputError):
        opened(bomb.encode(), "bomb.yaml")


def test_a_file_is_named_after_its_scenario() -> None:
    scenario = opened("schema: 1\nname: ../伊朗 & more\nbaseline: '2025'\nstart: 2026-03\nmonths: 1\n".encode(), "x")
    assert file_name(Question.of(scenario)) == "伊朗_more.yaml"


def test_a_moved_lever_shows_in_the_name() -> None:
    question = asked("iran_offline").moved("iran_loss", 0.5)
    assert file_name(question) == "iran_offline_levers_moved.yaml"
    again = Question.of(opened(saved(question, 64).encode(), "saved.yaml"))
    assert again.start.scenario.name == "Iran offline, levers moved"
    assert file_name(again.moved("iran_loss", 0.6)) == file_name(again) == file_name(question)
    long = f"schema: 1\nname: {'x' * 100}\nbaseline: '2025'\nstart: 2026-03\nmonths: 1\n".encode()
    moved = Question.of(opened(long, "long.yaml")).moved("iran_loss", 0.5)
    assert opened(saved(moved, 64).encode(), "saved.yaml").name.endswith("x, levers moved")


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_on_the_page_has_its_words(language: str) -> None:
    told = words(language)
    for lever in LEVERS:
        assert told(f"explorer.lever_{lever.name}") and told(f"explorer.unit_{lever.unit}")
    assert all(told(f"explorer.group_{group}") for group in GROUPS)
