"""Keys come from the schema; a misspelt one never passes, and nothing a file holds ends in a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.reading.reader import read_text
from simulator.reading.scalars import shown
from simulator.scenario import Scenario, explain, keys
from simulator.scenario.keys import limits
from simulator.scenario.load import load_scenario
from simulator.scenario.shock import known_keys
from simulator.scenario.shocks import SHOCKS

SOUND: dict[str, dict[str, Any]] = {
    "supply_outage": {"streams": ["iran"], "loss_share": 0, "perceived_loss_kbd": 900, "perceived_months": 2},
    "capacity": {"streams": ["oman"], "change_kbd": -100},
    "chokepoint": {"chokepoint": "hormuz", "closed_share": 1, "bypass_kbd": 300, "except_streams": ["iran"]},
    "sanction": {"streams": ["iran"], "buyers": ["india"], "leave_share": 1, "half_life_months": 6},
    "fleet_sanction": {"fleet": "shadow", "fleet_loss_share": 0.2},
    "embargo": {"streams": ["usa"], "buyers": ["china"]},
    "price_cap": {"streams": ["iran"], "cap_usd_bbl": 47.6, "coalition_shipping_share": 0.4},
    "tariff": {"streams": ["us"], "buyers": ["china"], "rate": -0.2},
    "secondary_tariff": {
        "coalition": ["us", "eu"],
        "target": "china",
        "streams": ["iran"],
        "threshold_kbd": 100,
        "rate": 5.0,
        "existing_rate": 0.3,
        "enforcement_probability": {"low": 0.1, "mid": 0.3, "high": 0.6},
        "diversion_share": 0.3,
        "others": "comply",
        "response": "least_cost",
    },
    "purchase_commitment": {
        "buyers": ["china"],
        "streams": ["usa"],
        "volume_kbd": 500,
        "max_subsidy_usd_bbl": 4,
    },
    "energy_commitment": {
        "commodity": "lng",
        "volume_mt_year": 20,
        "price_usd_mmbtu": {"low": 8, "mid": 10, "high": 13},
        "alternative_usd_mmbtu": 9,
    },
    "discount": {"streams": ["iran"], "change_usd_bbl": -3},
    "freight": {"streams": ["gulf"], "buyers": ["cn_state"], "change_usd_bbl": 2},
    "demand": {"buyers": ["india"], "change_share": {"low": -0.2, "mid": -0.1, "high": 0}},
    "stock_release": {"buyers": ["india"], "rate_kbd": 200, "total_mb": 10},
    "stock_fill": {"buyers": ["cn_state"], "rate_kbd": 500},
}
SHARED = {"start": "2026-04", "end": "2026-09", "ramp_months": 1, "recovery_months": 2, "note": "why"}
COMMON = {"schema": 1, "baseline": "2025", "start": "2026-03", "months": 12}
OPTIONAL = {"name": "A", "summary": "B", "draws": 8, "parameters": {"pull": 2}, "note": "C"}
OPTIONAL |= {"correlations": [], "sampling": "sobol"}

file_is_rewritten = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _load(document: dict[str, Any], tmp_path: Path, words: Any) -> Scenario:
    path = tmp_path / "case.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return load_scenario(path, vocabulary=words)


def test_every_shock_of_the_schema_loads_with_all_its_common_keys(tmp_path: Path, words: Any) -> None:
    assert list(SOUND) == list(SHOCKS)
    shocks = [{"type": kind, **own, **SHARED} for kind, own in SOUND.items()]
    scenario = _load({**COMMON, **OPTIONAL, "shocks": shocks}, tmp_path, words)
    assert [shock.type for shock in scenario.shocks] == list(SOUND)
    assert all(shock.note == "why" and str(shock.end) == "2026-09" for shock in scenario.shocks)


def _edit(word: str, how: str, at: int, letter: str) -> str:
    at %= len(word)
    return {
        "drop": word[:at] + word[at + 1 :],
        "double": word[:at] + word[at] + word[at:],
        "swap": word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
        "put": word[:at] + letter + word[at + 1 :],
        "raise": word[:at] + word[at].upper() + word[at + 1 :],
    }[how]


@file_is_rewritten
@given(
    st.sampled_from([*COMMON, *OPTIONAL, "shocks"]),
    st.sampled_from(list(SOUND)),
    st.booleans(),
    st.sampled_from(["drop", "double", "swap", "put", "raise"]),
    st.integers(0, 40),
    st.sampled_from("abxyz_"),
    st.data(),
)
def test_a_misspelt_key_is_never_accepted(
    tmp_path: Path, words: Any, top: str, kind: str, inside: bool, how: str, at: int, letter: str, data: Any
) -> None:
    shock = {"type": kind, **SOUND[kind], **SHARED}
    document = {**COMMON, **OPTIONAL, "shocks": [shock]}
    key = data.draw(st.sampled_from(list(shock))) if inside else top
    wrong = _edit(key, how, at, letter)
    known = {*known_keys(SHOCKS[kind])} if inside else {*COMMON, *OPTIONAL, "shocks", "extends"}
    if wrong in known or not wrong:
        return
    place = shock if inside else document
    renamed = {wrong if name == key else name: value for name, value in place.items()}
    document = {**document, "shocks": [renamed]} if inside else renamed
    with pytest.raises(InputError) as caught:
        _load(document, tmp_path, words)
    # A shock without its type has no keys to compare with.
    path = "shocks.0.type" if inside and key == "type" else ("shocks.0." if inside else "") + shown(wrong)
    assert path in [problem.key for problem in caught.value.problems]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["iran", "china", "tariff", "supply_outage", "2026-03", "hormuz", "unreadable"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["low", "mid", "high", "type", "streams", "x"]), inner, max_size=4)
    ),
    max_leaves=6,
)


@file_is_rewritten
@given(
    st.sampled_from([*COMMON, *OPTIONAL, "shocks", "extends"]),
    st.sampled_from(list(SOUND)),
    ANYTHING,
    st.data(),
)
def test_any_value_gives_a_scenario_or_plain_words(
    tmp_path: Path, words: Any, top: str, kind: str, value: Any, data: Any
) -> None:
    key = data.draw(st.sampled_from([None, *known_keys(SHOCKS[kind])]))
    shock = {"type": kind, **SOUND[kind]}
    document = {**COMMON, "shocks": [shock if key is None else {**shock, key: value}]}
    if key is None:
        document[top] = value
    try:
        _load(document, tmp_path, words)
    except InputError as error:
        assert error.problems
        for problem in error.problems:
            assert len(str(problem).splitlines()) == 1
            assert "Input should" not in str(problem) and problem.place is not None


@settings(max_examples=300)
@given(st.text(alphabet="ab:-[]{},#&*!|>'\"%@`? \n\t.0123~<=", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    reading = read_text(text, "any.yaml")
    assert reading.root is not None or reading.findings
    assert all(one.place is not None for one in reading.findings)


@file_is_rewritten
@given(st.dictionaries(st.sampled_from(["shocks.0.loss_share", "shocks.0.streams.0", "months", "a.0.b"]), ANYTHING))
def test_any_set_gives_a_scenario_or_plain_words(tmp_path: Path, words: Any, values: dict[str, Any]) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(yaml.safe_dump(COMMON), encoding="utf-8")
    try:
        load_scenario(path, values, words)
    except InputError as error:
        assert error.problems
        assert all(len(str(problem).splitlines()) == 1 for problem in error.problems)


class TestExplain:
    def test_every_key_says_what_it_means(self, words: Any) -> None:
        for pattern, key in keys(words).items():
            assert key.kind, pattern
            # A parameter's meaning comes from the data.
            assert key.meaning or pattern.startswith("parameters."), pattern

    def test_one_key(self) -> None:
        (key,) = explain("shocks.3.closed_share")
        assert (key.pattern, key.unit, key.allowed) == ("shocks.chokepoint.closed_share", "share", "0 to 1")
        assert not key.required and "normal traffic" in key.meaning

    def test_a_key_of_several_shocks(self) -> None:
        assert [key.pattern for key in explain("change_kbd")] == [
            "shocks.capacity.change_kbd",
            "shocks.demand.change_kbd",
        ]
        assert [key.pattern for key in explain("rate")] == ["shocks.tariff.rate", "shocks.secondary_tariff.rate"]
        assert len(explain("shocks.tariff.rate")) == 1 and explain("months")[0].required

    def test_a_type(self) -> None:
        found = [key.pattern for key in explain("embargo")]
        assert found[:4] == [
            "shocks.embargo",
            *(f"shocks.embargo.{k}" for k in ("type", "streams", "buyers")),
        ]
        assert len(found) == 9

    def test_words_a_key_may_hold(self) -> None:
        (fleet,), (coalition,), (others,) = (explain(word) for word in ("fleet", "coalition", "others"))
        assert (fleet.kind, fleet.allowed, fleet.required) == ("word", "shadow, mainstream", True)
        assert (coalition.kind, coalition.allowed) == ("list of us, eu", "us, eu")
        assert (others.allowed, others.default) == ("free, comply, or 0 to 1", 0)
        assert others.kind == "free, comply, a number, or {low, mid, high}"

    def test_defaults_of_a_secondary_tariff(self) -> None:
        optional = {key.pattern.split(".")[-1]: key.default for key in explain("secondary_tariff") if not key.required}
        wanted = {
            "target": "china",
            "threshold_kbd": 0,
            "existing_rate": None,
            "enforcement_probability": 1,
            "diversion_share": None,
            "others": 0,
            "response": "least_cost",
        }
        assert wanted.items() <= optional.items() and not {"coalition", "streams", "rate"} & set(optional)

    def test_perceived_loss_belongs_to_what_can_frighten(self) -> None:
        for word, unit in (("perceived_loss_kbd", "kb/d"), ("perceived_months", "months")):
            found = [(key.pattern.split(".")[1], key.unit) for key in explain(word)]
            assert found == [("supply_outage", unit), ("chokepoint", unit)]

    def test_a_parameter(self, words: Any) -> None:
        (key,) = explain("pull", words)
        assert key.pattern == "parameters.pull" and key.allowed == "0.5 to 10 USD/bbl"
        assert key.default == {"low": 1, "mid": 2, "high": 4}

    @pytest.mark.parametrize(
        ("word", "wanted"),
        [
            ("loss_shar", "loss_shar: there is no such key (did you mean loss_share?)"),
            ("prise_cap", "prise_cap: there is no such key (did you mean price_cap?)"),
            (
                "shocks.0.percieved_months",
                "shocks.0.percieved_months: there is no such key (did you mean perceived_months?)",
            ),
            ("", ": there is no such key"),
        ],
    )
    def test_unknown(self, word: str, wanted: Any) -> None:
        with pytest.raises(InputError) as caught:
            explain(word)
        assert str(caught.value) == wanted

    def test_limits(self) -> None:
        assert (limits("tariff", "rate").minimum, limits("tariff", "rate").maximum) == (-1, 10)
        assert (limits("secondary_tariff", "others").minimum, limits("secondary_tariff", "others").maximum) == (0, 1)
        assert limits("price_cap", "cap_usd_bbl").minimum > 0
        assert limits("discount", "change_usd_bbl").log and not limits("demand", "change_share").log


def test_import_is_lean() -> None:
    heavy = ("numpy", "pandas", "scipy", "rich")
    code = f"import sys, simulator.scenario; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
