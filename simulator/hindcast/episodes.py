"""Episodes of history: a scenario that holds only what was known, and targets that hold what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator import datasets
from simulator.errors import DataError, InputError, Problem, nearest
from simulator.scenario import Scenario, load_scenario
from simulator.tables import read_like

FOLDER = "episodes"
EPISODES, TARGETS = "episodes", "targets"
NAME = re.compile(r"[^\W_][\w.-]{0,99}")
NO_NAME = "is no name: a letter or digit, then letters, digits, dots, - and _, 100 at most"
"""An episode's name is the stem of its scenario's file, which lies in the same folder and nowhere else."""
SCORED = "monthly"
"""The class of targets that a model of months answers for."""


@dataclass(frozen=True)
class Target:
    """One thing that was observed, and how it is read off a run.

    statistic : a name of `readings.STATISTICS`; this and what follows to `kind` may be left out where not scored
    metric, by, item : of the result table; items joined by `+` are added up. loser_item : whose loss is the measure
        of `share_of_loss_pct`
    first, last : the window, YYYY-MM   since_first, since_last : the window it is compared with; since_value : a known
        level instead; without either the level before the shock
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
    """One episode: its scenario, its targets, and the sizes that rules of thumb go by; 0 where none is given.

    in_fit : whether the parameters in use were fitted to it
    lost_kbd : barrels known to be lost   displaced_kbd : barrels known to need new buyers
    """

    id: str
    in_fit: bool
    lost_kbd: float
    displaced_kbd: float
    scenario: Scenario
    targets: tuple[Target, ...]

    @property
    def title(self) -> str:
        """What happened."""
        return self.scenario.name

    @property
    def month(self) -> str:
        """The first month simulated, YYYY-MM."""
        return self.scenario.month_labels[0]

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
    folders = [Path(name) for name in names if _is_folder(name)]
    known = [name for name in names if not _is_folder(name)]
    found = [episode for folder in folders for episode in own(folder)]
    found += shipped(known) if known or not folders else ()
    return tuple(sorted(found, key=lambda episode: episode.month))


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):
        return False


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
    return tuple(
        _episode(row["episode"], True, (row["lost_kbd"], row["displaced_kbd"]), targets, folder)
        for row in rows
        if not names or row["episode"] in names
    )


def own(folder: Path) -> tuple[Episode, ...]:
    """Episodes of the user's own: `targets.csv` with the columns of the shipped table, and NAME.yaml for each.

    Raises
    ------
    InputError : what cannot be read, with its place.
    """
    like = datasets.table(TARGETS).meta
    columns = {**like["columns"], "episode": {"type": "str"}}
    try:
        rows = read_like(folder / f"{TARGETS}.csv", {**like, "columns": columns}, datasets.folder())
    except DataError as error:
        raise InputError([Problem("EPISODE", line) for line in str(error).splitlines()]) from None
    targets = tuple(map(_target, rows))
    names = dict.fromkeys(target.episode for target in targets)
    where = f"{folder / TARGETS}.csv: episode"
    problems = [Problem(where, NO_NAME, given=name) for name in names if not NAME.fullmatch(name)]
    problems += [
        Problem(where, f"there is no {name}.yaml beside the table", given=name)
        for name in names
        if NAME.fullmatch(name) and not (folder / f"{name}.yaml").is_file()
    ]
    if problems:
        raise InputError(problems)
    return tuple(_episode(name, False, (0.0, 0.0), targets, folder) for name in names)


def _episode(name: str, in_fit: bool, sizes: tuple[float, float], targets: Iterable[Target], folder: Path) -> Episode:
    mine = tuple(target for target in targets if target.episode == name)
    scenario = load_scenario(folder / f"{name}.yaml")
    if not any(target.scored for target in mine):
        raise InputError([Problem(name, f"has no target of class {SCORED}: nothing to score")])
    if problems := [problem for target in mine if target.scored for problem in unreadable(target, scenario)]:
        raise InputError(problems)
    return Episode(name, in_fit, *sizes, scenario, mine)


def unreadable(target: Target, scenario: Scenario) -> list[Problem]:
    """What keeps a scored target from being read off a run of the scenario."""
    where = f"{TARGETS}: {target.episode}.{target.target}"
    found = [
        Problem(where, f"{key} is missing: a scored target needs it")
        for key in ("statistic", "metric", "by", "item", "first", "last", "kind")
        if getattr(target, key) is None
    ]
    months = scenario.month_labels
    for key in ("first", "last", "since_first", "since_last"):
        month = getattr(target, key)
        if month is not None and month not in months:
            allowed = f"{months[0]} to {months[-1]}"
            found.append(Problem(where, f"{key} is not simulated", given=month, allowed=allowed))
    if target.statistic == "share_of_loss_pct" and target.loser_item is None:
        found.append(Problem(where, "loser_item is missing: whose loss is it?"))
    if (target.statistic or "").startswith("months_") and target.threshold_share is None:
        found.append(Problem(where, "threshold_share is missing"))
    return found


def _target(row: dict[str, Any]) -> Target:
    return Target(**row)
