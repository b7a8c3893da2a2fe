"""The scenarios that come with the program."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import InputError, Problem, nearest


def folder() -> Path:
    """Where they are: the copy inside the package, else `scenarios/` of the source tree."""
    package = Path(__file__).resolve().parent
    return package / "scenarios" if (package / "scenarios").is_dir() else package.parent / "scenarios"


def files() -> tuple[Path, ...]:
    """Every shipped scenario, by name; those in `parts/` are only for `extends`."""
    return tuple(sorted(folder().glob("*.yaml")))


def is_file(path: Path) -> bool:
    """Whether a path is that of a file; what cannot be a path is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def find(word: str) -> Path:
    """The file a user means: a path, or the bare name of a shipped scenario.

    Raises
    ------
    InputError : a bare name that no scenario has, with the nearest one.
    """
    path = Path(word)
    if is_file(path) or path.suffix or len(path.parts) != 1:
        return path
    names = {file.stem: file for file in files()}
    if word in names:
        return names[word]
    raise InputError([Problem(word, "there is no such file or shipped scenario", meant=nearest(word, names))])
