"""What a sensitivity analysis found, with its labels on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from simulator import __version__
from simulator.drivers.indices import Indices
from simulator.drivers.outcomes import Asked, Band
from simulator.drivers.tornado import Bar
from simulator.manifest import origin
from simulator.scenario import Scenario, to_document

if TYPE_CHECKING:
    import pandas
    import xarray

SCHEMA = 1
NEXT_TO_NOTHING = 0.01
"""A total order whose interval stays below this is not worth a second look."""
FIGURES = ("s1", "s1_low", "s1_high", "st", "st_low", "st_high")
COLUMNS = ("factor", "standing", "unit", *FIGURES, "said")
TORNADO_COLUMNS = ("factor", "standing", "unit", "p05", "p50", "p95", "low", "mid", "high", "swing")


@dataclass(frozen=True)
class Share:
    """How much of an outcome's variance one factor, or several together, account for.

    s1 : first order, by itself   st : total order, with others too; both shares of the variance with their 95 %
    intervals; NaN for s1 of a screened factor, whose st is the screening's rough figure   said : the same in words
    """

    factor: str
    standing: str
    unit: str
    s1: float
    s1_low: float
    s1_high: float
    st: float
    st_low: float
    st_high: float
    said: str


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class LeftOut:
    """Base rows left out whole: some of their runs did not clear, or have no such outcome; and runs that did not clear.
    An ordinary draw is a row of a single run."""

    unconverged: int = 0
    without_value: int = 0
    runs_unconverged: int = 0


@dataclass(frozen=True)
class Sensitivity:
    """What drives an outcome.

    shares : factors by themselves, largest total first, then those screened and put together, as one, then each of
    these   rest : variance that factors move only together   rows : how often the outcome was computed
    apart, together : the outcome when fitted parameters are drawn each by itself, as here, and together, as in a run;
    no `together` where none is drawn
    Nothing uncertain moves the outcome: no shares but screened ones, no bands.
    """

    scenario: Scenario
    asked: Asked
    seed: int
    samples: int
    rows: int
    shares: tuple[Share, ...]
    bars: tuple[Bar, ...]
    left_out: LeftOut = LeftOut()
    first_sum: float = math.nan
    rest: Interval | None = None
    apart: Band | None = None
    together: Band | None = None

    @property
    def measured(self) -> tuple[Share, ...]:
        """The factors, and the others together, whose indices were measured."""
        return tuple(share for share in self.shares if not math.isnan(share.s1))

    @property
    def screened(self) -> tuple[Share, ...]:
        """The factors that the screening put together."""
        return tuple(share for share in self.shares if math.isnan(share.s1))

    @property
    def table(self) -> pandas.DataFrame:
        """The shares as a pandas table."""
        import pandas

        return pandas.DataFrame([asdict(share) for share in self.shares], columns=COLUMNS)

    @property
    def tornado(self) -> pandas.DataFrame:
        """Each factor at its ends, the others in the middle, as a pandas table."""
        import pandas

        return pandas.DataFrame(tornado_rows(self.bars), columns=TORNADO_COLUMNS)

    def to_xarray(self) -> xarray.DataArray:
        """The shares as one labelled array over (factor, figure)."""
        import xarray

        return xarray.DataArray(
            [[getattr(share, figure) for figure in FIGURES] for share in self.shares],
            coords={"factor": [share.factor for share in self.shares], "figure": list(FIGURES)},
            dims=("factor", "figure"),
            name=self.asked.name,
        )

    def document(self) -> dict[str, Any]:
        """The JSON form: full precision, null where a value does not exist."""
        return {
            **heading(self.scenario, self.asked, self.seed),
            "samples": self.samples,
            "runs": self.rows,
            "left_out": asdict(self.left_out),
            "first_order_sum": _plain(self.first_sum),
            "interactions": self.rest and asdict(self.rest),
            "drawn_apart": self.apart and asdict(self.apart),
            "drawn_together": self.together and asdict(self.together),
            "rows": rows(self.shares),
            "tornado": tornado_rows(self.bars),
        }


def heading(scenario: Scenario, what: Asked, seed: int) -> dict[str, Any]:
    """What every document of an analysis begins with."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "scenario": scenario.name,
        "baseline": scenario.baseline,
        "manifest": origin(scenario.baseline, seed=seed),
        "document": json.loads(json.dumps(to_document(scenario))),
        "metric": what.name,
        "month": what.month,
        "seed": seed,
    }


def rows(shares: Sequence[Share]) -> list[dict[str, Any]]:
    """The shares as plain rows; None where a figure does not exist."""
    return [{name: _plain(value) for name, value in asdict(share).items()} for share in shares]


def tornado_rows(bars: Sequence[Bar]) -> list[dict[str, Any]]:
    """The tornado as plain rows: a factor's own 5, 50, 95 % points, the outcome there, and its swing."""
    named: list[Mapping[str, Any]] = [{**asdict(bar), **asdict(bar.factor), "factor": bar.factor.name} for bar in bars]
    return [{name: _plain(row[name]) for name in TORNADO_COLUMNS} for row in named]


def share(factor: str, standing: str, unit: str, found: Indices, i: int) -> Share:
    """One measured factor, the i-th of the indices."""
    s1, s1_low, s1_high = found.first.of(i)
    st, st_low, st_high = found.total.of(i)
    said = in_words(s1_low, st_high, found.extra.of(i)[1])
    return Share(factor, standing, unit, s1, s1_low, s1_high, st, st_low, st_high, said)


def in_words(first_low: float, total_high: float, extra_low: float) -> str:
    """What may be said of a factor: the interval's ends decide.

    Parameters
    ----------
    first_low : lower end of its first order   total_high : upper end of its total order
    extra_low : lower end of total less first order

    >>> in_words(0.1, 0.4, -0.02), in_words(-0.01, 0.2, 0.05)
    ('moves it by itself', 'own effect not distinguishable from zero; acts together with others')
    """
    if total_high < NEXT_TO_NOTHING:
        return f"next to nothing: under {NEXT_TO_NOTHING:.0%} in all".replace("%", " %")
    own = "moves it by itself" if first_low > 0 else "own effect not distinguishable from zero"
    joint = {True: " and together with others", False: "; acts together with others"}
    return own + (joint[first_low > 0] if extra_low > 0 else "")


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
