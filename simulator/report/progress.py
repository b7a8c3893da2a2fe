"""Progress on standard error: a bar on a terminal, for what takes longer than a second; now and then a line elsewhere,
for what takes minutes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

QUIET_SECONDS, LINE_SECONDS = 1.0, 30.0


@contextmanager
def progress(label: str, unit: str = "draws") -> Iterator[Callable[[int, int], None]]:
    """Give a callback for what is done and wanted, in `unit`: it shows both, the rate and the time left."""
    if not sys.stderr.isatty():
        yield _lines(label, unit)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = TextColumn(label), BarColumn(), MofNCompleteColumn(), TextColumn(unit), rate, TimeRemainingColumn()
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(label, total=None, rate="")
    began = time.monotonic()

    def advance(done: int, wanted: int) -> None:
        if not bar.live.is_started and time.monotonic() - began > QUIET_SECONDS:
            bar.start()
        bar.update(task, completed=done, total=wanted, rate=f"{_rate(done, began):.3g}/s")

    try:
        yield advance
    finally:
        bar.stop()


def _lines(label: str, unit: str) -> Callable[[int, int], None]:
    """A line every half minute, for logs."""
    began = last = time.monotonic()

    def advance(done: int, wanted: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_SECONDS and done < wanted:
            last = time.monotonic()
            rate = _rate(done, began)
            left = (wanted - done) / max(rate, 1e-9)
            what = f"{label}: {done:,} of {wanted:,} {unit}, {rate:.3g}/s, {left:.0f} s left"
            print(what, file=sys.stderr, flush=True)

    return advance


def _rate(done: int, began: float) -> float:
    return done / max(time.monotonic() - began, 1e-9)


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Give a callback for work in stages: each is said once on standard error, then counted where somebody watches."""
    with ExitStack() as open_bars:
        said: list[str] = []
        bars: list[Callable[[int, int], None]] = []

        def told(stage: str, done: int, wanted: int) -> None:
            if stage not in said:
                said.append(stage)
                open_bars.close()
                print(stage, file=sys.stderr, flush=True)
                bars.append(open_bars.enter_context(progress("", "runs")))
            bars[-1](done, wanted)

        yield told
