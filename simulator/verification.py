"""Whether the tables can be trusted: each as its sidecar describes it, all of them together, none changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from simulator import consistency, datasets, tables
from simulator.errors import DataError


def verify() -> list[str]:
    """What is wrong with the tables, shipped and built, one line per problem; empty if nothing is."""
    where = datasets.folder()
    history_folders = [where / datasets.HISTORY / name for name in datasets.folders_in(where / datasets.HISTORY)]
    built_folders = [datasets.built_folder() / name for name in datasets.folders_in(datasets.built_folder())]
    found: dict[str, None] = {}
    for place in (where, *history_folders, *built_folders):
        found |= dict.fromkeys(_lonely(place) if place not in built_folders else ())
        found |= dict.fromkeys(_told(partial(check, place)))
    if not found and not datasets.names():
        return [f"{where}: expected tables with sidecars, found none"]
    if found:
        return list(found)
    for baseline in datasets.vocabulary().baselines:
        found |= dict.fromkeys(_told(partial(agree, baseline)))
    for look in (agree_fitted, _others_rise):
        found |= dict.fromkeys(_told(look))
    return list(found)


def _others_rise() -> None:
    """Check the order of low and high values in tables that no run reads."""
    if found := [
        f"{datasets.folder()}: {line}" for name in datasets.names() for line in consistency.rising(datasets.table(name))
    ]:
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
    found = _told(partial(datasets.tables_in, where))
    stems = {path.stem for path in where.glob("*.yaml")} if found else datasets.tables_in(where)
    for name in sorted(stems):
        found += [line for line in _told(partial(datasets.read, where, name)) if line not in found]
    if found:
        raise DataError("\n".join(found))


@datasets.derived
def agree(baseline: str) -> None:
    """Check what the tables that a run of a baseline reads say together; raises DataError with all that is wrong."""
    past = baseline in datasets.history()
    here = datasets.about(baseline)
    found = list(_contradictions())
    if own := datasets.own_folders().get(baseline):
        found += [
            f"{own}: {line}"
            for name in datasets.names(baseline)
            for line in consistency.rising(datasets.table(name, baseline))
        ]
    if not str(here["flows"]).startswith("flows_") or here["flows"] not in datasets.names(baseline if own else None):
        raise DataError(f"{own or datasets.folder()}: {datasets.ABOUT}: flows: expected a table of flows of {baseline}")
    volumes = datasets.flows(baseline), datasets.segments(baseline)
    trade = consistency.trade(datasets.table, here, *volumes, datasets.prices(baseline), past)
    found += [f"{own or datasets.folder()}: {line}" for line in trade]
    if found:
        raise DataError("\n".join(dict.fromkeys(found)))


@datasets.derived
def agree_fitted() -> None:
    """Check the parameters drawn together against the tables beside; raises DataError with all that is wrong."""
    if found := [f"{datasets.folder()}: {line}" for line in consistency.fitted(datasets.table)]:
        raise DataError("\n".join(found))


@datasets.derived
def _contradictions() -> tuple[str, ...]:
    """What is wrong with the tables that all baselines share."""
    return tuple(f"{datasets.folder()}: {line}" for line in consistency.shared(datasets.table))


def refuse_changed(baseline: str) -> None:
    """Refuse to go on with tables of a baseline of which some are no longer those on disk; raises DataError.

    What was read is kept, so that a result could else rest on a table from before a change and another from after.
    """
    own = datasets.own_folders()
    places = {datasets.folder(), *(own[name] for name in (baseline, datasets.lender_of(baseline)) if name in own)}
    if paths := [path for path in tables.changed() if path.parent in places]:
        raise DataError("\n".join(f"{path}: changed while it was in use: start anew" for path in paths))
