"""The names a scenario may use, and which streams and buyers they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.axes import CHINA_SEGMENTS
from simulator.errors import nearest

Row = dict[str, Any]


@dataclass(frozen=True)
class Vocabulary:
    """The names a scenario may use, in table order."""

    streams: tuple[str, ...]
    countries: tuple[str, ...]
    groups: tuple[str, ...]
    buyers: tuple[str, ...]
    parameters: Mapping[str, Row]
    baselines: tuple[str, ...]
    chokepoints: tuple[str, ...]
    origins: Mapping[str, tuple[str, str]]
    """(country, group) of each stream."""

    def expand_streams(self, names: Iterable[str]) -> tuple[str, ...]:
        """The streams meant by stream ids, countries or groups: a set, in table order.

        A country named with one of its own streams counts that stream once.
        Raises KeyError on an unknown name.
        """
        wanted = _known(names, (*self.streams, *self.countries, *self.groups))
        return tuple(s for s in self.streams if wanted & {s, *self.origins[s]})

    def expand_buyers(self, names: Iterable[str]) -> tuple[str, ...]:
        """The buyers meant by buyer ids or `china`: a set, in table order; KeyError on an unknown name."""
        wanted = _known(names, (*self.buyers, "china"))
        if "china" in wanted:
            wanted |= set(CHINA_SEGMENTS)
        return tuple(buyer for buyer in self.buyers if buyer in wanted)


def _known(names: Iterable[str], known: tuple[str, ...]) -> set[str]:
    wanted = set(names)
    for name in sorted(wanted - set(known)):
        hint = nearest(name, known)
        raise KeyError(f"{name} is not known" + (f"; did you mean {hint}?" if hint else ""))
    return wanted
