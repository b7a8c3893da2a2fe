"""What is kept: whole chunks, the same bytes however often the sweep was interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.errors import InputError
from simulator.scenario.sweeping import sweeping
from simulator.sweeps.dataset import draws, tidy
from simulator.sweeps.engines import Crew
from simulator.sweeps.store import band_files
from simulator.sweeps.sweep import Asked, prepare_sweep, run_sweep
from tests.sweeps.conftest import LOSS, OVER, SCENARIO

ALONE = Crew(workers=1)
FULL = 20_000
"""Bytes a file may have on a disk that is nearly full."""


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.fixture(scope="module")
def undisturbed(small: Asked, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    run_sweep(small, folder, ALONE)
    return contents(folder)


def test_a_store_holds_its_label_its_chunks_and_the_table(undisturbed):
    names = [f"chunks/{point:08d}.{what}.parquet" for point in range(6) for what in ("bands", "draws")]
    assert sorted(undisturbed) == sorted([*names, "sweep.json", "table.csv"])
    label = json.loads(undisturbed["sweep.json"])
    assert label["levers"] == {path: list(values) for path, values in OVER.items()}
    assert undisturbed["table.csv"].splitlines()[0].startswith(b'"scenario","point","shocks.0.loss_share"')


@pytest.mark.parametrize("crew", [Crew(workers=2), Crew("dask", workers=2)], ids=["two processes", "dask"])
def test_other_workers_leave_the_same_bytes(small, undisturbed, tmp_path, crew):
    run_sweep(small, tmp_path, crew)
    assert contents(tmp_path) == undisturbed


def test_an_interrupted_sweep_goes_on_to_the_same_bytes(small, undisturbed, tmp_path):
    def stop(done: int, wanted: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(small, tmp_path, ALONE, progress=stop)
    assert len(band_files(tmp_path)) == 2
    left = tmp_path / "chunks" / ".oilsim-killed00.part"
    left.mkdir()
    (left / "00000002.bands.parquet").write_bytes(b"half a chunk")
    redone = []
    run_sweep(small, tmp_path, ALONE, progress=lambda done, wanted: redone.append(done))
    assert redone == [2, 3, 4, 5, 6]  # what is kept, then each that is made anew
    assert contents(tmp_path) == undisturbed


PREAMBLE = f"""
import resource
from pathlib import Path
from simulator.errors import InputError
from simulator.scenario import load_scenario
from simulator.scenario.sweeping import sweeping
from simulator.sweeps.engines import Crew
from simulator.sweeps.sweep import prepare_sweep, run_sweep
asked = prepare_sweep(load_scenario({str(SCENARIO)!r}).with_horizon(3), sweeping({OVER!r}), 256, 1)
"""


def test_a_killed_sweep_goes_on_to_the_same_bytes(undisturbed, tmp_path):
    command = [sys.executable, "-c", f"{PREAMBLE}run_sweep(asked, Path({str(tmp_path)!r}), Crew(workers=2))"]
    first = subprocess.Popen(command, start_new_session=True)
    while first.poll() is None and not band_files(tmp_path):
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert 1 <= len(band_files(tmp_path)) < 6
    subprocess.run(command, check=True)
    assert contents(tmp_path) == undisturbed


def test_a_point_alone_comes_out_to_the_same_bytes(small, undisturbed, tmp_path):
    run_sweep(small, tmp_path, ALONE, only=[4])
    ours = contents(tmp_path)
    for name in ("chunks/00000004.bands.parquet", "chunks/00000004.draws.parquet"):
        assert ours[name] == undisturbed[name]
    assert len(band_files(tmp_path)) == 1


def test_a_store_of_another_sweep_is_refused_and_left_alone(small, scenario, tmp_path):
    run_sweep(small, tmp_path, ALONE, only=[0])
    before = contents(tmp_path)
    other = prepare_sweep(scenario, sweeping({LOSS: [0.1]}), 8, 1)
    with pytest.raises(InputError) as caught:
        run_sweep(other, tmp_path, ALONE)
    assert str(caught.value) == (
        f"-o: belongs to another sweep, which differs in scenario.parameters, scenario.shocks, "
        f"levers.{LOSS}, levers.parameters.fear, draws (given {tmp_path}; allowed a new folder, or this sweep's own)"
    )
    assert contents(tmp_path) == before


def test_a_full_disk_is_told_and_earlier_chunks_stay(small, undisturbed, tmp_path):
    code = f"""{PREAMBLE}
def shrink(done, wanted):
    if done == 2:
        resource.setrlimit(resource.RLIMIT_FSIZE, ({FULL}, {FULL}))
try:
    run_sweep(asked, Path({str(tmp_path)!r}), Crew(workers=1), progress=shrink)
except InputError as error:
    print(error)
"""
    assert max(len(data) for name, data in undisturbed.items() if name.startswith("chunks")) > FULL
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.startswith("-o: cannot be written: File too large (given ")
    kept = contents(tmp_path)
    assert len(band_files(tmp_path)) == 2
    assert kept == {name: undisturbed[name] for name in kept}
    run_sweep(small, tmp_path, ALONE)
    assert contents(tmp_path) == undisturbed


def test_what_is_no_store_is_refused(tmp_path):
    from simulator import open_sweep

    with pytest.raises(InputError, match="there is no sweep in this folder"):
        open_sweep(tmp_path)
    for text, what in (("{half", "cannot be read"), ("[]", "is not the label"), ("{}", "is not the label")):
        (tmp_path / "sweep.json").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=what):
            open_sweep(tmp_path)


@pytest.mark.parametrize("what", ["bands", "draws"])
@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_a_damaged_chunk_is_done_again_to_the_same_bytes(small, undisturbed, tmp_path, what, harm):
    for name, data in undisturbed.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    file = tmp_path / "chunks" / f"00000003.{what}.parquet"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(InputError, match="is damaged or gone"):
        tidy(tmp_path) if what == "bands" else draws(tmp_path)
    if harm == "gone":
        file.unlink()
    run_sweep(small, tmp_path, ALONE)
    assert contents(tmp_path) == undisturbed


def test_the_label_holds_the_tables_of_every_baseline(scenario, monkeypatch):
    asked = prepare_sweep(scenario, sweeping({"baseline": ["2025", "early_2026"]}), 1, 1)
    monkeypatch.setattr("simulator.sweeps.sweep.digests", lambda baseline: {f"{baseline}/prices": "digest"})
    assert asked.about()["data"] == {"2025/prices": "digest", "early_2026/prices": "digest"}
