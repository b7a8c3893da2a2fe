"""Draws that did not clear: what is said of each, and the command that runs it by itself."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.reading.scalars import NotFinite, read_scalar
from simulator.report.language import Words, words
from simulator.results import Results

SHOWN = 20
_WORD = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)


def lines(scenario: str, results: Results, settings: Sequence[str]) -> Iterator[str]:
    """A line a draw, no more than 20, and how many more there are.

    Parameters
    ----------
    scenario, settings : as the user gave them
    """
    manifest = results.manifest
    if "draw" in manifest:
        return
    how = options(settings, len(results.months), manifest)
    failed = manifest["unconverged_draws"]
    for one in failed[:SHOWN]:
        yield f"did not clear: {named(one, words())}: {command(scenario, how, one['draw'])}"
    if len(failed) > SHOWN:
        yield f"did not clear: {len(failed) - SHOWN:,} more draws; --format json and -o name all of them"


def options(settings: Sequence[str], months: int, sample: Mapping[str, Any]) -> list[str]:
    """Options of `oilsim run` that stand for settings, months and the draws, seed and sampling of a sample."""
    given = [word for one in settings for word in ("--set", one)]
    drawn = [word for name in ("draws", "seed", "sampling") for word in (f"--{name}", str(sample[name]))]
    return [*given, "--months", str(months), *drawn]


def command(scenario: str, how: Sequence[str], draw: int) -> str:
    """What to paste into a shell to run one draw by itself.

    >>> command("my file.yaml", ["--set", "shocks.0.streams=[iran]", "--seed", "1"], 7)
    "oilsim run 'my file.yaml' --set 'shocks.0.streams=[iran]' --seed 1 --draw 7"
    """
    name = f"./{scenario}" if scenario.startswith("-") else scenario
    return shlex.join(["oilsim", "run", name, *how, "--draw", str(draw)])


def setting(path: str, value: object) -> str:
    """A value as `--set` takes it, read back as the same value.

    >>> setting("shocks.0.loss_share", 0.1), setting("baseline", "2025"), setting("shocks.0.streams", ["iran"])
    ('shocks.0.loss_share=0.1', 'baseline="2025"', 'shocks.0.streams=["iran"]')
    """
    plain = isinstance(value, str) and _WORD.fullmatch(value) and _is_text(value)
    return f"{path}={value if plain else json.dumps(value, ensure_ascii=False)}"


def named(failed: Mapping[str, Any], told: Words) -> str:
    """A draw that did not clear, as the manifest names it: where it stopped and what was missed.

    >>> named({"draw": 4, "month": "2026-05", "residual_share": 0.25}, Words("en"))
    'draw 4 in 2026-05 (2.5e-01)'
    >>> named({"draw": 4, "month": "2026-05", "residual_share": 1e-9, "bound_missed_share": 0.02}, Words("en"))
    'draw 4 in 2026-05 (a promise or ban missed by 2 %)'
    """
    missed, residual = failed.get("bound_missed_share"), failed["residual_share"]
    if missed:
        how = told("terminal.bound_missed", share=f"{100 * missed:.2g}")
    else:
        how = told("terminal.no_number") if residual is None else f"{residual:.1e}"
    return told("terminal.left_out_draw", draw=failed["draw"], month=told.month(failed["month"]), how=how)


def _is_text(word: str) -> bool:
    try:
        return isinstance(read_scalar(word), str)
    except NotFinite:
        return False
