"""Workers that die, schedulers that do not answer."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from simulator.errors import InputError
from simulator.sweeps.engines import Crew, engine
from simulator.sweeps.store import band_files
from simulator.sweeps.sweep import run_sweep
from tests.sweeps.test_store import ALONE, contents


def test_a_killed_worker_of_a_cluster_changes_no_byte(small, tmp_path):
    run_sweep(small, tmp_path / "calm", ALONE)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        shot: list[int] = []

        def shoot(done: int, wanted: int) -> None:
            if done and not shot:  # not before there is work to lose
                shot.append(next(iter(client.run(os.getpid).values())))
                os.kill(shot[0], signal.SIGKILL)

        run_sweep(small, tmp_path / "shot", Crew("dask", scheduler=cluster.scheduler_address), progress=shoot)
        assert len(shot) == 1
    assert contents(tmp_path / "shot") == contents(tmp_path / "calm")


def _slow(path: str) -> str:
    Path(path).with_name(f"{os.getpid()}.pid").touch()
    time.sleep(30)
    return path


def test_a_killed_process_is_told_and_what_is_done_stays(tmp_path):
    def shoot() -> None:
        while not (pids := list(tmp_path.glob("*.pid"))):
            time.sleep(0.05)
        os.kill(int(pids[0].stem), signal.SIGKILL)

    threading.Thread(target=shoot, daemon=True).start()
    with pytest.raises(InputError, match="a worker was lost"), engine(Crew(workers=2)) as do:
        list(do(_slow, [str(tmp_path / "one"), str(tmp_path / "two")]))


def test_a_scheduler_that_does_not_answer_is_told(small, tmp_path, monkeypatch):
    monkeypatch.setattr("simulator.sweeps.engines.ANSWER_SECONDS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(InputError) as caught:
        run_sweep(small, tmp_path, Crew("dask", scheduler=address))
    assert str(caught.value) == (f"--scheduler: does not answer within 1 s (given {address}; allowed tcp://HOST:PORT)")
    assert not band_files(tmp_path)


def test_a_scheduler_that_is_lost_is_told_and_what_is_done_stays(small, tmp_path):
    with LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        address = cluster.scheduler_address

        def close(done: int, wanted: int) -> None:
            if done == 1:
                cluster.close()

        with pytest.raises(InputError) as caught:
            run_sweep(small, tmp_path, Crew("dask", scheduler=address), progress=close)
    what = "was lost in mid-sweep; what is done is kept, run it again to go on"
    assert str(caught.value) == f"--scheduler: {what} (given {address})"
    assert 1 <= len(band_files(tmp_path)) < 6


def test_a_scheduler_with_certificates_is_not_reached_without(small, tmp_path):
    with pytest.raises(InputError, match="needs certificates"):
        run_sweep(small, tmp_path, Crew("dask", scheduler="tls://127.0.0.1:9"))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"name": "dusk"}, "--engine: there is no such engine (given dusk; allowed local, dask; did you mean dask?)"),
        ({"workers": 0}, "--workers: is outside its range (given 0; allowed 1 and more)"),
        ({"scheduler": "tcp://x:1"}, "--scheduler: has no meaning without --engine dask (given tcp://x:1)"),
    ],
)
def test_a_crew_that_cannot_be_is_refused(how, message):
    with pytest.raises(InputError) as caught:
        Crew(**how)
    assert str(caught.value) == message
