"""A sound scenario: values as written, where each came from, the parent, and what is set from outside."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.errors import InputError, Place
from simulator.scenario import Distribution, Month, load_scenario, parse_set, to_document

OUTAGE = "shocks:\n  - type: supply_outage\n    streams: [iran]\n    loss_share: 0.5\n"
THREAT = "shocks:\n  - {{type: secondary_tariff, coalition: [us, eu], streams: [iran], rate: 1{}}}\n"


def test_defaults(load: Any, tmp_path: Path) -> None:
    scenario = load()
    assert (scenario.name, scenario.baseline, scenario.shocks, scenario.draws) == ("case", "2025", (), None)
    assert scenario.start == Month.of(2026, 3)
    assert scenario.month_labels[0] == "2026-03" and scenario.month_labels[-1] == "2027-02"
    assert len(scenario.calendar) == 12 and scenario.files == (str(tmp_path / "case.yaml"),)


@pytest.mark.parametrize("written", ["2025", "'2025'", '"2025"'])
def test_baseline_quoted_or_not(load: Any, written: str) -> None:
    assert load(head=f"schema: 1\nbaseline: {written}\nstart: 2026-03\nmonths: 12\n").baseline == "2025"


@pytest.mark.parametrize("written", ["NO", "on", "yes", "off", "2026-03-01", "12:30", "1_000", "010", "0x1F", "True"])
def test_words_stay_words(load: Any, written: str) -> None:
    assert load(f"name: {written}\n").name == written


@pytest.mark.parametrize(("written", "value"), [("1e3", 1000.0), (".5", 0.5), ("5e-1", 0.5), ("+7", 7.0)])
def test_numbers(load: Any, written: str, value: Any) -> None:
    shock = load(OUTAGE.replace("loss_share: 0.5", f"loss_kbd: {written}")).shocks[0]
    assert shock.loss_kbd == Distribution.constant(value) and shock.loss_share is None


def test_byte_order_mark_and_windows_lines(tmp_path: Path, words: Any) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbfschema: 1\r\nbaseline: 2025\r\nstart: 2026-03\r\nmonths: 12\r\n")
    scenario = load_scenario(path, vocabulary=words)
    assert scenario.months == 12 and scenario.place("months") == Place(str(path), 4, 9)


def test_null_is_left_out(load: Any) -> None:
    body = "draws: ~\nnote: ~\nparameters: {pull: null}\n" + OUTAGE.replace("0.5", "0.5\n    loss_kbd: null")
    scenario = load(body)
    assert scenario.draws is None and scenario.parameters == {} and scenario.shocks[0].loss_kbd is None
    assert scenario.origin("draws") == "default"


def test_uncertain_numbers_keep_their_legal_range(load: Any) -> None:
    scenario = load(OUTAGE.replace("0.5", "{low: 0.2, mid: 0.5, high: 0.5}"))
    value, limits = scenario.uncertain()["shocks.0.loss_share"]
    assert value == Distribution(0.2, 0.5, 0.5) and not value.is_constant
    assert (limits.minimum, limits.maximum, limits.unit, limits.log) == (0, 1, "share", False)
    assert load(OUTAGE.replace("0.5", "{low: 1, mid: 1, high: 1}")).uncertain() == {}


@pytest.mark.parametrize(
    ("written", "share"),
    [("free", 0.0), ("comply", 1.0), ("0.3", 0.3), ("{low: 0.1, mid: 0.2, high: 0.4}", 0.2)],
)
def test_others_are_a_share_however_written(load: Any, written: str, share: float) -> None:
    scenario = load(THREAT.format(f", others: {written}"))
    assert scenario.shocks[0].others.mid == share
    assert ("shocks.0.others" in scenario.uncertain()) == written.startswith("{")


def test_a_secondary_tariff_by_default(load: Any) -> None:
    shock = load(THREAT.format("")).shocks[0]
    assert (shock.coalition, shock.target, shock.response) == (("us", "eu"), "china", "least_cost")
    assert shock.threshold_kbd == shock.others == Distribution.constant(0.0)
    assert shock.enforcement_probability == Distribution.constant(1.0)
    assert shock.existing_rate is None and shock.diversion_share is None
    assert to_document(load(THREAT.format("")))["shocks"][0]["coalition"] == ["eu", "us"]


@pytest.mark.parametrize(
    "shock",
    [
        "type: supply_outage, streams: [iran], loss_share: 0, perceived_loss_kbd: 900",
        "type: supply_outage, streams: [iran], loss_kbd: 100, perceived_months: 2",
        "type: chokepoint, chokepoint: hormuz, perceived_loss_kbd: {low: 1000, mid: 3000, high: 9000}",
        "type: chokepoint, chokepoint: hormuz, closed_share: 0.5, perceived_months: 0.5",
    ],
)
def test_a_scare_may_stand_with_or_without_a_loss(load: Any, shock: str) -> None:
    assert len(load(f"shocks:\n  - {{{shock}}}\n").shocks) == 1


def test_parameters_of_one_buyer(load: Any) -> None:
    scenario = load("parameters: {pull.cn_state: 3, pull: {low: 1, mid: 2, high: 4}}\n")
    assert scenario.parameters["pull.cn_state"] == Distribution.constant(3)
    assert scenario.parameters["pull"] == Distribution(1, 2, 4)
    assert load(set={"parameters.pull.cn_state": 4}).parameters == {"pull.cn_state": Distribution.constant(4)}


def test_document_comes_back(load: Any, tmp_path: Path, words: Any) -> None:
    body = "summary: A\n  test.\nparameters: {pull: {low: 1, mid: 2, high: 3}}\n" + OUTAGE.replace(
        "[iran]", "[oman, iran, oman]"
    )
    scenario = load(body + "    end: 2026-07\n    ramp_months: 2\n")
    document = to_document(scenario)
    assert document["summary"] == "A test."
    assert document["shocks"] == [
        {
            "type": "supply_outage",
            "streams": ["iran", "oman"],
            "loss_share": 0.5,
            "end": "2026-07",
            "ramp_months": 2,
            "recovery_months": 0,
        }
    ]
    (tmp_path / "again.yaml").write_text("{}" if not document else str(document), encoding="utf-8")
    assert to_document(load_scenario(tmp_path / "again.yaml", vocabulary=words)) == document


def test_survives_pickling_and_is_equal_wherever_written(load: Any) -> None:
    scenario = load(OUTAGE)
    other = pickle.loads(pickle.dumps(scenario))
    assert other == scenario == load("\n\n" + OUTAGE)
    assert other.place("shocks.0.loss_share") == scenario.place("shocks.0.loss_share") is not None
    assert other != load(OUTAGE.replace("0.5", "0.6"))


def test_frozen(load: Any) -> None:
    scenario = load(OUTAGE)
    with pytest.raises(ValueError, match="frozen"):
        scenario.months = 3
    with pytest.raises(ValueError, match="frozen"):
        scenario.shocks[0].ramp_months = 3


def test_places_and_problems_after_loading(load: Any, tmp_path: Path) -> None:
    scenario, file = load(OUTAGE, set={"draws": 8}), str(tmp_path / "case.yaml")
    assert scenario.place("shocks.0.loss_share") == Place(file, 8, 17)
    assert scenario.origin("shocks.0.loss_share") == f"{file}:8"
    assert scenario.origin("draws") == "--set" and scenario.place("draws") is None
    assert scenario.origin("shocks.0.end") == scenario.origin("name") == "default"
    late = scenario.problem("shocks.0.end", "is too late", given="2030-01")
    assert str(late) == f"{file}:6:5: shocks.0.end: is too late (given 2030-01)"
    assert str(scenario.problem("draws", "is odd")) == "draws: is odd"


def test_other_horizon(load: Any, tmp_path: Path) -> None:
    scenario = load(OUTAGE + "    start: 2026-06\n")
    longer = scenario.with_horizon(24)
    assert longer.months == 24 and str(longer.last) == "2028-02" and longer.shocks == scenario.shocks
    assert longer.place("shocks.0.start") == scenario.place("shocks.0.start")
    with pytest.raises(InputError) as caught:
        scenario.with_horizon(3)
    wanted = "shocks.0.start: is after the last month (given 2026-06; allowed 2026-05 or earlier)"
    assert str(caught.value) == f"{tmp_path / 'case.yaml'}:9:12: {wanted}"


class TestExtends:
    PARENT = "name: Parent\ndraws: 64\nparameters: {pull: 2, workaround_half_life_months: 3}\n" + OUTAGE

    def family(self, tmp_path: Path, child: str, parent: str = PARENT) -> str:
        (tmp_path / "parts").mkdir(exist_ok=True)
        (tmp_path / "parts" / "base.yaml").write_text(parent, encoding="utf-8")
        head = "schema: 1\nextends: parts/base.yaml\nbaseline: 2025\nstart: 2026-03\nmonths: 12\n"
        (tmp_path / "child.yaml").write_text(head + child, encoding="utf-8")
        return str(tmp_path / "child.yaml")

    def test_merged_key_by_key_and_shocks_added(self, tmp_path: Path, words: Any) -> None:
        shock = "shocks:\n  - {type: embargo, streams: [usa], buyers: [china]}\n"
        child = "name: Child\nparameters: {pull: 3}\n" + shock
        file = self.family(tmp_path, child)
        scenario = load_scenario(file, vocabulary=words)
        parent = str(tmp_path / "parts" / "base.yaml")
        assert (scenario.name, scenario.draws) == ("Child", 64)
        assert {name: value.mid for name, value in scenario.parameters.items()} == {
            "pull": 3,
            "workaround_half_life_months": 3,
        }
        assert [shock.type for shock in scenario.shocks] == ["supply_outage", "embargo"]
        assert scenario.origin("draws") == f"{parent}:2" and scenario.origin("name") == f"{file}:6"
        assert scenario.place("shocks.0.loss_share") == Place(parent, 7, 17)
        assert scenario.place("shocks.1.buyers") == Place(file, 9, 45)
        assert scenario.origin("parameters.pull") == f"{file}:7"
        assert scenario.files == (file, parent) and "extends" not in to_document(scenario)

    def test_null_takes_away_what_the_parent_says(self, tmp_path: Path, words: Any) -> None:
        scenario = load_scenario(self.family(tmp_path, "draws: null\nshocks:\n"), vocabulary=words)
        assert scenario.draws is None and len(scenario.shocks) == 1

    def test_problems_of_both_with_merged_numbers(self, tmp_path: Path, words: Any) -> None:
        child = "shocks:\n  - {type: embargo, streams: [usa], buyers: [chin]}\n  - {type: embargo, note: .nan}\n"
        parent = self.PARENT.replace("0.5", "5") + "months: many\nmonts: 3\n"
        with pytest.raises(InputError) as caught:
            load_scenario(self.family(tmp_path, child, parent), vocabulary=words)
        found = [
            (Path(problem.place.file).name, problem.place.line, problem.key)
            for problem in caught.value.problems
            if problem.place
        ]
        assert found == [
            ("child.yaml", 7, "shocks.1.buyers.0"),
            ("child.yaml", 8, "shocks.2.streams"),
            ("child.yaml", 8, "shocks.2.buyers"),
            ("child.yaml", 8, "shocks.2.note"),
            ("base.yaml", 7, "shocks.0.loss_share"),
            ("base.yaml", 8, "months"),
            ("base.yaml", 9, "monts"),
        ]

    def test_a_parent_may_not_extend(self, tmp_path: Path, words: Any) -> None:
        with pytest.raises(InputError) as caught:
            load_scenario(self.family(tmp_path, "", "extends: other.yaml\n" + self.PARENT), vocabulary=words)
        parent = tmp_path / "parts" / "base.yaml"
        wanted = "extends: a parent may not extend another scenario (given other.yaml)"
        assert str(caught.value) == f"{parent}:1:1: {wanted}"

    def test_one_secondary_tariff_in_the_family(self, tmp_path: Path, words: Any) -> None:
        tariff = "shocks:\n  - {type: secondary_tariff, coalition: [us], streams: [iran], rate: 1}\n"
        head = "schema: 1\nbaseline: 2025\nstart: 2026-03\nmonths: 12\n"
        with pytest.raises(InputError) as caught:
            load_scenario(self.family(tmp_path, tariff, head + tariff), vocabulary=words)
        (problem,) = caught.value.problems
        assert problem.key == "shocks.1.type" and problem.what == "can stand only once in a scenario"
        assert problem.place and Path(problem.place.file).name == "child.yaml"

    def test_circle(self, tmp_path: Path, words: Any) -> None:
        text = "schema: 1\nbaseline: 2025\nstart: 2026-03\nmonths: 1\nextends: {}.yaml\n"
        for one, other in (("a", "b"), ("b", "a")):
            (tmp_path / f"{one}.yaml").write_text(text.format(other), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            load_scenario(tmp_path / "a.yaml", vocabulary=words)
        chain = " -> ".join(str(tmp_path / name) for name in ("a.yaml", "b.yaml", "a.yaml"))
        assert str(caught.value) == f"{tmp_path / 'a.yaml'}:5:10: extends: goes in a circle: {chain}"

    def test_a_link_does_not_lead_out(self, tmp_path: Path, words: Any) -> None:
        (tmp_path / "inner").mkdir()
        (tmp_path / "outer.yaml").write_text(self.PARENT, encoding="utf-8")
        (tmp_path / "inner" / "link.yaml").symlink_to(tmp_path / "outer.yaml")
        text = "schema: 1\nbaseline: 2025\nstart: 2026-03\nmonths: 1\nextends: link.yaml\n"
        (tmp_path / "inner" / "a.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="must name a file inside the scenario's own folder"):
            load_scenario(tmp_path / "inner" / "a.yaml", vocabulary=words)

    def test_an_unreadable_parent(self, tmp_path: Path, words: Any) -> None:
        with pytest.raises(InputError, match=r"base\.yaml:1:4: file: a quote is opened"):
            load_scenario(self.family(tmp_path, "", "a: 'b\n"), vocabulary=words)

    def test_the_parent_alone_may_lack_the_months_of_its_shocks(self, tmp_path: Path, words: Any) -> None:
        parent = "start: 2026-01\nmonths: 2\n" + OUTAGE + "    start: 2026-09\n"
        assert len(load_scenario(self.family(tmp_path, "", parent), vocabulary=words).shocks) == 1


class TestSet:
    def test_acts_on_the_merged_scenario(self, load: Any) -> None:
        values = {
            "shocks.0.loss_share": 0.25,
            "shocks.0.end": "2026-05",
            "shocks.0.streams.1": "oman",
            "shocks.1": {"type": "embargo", "streams": ["usa"], "buyers": ["china"]},
            "months": np.int64(6),
            "parameters.pull": Distribution(1, 2, 3),
        }
        scenario = load(OUTAGE, set=values)
        assert scenario.shocks[0].loss_share == Distribution.constant(0.25)
        assert scenario.shocks[0].streams == ("iran", "oman") and str(scenario.shocks[0].end) == "2026-05"
        assert scenario.shocks[1].type == "embargo" and scenario.months == 6
        assert scenario.parameters["pull"] == Distribution(1, 2, 3)
        assert scenario.origin("shocks.0.loss_share") == scenario.origin("shocks.1.type") == "--set"
        assert scenario.origin("shocks.0.streams.0").endswith(":7")

    def test_a_shock_from_nothing(self, load: Any) -> None:
        values = {"shocks.0.type": "demand", "shocks.0.buyers": ["china"], "shocks.0.change_share": -0.1}
        assert load(set=values).shocks[0].change_share.mid == -0.1

    def test_one_alternative_for_the_other(self, load: Any) -> None:
        shock = load(OUTAGE, set={"shocks.0.loss_share": None, "shocks.0.loss_kbd": 100}).shocks[0]
        assert shock.loss_share is None and shock.loss_kbd.mid == 100

    def test_one_quantile(self, load: Any) -> None:
        body = OUTAGE.replace("0.5", "{low: 0.2, mid: 0.5, high: 0.7}")
        assert load(body, set={"shocks.0.loss_share.mid": 0.6}).shocks[0].loss_share.mid == 0.6

    @pytest.mark.parametrize(
        ("path", "value", "wanted"),
        [
            (
                "shocks.0.loss_share",
                2.5,
                "is outside its range (given 2.5; allowed 0 to 1; did you mean 0.025?)",
            ),
            ("shocks.0.los_share", 1, "is not a key of supply_outage (allowed type, streams, loss_share"),
            ("shocks.3.loss_share", 1, "has no entry 3 (given shocks.3.loss_share; allowed 0 to 1, the last"),
            (
                "shocks.first.loss_share",
                1,
                "has no entry first (given shocks.first.loss_share; allowed 0 to 1",
            ),
            ("months.low", 1, "is a single value: there is no low in it (given months.low)"),
            ("monhts", 1, "is not a key of a scenario (allowed schema, name"),
            ("parameters.pul", 1, "there is no such parameter (given pul; did you mean pull?)"),
            ("extends", "a.yaml", "cannot be set: the scenario is merged already"),
            ("shocks..loss_share", 1, "is not a path (allowed words joined by dots, at most 20)"),
            ("draws.", 1, "is not a path (allowed words joined by dots, at most 20)"),
            ("draws", object(), "cannot be the value of a key (given object)"),
            ("draws", float("nan"), "must be a whole number (given nan; allowed 1 to 10000000)"),
            ("shocks.0.loss_share", float("inf"), "must be a number (given inf; allowed 0 to 1)"),
        ],
    )
    def test_problems_have_no_place(self, load: Any, path: str, value: Any, wanted: Any) -> None:
        with pytest.raises(InputError) as caught:
            load(OUTAGE, set={path: value})
        assert [str(problem)[: len(path) + 2 + len(wanted)] for problem in caught.value.problems] == [
            f"{path}: {wanted}"
        ]

    def test_problems_of_file_and_set_together(self, load: Any) -> None:
        with pytest.raises(InputError) as caught:
            load(OUTAGE + "drawz: 1\n", set={"months": 0, "shocks.0.x": 1})
        assert [problem.key for problem in caught.value.problems] == ["drawz", "months", "shocks.0.x"]
        assert [problem.place is None for problem in caught.value.problems] == [False, True, True]

    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("shocks.0.loss_share=0.5", 0.5),
            ("a.b=[iran, oman]", ["iran", "oman"]),
            ("a={low: 1, mid: 2, high: 3}", {"low": 1, "mid": 2, "high": 3}),
            ("a=NO", "NO"),
            ("a=2026-03", "2026-03"),
            ("a='2025'", "2025"),
            ("a=x=y", "x=y"),
        ],
    )
    def test_parse(self, argument: str, value: Any) -> None:
        assert parse_set(argument) == (argument.partition("=")[0], value)

    @pytest.mark.parametrize(
        ("argument", "wanted"),
        [
            ("months", "months: must be PATH=VALUE"),
            ("=3", "--set: must be PATH=VALUE (given =3)"),
            ("a=[1, 2", "a: a list in brackets is not closed, or a comma is missing (given [1, 2)"),
            ("a=.nan", "a: must be a finite number (given .nan)"),
            ("a=!!int 3", "a: tags are not read: write the plain value (given !!int 3)"),
            ("a=1\nb: 2", "a: is not one value (given 1\\nb: 2)"),
            ("a=#5", "a: has no value: write one, or null for a key that is to count as left out (given #5)"),
            ("a=", "a: has no value: write one, or null for a key that is to count as left out"),
        ],
    )
    def test_parse_refuses(self, argument: str, wanted: Any) -> None:
        with pytest.raises(InputError) as caught:
            parse_set(argument)
        assert str(caught.value).startswith(wanted)
