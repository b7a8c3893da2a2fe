"""Where a reason goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.golden import changelog

LONG = "word " * 40
LIST = "### Numbers changed\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# Changelog\n", "# Changelog\n\n### Numbers changed\n- Why.\n"),
        ("", "\n\n### Numbers changed\n- Why.\n"),
        ("# C\n\n## 2\n\n## 1\n- a\n", "# C\n\n## 2\n\n### Numbers changed\n- Why.\n\n## 1\n- a\n"),
        (
            f"# C\n\n## 2\n\n{LIST}- a\n  b\n\n### Code changed\n- c\n\n## 1\n\n{LIST}- d\n",
            f"# C\n\n## 2\n\n{LIST}- a\n  b\n- Why.\n\n### Code changed\n- c\n\n## 1\n\n{LIST}- d\n",
        ),
        (f"# C\n\n## 2\n- a\n\n## 1\n\n{LIST}- d\n", f"# C\n\n## 2\n\n{LIST}- Why.\n\n- a\n\n## 1\n\n{LIST}- d\n"),
    ],
)
def test_a_reason_ends_the_newest_list_of_moved_numbers(before: str, after: str) -> None:
    assert changelog.with_reason(before, " Why. ") == after


def test_a_long_reason_is_wrapped_and_loses_no_word() -> None:
    text = changelog.with_reason("# C\n", LONG)
    assert max(map(len, text.splitlines())) <= changelog.WIDTH and text.count("word") == 40


def test_the_nearest_changelog_up_to_the_root_of_the_repository_is_used(tmp_path: Path) -> None:
    (tmp_path / "CHANGELOG.md").write_text("# Not ours\n", encoding="utf-8")
    repository = tmp_path / "repository"
    golden = repository / "tests" / "golden"
    golden.mkdir(parents=True)
    assert changelog.nearest(golden) == golden / "CHANGELOG.md", "not above a folder without repository"
    (repository / ".git").mkdir()
    assert changelog.nearest(golden) == golden / "CHANGELOG.md", "not above the root"
    (repository / "CHANGELOG.md").write_bytes(b"# Ours\r\n\r\n## 1\r\n")
    assert changelog.add(golden, "Why.") == repository / "CHANGELOG.md"
    assert (repository / "CHANGELOG.md").read_bytes() == b"# Ours\r\n\r\n## 1\r\n\r\n### Numbers changed\r\n- Why.\r\n"
