"""Golden tables written anew, with a reason that readers of the changelog get to see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from simulator.errors import InputError, Problem
from simulator.golden import changelog, record, sheets
from simulator.golden.check import Checked, compute_all, held_against, kept, tolerances_of
from simulator.golden.figures import load_runs
from simulator.golden.folder import Folder
from simulator.keeping import as_utf8, prepare_folder, write_whole


def refuse_empty(reason: str) -> None:
    """A reason says something, or there is none; InputError."""
    if not any(sign.isalnum() for sign in reason):
        raise InputError([Problem("--reason", "must say why the figures moved", given=reason or "nothing")])


def measure(folder: Folder, progress: Callable[[str, int, int], None] | None = None) -> tuple[Checked, tuple[str, ...]]:
    """What would be written, and what is wrong with what lies there: a damaged table counts as none.

    Raises
    ------
    InputError : a scenario cannot be.
    """
    scenarios = load_runs(folder)
    there = kept(folder)
    checked = held_against(folder, there, compute_all(folder, scenarios, progress))
    return checked, there.wrong


def rewrite(checked: Checked, reason: str, repair: bool = False) -> tuple[Path, ...]:
    """Write the tables of the runs that moved, the record, and the reason into the changelog; the files written.

    Where nothing moved every byte stays as it is, unless the record itself is to be repaired. The reason comes first,
    so that no table is ever newer than the reason for it; the record comes last, and names the tables it goes with.

    Raises
    ------
    InputError : the reason is empty, draws did not converge, or something cannot be written.
    """
    refuse_empty(reason)
    if checked.unconverged:
        open_ = ", ".join(f"{name}: {count}" for name, count in checked.unconverged.items())
        what = "draws did not converge: figures that rest on them are no reference"
        raise InputError([Problem("golden", what, given=open_)])
    if not (checked.drifted or repair):
        return ()
    folder = checked.folder
    prepare_folder(folder.where)
    written = [changelog.add(folder.where, reason)]
    tolerances = tolerances_of(folder)
    for name, one in checked.computed.items():
        if name in checked.without_table or checked.runs[name].drifted:
            text = sheets.as_text(one.lines, tolerances)
            write_whole(folder.sheet(name), as_utf8(text))
            written.append(folder.sheet(name))
    for name in checked.taken_out:
        folder.sheet(name).unlink(missing_ok=True)
    digests = {name: sheets.digest(folder.sheet(name)) for name in checked.computed}
    text = record.as_text(checked.now, digests)
    write_whole(folder.where / record.FILE, as_utf8(text))
    return (*written, folder.where / record.FILE)
