"""The types of the schema's fields: each a value with its unit and legal range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from simulator.reading.findings import Finding
from simulator.reading.scalars import shown
from simulator.scenario.choices import Word, WordedShare
from simulator.scenario.kinds import Kind, refuse
from simulator.scenario.names import BASELINE, BUYER, CHOKEPOINT, STREAM, Names, parameter_range
from simulator.scenario.ranges import Range, Whole
from simulator.scenario.values import Distribution, Month

EARLIEST, LATEST = Month.of(1970, 1), Month.of(2100, 12)


@dataclass(frozen=True)
class Text(Kind):
    """Words, on one line once folded."""

    longest: int

    kind = "text"
    unit = ""

    @property
    def allowed(self) -> str:
        """The legal length in words."""
        return f"1 to {self.longest} characters"

    def read(self, value: object) -> str:
        """The text with runs of white space folded."""
        if not isinstance(value, str):
            meant = f'"{shown(value)}"' if isinstance(value, int | float) else None
            raise refuse(Finding((), "must be text, in quotes if need be", given=shown(value), meant=meant))
        text = " ".join(value.split())
        if not text.isprintable():
            raise refuse(Finding((), "holds control characters", given=shown(value)))
        if not 1 <= len(text) <= self.longest:
            given = f"{len(text)} characters"
            raise refuse(Finding((), "has the wrong length", given=given, allowed=self.allowed))
        return text


@dataclass(frozen=True)
class Calendar(Kind):
    """A month, written YYYY-MM."""

    kind = "month"
    unit = "YYYY-MM"
    allowed = f"{EARLIEST} to {LATEST}"

    def read(self, value: object) -> Month:
        """The value as a Month."""
        if isinstance(value, Month):
            return value
        try:
            month = Month.parse(value) if isinstance(value, str) else None
        except ValueError:
            month = None
        if month is None:
            what, meant = "is not a month: write YYYY-MM", _month_meant(value)
            raise refuse(Finding((), what, given=shown(value), allowed=self.allowed, meant=meant))
        if not EARLIEST <= month <= LATEST:
            raise refuse(Finding((), "is outside its range", given=shown(value), allowed=self.allowed))
        return month


@dataclass(frozen=True)
class Overrides(Kind):
    """Named parameters with the value to use instead; each has its own legal range."""

    kind = "mapping of parameter names to numbers, or to {low, mid, high}"
    unit = "by parameter"
    allowed = "by parameter"

    def read(self, value: object, info: ValidationInfo) -> dict[str, Distribution]:
        """The overrides; a null entry is none."""
        if not isinstance(value, Mapping):
            raise refuse(Finding((), "must hold parameter names and values", given=shown(value)))
        found: list[Finding] = []
        read: dict[str, Distribution] = {}
        for name, number in value.items():
            try:
                limits = parameter_range(str(name), info.context)
                if number is not None:
                    read[str(name)] = limits.read(number)
            except PydanticCustomError as error:
                found += [one.under((str(name),)) for one in (error.context or {})["findings"]]
        if found:
            raise refuse(*found)
        return dict(sorted(read.items()))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read)


def kind_of(field: FieldInfo) -> Any:
    """The kind attached to a field of the schema, or None where it has none of ours."""
    places = (*field.metadata, *(one for part in get_args(field.annotation) for one in get_args(part)))
    return next((one for one in places if isinstance(one, Kind)), None)


def _month_meant(value: object) -> str | None:
    """The month behind a day, or behind six digits or a single-digit month."""
    text = shown(value).strip('"').replace("/", "-")
    parts = text.split("-")
    if len(parts) == 1 and len(text) == 6:
        parts = [text[:4], text[4:]]
    try:
        return str(Month.parse(f"{parts[0]}-{parts[1].zfill(2)}"))
    except (IndexError, ValueError):
        return None


Fleet = Literal["shadow", "mainstream"]
Sanctioner = Literal["us", "eu"]
Threatened = Literal["china"]
Response = Literal["least_cost", "comply", "defy"]
Commodity = Literal["lng", "ethane", "lpg", "coal"]

Sampling = Literal["monte_carlo", "sobol", "latin_hypercube"]
SAMPLINGS: tuple[str, ...] = get_args(Sampling)
DEFAULT_SAMPLING = SAMPLINGS[0]

Share = Annotated[Distribution, Range("share", 0, 1)]
Volume = Annotated[Distribution, Range("kb/d", 0, 50_000, log=True)]
VolumeChange = Annotated[Distribution, Range("kb/d", -50_000, 50_000, log=True)]
DemandChange = Annotated[Distribution, Range("share", -1, 1)]
Dollars = Annotated[Distribution, Range("USD/bbl", -500, 500, log=True)]
Cap = Annotated[Distribution, Range("USD/bbl", 0.01, 500, log=True)]
Subsidy = Annotated[Distribution, Range("USD/bbl", 0, 500, log=True)]
DutyRate = Annotated[Distribution, Range("share of the price", -1, 10)]
PenaltyRate = Annotated[Distribution, Range("share of the goods' value", 0, 50)]
ExistingRate = Annotated[Distribution, Range("share of the goods' value", 0, 10)]
Others = Annotated[Distribution, WordedShare("share", 0, 1, none="free", all="comply")]
Stored = Annotated[Distribution, Range("mb", 0, 5_000, log=True)]
Purchase = Annotated[Distribution, Range("bn USD/year", 0, 1_000, log=True)]
Shipped = Annotated[Distribution, Range("Mt/year", 0, 1_000, log=True)]
EnergyPrice = Annotated[Distribution, Range("USD/mmbtu", 0, 200, log=True)]
FearedMonths = Annotated[Distribution, Range("months", 0, 600)]
HalfLife = Annotated[Distribution, Range("months", 0.1, 1200)]
Months = Annotated[int, Whole("months", 0, 600)]
MonthText = Annotated[Month, Calendar()]
Note = Annotated[str, Text(2000)]
Streams = Annotated[tuple[str, ...], Names(STREAM)]
Exceptions = Annotated[tuple[str, ...], Names(STREAM, least=0)]
Buyers = Annotated[tuple[str, ...], Names(BUYER)]
Chokepoint = Annotated[str, CHOKEPOINT]
FleetName = Annotated[Fleet, Word("fleet", get_args(Fleet))]
Coalition = Annotated[tuple[Sanctioner, ...], Names(Word("member of a coalition", get_args(Sanctioner)))]
Target = Annotated[Threatened, Word("target", get_args(Threatened))]
SamplingName = Annotated[Sampling, Word("sampling", SAMPLINGS)]
ResponseName = Annotated[Response, Word("response", get_args(Response))]
CommodityName = Annotated[Commodity, Word("commodity", get_args(Commodity))]
Baseline = Annotated[str, BASELINE]
Parameters = Annotated[Mapping[str, Distribution], Overrides()]
