"""The levers as data: what each is, how far it goes, and where it acts in a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SEABORNE = ("russia_espo_kozmino", "russia_sokol", "russia_arctic", "russia_urals")
"""Russian crude that comes by ship: what buyers can leave on short notice."""
IEA_HOLDERS = ("europe", "japan_korea_taiwan", "united_states")
CHINA_STRATEGIC_MB, IEA_ACTION_MB = 400.0, 400.0
"""Where releases end: China's strategic store (table buyers), and what IEA members agreed on in March 2026."""


@dataclass(frozen=True)
class Lever:
    """One number of a scenario that a person moves.

    shock : what the lever writes beside its number; a shock of a scenario is the lever's own where the type and the
        entries named in `known_by` are the same and the number is there
    key : the number's key in that shock
    low, high, step : how far it goes, in the units of the file
    rest : where it writes nothing
    unit : share, kbd or months
    of : the lever whose shock this one only shapes; nothing where it writes a shock itself
    """

    name: str
    group: str
    key: str
    high: float
    step: float
    unit: str
    shock: Mapping[str, Any] = field(default_factory=dict)
    known_by: tuple[str, ...] = ()
    low: float = 0.0
    rest: float = 0.0
    of: str = ""


def _outage(stream: str) -> Lever:
    shock = {"type": "supply_outage", "streams": [stream]}
    return Lever(f"{stream}_loss", "supply", "loss_share", 1.0, 0.05, "share", shock, ("streams",))


def _leaving(segment: str) -> Lever:
    shock = {"type": "sanction", "streams": list(SEABORNE), "buyers": [segment]}
    known_by = ("streams", "buyers")
    return Lever(f"{segment}_leaves", "participation", "leave_share", 1.0, 0.05, "share", shock, known_by)


def _release(name: str, holders: tuple[str, ...], most_kbd: float, total_mb: float) -> Lever:
    shock = {"type": "stock_release", "buyers": list(holders), "total_mb": total_mb}
    return Lever(name, "reserves", "rate_kbd", most_kbd, 50.0, "kbd", shock, ("buyers",))


_US_TO_CHINA: dict[str, Any] = {"streams": ["us"], "buyers": ["china"]}
_STRAIT = {"type": "chokepoint", "chokepoint": "hormuz"}
_THREAT = {"type": "secondary_tariff", "coalition": ["us"], "streams": ["russia", "iran"]}
_DUTY = {"type": "tariff", **_US_TO_CHINA}
_PROMISE = {"type": "purchase_commitment", **_US_TO_CHINA}

LEVERS = (
    _outage("iran"),
    _outage("venezuela"),
    Lever("hormuz_closed", "hormuz", "closed_share", 1.0, 0.05, "share", _STRAIT, ("chokepoint",)),
    Lever("hormuz_months", "hormuz", "end", 600.0, 1.0, "months", low=1.0, rest=3.0, of="hormuz_closed"),
    _leaving("cn_state"),
    _leaving("cn_private"),
    _leaving("cn_teapot"),
    # A threat can stand only once in a scenario, so that any there is is this one.
    Lever("threat_rate", "threat", "rate", 5.0, 0.1, "share", _THREAT),
    Lever("threat_enforced", "threat", "enforcement_probability", 1.0, 0.05, "share", rest=1.0, of="threat_rate"),
    Lever("us_duty", "us_crude", "rate", 1.0, 0.05, "share", _DUTY, ("streams", "buyers"), low=-1.0),
    Lever("us_purchases", "us_crude", "volume_kbd", 1000.0, 25.0, "kbd", _PROMISE, ("streams", "buyers")),
    _release("china_release", ("cn_state",), 2000.0, CHINA_STRATEGIC_MB),
    _release("iea_release", IEA_HOLDERS, 4000.0, IEA_ACTION_MB),
)
BY_NAME = {lever.name: lever for lever in LEVERS}
GROUPS = tuple(dict.fromkeys(lever.group for lever in LEVERS))


def shaped_by(lever: Lever) -> tuple[Lever, ...]:
    """The levers that only shape the shock of this one."""
    return tuple(other for other in LEVERS if other.of == lever.name)


def shown(lever: Lever, value: float) -> float:
    """A lever's number as people see it: shares in percent.

    >>> shown(BY_NAME["iran_loss"], 0.57)
    57.0
    """
    return round(100 * value, 6) if lever.unit == "share" else value


def meant(lever: Lever, number: float) -> float:
    """The number of the file behind one that people see.

    >>> meant(BY_NAME["iran_loss"], 57)
    0.57
    """
    return number / 100 if lever.unit == "share" else number
