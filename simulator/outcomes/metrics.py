"""Which metrics there are, and the check that a caller asks for none other."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.errors import InputError, Problem, nearest
from simulator.outcomes.bargain import BARGAIN
from simulator.outcomes.month import FLOW, METRICS
from simulator.outcomes.outcome import EVERYTHING, Wanted

SUBSIDY, SHORTFALL = "commitment_subsidy_usd_bbl", "commitment_shortfall_kbd"
OTHER_FUELS = "energy_commitment_usd_bn"


def known_metrics() -> dict[str, tuple[str, ...]]:
    """Every metric, and the ways it can be seen, in the order of the result table."""
    ways = [(metric, by) for metric, by, _ in METRICS]
    ways += [(FLOW, "buyer_stream"), (FLOW, "buyer_group"), (SUBSIDY, "stream"), (SHORTFALL, "stream")]
    ways += [(metric, "total") for metric in (*BARGAIN, OTHER_FUELS)]
    return {metric: tuple(by for name, by in ways if name == metric) for metric in dict.fromkeys(m for m, _ in ways)}


def wanted_metrics(names: Iterable[str] | None, key: str = "metrics") -> Wanted:
    """What a caller asks for, as `share` or `share/group`; None: everything.

    Raises
    ------
    InputError : a name is not known; all such names at once. `key` is what the problems are filed under.

    >>> wanted_metrics(["share/group"]).keeps("share", "country")
    False
    """
    if names is None:
        return EVERYTHING
    asked = dict.fromkeys(names)
    known = known_metrics()
    problems = [_unknown(name, known, key) for name in asked if not _is_known(name, known)]
    if problems:
        raise InputError(problems)
    return Wanted(frozenset(asked))


def _is_known(name: str, known: dict[str, tuple[str, ...]]) -> bool:
    metric, slash, by = name.partition("/")
    return metric in known and (not slash or by in known[metric])


def _unknown(name: str, known: dict[str, tuple[str, ...]], key: str) -> Problem:
    metric, _, by = name.partition("/")
    if metric in known:
        meant = nearest(by, known[metric])
        what, allowed = f"{metric} is not seen that way", [f"{metric}/{way}" for way in known[metric]]
        return Problem(key, what, given=name, allowed=", ".join(allowed), meant=meant and f"{metric}/{meant}")
    return Problem(key, "there is no such metric", given=name, allowed=", ".join(known), meant=nearest(metric, known))
