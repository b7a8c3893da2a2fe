"""Which tables there are and where: those in `data/`, and those of baselines in a folder of their own.

Each is read with its sidecar and refused where the two disagree. A table that was edited must be sealed again
(`seal`), so that a change of the data never goes by unnoticed. Past months are in `data/history/NAME/`, what a user
built in `baselines/NAME/`; either holds its own tables and takes all others from `data/`.

Light on purpose: the command line reads the vocabulary here before it loads anything numerical.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from simulator import tables
from simulator.cells import Row
from simulator.errors import DataError
from simulator.keeping import finish_killed
from simulator.sidecars import SIDECAR_FIELDS
from simulator.tables import Table
from simulator.vocabulary import Vocabulary

__all__ = ["SIDECAR_FIELDS", "Row", "Table"]

FOLDER_VARIABLE = "OILSIM_DATA"
BUILT_VARIABLE = "OILSIM_BASELINES"
ABOUT = "baselines"
"""The table that says what a baseline is; a baseline in a folder of its own has one of its own."""

HISTORY = "history"
"""Folder of the shipped baselines of past months, each in a folder of its own."""

PRICES, DUTIES = "prices", "duties"


Given = ParamSpec("Given")
Made = TypeVar("Made")

_derived: list[Callable[[], None]] = []
"""What forgets all that was made from tables."""


def derived(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Keep what is made from tables, apart for each folder of them, until the tables are forgotten."""

    @lru_cache(maxsize=64)
    def kept(places: tuple[str | None, ...], given: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> Made:
        return make(*given, **dict(named))

    @wraps(make)
    def found(*given: Given.args, **named: Given.kwargs) -> Made:
        places = os.environ.get(FOLDER_VARIABLE), str(built_folder())
        return kept(places, given, tuple(named.items()))

    _derived.append(kept.cache_clear)
    return found


def folder() -> Path:
    """Where the tables are: `$OILSIM_DATA`, else the copy in the package, else `data/` of the source tree."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    return _shipped_folder()


@cache
def _shipped_folder() -> Path:
    package = Path(__file__).resolve().parent
    return package / "data" if (package / "data").is_dir() else package.parent / "data"


def built_folder() -> Path:
    """Where baselines of the user's own are: `$OILSIM_BASELINES`, else `baselines/` of the current folder."""
    named = Path(os.environ.get(BUILT_VARIABLE) or "baselines")
    try:
        return named.resolve()
    except FileNotFoundError:  # the current folder has been removed
        return named


@derived
def history() -> tuple[str, ...]:
    """The shipped baselines of past months, by name."""
    return folders_in(folder() / HISTORY)


def built() -> tuple[str, ...]:
    """The baselines the user built, by name."""
    finish_killed(built_folder())
    shipped = {*read(folder(), ABOUT).column("baseline"), *history()}
    return tuple(name for name in folders_in(built_folder()) if name not in shipped)


def own_folders() -> dict[str, Path]:
    """Where the baselines are that have a folder of their own: past months, then those the user built."""
    own = built()
    if not own:
        return dict(_past_folders())
    place = built_folder()
    return _past_folders() | {name: place / name for name in own}


@derived
def _past_folders() -> dict[str, Path]:
    return {name: folder() / HISTORY / name for name in history()}


def about(baseline: str) -> Row:
    """What a baseline is: Brent, its table of flows, whose prices and duties it takes.

    Raises
    ------
    DataError : there is no such baseline, or what describes it is damaged.
    """
    shipped = read(folder(), ABOUT)
    for row in shipped.where(baseline=baseline):
        return row
    if baseline not in own_folders():
        raise DataError(f"{baseline}: there is no such baseline, here or in {built_folder()}")
    place, past = own_folders()[baseline], history()
    rows = read(place, ABOUT).rows
    lenders = (*shipped.column("baseline"), *(past if baseline not in past else ()))
    if [row["baseline"] for row in rows] != [baseline] or rows[0]["prices_of"] not in lenders:
        raise DataError(f"{place / ABOUT}.csv: expected one row, for {baseline}, with prices_of {', '.join(lenders)}")
    return rows[0]


def flows(baseline: str) -> Table:
    """Who ships what to whom in a baseline, China as one."""
    return table(about(baseline)["flows"], baseline)


def segments(baseline: str) -> Table:
    """China's column of `flows` over its three segments."""
    return table(about(baseline)["flows"].replace("flows", "china_segments", 1), baseline)


def prices(baseline: str) -> dict[str, Row]:
    """Delivered price in China and freight of every stream, stream -> row.

    A past month has rows of its own for streams that stood differently against Brent then; all others are those of
    the baseline it takes its prices of.
    """
    lender = about(baseline)["prices_of"]
    rows = table(PRICES).where(baseline=lender)
    found = {row["stream"]: row for row in rows} if lender == baseline or rows else prices(lender)
    return found | {row["stream"]: row for row in past_rows(PRICES, baseline)}


def duties(baseline: str) -> tuple[Row, ...]:
    """Duties in force; those of a past month are its own, or none."""
    lender = lender_of(baseline)
    return past_rows(DUTIES, lender) if lender in history() else table(DUTIES).where(baseline=lender)


def past_rows(kind: str, baseline: str) -> tuple[Row, ...]:
    """Rows of a table that only baselines of past months have, and not all of them: `KIND_NAME` in their folder."""
    name = f"{kind}_{baseline}"
    return table(name, baseline).rows if baseline in history() and _owns(baseline, name) else ()


def lender_of(baseline: str) -> str:
    """Whose prices and duties a baseline has, and those built from it: a past month has its own."""
    return baseline if baseline in history() else str(about(baseline)["prices_of"])


def names(baseline: str | None = None) -> tuple[str, ...]:
    """Every shipped table, by name; or those in a baseline's own folder.

    Raises
    ------
    DataError : there are others than the table `baselines` names.
    """
    return tables_in(folder() if baseline is None else own_folders()[baseline])


def table(name: str, baseline: str | None = None) -> Table:
    """One table, checked against its sidecar; raises DataError with all that is wrong with the file.

    With `baseline`, that baseline's own copy if it has a folder with one, else the shipped table.
    """
    if baseline is not None and _owns(baseline, name):
        return read(own_folders()[baseline], name)
    return read(folder(), name)


def _owns(baseline: str, name: str) -> bool:
    return baseline in own_folders() and name in names(baseline)


def folders_in(where: Path) -> tuple[str, ...]:
    """Folders in here that hold a baseline, or what is left of one."""
    parts = (f"{ABOUT}.yaml", f"{ABOUT}.csv", "flows_*.yaml")
    return tuple(sorted({path.parent.name for part in parts for path in where.glob(f"[!.]*/{part}")}))


@derived
def tables_in(where: Path) -> tuple[str, ...]:
    """The tables of a folder: those that its table of baselines names, or all where it names none."""
    there = {path.stem for path in where.glob("*.yaml")}
    said = set(read(where, ABOUT).meta.get("tables", there)) if there else there
    if more := sorted(there - said):
        what = f"belongs to nothing: expected it among the tables of {ABOUT}.yaml, or gone"
        raise DataError("\n".join(f"{where / name}.yaml: {what}" for name in more))
    return tuple(sorted(said))


def vocabulary() -> Vocabulary:
    """The names scenarios may use, as the tables have them."""
    words = _vocabulary(folder())
    own = tuple(own_folders())
    return replace(words, baselines=(*words.baselines, *own)) if own else words


def forget() -> None:
    """Read every table again: after one was written."""
    tables.forget()
    for clear in _derived:
        clear()


def seal(name: str) -> None:
    """Write the digest and the number of rows of an edited table into its sidecar, then check the table.

    For maintainers, after an edit that was meant: `python -c "from simulator.datasets import seal; seal('prices')"`;
    for a past month `seal('history/feb_2022/prices_feb_2022')`. What no longer fits is raised as DataError.
    """
    tables.seal(folder(), name)
    forget()
    table(name)


def read(where: Path, name: str) -> Table:
    """One table of a folder, checked against its sidecar; raises DataError with all that is wrong with the file."""
    return tables.read(where, name, folder())


@derived
def _vocabulary(where: Path) -> Vocabulary:
    streams = read(where, "streams")
    straits = (*read(where, "chokepoints").column("chokepoint"), *read(where, "passages").column("passage"))
    return Vocabulary(
        streams=streams.column("stream"),
        countries=_distinct(streams.column("country")),
        groups=_distinct(streams.column("group")),
        buyers=read(where, "buyers").column("buyer"),
        parameters={row["name"]: row for row in read(where, "parameters").rows},
        baselines=tuple(row["baseline"] for row in read(where, ABOUT).rows if row["flows"]),
        chokepoints=_distinct(straits),
        origins={row["stream"]: (row["country"], row["group"]) for row in streams.rows},
    )


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
