"""Changes of a table itself: of its cells, its rows and columns, its bytes, and of what stands in its place."""

from __future__ import annotations

import csv
import io
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

Cells = list[list[str]]
Change = Callable[[Path, dict[str, Any], random.Random], bool]
"""Changes a table given its sidecar as it was; False where there is nothing to change in this table."""

HOMOGLYPHS = str.maketrans("aceiopxy", "асеіорху")
NOT_NUMBERS = (
    "nan", "NaN", "inf", "-inf", "Infinity", "1e999", "-1e999", "1.2%", "1,000", "1,5", "1;5", "1_000", "0x1F", " 1",
    "1 ", "１２", "١٢", "1e", "--1", "1/2", "1.2.3", "=1+1", "None", "null", "true", "9" * 5000, "1 kb/d", "$1",
    "\t1", "1\x00", "‒1", "1\u00a0000", "~1", "1-2",
)  # fmt: skip
WORDS_ALLOWED = ("standing", "source", "citation", "url", "meaning", "note")


def cells(path: Path) -> Cells:
    """The table as texts, header first."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def put(path: Path, rows: Cells, **form: Any) -> bool:
    """Write texts back as a table."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **form).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return True


def _columns(meta: dict[str, Any], wanted: Callable[[str, dict[str, Any]], bool]) -> list[int]:
    return [k for k, (name, rule) in enumerate(meta["columns"].items()) if wanted(name, rule)]


def _cell(text: Callable[[str, dict[str, Any], random.Random], str | None], numbers: bool) -> Change:
    """One cell of a number or word column replaced; None: this column cannot have the change."""

    def change(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
        rows = cells(path)
        columns = _columns(meta, lambda name, rule: (rule["type"] != "str") == numbers)
        rng.shuffle(columns)
        names = list(meta["columns"])
        for k in columns:
            i = rng.randrange(1, len(rows))
            new = text(rows[i][k], meta["columns"][names[k]] | {"name": names[k], "key": meta["key"]}, rng)
            if new is not None and new != rows[i][k]:
                rows[i][k] = new
                return put(path, rows)
        return False

    return change


def _not_a_number(old: str, rule: dict[str, Any], rng: random.Random) -> str:
    return rng.choice(NOT_NUMBERS)


def _outside(old: str, rule: dict[str, Any], rng: random.Random) -> str | None:
    if "low" not in rule:
        return None
    low, high = rule["low"], rule["high"]
    far = rng.choice([high + 1, high * 10 + 1, low - 1, low - 1e6, 1e300, -1e300])
    return str(int(far) if rule["type"] == "int" else float(far))


def _emptied(old: str, rule: dict[str, Any], rng: random.Random) -> str | None:
    return None if rule.get("optional") else ""


def _emptied_optional(old: str, rule: dict[str, Any], rng: random.Random) -> str | None:
    return "" if rule.get("optional") else None


def _nudged(old: str, rule: dict[str, Any], rng: random.Random) -> str | None:
    if old == "" or "low" not in rule:
        return None
    new = float(old) + rng.choice([-0.01, 0.01]) * (abs(float(old)) or 1.0)
    new = min(max(new, rule["low"]), rule["high"])
    return str(round(new)) if rule["type"] == "int" else repr(new)


def _to_the_end(old: str, rule: dict[str, Any], rng: random.Random) -> str | None:
    return str(rng.choice([rule["low"], rule["high"]])) if "low" in rule else None


def _named(rule: dict[str, Any]) -> bool:
    return "allowed" in rule or (rule["name"] in rule["key"] and rule["name"] not in WORDS_ALLOWED)


def _homoglyph(old: str, rule: dict[str, Any], rng: random.Random) -> str | None:
    return old.translate(HOMOGLYPHS) if _named(rule) else None


def _unknown(old: str, rule: dict[str, Any], rng: random.Random) -> str | None:
    if not _named(rule):
        return None
    return rng.choice([old + "x", old[:-1], old.upper(), old + " ", " " + old, "nobody", old.replace("_", "-")])


def _control(old: str, rule: dict[str, Any], rng: random.Random) -> str | None:
    # Before the last letter: at the end of a line a lone \r would only make it a Windows line.
    return old[:-1] + rng.choice(["\x00", "\x1b[31m", "\n", "\r", "\u202e", "\x07", "\u2028"]) + old[-1:]


def _rows(change: Callable[[Cells, random.Random], Cells | None]) -> Change:
    def changed(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
        rows = change(cells(path), rng)
        return rows is not None and put(path, rows)

    return changed


def _row_gone(rows: Cells, rng: random.Random) -> Cells | None:
    del rows[rng.randrange(1, len(rows))]
    return rows


def _half_gone(rows: Cells, rng: random.Random) -> Cells | None:
    return rows[: len(rows) // 2] if len(rows) > 3 else None


def _row_twice(rows: Cells, rng: random.Random) -> Cells:
    return [*rows, list(rng.choice(rows[1:]))]


def _rows_swapped(rows: Cells, rng: random.Random) -> Cells | None:
    if len(rows) < 3:
        return None
    i, j = rng.sample(range(1, len(rows)), 2)
    rows[i], rows[j] = rows[j], rows[i]
    return rows


def _headers_swapped(rows: Cells, rng: random.Random) -> Cells:
    i, j = rng.sample(range(len(rows[0])), 2)
    rows[0][i], rows[0][j] = rows[0][j], rows[0][i]
    return rows


def _columns_swapped(rows: Cells, rng: random.Random) -> Cells:
    i, j = rng.sample(range(len(rows[0])), 2)
    for row in rows:
        row[i], row[j] = row[j], row[i]
    return rows


def _renamed(rows: Cells, rng: random.Random) -> Cells:
    k = rng.randrange(len(rows[0]))
    rows[0][k] = rng.choice([rows[0][k].upper(), rows[0][k] + " ", "", rows[0][k].translate(HOMOGLYPHS) + "x"])
    return rows


def _column_more(rows: Cells, rng: random.Random) -> Cells:
    return [[*row, "extra" if k == 0 else "1"] for k, row in enumerate(rows)]


def _column_less(rows: Cells, rng: random.Random) -> Cells:
    k = rng.randrange(len(rows[0]))
    return [row[:k] + row[k + 1 :] for row in rows]


def _cell_more(rows: Cells, rng: random.Random) -> Cells:
    rows[rng.randrange(1, len(rows))].append("1")
    return rows


def _blank_line(rows: Cells, rng: random.Random) -> Cells:
    rows.insert(rng.randrange(1, len(rows)), [])
    return rows


def _stream_gone(rows: Cells, rng: random.Random) -> Cells | None:
    if "stream" not in rows[0]:
        return None
    k = rows[0].index("stream")
    gone = rng.choice(rows[1:])[k]
    return [row for row in rows if row[k] != gone]


def _low_above_high(rows: Cells, rng: random.Random) -> Cells | None:
    """Swap the two ends of a range that a row gives."""
    header = rows[0]
    ends = [(k, header.index(name.replace("low", "high"))) for k, name in enumerate(header) if "low" in name.split("_")
            and name.replace("low", "high") in header]  # fmt: skip
    if not ends:
        return None
    low, high = rng.choice(ends)
    apart = [row for row in rows[1:] if row[low] != row[high] and row[low] and row[high]]
    if not apart:
        return None
    row = rng.choice(apart)
    row[low], row[high] = row[high], row[low]
    return rows


def _bytes(change: Callable[[bytes, random.Random], bytes]) -> Change:
    def changed(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
        old = path.read_bytes()
        new = change(old, rng)
        path.write_bytes(new)
        return new != old

    return changed


def _quote_opened(raw: bytes, rng: random.Random) -> bytes:
    at = raw.index(b"\n") + 1
    return raw[:at] + b'"' + raw[at:]


def _flipped(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]


def _form(**form: Any) -> Change:
    return lambda path, meta, rng: put(path, cells(path), **form)


def _instead(make: Callable[[Path], object]) -> Change:
    """Something else than a file in the table's place."""

    def changed(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
        path.unlink()
        make(path)
        return True

    return changed


def _elsewhere(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
    """The same table behind a symbolic link."""
    kept = path.with_suffix(".kept")
    path.rename(kept)
    path.symlink_to(kept)
    return True


def _both_gone(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
    path.unlink()
    path.with_suffix(".yaml").unlink()
    return True


def _misnamed(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
    for one in (path, path.with_suffix(".yaml")):
        one.rename(one.with_name("x" + one.name))
    return True


def _one_more(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
    """A table that nobody asks for: a name misspelt, or a copy left behind."""
    for one in (path, path.with_suffix(".yaml")):
        one.with_name("copy_of_" + one.name).write_bytes(one.read_bytes())
    return True


def _huge(path: Path, meta: dict[str, Any], rng: random.Random) -> bool:
    line = cells(path)[1]
    with path.open("a", encoding="utf-8") as file:
        text = ",".join(re.sub(r'[",]', "", cell) for cell in line) + "\n"
        while file.tell() < 100_000_000:
            file.write(text * 10_000)
    return True


REFUSED: dict[str, Change] = {
    "cell: not a number": _cell(_not_a_number, numbers=True),
    "cell: out of range": _cell(_outside, numbers=True),
    "cell: number emptied": _cell(_emptied, numbers=True),
    "cell: word emptied": _cell(_emptied, numbers=False),
    "cell: homoglyph in a name": _cell(_homoglyph, numbers=False),
    "cell: unknown name": _cell(_unknown, numbers=False),
    "cell: control character": _cell(_control, numbers=False),
    "rows: low above high": _rows(_low_above_high),
    "rows: one missing": _rows(_row_gone),
    "rows: half missing": _rows(_half_gone),
    "rows: all missing": _rows(lambda rows, rng: rows[:1]),
    "rows: one twice": _rows(_row_twice),
    "rows: a stream missing": _rows(_stream_gone),
    "rows: blank line": _rows(_blank_line),
    "rows: a cell too many": _rows(_cell_more),
    "columns: headers swapped": _rows(_headers_swapped),
    "columns: swapped": _rows(_columns_swapped),
    "columns: renamed": _rows(_renamed),
    "columns: one more": _rows(_column_more),
    "columns: one less": _rows(_column_less),
    "form: semicolons": _form(delimiter=";"),
    "form: tabs": _form(delimiter="\t"),
    "form: single quotes": _form(quotechar="'", quoting=csv.QUOTE_ALL),
    "form: quote opened": _bytes(_quote_opened),
    "form: decimal commas": _bytes(lambda raw, rng: re.sub(rb"(\d)\.(\d)", rb"\1,\2", raw) + b" "),
    "bytes: BOM": _bytes(lambda raw, rng: b"\xef\xbb\xbf" + raw),
    "bytes: UTF-16": _bytes(lambda raw, rng: raw.decode().encode("utf-16")),
    "bytes: not UTF-8": _bytes(lambda raw, rng: raw[:-3] + b"\xff\xfe\n"),
    "bytes: null byte": _bytes(lambda raw, rng: raw + b"\x00"),
    "bytes: old Mac line ends": _bytes(lambda raw, rng: raw.replace(b"\n", b"\r")),
    "bytes: empty file": _bytes(lambda raw, rng: b""),
    "bytes: cell of a million signs": _bytes(lambda raw, rng: raw + b"a" * 1_000_000 + b"\n"),
    "place: folder": _instead(Path.mkdir),
    "place: dangling link": _instead(lambda path: path.symlink_to("nowhere")),
    "place: link to itself": _instead(lambda path: path.symlink_to(path.name)),
    "place: pipe": _instead(os.mkfifo),
    "place: table gone": _instead(lambda path: None),
    "place: table and sidecar gone": _both_gone,
    "place: misnamed": _misnamed,
    "place: a copy beside": _one_more,
}
"""Nothing of this may be accepted, sealed or not."""

HEAVY: dict[str, Change] = {"bytes: 100 MB": _huge}
"""As above; too slow for every table."""

HARMLESS: dict[str, Change] = {
    "legal: another number": _cell(_nudged, numbers=True),
    "legal: end of the range": _cell(_to_the_end, numbers=True),
    "legal: optional cell emptied": _cell(_emptied_optional, numbers=True),
    "legal: rows swapped": _rows(_rows_swapped),
    "legal: everything quoted": _form(quoting=csv.QUOTE_ALL),
    "legal: CRLF": _bytes(lambda raw, rng: raw.replace(b"\n", b"\r\n")),
    "legal: behind a link": _elsewhere,
}
"""May be accepted where resealed, with the changed value in use and its digest in the manifest."""

UNSEALED: dict[str, Change] = {
    "unsealed: bit flipped": _bytes(_flipped),
    "unsealed: cut off": _bytes(lambda raw, rng: raw[: rng.randrange(len(raw))]),
    "unsealed: appended": _bytes(lambda raw, rng: raw + b"\n"),
    "unsealed: another number": _cell(_nudged, numbers=True),
    "unsealed: CRLF": _bytes(lambda raw, rng: raw.replace(b"\n", b"\r\n")),
    "unsealed: row missing": _rows(_row_gone),
    "unsealed: rows swapped": _rows(_rows_swapped),
    "unsealed: everything quoted": _form(quoting=csv.QUOTE_ALL),
}
"""Bytes changed, sidecar left: refused always."""
