"""The documentation says what is true: its commands run, its references are complete, its links lead somewhere."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import shutil
from pathlib import Path
from types import ModuleType

import click
import pytest

from pages import commands as command_page
from pages import keys, metrics, offline, parameters, provenance, writing
from pages import screens as screen_page
from pages.references import GENERATED
from pages.screens import BLOCK, WITHOUT_DRAWS, done, screens
from simulator import datasets, load_scenario
from simulator.cli import main
from simulator.outcomes.metrics import known_metrics
from simulator.report.language import words
from simulator.runs import run
from simulator.scenario.shock import known_keys
from simulator.scenario.shocks import SHOCKS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
PARSED_ONLY = ("calibrate", "check", "explore", "figures", "golden", "hindcast", "report", "sensitivity", "validation")
"""Commands that take minutes, need a browser, or are run by tests of their own: their words are read, no more. The
README shows `hindcast`, `validation` and `sensitivity`, and its tests run them."""
QUICK = {
    "run": ["--draws", "4", "--months", "2"],
    "compare": ["--draws", "4", "--months", "2"],
    "breakeven": ["--draws", "2", "--set", "months=2"],
    "sweep": ["--draws", "4", "--months", "2"],
}
"""What is added so that a page can be read in seconds; everything else runs as it stands."""
FEWER = {
    "draws=256": "draws=4, months=2",
    'metric="brent_usd_bbl")': 'metric="brent_usd_bbl", samples=16, months=1)',
    'metric="import_bill_usd_bn")': 'metric="import_bill_usd_bn", samples=16, months=1)',
    "above=80.0)": "above=95.0, draws=256, months=2)",
}
"""The same for blocks of Python."""


def blocks(page: Path) -> list[re.Match[str]]:
    return list(BLOCK.finditer(page.read_text(encoding="utf-8")))


def commands(block: re.Match[str]) -> list[tuple[str, int]]:
    """Every oilsim command of a block with the exit code the page says it has."""
    if block["kind"] == "console":
        return [(screen.command, screen.code) for screen in screens(block["text"])]
    if block["kind"] in ("", "sh"):
        return [(line, 0) for line in block["text"].splitlines() if line.startswith("oilsim ")]
    return []


def quick(given: list[str]) -> list[str]:
    """The same command with fewer draws and points."""
    points = ["--points", "3"] if "--points" in given else []
    return [*given, *QUICK.get(given[0], []), *points]


def parsed(given: list[str]) -> None:
    """Read the words of a command as the command line would."""
    group = main.make_context("oilsim", list(given))
    name, command, rest = main.resolve_command(group, list(given))
    command.make_context(name, rest, parent=group)


WITH_COMMANDS = [page for page in PAGES if any(commands(block) for block in blocks(page))]


def test_the_pages_that_matter_show_commands() -> None:
    assert {"tutorial", "command-line", "sweeps", "sensitivity", "reproducing", "regression"} <= {
        page.stem for page in WITH_COMMANDS
    }


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.stem)
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the page, in one folder that holds the scenarios and the files the page shows."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    (tmp_path / "mine.yaml").write_text((keys.EXAMPLES / "tariff.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for block in blocks(page):
        if block["title"]:
            (tmp_path / block["title"]).write_text(block["text"], encoding="utf-8")
        for line, code in commands(block):
            line = line.split(" > ")[0]  # what goes into a file is printed all the same
            given = shlex.split(line, comments=True)[1:]
            if given[0] in PARSED_ONLY or "--engine" in given:
                parsed(given)
                continue
            found = done(line, quick)
            assert found.code == code, f"{line}\n{found.printed}"
            assert found.printed, line


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.stem)
def test_screens_that_nothing_is_drawn_for_are_shown_to_the_letter(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make screens` writes them, and those of runs, which are held to the letter where it is run in CI."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    for block in blocks(page):
        if block["title"]:
            (tmp_path / block["title"]).write_text(block["text"], encoding="utf-8")
        for screen in screens(block["text"]) if block["kind"] == "console" else []:
            if screen.command.split()[1] in WITHOUT_DRAWS:
                assert done(screen.command).printed == screen.shown, screen.command


PYTHON = [page for page in PAGES if any(block["kind"] == "python" for block in blocks(page))]


@pytest.mark.parametrize("page", PYTHON, ids=lambda page: page.stem)
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One block after the other, with fewer draws; each says something or leaves something for the next."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    if page.stem == "reproducing":
        assert done("oilsim run iran_offline -o results", quick).code == 0
    names: dict[str, object] = {}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for block in blocks(page):
            if block["kind"] == "python":
                code = block["text"]
                for often, seldom in FEWER.items():
                    code = code.replace(often, seldom)
                exec(compile(code, page.name, "exec"), names)
    assert "found" in names or said.getvalue()


@pytest.mark.parametrize("name", SHOCKS)
def test_the_example_of_a_shock_runs_and_shows_it(name: str) -> None:
    asked = load_scenario(keys.EXAMPLES / f"{name}.yaml")

    assert name in {shock.type for shock in asked.shocks}
    assert run(asked, draws=1, months=1).unconverged == 0


def test_there_is_an_example_of_each_shock_and_no_other() -> None:
    assert {file.stem for file in keys.EXAMPLES.glob("*.yaml")} == set(SHOCKS)


def test_the_reference_of_shocks_has_every_key_of_every_type() -> None:
    sections = dict(re.findall(r"^## `(\w+)`(.*?)(?=^## |\Z)", keys.shocks(), flags=re.MULTILINE | re.DOTALL))

    assert list(sections) == list(SHOCKS)
    for name, model in SHOCKS.items():
        own = [key for key in known_keys(model) if key not in (*keys.SHARED, "type")]
        assert re.findall(r"^\| `(\w+)` \|", sections[name], flags=re.MULTILINE) == own


def test_the_reference_of_commands_has_each_with_every_option() -> None:
    sections = dict(re.findall(r"^## `([\w ]+)`(.*?)(?=^## |\Z)", command_page.page(), flags=re.MULTILINE | re.DOTALL))
    data = main.commands["data"]
    assert isinstance(data, click.Group)
    expected = {name: command for name, command in main.commands.items() if name != "data"}
    expected |= {f"data {name}": command for name, command in data.commands.items()}

    assert set(sections) == set(expected)
    for name, command in expected.items():
        for option in command.params:
            assert not isinstance(option, click.Option) or option.opts[-1] in sections[name], name
        assert "UNSET" not in sections[name]


def test_the_reference_of_the_file_has_every_key_and_name() -> None:
    page = keys.scenario_file()

    assert "| `sampling` | monte_carlo, sobol, latin_hypercube |" in page.replace("\\_", "_")
    for name in (*datasets.vocabulary().streams, *datasets.vocabulary().buyers, *datasets.vocabulary().baselines):
        assert f"`{name}`" in page


def test_the_page_of_parameters_has_each_with_range_source_and_standing() -> None:
    page = parameters.page()
    for row in datasets.table("parameters").rows:
        (entry,) = re.findall(rf"^### `{re.escape(row['name'])}` .*?(?=^##)", page, flags=re.MULTILINE | re.DOTALL)
        assert ", ".join(parameters.figure(row[key]) for key in ("low", "mid", "high")) in entry
        assert f"- {row['standing'].capitalize()}: " in entry
        assert row["url"] is None or row["url"] in entry


def test_the_page_of_parameters_says_what_runs_draw() -> None:
    known = parameters.after_history()
    page = parameters.page()

    assert known
    for name, points in known.items():
        line = next(line for line in page.splitlines() if line.startswith(f"| [`{name}`]"))
        assert f"| {', '.join(map(parameters.figure, points))} |" in line


def test_the_page_of_data_has_each_table_with_producer_licence_dates_and_caveats() -> None:
    page = provenance.page()
    for name in datasets.names():
        meta = datasets.table(name).meta
        (entry,) = re.findall(rf"^## `{name}` .*?(?=^## )", page, flags=re.MULTILINE | re.DOTALL)
        assert entry.count("\n- ") >= 4 + len(meta["caveats"])
        assert f"digest (sha256): `{meta['sha256'][:12]}" in entry
        assert entry.count("    | `") == len(meta["columns"])
    for month in datasets.history():
        assert f"### `{month}`" in page


def test_every_metric_has_a_meaning_and_both_names() -> None:
    page = metrics.page()

    assert list(sorted(metrics.meanings())) == sorted(known_metrics())
    for metric in known_metrics():
        assert f"{words('en').metric(metric)}<br>{words('zh').metric(metric)}" in page


def slug(heading: str) -> str:
    """The anchor that mkdocs, and GitHub, make of a heading."""
    text = re.sub(r"[*`]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip())


def anchors(text: str) -> set[str]:
    bare = BLOCK.sub("", text)
    headings = re.findall(r"^#+ (.*?)(?: \{ #(\S+) \})?$", bare, flags=re.MULTILINE)
    return {given or slug(heading) for heading, given in headings} | set(re.findall(r'<a id="(\w+)">', text))


def written() -> dict[Path, str]:
    found = {page: page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *PAGES)}
    return found | {DOCS / name: make() for name, make in GENERATED.items()}


def test_every_link_and_anchor_leads_somewhere() -> None:
    """Of the README, the pages and the references; mkdocs asks the same of the site."""
    pages = written()
    lost = []
    for page, text in pages.items():
        for address in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", BLOCK.sub("", text))):
            place, _, anchor = address.partition("#")
            if re.match(r"\w+:", address):
                continue
            target = (page.parent / place).resolve() if place else page
            known = target in pages or target.is_file()
            if not known or (anchor and anchor not in anchors(pages[target])):
                lost.append(f"{page.name}: {address}")
    assert lost == []


@pytest.mark.parametrize("file", [ROOT / "README.md", *PAGES, *sorted((ROOT / "notebooks").glob("*.ipynb"))], ids=str)
def test_files_that_are_named_exist(file: Path) -> None:
    text = BLOCK.sub("", file.read_text(encoding="utf-8"))
    named = re.findall(r"`((?:docs|data|notebooks|scenarios|tests|simulator|pages)/[\w./]*\w)`", text)

    assert [name for name in named if not (ROOT / name).exists() and not (ROOT / f"{name}.csv").exists()] == []


@pytest.mark.parametrize("module", [offline, parameters, screen_page, writing], ids=lambda module: module.__name__)
def test_the_examples_of_what_writes_pages_hold(module: ModuleType) -> None:
    tried = doctest.testmod(module)

    assert tried.attempted and not tried.failed


def test_the_pages_count_right() -> None:
    model = (DOCS / "model.md").read_text(encoding="utf-8")
    counts = {
        "46 *streams*": len(datasets.vocabulary().streams) == 46,
        "ten *buyers*": len(datasets.vocabulary().buyers) == 10,
        "59 parameters": len(datasets.table("parameters").rows) == 59,
        "28 of them were fitted": len(parameters.after_history()) == 28,
        "all sixteen types": len(SHOCKS) == 16,
    }
    told = model + (DOCS / "tutorial.md").read_text(encoding="utf-8")

    assert [words for words, right in counts.items() if words not in told or not right] == []


def test_what_the_tutorial_quotes_is_what_it_shows() -> None:
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    shown = next(block["text"] for block in blocks(DOCS / "tutorial.md") if block["kind"] == "console")
    (quoted,) = re.findall(r"bill rises by (\S+) bn USD \(90 % of draws (\S+) to\s(\S+);", text)

    assert f"{quoted[0]} bn more" in shown
    assert f"+{quoted[1]} to +{quoted[2]})" in shown


def test_no_page_tells_where_it_was_made() -> None:
    for page, text in written().items():
        assert not re.search(r"(?:^|[\s(`])/(?:home|tmp|root|work|Users)/", text), page
        assert str(ROOT) not in text


def test_equations_are_drawn_when_pages_are_built() -> None:
    pytest.importorskip("latex2mathml", reason="pip install 'oilsim[docs]' to try the equations")
    from pages.mathematics import drawn

    inline = drawn(r'<p>with <span class="arithmatex">\(a &lt; b_i\)</span></p>')
    block = drawn('<div class="arithmatex">\\[\n\\frac{a}{b}\n\\]</div>')
    assert "<math" in inline and "<mi>a</mi><mo>&#x0003C;</mo>" in inline and "arithmatex" not in inline + block
    assert "<mfrac>" in block and 'display="block"' in block


def test_no_equation_of_the_model_is_left_in_tex() -> None:
    pytest.importorskip("latex2mathml", reason="pip install 'oilsim[docs]' to try the equations")
    from pages.mathematics import drawn

    text = (DOCS / "model.md").read_text(encoding="utf-8")
    inline = re.findall(r"(?<!\$)\$([^$\n]+)\$(?!\$)", text)
    blocks_ = re.findall(r"^\$\$\n(.*?)^\$\$$", text, flags=re.MULTILINE | re.DOTALL)
    page = "".join(rf'<span class="arithmatex">\({tex}\)</span>' for tex in inline + blocks_)

    assert len(inline) > 80 and len(blocks_) > 15
    assert "\\" not in drawn(page) and "arithmatex" not in drawn(page)
