"""Tables and sidecars by careless or hostile hands: refused in words that name the file, or used as they stand."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loky import get_reusable_executor

from simulator import columns, consistency, datasets, tables, verification
from simulator.axes import BUYERS, CHINA_SEGMENTS
from simulator.errors import DataError
from simulator.hindcast import episodes
from simulator.inputs.baseline import baseline
from simulator.inputs.refusals import refuse_impossible
from simulator.rebase import build, known, store
from simulator.runs import run
from simulator.scenario import load_scenario
from simulator.scenario.sweeping import sweeping
from simulator.sidecars import parse
from simulator.sweeps.engines import Crew
from simulator.sweeps.store import band_files
from simulator.sweeps.sweep import prepare_sweep, run_sweep
from simulator.tables import counted, read_like

SCENARIO = Path(__file__).parents[1] / "scenarios" / "iran_offline.yaml"
SHIPPED = datasets.folder()
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the data that a test may damage."""
    where = tmp_path / "tables"
    others = shutil.ignore_patterns("jul_*", "nov_*", "dec_*", "mar_*", "may_*", "sep_*")
    shutil.copytree(SHIPPED, where, ignore=others)
    monkeypatch.setenv("OILSIM_DATA", str(where))
    monkeypatch.setenv("OILSIM_BASELINES", str(tmp_path / "mine"))
    datasets.forget()
    yield where
    datasets.forget()


def change(file: Path, old: str, new: str, *, times: int = 1) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, times), encoding="utf-8", newline="")
    datasets.forget()


def sealed(copy: Path, name: str, old: str, new: str) -> None:
    """Change a table and enter digest and rows, as a careless maintainer would."""
    change(copy / f"{name}.csv", old, new)
    tables.seal(copy, name)
    datasets.forget()


def refused(words: str) -> str:
    """What both `data verify` and a run say, each of which must refuse."""
    datasets.forget()
    found = verification.verify()
    assert any(re.search(words, line) for line in found), found
    datasets.forget()
    with pytest.raises(DataError) as error:
        run(SCENARIO, draws=1, months=1)
    lines = str(error.value).splitlines()
    assert all(line.strip() for line in lines)
    return str(error.value)


@FEW
@given(text=st.text(max_size=12))
def test_a_cell_is_refused_or_used_as_it_stands(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("own") / "cells.csv"
    cell = text.replace('"', '""')
    rest = "barrels,guessed,nobody"
    path.write_text(
        f'stream_or_group,buyer,kbd,basis,standing,source\niran,china,"{cell}",{rest}\n', "utf-8", newline=""
    )
    try:
        (row,) = read_like(path, datasets.table("cells_early_2026").meta, SHIPPED)
    except DataError as error:
        assert all(str(path) in line for line in str(error).splitlines())
    else:
        assert row["kbd"] == float(text)
        assert 0 <= row["kbd"] <= 100_000


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
HELD = (
    "title",
    "producer",
    "url",
    "dates",
    "licence",
    "sha256",
    "rows",
    "key",
    "columns",
    "caveats",
    "counts",
    "tables",
)


@FEW
@given(field=st.sampled_from([*HELD, "colour", "columns.kbd", "columns.kbd.low", "columns.kbd.type"]), value=JUNK)
def test_a_field_of_a_sidecar_is_refused_or_of_its_kind(field: str, value: object) -> None:
    meta = yaml.safe_load((SHIPPED / "flows_2025.yaml").read_text(encoding="utf-8"))
    *path, last = field.split(".")
    inner = meta
    for part in path:
        inner = inner[part]
    inner[last] = value
    content = yaml.safe_dump(meta, allow_unicode=True).encode()
    try:
        said = parse(Path("flows_2025.yaml"), content)
    except DataError as error:
        assert all(line.startswith("flows_2025.yaml:") for line in str(error).splitlines())
    else:
        assert field != "colour"
        assert said["rows"] >= 0 and not isinstance(said["rows"], bool)


BOMB = "\n".join(["a0: &a0 [x, x]", *(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 12))])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rows: 3", "rows: true", "rows: is of the wrong kind .given true; allowed a whole number"),
        ("rows: 3", "rows: 3\nrows: 3", "rows: is given twice"),
        ("licence:", "license: free\nlicence:", "license: there is no such field .* did you mean licence"),
        ("title:", "title: !!python/object/apply:os.system [exit 9]\ntitel:", "tags are not read"),
        ("caveats:", f"{BOMB}\ncaveats:", "holds too many values"),
        ("caveats:", f"caveats: {'[' * 50_000}", "is nested too deep|is not valid YAML"),
        ("caveats:", f"# {'x' * 300_000}\ncaveats:", "expected at most 200000 bytes"),
        ("    low: 0\n    high: 30", "    low: 30\n    high: 0", "columns.detour_usd_bbl: low is above high"),
        ("    low: 0\n    high: 30", "    low: 0\n    hihg: 30", "hihg: there is no such field .* did you mean high"),
        ("    low: 0\n    high: 30", "    low: 0\n    high: 300", "expected a range within 0 to 30, found 0 to 300"),
        ("    low: 0\n    high: 30", "    optional: true\n    low: 0\n    high: 30", "the program needs a value"),
        ("    unit: USD/bbl\n", "", "columns.detour_usd_bbl.unit: is missing"),
        ("- passage\n", "- passages\n", "key.0: there is no such column .* did you mean passage"),
        ("- passage\n", "- passage\n- source\n", "key: expected passage, found passage, source"),
        ("allowed: [malacca,", "allowed: [suez, malacca,", "expected nothing but malacca"),
        ("allowed: [malacca, bab_el_mandeb, cape]", "allowed: [passages.passage]", "expected nothing but malacca"),
        ("  standing: {", "  standing: {measured: 7, ", "counts: standing: expected"),
    ],
)
def test_a_sidecar_that_says_something_else_is_refused(copy: Path, old: str, new: str, words: str) -> None:
    change(copy / "passages.yaml", old, new)
    assert "passages" in refused(rf"passages\.(yaml|csv):.*({words})")


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("passages", "malacca,900", f"malacca,{'9' * 5_000}", "line 2: detour_nm: expected a whole number"),
        ("passages", "malacca,900", "malacca,900\x00", "line 2: found U.0000"),
        ("passages", "malacca,900", '"malacca\n",900', "line 2: a cell goes on in the next line"),
        ("passages", "malacca,900", 'mal"acca",900', "line 2"),
        ("passages", "malacca", "mаlacca", "expected a known name"),  # noqa: RUF001
        ("china_segments_early_2026", "brazil,", "brazi1,", "brazi1; did you mean brazil"),
        ("parameters", "habit_half_life_months,1.0,2.5", "habit_half_life_months,2.5,1.0", "low of 2.5 to be at most"),
        ("parameters", "habit_half_life_months", "habit_half_live_months", "did you mean habit_half_life_months"),
        ("supply", "norway,", "norway ,", "expected a text without blanks around it, found .norway "),
    ],
)
def test_a_sealed_table_that_cannot_be_is_refused(copy: Path, name: str, old: str, new: str, words: str) -> None:
    change(copy / f"{name}.csv", old, new)
    sidecar = copy / f"{name}.yaml"
    digest = sha256((copy / f"{name}.csv").read_bytes()).hexdigest()
    sidecar.write_text(re.sub("(?m)^sha256:.*$", f"sha256: {digest}", sidecar.read_text("utf-8")), "utf-8")
    refused(words)


@pytest.mark.parametrize(
    ("name", "start", "words"),
    [
        ("flows_early_2026", "saudi_arabia,india,", "counts: standing: expected"),
        ("parameters", "fear,", "counts"),
        ("pairs", "russia_urals,europe,", "counts"),
        ("routes", "gulf,india,", "counts"),
    ],
)
def test_a_lost_row_is_missed_even_where_it_was_sealed(copy: Path, name: str, start: str, words: str) -> None:
    text = (copy / f"{name}.csv").read_text(encoding="utf-8")
    (line,) = re.findall(rf"(?m)^{start}.*\n", text)
    sealed(copy, name, line, "")
    refused(words)
    # Who meant it says the new counts; where nothing can stand in for the row, that does not help.
    meta = yaml.safe_load((copy / f"{name}.yaml").read_text(encoding="utf-8"))
    del meta["counts"]
    (copy / f"{name}.yaml").write_text(yaml.safe_dump(meta, sort_keys=False, allow_unicode=True), encoding="utf-8")
    datasets.forget()
    if name not in ("pairs", "flows_early_2026"):
        refused("expected")


@pytest.mark.parametrize("name", ["shadow_feb_2022", "prices_feb_2022"])
def test_a_table_of_a_past_month_that_is_gone_is_not_taken_for_none(copy: Path, name: str) -> None:
    place = copy / "history" / "feb_2022"
    for suffix in ("csv", "yaml"):
        (place / f"{name}.{suffix}").unlink()
    datasets.forget()
    assert any(f"{name}.yaml: expected a file" in line for line in verification.verify())
    with pytest.raises(DataError, match=rf"{name}\.yaml: expected a file"):
        baseline("feb_2022")


def test_a_table_that_belongs_to_nothing_is_told(copy: Path) -> None:
    for suffix in ("csv", "yaml"):
        shutil.copy(copy / f"passages.{suffix}", copy / f"pasages.{suffix}")
    refused(r"pasages\.yaml: belongs to nothing")


def test_a_pipe_a_folder_and_an_endless_file_are_not_opened(copy: Path) -> None:
    path = copy / "passages.csv"
    path.unlink()
    os.mkfifo(path)
    assert "expected a file" in refused(r"passages\.csv: expected a file")
    path.unlink()
    with path.open("wb") as file:
        file.truncate(10**9)
    refused(r"passages\.csv: expected at most 10000000 bytes, found 1000000000")
    with pytest.raises(Exception, match="is too large") as error:
        known.read_cells(path)
    assert "passages.csv" in str(error.value)
    (copy / "targets.csv").unlink()
    (copy / "targets.csv").mkdir()
    with pytest.raises(Exception, match=r"targets\.csv: expected a file"):
        episodes.own(copy)


def test_prices_that_are_lent_in_circles_are_refused(copy: Path) -> None:
    place = copy / "history" / "feb_2022"
    change(place / "baselines.csv", ",flows_feb_2022,2025,", ",flows_feb_2022,feb_2022,")
    tables.seal(place, "baselines")
    datasets.forget()
    assert any("with prices_of 2025, early_2026" in line for line in verification.verify())


def test_another_legal_number_is_used_and_told(copy: Path) -> None:
    before = run(SCENARIO, draws=1, months=1)
    sealed(copy, "baselines", "early_2026,68.75", "early_2026,69.75")
    after = run(SCENARIO, draws=1, months=1)
    brents = [one.get("brent_usd_bbl").baseline for one in (before, after)]
    assert brents[1] - brents[0] == pytest.approx(1.0, abs=0.2)
    assert before.manifest["data"]["baselines"] != after.manifest["data"]["baselines"]


def test_what_the_program_needs_is_what_the_shipped_tables_have() -> None:
    for name in datasets.names():
        assert name == "posterior" or columns.need_of(name), name
    parameters = {name.partition(".")[0] for name in datasets.table("parameters").column("name")}
    assert parameters == set(consistency.PARAMETERS)
    for place in (SHIPPED, *(SHIPPED / "history" / month for month in datasets.history())):
        for path in place.glob("*.yaml"):
            assert path.stem == "posterior" or yaml.safe_load(path.read_text(encoding="utf-8"))["counts"], path


def test_a_built_baseline_has_counts_and_names_its_tables(copy: Path) -> None:
    cells = copy / "cells_early_2026.csv"
    built = build.build(known.read_cells(cells))
    where = store.write(store.sheets(built, "mine", cells.name, None), "mine")
    meta = datasets.table("flows_mine", "mine").meta
    assert meta["counts"]["standing"] == counted(datasets.table("flows_mine", "mine").column("standing"))
    assert set(datasets.names("mine")) == {"baselines", "cells_mine", "flows_mine", "china_segments_mine"}
    (where / "cells_mine.yaml").unlink()
    datasets.forget()
    assert any("cells_mine.yaml: expected a file" in line for line in verification.verify())


def test_a_table_that_changes_under_way_never_mixes(copy: Path) -> None:
    scenario = load_scenario(SCENARIO)
    refuse_impossible(scenario)  # half of the tables are read now
    text = (copy / "passages.csv").read_text(encoding="utf-8")
    (copy / "streams.csv").write_text((copy / "streams.csv").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"streams\.csv: changed while it was in use"):
        run(scenario, draws=1, months=1)
    shutil.copy(SHIPPED / "streams.csv", copy / "streams.csv")
    assert run(scenario, draws=1, months=1).manifest["data"]["streams"] == datasets.table("streams").meta["sha256"]
    assert text == (copy / "passages.csv").read_text(encoding="utf-8")


def test_what_was_made_from_tables_is_forgotten_with_them(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = baseline("early_2026")
    assert baseline("early_2026") is first
    monkeypatch.delenv("OILSIM_DATA")
    assert baseline("early_2026") is not first, "another folder of tables"
    monkeypatch.setenv("OILSIM_DATA", str(copy))
    assert baseline("early_2026") is first
    datasets.forget()
    assert baseline("early_2026") is not first


@pytest.mark.parametrize("name", ["local", "dask"])
def test_workers_refuse_tables_that_changed_while_the_sweep_ran(copy: Path, tmp_path: Path, name: str) -> None:
    asked = prepare_sweep(load_scenario(SCENARIO).with_horizon(1), sweeping({"parameters.fear": [0.1, 0.2]}), 256, 1)
    sheet, sidecar = copy / "passages.csv", copy / "passages.yaml"
    old = asked.about()["data"]["passages"]
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("own guess", "a guess"), encoding="utf-8")
    new = sha256(sheet.read_bytes()).hexdigest()
    assert new != old
    sidecar.write_text(sidecar.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    get_reusable_executor(2).shutdown(kill_workers=True)  # its processes were started with other folders
    try:
        with pytest.raises(DataError, match="passages: changed while the sweep ran"):
            run_sweep(asked, tmp_path / "store", Crew(name, 2))
    finally:
        get_reusable_executor(2).shutdown(kill_workers=True)
    assert not band_files(tmp_path / "store")


def test_chinas_cell_says_how_much_and_its_segments_how_it_is_split(copy: Path) -> None:
    """Within a hundredth segments are taken as shares of the cell; farther off they are refused."""
    sealed(copy, "china_segments_2025", "russia_espo_kozmino,209.81291340189387,", "russia_espo_kozmino,213.0,")
    split = baseline("2025")
    of = split.labels.streams.index("russia_espo_kozmino")
    found = split.flow_kbd[[BUYERS.index(one) for one in CHINA_SEGMENTS], of]
    (cell,) = datasets.flows("2025").where(stream="russia_espo_kozmino", buyer="china")
    assert found.sum() == pytest.approx(cell["kbd"], rel=1e-12)
    parts = [213.0, 168.01759588812945, 462.16949071002784]
    assert found == pytest.approx([one * cell["kbd"] / sum(parts) for one in parts], rel=1e-12)
    sealed(copy, "china_segments_2025", "russia_espo_kozmino,213.0,", "russia_espo_kozmino,230.0,")
    with pytest.raises(DataError, match="expected segments of russia_espo_kozmino that add up to the 840"):
        baseline("2025")
