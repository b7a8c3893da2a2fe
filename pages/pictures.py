"""Draw the README's pictures anew: scenarios side by side, the top of a report, the page of levers (`make pictures`).

The two pages are seen through Chromium, as a reader sees them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pages.browser import headless, missing, picture
from pages.levers import EXPLORE, opened, served

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
    with served((*EXPLORE, EXPLORED)) as url, headless(1440, 1000) as browser:
        opened(browser, url)
        picture(browser, FOLDER / "explorer.png")


if __name__ == "__main__":
    main()
