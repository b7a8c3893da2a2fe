"""Replay history and write it down: docs/hindcast/ and the figures in docs/hindcast.md. `make hindcast`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pages.parameters import after_history, points
from simulator import datasets
from simulator.hindcast.episodes import shipped
from simulator.hindcast.history import ALL, STRUCTURAL, Hindcast, hindcast
from simulator.keeping import as_utf8, write_whole
from simulator.report import hindcast as report
from simulator.report.progress import progress
from simulator.report.wording import number

PAGE = Path(__file__).parents[1] / "docs" / "hindcast.md"
FOLDER = PAGE.with_suffix("")
DRAWS, SEED = 1024, 1


def main() -> None:
    """Print the tables, keep them, and put them between the marks of the page."""
    with progress("hindcast", "episodes") as advance:
        found = hindcast(shipped(), DRAWS, SEED, advance)
    print(report.as_text(found))
    report.save(found, FOLDER)
    page = PAGE.read_text(encoding="utf-8")
    for mark, lines in {"score": score(found), "targets": targets(found), "parameters": parameters()}.items():
        page = _between(page, mark, "\n".join(lines))
    write_whole(PAGE, as_utf8(page))


def score(found: Hindcast) -> Iterator[str]:
    """The headline as a list."""
    for line in report.headline(found.score):
        yield f"- {line.strip()}" if not line.startswith("  ") else f"    - {line.strip()}"


def targets(found: Hindcast) -> Iterator[str]:
    """Every target, scored or not."""
    yield "| episode | target | unit | observed | predicted | 90 % band | |"
    yield "|---|---|---|--:|--:|--:|---|"
    for line in report.rows(found):
        names = (line["episode"].replace("_", " "), line["target"].replace("_", " "), line["unit"])
        name = f"| {line['month']} {' | '.join(names)} |"
        if line["p50"] is None:
            yield f"{name} {_short(line['observed'])} | | | {line['class']}: {line['reason']} |"
            continue
        seen = f"{_short(line['observed'])} ± {_short(line['tolerance'])}"
        told = "hit" if line["hit"] else "miss"
        told += "" if line["inside_band"] else ", outside the band"
        told += ", wrong sign" if line["sign"] is False else ""
        band = f"{_short(line['p05'])} to {_short(line['p95'])}"
        yield f"{name} {seen} | {_short(line['p50'])} | {band} | {told} |"


def parameters() -> Iterator[str]:
    """What was fitted: 5, 50 and 95 % points before and after."""
    rows = {row["name"]: row for row in datasets.table("parameters").rows}
    yield "| parameter | prior | after history |"
    yield "|---|---|---|"
    for name, after in after_history().items():
        before = tuple(rows[name][key] for key in ("low", "mid", "high"))
        yield f"| `{name}` | {points(before)} | {points(after)} |"
    (all_seen,) = datasets.table(STRUCTURAL).where(without=ALL)
    yield ""
    yield f"Error that no parameter explains: {all_seen['tolerances']:.2f} tolerances (standard deviation)."


def _short(value: float) -> str:
    return number(value, 0 if abs(value) >= 100 else 1)


def _between(page: str, mark: str, text: str) -> str:
    pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page)


if __name__ == "__main__":
    main()
