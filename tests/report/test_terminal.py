"""The screens of `run` and `compare`: no wider than the page, in line, in both languages and every encoding."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from simulator import library
from simulator.cli import main
from simulator.report import beside
from simulator.report.language import LANGUAGES, words
from simulator.report.page import Page, folded
from simulator.report.shown import COSTS, DISCOUNTS, REPLACEMENTS_SHOWN, SHARES, replaced
from simulator.report.terminal import screens
from simulator.report.wording import number, signed
from simulator.results import Results
from simulator.runs import run
from simulator.scenario import Scenario, load_scenario

NAMES = ("iran_offline", "secondary_tariff_100_us", "alaska_energy_deal")
SIX = (*NAMES, "hormuz_closed_2q", "venezuela_cut_off", "worst_case")
CHINESE = "伊朗停产三个季度，委内瑞拉同时断供"
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
WIDTHS = (80, 100, 140, 160)


@cache
def scenario(name: str) -> Scenario:
    return load_scenario(library.find(name), set={"months": 2})


@cache
def result(name: str, draws: int = 100) -> Results:
    return run(scenario(name), draws=draws)


def oilsim(*given_words: str, charset: str = "utf-8", **environment: str) -> Result:
    plain = {"LANG": "C.UTF-8", "LC_ALL": None, "LC_CTYPE": None, "COLUMNS": None, "NO_COLOR": None, **environment}
    return CliRunner(charset=charset, env=plain).invoke(main, list(given_words))


@pytest.fixture(params=["narrow signs", "wide signs"])
def wide_signs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the terminal shows signs of unsure width two cells wide, as a Chinese one may."""
    for name in ("LC_ALL", "LC_CTYPE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8" if request.param == "wide signs" else "C.UTF-8")
    return bool(request.param == "wide signs")


def page(width: int, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setenv("COLUMNS", str(width))
    return Page()


def cells(line: str, wide_signs: bool = False) -> int:
    """Columns that a terminal gives a line."""
    wide = "WFA" if wide_signs else "WF"
    return sum(2 if unicodedata.east_asian_width(sign) in wide else 1 for sign in line)


def figures(results: Results) -> Iterator[tuple[str, str]]:
    """Mean and change of every outcome on the screens, as they must stand there."""
    for shown in (*COSTS, *SHARES, *DISCOUNTS):
        row = results.get(*shown[:3])
        mean, before = shown.factor * row.mean, shown.factor * row.baseline
        yield number(mean, shown.digits), signed(mean - before, shown.digits)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_of_a_run_is_wider_than_the_page_and_no_figure_is_cut(
    width: int, language: str, wide_signs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES:
        text = screens([(result(name), scenario(name).summary)], words(language), page(width, monkeypatch))

        assert max(cells(line, wide_signs) for line in text.splitlines()) <= width
        there = text.split()
        assert [pair for pair in figures(result(name)) if not set(pair) <= set(there)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("names", [SIX[:2], SIX[:3], SIX])
def test_no_line_of_a_comparison_is_wider_than_the_page_and_its_columns_are_in_line(
    names: tuple[str, ...], width: int, language: str, wide_signs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the scenarios are called: the last column stands to the right, so its lines end in one column."""
    results = [replace(result(name, 2), scenario=CHINESE if k % 2 else name) for k, name in enumerate(names)]
    text = beside.screen([scenario(name) for name in names], results, words(language), page(width, monkeypatch))

    lines = text.splitlines()
    assert max(cells(line, wide_signs) for line in lines) <= width
    told, blocks = words(language), 0
    heads = {told(f"terminal.{key}") for key in beside.BLOCKS}
    rows = len(COSTS) + len(SHARES) + len(DISCOUNTS) + 1 + len(heads)
    for at, line in enumerate(lines):
        if line == told("terminal.costs_block"):
            ends = {cells(row, wide_signs) for row in lines[at : at + rows] if row not in heads}
            assert len(ends) == 1 and ends.pop() == cells(lines[at - 1], wide_signs)
            blocks += 1
    assert 1 <= blocks <= len(names)
    assert [pair for one in results for pair in figures(one) if not set(pair) <= set(text.split())] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_bands_end_in_one_column(language: str, wide_signs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The costs: the band is the last column, to the right; so are the rule above it and the head."""
    lines = screens([(result("iran_offline"), None)], words(language), page(80, monkeypatch)).splitlines()
    first = lines.index(words(language)("terminal.costs"))

    assert len({cells(line, wide_signs) for line in lines[first + 1 : first + 3 + len(COSTS)]}) == 1


def test_a_chinese_terminal_gets_no_sign_of_unsure_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    for language in LANGUAGES:
        text = screens([(result(name), "±“”—…·") for name in NAMES], words(language), page(140, monkeypatch))

        assert {sign for sign in text if unicodedata.east_asian_width(sign) == "A"} == set()


def test_tables_stand_beside_each_other_only_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    told = words("en")
    titles = told("terminal.costs"), told("terminal.replacements")
    beside_each_other = {}
    for width in (80, 140):
        text = screens([(result("iran_offline"), None)], told, page(width, monkeypatch))
        beside_each_other[width] = any(all(title in line for title in titles) for line in text.splitlines())

    assert beside_each_other == {80: False, 140: True}


def test_bars_are_as_long_as_what_they_stand_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who replaces whom: lost barrels to the left of the line, gained ones to the right, in one scale."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    text = screens([(result("iran_offline"), None)], words("en"), page(80, monkeypatch))
    drawn = dict(re.findall(r"^(\w.*?)  +[+-].* to \S+  ( *=*\|=*)$", text, flags=re.MULTILINE))
    rows = sorted(replaced(result("iran_offline"))[:REPLACEMENTS_SHOWN], key=lambda row: row.mean)

    assert len(drawn) == len(rows) > 4
    longest = max(abs(row.mean) for row in rows)
    (most,) = [len(bar) - 1 for row in rows if row.mean == rows[0].mean for bar in [drawn[name_of(row.item)].strip()]]
    for row in rows:
        left, right = drawn[name_of(row.item)].split("|")
        bar, empty = (left.strip(), right) if row.mean < 0 else (right, left.strip())
        assert empty == ""
        assert len(bar) == pytest.approx(most * abs(row.mean) / longest, abs=1.0)


def name_of(country: str) -> str:
    return words("en").name("country", country)


def test_the_chinese_screen_is_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word of the other language but ids and names that have no Chinese form."""
    known = {"early_2026", "oilsim", "hindcast", "least_cost", "ESPO", "WTI", "ANS", "CPC", "TEN", "OPEC"}
    for name in NAMES:
        said = screens([(result(name), scenario(name).summary)], words("zh"), page(80, monkeypatch))
        assert set(re.findall(r"[A-Za-z_]\w{2,}", said, flags=re.ASCII)) <= known


@pytest.mark.parametrize("charset", ["gb18030", "gbk", "cp936"])
def test_code_pages_with_chinese_show_it_all(charset: str) -> None:
    for command in (("run", "iran_offline"), ("compare", "iran_offline", "baseline")):
        done = oilsim(*command, "--lang", "zh", "--draws", "2", "--months", "2", charset=charset)

        assert (done.exit_code, done.stderr) == (0, "")
        assert "?" not in done.stdout and words("zh").remark("Iran offline") in done.stdout


@pytest.mark.parametrize("charset", ["ascii", "latin-1", "cp437"])
def test_code_pages_of_the_west_get_plain_signs(charset: str) -> None:
    for command in (("run", "iran_offline"), ("compare", "iran_offline", "baseline")):
        done = oilsim(*command, "--draws", "100", "--months", "2", charset=charset)

        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout.isascii() and "?" not in done.stdout


@pytest.mark.parametrize("charset", ["ascii", "big5"])
def test_chinese_is_refused_where_it_cannot_be_written_before_anything_runs(
    charset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.cli.scenarios.run_kept", lambda *_, **__: pytest.fail("it ran"))
    for command in (("run", "iran_offline"), ("compare", "iran_offline", "baseline")):
        done = oilsim(*command, "--lang", "zh", charset=charset)

        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr.startswith(f"--lang: the output's encoding, {charset}, has no letters for it")
        assert len(done.stderr.splitlines()) == 1


def test_the_language_changes_neither_csv_nor_json() -> None:
    for form in ("csv", "json"):
        how = ("iran_offline", "--draws", "2", "--months", "1", "--format", form)
        assert oilsim("run", *how, "--lang", "zh", charset="ascii").stdout == oilsim("run", *how).stdout


def test_a_language_that_is_not_spoken_is_refused_with_the_nearest() -> None:
    done = oilsim("run", "iran_offline", "--lang", "zhh")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "did you mean zh?" in done.stderr


def test_the_languages_offered_are_those_there_are() -> None:
    options = {name: one for name, command in main.commands.items() for one in command.params if "--lang" in one.opts}
    assert set(options) == {"run", "compare", "figures", "report", "explore", "hindcast", "sensitivity"}
    assert all(tuple(one.type.choices) == LANGUAGES for one in options.values())  # type: ignore[attr-defined]


def test_colour_says_nothing_that_signs_do_not() -> None:
    how = ("run", "iran_offline", "--draws", "2", "--months", "2")
    coloured = oilsim(*how, FORCE_COLOR="1", TERM="xterm-256color", COLUMNS="80").stdout
    plain = oilsim(*how).stdout

    dearer = [line for line in coloured.splitlines() if "\x1b[31m" in line]
    assert dearer and all("▲" in line or "▼" in line for line in dearer)
    assert [line.rstrip() for line in ESCAPES.sub("", coloured).splitlines()] == plain.splitlines()
    quiet = oilsim(*how, FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="1").stdout
    assert "\x1b[31m" not in quiet and ESCAPES.sub("", quiet) == ESCAPES.sub("", coloured)
    assert oilsim(*how, TERM="dumb").stdout == plain


def test_a_file_is_written_80_columns_wide_however_wide_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe has no width of its own, and that of the terminal behind standard error is not it."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((200, 50)))

    assert Page().width == 80


@given(
    st.text(st.sampled_from("ab7.%，。（）桶日/美元 \n"), max_size=60).map(str.strip),
    st.integers(min_value=8, max_value=30),
)
def test_folding_loses_nothing_and_breaks_no_number(text: str, width: int) -> None:
    lines = list(folded(text, width))

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert max(map(cells, lines)) <= width
    words_and_numbers = re.compile(r"[0-9.ab%]+")
    if max(map(len, re.findall(r"[0-9.ab%/，。）（桶日美元]+", text)), default=0) <= width // 2:
        there = [piece for line in lines for piece in words_and_numbers.findall(line)]
        assert there == words_and_numbers.findall(text)
        assert not any(line.startswith(("，", "。", "）")) for line in lines[1:]) or re.search(r"\s[，。）]", text)


def test_names_of_shocks_of_one_type_are_told_apart() -> None:
    types = ["purchase_commitment", "tariff", "purchase_commitment"]
    said = [words("en").input(f"shocks.{k}.max_subsidy_usd_bbl", types) for k in (0, 2)]

    assert said == [f"largest subsidy, USD/bbl (purchase commitment {k})" for k in (1, 2)]
    assert words("zh").input("shocks.1.rate", types) == "关税的税率"
    assert words("en").input("shocks.7.rate", types) == "shocks.7.rate"


def test_a_page_is_not_closed_by_a_name_in_brackets(tmp_path: Path) -> None:
    """A scenario's name means nothing to what draws the page."""
    text = (
        library.find("baseline").read_text(encoding="utf-8").replace("name: Baseline", 'name: "[/bold] :smile: [red]"')
    )
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")

    done = oilsim("run", str(tmp_path / "odd.yaml"), "--draws", "1", "--months", "1")
    assert done.stdout.startswith("[/bold] :smile: [red] · ")
