"""Write the figures under each scenario of docs/scenarios.md: `make scenarios`.

Prose is written by hand and holds no results; every line that begins with `> ` is replaced here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from simulator import library
from simulator.axes import GROUPS
from simulator.keeping import as_utf8, write_whole
from simulator.report import policies
from simulator.report.language import words
from simulator.report.sentences import extremes
from simulator.report.shown import DISCOUNT_STREAMS
from simulator.report.wording import number, signed
from simulator.results import Results, Row
from simulator.runs import run
from simulator.scenario import load_scenario

PAGE = Path(__file__).parents[1] / "docs" / "scenarios.md"
DRAWS = 1024
LEAST_SHARE_MOVE = 0.005
TOLD = words("en")


def main() -> None:
    """Run what each heading names and put its figures at the end of the section."""
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")
    written = [sections[0]]
    for section in sections[1:]:
        name = section.partition("\n")[0].strip()
        prose = "\n".join(line for line in section.split("\n") if not line.startswith("> ")).rstrip()
        print(name, file=sys.stderr)
        written.append("\n".join([prose, "", *(f"> {line}" for line in figures(name)), ""]))
    write_whole(PAGE, as_utf8("\n## ".join(written)))


def figures(name: str) -> Iterator[str]:
    """What a run of a shipped scenario says, a few facts to a line."""
    results = run(load_scenario(library.find(name)), draws=DRAWS)
    brent, bill = results.get("brent_usd_bbl"), results.get("import_bill_usd_bn")
    imports, unmet = results.get("imports_kbd"), results.get("unmet_kbd", "buyer", "china")
    span = f"{results.months[0]} to {results.months[-1]}"
    left_out = f", {results.unconverged} draws left out" if results.unconverged else ""
    yield (
        f"{span}, {results.baseline}{left_out}. Brent {number(brent.mean, 1)} USD ({_band(brent, 1)}) against "
        f"{number(brent.baseline, 1)}; bill {signed(bill.mean - bill.baseline, 1)} bn USD ({_change_band(bill, 1)}); "
        f"imports {signed(imports.mean - imports.baseline, 0)} kb/d, unmet {number(unmet.mean, 0)} kb/d."
    )
    yield extremes(results, TOLD)
    yield f"Shares of imports: {_shares(results)}. Delivered less Brent: {_discounts(results)}."
    yield from policies.sentences(results, TOLD)


def _shares(results: Results) -> str:
    rows = ((TOLD.name("group", group), results.get("share", "group", group)) for group in GROUPS)
    moved = [(name, row) for name, row in rows if abs(row.mean - row.baseline) >= LEAST_SHARE_MOVE]
    parts = (f"{name} {number(100 * row.baseline, 1)} to {number(100 * row.mean, 1)} %" for name, row in moved)
    return ", ".join(parts) or "as before"


def _discounts(results: Results) -> str:
    rows = (
        (TOLD.name("stream", stream), results.get("discount_usd_bbl", "stream", stream)) for stream in DISCOUNT_STREAMS
    )
    return ", ".join(f"{label} {number(row.baseline, 1)} to {number(row.mean, 1)}" for label, row in rows)


def _band(row: Row, digits: int) -> str:
    return f"{number(row.p05, digits)} to {number(row.p95, digits)}"


def _change_band(row: Row, digits: int) -> str:
    return f"{signed(row.p05 - row.baseline, digits)} to {signed(row.p95 - row.baseline, digits)}"


if __name__ == "__main__":
    main()
