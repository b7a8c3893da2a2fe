"""The page of parameters: every assumption with range, unit, source and standing, from the tables themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pages.writing import WIDE, code, link, plain, sentence, table
from simulator import datasets
from simulator.cells import Row
from simulator.inputs import fitted

HEAD = """# Parameters

Every uncertain number of the model. Low, mid and high are the 5, 50 and 95 % points it is drawn from. Where a parameter
was fitted to the ten episodes of history, runs draw from what is under *after history* instead, together with the
others that were fitted ([how](../hindcast.md)).

Of {count} parameters, by their standing, {standings}. *Guessed* means that we have no source and say so. A scenario may
override any of them under `parameters:`, for one buyer as `name.buyer`; what moves an answer most `oilsim sensitivity`
says.
"""
LEVELS = (0.05, 0.5, 0.95)
STANDINGS = ("measured", "published", "estimated", "guessed")


def page() -> str:
    """The whole page as Markdown."""
    return WIDE + "\n".join(_lines())


def _lines() -> Iterator[str]:
    rows, after = datasets.table("parameters").rows, after_history()
    counts = Counter(row["standing"] for row in rows)
    told = ", ".join(f"{counts[standing]} {standing}" for standing in STANDINGS if counts[standing])
    yield HEAD.format(count=len(rows), standings=told)
    yield from table(
        ["parameter", "low, mid, high", "after history", "unit", "standing"],
        [_summary(row, after.get(row["name"])) for row in rows],
    )
    yield "## One by one\n"
    for row in rows:
        yield from _entry(row, after.get(row["name"]))
    yield "## What to know about the table\n"
    for caveat in datasets.table("parameters").meta["caveats"]:
        yield f"- {plain(sentence(caveat))}"


def after_history() -> dict[str, tuple[float, ...]]:
    """5, 50 and 95 % points of the fitted parameters by name."""
    known = fitted.shipped()
    quantiles = known.quantiles(LEVELS)
    return {name: tuple(quantiles[:, column]) for column, name in enumerate(known.names)}


def _summary(row: Row, after: tuple[float, ...] | None) -> list[object]:
    name = link(code(row["name"]), f"#{row['name']}")
    return [name, points(_range(row)), points(after), plain(row["unit"]), row["standing"]]


def _entry(row: Row, after: tuple[float, ...] | None) -> Iterator[str]:
    yield f"### {code(row['name'])} {{ #{row['name']} }}\n"
    yield plain(sentence(row["meaning"])) + "\n"
    figures = points(_range(row))
    spread = " (spread in logs)" if row["scale"] == "log" else ""
    yield f"- Low, mid, high: {figures} {plain(row['unit'])}{spread}; legal {row['minimum']:g} to {row['maximum']:g}."
    if after:
        yield f"- After history: {points(after)}."
    yield f"- {row['standing'].capitalize()}: {link(plain(row['citation']), row['url'])}.\n"


def points(after: tuple[float, ...] | None) -> str:
    """5, 50 and 95 % points in a cell; nothing where there are none."""
    return ", ".join(map(figure, after)) if after else ""


def _range(row: Row) -> tuple[float, ...]:
    return tuple(row[key] for key in ("low", "mid", "high"))


def figure(value: float) -> str:
    """Three digits, and all of those before the point.

    >>> figure(0.034567), figure(1496.2), figure(12.0)
    ('0.0346', '1,496', '12')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
