"""The page of data tables: who made each, from when, under which licence, and what to mind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pages.writing import WIDE, code, link, plain, sentence, table
from simulator import datasets

HEAD = """# Data

Every table the model rests on, with its producer, dates, licence and caveats, from the file that lies beside it
(`data/NAME.yaml`). A table that does not match the digest in its file is refused. `oilsim data show NAME` prints a
table with its rows; each row has a source and a standing of its own where rows come from different hands.
"""


def page() -> str:
    """The whole page as Markdown."""
    return WIDE + "\n".join(_lines())


def _lines() -> Iterator[str]:
    names = datasets.names()
    yield HEAD
    tables = {name: datasets.table(name).meta for name in names}
    yield from table(
        ["table", "holds", "covers", "rows"],
        [
            [link(code(name), f"#{name}"), plain(meta["title"]), plain(meta["dates"]["covers"]), meta["rows"]]
            for name, meta in tables.items()
        ],
        right=(3,),
    )
    for name, meta in tables.items():
        yield f"## {code(name)} {{ #{name} }}\n"
        yield from _entry(meta)
        yield from _columns(meta["columns"])
    yield from _past_months()


def _entry(meta: Mapping[str, Any]) -> Iterator[str]:
    yield plain(sentence(meta["title"])) + "\n"
    dates = "; ".join(f"{word} {plain(value)}" for word, value in meta["dates"].items())
    yield f"- Producer: {link(plain(meta['producer']), meta['url'])}"
    yield f"- Dates: {dates}"
    yield f"- Licence: {plain(meta['licence'])}"
    yield f"- Rows: {meta['rows']}; digest (sha256): `{meta['sha256'][:12]}…`"
    for caveat in meta["caveats"]:
        yield f"- {plain(sentence(caveat))}"
    yield ""


def _columns(columns: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield '??? note "Columns"\n'
    rows = [[code(name), _unit(about), _range(about), plain(about["meaning"])] for name, about in columns.items()]
    yield from (f"    {line}" if line else "" for line in table(["column", "unit", "range", "meaning"], rows))


def _unit(about: Mapping[str, Any]) -> str:
    words = {"str": "text", "int": "whole number", "float": "number"}
    return plain(about.get("unit") or words[about["type"]])


def _range(about: Mapping[str, Any]) -> str:
    if "allowed" in about:
        return ", ".join(code(word) for word in about["allowed"])
    return f"{about['low']:g} to {about['high']:g}" if "low" in about and "high" in about else ""


def _past_months() -> Iterator[str]:
    yield "## Past months { #past-months }\n"
    yield "The month before each of eight past shocks, as a baseline: `baseline: feb_2022` starts from it.\n"
    for month in datasets.history():
        yield f"### {code(month)} {{ #{month} }}\n"
        for name in datasets.names(month):
            meta = datasets.table(name, month).meta
            yield f'??? note "{name}: {meta["title"]}"\n'
            yield from (f"    {line}" if line else "" for line in _entry(meta))
