"""Nothing here leaves the machine when it runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

GUARD = Path(__file__).parent / "no_network"
ROOT = Path(__file__).parent.parent
SHORT = ("--draws", "2", "--months", "1")


def guarded(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A Python process that ends with 99 when it asks for another machine, it or any process it starts."""
    path = os.pathsep.join([str(GUARD), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize(
    "attempt",
    [
        "import urllib.request; urllib.request.urlopen('http://example.org')",
        "import socket; socket.create_connection(('192.0.2.1', 9))",
        "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c',"
        " 'import socket; socket.create_connection((chr(49) + \"92.0.2.1\", 9))']))",
    ],
)
def test_the_guard_bites(attempt: str) -> None:
    found = guarded("-c", attempt)
    assert found.returncode == 99
    assert "wants the network" in found.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("run", "iran_offline", *SHORT, "--format", "json"),
        ("sweep", "iran_offline", "--over", "shocks.0.loss_share=0:1:2", "--workers", "2", *SHORT),
        ("sensitivity", "iran_offline", "--tornado", "--months", "1"),
        ("validate", "scenarios/iran_offline.yaml"),
        ("data", "verify"),
        ("--help",),
    ],
    ids=lambda words: words[0],
)
def test_commands_stay_on_the_machine(command: tuple[str, ...]) -> None:
    found = guarded("-m", "simulator.cli", *command)
    assert found.returncode == 0, found.stderr
    assert "wants the network" not in found.stderr
    assert found.stdout


def test_a_report_is_made_on_the_machine(tmp_path: Path) -> None:
    found = guarded("-m", "simulator.cli", "report", "iran_offline", *SHORT, "--lang", "zh", "-o", f"{tmp_path}/r.html")
    assert found.returncode == 0, found.stderr
    assert "wants the network" not in found.stderr
    assert (tmp_path / "r.html").stat().st_size > 100_000
