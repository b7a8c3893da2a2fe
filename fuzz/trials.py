"""Many trials in a child process with an alarm: what came of each, counted."""

from __future__ import annotations

import json
import multiprocessing
import random
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from simulator.errors import OilsimError

REFUSED, ACCEPTED = "refused", "accepted"
TRACEBACK, HANG, SILENT = "traceback", "hang", "silent acceptance"
FAILURES = (TRACEBACK, HANG, SILENT)
HANG_SECONDS, WAIT_SECONDS = 5, 20
"""A case hangs that computes for so long, or waits for so long; a busy machine alone is neither."""
STUCK_SECONDS = 90
"""A child that says nothing for so long is stuck where no alarm reaches it."""
SHOWN = 12


class Silent(Exception):
    """Something was accepted that is not what was written; says what."""


class _Late(BaseException):
    """The alarm."""


@dataclass(frozen=True)
class Case:
    """One input: what kind it is, what to do with it, and how to show it where it fails."""

    kind: str
    attempt: Callable[[], object]
    shown: str


Maker = Callable[[random.Random, int], Case]
"""Makes the case of a number, with random numbers of its own."""


@dataclass
class Score:
    """What came of the trials, by kind of case."""

    label: str
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failures(self) -> int:
        """How many trials ended badly."""
        return len(self.failed)

    def note(self, said: dict[str, Any]) -> None:
        """Count one trial."""
        self.counts[said["kind"], said["verdict"]] += 1
        if said["verdict"] in FAILURES:
            self.failed.append(said)

    def table(self) -> str:
        """One line per kind of case."""
        verdicts = (REFUSED, ACCEPTED, *FAILURES)
        kinds = sorted({kind for kind, _ in self.counts})
        width = max([len(kind) for kind in (*kinds, "all")])
        lines = [f"{self.label:<{width}} " + "".join(f"{one:>19}" for one in verdicts)]
        for kind in kinds:
            lines.append(f"{kind:<{width}} " + "".join(f"{self.counts[kind, one]:>19,}" for one in verdicts))
        total = Counter({one: sum(n for (_, verdict), n in self.counts.items() if verdict == one) for one in verdicts})
        lines.append(f"{'all':<{width}} " + "".join(f"{total[one]:>19,}" for one in verdicts))
        lines.append(f"{sum(total.values()):,} cases in {self.seconds:.0f} s")
        return "\n".join(lines)

    def tell(self, kept: Path | None = None) -> int:
        """Print the table and the failures, keep these in a file, and give their number; nothing tried is one."""
        print(self.table())
        if not self.counts:
            print(f"{self.label}: nothing was tried")
            return 1
        groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for one in self.failed:
            groups.setdefault((one["verdict"], one["detail"][-160:]), []).append(one)
        for (verdict, _), alike in sorted(groups.items(), key=lambda item: -len(item[1]))[:SHOWN]:
            first = alike[0]
            print(f"- {verdict}, {len(alike)} times, first case {first['number']} ({first['kind']}): {first['detail']}")
        if kept and self.failed:
            kept.write_text("\n".join(json.dumps(one) for one in self.failed) + "\n", encoding="utf-8")
            print(f"all of them: {kept}")
        return self.failures


def run_trials(label: str, make: Maker, cases: int, seed: int, minutes: float) -> Score:
    """Try `cases` cases, the k-th made from the seed and k alone; a child that gets stuck is replaced."""
    score, began, number = Score(label), time.monotonic(), 0
    context = multiprocessing.get_context("fork")
    while number < cases and time.monotonic() - began < 60 * minutes:
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_work, args=(theirs, make, (number, cases), seed))
        child.start()
        theirs.close()
        number = _listen(ours, child, score, number, began + 60 * minutes)
        child.kill()
        child.join()
    score.seconds = time.monotonic() - began
    return score


def _listen(ours: Connection, child: Any, score: Score, number: int, until: float) -> int:
    """Take down what the child says; the number of the next case when it falls silent or has done all."""
    while time.monotonic() < until:
        if not ours.poll(STUCK_SECONDS):
            score.note(_verdict(number, "stuck", HANG, f"nothing heard for {STUCK_SECONDS} s", ""))
            return number + 1
        try:
            said = json.loads(ours.recv_bytes())
        except EOFError:
            child.join()
            if child.exitcode:
                score.note(_verdict(number, "died", TRACEBACK, f"the process ended with {child.exitcode}", ""))
            return number + 1
        score.note(said)
        number = said["number"] + 1
    return number


def _work(pipe: Connection, make: Maker, span: tuple[int, int], seed: int) -> None:
    warnings.simplefilter("error")
    for number in range(*span):
        pipe.send_bytes(json.dumps(attempt(make, number, seed)).encode())
    pipe.close()


def attempt(make: Maker, number: int, seed: int) -> dict[str, Any]:
    """What comes of one case; one that takes too long is tried again, for the machine may have been busy."""
    case = make(random.Random(f"{seed}:{number}"), number)
    verdict, detail = _once(case.attempt)
    if verdict == HANG:
        verdict, detail = _once(case.attempt)
    return _verdict(number, case.kind, verdict, detail, case.shown if verdict in FAILURES else "")


def _once(attempt: Callable[[], object]) -> tuple[str, str]:
    def late(*_: object) -> None:
        raise _Late

    signal.signal(signal.SIGALRM, late)
    signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, HANG_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, WAIT_SECONDS)
    try:
        attempt()
    except Silent as found:
        return SILENT, str(found)
    except OilsimError as error:
        return _message_verdict(str(error))
    except _Late:
        return HANG, f"computed longer than {HANG_SECONDS} s or waited longer than {WAIT_SECONDS} s"
    except (Exception, SystemExit) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return TRACEBACK, f"{type(error).__name__} in {Path(where.filename).name}:{where.name}: {str(error)[:200]}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ACCEPTED, ""


def _message_verdict(message: str) -> tuple[str, str]:
    """A refusal counts where a terminal can show it: no control characters, no surrogates, no endless line."""
    raw = sorted({sign for sign in message if not sign.isprintable() and sign != "\n"})
    if raw:
        return TRACEBACK, f"the message holds raw {raw[0]!r}"
    if any(len(line) > 6000 for line in message.split("\n")):
        return TRACEBACK, "a message is longer than 6,000 characters"
    return REFUSED, ""


def _verdict(number: int, kind: str, verdict: str, detail: str, shown: str) -> dict[str, Any]:
    return {"number": number, "kind": kind, "verdict": verdict, "detail": detail, "shown": shown[:20_000]}
