"""What the project is made of is pinned, named and free to use."""

import re

import pytest

from supply.audit import verdict
from supply.licences import PAGE, is_free
from supply.packages import CONSTRAINTS, needed, pinned

SOUND = {"name": "numpy", "version": "2.4.6", "vulns": []}
FLAWED = {"name": "pillow", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
UNKNOWN = {"name": "click", "skip_reason": "not found"}


def listed(section: str) -> dict[str, tuple[str, str]]:
    """Name -> version and licence in a section of the page."""
    text = PAGE.read_text(encoding="utf-8").split(f"## {section}\n")[1].split("\n## ")[0]
    rows = [re.split(r" *\| *", line.strip("| ")) for line in text.splitlines() if line.startswith("| ")]
    return {name: (version, licence) for name, version, licence in rows[2:]}


@pytest.mark.parametrize("extra", ["", "test"])
def test_every_package_needed_is_pinned(extra: str) -> None:
    assert len(needed(extra)) > 10
    assert set(needed(extra)) <= set(pinned())


def test_constraints_hold_names_and_versions_alone() -> None:
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 50
    assert [line for line in pins if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9A-Za-z.+]*", line)] == []


def test_the_page_of_licences_is_that_of_the_constraints() -> None:
    always = listed("Always")
    assert set(needed()) <= set(always)
    assert {name: version for name, (version, _) in always.items()} == {n: pinned()[n] for n in always}


def test_what_every_user_installs_is_free_to_use() -> None:
    assert [name for name, (_, licence) in listed("Always").items() if not is_free(licence)] == []


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD", True),
        ("GPLv3", False),
        ("MIT AND GPL-2.0", False),
        ("not stated", False),
        ("Limited use, see the disclaimer", False),
    ],
)
def test_a_closed_licence_is_told(licence: str, free: bool) -> None:
    assert is_free(licence) is free


def test_a_flaw_is_named_and_fails() -> None:
    code, told = verdict([SOUND, FLAWED, UNKNOWN])
    assert code == 1
    assert "pillow 1.0: PYSEC-1, mended in 1.1" in told
    assert "unknown to the database: click" in told


def test_an_audit_that_did_not_take_place_says_so() -> None:
    code, told = verdict([UNKNOWN])
    assert code == 0
    assert told.startswith("SKIPPED")


def test_sound_packages_pass() -> None:
    assert verdict([SOUND]) == (0, "1 packages audited, 0 known vulnerabilities")
