"""A headless Chromium, for pictures, tests and measurements of what stands in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

PROGRAMS = ("chromium", "chromedriver")
"""Debian has them in the packages chromium and chromium-driver."""
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def missing() -> list[str]:
    """Which of the programs are not on the path."""
    return [program for program in PROGRAMS if which(program) is None]


@contextmanager
def headless(width: int = 1280, height: int = 800, scale: float = 1.0) -> Iterator[Any]:
    """A selenium driver of a Chromium with an empty profile, `scale` dots to a CSS pixel; gone with the block."""
    from selenium import webdriver

    with TemporaryDirectory(prefix="oilsim-chromium-", ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = str(which("chromium"))
        own = (f"--user-data-dir={profile}", f"--window-size={width},{height}", f"--force-device-scale-factor={scale}")
        for argument in (*ARGUMENTS, *own):
            options.add_argument(argument)
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(which("chromedriver"))))
        try:
            yield driver
        finally:
            driver.quit()


def picture(driver: Any, path: Path) -> None:
    """What stands in the window, as PNG."""
    path.write_bytes(driver.get_screenshot_as_png())
