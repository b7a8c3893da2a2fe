"""A small vocabulary, so that these tests stand without the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario import Scenario, load_scenario

PARAMETERS: dict[str, dict[str, Any]] = {
    "pull": {"low": 1, "mid": 2, "high": 4, "minimum": 0.5, "maximum": 10, "scale": "log", "unit": "USD/bbl"},
    "workaround_half_life_months": {"low": 3, "mid": 6, "high": 12, "minimum": 1, "maximum": 60},
}


@dataclass(frozen=True)
class SmallVocabulary:
    streams: tuple[str, ...] = ("iran_light", "iran_heavy", "oman", "usa_wti", "usa_ans")
    countries: tuple[str, ...] = ("iran", "oman", "usa")
    groups: tuple[str, ...] = ("iran", "gulf", "us")
    buyers: tuple[str, ...] = ("cn_state", "cn_teapot", "india")
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: PARAMETERS)
    baselines: tuple[str, ...] = ("2025", "early_2026")
    chokepoints: tuple[str, ...] = ("hormuz", "malacca")

    def expand_streams(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(s for s in self.streams if any(s.startswith(name) for name in names))

    def expand_buyers(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(b for b in self.buyers if b in names or ("china" in names and b.startswith("cn_")))


HEAD = "schema: 1\nbaseline: 2025\nstart: 2026-03\nmonths: 12\n"
Load = Callable[..., Scenario]


@pytest.fixture(scope="session")
def words() -> SmallVocabulary:
    return SmallVocabulary()


@pytest.fixture
def load(tmp_path: Path, words: SmallVocabulary) -> Load:
    """Write text under the head every scenario needs, and load it."""

    def write_and_load(body: str = "", head: str = HEAD, set: dict[str, object] | None = None) -> Scenario:
        path = tmp_path / "case.yaml"
        path.write_text(head + body, encoding="utf-8")
        return load_scenario(path, set, words)

    return write_and_load
