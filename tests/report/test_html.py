"""The report as one page: nothing from outside, every word escaped, the figures those of the run."""

import base64
import io
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from fontTools.ttLib import TTFont

from simulator import datasets, load_scenario, run
from simulator.cli import main
from simulator.manifest import scenario_digest
from simulator.report.html import answers as work
from simulator.report.html import assumptions, provenance
from simulator.report.html.answers import Answer, answers, pictures_of, pictures_of_several
from simulator.report.html.document import Wording, as_html
from simulator.report.html.outcomes import METRICS
from simulator.report.language import words
from simulator.report.wording import number, signed
from simulator.scenario import to_document

SCENARIOS = Path(__file__).parents[2] / "scenarios"
HOSTILE = '<script>alert("name")</script>'
DRAWS, MONTHS = 8, 2
LARGEST_BYTES = 3_000_000
EMPTY = {"meta", "br", "path", "use", "img", "link", "input"}
NAMES = ("secondary_tariff_100_us", "us_crude_tariff_20")


class Page(HTMLParser):
    """Tags with their attributes, ids, headings, and the cells of tables by caption."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.preformatted: list[str] = []
        self._open: list[str] = []
        self._cells: list[list[str]] | None = None
        self._said = ""
        self.feed(text)
        self.close()
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in EMPTY:
            self._open.append(tag)
        if tag == "tr":
            assert self._cells is not None
            self._cells.append([])
        if tag in ("caption", "th", "td", "pre"):
            self._said = ""
        if tag == "br":
            self._said += "\n"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag == "caption":
            self._cells = self.tables.setdefault(self._said, [])
        if tag in ("th", "td"):
            assert self._cells is not None
            self._cells[-1].append(self._said)
        if tag == "pre":
            self.preformatted.append(self._said)

    def handle_data(self, data: str) -> None:
        self._said += data

    def table(self, caption: str) -> dict[str, list[str]]:
        """The rows of the first table whose caption ends so, by what names them."""
        (rows, *_) = (rows for said, rows in self.tables.items() if said.endswith(caption))
        return {row[0]: row[1:] for row in rows}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory):
    """A threat, and a tariff under a name and with remarks that would be markup."""
    remark = "\"><img src='https://example.org/x.png' onerror=alert(1)>"
    odd = {"name": HOSTILE, "summary": remark, "shocks.0.note": remark}
    loaded = [load_scenario(SCENARIOS / f"{name}.yaml") for name in NAMES]
    loaded[1] = load_scenario(SCENARIOS / f"{NAMES[1]}.yaml", set=odd)
    return [one.with_horizon(MONTHS) for one in loaded]


@pytest.fixture(scope="module")
def made(asked) -> dict[str, list[Answer]]:
    """Both scenarios run and drawn, in English by processes, in Chinese here."""
    english = answers(asked, "en", draws=DRAWS)
    chinese = [replace(one, pictures=pictures_of(one.results, "zh")) for one in english]
    return {"en": english, "zh": chinese}


@pytest.fixture(scope="module")
def texts(made) -> dict[str, str]:
    """The page in both languages."""
    return {
        language: as_html(found, pictures_of_several(found, language), Wording(NAMES), words(language))
        for language, found in made.items()
    }


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request, texts) -> Page:
    return Page(texts[request.param])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_comes_from_outside(texts, language):
    page = Page(texts[language])
    assert not {"script", "link", "iframe", "object", "embed", "img", "base"} & {tag for tag, _ in page.tags}
    for tag, given in page.tags:
        for name, value in given.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src", "srcset", "xlink:href", "data", "action", "poster", "background"):
                assert value.startswith("#"), (tag, name, value)
    for address in re.findall(r"""url\(\s*["']?([^"')]*)""", texts[language]):
        assert address.startswith(("#", "data:font/woff;base64,")), address[:60]
    assert "@import" not in texts[language]
    (policy,) = (given["content"] for tag, given in page.tags if given.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; font-src data:"


def test_four_scenarios_would_stay_below_the_limit(texts):
    assert all(2 * len(text.encode()) < LARGEST_BYTES for text in texts.values())


def test_what_a_user_wrote_is_text(texts, page):
    assert "&lt;script&gt;alert(" in texts["en"]
    assert not any(
        "example.org" in value for _, given in page.tags for name, value in given.items() if name != "aria-label"
    )
    assert any(HOSTILE in caption_row for rows in page.tables.values() for row in rows for caption_row in row)


def test_ids_are_unique_and_every_link_leads_somewhere(page, texts):
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))
    named = [given[name][1:] for _, given in page.tags for name in ("href", "xlink:href") if name in given]
    named += [given["aria-labelledby"] for _, given in page.tags if "aria-labelledby" in given]
    assert named
    assert set(named) <= set(ids)
    for text in texts.values():
        own = set(re.findall(r'\bid="([^"]+)"', text))
        assert set(re.findall(r"url\(#([^)]+)\)", text)) <= own


def test_headings_are_in_order_and_tables_and_pictures_are_named(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption") > 10
    assert tags.count("svg") == tags.count("figcaption") == 7 + 6 + 2
    assert all(given["scope"] in ("col", "row") for tag, given in page.tags if tag == "th")
    assert all(given["aria-label"] for tag, given in page.tags if tag == "svg")
    assert all(
        given["aria-label"] and given["tabindex"] == "0" for _, given in page.tags if given.get("role") == "region"
    )


def test_language_is_said_and_spoken(texts):
    assert '<html lang="en">' in texts["en"]
    assert '<html lang="zh-Hans">' in texts["zh"]
    for name in ("俄罗斯", "伊朗轻质", "进口支出（十亿美元）", "美国", "次级关税", "地方炼厂"):
        assert name in texts["zh"]
    assert not re.search("[\u4e00-\u9fff]", texts["en"])


def test_both_languages_have_the_same_numbers(texts):
    def figures(text: str) -> list[str]:
        cells = re.findall(r'<td class="n">(.*?)</td>', text)
        return [one for cell in cells for one in re.findall(r"[-+]?\d[\d,.]*", cell)]

    assert len(figures(texts["en"])) > 500
    assert figures(texts["en"]) == figures(texts["zh"])


def test_all_chinese_on_the_page_is_in_its_font(texts):
    (kept,) = re.findall(r'url\("data:font/woff;base64,([^"]+)"', texts["zh"])
    with TTFont(io.BytesIO(base64.b64decode(kept))) as font:
        known = set(font.getBestCmap())
    wide = {ord(sign) for sign in texts["zh"] if sign >= "\u2e80"}
    assert len(wide) > 300
    assert wide <= known


def test_the_page_is_the_same_each_time(made, texts):
    again = as_html(made["zh"], pictures_of_several(made["zh"], "zh"), Wording(NAMES), words("zh"))
    assert again == texts["zh"]


def test_figures_are_those_of_the_run(asked, made, texts):
    page = Page(texts["en"])
    for at, scenario in enumerate(asked):
        whole = run(scenario, draws=DRAWS)
        own = made["en"][at].results
        known = {(row.metric, row.by, row.item, row.month): row for row in whole.rows}
        assert all(str(known[row.metric, row.by, row.item, row.month]) == str(row) for row in own.rows)
        assert whole.manifest == own.manifest
        assert pictures_of(whole, "en") == made["en"][at].pictures
        bill, brent = whole.get("import_bill_usd_bn"), whole.get("brent_usd_bbl")
        cells = page.table("What China pays in each scenario")[f"{'AB'[at]} · {scenario.name}"]
        assert cells[0].split("\n")[:2] == [number(bill.mean, 1), signed(bill.mean - bill.baseline, 1)]
        assert cells[2].split("\n")[0] == number(brent.mean, 2)
    iran = made["en"][0].results.get("share", "group", "iran")
    assert page.table("Whose crude China buys, % of imports")["Iran"][1] == number(100 * iran.mean, 1)
    moscow = made["en"][0].results.get("seller_revenue_usd_bn", "group", "russia")
    assert f"Russia&#39;s crude earns {number(moscow.mean, 1)} bn USD" in texts["en"]
    comply = made["en"][0].results.get("comply_cost_usd_bn")
    assert page.table("costs and chances, a year")["Cost of complying, bn USD"][0] == number(comply.mean, 1)


def test_the_file_on_the_page_is_the_scenario(asked, texts, tmp_path):
    kept = [text for text in Page(texts["en"]).preformatted if text.startswith("schema: 1")]
    assert len(kept) == len(asked)
    for scenario, text in zip(asked, kept, strict=True):
        (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
        again = to_document(load_scenario(tmp_path / "again.yaml"))
        assert scenario_digest(again) == scenario_digest(to_document(scenario))


def test_commands_on_the_page_have_all_that_was_set(made):
    told = provenance.command("/home/me/my file.yaml", ("shocks.0.rate=0.5",), made["en"][0].results)
    options = "--set shocks.0.rate=0.5 --months 2 --draws 8 --seed 1 --sampling monte_carlo"
    assert told == f"oilsim run 'my file.yaml' {options}"


def test_all_standings_sources_and_digests_are_told(page):
    rows = [row for found in page.tables.values() for row in found]
    told = {row[0].split("\n")[-1]: row for row in rows}
    for parameter in datasets.table("parameters").rows:
        assert parameter["citation"] in told[parameter["name"]][6]
    for name in ("flows_early_2026", "china_segments_early_2026", "prices", "posterior"):
        meta = datasets.table(name).meta
        assert told[name][-1] == meta["sha256"]
        assert meta["licence"] in told[name]


def test_every_table_that_a_run_reads_is_told():
    """A run from the first reading on, in a process of its own, which notes what it reads."""
    seen = (
        "import sys; sys.path.insert(0, '.')\n"
        "from traceback import walk_stack\n"
        "from simulator import datasets, tables\n"
        "read, names = tables.read, set()\n"
        "def noted(where, name, shipped):\n"
        "    files = {frame.f_code.co_filename.rpartition('/')[2] for frame, _ in walk_stack(None)}\n"
        "    names.update(set() if files & {'verification.py', 'manifest.py', 'consistency.py'} else {name})\n"
        "    return read(where, name, shipped)\n"
        "tables.read = noted\n"
        "from simulator import load_scenario, run\n"
        "for file in sys.argv[1:]:\n"
        "    run(load_scenario(file), draws=1, months=1)\n"
        "print(*sorted(names))\n"
    )
    files = [str(SCENARIOS / f"{name}.yaml") for name in (NAMES[0], "hormuz_closed", "worst_case")]
    found = subprocess.run(
        [sys.executable, "-c", seen, *files], capture_output=True, text=True, check=True, cwd=SCENARIOS.parent
    )
    assert set(found.stdout.split()) == {*provenance.ANY_RUN, "flows_early_2026", "china_segments_early_2026"}


def test_how_good_the_model_is_comes_from_the_last_replay(monkeypatch):
    told = words("en")
    score = provenance._score()
    assert score is not None
    assert f"{score['hits']} of {score['targets']} targets" in provenance.score(told)[0]
    monkeypatch.setattr(provenance, "SCORE", "hindcast/no_such_file.json")
    assert provenance.score(told) == [told("report.no_score")]
    assert not re.search(r"\d", told("report.no_score"))


def test_without_an_answer_the_page_says_so(made):
    answer = made["en"][0]
    lost = Answer(answer.scenario, replace(answer.results, unconverged=DRAWS), {})
    text = as_html([lost], {}, Wording(NAMES[:1]), words("en"))
    assert text.count("No draw cleared: there is no answer.") == 2
    assert "What China pays in each scenario" not in text


def test_one_draw_has_no_bands(made):
    answer = made["en"][0]
    alone = run(answer.scenario, draws=1)
    page = Page(as_html([Answer(answer.scenario, alone, {})], {}, Wording(NAMES[:1]), words("en")))
    assert page.table("Whose crude China buys, % of imports")[""] == ["baseline", "scenario", "change"]
    assert not any("band" in cell for rows in page.tables.values() for row in rows for cell in row)


def test_words_for_every_unit_and_value_are_there():
    told = words("zh")
    for unit in set(datasets.table("parameters").column("unit")):
        assert assumptions._unit(unit, told) != unit or not re.search("[a-z]{4,}", unit), unit
    for value in ("shadow", "mainstream", "least_cost", "defy", "lng", "ethane", "lpg", "coal"):
        assert re.search("[\u4e00-\u9fff]", assumptions._named("response", value, told)), value
    assert [assumptions._named(key, one, told) for key, one in (("coalition", "eu"), ("target", "china"))] == [
        "欧盟",
        "中国",
    ]


def test_the_command_writes_one_file(tmp_path):
    target = tmp_path / "report.html"
    words_ = ["report", "venezuela_cut_off", "-o", str(target), "--lang", "zh", "--draws", "2", "--months", "1"]
    found = CliRunner().invoke(main, [*words_, "--set", "shocks.0.note=试"])
    assert found.exit_code == 0, found.output
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    text = target.read_text(encoding="utf-8")
    Page(text)
    assert "shocks.0.note" in text
    assert "2026-03" in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["iran_offlin", "-o", "FOLDER/r.html"], "iran_offlin: there is no such file or shipped scenario"),
        (["iran_offline", "-o", "FOLDER/r.html", "--set", "shocks.0.loss_share=2"], "shocks.0.loss_share: is outside"),
        (["iran_offline", "-o", "FOLDER"], "-o: cannot be written: Is a directory"),
        (["iran_offline", "-o", "FOLDER/taken/r.html"], "-o: cannot be written: "),
        (["iran_offline", "-o", "FOLDER/r.html", "--lang", "fr"], "'fr' is not one of 'en', 'zh'"),
        (["iran_offline"], "Missing option '-o'"),
    ],
    ids=["no such scenario", "wrong value", "a folder", "below a file", "no such language", "no file"],
)
def test_what_is_wrong_is_said_before_anything_is_written(tmp_path, given, said):
    (tmp_path / "taken").write_text("a file")
    found = CliRunner().invoke(main, ["report", *(word.replace("FOLDER", str(tmp_path)) for word in given)])
    assert found.exit_code == 2
    assert said in found.output
    assert "Traceback" not in found.output
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_missing_library_is_told_with_the_command_that_brings_it(tmp_path, monkeypatch):
    monkeypatch.setattr(work, "find_spec", lambda name: None if name == "jinja2" else object())
    found = CliRunner().invoke(main, ["report", "iran_offline", "-o", str(tmp_path / "r.html")])
    assert found.exit_code == 2
    assert found.output == "report: needs jinja2: pip install 'oilsim[report]'\n"
    assert not list(tmp_path.iterdir())


def test_only_what_is_shown_is_computed(made):
    shown = {row.metric for row in made["en"][0].results.rows}
    assert "fob_usd_bbl" not in shown
    assert {name.partition("/")[0] for name in METRICS} >= shown
