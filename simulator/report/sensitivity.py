"""What drives an outcome, as people read it: indices, tornado, boxes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.drivers.analysis import Stages, one_at_a_time, sensitivity
from simulator.drivers.discovery import discover
from simulator.drivers.outcomes import Asked, Band
from simulator.drivers.sensitivity import COLUMNS, TORNADO_COLUMNS, Sensitivity, Share, rows, tornado_rows
from simulator.drivers.tornado import Bar
from simulator.errors import InputError, Problem
from simulator.keeping import Write, as_utf8, write_together
from simulator.manifest import origin
from simulator.report import discovery
from simulator.report.drivers import figure, folded, left_out, percent, title
from simulator.report.rows import as_csv
from simulator.report.wording import bar
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from simulator.report.figures import Wanted

BAR_WIDTH = 12
BARS_SHOWN = 10
NAMES_SHOWN = 12
OTHERS_THAT_MATTER = 0.05
"""From this total order on, what was screened away would have deserved a look of its own."""


def as_text(found: Sensitivity, form: str) -> str:
    """Indices and tornado as a table; the indices alone as CSV; both as JSON."""
    if form == "json":
        return json.dumps(found.document())
    if form == "csv":
        return _shares_csv(found)
    return folded([*_sensitivity(found), "", *tornado_lines(found.bars, BARS_SHOWN)])


@dataclass(frozen=True)
class Answer:
    """What a command prints, `text` by format, what it keeps, and which part of its runs did not clear.

    bars, what : the tornado and the outcome it is of; None where there is none to draw
    """

    text: Callable[[str], str]
    files: dict[str, str]
    unconverged_share: float = 0.0
    bars: tuple[Bar, ...] = ()
    what: Asked | None = None


def answer(scenario: Scenario, asked: Mapping[str, Any], stages: Stages) -> Answer:
    """Indices with a tornado, the tornado alone, or with a threshold the boxes behind it.

    Parameters
    ----------
    asked : metric, month, seed; samples and every; tornado; above, below and draws
    """
    metric, month, seed = asked["metric"], asked["month"], asked["seed"]
    if asked["above"] is not None or asked["below"] is not None:
        if asked["tornado"]:
            raise InputError([Problem("--tornado", "goes without --above and --below")])
        above, below, draws = asked["above"], asked["below"], asked["draws"]
        boxes = discover(scenario, metric, month, above, below, draws, seed, stages=stages)
        share = boxes.left_out.runs_unconverged / draws
        return Answer(lambda form: discovery.as_text(boxes, form), discovery.files(boxes), share)
    if asked["tornado"]:
        what, bars = one_at_a_time(scenario, metric, month)
        kept = {"tornado.csv": tornado_as_text(scenario, what, bars, "csv")}
        return Answer(lambda form: tornado_as_text(scenario, what, bars, form), kept, bars=bars, what=what)
    found = sensitivity(scenario, metric, month, asked["samples"], seed, screen=not asked["every"], stages=stages)
    share = found.left_out.runs_unconverged / max(found.rows, 1)
    return Answer(lambda form: as_text(found, form), files(found), share, found.bars, found.asked)


def tornado_as_text(scenario: Scenario, what: Asked, bars: tuple[Bar, ...], form: str) -> str:
    """The tornado alone."""
    if form == "json":
        told: dict[str, Any] = {"schema": 1, "scenario": scenario.name, "metric": what.name, "month": what.month}
        told["manifest"] = origin(scenario.baseline)
        return json.dumps({**told, "tornado": tornado_rows(bars)})
    if form == "csv":
        return _tornado_csv(bars)
    return folded([title(scenario, what), "", *tornado_lines(bars, len(bars))])


def save(scenario: Scenario, answer: Answer, folder: Path, how: Wanted | None = None) -> list[Path]:
    """Keep the texts, and the tornado as a picture where one is wanted; returns the paths."""
    from simulator.report import figures

    parts: dict[str, Write] = {name: as_utf8(text + "\n") for name, text in answer.files.items()}
    if how and answer.what:
        drawn = figures.of_drivers(answer.bars, answer.what, scenario, how.told, how.size)
        parts |= figures.parts(drawn, how.formats)
    return write_together(folder, parts)


def files(found: Sensitivity) -> dict[str, str]:
    """What is kept of an analysis: indices and tornado as CSV, everything as JSON."""
    return {
        "sensitivity.csv": _shares_csv(found),
        "tornado.csv": _tornado_csv(found.bars),
        "sensitivity.json": json.dumps(found.document(), indent=1),
    }


def _shares_csv(found: Sensitivity) -> str:
    return as_csv(rows(found.shares)) if found.shares else ",".join(COLUMNS)


def _tornado_csv(bars: tuple[Bar, ...]) -> str:
    return as_csv(tornado_rows(bars)) if bars else ",".join(TORNADO_COLUMNS)


def _sensitivity(found: Sensitivity) -> Iterator[str]:
    yield f"{title(found.scenario, found.asked)} · {found.rows:,} runs"
    yield ""
    if found.rest is None:
        yield "Nothing uncertain moves it."
        return
    yield "Share of its variance, %, with 95 % intervals"
    yield f"{'':<37}{'standing':<10}{'by itself':>17}{'with others':>20}"
    largest = max(share.st for share in found.measured)
    for share in found.measured:
        yield _line(share, largest).rstrip()
    yield ""
    yield from _sums(found)
    yield from left_out(found.left_out, f"{found.samples} base rows")
    yield from _screened(found)
    yield from _bands(found)


def _line(share: Share, largest: float) -> str:
    first = f"{percent(share.s1)} ({percent(share.s1_low)} to {percent(share.s1_high)})"
    total = f"{percent(share.st)} ({percent(share.st_low)} to {percent(share.st_high)})"
    drawn = bar(share.st, largest, BAR_WIDTH)
    mark = "  " if share.s1_low > 0 else " *"
    return f"{share.factor:<37}{share.standing:<10}{first:>17}{mark}{total:>18}   {drawn}"


def _sums(found: Sensitivity) -> Iterator[str]:
    assert found.rest is not None
    yield "* own effect not distinguishable from zero: the interval reaches 0."
    yield (
        f"By themselves they account for {percent(found.first_sum)} %; what is left is moved only together: "
        f"{percent(found.rest.value)} % ({percent(found.rest.low)} to {percent(found.rest.high)})"
        + (", not distinguishable from zero." if found.rest.low <= 0 else ".")
    )
    joint = [share.factor for share in found.measured if "together with others" in share.said]
    if joint:
        yield f"Clearly more together with others than alone: {', '.join(joint)}."


def _screened(found: Sensitivity) -> Iterator[str]:
    if not found.screened:
        return
    still = [share.factor for share in found.screened if share.said == "moves nothing"]
    small = [share.factor for share in found.screened if share.said != "moves nothing"]
    if small:
        yield f"Screened and put together, under 1 % each in a small design: {_named(small)}."
    if still:
        yield f"Without any effect here: {_named(still)}."
    others = found.measured[-1]
    if others.st > OTHERS_THAT_MATTER:
        yield f"The screened ones together come to {percent(others.st)} %: use --all to see each by itself."


def _named(names: list[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more (--format csv has all)" if more > 0 else "")


def _bands(found: Sensitivity) -> Iterator[str]:
    if found.scenario.correlations:
        yield "The scenario's correlations are left out here: indices need numbers that are independent."
    if found.apart is None or found.together is None:
        return
    apart, together = found.apart, found.together
    width = together.p95 - together.p05
    change = f"{(apart.p95 - apart.p05) / width - 1:+.0%}".replace("%", " %") if width > 0 else "unknown"
    yield (
        f"Fitted parameters are drawn each by itself here: mean and 90 % band {_band(apart)}. "
        f"A run draws them together: {_band(together)}. The band's width differs by {change}."
    )


def tornado_lines(bars: tuple[Bar, ...], most: int) -> Iterator[str]:
    """Each factor at its 5 and 95 % point, the others in the middle."""
    moving = [one for one in bars if not one.swing <= 1e-9 * abs(one.mid)]
    if not moving:
        yield "One at a time nothing uncertain moves it."
        return
    yield f"One at a time from its 5 to its 95 % point, the others in the middle ({figure(bars[0].mid)} there)"
    yield f"{'':<37}{'standing':<10}{'from':>9}{'to':>9}{'low':>10}{'high':>10}{'swing':>10}"
    largest = max((one.swing for one in moving if one.swing == one.swing), default=0.0)
    for one in moving[:most]:
        ends = f"{figure(one.p05):>9}{figure(one.p95):>9}"
        outcome = f"{figure(one.low):>10}{figure(one.high):>10}{figure(one.swing):>10}"
        drawn = bar(one.swing, largest, BAR_WIDTH) if one.swing == one.swing else "did not clear"
        yield f"{one.factor.name:<37}{one.factor.standing:<10}{ends}{outcome}   {drawn}".rstrip()
    if len(moving) > most:
        yield f"and {len(moving) - most} more with less (--tornado has all)"


def _band(band: Band) -> str:
    return f"{figure(band.mean)} ({figure(band.p05)} to {figure(band.p95)})"
