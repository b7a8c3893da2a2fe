"""Progress on standard error: only on a terminal, and only for what takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

QUIET_SECONDS = 1.0


@contextmanager
def progress(label: str, unit: str = "draws") -> Iterator[Callable[[int, int], None] | None]:
    """Give a callback for what is done and wanted, in `unit`, or None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn(label), BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn()
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(label, total=None)
    began = time.monotonic()

    def advance(done: int, wanted: int) -> None:
        if not bar.live.is_started and time.monotonic() - began > QUIET_SECONDS:
            bar.start()
        bar.update(task, completed=done, total=wanted)

    try:
        yield advance
    finally:
        bar.stop()


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Give a callback for work in stages: each is said once on standard error, then counted where somebody watches."""
    with ExitStack() as open_bars:
        said: list[str] = []
        bars: list[Callable[[int, int], None] | None] = []

        def told(stage: str, done: int, wanted: int) -> None:
            if stage not in said:
                said.append(stage)
                open_bars.close()
                print(stage, file=sys.stderr, flush=True)
                bars.append(open_bars.enter_context(progress("", "runs")))
            if bars[-1] is not None:
                bars[-1](done, wanted)

        yield told
