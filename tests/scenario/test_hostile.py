"""Whatever stands in a file, on the command line or in a mapping: refused in one line, or read as it was written."""

from __future__ import annotations

import json
import math
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.mutations import MUTATIONS
from fuzz.oracle import differences
from simulator import library
from simulator.errors import InputError
from simulator.scenario import load_scenario, parse_set, to_document
from simulator.scenario.checks import MOST_SHOCKS
from simulator.scenario.names import MOST_NAMES
from simulator.scenario.schema import Scenario
from simulator.scenario.shock import known_keys

HEAD = "schema: 1\nbaseline: 2025\nstart: 2026-03\nmonths: 12\n"
OUTAGE = "shocks:\n  - type: supply_outage\n    streams: [iran]\n    loss_share: "
MANY = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
WHOLE = [file for file in library.files() if "extends:" not in file.read_text(encoding="utf-8")]


@contextmanager
def _seconds(most: int) -> Iterator[None]:
    """What takes longer fails instead of hanging."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(most)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _read(path: Path, text: str | bytes, **more: Any) -> dict[str, Any] | None:
    """What is made of a text, None where it is refused; a refusal can be printed, a line a problem."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", errors="surrogatepass"))
    try:
        return to_document(load_scenario(path, **more))
    except InputError as refused:
        lines = str(refused).split("\n")
        assert len(lines) == len(refused.problems)
        assert all(line.isprintable() for line in lines)
        return None


@MANY
@given(st.sampled_from(WHOLE), st.sampled_from(sorted(MUTATIONS)), st.integers(0, 2**32))
def test_a_file_with_a_slip_in_it(tmp_path: Path, file: Path, kind: str, seed: int) -> None:
    text = MUTATIONS[kind](file.read_text(encoding="utf-8"), random.Random(seed))
    path = tmp_path / "case.yaml"
    found = _read(path, text)
    assert found is None or not differences(path.read_bytes().decode("utf-8-sig"), found, "case")


@MANY
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: HEAD + text))
def test_any_bytes_and_any_text(tmp_path: Path, text: str | bytes) -> None:
    path = tmp_path / "case.yaml"
    found = _read(path, text)
    assert found is None or not differences(path.read_bytes().decode("utf-8-sig"), found, "case")


@MANY
@given(st.text(min_size=1, max_size=30), st.sampled_from(["", "  - type: embargo\n    ", "sweep:\n  "]))
def test_a_key_that_is_none_is_refused(tmp_path: Path, key: str, where: str) -> None:
    if key in known_keys(Scenario):
        return
    text = f"{HEAD}{where and 'shocks:'}\n{where}{json.dumps(key)}: 1\n"
    assert _read(tmp_path / "case.yaml", text) is None


@MANY
@given(st.floats() | st.integers() | st.sampled_from(["50%", "1_0", "0x1", "１", "0,5", "1e-400", "1e400", "0.5 kbd"]))
def test_a_number_is_kept_or_refused(tmp_path: Path, number: float | str) -> None:
    found = _read(tmp_path / "case.yaml", f"{HEAD}{OUTAGE}{number}\n")
    legal = not isinstance(number, str) and 0 <= number <= 1
    assert (found is not None) == legal
    assert found is None or found["shocks"][0]["loss_share"] == number


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.binary(max_size=3)
)
ODD = st.sampled_from([np.float32(0.5), np.int8(1), np.bool_(1), np.array([0.5]), 1j, 10**400, Fraction(1, 2)])
OBJECTS = st.recursive(
    SCALARS | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=6,
)


@MANY
@given(st.sampled_from(["shocks.0.loss_share", "shocks.0.streams", "shocks", "parameters", "months", "name"]), OBJECTS)
def test_a_value_from_python(tmp_path: Path, key: str, value: object) -> None:
    found = _read(tmp_path / "case.yaml", f"{HEAD}{OUTAGE}0.5\n", set={key: value})
    if found is not None and key == "shocks.0.loss_share":
        assert isinstance(value, int | float | np.number | Fraction) and not isinstance(value, bool)
        assert found["shocks"][0]["loss_share"] == float(value)
    if found is not None and key == "months" and value is not None:
        assert isinstance(value, int | np.integer) and found["months"] == value


@pytest.mark.parametrize(
    "given", [{3: 1}, {None: 1}, {b"months": 3}, [("months", 3)], "months=3", {"a." * 3000 + "a": 1}]
)
def test_what_is_no_mapping_of_paths(tmp_path: Path, given: Any) -> None:
    assert _read(tmp_path / "case.yaml", HEAD, set=given) is None


def test_nested_without_end(tmp_path: Path) -> None:
    itself: dict[str, Any] = {}
    itself["low"] = itself
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    for value in (itself, deep):
        with pytest.raises(InputError, match="is nested too deep"):
            load_scenario(WHOLE[0], set={"parameters": value})


@pytest.mark.parametrize("value", [10**400, -(10**5000), math.nan, Decimal("0.5"), np.bool_(True)], ids=lambda _: "")
def test_numbers_that_are_none(value: object) -> None:
    with pytest.raises(InputError):
        load_scenario(WHOLE[0], set={"shocks.0.loss_share": value})


@pytest.mark.parametrize(
    "text", ["name=A #B", "note=#", "months=3 # of them", "months=", "months=3\nmonths: 4", "months"]
)
def test_nothing_of_a_set_value_goes_unread(text: str) -> None:
    with pytest.raises(InputError):
        parse_set(text)


def test_a_sign_in_quotes_is_part_of_the_value() -> None:
    assert parse_set('name="A #B"') == ("name", "A #B")
    assert parse_set("name=A#B") == ("name", "A#B")


def test_things_that_never_end_are_no_files(tmp_path: Path) -> None:
    pipe, sparse = tmp_path / "pipe.yaml", tmp_path / "sparse.yaml"
    os.mkfifo(pipe)
    with sparse.open("wb") as file:
        file.truncate(100_000_000_000)
    (tmp_path / "link.yaml").symlink_to("/dev/zero")
    with _seconds(5):
        for path, words in ((pipe, "no regular"), (sparse, "too large"), (tmp_path / "link.yaml", "no regular")):
            with pytest.raises(InputError, match=words):
                load_scenario(path)


@pytest.mark.parametrize(
    "link", ["../outside.yaml", "link.yaml", "folder/outside.yaml", "loop.yaml", "pipe.yaml", "/dev/zero"]
)
def test_a_parent_lies_inside_the_folder_links_followed(tmp_path: Path, link: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.yaml").write_text("note: from outside\n", encoding="utf-8")
    (inside / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (inside / "folder").symlink_to(tmp_path)
    (inside / "loop.yaml").symlink_to(inside / "loop.yaml")
    os.mkfifo(inside / "pipe.yaml")
    with _seconds(5):
        assert _read(inside / "case.yaml", f"{HEAD}extends: {link}\n") is None


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("note: from inside\n", encoding="utf-8")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "real.yaml")
    found = _read(tmp_path / "case.yaml", f"{HEAD}extends: link.yaml\n")
    assert found is not None and found["note"] == "from inside"


def test_limits_are_named_with_their_size(tmp_path: Path) -> None:
    outage = "  - {type: supply_outage, streams: [iran], loss_kbd: 1}\n"
    cases = {
        f"{HEAD}shocks:\n{outage * (MOST_SHOCKS + 1)}": f"are too many (given 201; allowed at most {MOST_SHOCKS})",
        f"{HEAD}{OUTAGE}1\n    note: x\n".replace(
            "[iran]", f"[{'iran, ' * (MOST_NAMES + 1)}]"
        ): f"at most {MOST_NAMES})",
        HEAD + "x: " + "[" * 30: "at most 20 levels",
        HEAD + "x: [" + "1," * 20_001 + "]": "at most 20000",
    }
    for text, words in cases.items():
        (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as refused:
            load_scenario(tmp_path / "case.yaml")
        assert words in str(refused.value)


def test_an_endless_word_is_cut_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(f"{HEAD}? {'k' * 5000}\n: {'v' * 5000}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_scenario(tmp_path / "case.yaml")
    assert len(str(refused.value)) < 1000
