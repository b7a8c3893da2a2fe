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
from functools import cache, lru_cache, partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from simulator import consistency, tables
from simulator.errors import DataError
from simulator.keeping import finish_killed
from simulator.sidecars import SIDECAR_FIELDS
from simulator.tables import Row, Table
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
        return make(*given, **dict(named))  # type: ignore[call-arg]

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
    return _folders(folder() / HISTORY)


def built() -> tuple[str, ...]:
    """The baselines the user built, by name."""
    finish_killed(built_folder())
    shipped = {*_read(folder(), ABOUT).column("baseline"), *history()}
    return tuple(name for name in _folders(built_folder()) if name not in shipped)


def own_folders() -> dict[str, Path]:
    """Where the baselines are that have a folder of their own: past months, then those the user built."""
    past = {name: folder() / HISTORY / name for name in history()}
    return past | {name: built_folder() / name for name in built()}


def about(baseline: str) -> Row:
    """What a baseline is: Brent, its table of flows, whose prices and duties it takes.

    Raises
    ------
    DataError : there is no such baseline, or what describes it is damaged.
    """
    shipped = _read(folder(), ABOUT)
    for row in shipped.where(baseline=baseline):
        return row
    if baseline not in own_folders():
        raise DataError(f"{baseline}: there is no such baseline, here or in {built_folder()}")
    place, past = own_folders()[baseline], history()
    rows = _read(place, ABOUT).rows
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
    return _belonging(folder() if baseline is None else own_folders()[baseline])


def table(name: str, baseline: str | None = None) -> Table:
    """One table, checked against its sidecar; raises DataError with all that is wrong with the file.

    With `baseline`, that baseline's own copy if it has a folder with one, else the shipped table.
    """
    if baseline is not None and _owns(baseline, name):
        return _read(own_folders()[baseline], name)
    return _read(folder(), name)


def _owns(baseline: str, name: str) -> bool:
    return baseline in own_folders() and name in names(baseline)


def _folders(where: Path) -> tuple[str, ...]:
    """Folders in here that hold a baseline, or what is left of one."""
    parts = (f"{ABOUT}.yaml", f"{ABOUT}.csv", "flows_*.yaml")
    return tuple(sorted({path.parent.name for part in parts for path in where.glob(f"[!.]*/{part}")}))


@derived
def _belonging(where: Path) -> tuple[str, ...]:
    """The tables of a folder: those that its table of baselines names, or all where it names none."""
    there = {path.stem for path in where.glob("*.yaml")}
    said = set(_read(where, ABOUT).meta.get("tables", there)) if there else there
    if more := sorted(there - said):
        what = f"belongs to nothing: expected it among the tables of {ABOUT}.yaml, or gone"
        raise DataError("\n".join(f"{where / name}.yaml: {what}" for name in more))
    return tuple(sorted(said))


def verify() -> list[str]:
    """What is wrong with the tables, shipped and built, one line per problem; empty if nothing is."""
    where = folder()
    history_folders = [where / HISTORY / name for name in _folders(where / HISTORY)]
    built_folders = [built_folder() / name for name in _folders(built_folder())]
    found: dict[str, None] = {}
    for place in (where, *history_folders, *built_folders):
        found |= dict.fromkeys(_lonely(place) if place not in built_folders else ())
        found |= dict.fromkeys(_told(partial(check, place)))
    if not found and not names():
        return [f"{where}: expected tables with sidecars, found none"]
    if found:
        return list(found)
    for baseline in vocabulary().baselines:
        found |= dict.fromkeys(_told(partial(agree, baseline)))
    for look in (agree_fitted, _others_rise):
        found |= dict.fromkeys(_told(look))
    return list(found)


def _others_rise() -> None:
    """Check the order of low and high values in tables that no run reads."""
    if found := [f"{folder()}: {line}" for name in names() for line in consistency.rising(table(name))]:
        raise DataError("\n".join(found))


def _told(look: Callable[[], object]) -> list[str]:
    """The lines of what is refused, if anything is."""
    try:
        look()
    except DataError as error:
        return str(error).splitlines()
    return []


def _lonely(place: Path) -> list[str]:
    """Tables without a sidecar."""
    lonely = (path for path in sorted(place.glob("*.csv")) if not path.with_suffix(".yaml").is_file())
    return [f"{path}: a table without a sidecar: expected {path.stem}.yaml beside it" for path in lonely]


def check(where: Path) -> None:
    """Check the tables of a folder against their sidecars; raises DataError with all that is wrong."""
    found = _told(partial(_belonging, where))
    stems = {path.stem for path in where.glob("*.yaml")} if found else _belonging(where)
    for name in sorted(stems):
        found += [line for line in _told(partial(_read, where, name)) if line not in found]
    if found:
        raise DataError("\n".join(found))


@derived
def agree(baseline: str) -> None:
    """Check what the tables that a run of a baseline reads say together; raises DataError with all that is wrong."""
    past = baseline in history()
    here = about(baseline)
    found = list(_contradictions())
    if own := own_folders().get(baseline):
        found += [f"{own}: {line}" for name in names(baseline) for line in consistency.rising(table(name, baseline))]
    if not str(here["flows"]).startswith("flows_") or here["flows"] not in names(baseline if own else None):
        raise DataError(f"{own or folder()}: {ABOUT}: flows: expected a table of flows of {baseline}")
    where = own or folder()
    trade = consistency.trade(table, here, flows(baseline), segments(baseline), prices(baseline), past)
    found += [f"{where}: {line}" for line in trade]
    if found:
        raise DataError("\n".join(dict.fromkeys(found)))


@derived
def agree_fitted() -> None:
    """Check the parameters drawn together against the tables beside; raises DataError with all that is wrong."""
    if found := [f"{folder()}: {line}" for line in consistency.fitted(table)]:
        raise DataError("\n".join(found))


@derived
def _contradictions() -> tuple[str, ...]:
    """What is wrong with the tables that all baselines share."""
    return tuple(f"{folder()}: {line}" for line in consistency.shared(table))


def refuse_changed(baseline: str) -> None:
    """Refuse to go on with tables of a baseline of which some are no longer those on disk; raises DataError.

    What was read is kept, so that a result could else rest on a table from before a change and another from after.
    """
    own = own_folders()
    places = {folder(), *(own[name] for name in (baseline, lender_of(baseline)) if name in own)}
    if paths := [path for path in tables.changed() if path.parent in places]:
        raise DataError("\n".join(f"{path}: changed while it was in use: start anew" for path in paths))


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


def _read(where: Path, name: str) -> Table:
    return tables.read(where, name, folder())


@derived
def _vocabulary(where: Path) -> Vocabulary:
    streams = _read(where, "streams")
    straits = (*_read(where, "chokepoints").column("chokepoint"), *_read(where, "passages").column("passage"))
    return Vocabulary(
        streams=streams.column("stream"),
        countries=_distinct(streams.column("country")),
        groups=_distinct(streams.column("group")),
        buyers=_read(where, "buyers").column("buyer"),
        parameters={row["name"]: row for row in _read(where, "parameters").rows},
        baselines=tuple(row["baseline"] for row in _read(where, ABOUT).rows if row["flows"]),
        chokepoints=_distinct(straits),
        origins={row["stream"]: (row["country"], row["group"]) for row in streams.rows},
    )


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
