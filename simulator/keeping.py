"""Files that are kept: a result is whole under its names, or it is not there; what was finished is not lost.

Everything is made in a workshop, a hidden folder inside the one that was named, and moved out once all of it is there:

    FOLDER/.oilsim.lock           held by the one who writes here; the system releases it when a process dies
    FOLDER/.oilsim-k3x9_7.part    being written; found by the next holder of the lock, it is of a run that was killed
    FOLDER/.oilsim-k3x9_7.whole   finished: moved out at once, or by the next holder if the first was killed meanwhile

The names inside a workshop are those the files will have, so nothing needs to be read to finish what another began.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from simulator.errors import InputError, Problem

if TYPE_CHECKING:
    from filelock import BaseFileLock

Write = Callable[[Path], object]
"""Writes a file, or a folder with files, under the name it is given."""

WORKSHOP, PART, WHOLE = ".oilsim-", ".part", ".whole"
LOCK, HOLDER = ".oilsim.lock", ".oilsim.holder"
PATIENCE_SECONDS = 60.0
"""How long to wait for another run that writes into the same folder: what it keeps takes seconds."""
NAMED = re.compile(r"process \d+ on [\w.-]{1,64}")


def write_whole(path: Path, write: Write) -> None:
    """Write a file, or a folder, by `write`, which is given the name to write to.

    What stood under the name is there until all of the new is; a link is replaced, not followed.

    Raises
    ------
    InputError : it cannot be written.
    """
    write_together(path.parent, {path.name: write})


def write_together(folder: Path, parts: Mapping[str, Write]) -> list[Path]:
    """Write the files of one result, name -> how, into a folder; returns their paths.

    They are put into place together: whoever looks, even after a kill, finds the files of one run, never a mixture.

    Raises
    ------
    InputError : one of them cannot be written, or its name is none; what was there before stays.
    """
    _refuse_paths(parts)
    with _at_work(folder) as workshop:
        _fill(workshop, folder, parts)
        whole = workshop.rename(workshop.with_suffix(WHOLE))
        _flush(folder)
        _place(whole, folder, len(parts))
    return [folder / name for name in parts]


def write_texts(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write texts, name -> content, as the files of one result: UTF-8, lines ending as on every system."""
    return write_together(folder, {name: as_utf8(content) for name, content in texts.items()})


def as_utf8(content: str) -> Write:
    """How to write a text: UTF-8, lines ending as on every system."""
    return partial(Path.write_text, data=content, encoding="utf-8", newline="\n")


def prepare_folder(folder: Path, names: Iterable[str] = ()) -> None:
    """Make sure that results, of these names if they are known, can be kept in a folder, before anything is computed.

    What a killed run left there is put into place, where it was finished, or else cleared away.

    Raises
    ------
    InputError : they cannot.
    """
    wanted = list(names)
    _refuse_paths(wanted)
    with _at_work(folder) as workshop:
        _fill(workshop, folder, dict.fromkeys(wanted, Path.touch))


def finish_killed(folder: Path) -> None:
    """Put into place what a killed run had finished in a folder; for those who only read there."""
    if any(folder.glob(f"{WORKSHOP}*{WHOLE}")):
        with suppress(OSError), _alone_in(folder):
            _settle(folder)


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Keep other processes from the work that goes on in a folder, for as long as it takes.

    Raises
    ------
    InputError : somebody else is at it, named by process and machine; or the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(holder := folder / HOLDER)
    with _told(folder):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            what = f"is being written by another run{_who(holder)}: wait for it, or name another folder"
            raise InputError([Problem("-o", what, given=str(folder))]) from None
    try:
        with suppress(OSError):  # a name is a kindness; where a lock keeps readers out there is none
            holder.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
        yield
    finally:
        _release(lock, holder)


def unwritable(path: Path, problem: OSError) -> InputError:
    """What the user is told where a file or folder cannot be written."""
    why = os.strerror(problem.errno) if problem.errno else " ".join(str(problem).split())
    return InputError([Problem("-o", f"cannot be written: {why}", given=str(path))])


@contextmanager
def _at_work(folder: Path) -> Iterator[Path]:
    """A new workshop in a folder where nobody else writes meanwhile; cleared away unless it was finished."""
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _alone_in(folder):
            _settle(folder)
            workshop = _workshop(folder)
            try:
                yield workshop
            finally:
                shutil.rmtree(workshop, ignore_errors=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise unwritable(path, problem) from problem


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; OSError where it cannot be had."""
    from filelock import FileLock, Timeout

    lock = FileLock(path := folder / LOCK)
    try:
        lock.acquire(timeout=PATIENCE_SECONDS)
    except Timeout:
        raise OSError(f"another run has been writing there for {PATIENCE_SECONDS:.0f} s") from None
    try:
        yield
    finally:
        _release(lock, path)


def _release(lock: BaseFileLock, path: Path) -> None:
    # Taken away while it is held: whoever waits for it then finds that it has no name any more and makes a new one.
    with suppress(OSError):
        path.unlink()
    lock.release()


def _who(holder: Path) -> str:
    """Who holds a folder, in brackets of the message; nothing where that cannot be known."""
    with suppress(OSError, ValueError):
        if found := NAMED.fullmatch(holder.read_text(encoding="utf-8")):
            return f", {found[0]}"
    return ""


def _workshop(folder: Path) -> Path:
    """A new folder that nobody else can look into or had prepared."""
    return Path(mkdtemp(prefix=WORKSHOP, suffix=PART, dir=folder))


def _fill(workshop: Path, folder: Path, parts: Mapping[str, Write]) -> None:
    """Write all parts, make sure the disk has them and that each will find its place free."""
    for name, write in parts.items():
        with _told(folder / name):
            made, place = workshop / name, folder / name
            write(made)
            for path in (*made.rglob("*"), made) if made.is_dir() else (made,):
                _flush(path)
            if place.is_dir() and not place.is_symlink() and not made.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    _flush(workshop)


def _place(workshop: Path, folder: Path, count: int) -> None:
    """Move out what this run has finished; where all of it is refused, none of it stays behind."""
    try:
        _move_out(workshop, folder)
    except KeyboardInterrupt:
        _settle(folder)
        raise
    except OSError:
        if len(list(workshop.iterdir())) == count:
            shutil.rmtree(workshop, ignore_errors=True)
        raise


def _settle(folder: Path) -> None:
    """Deal with what killed runs left: move out what was finished, clear away the rest."""
    left = [path for path in folder.glob(f"{WORKSHOP}*") if path.suffix in (PART, WHOLE) and _is_ours(path)]
    for workshop in sorted(left, key=lambda path: path.suffix != WHOLE):
        if workshop.suffix == WHOLE:
            with suppress(OSError):  # its place is taken: that must not keep others from writing here
                _move_out(workshop, folder)
        else:
            shutil.rmtree(workshop, ignore_errors=True)


def _move_out(workshop: Path, folder: Path) -> None:
    """Put what is in a finished workshop into place, or nothing of it.

    All names but one, which a file replaces in one step, are freed first. A kill halfway then leaves files missing,
    which the next one who writes here brings, and never files of two runs side by side.
    """
    names = sorted(path.name for path in workshop.iterdir())
    freed, placed = _workshop(folder), False
    try:
        for name in names[1:] if all((workshop / name).is_file() for name in names) else names:
            if os.path.lexists(folder / name):
                (folder / name).rename(freed / name)
        for name in names:
            (workshop / name).replace(folder / name)
            placed = True
        workshop.rmdir()
    except OSError:
        for path in () if placed else freed.iterdir():
            path.rename(folder / path.name)
        raise
    finally:
        _flush(folder)
        shutil.rmtree(freed, ignore_errors=True)


def _is_ours(path: Path) -> bool:
    """Whether a workshop was made by this user: in a folder that many may write to, another's is not to be trusted."""
    known = path.lstat()
    return stat.S_ISDIR(known.st_mode) and (not hasattr(os, "geteuid") or known.st_uid == os.geteuid())


def _flush(path: Path) -> None:
    """Have the disk hold a file, or the names in a folder, not only the system's memory."""
    if path.is_dir():
        if not hasattr(os, "O_DIRECTORY"):
            return  # where folders cannot be opened, the system looks after their names itself
        opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    else:
        opened = os.open(path, os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _refuse_paths(names: Iterable[str]) -> None:
    """Refuse names that would lead out of the folder they are meant for."""
    bad = [name for name in names if name in ("", ".", "..") or "\0" in name or Path(name).name != name]
    if bad:
        raise InputError([Problem("-o", "is not the name of a file", given=name) for name in bad])
