"""Loading: what the sidecar says is what the table holds; a table that differs is refused and named."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import axes, datasets, verification
from simulator.errors import DataError


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data that a test may damage; `datasets` reads it."""
    where = tmp_path / "tables"
    shutil.copytree(datasets.folder(), where)
    monkeypatch.setenv("OILSIM_DATA", str(where))
    return where


def edit(copy: Path, name: str, old: str, new: str, *, digest: bool = True) -> None:
    """Replace a text in a table; with `digest` the sidecar follows, so that the other checks are met."""
    path, sidecar = copy / f"{name}.csv", copy / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    if digest:
        line = f"sha256: {hashlib.sha256(path.read_bytes()).hexdigest()}"
        sidecar.write_text(
            re.sub("^sha256:.*$", line, sidecar.read_text(encoding="utf-8"), flags=re.MULTILINE),
            encoding="utf-8",
        )


def test_all_tables_are_what_their_sidecars_say() -> None:
    assert verification.verify() == []
    assert {"streams", "flows_2025", "buyers", "prices", "parameters"} <= set(datasets.names())


def test_cells_have_their_types_and_empty_cells_are_none() -> None:
    row = datasets.table("buyers").where(buyer="cn_teapot")[0]
    assert row["quota_kbd"] == 2175.0
    assert isinstance(row["quota_kbd"], float)
    assert datasets.table("buyers").where(buyer="india")[0]["quota_kbd"] is None
    assert isinstance(datasets.table("routes").rows[0]["distance_nm"], int)
    assert datasets.table("baselines").column("baseline") == ("2025", "early_2026"), "ids stay texts"


def test_column_and_where() -> None:
    flows = datasets.table("flows_2025")
    assert len(flows.column("kbd")) == len(flows.rows) == flows.meta["rows"]
    assert [row["kbd"] for row in flows.where(stream="iran_light", buyer="china")] == [828]
    with pytest.raises(KeyError, match="no column volume"):
        flows.column("volume")
    with pytest.raises(KeyError, match="no column byuer"):
        flows.where(byuer="china")


def test_a_table_is_read_once_per_folder(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = datasets.table("streams")
    assert datasets.table("streams") is here
    monkeypatch.delenv("OILSIM_DATA")
    assert datasets.table("streams") is not here


def test_the_variable_names_the_folder(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert datasets.folder() == copy
    monkeypatch.delenv("OILSIM_DATA")
    assert datasets.folder().name == "data"


def test_a_tampered_table_is_named_with_both_digests(copy: Path) -> None:
    edit(copy, "flows_2025", "iran_light,china,828", "iran_light,china,829", digest=False)
    with pytest.raises(DataError, match=r"flows_2025\.csv: sha256: expected [0-9a-f]{64}, found [0-9a-f]{64}") as error:
        datasets.table("flows_2025")
    assert error.value.exit_code == 3
    assert [line for line in verification.verify() if "flows_2025.csv" not in line] == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "iran_light,china,828",
            "iran_light,china,many",
            r"line \d+: kbd: expected a number, found many",
        ),
        (
            "iran_light,china,828",
            "iran_light,china,8.5x",
            r"line \d+: kbd: expected a number, found 8\.5x",
        ),
        (
            "iran_light,china,828",
            "iran_light,china,nan",
            r"line \d+: kbd: expected a number, found nan",
        ),
        ("iran_light,china,828", "iran_light,china,-828", r"line \d+: kbd: expected 0 to 10000, found -828"),
        (
            "iran_light,china,828",
            "iran_light,china,",
            r"line \d+: kbd: expected a number, found an empty cell",
        ),
        (
            "iran_light,china,828",
            "iran_ligth,china,828",
            r"stream: .* found iran_ligth; did you mean iran_light\?",
        ),
        ("iran_light,china,828", "iran_light,chin,828", r"buyer: expected a known name, found chin"),
        (
            "iran_heavy,china,552",
            "iran_light,china,552",
            r"each stream, buyer once, found .*iran_light.* again",
        ),
        ("iran_light,china,828,", "iran_light,china,828,x,", r"line \d+: expected 5 cells, found 6"),
        (
            "stream,buyer,kbd",
            "stream,buyer,mbd",
            "columns: expected stream, buyer, kbd, .*; found stream, buyer, mbd",
        ),
    ],
)
def test_what_is_wrong_with_a_cell_is_said(copy: Path, old: str, new: str, words: str) -> None:
    edit(copy, "flows_2025", old, new)
    with pytest.raises(DataError, match=words):
        datasets.table("flows_2025")


def test_a_flow_may_have_a_fraction_and_a_distance_may_not(copy: Path) -> None:
    edit(copy, "flows_2025", "iran_light,china,828", "iran_light,china,828.828")
    datasets.seal("flows_2025")
    assert [row["kbd"] for row in datasets.table("flows_2025").where(stream="iran_light", buyer="china")] == [828.828]
    edit(copy, "routes", "kozmino,china,1100", "kozmino,china,1100.5")
    with pytest.raises(DataError, match=r"distance_nm: expected a whole number, found 1100\.5"):
        datasets.table("routes")


def test_all_problems_of_a_file_come_at_once(copy: Path) -> None:
    edit(copy, "flows_2025", "iran_light,china,828", "iran_light,china,-1")
    edit(copy, "flows_2025", "iran_heavy,china,552", "iran_heavy,chinna,552")
    with pytest.raises(DataError) as error:
        datasets.table("flows_2025")
    lines = str(error.value).splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"{copy / 'flows_2025.csv'}: line ") for line in lines)


def test_an_infinite_number_is_refused(copy: Path) -> None:
    edit(copy, "baselines", "69.1", "1e999")
    with pytest.raises(DataError, match="brent_usd_bbl: expected a number, found 1e999"):
        datasets.table("baselines")


def test_a_missing_row_is_counted(copy: Path) -> None:
    path = copy / "passages.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    with pytest.raises(DataError, match=r"passages\.csv: rows: expected 3, found 2"):
        datasets.table("passages")


@pytest.mark.parametrize("suffix", ["csv", "yaml"])
def test_a_missing_file_is_named(copy: Path, suffix: str) -> None:
    (copy / f"prices.{suffix}").unlink()
    with pytest.raises(DataError, match=rf"prices\.{suffix}: expected a file, found none"):
        datasets.table("prices")
    assert any(f"prices.{suffix}" in line for line in verification.verify()) or suffix == "yaml"
    assert any("prices" in line for line in verification.verify())


def test_a_sidecar_must_be_whole(copy: Path) -> None:
    sidecar = copy / "prices.yaml"
    sidecar.write_text(
        re.sub("^licence:.*\n", "", sidecar.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8"
    )
    with pytest.raises(DataError, match=r"prices\.yaml:1:1: licence: is missing \(allowed a text\)"):
        datasets.table("prices")
    sidecar.write_text("a: [", encoding="utf-8")
    (copy / "supply.yaml").write_text("just words", encoding="utf-8")
    found = verification.verify()
    assert any("supply.yaml:1:1: file: must hold keys and values" in line for line in found)


def test_an_empty_folder_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OILSIM_DATA", str(tmp_path))
    assert verification.verify() == [f"{tmp_path}: expected tables with sidecars, found none"]


def test_seal_accepts_a_meant_edit_and_keeps_the_rest(copy: Path) -> None:
    before = (copy / "passages.yaml").read_text(encoding="utf-8")
    edit(copy, "passages", "malacca,900", "malacca,950", digest=False)
    datasets.seal("passages")
    assert datasets.table("passages").where(passage="malacca")[0]["detour_nm"] == 950
    after = (copy / "passages.yaml").read_text(encoding="utf-8")
    changed = [a for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    assert [line.split(":")[0] for line in changed] == ["sha256"]


def test_seal_does_not_cover_a_mistake(copy: Path) -> None:
    edit(copy, "passages", "malacca,900", "malacca,-900", digest=False)
    with pytest.raises(DataError, match="detour_nm: expected 0 to 10000, found -900"):
        datasets.seal("passages")


def test_vocabulary_agrees_with_the_axes() -> None:
    words = datasets.vocabulary()
    assert words.buyers == axes.BUYERS
    assert words.groups == axes.GROUPS
    assert len(words.streams) == 46
    assert set(words.chokepoints) == {
        "hormuz", "malacca", "bab_el_mandeb", "turkish_straits", "danish_straits", "cape",
    }  # fmt: skip
    assert "teapot_quota_kbd" in words.parameters


def test_names_expand_to_a_set_in_table_order() -> None:
    words = datasets.vocabulary()
    assert words.expand_streams(["iran"]) == ("iran_light", "iran_heavy")
    assert words.expand_streams(["iraq", "iraq_kirkuk"]) == ("iraq_basrah", "iraq_kirkuk")
    assert words.expand_streams(["brazil", "us"]) == ("usa_wti", "usa_ans", "brazil")
    assert len(words.expand_streams(words.groups)) == len(words.streams)
    assert words.expand_buyers(["india", "china"]) == (*axes.CHINA_SEGMENTS, "india")
    assert words.expand_buyers(["cn_teapot"]) == ("cn_teapot",)
    assert words.expand_streams([]) == ()


def test_an_unknown_name_is_met_with_the_nearest() -> None:
    words = datasets.vocabulary()
    with pytest.raises(KeyError, match="irann is not known; did you mean iran"):
        words.expand_streams(["irann"])
    with pytest.raises(KeyError, match="indai is not known; did you mean india"):
        words.expand_buyers(["indai"])


def test_loading_needs_nothing_heavy() -> None:
    program = (
        "import sys; from simulator import datasets; datasets.vocabulary(); "
        "print(sorted({'numpy', 'pandas', 'scipy', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
