"""Run campaigns of hostile input and say what they found; the exit code is 1 where they found anything."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

PARTS = {
    "scenarios": "mutated scenario files: tracebacks, hangs, silent acceptances",
    "files": "things that are no scenario file: devices, pipes, bombs, paths that lead outside",
    "words": "--set, --over, options, values from Python, tariff cases, episodes of one's own",
    "killing": "commands killed at every step of writing: corrupt and lost results",
}
"""Name of a module here and what it tries; each has `campaign(cases=, seed=, minutes=) -> number of failures`."""

ASKED = {"guided": "the same readers led by coverage (needs atheris: the extra `fuzz`)"}
"""Parts that run only where they are named."""

OWN = {
    "tables": "mutated data tables and sidecars",
    "stress": "scenarios at the ends of what is legal: do they clear, is any barrel lost",
    "golden": "one number of the data a thousandth larger: does `oilsim check` name the right metric",
}
"""Parts with options of their own (`python -m fuzz.tables --help`); from here they get seed and minutes alone."""


def main() -> None:
    """Run all campaigns, or only those named."""
    known = PARTS | OWN | ASKED
    parts = "; ".join(f"{name}: {what}" for name, what in known.items())
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*known, []], metavar="PART", help=parts)
    parser.add_argument("--cases", type=int, help="cases of each part named; left out: the part's own number")
    parser.add_argument("--seed", type=int, default=1, help="another seed tries other cases")
    parser.add_argument("--minutes", type=float, default=10.0, help="a part stops after so long")
    asked = parser.parse_args()
    if asked.cases is not None and (deaf := [name for name in asked.parts or OWN if name in OWN]):
        parser.error(f"--cases is not for {', '.join(deaf)}: see python -m fuzz.{deaf[0]} --help")
    size = {} if asked.cases is None else {"cases": asked.cases}
    failures = 0
    for name in asked.parts or PARTS | OWN:
        part = import_module(f"fuzz.{name}")
        if name in OWN:
            failures += part.main(["--seed", str(asked.seed), "--minutes", str(asked.minutes)])
        else:
            failures += part.campaign(seed=asked.seed, minutes=asked.minutes, **size)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
