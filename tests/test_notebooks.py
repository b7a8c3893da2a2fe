"""The notebooks as they are stored: nothing computed, public names alone, figures that say what they show.

`make notebooks` runs them.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

import simulator

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NAMES = (
    "1_quick_start",
    "2_price_of_compliance",
    "3_who_replaces_iran",
    "4_hormuz",
    "5_uncertainty_and_sensitivity",
)
MACHINE_PATH = re.compile(r"""(?:^|["'\s(=])(?:/(?!/)\w+/|~/|[A-Z]:\\)""")
TITLES = ("set_title", "suptitle")


def read(name: str) -> dict[str, Any]:
    """A notebook as it is stored."""
    stored: dict[str, Any] = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
    return stored


def code_of(notebook: dict[str, Any]) -> str:
    """All its code cells as one module."""
    return "\n\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")


def called(code: str) -> list[str]:
    """Names of the methods and functions called, in order of the tree."""
    calls = [node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return [func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls]


def test_there_are_these_and_no_others() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_stored_without_results(name: str) -> None:
    notebook = read(name)
    assert notebook["nbformat"] == 4
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    for cell in notebook["cells"]:
        assert not cell.get("outputs"), cell["id"]
        assert cell.get("execution_count") is None, cell["id"]


@pytest.mark.parametrize("name", NAMES)
def test_it_names_no_place_of_a_machine(name: str) -> None:
    for cell in read(name)["cells"]:
        assert not MACHINE_PATH.search("".join(cell["source"])), cell["id"]


@pytest.mark.parametrize("text", ['open("/home/me/x.yaml")', "see /opt/oilsim/data", "p = '~/x'", r'"C:\data"'])
def test_places_of_a_machine_are_recognised(text: str) -> None:
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["USD/bbl, kb/d", "defy / least", '"../scenarios/iran_offline.yaml"', "width / 2"])
def test_units_and_divisions_are_no_places(text: str) -> None:
    assert not MACHINE_PATH.search(text)


@pytest.mark.parametrize("name", NAMES)
def test_it_takes_public_names_alone(name: str) -> None:
    imported: list[str] = []
    for node in ast.walk(ast.parse(code_of(read(name)))):
        if isinstance(node, ast.Import):
            assert not [one.name for one in node.names if one.name.partition(".")[0] == "simulator"]
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "simulator":
            assert node.module == "simulator"
            imported += [one.name for one in node.names]
    assert imported
    assert set(imported) <= set(simulator.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_it_begins_with_its_question(name: str) -> None:
    first = read(name)["cells"][0]
    assert first["cell_type"] == "markdown"
    text = "".join(first["source"])
    assert re.match(r"# .+\n\n\*\*[^*]+\?\*\*", text)
    assert "Look" in text


@pytest.mark.parametrize("name", NAMES)
def test_it_has_two_figures_or_more_each_with_a_title(name: str) -> None:
    code = code_of(read(name))
    figures = called(code).count("subplots")
    assert figures >= 2
    assert sum(called(code).count(title) for title in TITLES) >= figures
    assert 'plt.style.use("simulator.report.figures.oilsim")' in code
