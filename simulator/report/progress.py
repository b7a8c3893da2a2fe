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
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from simulator.report.signs import messages

    rate = TextColumn("{task.fields[rate]}")
    # The label may be a scenario's own name: neither its brackets nor its braces mean anything here.
    named = TextColumn("{task.description}", markup=False)
    columns = named, BarColumn(), MofNCompleteColumn(), TextColumn(unit), rate, TimeRemainingColumn()
    bar = Progress(*columns, console=messages(), transient=True)
    task = bar.add_task(label, total=None, rate="")
    pace, began = _Pace(), time.monotonic()

    def advance(done: int, wanted: int) -> None:
        if not bar.live.is_started and time.monotonic() - began > QUIET_SECONDS:
            bar.start()
        bar.update(task, completed=done, total=wanted, rate=_rate(pace(done)))

    try:
        yield advance
    finally:
        bar.stop()


def _lines(label: str, unit: str) -> Callable[[int, int], None]:
    """A line every half minute, for logs."""
    pace, last = _Pace(), time.monotonic()

    def advance(done: int, wanted: int) -> None:
        nonlocal last
        rate = pace(done)
        if time.monotonic() - last >= LINE_SECONDS and done < wanted:
            last = time.monotonic()
            speed = f", {_rate(rate)}, {(wanted - done) / rate:,.0f} s left" if rate > 0 else ""
            print(f"{label}: {done:,} of {wanted:,} {unit}{speed}", file=sys.stderr, flush=True)

    return advance


def _rate(pace: float) -> str:
    """A pace in plain figures.

    >>> _rate(0.0312), _rate(4.56), _rate(18342.1)
    ('0.031/s', '4.6/s', '18,342/s')
    """
    return f"{pace:,.0f}/s" if pace >= 10 else f"{pace:.2g}/s"


class _Pace:
    """How many a second, counted from the first report: what was done before costs no time now."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._began = time.monotonic()

    def __call__(self, done: int) -> float:
        """The pace, at a report of so many done."""
        if self._first is None:
            self._first, self._began = done, time.monotonic()
        return (done - self._first) / max(time.monotonic() - self._began, 1e-9)


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
