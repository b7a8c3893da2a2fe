"""From a lever to the redrawn picture, in a real browser: the whole way, and the page's own part of it.

The clock is the browser's: it starts with the key press that moves a slider and stops in the second frame after all
pictures took the new figures, when the first of the two has been painted. The page's own part is measured with an
answer that is always there at once.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from contextlib import suppress

from pages.browser import headless, missing
from pages.levers import EXPLORE, LEFT, RIGHT, opened, press, reset_all, served

SCENARIO, DRAWS, SEED = "iran_offline", 256, 1
STEPS = 6
"""Of each lever, one after the other; then all go back to where they were, and the next lever is moved."""
BRISK, LOOKING = (0.1, 0.1), (1.0, 5.0)
"""Seconds between two steps of a lever and before the next lever: of who drags, and of who looks at each answer."""
LEVERS = (
    "iran_loss",
    "hormuz_closed",
    "cn_state_leaves",
    "cn_teapot_leaves",
    "threat_rate",
    "us_duty",
    "us_purchases",
    "iea_release",
)
FROM_ABOVE = ("iran_loss",)
"""Those that start at their upper end, and are moved down."""
WATCH = """
window.waits = [];
addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
addEventListener("oilsim:drawn", (drawn) => { window.waits.push(drawn.detail.at - window.pressed); });
"""
WHOLE = (*EXPLORE, SCENARIO, "--draws", str(DRAWS), "--seed", str(SEED))
ALONE = (sys.executable, "-m", "bench.explorer")
"""The page with an answer that is always the first one: see `serve_alone`."""


def measure() -> None:
    """Print the page's own part, the whole way, and a plain run for comparison."""
    if missing():
        print(f"explorer      not on the path: {', '.join(missing())}; not measured")
        return
    _print("page alone", *_moved(ALONE, BRISK))
    first, waits = _moved(WHOLE, LOOKING)
    _print("lever to picture, with a look at each", first, waits)
    first, waits = _moved(WHOLE, BRISK)
    _print("lever to picture, without a look", first, waits)
    plain = _plain_run_ms()
    ratio = statistics.median(wait for own in waits.values() for wait in own) / plain
    told = f"plain simulator.run of {SCENARIO}, {DRAWS} draws: {plain:.0f} ms; from lever to picture {ratio:.2f} of it"
    print(f"explorer      {told}")


def _print(what: str, first: float, by_lever: dict[str, list[float]]) -> None:
    waits = [wait for own in by_lever.values() for wait in own]
    low, mid, high = (statistics.quantiles(waits, n=20)[k] for k in (0, 9, 18))
    print(
        f"explorer      {what}: median {mid:.0f} ms, 5 to 95 % {low:.0f} to {high:.0f}, worst {max(waits):.0f}, "
        f"{len(waits)} moves; first page {first:.0f} ms; load {os.getloadavg()[0]:.1f}"
    )
    for lever, own in by_lever.items():
        further = statistics.median(own[1:])
        print(f"                {lever}: first step {own[0]:.0f} ms, further ones {further:.0f}, worst {max(own):.0f}")


def _plain_run_ms() -> float:
    from simulator import run
    from simulator.library import find

    times = []
    for _ in range(3):
        start = time.perf_counter()
        run(find(SCENARIO), draws=DRAWS, seed=SEED)
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def serve_alone() -> None:
    """Serve the page on a free port of this machine with an answer that is always the first one."""
    from simulator import load_scenario
    from simulator.explorer.desk import opened_desk
    from simulator.explorer.server import Opening, free_address
    from simulator.explorer.site import serve
    from simulator.explorer.solver import Solver
    from simulator.library import find

    address = free_address("127.0.0.1", 0)
    scenario = load_scenario(find(SCENARIO))
    with Solver(DRAWS, SEED) as solver, suppress(KeyboardInterrupt):
        first = solver.run(scenario)
        desk = opened_desk(scenario, lambda _: first, lambda _: None, DRAWS, SEED)
        serve(desk, Opening(address, "en", False, lambda: print(address.url, file=sys.stderr, flush=True)))


def _moved(command: tuple[str, ...], pauses: tuple[float, float]) -> tuple[float, dict[str, list[float]]]:
    """Milliseconds until the first page stood, and of the moves of each lever from where all stood at first."""
    with served(command) as url, headless() as browser:
        start = time.perf_counter()
        opened(browser, url)
        first = 1e3 * (time.perf_counter() - start)
        browser.execute_script(WATCH)
        found = {}
        for lever in LEVERS:
            browser.execute_script("window.waits = []")
            for _ in range(STEPS):
                press(browser, lever, LEFT if lever in FROM_ABOVE else RIGHT)
                time.sleep(pauses[0])
            found[lever] = browser.execute_script("return window.waits")
            reset_all(browser)
            time.sleep(pauses[1])
        return first, found


if __name__ == "__main__":
    serve_alone()
