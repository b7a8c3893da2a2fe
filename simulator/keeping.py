"""Files that are kept: written whole under another name, then renamed, so that none is ever half there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from simulator.errors import InputError, Problem

PART = ".part"
"""Ending of a file that is being written."""


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file by `write`, which is given the name to write to; InputError where it cannot be written."""
    part = path.with_name(path.name + PART)
    try:
        write(part)
        part.replace(path)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise unwritable(path, problem) from problem


def prepare_folder(folder: Path) -> None:
    """Make sure results can be kept in a folder, before anything is computed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".oilsim-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise unwritable(folder, problem) from problem


def unwritable(path: Path, problem: OSError) -> InputError:
    """What the user is told where a file or folder cannot be written."""
    why = os.strerror(problem.errno) if problem.errno else str(problem)
    return InputError([Problem("-o", f"cannot be written: {why}", given=str(path))])
