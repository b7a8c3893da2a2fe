"""Writing in slow motion: a process that stops at one numbered step of writing, so that it can be killed there."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.parquet
from matplotlib.figure import Figure

CALLS = ("mkdir", "rename", "replace", "fsync", "unlink", "rmdir")
"""What the system is asked to do around a file; there is a step before each and one after it."""
PIECES = 4
"""In which the content of a file is written, with a step after each."""


class Steps:
    """Counts steps of writing and, at the one asked for, tells the pipe and waits to be killed."""

    def __init__(self, stop_at: int | None, pipe: int) -> None:
        self.seen = 0
        self._stop_at, self._pipe = stop_at, pipe

    def __call__(self) -> None:
        """One more step."""
        self.seen += 1
        if self.seen == self._stop_at:
            os.write(self._pipe, b"!")
            signal.pause()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count the steps of everything that is written meanwhile. Not undone: for a process that ends with it."""
        for name in CALLS:
            setattr(os, name, self._around(getattr(os, name)))
        self._in_pieces()
        yield

    def _around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def slowly(*given: Any, **named: Any) -> Any:
            self()
            done = call(*given, **named)
            self()
            return done

        return slowly

    def _in_pieces(self) -> None:
        """Let texts, Parquet files and pictures reach the disk piece by piece."""
        write_table, savefig, csv_writer = pyarrow.parquet.write_table, Figure.savefig, pyarrow.csv.CSVWriter

        def text(path: Path, data: str, encoding: str | None = None, **named: Any) -> int:
            self._put(path, data.encode(encoding or "utf-8"))
            return len(data)

        def parquet(table: Any, path: Path, **named: Any) -> None:
            write_table(table, held := io.BytesIO(), **named)
            self._put(path, held.getvalue())

        def picture(figure: Figure, path: Path, **named: Any) -> None:
            savefig(figure, held := io.BytesIO(), **named)
            self._put(path, held.getvalue())

        @contextmanager
        def csv(path: Path, *given: Any) -> Iterator[Any]:
            with csv_writer(held := io.BytesIO(), *given) as writer:
                yield writer
            self._put(path, held.getvalue())

        Path.write_text = text  # type: ignore[assignment, method-assign]
        pyarrow.parquet.write_table = parquet
        Figure.savefig = picture  # type: ignore[assignment, method-assign]
        pyarrow.csv.CSVWriter = csv

    def _put(self, path: Path, content: bytes) -> None:
        size = -(-len(content) // PIECES) or 1
        with path.open("wb", buffering=0) as file:
            for start in range(0, max(len(content), 1), size):
                file.write(content[start : start + size])
                self()
