"""What forecasters say without a model: nothing changes, as last time, a rule of thumb."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.hindcast.episodes import Episode, Target

NAIVE = ("nothing changes", "as last time", "rule of thumb")
BRENT_PCT_PER_MBD = 5.0
USD_PER_100_KBD = 1.0


def forecasts(target: Target, episode: Episode, unchanged: float, history: Sequence[Episode]) -> tuple[float, ...]:
    """The three forecasts of a target, in the order of `NAIVE`.

    Parameters
    ----------
    unchanged : the target's value if nothing had happened
    history : all episodes, in any order; only earlier ones are looked at
    """
    return unchanged, _as_last_time(target, episode, unchanged, history), _rule_of_thumb(target, episode, unchanged)


def _as_last_time(target: Target, episode: Episode, unchanged: float, history: Sequence[Episode]) -> float:
    """What was observed for a figure of this kind in the last episode that had it by then; else no change."""
    earlier = sorted((one for one in history if one.month < episode.month), key=lambda one: one.month)
    like = (target.kind, target.unit, target.statistic)
    found = [
        past.observed
        for one in earlier
        for past in one.scored
        if past.last < episode.month and (past.kind, past.unit, past.statistic) == like
    ]
    return found[-1] if found else unchanged


def _rule_of_thumb(target: Target, episode: Episode, unchanged: float) -> float:
    """5 % of Brent per mb/d lost, 1 USD of discount per 100 kb/d that needs new buyers; else no change."""
    if target.metric == "brent_usd_bbl":
        rise_pct = BRENT_PCT_PER_MBD * episode.lost_kbd / 1e3
        return rise_pct if target.statistic == "change_pct" else unchanged
    if target.unit == "USD/bbl":
        return unchanged - USD_PER_100_KBD * episode.displaced_kbd / 100.0
    return unchanged
