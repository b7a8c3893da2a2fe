"""The page in a real browser: what a person does with it, and what may go wrong without ending it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pages.browser import headless, missing
from pages.levers import EXPLORE, LEFT, RIGHT, answer, opened, press, served
from simulator.report.language import words
from simulator.report.wording import number

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not on the path: {', '.join(missing())}")
pytest.importorskip("nicegui", reason="the page needs pip install 'oilsim[app]'")
pytest.importorskip("selenium", reason="tests of the page need pip install 'oilsim[test]'")

DRAWS = 32
PATIENCE = 8.0
CLI = [sys.executable, "-m", "simulator.cli"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where the page is served, on this machine alone; the server ends without a word of trouble."""
    with served((*EXPLORE, "iran_offline", "--draws", str(DRAWS))) as address:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        yield address


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless browser, and a folder where it keeps what is saved."""
    with headless() as browser:
        browser.saved_in = tmp_path_factory.mktemp("saved")
        yield browser


class Person:
    """Someone in front of the page, in a window of their own."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser = browser
        browser.switch_to.new_window("window")
        self._window = browser.current_window_handle
        allowed = {"behavior": "allow", "downloadPath": str(browser.saved_in)}
        browser.execute_cdp_cmd("Page.setDownloadBehavior", allowed)
        opened(browser, url)

    def look(self) -> None:
        """Turn to their own window."""
        self.browser.switch_to.window(self._window)

    def wait(self, until: Any) -> None:
        """Until something is so."""
        last = time.monotonic() + PATIENCE
        while not until():
            assert time.monotonic() < last, f"waited for nothing; the page says: {self.message()}"
            time.sleep(0.02)

    def drawn(self) -> int:
        """The number of the answer on the screen."""
        return answer(self.browser)

    def _find(self, selector: str) -> Any:
        return self.browser.find_element("css selector", selector)

    def title(self) -> str:
        """What the answer is of."""
        return str(self._find(".os-answer > .os-of").text)

    def figure(self, metric: str) -> str:
        """A large figure as it is written."""
        return str(self._find(f"[data-metric={metric}] .os-figure").text)

    def position(self, lever: str) -> str:
        """What stands in a lever's field."""
        return str(self._find(f"[data-lever={lever}] input[type=number]").get_property("value"))

    def press(self, lever: str, times: int, key: str) -> None:
        """Move a lever by its arrow keys, and see the answer."""
        for _ in range(times):
            press(self.browser, lever, key, PATIENCE)

    def type(self, lever: str, text: str) -> None:
        """Type a position and leave the field."""
        field = self._find(f"[data-lever={lever}] input[type=number]")
        self.browser.execute_script("arguments[0].focus(); arguments[0].select()", field)
        field.send_keys(text + "\n")

    def message(self) -> str:
        """What the page tells; nothing where it tells nothing."""
        found = self._find(".os-message")
        return str(found.text) if found.is_displayed() else ""

    def choose(self, file: Path) -> None:
        """Hand in a file."""
        self._find("input[type=file]").send_keys(str(file))

    def upload(self, file: Path, told: str) -> str:
        """Hand in a file that cannot be taken, and read what the page says of it."""
        self.choose(file)
        self.wait(lambda: told in self.message())
        return self.message()

    def save(self) -> Path:
        """Save the scenario; where it went."""
        before = set(self.browser.saved_in.glob("*.yaml"))
        told = words("en")("explorer.save")
        self.browser.execute_script(
            "[...document.querySelectorAll('.os-bar button')].find(b => b.textContent.includes(arguments[0])).click()",
            told,
        )
        self.wait(lambda: set(self.browser.saved_in.glob("*.yaml")) - before)
        (file,) = set(self.browser.saved_in.glob("*.yaml")) - before
        return Path(file)


@pytest.fixture
def person(chromium: Any, url: str) -> Iterator[Person]:
    """One person with a fresh page, who afterwards finds the server still answering."""
    yield Person(chromium, url)
    with urlopen(url, timeout=PATIENCE) as page:
        assert page.status == 200


def test_what_a_lever_shows_is_what_the_saved_file_gives(person: Person) -> None:
    before = person.figure("brent_usd_bbl")
    person.press("iran_loss", 6, LEFT)
    person.press("cn_teapot_leaves", 1, RIGHT)
    assert person.position("iran_loss") == "70"
    shown = {metric: person.figure(metric) for metric in ("brent_usd_bbl", "import_bill_usd_bn", "imports_kbd")}
    assert shown["brent_usd_bbl"] != before
    assert person.title().endswith("levers moved")
    file = person.save()
    run = [*CLI, "run", str(file), "--draws", str(DRAWS), "--format", "json"]
    rows = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)["rows"]
    for metric, written in shown.items():
        label = {"metric": metric, "by": "total", "month": "horizon"}
        (row,) = (row for row in rows if label.items() <= row.items())
        assert written == number(row["mean"], 0 if metric == "imports_kbd" else 1)
    person.press("iran_loss", 1, LEFT)
    person.choose(file)
    person.wait(lambda: {metric: person.figure(metric) for metric in shown} == shown)
    assert (person.position("iran_loss"), person.position("cn_teapot_leaves")) == ("70", "5")


def test_two_people_do_not_see_each_others_levers(person: Person, url: str) -> None:
    other = Person(person.browser, url)
    other.press("iran_loss", 4, LEFT)
    assert (other.position("iran_loss"), other.drawn()) == ("80", 4)
    theirs = other.figure("brent_usd_bbl")
    person.look()
    assert (person.position("iran_loss"), person.drawn()) == ("100", 0)
    person.press("venezuela_loss", 1, RIGHT)
    other.look()
    assert (other.position("venezuela_loss"), other.figure("brent_usd_bbl")) == ("0", theirs)


def test_what_cannot_be_is_told_and_refused(person: Person) -> None:
    figure = person.figure("brent_usd_bbl")
    for text in ("130", "-1", ""):
        person.type("iran_loss", text)
        person.wait(lambda: "outside its range, 0 to 100" in person.message())
        assert person.position("iran_loss") == "100"
    forged = "getElement(arguments[0]).$emit('update:model-value', arguments[1])"
    slider = person.browser.execute_script(
        "return Number(document.querySelector('[data-lever=iran_loss] .q-slider').id.slice(1))"
    )
    for value in (1e9, "x" * 1000, [1], {"a": 1}, None):
        person.browser.execute_script(forged, slider, value)
        person.wait(lambda: person.position("iran_loss") == "100" and person.message())
    assert person.figure("brent_usd_bbl") == figure
    person.press("iran_loss", 1, LEFT)
    assert person.message() == ""


def test_files_that_are_no_scenarios_are_told(person: Person, tmp_path: Path) -> None:
    figure = person.figure("brent_usd_bbl")
    broken = tmp_path / "broken.yaml"
    broken.write_text("schema: 1\nbaselin: '2025'\nstart: 2026-03\nmonths: 2\n")
    assert "broken.yaml:2:1: baselin" in person.upload(broken, "did you mean baseline?")
    child = tmp_path / "child.yaml"
    child.write_text("schema: 1\nextends: parts/hormuz.yaml\n")
    assert "child.yaml:2:10: extends" in person.upload(child, "cannot be followed")
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(100_000_000)
    assert "larger than 1 MB" in person.upload(huge, "was not loaded")
    assert person.figure("brent_usd_bbl") == figure
    person.press("iran_loss", 1, LEFT)
    assert person.figure("brent_usd_bbl") != figure


def test_a_large_request_is_cut_off_and_a_foreign_name_refused(person: Person, url: str) -> None:
    for headers, status in (
        ({"Content-Length": "100000000"}, 413),
        ({"Content-Length": "no"}, 400),
        ({"Host": "elsewhere.example"}, 400),
        ({"Origin": "http://elsewhere.example"}, 403),
    ):
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(url, data=b"x", headers=headers, method="POST"), timeout=PATIENCE)
        refused.value.close()
        assert refused.value.code == status, headers


def test_the_page_turns_to_chinese_and_asks_nobody_else(person: Person, url: str) -> None:
    person.press("iran_loss", 1, LEFT)
    figure = person.figure("brent_usd_bbl")
    person.browser.execute_script(
        "[...document.querySelectorAll('.os-bar button')].find(b => b.textContent.includes('中文')).click()"
    )
    person.wait(lambda: words("zh")("explorer.lever_iran_loss") in person.browser.page_source)
    person.wait(lambda: person.browser.find_elements("css selector", "[data-metric=brent_usd_bbl] .os-figure"))
    assert (person.figure("brent_usd_bbl"), person.position("iran_loss")) == (figure, "95")
    asked = person.browser.execute_script("return performance.getEntriesByType('resource').map(r => r.name)")
    assert asked and all(name.startswith((url, "data:", "blob:")) for name in asked)
