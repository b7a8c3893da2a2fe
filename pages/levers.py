"""The page of levers in a browser: served by a process of its own, seen, and moved by its keys."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from simulator.report.language import words

EXPLORE = (sys.executable, "-m", "simulator.cli", "explore", "--port", "0", "--no-browser")
"""The command that serves the page; a scenario and options may follow."""
PATIENCE_SECONDS = 60.0
LEFT, RIGHT = "\ue012", "\ue014"
"""The arrow keys, as a driver sends them."""
RESET = "[...document.querySelectorAll('button')].find(one => one.textContent.includes(arguments[0])).click()"


@contextmanager
def served(command: Sequence[str]) -> Iterator[str]:
    """The address of the page that a command serves, and tells on standard error, until the block ends.

    Raises
    ------
    RuntimeError : it told no address, ended by itself, or had trouble.
    """
    # Under pytest the framework would serve its own test pages.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=alone) as server:
        assert server.stderr
        try:
            first = server.stderr.readline()
            found = re.search(r"http://\S+", first)
            if found is None:
                raise RuntimeError(f"told no address: {first}")
            _listening(found[0])
            yield found[0]
            if server.poll() is not None:
                raise RuntimeError("the server has ended by itself")
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(PATIENCE_SECONDS)
        if "Traceback" in (said := server.stderr.read()):
            raise RuntimeError(said)


def _listening(url: str) -> None:
    """Wait until somebody listens there: the address is told a moment before."""
    place = urlsplit(url)
    last = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection((place.hostname, place.port)).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > last:
                raise
            time.sleep(0.02)


def answer(browser: Any) -> int:
    """The number of the answer that stands on the page; -1 before the first."""
    return int(browser.execute_script("return Number(document.body.dataset.drawn ?? -1)"))


def wait_beyond(browser: Any, number: int, seconds: float = PATIENCE_SECONDS) -> None:
    """Until an answer later than `number` stands on the page.

    Raises
    ------
    TimeoutError : none came.
    """
    last = time.monotonic() + seconds
    while answer(browser) <= number:
        if time.monotonic() > last:
            raise TimeoutError(f"no answer after number {number}")
        time.sleep(0.01)


def opened(browser: Any, url: str) -> None:
    """Open the page, and see its first answer."""
    browser.get(url)
    wait_beyond(browser, -1)


def press(browser: Any, lever: str, key: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Move a lever by one press of an arrow key, and see the answer."""
    before = answer(browser)
    browser.execute_script(f"document.querySelector('[data-lever={lever}] .q-slider [tabindex]').focus()")
    browser.switch_to.active_element.send_keys(key)
    wait_beyond(browser, before, seconds)


def reset_all(browser: Any) -> None:
    """Put all levers back, and see the answer."""
    before, told = answer(browser), words("en")("explorer.reset_all")
    browser.execute_script(RESET, told)
    wait_beyond(browser, before)
