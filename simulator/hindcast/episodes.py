"""Episodes of history: a scenario that holds only what was known, and targets that hold what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator import datasets
from simulator.errors import DataError, InputError, Problem, nearest
from simulator.scenario import Scenario, load_scenario

FOLDER = "episodes"
EPISODES, TARGETS = "episodes", "targets"
SCORED = "monthly"
"""The class of targets that a model of months answers for."""


@dataclass(frozen=True)
class Target:
    """One thing that was observed, and how it is read off a run.

    statistic : a name of `readings.STATISTICS`
    metric, by, item : of the result table; items joined by `+` are added up. loser_item : whose loss is the measure
        of `share_of_loss_pct`
    first, last : the window, YYYY-MM   since_first, since_last : what it is compared with; since_value : a known level instead;
        without either the level before the shock
    threshold_share : level that counts as reached, as a share of the one before the shock
    observed, tolerance : in `unit`   kind : what sort of figure it is, for the forecast "as last time"
    """

    episode: str
    target: str
    target_class: str
    reason: str | None
    statistic: str
    metric: str
    by: str
    item: str
    loser_item: str | None
    first: str
    last: str
    since_first: str | None
    since_last: str | None
    since_value: float | None
    threshold_share: float | None
    observed: float
    tolerance: float
    unit: str
    kind: str
    basis: str
    standing: str
    source: str

    @property
    def scored(self) -> bool:
        """Whether it counts."""
        return self.target_class == SCORED


@dataclass(frozen=True)
class Episode:
    """One episode: its scenario, its targets, and the sizes that rules of thumb go by.

    lost_kbd : barrels known to be lost   displaced_kbd : barrels known to need new buyers
    """

    id: str
    title: str
    month: str
    lost_kbd: float
    displaced_kbd: float
    scenario: Scenario
    targets: tuple[Target, ...]

    @property
    def scored(self) -> tuple[Target, ...]:
        """The targets that count."""
        return tuple(target for target in self.targets if target.scored)


def named(names: Sequence[str]) -> tuple[Episode, ...]:
    """Shipped episodes by name and the user's own by folder, oldest first; all shipped ones if none is named.

    Raises
    ------
    InputError : what is neither, or cannot be read.
    """
    folders = [Path(name) for name in names if Path(name).is_dir()]
    known = [name for name in names if not Path(name).is_dir()]
    found = [episode for folder in folders for episode in own(folder)]
    found += shipped(known) if known or not folders else ()
    return tuple(sorted(found, key=lambda episode: episode.month))


def shipped(names: Sequence[str] = ()) -> tuple[Episode, ...]:
    """Shipped episodes by name, all of them if none is named, oldest first.

    Raises
    ------
    InputError : a name that is none.   DataError : a table that is not what its sidecar describes.
    """
    rows = datasets.table(EPISODES).rows
    known = [row["episode"] for row in rows]
    problems = [
        Problem("EPISODE", "there is no such episode", given=name, allowed=", ".join(known), meant=nearest(name, known))
        for name in names
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    targets = tuple(_target(row) for row in datasets.table(TARGETS).rows)
    folder = datasets.folder() / FOLDER
    return tuple(_episode(row, targets, folder) for row in rows if not names or row["episode"] in names)


def own(folder: Path) -> tuple[Episode, ...]:
    """Episodes of the user's own: `episodes.csv` and `targets.csv` with their sidecars, and one scenario each.

    Raises
    ------
    InputError, DataError : what cannot be read, with its place.
    """
    try:
        rows, targets = (datasets.table_in(folder, name).rows for name in (EPISODES, TARGETS))
    except DataError as error:
        raise InputError([Problem(str(folder), line) for line in str(error).splitlines()]) from None
    return tuple(_episode(row, tuple(map(_target, targets)), folder) for row in rows)


def _episode(row: datasets.Row, targets: Iterable[Target], folder: Path) -> Episode:
    mine = tuple(target for target in targets if target.episode == row["episode"])
    return Episode(
        id=row["episode"],
        title=row["title"],
        month=row["month"],
        lost_kbd=row["lost_kbd"],
        displaced_kbd=row["displaced_kbd"],
        scenario=load_scenario(folder / f"{row['episode']}.yaml"),
        targets=mine,
    )


def _target(row: dict[str, Any]) -> Target:
    return Target(**row)
