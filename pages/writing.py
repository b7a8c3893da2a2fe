"""Markdown from values: tables, escaped text, links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

WIDE = "---\nhide:\n  - toc\n---\n\n"
"""What stands before a page whose tables need the whole width, and list what there is themselves."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[int] = ()) -> Iterator[str]:
    """A table, line by line; `right` are the columns of numbers.

    >>> list(table(["name", "kb/d"], [["a|b", 3]], right=[1]))
    ['| name | kb/d |', '|---|--:|', '| a\\\\|b | 3 |', '']
    """
    yield f"| {' | '.join(head)} |"
    yield "|" + "|".join("--:" if column in right else "---" for column in range(len(head))) + "|"
    for row in rows:
        yield f"| {' | '.join(map(cell, row))} |"
    yield ""


def cell(value: object) -> str:
    """What stands in a cell of a table: on one line, without what would end the cell."""
    return " ".join(str(value).split()).replace("|", "\\|")


def plain(text: object) -> str:
    """Words from a data table, so that none of their signs is read as markup.

    >>> plain("a_b <= *c*, 5 $")
    'a\\\\_b &lt;= \\\\*c\\\\*, 5 &#36;'
    """
    escaped = " ".join(str(text).split()).replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;")
    for sign in "_*`[]":
        escaped = escaped.replace(sign, f"\\{sign}")
    return escaped.replace("$", "&#36;")


def link(text: str, address: str | None) -> str:
    """A link where there is an address, else the text."""
    return f"[{text}]({address})" if address else text


def code(text: object) -> str:
    """A name as it is written in files."""
    return f"`{text}`"


def sentence(text: str) -> str:
    """With a capital letter and a full stop.

    >>> sentence("part lost of what each stream would export")
    'Part lost of what each stream would export.'
    """
    folded = " ".join(text.split())
    return folded[:1].upper() + folded[1:] + ("" if folded.endswith((".", "?", "!")) else ".")
