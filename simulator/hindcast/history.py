"""All episodes replayed and judged, each with parameters that never saw it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from simulator import datasets
from simulator.hindcast.episodes import Episode, shipped
from simulator.hindcast.replay import predict
from simulator.hindcast.scores import Judged, Prediction, Score, judge, score
from simulator.inputs import fitted

STRUCTURAL = "structural_error"
ALL = "none"
"""In the table of structural errors: no episode left out."""


@dataclass(frozen=True)
class Hindcast:
    """History as the model would have had it.

    predictions : one an episode   judged : every scored target   draws, seed : as run
    """

    predictions: tuple[Prediction, ...]
    judged: tuple[Judged, ...]
    draws: int
    seed: int

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """The episodes, oldest first."""
        return tuple(one.episode for one in self.predictions)

    @property
    def unconverged(self) -> int:
        """Draws left out, over all episodes."""
        return sum(one.unconverged for one in self.predictions)

    @cached_property
    def score(self) -> Score:
        """Over all targets."""
        return score(self.judged, self.predictions)

    def of(self, episode: Episode) -> tuple[Judged, ...]:
        """The targets of one episode."""
        return tuple(row for row in self.judged if row.target.episode == episode.id)


def hindcast(
    episodes: Sequence[Episode],
    draws: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Hindcast:
    """Replay episodes and judge what came out.

    An episode that the parameters were fitted to is replayed with those that the other episodes alone would have
    given, and with their structural error; any other with the parameters in use.
    """
    known = {row["without"]: row["tolerances"] for row in datasets.table(STRUCTURAL).rows}
    history = (*shipped(), *(episode for episode in episodes if not episode.in_fit))
    predictions: list[Prediction] = []
    judged: list[Judged] = []
    for number, episode in enumerate(episodes):
        members = fitted.shipped_without(episode.id) if episode.in_fit else fitted.shipped()
        predictions.append(predict(episode, members, draws, seed))
        scale = known[episode.id if episode.in_fit else ALL]
        judged += judge(predictions[-1], scale, history, seed)
        if progress:
            progress(number + 1, len(episodes))
    return Hindcast(tuple(predictions), tuple(judged), draws, seed)
