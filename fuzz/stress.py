"""Scenarios at the very ends of what is legal, by the thousand: do they clear, and is what comes out a market?

    python -m fuzz.stress --scenarios 2000 --seed 1 -o stress

Every scenario is run in blocks of draws. Draws that do not clear are written down with the scenario and the command
that shows them; those that do are held against the laws of a market by arithmetic of their own (`fuzz.audit`).
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from loky import cpu_count

from fuzz import extremes
from fuzz.audit import Seen, outcomes_add_up, watched
from simulator.axes import DRAW_BLOCK
from simulator.blocks import prepare, solve
from simulator.errors import InputError
from simulator.inputs.draws import Block
from simulator.keeping import prepare_folder, write_whole
from simulator.scenario import load_scenario

WANTED_SHARE = 0.9999
"""Draws that have to clear."""
OUT_OF_LINE = 10.0
"""Times the usual seconds a month above which a scenario is slow."""
SHOWN, TOLD_EVERY = 20, 20


@dataclass
class Verdict:
    """What became of one scenario of a campaign.

    draws, missed : run, and not cleared in some month   refused : in the program's words, None where it ran
    crash : the traceback of what should never happen   broken : draws by the law they broke
    below_zero : draws with a price below 0   worst : the months missed, in words   seconds : for one month of a block
    """

    number: int
    draws: int = 0
    missed: int = 0
    refused: str | None = None
    crash: str | None = None
    broken: Counter[str] = field(default_factory=Counter)
    below_zero: int = 0
    worst: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def bad(self) -> bool:
        """Whether somebody should look at it."""
        return bool(self.missed or self.crash or self.broken)


def run(number: int, seed: int, blocks: int) -> Verdict:
    """Scenario `number` of a campaign, from its file to the audit of every month."""
    verdict = Verdict(number)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # overflow is where wrong figures come from
        try:
            plan = prepare(load_scenario(_written(extremes.scenario(seed, number), Path(folder))))
            for first in range(0, blocks * DRAW_BLOCK, DRAW_BLOCK):
                _add(verdict, plan, Block(seed, first))
        except InputError as problem:
            verdict.refused = problem.problems[0].what
        except Exception:  # whatever it is, it is a finding
            verdict.crash = traceback.format_exc()
    return verdict


def _add(verdict: Verdict, plan: Any, block: Block) -> None:
    """Run one block and add what was seen."""
    begun = time.perf_counter()
    with watched() as seen:
        solved = solve(plan, block)
    spent = (time.perf_counter() - begun) / len(solved.calm.days)
    outcomes_add_up(solved, seen)
    missed = ~solved.path.converged
    verdict.draws += len(missed)
    verdict.missed += int(missed.sum())
    verdict.seconds = max(verdict.seconds, spent)
    verdict.below_zero += 0 if seen.below_zero is None else int((seen.below_zero & ~missed).sum())
    verdict.broken += Counter({law: int(broken.sum()) for law, broken in seen.broken.items()})
    verdict.worst += _in_words(seen, block)


def _in_words(seen: Seen, block: Block) -> list[str]:
    """Months that did not clear: which, what draws, how far off."""
    words = []
    for month, of, residual in seen.missed:
        named = ", ".join(str(block.first + one) for one in of[:SHOWN]) + (", ..." if len(of) > SHOWN else "")
        when = "a month that was only expected" if month is None else f"month {month}"
        words.append(f"{when}: {len(of)} draws ({named}), largest residual {residual.max():.2g}")
    return words


def campaign(scenarios: Iterable[int], seed: int, blocks: int, workers: int, minutes: float) -> list[Verdict]:
    """The scenarios of a campaign on some processes, as many as there is time for, in the order of their numbers."""
    found: list[Verdict] = []
    until = time.monotonic() + 60.0 * minutes
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for verdict in pool.imap_unordered(partial(run, seed=seed, blocks=blocks), scenarios):
            found.append(verdict)
            if len(found) % TOLD_EVERY == 0:
                print(_so_far(found), file=sys.stderr, flush=True)
            if time.monotonic() > until:
                pool.terminate()
                break
    return sorted(found, key=lambda one: one.number)


def _so_far(found: list[Verdict]) -> str:
    draws, missed = sum(one.draws for one in found), sum(one.missed for one in found)
    worrying = sorted(one.number for one in found if one.bad)
    return f"{len(found)} scenarios, {draws:,} draws, {missed} missed; to look at: {worrying}"


def report(found: list[Verdict], seed: int) -> str:
    """What the campaign came to, as a table."""
    ran = [one for one in found if one.refused is None and one.crash is None]
    draws, missed = sum(one.draws for one in ran), sum(one.missed for one in ran)
    usual = float(np.median([one.seconds for one in ran])) if ran else 0.0
    slow = sorted((one for one in ran if one.seconds > OUT_OF_LINE * usual), key=lambda one: -one.seconds)
    laws = sum((one.broken for one in ran), Counter[str]())
    lines = [
        f"seed {seed}: {len(found)} scenarios, {len(found) - len(ran)} of them refused or crashed",
        f"  {draws:>9,}   draws of scenarios run",
        f"  {missed:>9,}   did not clear, in {sum(one.missed > 0 for one in ran)} scenarios",
        f"  {_cleared_share(found):>9.4%}   cleared; wanted {WANTED_SHARE:.2%}",
        f"  {sum(one.below_zero for one in ran):>9,}   had a price below 0",
        f"  {sum(one.crash is not None for one in found):>9,}   scenarios crashed",
        f"  {usual:>8.2f} s   a month of a block, usually; {len(slow)} scenarios took {OUT_OF_LINE:.0f} times as long",
        *(f"  {count:>9,}   draws: {law}" for law, count in laws.most_common()),
    ]
    lines += [f"  slow: scenario {one.number}, {one.seconds:.1f} s a month" for one in slow[:SHOWN]]
    refused = Counter(" ".join(word for word in one.refused.split() if not any(c.isdigit() for c in word))[:60]
                      for one in found if one.refused)  # fmt: skip
    lines += [f"  refused {count:>4} times: {what} ..." for what, count in refused.most_common(SHOWN)]
    return "\n".join(lines)


def _cleared_share(found: list[Verdict]) -> float:
    draws = sum(one.draws for one in found)
    return 1.0 - sum(one.missed for one in found) / draws if draws else 0.0


def keep(found: list[Verdict], seed: int, blocks: int, folder: Path) -> None:
    """Write down every scenario somebody should look at: its file, what happened, and the command that shows it."""
    for one in (one for one in found if one.bad):
        path = folder / f"stress-{seed}-{one.number}.yaml"
        what = [f"oilsim run {path.name} --draws {blocks * DRAW_BLOCK} --seed {seed}"]
        what += [*one.worst, *(f"{count} draws: {law}" for law, count in one.broken.items())]
        what += (one.crash or "").splitlines()
        text = "".join(f"# {line}\n" for line in what) + in_yaml(extremes.scenario(seed, one.number))
        write_whole(path, partial(_put, text))


def _put(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


def _written(document: dict[str, Any], folder: Path) -> Path:
    path = folder / "scenario.yaml"
    path.write_text(in_yaml(document), encoding="utf-8")
    return path


def in_yaml(document: dict[str, Any]) -> str:
    """The text of a scenario file."""
    return yaml.safe_dump(document, sort_keys=False, default_flow_style=None, width=120)


def main(given: list[str] | None = None) -> int:
    """Run a campaign; 0 where enough draws clear, none breaks a law and nothing crashes, else 1."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.stress", description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--scenarios", type=int, default=400, help="scenarios to draw")
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--blocks", type=int, default=1, help=f"blocks of {DRAW_BLOCK} draws of each")
    parser.add_argument("--seed", type=int, default=1, help="of scenarios and draws alike")
    parser.add_argument("--workers", type=int, default=cpu_count(), help="processes")
    parser.add_argument("--minutes", type=float, default=60.0, help="no further scenario after so long")
    parser.add_argument("-o", "--output", type=Path, default=Path("stress"), help="folder for what goes wrong")
    asked = parser.parse_args(given)
    prepare_folder(asked.output)
    numbers = range(asked.first, asked.first + asked.scenarios)
    found = campaign(numbers, asked.seed, asked.blocks, asked.workers, asked.minutes)
    print(report(found, asked.seed))
    keep(found, asked.seed, asked.blocks, asked.output)
    fine = _cleared_share(found) >= WANTED_SHARE and not any(one.crash or one.broken for one in found)
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())
