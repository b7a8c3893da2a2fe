"""The command as a stranger meets it: what it prints where, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import simulator
from simulator import library
from simulator.cli import main
from simulator.results import COLUMNS

ROOT = Path(__file__).parents[1]
SCENARIOS = ROOT / "scenarios"
QUICK = ("--draws", "1", "--months", "1")
ESCAPE = "\x1b"


def oilsim(*words: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, list(words))


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from simulator.cli import main; main(prog_name='oilsim')", *words]


def process(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, its output going into pipes."""
    plain = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR", "NO_COLOR")}
    given = {**plain, "PYTHONUTF8": "1", **environment}
    return subprocess.run(command(*words), capture_output=True, cwd=ROOT, env=given, timeout=60)


def python(code: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(words, capture_output=True, text=True, cwd=ROOT, timeout=60)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def written(text: str | bytes, name: str = "mine.yaml") -> str:
        content = text.encode("utf-8") if isinstance(text, str) else text
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return written


def sound(shock: str = "", **keys: str) -> str:
    given = {"schema": "1", "name": "Mine", "baseline": "2025", "start": "2026-03", "months": "2", **keys}
    head = "".join(f"{key}: {value}\n" for key, value in given.items())
    return head + (f"shocks:\n  - {shock}\n" if shock else "")


# The README


def readme(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [block for word, block in blocks if word == language]


def readme_commands() -> list[str]:
    """All but the one that serves a page until it is stopped: tests/explorer has it in a browser."""
    lines = [line for block in readme("") for line in block.splitlines() if line.startswith("oilsim ")]
    commands = [" ".join(shlex.split(line, comments=True)) for line in lines]
    return [line for line in commands if line != "oilsim explore"]


def test_the_readme_shows_the_main_commands() -> None:
    shown = {line.split()[1] for line in readme_commands()}

    assert {"run", "list", "show", "validate", "data"} <= shown


@pytest.mark.parametrize("line", readme_commands())
def test_the_readmes_commands_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that holds the scenarios; progress and what was written go to stderr, and nothing else."""
    (tmp_path / "scenarios").symlink_to(SCENARIOS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("simulator.report.progress.LINE_SECONDS", float("inf"))  # a busy machine would be slow enough
    few = ["--draws", "8"]
    quick = {"run": few, "hindcast": few, "sensitivity": ["--samples", "16", "--months", "2"], "sweep": few}
    quick |= {name: [*few, "--months", "2"] for name in ("report", "figures")}
    words = line.split()[1:] + quick.get(line.split()[1], [])

    result = oilsim(*words)

    assert result.exit_code == 0, result.stderr
    files = re.findall(r"^written: (.+)$", result.stderr, flags=re.MULTILINE)
    assert result.stdout.strip() or files
    assert [file for file in files if not Path(file).exists()] == []
    assert [said for said in result.stderr.splitlines() if not re.match(r"\d+/\d+ |written: |\d+.* runs", said)] == []


def test_the_readmes_scenario_is_sound(write: Callable[..., str]) -> None:
    (text,) = readme("yaml")

    assert oilsim("validate", write(text)).exit_code == 0


@pytest.mark.parametrize(("block", "told"), [(0, "share"), (1, "quantile")])
def test_the_readmes_python_runs(block: int, told: str) -> None:
    text = readme("python")[block]

    assert "draws=256" in text
    done = python(text.replace("draws=256", "draws=1"))
    assert (done.returncode, done.stderr) == (0, "")
    assert told in done.stdout


def test_the_readmes_tree_names_what_is_there() -> None:
    (tree,) = [block for block in readme("") if block.startswith("simulator/\n")]
    inside, top = [], []
    for line in tree.splitlines()[1:]:
        names = re.findall(r"\S+\.py|\S+/", line.split("  ")[0] or line.strip().split("   ")[0])
        (inside if line.startswith(" ") else top).extend(names)

    assert len(inside) > 5 and len(top) > 2
    assert [name for name in inside if not (ROOT / "simulator" / name).exists()] == []
    assert [name for name in top if not (ROOT / name).exists()] == []


# Results on standard output


def test_one_scenario_as_json_is_an_object_with_the_agreed_keys() -> None:
    result = oilsim("run", "iran_offline", *QUICK, "--format", "json")
    document = json.loads(result.stdout)

    assert (result.exit_code, result.stderr) == (0, "")
    wanted = {"schema", "scenario", "baseline", "months", "draws", "unconverged", "manifest", "rows"}
    assert wanted <= set(document)
    assert (document["schema"], document["scenario"], document["baseline"]) == (1, "Iran offline", "early_2026")
    assert (document["months"], document["draws"], document["unconverged"]) == (["2026-03"], 1, 0)
    assert set(document["rows"][0]) == set(COLUMNS)
    assert {row["month"] for row in document["rows"]} == {"2026-03", "horizon"}
    assert document["manifest"]["seed"] == 1


def test_several_scenarios_as_json_are_an_array_in_the_order_asked() -> None:
    result = oilsim("run", "venezuela_cut_off", "baseline", *QUICK, "--format", "json")

    assert [one["scenario"] for one in json.loads(result.stdout)] == ["Venezuela cut off", "Baseline"]


def test_csv_of_one_scenario_has_the_agreed_columns() -> None:
    header, *lines = csv.reader(io.StringIO(oilsim("run", "baseline", *QUICK, "--format", "csv").stdout))

    assert header == list(COLUMNS)
    assert len(lines) > 500
    assert {len(line) for line in lines} == {len(COLUMNS)}


def test_csv_of_several_scenarios_is_one_table_with_the_scenario_first() -> None:
    result = oilsim("run", "iran_offline", "baseline", *QUICK, "--format", "csv")
    header, *lines = csv.reader(io.StringIO(result.stdout))

    assert header == ["scenario", *COLUMNS]
    assert list(dict.fromkeys(line[0] for line in lines)) == ["Iran offline", "Baseline"]
    assert header not in lines


def test_the_result_kept_in_a_folder_is_the_result_printed(tmp_path: Path) -> None:
    result = oilsim("run", "iran_offline", *QUICK, "--format", "csv", "-o", str(tmp_path / "kept"))

    assert {path.name for path in (tmp_path / "kept").iterdir()} == {"iran_offline.csv", "iran_offline.json"}
    assert (tmp_path / "kept" / "iran_offline.csv").read_text(encoding="utf-8") == result.stdout
    assert result.stderr.count("written: ") == len(result.stderr.splitlines()) == 2


def test_the_screen_says_what_the_rows_say() -> None:
    table = oilsim("run", "iran_offline", *QUICK).stdout
    rows = json.loads(oilsim("run", "iran_offline", *QUICK, "--format", "json").stdout)["rows"]
    named = {(r["metric"], r["item"]): r for r in rows if r["month"] == "horizon" and r["by"] in ("total", "group")}

    brent, russia = named["brent_usd_bbl", "total"], named["share", "russia"]
    (line,) = [line for line in table.splitlines() if line.startswith("Brent, USD/bbl")]
    assert line.split()[2:4] == [f"{brent['baseline']:.2f}", f"{brent['mean']:.2f}"]
    (line,) = [line for line in table.splitlines() if line.startswith("Russia  ") and "%" not in line][:1]
    assert line.split()[1:3] == [f"{100 * russia['baseline']:.1f}", f"{100 * russia['mean']:.1f}"]
    assert "mid values" in table and "2026-03" in table


def test_set_seed_and_draws_reach_the_run() -> None:
    words = ("run", "iran_offline", "--months", "1", "--format", "json")
    half, whole = (
        json.loads(oilsim(*words, "--draws", "1", "--set", f"shocks.0.loss_share={share}").stdout) for share in (0.5, 1)
    )
    seeded = json.loads(oilsim(*words, "--draws", "3", "--seed", "7").stdout)

    assert half["manifest"]["scenario"]["shocks"][0]["loss_share"] == 0.5
    assert half["rows"][0]["mean"] < whole["rows"][0]["mean"]
    assert (seeded["draws"], seeded["manifest"]["seed"]) == (3, 7)


def test_the_list_names_every_shipped_scenario() -> None:
    lines = oilsim("list").stdout.splitlines()

    assert [line.split()[0] for line in lines] == [file.stem for file in library.files()]
    assert all(len(line.split()) > 3 for line in lines)


def test_show_gives_the_origin_of_each_value() -> None:
    words = oilsim("show", "iran_offline", "--set", "shocks.0.loss_share=0.5").stdout
    document = json.loads(oilsim("show", "iran_offline", "--format", "json").stdout)

    (line,) = [line for line in words.splitlines() if "shocks.0.loss_share" in line]
    assert line.split()[1] == "0.5" and "--set" in line
    assert document["scenario"]["shocks"][0]["streams"] == ["iran"]
    assert document["origins"]["shocks.0.type"].endswith("iran_offline.yaml:8")


def test_the_data_commands_show_every_table() -> None:
    listed = [line.split()[0] for line in oilsim("data", "list").stdout.splitlines()]

    past = {f"{path.parent.name}/{path.stem}" for path in (ROOT / "data" / "history").glob("*/*.csv")}
    assert set(listed) == {path.stem for path in (ROOT / "data").glob("*.csv")} | past
    assert oilsim("data", "verify").stdout.startswith(f"{len(listed)} tables")
    for form in ("table", "csv", "json"):
        assert oilsim("data", "show", "baseline", "--format", form).exit_code == 0
    shown = oilsim("data", "show", "prices", "--format", "csv").stdout
    assert list(csv.reader(io.StringIO(shown))) != []
    assert json.loads(oilsim("data", "show", "prices", "--format", "json").stdout)["data"][0]["baseline"] == "2025"


# What the user got wrong: exit 2, one line per problem, nothing on standard output


WRONG_WORDS = [
    (("run", "iran_offlin"), ["iran_offlin: there is no such file or shipped scenario (did you mean iran_offline?)"]),
    (("run", "nowhere.yaml"), ["nowhere.yaml", "no such file"]),
    (("show", "nowhere.yaml"), ["nowhere.yaml", "no such file"]),
    (("run", "baseline", "--set", "months"), ["months: must be PATH=VALUE"]),
    (("run", "baseline", "--set", "foo=1"), ["foo: is not a key of a scenario"]),
    (("run", "baseline", "--months", "0"), ["months: is outside its range (given 0"]),
    (("run", "iran_offline", "--set", "shocks.0.loss_share=1.5"), ["shocks.0.loss_share:", "given 1.5", "0 to 1"]),
    (("run", "iran_offline", "--set", "shocks.0.loss_share=.nan"), ["shocks.0.loss_share:", "finite"]),
    (("run", "iran_offline", "--set", "shocks.0.streams=[irann]"), ["shocks.0.streams.0:", "did you mean iran?"]),
    (("run", "iran_offline", "--set", "shocks.0.loss_shar=1"), ["shocks.0.loss_shar:", "did you mean loss_share?"]),
    (("data", "show", "price"), ["price: there is no such table", "did you mean prices?"]),
]


@pytest.mark.parametrize(("words", "expected"), WRONG_WORDS, ids=lambda value: " ".join(value)[:60])
def test_a_wrong_word_is_one_line_with_its_path_and_no_place(words: tuple[str, ...], expected: list[str]) -> None:
    result = oilsim(*words)

    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert all(part in line for part in expected), line
    assert line.startswith(expected[0])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run", "baseline", "--draws", "0"), "'--draws': 0 is not in the range"),
        (("run", "baseline", "--draws", "many"), "--draws"),
        (("run", "baseline", "--seed", "-1"), "'--seed': -1 is not in the range"),
        (("run", "baseline", "--format", "xml"), "'xml' is not one of 'table', 'csv', 'json'"),
        (("run", "baseline", "--drawz", "1"), "--draws"),
        (("run",), "Missing argument 'SCENARIO...'"),
        (("validate",), "Missing argument 'FILE...'"),
        (("shwo", "baseline"), "did you mean show?"),
        (("data", "show"), "Missing argument"),
    ],
)
def test_wrong_usage_says_what_is_allowed(words: tuple[str, ...], expected: str) -> None:
    result = oilsim(*words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert expected in result.stderr
    assert "Traceback" not in result.stderr


WRONG_FILES = [
    (sound("{type: supply_outage, streams: [iran], loss_shar: 1.0}"), "did you mean loss_share?", 2),
    (sound("{type: supply_outage, streams: [irann], loss_share: 1.0}"), "did you mean iran?", 1),
    (sound("{type: suply_outage, streams: [iran], loss_share: 1.0}"), "did you mean supply_outage?", 1),
    (sound(mnths="3"), "did you mean months?", 1),
    (sound("{type: supply_outage, streams: [iran], loss_kbd: 5000}"), "more than these streams export", 1),
    (sound("{type: tariff, streams: [us], buyers: [china], rate: -0.3}"), "below 0", 1),
    (b"\xff\xfename: x\n", "not UTF-8", 1),
    ("", "is empty", 1),
    ("just words\n", "", 1),
    ("a: [1, 2\n", "", 1),
]


@pytest.mark.parametrize(("text", "expected", "lines"), WRONG_FILES)
def test_a_wrong_file_is_named_with_line_and_column(
    text: str | bytes, expected: str, lines: int, write: Callable[..., str]
) -> None:
    path = write(text)

    result = oilsim("run", path)

    assert (result.exit_code, result.stdout) == (2, "")
    found = result.stderr.splitlines()
    assert len(found) == lines, found
    assert all(re.match(re.escape(path) + r":\d+:\d+: \S+: .+", line) for line in found), found
    assert expected in result.stderr


def test_a_folder_is_not_a_scenario(tmp_path: Path) -> None:
    result = oilsim("run", str(tmp_path))

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [f"{tmp_path}:1:1: file: is a folder, not a scenario file"]


def test_validate_lists_the_problems_of_all_files_at_once(write: Callable[..., str]) -> None:
    one = write(sound("{type: supply_outage, streams: [irann], loss_shar: 1}"), "one.yaml")
    two = write(sound(months="0", baseline="1999"), "two.yaml")
    good = write(sound(), "good.yaml")

    result = oilsim("validate", one, good, two, "nowhere.yaml")

    assert result.exit_code == 2
    assert result.stdout == f"{good}: in order\n"
    lines = result.stderr.splitlines()
    assert {line.split(":")[0] for line in lines} == {one, two, "nowhere.yaml"}
    for told in ("irann", "loss_shar", "months:", "baseline:"):
        assert any(told in line for line in lines), told


def test_a_folder_that_cannot_be_written_is_the_users_problem(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")

    result = oilsim("run", "baseline", *QUICK, "-o", str(tmp_path / "taken"))

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("-o: cannot be written: ") and len(result.stderr.splitlines()) == 1


def test_run_lists_the_problems_of_all_scenarios_at_once(write: Callable[..., str]) -> None:
    one, two = write(sound(months="0"), "one.yaml"), write(sound(months="0"), "two.yaml")

    result = oilsim("run", one, two)

    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [one, two]


def test_run_lists_all_settings_that_cannot_be_read() -> None:
    result = oilsim("run", "baseline", "--set", "first", "--set", "second")

    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["first", "second"]


def test_a_folder_of_the_same_name_does_not_hide_a_shipped_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "baseline").mkdir()

    assert oilsim("validate", "baseline").exit_code == 0


def test_scenarios_with_the_same_file_name_are_both_kept(write: Callable[..., str], tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    one, two = (write(sound(name=name), f"{name}/x.yaml") for name in ("a", "b"))

    result = oilsim("run", one, two, *QUICK, "-o", str(tmp_path / "out"))

    kept = {json.loads(p.read_text(encoding="utf-8"))["scenario"] for p in (tmp_path / "out").glob("*.json")}
    assert result.exit_code == 2 or kept == {"a", "b"}


# Data that is not what it was: exit 3


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    monkeypatch.setenv("OILSIM_DATA", str(folder))
    return folder


def test_a_changed_table_is_refused_with_what_was_expected_and_found(copied: Path) -> None:
    path = copied / "prices.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("-4.1", "-4.2", 1), encoding="utf-8")

    for words in (("run", "baseline", *QUICK), ("data", "verify"), ("data", "show", "prices")):
        result = oilsim(*words)

        assert (result.exit_code, result.stdout) == (3, ""), words
        assert re.fullmatch(
            re.escape(str(path)) + r": sha256: expected [0-9a-f]{64}, found [0-9a-f]{64}\n", result.stderr
        )


def test_a_missing_table_is_refused(copied: Path) -> None:
    (copied / "routes.csv").unlink()

    result = oilsim("run", "baseline", *QUICK)

    assert (result.exit_code, result.stdout) == (3, "")
    assert str(copied / "routes.csv") in result.stderr and len(result.stderr.splitlines()) == 1


def test_data_verify_names_every_table_that_is_wrong(copied: Path) -> None:
    for name in ("prices", "streams"):
        (copied / f"{name}.csv").unlink()

    result = oilsim("data", "verify")

    assert result.exit_code == 3
    assert "prices.csv" in result.stderr and "streams.csv" in result.stderr


def test_no_data_at_all_is_exit_3(tmp_path: Path) -> None:
    for words in (("run", "baseline"), ("validate", "baseline"), ("data", "verify")):
        result = oilsim(*words, OILSIM_DATA=str(tmp_path / "gone"))

        assert (result.exit_code, result.stdout) == (3, ""), words


def test_data_list_without_data_is_exit_3(tmp_path: Path) -> None:
    assert oilsim("data", "list", OILSIM_DATA=str(tmp_path / "gone")).exit_code == 3


def test_a_table_that_is_not_utf_8_is_exit_3(copied: Path) -> None:
    path = copied / "prices.csv"
    path.write_bytes(path.read_bytes() + b"\xff")

    result = CliRunner().invoke(main, ["data", "verify"], catch_exceptions=False)

    assert result.exit_code == 3


# Draws that do not clear: exit 4


def test_more_than_one_draw_in_a_thousand_open_is_exit_4(monkeypatch: pytest.MonkeyPatch) -> None:
    import simulator.paths as paths

    clear = paths.clear

    def one_open(*given: object) -> object:
        found = clear(*given)  # type: ignore[arg-type]
        found.converged[1] = False
        return found

    monkeypatch.setattr(paths, "clear", one_open)
    result = oilsim("run", "iran_offline", "--draws", "5", "--months", "1")

    assert result.exit_code == 4
    assert "1 of 5 draws did not clear and are left out: draw 1 in 2026-03" in " ".join(result.stdout.split())


def test_every_parameter_may_stand_at_its_legal_limit() -> None:
    words = ["run", "baseline", *QUICK, "--set", "parameters.teapot_ordinary_crude_share=1"]

    result = CliRunner().invoke(main, words, catch_exceptions=False)

    assert result.exit_code in (0, 2, 4)


# Pipes, widths, colours, encodings


def test_output_to_a_pipe_is_plain_and_fits_80_columns() -> None:
    done = process("run", "hormuz_closed", "russia_state_majors_stop", "--draws", "8")
    lines = done.stdout.decode("utf-8").splitlines()

    assert (done.returncode, done.stderr) == (0, b"")
    assert ESCAPE.encode() not in done.stdout
    assert max(len(line) for line in lines) <= 80
    assert any(line.startswith("Import bill, bn USD") for line in lines)


@pytest.mark.parametrize(
    ("columns", "widest"),
    [
        ("140", 140),
        ("200", 160),
        ("90", 90),
        pytest.param(
            "60",
            78,
        ),
    ],
)
def test_the_screen_follows_the_width_within_reason(columns: str, widest: int) -> None:
    lines = oilsim("run", "iran_offline", "--draws", "8", "--months", "2", COLUMNS=columns).stdout.splitlines()

    assert max(len(line) for line in lines) <= widest
    assert "…" not in "".join(lines), "no figure is cut"


def test_no_color_and_dumb_terminals_get_no_colours() -> None:
    colour = re.compile(ESCAPE + r"\[(?:\d+;)*[349]\d")

    forced = oilsim("run", "baseline", *QUICK, FORCE_COLOR="1", NO_COLOR="1").stdout
    dumb = oilsim("run", "baseline", *QUICK, TERM="dumb").stdout
    assert "Import bill" in forced and not colour.search(forced)
    assert "Import bill" in dumb and ESCAPE not in dumb


def test_head_takes_a_line_and_leaves_no_traceback() -> None:
    running = subprocess.Popen(
        command("run", "iran_offline", "--draws", "1", "--format", "csv"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert running.stdout is not None and running.stderr is not None
    first = running.stdout.readline().decode("utf-8")
    running.stdout.close()  # far more is to come than a pipe holds
    told = running.stderr.read()
    running.stderr.close()

    assert (running.wait(timeout=60), told) == (0, b"")
    assert first == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("show", "baseline"),
        ("data", "show", "prices"),
        pytest.param(
            ("run", "baseline", *QUICK),
        ),
    ],
)
def test_a_reader_that_has_gone_is_no_failure(words: tuple[str, ...]) -> None:
    read, write_end = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(command(*words), stdout=write_end, stderr=subprocess.PIPE, cwd=ROOT, timeout=60)
    finally:
        os.close(write_end)

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [("list",), ("show", "iran_offline"), ("data", "show", "parameters")])
def test_words_without_figures_survive_a_machine_that_knows_only_ascii(words: tuple[str, ...]) -> None:
    done = process(*words, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")

    assert (done.returncode, done.stderr) == (0, b"")


def test_the_screen_survives_a_machine_that_knows_only_ascii() -> None:
    done = process("run", "baseline", *QUICK, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")

    assert done.returncode == 0, done.stderr.decode()[-300:]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_in_one_line() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command("list"), stdout=full, stderr=subprocess.PIPE, cwd=ROOT, timeout=60)

    assert b"Traceback" not in done.stderr


def test_messages_go_to_standard_error_alone() -> None:
    done = process("run", "nowhere.yaml")

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"nowhere.yaml:1:1: file: there is no such file\n"


# The package


def loaded_by(statement: str) -> set[str]:
    shown = "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = python(f"import sys\n{statement}\n{shown}")
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("statement", ["import simulator.cli", "import simulator"])
def test_the_command_starts_without_the_heavy_libraries(statement: str) -> None:
    loaded = loaded_by(statement)

    assert loaded & {"numpy", "pandas", "scipy", "rich", "pydantic", "yaml", "xarray"} == set()
    assert "simulator" in loaded


def test_validating_needs_no_arithmetic() -> None:
    statement = "from simulator.cli import main; main(['validate', 'scenarios/baseline.yaml'], standalone_mode=False)"

    assert loaded_by(statement) & {"numpy", "pandas", "scipy", "rich", "xarray"} == set()


def test_every_public_name_is_there() -> None:
    done = python(
        "import simulator\n"
        "from simulator import *\n"
        "assert set(simulator.__all__) <= set(globals())\n"
        "assert callable(run) and callable(load_scenario) and issubclass(InputError, Exception)\n"
        "assert simulator.run is run"
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert {"load_scenario", "run", "Results", "InputError", "DataError"} <= set(simulator.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = simulator.nothing


def test_run_stays_a_function_once_its_module_is_loaded() -> None:
    done = python("import simulator.runs\nfrom simulator import run\nassert callable(run), run")

    assert done.returncode == 0, done.stderr


def test_the_version_is_the_packages() -> None:
    assert oilsim("--version").stdout.strip().endswith(simulator.__version__)


def test_a_sweep_over_no_months_is_refused_as_a_run_is():
    result = oilsim("sweep", "iran_offline", "--months", "0", "--over", "parameters.fear=0.1,0.2")
    assert result.exit_code == 2
    assert result.stderr == "months: is outside its range (given 0; allowed 1 to 600)\n"
