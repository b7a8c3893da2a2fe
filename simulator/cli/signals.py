"""Signals that ask a command to stop: it clears away what is half written, says so, and exits as the shell expects."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

HEEDED = ("SIGTERM", "SIGHUP")
"""Beside the interrupt from the keyboard, which Python heeds by itself."""


class Stopped(KeyboardInterrupt):
    """Somebody else than the keyboard asked to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def exit_code(stop: KeyboardInterrupt) -> int:
    """128 and the number of the signal: 130 for an interrupt from the keyboard, 143 for a request to terminate."""
    return 128 + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)


@contextmanager
def heeded() -> Iterator[None]:
    """Turn requests to stop into `Stopped`; those that are ignored, as under nohup, stay ignored."""
    before = {}
    for number in (getattr(signal, name) for name in HEEDED if hasattr(signal, name)):
        if signal.getsignal(number) is signal.SIG_DFL:
            before[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(number)
