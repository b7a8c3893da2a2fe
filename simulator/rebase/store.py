"""A built baseline as tables with sidecars, in a folder of its own, all at once or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from simulator import datasets, verification
from simulator.datasets import ABOUT, Row
from simulator.errors import InputError, Problem, nearest
from simulator.keeping import as_utf8, write_whole
from simulator.rebase.build import AFLOAT, Built
from simulator.rebase.known import BARRELS, TOTAL, Cell
from simulator.rebase.matrix import DIGITS
from simulator.sidecars import FIELDS
from simulator.tables import counted

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
WORDS = ("null", "true", "false")
"""Read by YAML as something else than a name."""

OWN_LICENCE = "the user's own figures and facts quoted from public reports, no licence claimed"


@dataclass(frozen=True)
class Sheet:
    """One table to be written: its name, its sidecar without digest, its rows."""

    name: str
    meta: dict[str, Any]
    rows: Sequence[Row]

    @property
    def csv_text(self) -> str:
        """The table as it is stored."""
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(self.meta["columns"]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue()

    @property
    def texts(self) -> dict[str, str]:
        """The files of a table, name -> content: the table and its sidecar."""
        return {f"{self.name}.csv": self.csv_text, f"{self.name}.yaml": self.sidecar_text}

    @property
    def sidecar_text(self) -> str:
        """Its sidecar, with digest and number of rows."""
        digest = hashlib.sha256(self.csv_text.encode()).hexdigest()
        meta = {**self.meta, "sha256": digest, "rows": len(self.rows)}
        if "counts" in self.meta:
            meta["counts"] = {column: counted(row[column] for row in self.rows) for column in self.meta["counts"]}
        ordered = {field: meta[field] for field in FIELDS if field in meta}
        return str(yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=110))


def check_name(name: str) -> None:
    """Refuse a name that no scenario could use, or that is taken.

    Raises
    ------
    InputError
    """
    what = None
    if not NAME.fullmatch(name) or name.lower() in WORDS:
        what = "must be a name: a letter, then letters, digits, - and _, 40 at most"
    elif name in (*datasets.table(ABOUT).column("baseline"), *datasets.history()):
        what = "is the name of a shipped baseline"
    elif (place := datasets.built_folder() / name).is_symlink() or (place.exists() and name not in datasets.built()):
        what = f"{place} is there already and is not a baseline"
    if what:
        raise InputError([Problem("-o", what, given=name)])


def check_start(baseline: str) -> None:
    """Refuse a baseline that does not exist or has no flows; raises InputError."""
    known = datasets.vocabulary().baselines
    if baseline not in known:
        what, meant = "there is no such baseline", nearest(baseline, known)
        raise InputError([Problem("--from", what, given=baseline, allowed=", ".join(known), meant=meant)])


def sheets(built: Built, name: str, origin: str, brent_usd_bbl: float | None) -> tuple[Sheet, ...]:
    """The tables of a baseline the user built: what it is, cells, flows, segments.

    Parameters
    ----------
    origin : the file the cells come from, for the record
    brent_usd_bbl : Brent of the month; by default that of the baseline it started from
    """
    about = datasets.about(built.start)
    lender = datasets.lender_of(built.start)
    terms = f"Prices and duties are those of baseline {lender}, as differences to its own Brent."
    meta = {
        "producer": f"oilsim data build, from {origin}",
        "url": None,
        "dates": {"covers": name, "retrieved": date.today().isoformat()},
        "licence": OWN_LICENCE,
    }
    row = {
        **about,
        "baseline": name,
        "flows": f"flows_{name}",
        "prices_of": lender,
        "brent_usd_bbl": about["brent_usd_bbl"] if brent_usd_bbl is None else brent_usd_bbl,
        "standing": about["standing"] if brent_usd_bbl is None else "guessed",
        "source": f"as in baseline {built.start}" if brent_usd_bbl is None else "given to oilsim data build",
    }
    what_it_is = datasets.table(ABOUT).meta
    mine = [ABOUT, *(f"{kind}_{name}" for kind in ("cells", "flows", "china_segments"))]
    return (
        cells_sheet(built.cells, name, meta),
        flows_sheet(built, name, meta),
        segments_sheet(built, name, meta),
        # The last to be written: with it, the baseline is there.
        Sheet(ABOUT, {**what_it_is, **meta, "title": f"Baseline {name}", "caveats": [terms], "tables": mine}, [row]),
    )


def cells_sheet(cells: Sequence[Cell], name: str, meta: dict[str, Any]) -> Sheet:
    """What was known, in true barrels."""
    rows = [
        {
            "stream_or_group": cell.name,
            "buyer": cell.buyer,
            "kbd": cell.kbd,
            "basis": BARRELS,
            "standing": cell.standing,
            "source": cell.source,
        }
        for cell in cells
    ]
    like = datasets.table("cells_early_2026").meta
    about = {"title": f"Known cells of {name}", "caveats": ["True barrels; a customs total was converted."]}
    return Sheet(f"cells_{name}", {**like, **meta, **about}, rows)


def flows_sheet(built: Built, name: str, meta: dict[str, Any]) -> Sheet:
    """The fitted matrix, cells above zero only."""
    matrix, like = built.rebased.after, datasets.table("flows_2025").meta
    number = {"type": "float", "meaning": "mean flow of the period in true barrels"}
    columns = {**like["columns"], "kbd": {**like["columns"]["kbd"], **number}}
    fit = built.rebased
    caveats = [
        f"The matrix of baseline {built.start} moved to the cells of cells_{name} by biproportional fitting.",
        f"Assumed exports and assumed arrivals differed by {fit.gap_kbd:,.0f} kb/d: exporters in no cell were scaled by"
        f" {fit.export_factor:.4f}, buyers without a total by {fit.import_factor:.4f}.",
        "A fixed share of what Iran, Urals and Venezuela export stays afloat, as in the baseline it started from.",
    ]
    old = datasets.flows(built.start)
    guesses = {(row["stream"], row["buyer"]) for row in old.where(standing="guessed")}
    rows: list[Row] = []
    for i, stream in enumerate(matrix.streams):
        line = [*zip(matrix.buyers, matrix.landed_kbd[i].tolist(), strict=True), (AFLOAT, matrix.afloat_kbd[i].item())]
        for buyer, kbd in line:
            if kbd > 0.0:
                own, part = _told(built.cells, stream, buyer)
                standing = "guessed" if (stream, buyer) in guesses else "estimated"
                source = f"{old.name}, fitted to cells_{name}"
                if part:
                    source = f"part of the cell {part.key} of cells_{name}, split as in {old.name}"
                if own:
                    standing, source = own.standing, own.source
                flow = {"stream": stream, "buyer": buyer, "kbd": round(kbd, DIGITS)}
                rows.append({**flow, "standing": standing, "source": source})
    title = f"World crude trade in {name} by stream and buyer, fitted"
    return Sheet(f"flows_{name}", {**like, **meta, "title": title, "columns": columns, "caveats": caveats}, rows)


def _told(cells: Sequence[Cell], stream: str, buyer: str) -> tuple[Cell | None, Cell | None]:
    """The cell that gives this flow alone, and the first that it is a part of."""
    inside = [cell for cell in cells if stream in cell.streams and cell.buyer == buyer and cell.name != TOTAL]
    own = next((cell for cell in inside if cell.streams == (stream,)), None)
    return own, next((cell for cell in inside if cell is not own), None)


def segments_sheet(built: Built, name: str, meta: dict[str, Any]) -> Sheet:
    """China's column over its refiners."""
    like = datasets.table("china_segments_2025").meta
    caveats = [
        "Inferred: first-guess shares times the flow to China, fitted by RAS to segment totals.",
        f"Segment totals are those of baseline {built.start}, scaled with China's total.",
        "Standing and source are those of the first guess.",
    ]
    title = f"China's imports by stream and refiner segment in {name}, inferred by biproportional fitting (RAS)"
    return Sheet(f"china_segments_{name}", {**like, **meta, "title": title, "caveats": caveats}, built.segments)


def write(tables: Sequence[Sheet], name: str) -> Path:
    """Write a baseline into its folder, replacing one of that name; returns the folder.

    Everything is written and checked beside it first, so that a reader sees the old baseline or the new one.

    Raises
    ------
    InputError : the folder cannot be written to.
    """
    home = datasets.built_folder()
    write_whole(home / name, partial(_fill, tables=tables))
    datasets.forget()
    return home / name


def _fill(folder: Path, tables: Sequence[Sheet]) -> None:
    folder.mkdir()
    for sheet in tables:
        for name, text in sheet.texts.items():
            as_utf8(text)(folder / name)
    verification.check(folder)
