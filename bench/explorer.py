"""From a lever to the redrawn picture, in a real browser: the whole way, and the page's own part of it.

The clock is the browser's: it starts with the key press that moves a slider and stops in the second frame after all
pictures took the new figures, when the first of the two has been painted. The page's own part is measured with an
answer that is always there at once.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from shutil import which
from typing import Any

from simulator.report.language import words

SCENARIO, DRAWS, SEED = "hormuz_closed_1q", 256, 1
STEPS = 6
"""Of each lever, one after the other; then all go back to where they were, and the next lever is moved."""
PAUSES_SECONDS = {"without a pause": 0.1, "with a look at each answer": 1.0}
LEVERS = (
    "iran_loss",
    "hormuz_closed",
    "cn_state_leaves",
    "cn_teapot_leaves",
    "threat_rate",
    "us_duty",
    "threat_enforced",
    "us_purchases",
    "hormuz_months",
    "iea_release",
)
CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WATCH = """
window.waits = [];
addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
addEventListener("oilsim:drawn", (drawn) => { window.waits.push(drawn.detail.at - window.pressed); });
"""
RESET = "[...document.querySelectorAll('button')].find(one => one.textContent.includes(arguments[0])).click()"
SERVED = "from bench.explorer import serve_page; serve_page({stub})"


def measure() -> None:
    """Print the page's own part, the whole way, and a plain run for comparison."""
    if not (which("chromium") and which("chromedriver")):
        print("explorer      no chromium or chromedriver on the path: not measured")
        return
    with served(stub=True) as url:
        first, waits = _moved(url, min(PAUSES_SECONDS.values()))
        _print("page alone", waits)
    for said, pause in PAUSES_SECONDS.items():
        with served(stub=False) as url:
            first, waits = _moved(url, pause)
        _print(f"lever to picture, {said}", waits)
        for lever, own in waits.items():
            further = statistics.median(own[1:])
            print(f"                {lever}: first step {own[0]:.0f} ms, further {further:.0f}, worst {max(own):.0f}")
        print(f"              first page {first:.0f} ms")
    plain = _plain_run_ms()
    print(f"explorer      plain simulator.run of {SCENARIO}, {DRAWS} draws: {plain:.0f} ms")


def _print(what: str, by_lever: dict[str, list[float]]) -> None:
    waits = [wait for own in by_lever.values() for wait in own]
    low, mid, high = (statistics.quantiles(waits, n=20)[k] for k in (0, 9, 18))
    print(
        f"explorer      {what}: median {mid:.0f} ms, 5 to 95 % {low:.0f} to {high:.0f}, worst {max(waits):.0f}, "
        f"{len(waits)} moves; load {os.getloadavg()[0]:.1f}"
    )


def _plain_run_ms() -> float:
    from simulator import run
    from simulator.library import find

    times = []
    for _ in range(3):
        start = time.perf_counter()
        run(find(SCENARIO), draws=DRAWS, seed=SEED)
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def serve_page(stub: bool) -> None:
    """Serve the page on a free port of this machine, and print where; with an answer that is always the first one."""
    from simulator import load_scenario
    from simulator.explorer.desk import opened_desk
    from simulator.explorer.server import free_address
    from simulator.explorer.site import serve
    from simulator.explorer.solver import Solver
    from simulator.library import find

    address = free_address("127.0.0.1", 0)
    scenario = load_scenario(find(SCENARIO))
    with Solver(DRAWS, SEED) as solver, suppress(KeyboardInterrupt):
        first = solver.run(scenario)
        answer, foresee = ((lambda _: first), (lambda _: None)) if stub else (solver.run, solver.foresee)
        serve(
            opened_desk(scenario, answer, foresee, DRAWS, SEED),
            address,
            "en",
            False,
            lambda: print(address.url, flush=True),
        )


@contextmanager
def served(stub: bool) -> Iterator[str]:
    """The address of a page served by another process, which ends with the block."""
    command = [sys.executable, "-c", SERVED.format(stub=stub)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield server.stdout.readline().strip()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


def _moved(url: str, pause: float) -> tuple[float, dict[str, list[float]]]:
    """Milliseconds until the first page stood, and of the moves of each lever from where all stood at first."""
    from selenium.webdriver.support.ui import WebDriverWait

    def seen(act: Callable[[], object]) -> None:
        before = _drawn(chromium)
        act()
        WebDriverWait(chromium, 60, 0.01).until(lambda _: _drawn(chromium) > before)
        time.sleep(pause)

    with tempfile.TemporaryDirectory() as profile, browser(profile) as chromium:
        start = time.perf_counter()
        chromium.get(url)
        WebDriverWait(chromium, 60, 0.01).until(lambda _: _drawn(chromium) >= 0)
        first = 1e3 * (time.perf_counter() - start)
        chromium.execute_script(WATCH)
        found = {}
        for lever in LEVERS:
            chromium.execute_script("window.waits = []")
            for _ in range(STEPS):
                seen(lambda lever=lever: _press(chromium, lever))  # type: ignore[misc]
            found[lever] = chromium.execute_script("return window.waits")
            seen(lambda: chromium.execute_script(RESET, words("en")("explorer.reset_all")))
        return first, found


def _press(chromium: Any, lever: str) -> None:
    """One step of a lever with an arrow key: up, or down where it starts near its upper end."""
    from selenium.webdriver.common.keys import Keys

    slider = f"document.querySelector('[data-lever={lever}] .q-slider [tabindex]')"
    chromium.execute_script(f"{slider}.focus()")
    down = lever in ("hormuz_closed", "threat_enforced")
    chromium.switch_to.active_element.send_keys(Keys.ARROW_LEFT if down else Keys.ARROW_RIGHT)


def _drawn(chromium: Any) -> int:
    """The number of the answer that stands on the screen; -1 before the first."""
    return int(chromium.execute_script("return Number(document.body.dataset.drawn ?? -1)"))


@contextmanager
def browser(profile: str) -> Iterator[Any]:
    """A headless Chromium with an empty profile."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(which("chromium"))
    for argument in (*CHROMIUM, f"--user-data-dir={profile}", "--window-size=1280,800"):
        options.add_argument(argument)
    chromium = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(which("chromedriver"))))
    try:
        yield chromium
    finally:
        chromium.quit()
