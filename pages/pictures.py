"""Draw the README's pictures anew: scenarios side by side, the top of a report, the page of levers (`make pictures`).

The two pages are seen through Chromium, as a reader sees them.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pages.browser import headless, missing, picture

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
COMMAND = (sys.executable, "-m", "simulator.cli")
OVERVIEW = (
    "iran_offline",
    "venezuela_cut_off",
    "hormuz_closed_1q",
    "russia_all_china_stops",
    "grand_bargain",
    "worst_case",
)
REPORTED = ("iran_offline", "hormuz_closed_1q")
EXPLORED = "hormuz_closed_1q"
WAIT_SECONDS = 60


def main() -> None:
    """Draw all of them into docs/pictures/."""
    if missing():
        sys.exit(f"not on the path: {', '.join(missing())}")
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as made:
        _run("figures", *OVERVIEW, "-o", made)
        (Path(made) / "together-shares.png").replace(FOLDER / "scenarios.png")
    _report()
    _explorer()


def _run(*words: str) -> None:
    subprocess.run([*COMMAND, *words], check=True)


def _report() -> None:
    with TemporaryDirectory() as made, headless(1200, 1900) as browser:
        page = Path(made) / "report.html"
        _run("report", *REPORTED, "-o", str(page))
        browser.get(page.as_uri())
        picture(browser, FOLDER / "report.png")


def _explorer() -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    with served(EXPLORED) as url, headless(1440, 1000) as browser:
        browser.get(url)
        drawn = "return document.body.dataset.drawn !== undefined"
        WebDriverWait(browser, WAIT_SECONDS).until(lambda _: browser.execute_script(drawn))
        picture(browser, FOLDER / "explorer.png")


@contextmanager
def served(scenario: str) -> Iterator[str]:
    """The address of a page of levers that another process serves until the block ends."""
    command = [*COMMAND, "explore", scenario, "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        try:
            found = re.search(r"http://\S+", server.stderr.readline())
            assert found, "no address was told"
            yield found[0]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(WAIT_SECONDS)


if __name__ == "__main__":
    main()
