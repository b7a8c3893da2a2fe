"""A small golden folder for tests: two runs at mid values, written in half a second."""

from __future__ import annotations

from pathlib import Path

from simulator.golden.folder import read_folder
from simulator.golden.rewrite import measure, rewrite

MINE = """\
schema: 1
name: Mine
baseline: early_2026
start: 2026-03
months: 2
shocks:
  - {type: supply_outage, streams: [iran], loss_share: 0.5}
"""
GOLDEN = """\
schema: 1
draws: 1
seed: 1
runs:
  calm:
    scenario: baseline
    months: 1
    metrics: [flow_kbd/buyer_stream, fob_usd_bbl, delivered_usd_bbl]
  outage:
    scenario: mine.yaml
    metrics: [brent_usd_bbl, share/group, gdp_effect_pct]
"""


def described(where: Path, golden: str = GOLDEN, mine: str = MINE) -> Path:
    """A folder with golden.yaml and its scenario, and no tables yet."""
    where.mkdir(parents=True, exist_ok=True)
    (where / "golden.yaml").write_text(golden, encoding="utf-8")
    (where / "mine.yaml").write_text(mine, encoding="utf-8")
    return where


def written(where: Path) -> Path:
    """The same with its tables."""
    checked, _ = measure(read_folder(described(where)))
    assert rewrite(checked, "First tables.")
    return where
