"""One broken scenario per way to fail; its first lines hold the words its messages must hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
from simulator.scenario import load_scenario

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
LEAKED = re.compile(r"Input should|validation error|Traceback|pydantic|None\b|<[a-z]+ object|\n")


def _expected(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("# says: ") for line in lines if line.startswith("# says: ")]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_message(path: Path, words: Any) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(path, vocabulary=words)
    said = [str(problem) for problem in caught.value.problems]
    expected = _expected(path)
    assert expected
    text = "\n".join(said)
    for wanted in expected:
        assert wanted in text
    # A line that continues another's expectation starts with no key of its own.
    assert len(said) == sum(not wanted.startswith("did you mean") for wanted in expected), text


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_message_is_one_line_with_a_place_and_our_words(path: Path, words: Any) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(path, vocabulary=words)
    places = []
    for problem in caught.value.problems:
        assert re.match(rf"{re.escape(str(path))}:\d+:\d+: [^ ]+: ", str(problem)), str(problem)
        assert not LEAKED.search(str(problem)), str(problem)
        assert problem.place
        places.append((problem.place.line, problem.place.column))
    assert places == sorted(places)
    assert caught.value.exit_code == 2


def test_exact_line(words: Any) -> None:
    path = BROKEN[0].parent / "share_in_percent.yaml"
    with pytest.raises(InputError) as caught:
        load_scenario(path, vocabulary=words)
    wanted = "shocks.0.loss_share: is outside its range (given 85; allowed 0 to 1; did you mean 0.85?)"
    assert str(caught.value) == f"{path}:9:17: {wanted}"


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"", ":1:1: file: is empty"),
        (b"schema: 1\nname: \xff\n", ":2:7: file: is not UTF-8 text (given byte 0xff)"),
        ("schema: 1\n".encode("utf-16"), ":1:1: file: is not UTF-8 text"),
        (
            b"schema: 1\nname: a\x00\n",
            ":2:8: file: holds a character that YAML does not allow (given U+0000)",
        ),
        (b"# " + b"x" * 1_000_000, ":1:1: file: is too large (allowed at most 1000000 bytes)"),
    ],
)
def test_bytes(tmp_path: Path, words: Any, content: bytes, wanted: str) -> None:
    path = tmp_path / "bytes.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_scenario(path, vocabulary=words)
    assert str(caught.value).startswith(f"{path}{wanted}")


def test_paths_that_are_no_files(tmp_path: Path, words: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.yaml").mkdir()
    for path, wanted in (
        ("folder.yaml", "folder.yaml:1:1: file: is a folder, not a scenario file"),
        ("./none.yaml", "./none.yaml:1:1: file: there is no such file"),
        ("a\0b", "a\\x00b:1:1: file: cannot be the name of a file"),
        ("x" * 300, f"{'x' * 300}:1:1: file: cannot be read: file name too long"),
    ):
        with pytest.raises(InputError) as caught:
            load_scenario(path, vocabulary=words)
        assert str(caught.value) == wanted


def test_a_file_that_may_not_be_read(tmp_path: Path, words: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"file: may not be read: permission denied"):
        load_scenario(tmp_path / "secret.yaml", vocabulary=words)


def test_a_hopeless_file_is_refused_at_once(tmp_path: Path, words: Any) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("[" * 999_000, encoding="utf-8")
    with pytest.raises(InputError, match="is nested too deep"):
        load_scenario(path, vocabulary=words)
