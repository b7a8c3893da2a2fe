"""pytest collects a golden folder, one test per run, and says what moved."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from tests.golden_folder import written

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[1]
ALONE = ("-p", "simulator.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the plugins of others, which load what they like."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]))


def test_one_test_per_run_with_a_readable_failure(pytester: pytest.Pytester) -> None:
    folder = written(pytester.path / "golden")
    mine = folder / "mine.yaml"
    mine.write_text(mine.read_text(encoding="utf-8").replace("0.5", "0.51"), encoding="utf-8")
    found = pytester.runpytest_subprocess(*ALONE)
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(
        ["*golden: outage*", "* figures moved in 1 of 1 runs, *", "*- scenario outage: shocks.0.loss_share*0.5, now*"]
    )
    found.stdout.no_fnmatch_line("*Traceback*")


def test_a_broken_golden_yaml_is_told_with_its_place(pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", golden="schema: 1\ndraws: 0\nseed: 1\nruns: {a: {scenario: baselin}}\n")
    found = pytester.runpytest_subprocess(*ALONE)
    found.assert_outcomes(errors=1)
    found.stdout.fnmatch_lines(["*golden.yaml:2:8: draws: is outside its range*", "*did you mean baseline?*"])


def test_files_of_others_are_left_alone_and_nothing_numerical_is_loaded(pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", golden="images: [a.png]\n")
    pytester.makepyfile(
        "import sys\n"
        "def test_light():\n"
        "    assert 'simulator.pytest_plugin' in sys.modules\n"
        "    assert not {'numpy', 'yaml', 'pydantic', 'simulator.golden'} & sys.modules.keys()\n"
    )
    pytester.runpytest_subprocess(*ALONE).assert_outcomes(passed=1)


def test_the_plugin_is_announced() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["project"]["entry-points"]["pytest11"] == {"oilsim": "simulator.pytest_plugin"}
