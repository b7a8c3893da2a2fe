"""Both languages say everything, with the same blanks to fill in."""

import re
from string import Formatter

import pytest
import yaml

from simulator import datasets, library
from simulator.axes import BUYERS, GROUPS
from simulator.errors import InputError
from simulator.outcomes.metrics import known_metrics
from simulator.report.language import LANGUAGES, TABLES, UNITS, words
from simulator.scenario import load_scenario
from simulator.scenario.schema import Scenario
from simulator.scenario.shocks import SHOCKS


def entries(table: object, path: str = ""):
    """Every entry with its path; an entry is a mapping of languages."""
    assert isinstance(table, dict), path
    if LANGUAGES[0] in table:
        yield path, table
    else:
        for key, below in table.items():
            yield from entries(below, f"{path}.{key}")


def blanks(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}


@pytest.mark.parametrize("file", sorted(TABLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_each_phrase_is_in_both_languages_with_the_same_blanks(file):
    found = list(entries(yaml.safe_load(file.read_text(encoding="utf-8"))))
    assert found
    for path, entry in found:
        assert tuple(entry) == LANGUAGES, path
        assert all(isinstance(phrase, str) and phrase.strip() for phrase in entry.values()), path
        assert blanks(entry["en"]) == blanks(entry["zh"]), path


@pytest.mark.parametrize("table", ["terminal", "report"])
def test_chinese_sentences_say_money_in_its_own_unit(table):
    """Tables, whose captions have no blanks, keep billions."""
    phrases = yaml.safe_load((TABLES / f"{table}.yaml").read_text(encoding="utf-8")).values()
    money = [entry["zh"] for entry in phrases if re.search(r"\bbn\b", entry["en"]) and blanks(entry["en"])]
    assert len(money) > 4
    assert all("亿美元" in phrase and "十亿美元" not in phrase for phrase in money)


def test_an_amount_is_the_same_and_as_exact_in_both_languages():
    english, chinese = words("en"), words("zh")
    for usd_bn, digits, said in ((298.14, 1, "2,981"), (26.4, 0, "260"), (-0.04, 1, "0"), (0.123, 2, "1.2")):
        assert chinese.money(usd_bn, digits) == said
        assert float(said.replace(",", "")) == pytest.approx(10 * float(english.money(usd_bn, digits)))
    assert (chinese.money(7.54, 1, sign=True), english.money(-7.54, 1, sign=True)) == ("+75", "-7.5")
    assert (chinese.error_of_money(15.3), english.error_of_money(153.0)) == ("150", "150")


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_the_result_table_names_has_a_name(language):
    told = words(language)
    streams = datasets.table("streams").rows
    items = {
        "group": GROUPS,
        "buyer": (*BUYERS, "china"),
        "stream": [row["stream"] for row in streams],
        "country": {row["country"] for row in streams},
        "chokepoint": datasets.vocabulary().chokepoints,
    }
    table = yaml.safe_load((TABLES / "names.yaml").read_text(encoding="utf-8"))
    for by, names in items.items():
        assert set(names) == set(table[by])
        assert all(told.name(by, name) == table[by][name][language] for name in names)
    metrics, units = (yaml.safe_load((TABLES / f"{name}.yaml").read_text("utf-8")) for name in ("metrics", "units"))
    assert set(metrics) == set(known_metrics()) and set(units) == set(UNITS)
    assert all(told.metric(metric) for metric in metrics)


def test_a_language_nobody_speaks_here_is_refused_with_the_nearest():
    said = r"--lang: there is no such language \(given zhh; allowed en, zh; did you mean zh\?"
    with pytest.raises(InputError, match=said):
        words("zhh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_uncertain_number_and_key_has_a_short_name_of_its_own(language):
    told = words(language)
    names = yaml.safe_load((TABLES / "names.yaml").read_text(encoding="utf-8"))
    parameters = [row["name"] for row in datasets.table("parameters").rows]
    assert set(names["parameter"]) == {"existing_rate", *(name.partition(".")[0] for name in parameters)}
    members = {row["member"] for row in datasets.table("coalition").rows}
    assert set(names["coalition"]) == members and not any("_" in told.input(f"existing_rate.{one}") for one in members)
    assert len({told.input(name) for name in parameters}) == len(parameters) == 59
    assert set(names["shock"]) == set(SHOCKS)
    keys = {key for shock in SHOCKS.values() for key in shock.model_fields}
    above = {field.alias or key for key, field in Scenario.model_fields.items()}
    assert set(names["key"]) == keys | above - {"shocks", "parameters", "correlations"}
    for kind, shock in SHOCKS.items():
        said = {told.input(f"shocks.0.{key}", [kind]) for key in shock.model_fields}
        assert len(said) == len(shock.model_fields) and not any("_" in one for one in said)


def test_shipped_scenarios_are_told_as_they_are_written():
    said = yaml.safe_load((TABLES / "scenarios.yaml").read_text(encoding="utf-8"))
    written = {file.stem: load_scenario(file) for file in library.files()}
    assert set(said) == set(written)
    for name, scenario in written.items():
        assert (said[name]["name"]["en"], said[name]["summary"]["en"]) == (scenario.name, scenario.summary)
        assert words("zh").remark(scenario.name) == said[name]["name"]["zh"]
    assert len({entry["name"]["zh"] for entry in said.values()}) == len(said)
