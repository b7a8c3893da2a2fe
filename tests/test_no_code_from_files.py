"""Nothing that is read is executed: no unsafe YAML, no pickles, no eval, in any module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import simulator

PACKAGE = Path(simulator.__file__).parent
SAFE_LOADERS = {"yaml.SafeLoader", "yaml.CSafeLoader", "yaml.BaseLoader", "yaml.CBaseLoader"}
UNSAFE_CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "runpy.run_path", "yaml.unsafe_load",
    "yaml.full_load", "yaml.load_all", "yaml.unsafe_load_all", "yaml.full_load_all",
}  # fmt: skip
UNSAFE_MODULES = {
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "joblib",
    "shelve",
    "marshal",
    "subprocess",
    "runpy",
}
ANY_LOADER = ("_LOADER",)
"""Names that a module gives to a safe loader itself; see `test_named_loaders_are_safe`."""


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def _unsafe(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.split(".")[0] in UNSAFE_MODULES)
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").split(".")[0] in UNSAFE_MODULES | {"yaml"}:
                yield f"from {node.module}"
        elif isinstance(node, ast.Call):
            yield from _unsafe_call(node)
        elif isinstance(node, ast.Attribute) and "Unsafe" in node.attr:
            yield node.attr


def _unsafe_call(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func)
    if name in UNSAFE_CALLS or name.endswith((".read_pickle", ".loads_pickle")):
        yield name
    if name == "yaml.load":
        loaders = [ast.unparse(one) for one in (*call.args[1:], *(key.value for key in call.keywords))]
        if not loaders or not set(loaders) <= {*SAFE_LOADERS, *ANY_LOADER}:
            yield f"yaml.load with {loaders}"
    if name in ("np.load", "numpy.load") and any(key.arg == "allow_pickle" for key in call.keywords):
        yield "np.load with pickles"


def test_no_module_runs_what_it_reads() -> None:
    found = {str(path.relative_to(PACKAGE)): unsafe for path, tree in _trees() if (unsafe := list(_unsafe(tree)))}
    assert not found


def test_named_loaders_are_safe() -> None:
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and any(ast.unparse(one) in ANY_LOADER for one in node.targets):
                text = ast.unparse(node.value)
                assert "SafeLoader" in text and "Unsafe" not in text, path


@pytest.mark.parametrize(
    "code",
    [
        "eval('1')", "exec(x)", "import pickle", "from pickle import load", "import os\nos.system('x')",
        "import yaml\nyaml.load(x)", "import yaml\nyaml.load(x, yaml.Loader)", "import yaml\nyaml.unsafe_load(x)",
        "import yaml\nyaml.load(x, Loader=yaml.UnsafeLoader)", "pd.read_pickle(x)", "np.load(x, allow_pickle=True)",
        "from yaml import load", "import subprocess",
    ],
)  # fmt: skip
def test_the_search_finds_what_it_is_for(code: str) -> None:
    assert list(_unsafe(ast.parse(code)))
