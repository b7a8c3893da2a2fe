"""Episodes run through the model, as any scenario is, and read where something was observed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.blocks import BlockRun, in_order, prepare
from simulator.errors import InputError, Problem, nearest
from simulator.hindcast.episodes import Episode
from simulator.hindcast.readings import Replay, read, wanted
from simulator.hindcast.scores import Prediction
from simulator.inputs.fitted import Fitted
from simulator.outcomes.horizon import Key

Array = NDArray[np.float64]


def predict(episode: Episode, fitted: Fitted, draws: int, seed: int, keep_unconverged: bool = False) -> Prediction:
    """What the model says about every scored target of an episode.

    Parameters
    ----------
    fitted : parameters drawn together
    keep_unconverged : leave draws that did not clear in their place, as NaN, instead of leaving them out
    """
    plan = prepare(episode.scenario, fitted)
    keys = {key for target in episode.scored for key in wanted(target)}
    months = episode.scenario.month_labels
    values, converged = [], []
    for block in in_order(plan, draws, seed):
        _refuse_unknown(episode, block)
        replay = _replay(block, months, keys)
        values.append(_read_all(replay, episode))
        converged.append(block.converged)
        calm = replay.unchanged()
    good, every = np.concatenate(converged), np.concatenate(values)
    kept = np.where(good[:, None], every, np.nan) if keep_unconverged else every[good]
    return Prediction(episode, kept, _read_all(calm, episode)[0], int((~good).sum()))


def _read_all(replay: Replay, episode: Episode) -> Array:
    return np.stack([read(replay, target) for target in episode.scored], axis=1)


def _refuse_unknown(episode: Episode, block: BlockRun) -> None:
    """Refuse targets that name no outcome of the run, with the nearest that is."""
    known = {"/".join(key): key for key in block.after.keys}
    problems = []
    for target in episode.scored:
        for key in sorted(wanted(target) - set(known.values())):
            given = "/".join(key)
            what = "is no outcome of this run (metric/by/item)"
            problems.append(
                Problem(f"{target.episode}.{target.target}", what, given=given, meant=nearest(given, known))
            )
    if problems:
        raise InputError(problems)


def _replay(block: BlockRun, months: tuple[str, ...], keys: set[Key]) -> Replay:
    column = {key: block.after.keys.index(key) for key in keys}
    total, count = block.before[:, 0]
    return Replay(
        months,
        {key: block.after.values[:, :-1, i] for key, i in column.items()},
        {key: float(total[i] / count[i]) for key, i in column.items()},
    )
