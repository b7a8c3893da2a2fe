"""Small scenarios for what drives an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from simulator import datasets

HEAD = "schema: 1\nname: Mine\nbaseline: 2025\nstart: 2026-03\n"
OUTAGE = "shocks:\n  - {type: supply_outage, streams: [iran], loss_share: {low: 0.3, mid: 0.6, high: 0.9}}\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """A scenario in which only some parameters are uncertain (None: all that the data says)."""

    def written(free: Mapping[str, str] | None = None, months: int = 1, shocks: str = OUTAGE) -> str:
        fixed = {row["name"]: row["mid"] for row in datasets.table("parameters").rows}
        given = {} if free is None else {**{name: f"{mid}" for name, mid in fixed.items()}, **free}
        lines = "".join(f"  {name}: {value}\n" for name, value in given.items())
        text = HEAD + f"months: {months}\n" + (f"parameters:\n{lines}" if lines else "") + shocks
        (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
        return str(tmp_path / "mine.yaml")

    return written
